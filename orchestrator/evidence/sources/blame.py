"""Who last changed a line, and when: `git blame` of cited lines at a version."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from orchestrator.evidence.sources.git import Repository, revisions
from orchestrator.evidence.sources.source import SourceError

LINES = 40
"""Lines asked for at most."""

_HEAD = re.compile(r"^([0-9a-f]{40,64}) (\d+) (\d+)(?: \d+)?$")


@dataclass(frozen=True, slots=True)
class Blamed:
    """One line and the change that brought it."""

    line: int
    """in the file at the version asked about"""
    sha: str
    author: str
    at: float
    """when it was written, in seconds since the epoch"""
    summary: str
    text: str


async def blame(
    repository: Repository, revision: str, path: str, lines: Sequence[int]
) -> list[Blamed]:
    """The changes that brought these lines. SourceError when there is no such file or line."""
    return parse(await repository.git(argv(revision, path, lines)))


def argv(revision: str, path: str, lines: Sequence[int]) -> list[str]:
    """The git command without `git` itself. SourceError when nothing may be asked so."""
    wanted = sorted({line for line in lines if line > 0})[:LINES]
    if not wanted or not path or "\0" in path:
        raise SourceError(f"{path or 'no file'}: no line of it is asked for")
    ranges = [word for line in wanted for word in ("-L", f"{line},{line}")]
    return [
        "blame",
        "--porcelain",
        "--no-textconv",
        "--ignore-revs-file=",
        *ranges,
        *revisions(revision),
        "--",
        path,
    ]


def parse(text: str) -> list[Blamed]:
    """Lines from `git blame --porcelain`; a commit's facts stand with its first line only."""
    facts: dict[str, dict[str, str]] = {}
    found: list[Blamed] = []
    sha, number = "", 0
    for line in text.split("\n"):
        head = _HEAD.match(line)
        if line.startswith("\t"):
            known = facts.get(sha, {})
            found.append(
                Blamed(
                    line=number,
                    sha=sha,
                    author=known.get("author", ""),
                    at=float(known.get("author-time", 0)),
                    summary=known.get("summary", ""),
                    text=line[1:],
                )
            )
        elif head is not None:
            sha, number = head.group(1), int(head.group(3))
            facts.setdefault(sha, {})
        elif sha:
            key, _, value = line.partition(" ")
            facts[sha].setdefault(key, value)
    return found
