"""A running change is cut on a person's word: the target says what it did, and people decide."""

import asyncio
import json
import os
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from orchestrator.actions import launch
from orchestrator.actions.executor import Cancelled, execute
from orchestrator.actions.running import AT_ONCE, Tail
from orchestrator.clock import WallClock
from orchestrator.model.state import State
from orchestrator.settings import Settings
from tests.unit.fake_bench import task
from tests.unit.rooms import BAD, GOOD, deployed
from tests.unit.test_actions_executor import prepared, run_of
from tests.unit.test_actions_safety import ASKS

pytestmark = pytest.mark.slow

HALF = """\
import pathlib, signal, sys
here = pathlib.Path(sys.argv[0]).parent
if "--current" in sys.argv:
    sys.exit(print((here / "current").read_text()))
print("half of it is done", flush=True)
(here / "current").write_text("half")
{more}
signal.pause()
"""


def begun(root: Path) -> tuple[Settings, State, dict[str, Any]]:
    """What is approved, in an incident that knows the change as its own."""
    settings, state, card = prepared(root)
    state.tasks["execute@1"] = replace(task("execute@1"), kind="action")
    return settings, state, card


def cut_when(
    root: Path,
    settings: Settings,
    state: State,
    card: Any,
    printed: str,
    at_the_end: bool = False,
) -> Any:
    """Cancelled as soon as its output says that; what was heard of it in the end."""
    heard: list[str] = []

    def out(text: str) -> None:
        heard.append(text)
        if printed in text:
            while at_the_end and _child_lives(root):
                os.sched_yield()
            known = state.tasks["execute@1"]
            said = replace(known, cancelled_by="a.kim", cancel_why="wrong region")
            state.tasks["execute@1"] = said

    async def started(pid: int, ticks: int, adopted: bool) -> None:
        pass

    run = run_of(root, card)
    done = asyncio.run(execute(run, settings, lambda: state, WallClock(), started, out))
    return done, "".join(heard)


def _child_lives(root: Path) -> bool:
    child = json.loads((root / "trace" / "child.json").read_text())
    return launch.ticks(int(child["pid"])) == int(child["ticks"])


def test_a_change_that_had_begun_is_cut_and_nobody_claims_to_know_what_it_did(
    tmp_path: Path,
) -> None:
    settings, state, card = begun(tmp_path)
    (tmp_path / "deploy.py").write_text(HALF.format(more=""))
    with pytest.raises(Cancelled) as caught:
        cut_when(tmp_path, settings, state, card, "half of it")
    why = f"state unknown, look at the target: it was {BAD}, it is half now"
    assert str(caught.value) == f"cancelled by a.kim: wrong region; {why}"
    report = caught.value.report
    assert (report["before"], report["after"], report["exit"]) == (BAD, "half", -15)
    assert report["output"] == "half of it is done"
    assert not _child_lives(tmp_path)


def test_a_change_that_ignores_term_is_killed(tmp_path: Path) -> None:
    settings, state, card = begun(tmp_path)
    stubborn = (
        "signal.signal(15, signal.SIG_IGN)\nprint('deaf', flush=True)\nwhile 1: signal.pause()"
    )
    (tmp_path / "deploy.py").write_text(HALF.format(more=stubborn))
    with pytest.raises(Cancelled) as caught:
        cut_when(tmp_path, settings, state, card, "deaf")
    assert caught.value.report["exit"] == -9


def test_a_change_that_had_changed_nothing_by_then_counts_as_not_run(tmp_path: Path) -> None:
    settings, state, card = begun(tmp_path)
    waits = "import signal\nprint('waiting', flush=True)\nsignal.pause()\n"
    (tmp_path / "deploy.py").write_text(ASKS + waits)
    done, _ = cut_when(tmp_path, settings, state, card, "waiting")
    assert done["drifted"] is True
    assert done["why"] == "cancelled by a.kim: wrong region; the target is as it was"


def test_a_change_that_was_cancelled_before_it_began_is_not_started(tmp_path: Path) -> None:
    settings, state, card = begun(tmp_path)
    known = state.tasks["execute@1"]
    state.tasks["execute@1"] = replace(known, cancelled_by="a.kim", cancel_why="wrong region")

    async def started(pid: int, ticks: int, adopted: bool) -> None:
        raise AssertionError("it was started")

    run = run_of(tmp_path, card)
    done = asyncio.run(execute(run, settings, lambda: state, WallClock(), started))
    assert done == {
        "drifted": True,
        "why": "cancelled by a.kim: wrong region; it had not begun",
    }
    assert not (tmp_path / "trace" / "claim.json").exists()
    assert deployed(tmp_path) == []


def test_a_change_that_ends_before_it_can_be_cut_has_ended_as_it_did(tmp_path: Path) -> None:
    settings, state, card = begun(tmp_path)
    done, heard = cut_when(tmp_path, settings, state, card, "now at", at_the_end=True)
    assert done["exit"] == 0
    assert "cancelled" not in done
    assert heard == f"now at {GOOD}\n"
    assert deployed(tmp_path) == [GOOD]


def test_output_is_shown_in_whole_lines_while_the_command_prints(tmp_path: Path) -> None:
    path = tmp_path / "output.txt"
    tail = Tail(path)
    assert tail.fresh() == ""
    path.write_text("one\ntwo, tok")
    assert tail.fresh() == "one\n"
    with path.open("a") as file:
        file.write("en=abcdefgh12345678\n")
    assert tail.fresh() == "two, token=[redacted]\n"
    with path.open("a") as file:
        file.write("three")
    assert tail.fresh() == ""
    assert tail.fresh(last=True) == "three"


def test_a_private_key_is_shown_in_no_half(tmp_path: Path) -> None:
    path = tmp_path / "output.txt"
    tail = Tail(path)
    kind = "RSA PRIVATE " + "KEY"
    path.write_text(f"a key:\n-----BEGIN {kind}-----\nMIIEpAIBAAKCAQEA\n")
    assert tail.fresh() == "a key:\n"
    with path.open("a") as file:
        file.write(f"aGVsbG8gd29ybGQ=\n-----END {kind}-----\ndone\n")
    told = tail.fresh()
    assert "MIIE" not in told
    assert "aGVs" not in told
    assert told.endswith("done\n")


def test_of_a_flood_the_end_is_shown_and_the_rest_is_counted(tmp_path: Path) -> None:
    path = tmp_path / "output.txt"
    tail = Tail(path)
    path.write_text("x" * 9 + "\n" + ("line\n" * AT_ONCE))
    told = tail.fresh()
    assert told.startswith(f"[{4 * AT_ONCE + 10} bytes left out]\nline\n")
    assert len(told) < AT_ONCE + 100
