"""The plan's commits as real git repositories, each made by one `git fast-import`."""

import os
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from random import Random

from orchestrator.drills.edge_plan import HISTORY
from orchestrator.drills.edit import Tree, apply
from orchestrator.drills.plan import Plan
from orchestrator.drills.scenarios import DrillError

HOUR = 3600

GIT_TIMEOUT = 60


@dataclass(frozen=True, slots=True)
class Version:
    """One commit to be made: when, by whom, with which files."""

    message: str
    author: str
    at: int
    tree: Tree
    tag: str = ""


@dataclass(frozen=True, slots=True)
class History:
    """Ids of what was made: the stable release, then the commits of the next, oldest first."""

    stable: str
    release: tuple[str, ...]


def versions(plan: Plan, now: float) -> list[Version]:
    """All commits, oldest first: how the service grew, the stable release, the next one."""
    rng = Random(f"history/{plan.seed}")
    at = int(now) - rng.randint(30, 60) * 24 * HOUR
    found = []
    for number, (kept, tree) in enumerate(zip(plan.words.resources, plan.stages, strict=True)):
        at += rng.randint(20, 120) * HOUR + rng.randint(0, HOUR)
        what = f"keep {kept.items} too" if number else f"{plan.service}: keep {kept.items}"
        tag = plan.releases[0] if number == len(plan.stages) - 1 else ""
        found.append(Version(what, rng.choice(plan.words.authors), at, tree, tag))
    tree = plan.base
    first = int(now) - rng.randint(20, 40) * HOUR
    last = int(now) - rng.randint(20, 50) * 60
    for number, commit in enumerate(plan.commits):
        tree = apply(tree, commit.change)
        share = (number + 1) / len(plan.commits)
        at = first + int((last - first) * share) - (rng.randint(0, 1500) if share < 1 else 0)
        tag = plan.releases[1] if number == len(plan.commits) - 1 else ""
        found.append(Version(commit.message, commit.author, at, tree, tag))
    return found


def edge_versions(plan: Plan, now: float) -> list[Version]:
    """All commits of the edge's configuration, oldest first."""
    rng = Random(f"edge-history/{plan.seed}")
    messages = [f"the edge of {plan.service}"]
    messages += [change.named({"service": plan.service}).messages[0] for change in HISTORY]
    at = int(now) - rng.randint(40, 60) * 24 * HOUR
    found = []
    for message, tree in zip(messages, plan.edge.stages, strict=True):
        at += rng.randint(40, 200) * HOUR + rng.randint(0, HOUR)
        found.append(Version(message, rng.choice(plan.words.authors), at, tree))
    tree = plan.edge.stages[-1]
    at = int(now) - rng.randint(15, 25) * HOUR
    for commit in plan.edge.commits:
        tree = apply(tree, commit.change)
        at += rng.randint(1, 3) * HOUR + rng.randint(0, HOUR)
        found.append(Version(commit.message, commit.author, at, tree))
    return found


def make(repo: Path, found: list[Version], new: int) -> History:
    """Create a repository with its working tree at the newest commit; the last `new` are news."""
    repo.mkdir(parents=True, mode=0o700)
    _git(repo, "init", "--quiet", "--template=", "--initial-branch=main")
    made = _git(repo, "fast-import", "--quiet", feed=b"".join(_stream(found)))
    ids = made.decode().split()
    _git(repo, "reset", "--quiet", "--hard", "main")
    return History(ids[-new - 1], tuple(ids[-new:]))


def _stream(commits: list[Version]) -> Iterator[bytes]:
    previous: Tree = {}
    for mark, version in enumerate(commits, start=1):
        name, address = version.author, version.author.lower().replace(" ", ".") + "@example.org"
        who = f"{name} <{address}> {version.at} +0000\n"
        message = version.message.encode()
        yield f"commit refs/heads/main\nmark :{mark}\nauthor {who}committer {who}".encode()
        yield b"data %d\n%s\n" % (len(message), message)
        for path, text in version.tree.items():
            if previous.get(path) != text:
                content = text.encode()
                yield f"M 100644 inline {path}\ndata {len(content)}\n".encode() + content + b"\n"
        yield b"\nget-mark :%d\n" % mark
        if version.tag:
            yield f"reset refs/tags/{version.tag}\nfrom :{mark}\n\n".encode()
        previous = version.tree


def _git(repo: Path, *arguments: str, feed: bytes = b"") -> bytes:
    """Run git untouched by the user's own settings and hooks."""
    environment = {
        **{name: value for name, value in os.environ.items() if not name.startswith("GIT_")},
        "GIT_CONFIG_GLOBAL": os.devnull,
        "GIT_CONFIG_NOSYSTEM": "1",
    }
    try:
        return subprocess.run(
            ["git", "-C", str(repo), *arguments],
            input=feed,
            capture_output=True,
            check=True,
            env=environment,
            timeout=GIT_TIMEOUT,
        ).stdout
    except FileNotFoundError:
        raise DrillError("a drill needs git, and there is no `git` on the PATH") from None
    except subprocess.CalledProcessError as error:
        why = error.stderr.decode(errors="replace").strip().splitlines() or ["no reason given"]
        raise DrillError(f"git {arguments[0]} failed in {repo}: {why[-1]}") from None
