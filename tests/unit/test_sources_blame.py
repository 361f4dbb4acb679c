"""A cited line is told with the change that brought it, as of a version."""

import asyncio
from pathlib import Path

import pytest

from orchestrator.evidence.sources.blame import argv, blame, parse
from orchestrator.evidence.sources.git import Repository
from orchestrator.evidence.sources.source import SourceError
from tests.unit.small_shop import commit, git


@pytest.fixture
def repo(tmp_path: Path) -> Path:
    path = tmp_path / "repo"
    path.mkdir()
    git(path, "init", "-q", "-b", "main")
    return path


def test_each_line_has_its_own_change(repo: Path) -> None:
    first = commit(repo, "first", {"a.py": "one\ntwo\nthree\n"})
    second = commit(repo, "say two louder", {"a.py": "one\nTWO\nthree\n"})
    told = asyncio.run(blame(Repository(repo), second, "a.py", [3, 2, 2]))
    assert [(one.line, one.sha, one.summary, one.text) for one in told] == [
        (2, second, "say two louder", "TWO"),
        (3, first, "first", "three"),
    ]
    assert {one.author for one in told} == {"a.dev"}
    assert all(one.at > 1_600_000_000 for one in told)
    earlier = asyncio.run(blame(Repository(repo), first, "a.py", [2]))
    assert [(one.sha, one.text) for one in earlier] == [(first, "two")]


def test_a_commits_facts_hold_for_all_its_lines(repo: Path) -> None:
    commit(repo, "first", {"a.py": "one\ntwo\n"})
    told = asyncio.run(blame(Repository(repo), "HEAD", "a.py", [1, 2]))
    assert [one.summary for one in told] == ["first", "first"]


@pytest.mark.parametrize(
    ("path", "line", "why"),
    [("b.py", 1, "no such path"), ("a.py", 40, "has only 2 lines"), ("a.py", 0, "no line of it")],
)
def test_a_line_that_is_not_there_is_said_in_one_line(
    repo: Path, path: str, line: int, why: str
) -> None:
    commit(repo, "first", {"a.py": "one\ntwo\n"})
    with pytest.raises(SourceError, match=why) as caught:
        asyncio.run(blame(Repository(repo), "HEAD", path, [line]))
    assert "\n" not in str(caught.value)


def test_nothing_that_the_repository_configures_is_run_or_hides_a_change(repo: Path) -> None:
    commit(repo, "first", {"a.py": "one\n", ".gitattributes": "*.py diff=own\n"})
    second = commit(repo, "second", {"a.py": "One\n"})
    (repo / "ignored").write_text(second + "\n")
    git(repo, "config", "diff.own.textconv", f"touch {repo}/ran; cat")
    git(repo, "config", "blame.ignoreRevsFile", str(repo / "ignored"))
    told = asyncio.run(blame(Repository(repo), "HEAD", "a.py", [1]))
    assert (told[0].text, told[0].summary) == ("One", "second")
    assert not (repo / "ran").exists()


def test_a_revision_is_never_taken_for_an_option() -> None:
    with pytest.raises(SourceError, match="is no revision"):
        argv("--contents=/etc/passwd", "a.py", [1])


def test_what_is_no_porcelain_gives_nothing() -> None:
    assert parse("what is this\n") == []
