"""Real repositories for a bisect: long, made at once, with one commit that breaks a sum."""

import hashlib
import os
import subprocess
from collections.abc import Callable, Mapping
from pathlib import Path

from tests.unit.small_shop import git

SUM = """\
def total(prices):
    return sum(prices)
"""
BROKEN = SUM.replace("sum(prices)", "sum(prices[1:])")

TEST = """\
import sys

sys.path.insert(0, ".")
from prices import total

sys.exit(0 if total([1, 2, 3]) == 6 else 1)
"""
"""Kept outside of the repository: a version from before the fault knows no test for it."""


def long_history(
    repo: Path, commits: int, planted: int, more: Callable[[int], Mapping[str, str]] | None = None
) -> list[str]:
    """A repository of so many commits, oldest first; from the planted one on the sum is wrong."""
    repo.mkdir(parents=True)
    git(repo, "init", "-q", "-b", "main")
    parts: list[bytes] = []
    for number in range(commits):
        files = {
            "prices.py": BROKEN if number >= planted else SUM,
            "notes.txt": f"note {number}\n",
            **(more(number) if more else {}),
        }
        parts.append(_commit(number, files))
    env = {key: value for key, value in os.environ.items() if not key.startswith("GIT_")}
    stream = b"".join(parts)
    subprocess.run(["git", "fast-import", "--quiet"], cwd=repo, env=env, input=stream, check=True)
    git(repo, "reset", "-q", "--hard")
    return git(repo, "rev-list", "--reverse", "main").split()


def _commit(number: int, files: Mapping[str, str]) -> bytes:
    said = f"change {number}".encode()
    who = f"a.dev <a@example.invalid> {1_700_000_000 + 60 * number} +0000".encode()
    lines = [b"commit refs/heads/main\n", b"committer ", who, b"\n"]
    lines += [b"data %d\n" % len(said), said, b"\n"]
    for path, text in files.items():
        body = text.encode()
        lines += [b"M 100644 inline ", path.encode(), b"\ndata %d\n" % len(body), body, b"\n"]
    return b"".join(lines)


def fingerprint(folder: Path) -> str:
    """A hash over every path below, with its mode, its times and its bytes."""
    kept = hashlib.sha256()
    for path in sorted(folder.rglob("*")):
        seen = path.lstat()
        kept.update(f"{path.relative_to(folder)} {seen.st_mode} {seen.st_mtime_ns}\n".encode())
        if path.is_file() and not path.is_symlink():
            kept.update(path.read_bytes())
    return kept.hexdigest()
