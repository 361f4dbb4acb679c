"""A command that only looks runs as it stands in the settings; its output is cut, never lost."""

import asyncio
import os
import sys
from contextlib import suppress
from pathlib import Path

import psutil
import pytest

from orchestrator.evidence.sources.command import question
from orchestrator.evidence.sources.question import Reading
from orchestrator.evidence.sources.source import Hanging, SourceError
from orchestrator.settings import ReadCommand


def read(root: Path, program: str, **more: float) -> Reading:
    argv = (sys.executable, "-c", program)
    command = ReadCommand.model_validate({"name": "queue", "argv": argv, **more})
    return asyncio.run(question(command, root).read())


def test_its_first_words_are_told_and_all_of_it_is_kept(tmp_path: Path) -> None:
    reading = read(tmp_path, "print(); print('depth 4'); print('age 9')")
    assert reading.content == "\ndepth 4\nage 9\nexit code 0\n"
    assert (reading.remarks[0].text, reading.remarks[0].line) == ("queue: depth 4", 2)
    assert not reading.ill


def test_another_exit_code_is_no_good_state(tmp_path: Path) -> None:
    reading = read(tmp_path, "import sys; print('a'); sys.exit('queue is stuck')")
    assert reading.ill
    assert reading.remarks[0].text == "queue ends with exit code 1: queue is stuck"
    assert reading.content.splitlines()[reading.remarks[0].line - 1] == "queue is stuck"


def test_it_runs_in_the_project_with_few_variables_and_without_a_shell(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("WARROOM_TEST_SECRET", "x")
    program = "import os; print(os.getcwd()); print('WARROOM_TEST_SECRET' in os.environ)"
    assert read(tmp_path, program).content.splitlines()[:2] == [str(tmp_path), "False"]
    command = ReadCommand(name="a", argv=("echo", "$HOME; ls"))
    asked = question(command, tmp_path)
    assert asyncio.run(asked.read()).content.startswith("$HOME; ls\n")
    assert asked.command == "echo '$HOME; ls'"


def test_what_is_too_long_is_cut_at_a_line_and_says_so(tmp_path: Path) -> None:
    reading = read(tmp_path, "print('0123456789\\n' * 1000)", limit=100)
    assert reading.truncated
    assert reading.content.splitlines()[-2:] == [
        "[... cut here: more than 100 bytes ...]",
        "cut, so how it ends is not known",
    ]


def test_many_complaints_do_not_hold_it_up(tmp_path: Path) -> None:
    reading = read(tmp_path, "import sys; sys.stderr.write('x\\n' * 200000); print('done')")
    assert reading.content.startswith("done\n")


def test_all_that_it_started_ends_with_it_when_its_time_is_over(tmp_path: Path) -> None:
    program = (
        "import subprocess, sys, time\n"
        "child = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(60)'])\n"
        "open('child', 'w').write(str(child.pid))\n"
        "time.sleep(60)"
    )
    with pytest.raises(Hanging, match=r"no answer in 2 s, cut"):
        read(tmp_path, program, timeout=2)
    child = int((tmp_path / "child").read_text())
    with suppress(psutil.NoSuchProcess):
        psutil.Process(child).wait(10)  # one that was killed takes a moment to be gone


def test_one_that_is_not_there_or_was_killed_tells_nothing(tmp_path: Path) -> None:
    missing = ReadCommand(name="a", argv=("no-such-program-b6",))
    with pytest.raises(SourceError, match=r"^no-such-program-b6 is not installed$"):
        asyncio.run(question(missing, tmp_path).read())
    with pytest.raises(SourceError, match=r"^queue: ended by signal 9$"):
        read(tmp_path, "import os; os.kill(os.getpid(), 9)")


def test_a_program_of_the_project_is_named_by_its_path(tmp_path: Path) -> None:
    program = tmp_path / "look"
    program.write_text(f"#!{sys.executable}\nprint('seen')\n")
    program.chmod(0o755)
    command = ReadCommand(name="a", argv=(f".{os.sep}look",))
    assert asyncio.run(question(command, tmp_path).read()).content.startswith("seen\n")
