"""A git repository, read through the git command: history with sizes, diffs, files at a version.

Nothing the repository configures may run: no hooks, pagers, external diffs, filters or prompts.
"""

import os
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from orchestrator.evidence.sources.process import Output, run
from orchestrator.evidence.sources.source import BYTES, TIMEOUT, SourceError

_SAFE = (
    *("-c", "core.hooksPath=/dev/null", "-c", "core.fsmonitor=false", "-c", "core.pager=cat"),
    *("-c", "core.quotePath=false", "-c", "log.showSignature=false", "-c", "color.ui=false"),
)
_DIFF = (
    *("--no-color", "--no-ext-diff", "--no-textconv", "--no-renames"),
    *("--src-prefix=a/", "--dst-prefix=b/"),
)
_REVISION = re.compile(r"[0-9A-Za-z_][0-9A-Za-z_./^~-]{0,200}")
_FORMAT = "--format=%x01%H%x00%P%x00%an%x00%at%x00%ct%x00%s"


@dataclass(frozen=True, slots=True)
class File:
    """What a commit did to one file; `None` lines for a binary one."""

    path: str
    added: int | None
    removed: int | None


@dataclass(frozen=True, slots=True)
class Commit:
    """One change, as the history tells it."""

    sha: str
    parents: tuple[str, ...]
    author: str
    at: float
    """when it was written"""
    committed_at: float
    subject: str
    files: tuple[File, ...]

    @property
    def short(self) -> str:
        return self.sha[:8]


class Repository:
    """One repository; every call is cut at `timeout` seconds."""

    def __init__(self, path: Path, timeout: float = TIMEOUT, limit: int = BYTES) -> None:
        self.path = path
        self._timeout = timeout
        self._limit = limit

    async def log(self, revision: str = "HEAD", limit: int = 200) -> list[Commit]:
        """The newest commits of a revision or range, newest first, with lines per file."""
        argv = ["log", f"--max-count={limit}", _FORMAT, "--numstat", *_DIFF]
        return parse_log(await self.git([*argv, *revisions(revision), "--"]))

    async def diff(self, sha: str) -> str:
        """What one commit changed (a merge: against its first parent)."""
        argv = ["show", "--format=", "--unified=3", "--first-parent", "-m", *_DIFF]
        return await self.git([*argv, *revisions(sha), "--"])

    async def between(self, older: str, newer: str) -> str:
        """What separates two versions, as one diff."""
        argv = ["diff", "--unified=3", *_DIFF]
        return await self.git([*argv, *revisions(older), *revisions(newer), "--"])

    async def show(self, revision: str, path: str) -> str | None:
        """A file at a version; None when it is not there."""
        return (await self.show_all([(revision, path)]))[0]

    async def show_all(self, wanted: Sequence[tuple[str, str]]) -> list[str | None]:
        """Files at versions, in one go; None for each that is not there or too much in sum."""
        names = [f"{revisions(revision)[0]}:{path}" for revision, path in wanted]
        asked = [name for name in names if "\n" not in name]
        if not asked:
            return [None for _ in names]
        body = "".join(f"{name}\n" for name in asked).encode("utf-8", "surrogateescape")
        said = await self._run(["cat-file", "--batch"], stdin=body)
        if said.code != 0:
            raise SourceError(self._complaint(said.errors, ["cat-file"]))
        found = dict(zip(asked, parse_batch(said.body), strict=False))
        return [found.get(name) for name in names]

    async def files(self, revision: str) -> list[str]:
        """The paths of all files at a version."""
        listed = await self.git(["ls-tree", "-r", "-z", "--name-only", *revisions(revision)])
        return [path for path in listed.split("\0") if path]

    async def places(self, text: str, revision: str) -> list[tuple[str, int]]:
        """Where a text stands at a version: paths, each with the first line that holds it."""
        argv = ["grep", "-n", "-I", "--fixed-strings", "--max-count=1", "-z", "-e", text]
        said = await self._run([*argv, *revisions(revision), "--"])
        if said.code not in (0, 1):
            raise SourceError(self._complaint(said.errors, argv))
        found: list[tuple[str, int]] = []
        for line in said.text.splitlines():
            parts = line.split("\0")
            if len(parts) >= 3 and parts[1].isdecimal():
                found.append((parts[0].partition(":")[2], int(parts[1])))
        return found

    async def resolve(self, revision: str) -> str:
        """The full hash of a revision. SourceError when there is no such commit."""
        (checked,) = revisions(revision)
        said = await self.git(["rev-parse", "--verify", "--quiet", f"{checked}^{{commit}}"])
        return said.strip()

    async def contains(self, older: str, newer: str) -> bool:
        """Whether `older` is an ancestor of `newer`."""
        argv = ["merge-base", "--is-ancestor", *revisions(older), *revisions(newer)]
        return (await self._run(argv)).code == 0

    async def git(self, argv: Sequence[str]) -> str:
        """What a read-only git command prints. SourceError with git's own reason."""
        said = await self._run(argv)
        if said.code != 0:
            raise SourceError(self._complaint(said.errors, argv))
        return said.text

    async def _run(self, argv: Sequence[str], stdin: bytes = b"") -> Output:
        if not self.path.is_dir():
            raise SourceError(f"{self.path.name}: there is no such repository")
        command = ["git", "--no-pager", "--literal-pathspecs", *_SAFE, *argv]
        return await run(command, self.path, self._env(), self._timeout, self._limit, stdin)

    def _env(self) -> dict[str, str]:
        kept = {key: value for key, value in os.environ.items() if not key.startswith("GIT_")}
        # a folder that is no repository must not be taken for a part of the one around it
        ceiling = str(self.path.resolve().parent)
        return kept | {
            "GIT_CEILING_DIRECTORIES": ceiling,
            "GIT_CONFIG_NOSYSTEM": "1",
            "GIT_OPTIONAL_LOCKS": "0",
            "GIT_TERMINAL_PROMPT": "0",
            "GIT_NO_LAZY_FETCH": "1",
            "LC_ALL": "C",
        }

    def _complaint(self, errors: str, argv: Sequence[str]) -> str:
        if "not a git repository" in errors:
            return f"{self.path.name} is no git repository"
        first = next((line for line in errors.splitlines() if line.strip()), "no reason given")
        return f"git {argv[0]} in {self.path.name}: {first.removeprefix('fatal: ')}"


