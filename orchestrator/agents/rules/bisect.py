"""The regression analyst's bisect: which commit between the versions first fails the test."""

import asyncio
import shlex
from collections.abc import Callable

from orchestrator.agents.contract import Observation, Stopped
from orchestrator.agents.rules.desk import Desk, assumed, claim
from orchestrator.agents.rules.words import plural, quoted
from orchestrator.evidence.bisect.search import Asked, Found, search
from orchestrator.evidence.hygiene import clean
from orchestrator.evidence.sources.git import Commit, Repository
from orchestrator.evidence.sources.source import SourceError
from orchestrator.model.reports.claims import UNKNOWN, Claim
from orchestrator.model.reports.regression import BisectReport, BisectRun
from orchestrator.settings import Service

_MOST = 100_000
"""Commits that are counted between two versions."""


async def bisect(desk: Desk) -> BisectReport:
    """Search in a clone, tell every run, and keep the account as evidence."""
    verdict = desk.state.told("regression/verdict")
    good, bad = (str(verdict.get(f"{name}_version", UNKNOWN)) for name in ("good", "bad"))
    service, repository = desk.service, desk.repository()
    if service is None or repository is None or not service.bisect.test:
        return _nothing(desk, good, bad, "No test for a bisect is configured")
    if UNKNOWN in (good, bad):
        return _nothing(desk, good, bad, "There are not two versions to search between")
    lines: list[str] = []

    def told(line: str) -> None:
        line = clean(line)
        lines.append(line)
        desk.bench.out(quoted(line, 160))

    test = service.bisect.argv(str(desk.bench.root))
    try:
        ends = (await repository.resolve(good), await repository.resolve(bad))
        found = await _unless_stopped(desk, _asked(desk, service, ends, test), told)
        commits = await _between(repository, *ends)
    except SourceError as error:
        return _nothing(desk, good, bad, f"No bisect could be run: {error}")
    return await _report(desk, repository, found, (good, bad), commits, lines, test)


def _asked(desk: Desk, service: Service, ends: tuple[str, str], test: tuple[str, ...]) -> Asked:
    limits = service.bisect
    where = desk.bench.root / service.repo
    desk.bench.call(f"git bisect run {shlex.join(test)}")
    desk.say(f"Searching between {ends[0][:12]} and {ends[1][:12]} in a clone of {service.repo}.")
    return Asked(where, *ends, test, limits.timeout, limits.each)


async def _unless_stopped(desk: Desk, asked: Asked, told: Callable[[str], None]) -> Found:
    """The search, ended with all it started when a person says stop."""
    searching = asyncio.ensure_future(search(asked, told))
    stopped = asyncio.ensure_future(desk.bench.stopped())
    try:
        await asyncio.wait((searching, stopped), return_when=asyncio.FIRST_COMPLETED)
        if not searching.done():
            raise Stopped
        return searching.result()
    finally:
        for one in (searching, stopped):
            one.cancel()
        await asyncio.gather(searching, stopped, return_exceptions=True)


async def _between(repository: Repository, good: str, bad: str) -> int:
    counted = await repository.git(["rev-list", "--count", f"--max-count={_MOST}", bad, f"^{good}"])
    return int(counted)


async def _report(
    desk: Desk,
    repository: Repository,
    found: Found,
    versions: tuple[str, str],
    commits: int,
    lines: list[str],
    test: tuple[str, ...],
) -> BisectReport:
    shown = shlex.join(test)
    ended = found.why or f"first bad commit: {found.culprit}"
    body = [*lines, "", *found.log.splitlines(), "", f"{ended} ({found.seconds:.1f} s)"]
    runs = plural(len(found.runs), "run")
    known = await _commit(desk, repository, found.culprit)
    kept = await desk.file(
        Observation(
            kind="test",
            source=f"bisect of {repository.path.name}",
            command=f"git bisect run {shown}",
            summary=f"{runs} of the test over {plural(commits, 'commit')}: {quoted(ended, 160)}",
            content="\n".join(body) + "\n",
        )
    )
    said = _said(found, known, runs, commits)
    summary = claim(said, kept.at(len(body)))
    desk.tell("bisect", summary)
    return BisectReport(
        summary=summary,
        result="found" if found.culprit else "inconclusive",
        culprit=found.culprit,
        author=quoted(known.author, 80) if known else UNKNOWN,
        at=known.at if known else None,
        subject=quoted(known.subject, 120) if known else UNKNOWN,
        good=versions[0],
        bad=versions[1],
        commits=commits,
        runs=tuple(
            BisectRun(sha=run.sha, verdict=run.verdict, why=run.why, seconds=run.seconds)  # type: ignore[arg-type]
            for run in found.runs
        ),
        left=tuple(found.left),
        test=shown,
        seconds=found.seconds,
    )


def _said(found: Found, known: Commit | None, runs: str, commits: int) -> str:
    if not found.culprit:
        text = f"The bisect names no commit: {found.why}"
        if found.left:
            some = ", ".join(sha[:8] for sha in found.left[:5])
            text += f"; {plural(len(found.left), 'commit')} remain: {some}"
        return f"{text}."
    subject = f' "{quoted(known.subject, 60)}"' if known else ""
    return (
        f"{found.culprit[:8]}{subject} is the first of {plural(commits, 'commit')} that fails the "
        f"test, found in {runs} and seen twice."
    )


async def _commit(desk: Desk, repository: Repository, sha: str) -> Commit | None:
    if not sha:
        return None
    listed = await desk.tried(repository.log(sha, 1))
    return listed[0] if listed else None


def _nothing(desk: Desk, good: str, bad: str, why: str) -> BisectReport:
    """No run was made, and the report says why."""
    said: Claim = assumed(f"{why}.")
    desk.say(said.text)
    return BisectReport(
        summary=said,
        result="inconclusive",
        culprit="",
        author=UNKNOWN,
        at=None,
        subject=UNKNOWN,
        good=good,
        bad=bad,
        commits=None,
        runs=(),
        left=(),
        test="",
        seconds=0.0,
    )
