"""The heart of the rules: which deploy, which commit, or what else. Shared by several roles."""

import asyncio

from orchestrator.agents.contract import Observation
from orchestrator.agents.rules.desk import Desk
from orchestrator.agents.rules.findings import Findings
from orchestrator.agents.rules.impact import Impact, from_ranking, impact_of
from orchestrator.agents.rules.observed import observed
from orchestrator.agents.rules.opinion import folder, of_folder, of_observed
from orchestrator.agents.rules.outside import look_outside, settle
from orchestrator.agents.rules.turned import read_flags
from orchestrator.agents.rules.words import clock_time, plural, quoted
from orchestrator.evidence.analysis import patch
from orchestrator.evidence.analysis.changes import Candidate, Symptoms, rank
from orchestrator.evidence.analysis.external import drain, traffic
from orchestrator.evidence.analysis.risk import FileVersions
from orchestrator.evidence.analysis.templates import changes, mine
from orchestrator.evidence.analysis.tokens import words
from orchestrator.evidence.analysis.tree import tree
from orchestrator.evidence.analysis.vocabulary import Vocabulary, learn
from orchestrator.evidence.sources.git import Commit, Repository

BEFORE = 300.0
"""Seconds of log before the trouble that count as the usual."""

_COMMITS, _SOURCES = 60, 150
_STARVED = frozenset({"pool", "exhausted", "leak", "descriptor", "slot", "memory", "quota"})


async def investigate(desk: Desk) -> Findings:
    """Read everything that bears on the cause, and rank the suspects."""
    found = Findings()
    if folder(desk) is not None:
        found.opinion = await of_folder(desk)
        found.impact = from_ranking(found.opinion)
        found.began = found.impact.at if found.impact else desk.state.detected_at
        return found
    found.figures = await desk.figures()
    dated = desk.state.impact_started_at
    if dated:
        found.impact = Impact(dated, desk.state.impact_how, desk.state.impact_evidence, "")
    else:
        found.impact = await impact_of(desk, found.figures)
    found.began = found.impact.at if found.impact else desk.state.detected_at
    if desk.service is not None and desk.service.signals.in_use:
        found.resource = desk.service.signals.in_use
    await _read_deploys(desk, found)
    if found.figures is not None:
        interval = found.figures.interval
        requests = found.figures.points("requests")
        saturation = found.figures.points("saturation")
        found.traffic = traffic(requests, found.began, interval)
        found.drain = drain(saturation, requests, found.began, interval)
    found.readings = await desk.logs(since=found.began - BEFORE, about=found.began)
    await asyncio.to_thread(_compare_logs, found)
    await look_outside(desk, found)
    if found.bad is not None and found.good:
        await _suspect(desk, found)
    await read_flags(desk, found)
    tested = desk.state.report("regression/bisect") or {}
    found.bisect = tested if tested.get("culprit") else {}
    settle(found)
    found.opinion = await of_observed(desk, observed(desk, found), _read(found))
    return found


def _read(found: Findings) -> dict[str, tuple[str, ...]]:
    """The items that the exhibits of the ranking are taken from, by the kind of the exhibit."""
    return {
        "metric": (found.figures.eid,) if found.figures is not None else (),
        "log": tuple(kept.eid for _, kept in found.readings or ()),
        "deploy": (found.deploys_eid,) if found.deploys_eid else (),
        "diff": tuple(kept.eid for kept in (found.diffs or {}).values()),
        "flag": (found.flags_eid,) if found.flags_eid else (),
    }


async def _read_deploys(desk: Desk, found: Findings) -> None:
    read = await desk.deploys()
    service = desk.service
    if read is None or service is None:
        return
    found.deploys, found.deploys_eid = read
    window = desk.state.policy.change_window
    of = found.deploys.of(service.name)
    # a look every few seconds dates the trouble no better than that
    slack = found.figures.interval if found.figures is not None else 1.0
    before = [d for d in of if found.began - window <= d.at <= found.began + slack]
    if not before:
        return
    found.bad = before[-1]
    alike = (d for d in of if d.configures == found.bad.configures)
    earlier = [d.version for d in alike if d.at < found.bad.at]
    found.good = found.bad.previous or (earlier[-1] if earlier else "")


def _compare_logs(found: Findings) -> None:
    """Before against after, where a log reaches to both sides; else nothing can be called new."""
    found.log_changes = []
    # the first bad look tells of the time since the look before it
    moment = found.began - (found.figures.interval if found.figures is not None else 0.0)
    for reading, kept in found.readings or []:
        times = [record.at for record in reading.records if record.at is not None]
        if not times or min(times) >= moment or max(times) <= moment:
            continue
        mined = mine(reading.records, moment)
        compared = changes(mined, moment - min(times), max(times) - moment)
        found.log_changes += [(change, kept) for change in compared]


