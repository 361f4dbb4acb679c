"""A bisect finds the commit in a real history, in bounded time, and touches nothing of the user's.

The search is git's own, over repositories that are made here; the tests in them are real programs.
"""

import asyncio
import os
import select
import signal
import stat
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from orchestrator.evidence.bisect.scratch import PREFIX, scratch, sweep
from orchestrator.evidence.bisect.search import Asked, Found, search
from orchestrator.evidence.sources.source import SourceError
from tests.unit.long_history import TEST, fingerprint, long_history
from tests.unit.small_shop import git

SHORT, PLANTED = 12, 7


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Path]:
    """Where scratch folders go; none may stay there."""
    folder = tmp_path / "scratch"
    folder.mkdir()
    yield folder
    assert list(folder.iterdir()) == []


@pytest.fixture
def repo(tmp_path: Path) -> Path:
    return tmp_path / "repo"


@pytest.fixture
def check(tmp_path: Path) -> tuple[str, ...]:
    return program(tmp_path, TEST)


def program(folder: Path, text: str) -> tuple[str, ...]:
    (folder / "check.py").write_text(text)
    return (sys.executable, str(folder / "check.py"))


def find(
    repo: Path, shas: list[str], test: tuple[str, ...], place: Path, **limits: float
) -> tuple[Found, list[str]]:
    said: list[str] = []
    limits = {"timeout": 60.0, "each": 10.0, **limits}
    asked = Asked(repo, shas[0], shas[-1], test, **limits)
    return asyncio.run(search(asked, said.append, place)), said


def ends(pid: int) -> bool:
    """Whether a process is over within ten seconds."""
    try:
        watched = os.pidfd_open(pid)
    except ProcessLookupError:
        return True
    try:
        return bool(select.select([watched], [], [], 10)[0])
    finally:
        os.close(watched)


def test_the_planted_commit_is_found_among_two_hundred(
    repo: Path, check: tuple[str, ...], place: Path
) -> None:
    shas = long_history(repo, 200, planted=137)
    before = fingerprint(repo)
    found, said = find(repo, shas, check, place)
    assert found.culprit == shas[137]
    assert len(found.runs) <= 12, "both ends, eight steps, and the answer once more"
    assert found.seconds < 30
    assert f"# first bad commit: [{shas[137]}] change 137" in found.log
    assert any(f"{shas[137][:12]} bad: exit code 1" in line for line in said)
    assert fingerprint(repo) == before


@pytest.mark.parametrize("planted", [1, SHORT - 1])
def test_a_fault_right_beside_an_end_is_found(
    repo: Path, check: tuple[str, ...], place: Path, planted: int
) -> None:
    shas = long_history(repo, SHORT, planted)
    assert find(repo, shas, check, place)[0].culprit == shas[planted]


def test_a_bisect_of_the_users_own_and_a_dirty_tree_survive_byte_for_byte(
    repo: Path, check: tuple[str, ...], place: Path
) -> None:
    shas = long_history(repo, SHORT, PLANTED)
    git(repo, "bisect", "start", shas[-1], shas[2])
    git(repo, "bisect", "good")
    (repo / "notes.txt").write_text("half a thought\n")
    (repo / "new.txt").write_text("not added yet\n")
    (repo / "staged.txt").write_text("staged\n")
    git(repo, "add", "staged.txt")
    log, before = git(repo, "bisect", "log"), fingerprint(repo)
    assert find(repo, shas, check, place)[0].culprit == shas[PLANTED]
    assert fingerprint(repo) == before
    assert git(repo, "bisect", "log") == log
    assert git(repo, "worktree", "list").count("\n") == 0


@pytest.mark.parametrize(
    ("planted", "said"),
    [
        (0, "does not tell the versions apart: it fails on the good version"),
        (SHORT, "does not tell the versions apart: it passes on the bad version"),
    ],
)
def test_versions_that_the_test_does_not_tell_apart_are_not_searched(
    repo: Path, check: tuple[str, ...], place: Path, planted: int, said: str
) -> None:
    shas = long_history(repo, SHORT, planted)
    found, _ = find(repo, shas, check, place)
    assert found.culprit == ""
    assert said in found.why
    assert len(found.runs) <= 2
    assert found.log == ""


def test_commits_that_cannot_be_judged_leave_a_list_and_no_culprit(
    repo: Path, tmp_path: Path, place: Path
) -> None:
    unfit = "if 'note 6' in notes or 'note 7' in notes: sys.exit(125)\n"
    text = TEST.replace("sys.path", f"notes = open('notes.txt').read()\n{unfit}sys.path", 1)
    shas = long_history(repo, SHORT, PLANTED)
    found, _ = find(repo, shas, program(tmp_path, text), place)
    assert found.culprit == ""
    assert found.why == "the test could not judge the last 3 commits"
    assert set(found.left) == set(shas[6:9])
    assert {run.verdict for run in found.runs if run.sha in shas[6:8]} == {"skip"}


