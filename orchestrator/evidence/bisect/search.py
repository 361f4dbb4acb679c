"""The search itself: do the two versions differ under the test, and which commit made them so.

`git bisect run` searches. Before it the test must pass on the good version and fail on the bad one;
after it the commit must fail again and its parent pass again, for a test may be a matter of luck.
"""

import json
import re
import shlex
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from orchestrator.evidence.bisect import step
from orchestrator.evidence.bisect.scratch import Scratch, git_environment, scratch
from orchestrator.evidence.bisect.streamed import lines_of
from orchestrator.evidence.sources.source import Hanging, SourceError

_FIRST = re.compile(r"^# first bad commit: \[([0-9a-f]{40,64})\]", re.MULTILINE)
_POSSIBLE = re.compile(r"^# possible first bad commit: \[([0-9a-f]{40,64})\]", re.MULTILINE)
_OWN = "running "
"""How lines begin in which git repeats what it was told to run."""

_LEFT = 20
"""Commits that are named where one of several is it."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What to search: two versions of a repository, and the test that tells them apart."""

    repository: Path
    good: str
    bad: str
    test: tuple[str, ...]
    timeout: float
    """seconds for all of it"""
    each: float
    """seconds for one run"""


@dataclass(frozen=True, slots=True)
class Run:
    """One run of the test at one commit."""

    sha: str
    verdict: str
    """good | bad | skip | gone"""
    exit: int | None
    seconds: float
    why: str


@dataclass(slots=True)
class Found:
    """What came of it. `culprit` is empty where the search could not tell, and `why` says why."""

    culprit: str = ""
    why: str = ""
    runs: list[Run] = field(default_factory=list)
    left: list[str] = field(default_factory=list)
    """the commits one of which it is, where that much is known"""
    log: str = ""
    """git's own account of the search"""
    seconds: float = 0.0


async def search(asked: Asked, told: Callable[[str], None], place: Path | None = None) -> Found:
    """The first commit that fails the test. SourceError where nothing could be tried at all."""
    found = Found()
    began = time.monotonic()
    async with scratch(place) as folder:
        work = _Search(asked, folder, told, began + asked.timeout)
        try:
            await folder.clone(asked.repository, work.left())
            await work.through(found)
        except Hanging:
            found.why = f"it was cut after {asked.timeout:g} s"
            found.left = await work.between()
        found.runs = work.runs()
        found.log = await folder.git("bisect", "log") if folder.tree.is_dir() else ""
    found.seconds = round(time.monotonic() - began, 3)
    return found


class _Search:
    """One search in one scratch folder, with an end."""

    def __init__(
        self, asked: Asked, folder: Scratch, told: Callable[[str], None], until: float
    ) -> None:
        self._asked = asked
        self._folder = folder
        self._told = told
        self._until = until

    def left(self) -> float:
        """Seconds that are left. Hanging when none are."""
        seconds = self._until - time.monotonic()
        if seconds <= 0:
            raise Hanging("no time is left")
        return seconds

    def runs(self) -> list[Run]:
        """The runs as the test's own program noted them."""
        if not self._folder.record.exists():
            return []
        lines = self._folder.record.read_text(encoding="utf-8").splitlines()
        return [Run(**json.loads(line)) for line in lines]

    async def through(self, found: Found) -> None:
        """Both ends, the search between them, and its answer a second time."""
        found.why = await self._ends()
        if found.why:
            return
        code = await self._git("start", self._asked.bad, self._asked.good, "--")
        if code == 0:
            code = await self._git("run", *self._step())
        log = await self._folder.git("bisect", "log")
        first = _FIRST.search(log)
        if first is not None:
            found.why = await self._again(first.group(1))
            found.culprit = "" if found.why else first.group(1)
            return
        found.left = _POSSIBLE.findall(log)[:_LEFT]
        found.why = "git bisect ended without a commit"
        if found.left:
            found.why = f"the test could not judge the last {len(found.left)} commits"
            return
        found.left = await self.between()

    async def between(self) -> list[str]:
        """The commits one of which it still may be, as far as the search came."""
        span = await self._folder.git("for-each-ref", "--format=%(objectname)", "refs/bisect/good*")
        bad = (
            await self._folder.git("rev-parse", "--quiet", "--verify", "refs/bisect/bad")
        ).strip()
        if not bad:
            return []
        known = [f"^{sha}" for sha in span.split()]
        most = f"--max-count={_LEFT}"
        return (await self._folder.git("rev-list", most, bad, *known)).split()

    async def _ends(self) -> str:
        """Why the versions cannot be told apart; empty where they can."""
        for sha, name, wanted in (
            (self._asked.good, "good", "good"),
            (self._asked.bad, "bad", "bad"),
        ):
            run = await self._one(sha)
            if run.verdict == "skip":
                return f"the test cannot judge the {name} version {sha[:12]}: {run.why}"
            if run.verdict != wanted:
                does = "passes on the bad" if name == "bad" else "fails on the good"
                return (
                    f"the test does not tell the versions apart: it {does} version {sha[:12]} "
                    f"({run.why})"
                )
        return ""

    async def _again(self, first: str) -> str:
        """Why the answer does not hold; empty where a second look says the same."""
        parent = (await self._folder.git("rev-parse", "--quiet", "--verify", f"{first}^")).strip()
        for sha, wanted in ((first, "bad"), (parent, "good")):
            if not sha:
                continue
            run = await self._one(sha)
            if run.verdict != wanted:
                return (
                    f"the test is no matter of the version alone: {sha[:12]} was {wanted} "
                    f"and then {run.verdict}"
                )
        return ""

    async def _one(self, sha: str) -> Run:
        self._told(f"$ git checkout {sha[:12]}")
        await self._folder.checkout(sha, self.left())
        before = len(self.runs())
        await self._lines(self._step())
        runs = self.runs()
        if len(runs) == before:
            raise SourceError(f"the test could not be run on {sha[:12]}")
        return runs[-1]

    async def _git(self, *argv: str) -> int:
        said = argv if argv[0] != "run" else ("run", *self._asked.test)
        self._told(f"$ git bisect {shlex.join(said)}")
        return await self._lines(["git", "bisect", *argv])

    async def _lines(self, argv: Sequence[str]) -> int:
        def told(line: str) -> None:
            if line.strip() and not line.startswith(_OWN):
                self._told(line)

        tree, env = self._folder.tree, git_environment()
        return await lines_of(argv, tree, env, self.left(), told)

    def _step(self) -> list[str]:
        own = [sys.executable, "-I", "-S", step.__file__, str(self._folder.record)]
        return [*own, f"{self._asked.each:g}", *self._asked.test]