def parse_log(text: str) -> list[Commit]:
    """Commits from the output of `git log` in the format asked for above."""
    commits: list[Commit] = []
    for entry in text.split("\x01")[1:]:
        head, _, body = entry.partition("\n")
        parts = head.split("\0")
        if len(parts) != 6:
            continue
        sha, parents, author, at, committed, subject = parts
        files = [_file(line) for line in body.splitlines() if line.count("\t") >= 2]
        commits.append(
            Commit(
                sha=sha,
                parents=tuple(parents.split()),
                author=author,
                at=float(at),
                committed_at=float(committed),
                subject=subject,
                files=tuple(files),
            )
        )
    return commits


def parse_batch(body: bytes) -> list[str | None]:
    """Contents from the output of `git cat-file --batch`; None for what was missing."""
    found: list[str | None] = []
    at = 0
    while at < len(body):
        end = body.find(b"\n", at)
        end = end if end >= 0 else len(body)
        head = body[at:end].split(b" ")
        at = end + 1
        if len(head) < 3 or not head[-1].isdigit():
            found.append(None)
            continue
        size = int(head[-1])
        found.append(body[at : at + size].decode("utf-8", "replace"))
        at += size + 1
    return found


def _file(line: str) -> File:
    added, removed, path = line.split("\t", 2)
    return File(
        path,
        int(added) if added.isdecimal() else None,
        int(removed) if removed.isdecimal() else None,
    )


def revisions(revision: str) -> list[str]:
    """A revision or `older..newer`, refused when it could be read as an option."""
    for part in revision.split(".."):
        if not _REVISION.fullmatch(part):
            raise SourceError(f"{revision!r} is no revision")
    return [revision]
