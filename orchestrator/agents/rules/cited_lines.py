"""Whose change the lines are where new tracebacks end, by `git blame` at the running version."""

from collections.abc import Sequence

from orchestrator.agents.contract import Observation
from orchestrator.agents.rules.desk import Desk, claim
from orchestrator.agents.rules.findings import Findings, own_frames
from orchestrator.agents.rules.words import clock_time, plural, quoted
from orchestrator.evidence.sources import blame
from orchestrator.evidence.sources.blame import Blamed
from orchestrator.evidence.sources.git import Repository
from orchestrator.model.reports.claims import Claim

_PLACES = 3


async def changed_by(desk: Desk, found: Findings) -> list[Claim]:
    """A claim for each file in which new tracebacks end; none where nothing tells."""
    repository = desk.repository()
    ends = _ends(found)
    if repository is None or not ends:
        return []
    revision = found.bad.version if found.bad is not None else "HEAD"
    paths = await desk.tried(repository.files(revision))
    said: list[Claim] = []
    for file, (lines, cited) in list(ends.items())[:_PLACES] if paths else ():
        path = within_repository(file, paths or [])
        if path:
            said += await _blamed(desk, repository, revision, path, lines, cited)
    return said


async def _blamed(
    desk: Desk, repository: Repository, revision: str, path: str, lines: list[int], cited: str
) -> list[Claim]:
    command = f"git -C {repository.path.name} {' '.join(blame.argv(revision, path, lines))}"
    desk.bench.call(command)
    told = await desk.tried(blame.blame(repository, revision, path, lines))
    if not told:
        return []
    rows = [_row(one) for one in told]
    eid = await desk.bench.observe(
        Observation(
            kind="code",
            source=f"{repository.path.name} {path}",
            command=command,
            summary=f"who last changed {plural(len(told), 'line')} of {path}",
            content="\n".join(rows) + "\n",
        )
    )
    desk.bench.out(quoted(rows[0], 100))
    first = told[0]
    text = f"{path}:{first.line}, where new tracebacks end, was last changed by {first.sha[:8]} "
    text += f'"{quoted(first.summary, 60)}" of {quoted(first.author, 40)}.'
    return [claim(text, f"{eid}:1", cited)]


def _ends(found: Findings) -> dict[str, tuple[list[int], str]]:
    """File → the lines in it where new tracebacks leave our code, most often first, and where."""
    counts: dict[str, dict[int, int]] = {}
    cited: dict[str, str] = {}
    for template, kept in found.new_errors():
        for record in template.records:
            for frame in own_frames(record)[-1:]:
                lines = counts.setdefault(frame.file, {})
                lines[frame.line] = lines.get(frame.line, 0) + 1
                cited.setdefault(frame.file, kept.at(record.line))
    order = sorted(counts, key=lambda file: (-sum(counts[file].values()), file))
    return {
        file: (sorted(counts[file], key=lambda line: -counts[file][line]), cited[file])
        for file in order
    }


def within_repository(file: str, paths: Sequence[str]) -> str:
    """The path in a repository of a file named in a traceback; empty where two fit alike."""
    parts = file.split("/")
    best: list[str] = []
    length = 0
    for path in paths:
        own = path.split("/")
        if parts[-len(own) :] != own or len(own) < length:
            continue
        best = [path] if len(own) > length else [*best, path]
        length = len(own)
    return best[0] if len(best) == 1 else ""


def _row(one: Blamed) -> str:
    return (
        f"line {one.line}: {one.sha[:12]} {clock_time(one.at)} {one.author}: "
        f"{quoted(one.summary)} | {one.text.strip()}"
    )
