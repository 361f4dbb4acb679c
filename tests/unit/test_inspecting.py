"""What is said of a hotfix is looked at: in a real repository, in the output of a command."""

import asyncio
import subprocess
from pathlib import Path

import pytest

from orchestrator.actions.inspecting import ended_well, patched
from orchestrator.model.state import State
from orchestrator.settings import Settings

SETTINGS = Settings.model_validate({"services": [{"name": "orders", "repo": "repo"}]})
BRANCH = "hotfix/INC-1-leak"


def git(repo: Path, *words: str) -> str:
    who = ("-c", "user.name=a.kim", "-c", "user.email=kim@shop.example")
    done = subprocess.run(
        ["git", "-C", str(repo), *who, *words], capture_output=True, text=True, check=True
    )
    return done.stdout.strip()


@pytest.fixture
def repo(tmp_path: Path) -> Path:
    made = tmp_path / "repo"
    made.mkdir()
    git(made, "init", "-q", "-b", "main")
    git(made, "commit", "-q", "--allow-empty", "-m", "first")
    git(made, "checkout", "-q", "-b", BRANCH)
    git(made, "commit", "-q", "--allow-empty", "-m", "give connections back")
    git(made, "checkout", "-q", "main")
    git(made, "commit", "-q", "--allow-empty", "-m", "elsewhere")
    return made


def looked(root: Path, named: str, settings: Settings = SETTINGS) -> tuple[bool, str]:
    state = State(service="orders")
    seen = asyncio.run(patched(settings, root, state, {"named": named, "branch": BRANCH}))
    return bool(seen["good"]), str(seen["fact"])


def test_a_commit_on_the_branch_is_told_by_its_full_hash(repo: Path) -> None:
    commit = git(repo, "rev-parse", BRANCH)
    assert looked(repo.parent, commit[:10]) == (True, commit)


def test_one_that_lies_elsewhere_is_not_on_it(repo: Path) -> None:
    commit = git(repo, "rev-parse", "main")
    assert looked(repo.parent, commit) == (False, f"{commit} is not on {BRANCH}")


def test_one_that_nobody_made_is_not_there(repo: Path) -> None:
    assert looked(repo.parent, "abcdef1234") == (False, "abcdef1234 is not in the repository")


@pytest.mark.parametrize("named", ["main", "--help", "HEAD~1", "abc"])
def test_only_a_hash_names_a_commit(repo: Path, named: str) -> None:
    assert looked(repo.parent, named) == (False, f"{named} is no commit: name it by its hash")


def test_a_branch_that_is_missing_is_named(repo: Path) -> None:
    commit = git(repo, "rev-parse", "main")
    git(repo, "branch", "-D", BRANCH)
    assert looked(repo.parent, commit) == (False, f"there is no branch {BRANCH}")


def test_without_a_repository_nothing_can_be_checked(tmp_path: Path) -> None:
    bare = Settings.model_validate({"services": [{"name": "orders"}]})
    good, why = looked(tmp_path, "abcdef1", bare)
    assert not good
    assert "set repo in warroom.toml" in why


@pytest.mark.parametrize(
    ("content", "good", "fact"),
    [
        ("12 passed\n[exit 0]\n", True, "E4: exit 0"),
        ("[no output, exit 0]", True, "E4: exit 0"),
        ("1 failed\n[exit 1]", False, "E4: the tests ended with exit 1"),
        ("[exit 0]\nand then it went on", False, "E4 has no exit code"),
        ("all fine", False, "E4 has no exit code"),
    ],
)
def test_tests_passed_when_their_command_ended_with_0(content: str, good: bool, fact: str) -> None:
    seen = ended_well(content, "E4")
    assert seen["good"] is good
    assert str(seen["fact"]).startswith(fact)
