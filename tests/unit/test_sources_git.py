"""The git source: history and diffs from a real repository, which itself may run nothing."""

import asyncio
import os
import stat
from pathlib import Path

import pytest

from orchestrator.evidence.sources.git import Repository
from orchestrator.evidence.sources.process import run
from orchestrator.evidence.sources.source import Hanging, SourceError
from tests.unit.small_shop import commit, git


@pytest.fixture
def repo(tmp_path: Path) -> Path:
    path = tmp_path / "repo"
    path.mkdir()
    git(path, "init", "-q", "-b", "main")
    commit(path, "first", {"a.py": "x = 1\n", "ä b.txt": "hi\n"})
    commit(path, "second: x grows", {"a.py": "x = 2\ny = 3\n"})
    return path


def test_history_comes_newest_first_with_lines_per_file(repo: Path) -> None:
    second, first = asyncio.run(Repository(repo).log())
    assert (second.subject, second.author) == ("second: x grows", "a.dev")
    assert [(f.path, f.added, f.removed) for f in second.files] == [("a.py", 2, 1)]
    assert {f.path for f in first.files} == {"a.py", "ä b.txt"}
    assert second.parents == (first.sha,)
    assert asyncio.run(Repository(repo).log(f"{first.sha}..{second.sha}")) == [second]


def test_diffs_and_files_at_versions(repo: Path) -> None:
    source = Repository(repo)
    second, first = asyncio.run(source.log())
    assert "+y = 3" in asyncio.run(source.diff(second.sha))
    assert "+x = 1" in asyncio.run(source.diff(first.sha))
    assert asyncio.run(source.between(first.sha, second.sha)).startswith("diff --git a/a.py b/a.py")
    wanted = [(first.sha, "a.py"), (second.sha, "gone.py"), (second.sha, "ä b.txt")]
    assert asyncio.run(source.show_all(wanted)) == ["x = 1\n", None, "hi\n"]
    assert asyncio.run(source.files("HEAD")) == ["a.py", "ä b.txt"]
    assert asyncio.run(source.resolve("HEAD")) == second.sha
    assert asyncio.run(source.contains(first.sha, second.sha))
    assert not asyncio.run(source.contains(second.sha, first.sha))


def test_binary_files_do_not_shift_the_others(repo: Path) -> None:
    (repo / "b.bin").write_bytes(bytes(range(256)))
    sha = commit(repo, "binary", {"c.py": "z = 1\n"})
    texts = asyncio.run(Repository(repo).show_all([(sha, "b.bin"), (sha, "c.py")]))
    assert texts[1] == "z = 1\n"
    (newest, *_) = asyncio.run(Repository(repo).log(limit=1))
    assert [(f.path, f.added) for f in newest.files] == [("b.bin", None), ("c.py", 1)]


def test_what_is_no_repository_is_said_so_even_inside_another(repo: Path) -> None:
    inner = repo / "inner"
    inner.mkdir()
    with pytest.raises(SourceError, match=r"^inner is no git repository$"):
        asyncio.run(Repository(inner).log())
    with pytest.raises(SourceError, match=r"^gone: there is no such repository$"):
        asyncio.run(Repository(repo / "gone").log())


@pytest.mark.parametrize("revision", ["--output=/tmp/x", "-1", "a b", "HEAD;id", "", "x..--all"])
def test_a_revision_can_never_be_an_option(repo: Path, revision: str) -> None:
    with pytest.raises(SourceError, match=r"is no revision"):
        asyncio.run(Repository(repo).log(revision))


def test_an_unknown_revision_is_one_line(repo: Path) -> None:
    with pytest.raises(SourceError, match=r"^git log in repo: bad revision") as caught:
        asyncio.run(Repository(repo).log("0123456"))
    assert "\n" not in str(caught.value)


def test_git_missing_is_said_so(repo: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(repo))
    with pytest.raises(SourceError, match=r"^git is not installed$"):
        asyncio.run(Repository(repo).log())


def test_nothing_that_the_repository_configures_is_run(
    repo: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    trap = tmp_path / "trap"
    trap.write_text(f"#!/bin/sh\ntouch {tmp_path}/sprung\ncat\n")
    trap.chmod(trap.stat().st_mode | stat.S_IXUSR)
    for key in ("core.pager", "diff.external", "core.fsmonitor", "diff.t.textconv", "core.editor"):
        git(repo, "config", key, str(trap))
    git(repo, "config", "color.ui", "always")
    (repo / ".git/info").mkdir(exist_ok=True)
    (repo / ".git/info/attributes").write_text("*.py diff=t\n")
    monkeypatch.setenv("GIT_EXTERNAL_DIFF", str(trap))
    monkeypatch.setenv("GIT_DIR", str(tmp_path / "elsewhere"))
    source = Repository(repo)
    (newest, *_) = asyncio.run(source.log())
    assert "\x1b" not in asyncio.run(source.diff(newest.sha))
    assert not (tmp_path / "sprung").exists()


def test_a_command_that_hangs_is_killed_with_its_children(tmp_path: Path) -> None:
    script = "sleep 300 & echo $! > child; wait"
    with pytest.raises(Hanging, match=r"no answer in 0.3 s, cut"):
        asyncio.run(run(["sh", "-c", script], tmp_path, os.environ, timeout=0.3))
    pid = int((tmp_path / "child").read_text())
    status = Path(f"/proc/{pid}/stat")
    # killed; until init reaps it, it may still stand there as a zombie
    assert not status.exists() or status.read_text().split()[2] == "Z"


def test_a_command_that_says_too_much_is_cut(tmp_path: Path) -> None:
    said = asyncio.run(run(["yes"], tmp_path, os.environ, timeout=10, limit=100_000))
    assert said.truncated
    assert len(said.text) == 100_000


def test_errors_and_exit_codes_come_back(tmp_path: Path) -> None:
    said = asyncio.run(run(["sh", "-c", "echo no >&2; exit 3"], tmp_path, os.environ))
    assert (said.code, said.errors.strip(), said.text) == (3, "no", "")
