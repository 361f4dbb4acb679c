"""Whether one commit can be taken back alone: tried in a clone, on the version that runs."""

from dataclasses import dataclass

from orchestrator.agents.contract import Observation
from orchestrator.agents.rules.desk import Desk, assumed, claim
from orchestrator.agents.rules.filed import Filed
from orchestrator.agents.rules.markers import markers
from orchestrator.agents.rules.words import plural, quoted
from orchestrator.evidence.analysis import patch
from orchestrator.evidence.bisect.scratch import scratch
from orchestrator.evidence.sources.git import Repository
from orchestrator.evidence.sources.source import SourceError
from orchestrator.model.events import Json
from orchestrator.model.reports.claims import UNKNOWN
from orchestrator.model.reports.regression import Option

_TIMEOUT = 60.0
_NAME = ("-c", "user.name=warroom", "-c", "user.email=warroom@invalid")


@dataclass(frozen=True, slots=True)
class Tried:
    """What came of it: the files in which later commits changed the same lines, if any."""

    conflicts: tuple[str, ...]
    said: str


async def revert(desk: Desk, suspect: Json | None, bad: str, diff: Filed) -> Option:
    """Option B: blocked where later commits touch the same lines, or its own change cannot go."""
    if suspect is None:
        return _option("BLOCKED", "No single commit is under suspicion.", minutes="-", loss="-")
    sha = str(suspect["sha"])
    name = f'{sha[:8]} "{quoted(str(suspect["subject"]), 60)}"'
    repository = desk.repository()
    if repository is None or bad == UNKNOWN:
        return _option("RISKY", f"Reverting {name} needs a new release and its tests.", diff.eid)
    command = f"git revert --no-commit {sha[:12]} on {bad[:12]}, in a clone"
    desk.bench.call(command)
    try:
        tried = await attempt(repository, sha, bad)
        own = markers(patch.parse(await repository.diff(sha)))
    except SourceError as error:
        desk.bench.warn(quoted(str(error), 200))
        text = f"Reverting {name} needs a new release and its tests; it could not be tried."
        return _option("RISKY", text, diff.eid)
    desk.bench.out(tried.said.splitlines()[0])
    eid = await desk.bench.observe(
        Observation(
            kind="code",
            source=f"{repository.path.name} {sha[:12]}",
            command=command,
            summary=quoted(tried.said.splitlines()[0]),
            content=tried.said,
        )
    )
    if tried.conflicts:
        where = ", ".join(tried.conflicts[:3])
        text = f"{name} cannot be reverted: later commits change the same lines ({where})."
        return _option("BLOCKED", text, f"{eid}:1", minutes="-", loss="-")
    if own:
        text = f"Reverting {name} leaves what it did to data or callers: {own[0].what}."
        loss = "data written since would not fit" if own[0].blocks else "possible"
        return _option("BLOCKED" if own[0].blocks else "RISKY", text, f"{eid}:1", loss=loss)
    text = f"{name} reverts cleanly, and needs a new release and its tests."
    return _option("RISKY", text, f"{eid}:1")


async def attempt(repository: Repository, sha: str, bad: str) -> Tried:
    """Revert a commit on a version in a clone. SourceError where that cannot be tried."""
    commit, version = await repository.resolve(sha), await repository.resolve(bad)
    (known,) = await repository.log(commit, 1)
    async with scratch() as folder:
        await folder.clone(repository.path, _TIMEOUT)
        await folder.checkout(version, _TIMEOUT)
        parent = ["-m", "1"] if len(known.parents) > 1 else []
        said = await folder.tried([*_NAME, "revert", "--no-commit", *parent, commit], _TIMEOUT)
        listed = await folder.git("diff", "--name-only", "--diff-filter=U", "-z")
        conflicts = tuple(path for path in listed.split("\0") if path)
        changed = await folder.git("diff", "--cached", "--stat")
    if said and not conflicts:
        raise SourceError(f"git revert {sha[:12]}: {said}")
    if conflicts:
        first = f"{plural(len(conflicts), 'file')} in conflict: {', '.join(conflicts)}"
    else:
        first = f"{sha[:12]} reverts cleanly on {bad[:12]}"
    return Tried(conflicts, f"{first}\n{said or changed}\n")


def _option(
    feasibility: str, text: str, *evidence: str, minutes: str = "15-30", loss: str = "none"
) -> Option:
    return Option(
        name="revert",
        feasibility=feasibility,  # type: ignore[arg-type]
        why=claim(text, *evidence) if any(evidence) else assumed(text),
        minutes=minutes,
        data_loss=loss,
    )
