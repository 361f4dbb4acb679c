"""A folder of our own to try versions in: a clone that borrows the objects and shares nothing else.

A second worktree would be noted in the user's `.git`; a clone leaves it byte for byte as it is, and
has refs of its own, so that a bisect the user has going on is not disturbed. A folder is locked
while it is in use: one whose lock can be had was left over by a runner that was killed.
"""

import asyncio
import contextlib
import fcntl
import os
import shutil
import stat
import tempfile
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

from orchestrator.environment import environment
from orchestrator.evidence.sources.process import run
from orchestrator.evidence.sources.source import SourceError

PREFIX = "warroom-bisect-"

_QUIET = (
    *("-c", "core.hooksPath=/dev/null", "-c", "core.fsmonitor=false", "-c", "gc.auto=0"),
    *("-c", "maintenance.auto=false", "-c", "advice.detachedHead=false"),
)


@dataclass(frozen=True, slots=True)
class Scratch:
    """The folder: the clone in it, and where runs are noted."""

    folder: Path

    @property
    def tree(self) -> Path:
        return self.folder / "tree"

    @property
    def record(self) -> Path:
        return self.folder / "runs.jsonl"

    async def clone(self, repository: Path, timeout: float) -> None:
        """An empty tree with the repository's history. SourceError when there can be none."""
        argv = ["git", "clone", "--shared", "--no-checkout", "--no-tags", "--quiet"]
        argv += ["--template=", *_QUIET, "--", str(repository.resolve()), str(self.tree)]
        said = await run(argv, self.folder, git_environment(), timeout)
        if said.code != 0:
            lines = [line for line in said.errors.splitlines() if line.strip()]
            why = lines[-1].removeprefix("fatal: ") if lines else "no reason given"
            raise SourceError(f"git clone of {repository.name}: {why}")

    async def checkout(self, sha: str, timeout: float) -> None:
        """One version in the tree, whatever was there before."""
        argv = ["git", "checkout", "--force", "--detach", "--quiet", sha, "--"]
        said = await run(argv, self.tree, git_environment(), timeout)
        if said.code != 0:
            why = said.errors.strip().splitlines()[-1:] or ["no reason given"]
            raise SourceError(f"git checkout {sha[:12]}: {why[0].removeprefix('fatal: ')}")

    async def tried(self, argv: list[str], timeout: float) -> str:
        """What a command complains of; empty where it works."""
        said = await run(["git", *argv], self.tree, git_environment(), timeout)
        return "" if said.code == 0 else (said.errors or said.text).strip()

    async def git(self, *argv: str) -> str:
        """What a command says of the clone; empty where it fails."""
        said = await run(["git", *argv], self.tree, git_environment())
        return said.text if said.code == 0 else ""


def git_environment() -> dict[str, str]:
    """The allow-list, and git without the configuration of machine and account."""
    return environment(
        GIT_CONFIG_GLOBAL=os.devnull,
        GIT_CONFIG_NOSYSTEM="1",
        GIT_TERMINAL_PROMPT="0",
        GIT_NO_LAZY_FETCH="1",
        LC_ALL="C",
        # two versions of a file may have one size and one second: a cache of it would be stale
        PYTHONDONTWRITEBYTECODE="1",
    )


@contextlib.asynccontextmanager
async def scratch(place: Path | None = None) -> AsyncIterator[Scratch]:
    """A folder of mode 0700 that is gone afterwards; leftovers of killed runners go first.

    A large tree takes its time to remove, so that is done beside the loop. SourceError when there
    is no room for one: a full disk may be the very incident.
    """
    base = place or Path(tempfile.gettempdir())
    await asyncio.to_thread(sweep, base)
    while True:
        try:
            folder = Path(tempfile.mkdtemp(prefix=PREFIX, dir=base))
        except OSError as error:
            raise SourceError(f"no folder for a clone in {base}: {error.strerror}") from error
        held = _lock(folder)
        if held is not None:
            break
    try:
        yield Scratch(folder)
    finally:
        try:
            await asyncio.to_thread(shutil.rmtree, folder, ignore_errors=True)
        finally:
            os.close(held)


def sweep(base: Path | None = None) -> list[Path]:
    """Remove what killed runners left behind, and say what that was."""
    gone: list[Path] = []
    base = base or Path(tempfile.gettempdir())
    for folder in sorted(base.glob(f"{PREFIX}*")):
        try:
            seen = folder.lstat()
        except OSError:  # its own runner was quicker
            continue
        if not stat.S_ISDIR(seen.st_mode) or seen.st_uid != os.getuid():
            continue
        held = _lock(folder)
        if held is None:
            continue
        shutil.rmtree(folder, ignore_errors=True)
        os.close(held)
        gone.append(folder)
    return gone


def _lock(folder: Path) -> int | None:
    """The lock of a folder that is there; None where somebody has it or the folder is gone."""
    try:
        held = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
    except OSError:
        return None
    try:
        fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        os.close(held)
        return None
    if not folder.exists():
        os.close(held)
        return None
    return held