async def _suspect(desk: Desk, found: Findings) -> None:
    repository = desk.repository()
    if repository is None or found.bad is None:
        return
    span = f"{found.good[:12]}..{found.bad.version[:12]}"
    command = f"git -C {repository.path.name} log --numstat {span}"
    desk.bench.call(command)
    commits = await desk.tried(repository.log(f"{found.good}..{found.bad.version}", _COMMITS))
    if commits is None:
        return
    listed = [f"{c.sha[:12]} {clock_time(c.at)} {c.author}: {c.subject}" for c in commits]
    for line in listed[:6]:
        desk.bench.out(quoted(line, 100))
    found.log_eid = await desk.bench.observe(
        Observation(
            kind="change",
            source=f"{repository.path.name} {span}",
            command=command,
            summary=f"{plural(len(commits), 'commit')} between the two versions",
            content="\n".join(listed) + "\n",
        )
    )
    found.commits = {commit.sha: commit for commit in commits}
    found.diffs = {}
    known = await _vocabulary(desk, repository, found)
    candidates = await _candidates(desk, repository, commits, found)
    found.suspects = await asyncio.to_thread(rank, candidates, _symptoms(desk, found), known)


async def _vocabulary(desk: Desk, repository: Repository, found: Findings) -> Vocabulary:
    """How this code base takes and gives back, from both versions of its sources."""
    assert found.bad is not None
    sources: list[str] = []
    for version in (found.good, found.bad.version):
        paths = await desk.tried(repository.files(version)) or []
        python = [p for p in paths if p.endswith(".py") and "test" not in p.lower()][:_SOURCES]
        texts = await desk.tried(repository.show_all([(version, path) for path in python])) or []
        sources += [text for text in texts if text]
    return await asyncio.to_thread(_learned, sources)


def _learned(sources: list[str]) -> Vocabulary:
    return learn([read for text in sources if (read := tree(text)) is not None])


async def _candidates(
    desk: Desk, repository: Repository, commits: list[Commit], found: Findings
) -> list[Candidate]:
    assert found.bad is not None
    assert found.diffs is not None
    candidates: list[Candidate] = []
    for commit in commits:
        if len(commit.parents) > 1:
            continue
        command = f"git -C {repository.path.name} show {commit.sha[:12]}"
        desk.bench.call(command)
        diff = await desk.tried(repository.diff(commit.sha))
        if diff is None:
            continue
        found.diffs[commit.sha] = await desk.file(
            Observation(
                kind="code",
                source=f"{repository.path.name} {commit.sha[:12]}",
                command=command,
                summary=f"{commit.author}: {quoted(commit.subject)}",
                content=diff,
            )
        )
        parent = commit.parents[0] if commit.parents else ""
        files = await asyncio.to_thread(patch.parse, diff)
        wanted = [(sha, f.path) for sha in (parent, commit.sha) if sha for f in files]
        texts = await desk.tried(repository.show_all(wanted)) or [None] * len(wanted)
        after = texts[-len(files) :] if files else []
        before = texts[: len(files)] if parent else [None] * len(files)
        candidates.append(
            Candidate(
                sha=commit.sha,
                subject=commit.subject,
                at=commit.at,
                live_at=found.bad.at,
                diff=diff,
                files=tuple(
                    FileVersions(file, before[n], after[n]) for n, file in enumerate(files)
                ),
            )
        )
    return candidates


def _symptoms(desk: Desk, found: Findings) -> Symptoms:
    state = desk.state
    said: set[str] = set()
    places: set[str] = set()
    paths: set[str] = set()
    for template, _ in found.new_errors()[:12]:
        said |= words(f"{template.text} {template.error}")
        for record in template.records:
            said |= words(record.error_text)
            paths |= {frame.file for frame in record.frames}
            for frame in record.frames:
                places |= words(f"{frame.function} {frame.file.rpartition('/')[2]}")
    # what names the service itself tells its changes apart in nothing
    said |= words(f"{state.title} {state.symptoms}") - words(state.service)
    return Symptoms(
        words=frozenset(said),
        places=frozenset(places),
        paths=frozenset(paths),
        began_at=found.began,
        starved=found.drain is not None or (not found.external and bool(said & _STARVED)),
        external=found.traffic.score if found.traffic is not None else 0.0,
    )
