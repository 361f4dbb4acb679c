"""What a person says of a hotfix, looked at: the commit in the repository, the tests' exit code."""

import re
from pathlib import Path
from typing import Any

from orchestrator.environment import environment
from orchestrator.evidence.sources.process import run
from orchestrator.evidence.sources.source import SourceError
from orchestrator.model.events import Json
from orchestrator.model.state import State
from orchestrator.settings import Settings

_COMMIT = re.compile(r"[0-9a-fA-F]{7,64}")
_EXIT = re.compile(r"\[(?:no output, )?exit (-?\d+)\]\s*$")


async def patched(settings: Settings, root: Path, state: State, wanted: Json) -> dict[str, Any]:
    """Whether the commit exists and lies on the branch; `fact` is its full id, or why not."""
    named, branch = str(wanted["named"]), str(wanted["branch"])
    service = settings.service(state.service)
    if service is None or not service.repo:
        return _bad(f"no repository of {state.service} is known: set repo in warroom.toml")
    if not _COMMIT.fullmatch(named):
        return _bad(f"{named} is no commit: name it by its hash")
    repo = root / service.repo
    try:
        commit = await _git(repo, "rev-parse", "--verify", "--quiet", f"{named}^{{commit}}")
        if commit is None:
            return _bad(f"{named} is not in the repository")
        if await _git(repo, "rev-parse", "--verify", "--quiet", f"refs/heads/{branch}") is None:
            return _bad(f"there is no branch {branch}")
        if await _git(repo, "merge-base", "--is-ancestor", commit, f"refs/heads/{branch}") is None:
            return _bad(f"{named} is not on {branch}")
    except SourceError as error:
        return _bad(str(error))
    return {"good": True, "fact": commit}


def ended_well(content: str, eid: str) -> dict[str, Any]:
    """Whether the evidence ends with exit code 0, as a command's output does that was added."""
    found = _EXIT.search(content)
    if found is None:
        return _bad(f"{eid} has no exit code: add it by warroom evidence INC -- COMMAND")
    if found[1] != "0":
        return _bad(f"{eid}: the tests ended with exit {found[1]}")
    return {"good": True, "fact": f"{eid}: exit 0"}


async def _git(repo: Path, *words: str) -> str | None:
    done = await run(["git", "-C", str(repo), *words], repo, environment(), timeout=15.0)
    return None if done.code else done.text.strip()


def _bad(why: str) -> dict[str, Any]:
    return {"good": False, "fact": why}