def test_a_run_that_gives_no_answer_in_its_time_judges_nothing(
    repo: Path, tmp_path: Path, place: Path
) -> None:
    shas = long_history(repo, SHORT, PLANTED)
    text = "import time\ntime.sleep(600)\n"
    found, _ = find(repo, shas, program(tmp_path, text), place, each=0.2)
    assert found.why.startswith("the test cannot judge the good version")
    assert "no answer in 0.2 s, cut" in found.why


def test_the_whole_search_is_cut_with_everything_it_started(
    repo: Path, tmp_path: Path, place: Path
) -> None:
    """The test sleeps at the bad end only, with a child of its own, in a group of its own."""
    shas = long_history(repo, SHORT, PLANTED)
    text = f"""\
import os, subprocess, time
if "prices[1:]" in open("prices.py").read():
    child = subprocess.Popen(["sleep", "600"])
    open({str(tmp_path / "pids")!r}, "w").write(f"{{os.getpid()}} {{child.pid}}")
    time.sleep(600)
"""
    found, _ = find(repo, shas, program(tmp_path, text), place, timeout=2.0, each=600.0)
    assert found.why == "it was cut after 2 s"
    assert found.culprit == ""
    assert found.seconds < 10
    assert all(ends(int(pid)) for pid in (tmp_path / "pids").read_text().split())


def test_a_search_that_is_cut_half_way_names_what_is_left(
    repo: Path, tmp_path: Path, place: Path
) -> None:
    hangs = "if 'note 5' in open('notes.txt').read(): sleep(60)\nsys.path"
    text = TEST.replace("sys.path", hangs, 1)
    shas = long_history(repo, SHORT, PLANTED)
    test = program(tmp_path, "from time import sleep\n" + text)
    found, _ = find(repo, shas, test, place, timeout=2.0, each=60.0)
    assert found.why == "it was cut after 2 s"
    assert set(found.left) == set(shas[1:])


def test_a_test_of_luck_is_not_believed(repo: Path, tmp_path: Path, place: Path) -> None:
    """It fails on each version only the first time that it meets it."""
    text = f"""\
import pathlib, subprocess, sys
seen = pathlib.Path({str(tmp_path / "seen")!r})
sha = subprocess.run(["git", "rev-parse", "HEAD"], capture_output=True, text=True).stdout
known = seen.read_text() if seen.exists() else ""
seen.write_text(known + sha)
sys.exit(0 if sha in known or "sum(prices)" in open("prices.py").read() else 1)
"""
    shas = long_history(repo, SHORT, PLANTED)
    found, _ = find(repo, shas, program(tmp_path, text), place)
    assert found.culprit == ""
    assert found.why.startswith("the test is no matter of the version alone")


def test_a_program_that_is_not_there_is_said_so(repo: Path, place: Path) -> None:
    shas = long_history(repo, SHORT, PLANTED)
    found, _ = find(repo, shas, ("bin/no-such-check",), place)
    assert "cannot be started: No such file or directory" in found.why


def test_a_test_that_crashes_has_failed(repo: Path, tmp_path: Path, place: Path) -> None:
    text = TEST.replace("sys.exit(0 if", "good =").replace(" == 6 else 1)", " == 6\n")
    text += "import os, signal\nif not good: os.kill(os.getpid(), signal.SIGSEGV)\n"
    shas = long_history(repo, SHORT, PLANTED)
    found, _ = find(repo, shas, program(tmp_path, text), place)
    assert found.culprit == shas[PLANTED]
    assert any(run.why == "ended by signal 11" for run in found.runs)


def test_what_a_run_leaves_behind_or_alters_does_not_disturb_the_next(
    repo: Path, tmp_path: Path, place: Path
) -> None:
    """A stale build and an altered source would both give wrong answers."""
    text = TEST.replace(
        "sys.exit(",
        "assert not __import__('os').path.exists('build')\n"
        "open('build', 'w').write('x')\nopen('prices.py', 'a').write('# altered')\nsys.exit(",
    )
    shas = long_history(repo, SHORT, PLANTED)
    assert find(repo, shas, program(tmp_path, text), place)[0].culprit == shas[PLANTED]


def test_no_shell_reads_the_test(repo: Path, tmp_path: Path, place: Path) -> None:
    shas = long_history(repo, SHORT, PLANTED)
    trap = tmp_path / "sprung"
    odd = f"$(touch {trap}) `touch {trap}`; touch {trap} ' \" &"
    text = TEST.replace("sys.exit(", f"assert sys.argv[1] == {odd!r}\nsys.exit(")
    found, _ = find(repo, shas, (*program(tmp_path, text), odd), place)
    assert found.culprit == shas[PLANTED]
    assert not trap.exists()


def test_the_test_sees_the_allow_list_alone_and_nothing_of_git(
    repo: Path, tmp_path: Path, place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PAYMENT_TOKEN", "planted")
    monkeypatch.setenv("GIT_DIR", "/nowhere")
    text = TEST.replace(
        "sys.exit(",
        "import os\n"
        "assert not [name for name in os.environ if 'TOKEN' in name or name.startswith('GIT_')]\n"
        "assert 'PATH' in os.environ\nsys.exit(",
    )
    shas = long_history(repo, SHORT, PLANTED)
    assert find(repo, shas, program(tmp_path, text), place)[0].culprit == shas[PLANTED]


def test_nothing_that_the_repository_configures_is_run(
    repo: Path, tmp_path: Path, check: tuple[str, ...], place: Path
) -> None:
    shas = long_history(repo, SHORT, PLANTED)
    trap = repo / ".git/hooks/post-checkout"
    trap.parent.mkdir(exist_ok=True)
    trap.write_text(f"#!/bin/sh\ntouch {tmp_path}/sprung\n")
    trap.chmod(trap.stat().st_mode | stat.S_IXUSR)
    git(repo, "config", "core.fsmonitor", str(trap))
    git(repo, "config", "filter.f.smudge", f"touch {tmp_path}/sprung; cat")
    (repo / ".git/info").mkdir(exist_ok=True)
    (repo / ".git/info/attributes").write_text("*.py filter=f\n")
    assert find(repo, shas, check, place)[0].culprit == shas[PLANTED]
    assert not (tmp_path / "sprung").exists()


def test_what_is_no_repository_is_one_line(tmp_path: Path, place: Path) -> None:
    (tmp_path / "empty").mkdir()
    asked = Asked(tmp_path / "empty", "0" * 40, "1" * 40, ("true",), 10.0, 1.0)
    with pytest.raises(SourceError, match=r"^git clone of empty: ") as caught:
        asyncio.run(search(asked, lambda line: None, place))
    assert "\n" not in str(caught.value)


def test_a_runner_that_is_killed_leaves_no_process_and_its_folder_goes_with_the_next(
    repo: Path, tmp_path: Path
) -> None:
    shas = long_history(repo, SHORT, PLANTED)
    place, pids = tmp_path / "scratch", tmp_path / "pids"
    place.mkdir()
    os.mkfifo(pids)
    text = f"""\
import os, time
with open({str(pids)!r}, "w") as told: told.write(f"{{os.getpid()}} {{os.getppid()}}")
time.sleep(600)
"""
    runner = f"""\
import asyncio
from pathlib import Path
from orchestrator.evidence.bisect.search import Asked, search
test = {program(tmp_path, text)!r}
asked = Asked(Path({str(repo)!r}), {shas[0]!r}, {shas[-1]!r}, test, 600.0, 600.0)
asyncio.run(search(asked, lambda line: None, Path({str(place)!r})))
"""
    killed = subprocess.Popen([sys.executable, "-c", runner])
    started = [int(pid) for pid in pids.read_text().split()]
    (left,) = place.iterdir()
    assert sweep(place) == [], "it is in use"
    os.kill(killed.pid, signal.SIGKILL)
    killed.wait()
    assert all(ends(pid) for pid in started), "a test outlived its runner"
    assert left.exists()
    assert sweep(place) == [left]
    assert list(place.iterdir()) == []


def test_only_folders_of_its_own_name_are_swept_and_links_are_left(tmp_path: Path) -> None:
    (tmp_path / "other").mkdir()
    (tmp_path / f"{PREFIX}link").symlink_to(tmp_path / "other")

    async def used() -> None:
        async with scratch(tmp_path) as held:
            assert stat.S_IMODE(held.folder.stat().st_mode) == 0o700
            assert sweep(tmp_path) == []

    asyncio.run(used())
    assert {path.name for path in tmp_path.iterdir()} == {"other", f"{PREFIX}link"}


def test_no_room_for_a_clone_is_one_line(tmp_path: Path) -> None:
    async def used() -> None:
        async with scratch(tmp_path / "gone"):
            pass

    with pytest.raises(SourceError, match="no folder for a clone in"):
        asyncio.run(used())


def test_a_folder_that_goes_while_it_is_looked_for_is_passed_over(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    gone = tmp_path / f"{PREFIX}gone"
    monkeypatch.setattr(Path, "glob", lambda *_: iter([gone]))
    monkeypatch.setattr(Path, "is_dir", lambda *_: True)
    assert sweep(tmp_path) == []
