"""An approved change runs exactly once, whoever dies in between; anything else does not run."""

import asyncio
import json
import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from orchestrator.actions import launch
from orchestrator.actions.card import Impossible, build, digest
from orchestrator.actions.executor import Execution, Unclear, execute
from orchestrator.clock import Clock, WallClock
from orchestrator.model.records import Approval
from orchestrator.model.state import State
from orchestrator.settings import Settings
from tests.unit.rooms import BAD, GOOD, deployed, shop

WANTED = {"kind": "rollback", "params": {"version": GOOD}}


def prepared(root: Path, risk: str = "medium") -> tuple[Settings, State, dict[str, Any]]:
    """Settings, a state in which the rollback was approved, and its card."""
    _, settings = shop(root, risk)
    state = State(service="orders", incident="INC-1")
    card = asyncio.run(build(settings, root, state, WANTED))
    state.approvals["rollback@1"] = Approval(
        approval="rollback@1",
        action="rollback",
        title=str(card["title"]),
        risk=risk,
        sha256=str(card["sha256"]),
        expires=WallClock().now() + 600,
        card=card,
        evidence=(),
        requested_at=0.0,
        decision="granted",
        by="a.kim",
    )
    return settings, state, card


def run_of(root: Path, card: dict[str, Any]) -> Execution:
    return Execution(root / "trace", root, card, "rollback@1", "INC-1/execute@1")


def carry_out(
    run: Execution, settings: Settings, state: State, clock: Clock | None = None
) -> tuple[dict[str, Any], list[bool]]:
    adopted: list[bool] = []

    async def started(pid: int, ticks: int, found: bool) -> None:
        adopted.append(found)

    done = asyncio.run(execute(run, settings, lambda: state, clock or WallClock(), started))
    return done, adopted


def test_the_card_shows_what_will_run_and_binds_it_to_a_hash(tmp_path: Path) -> None:
    _, _, card = prepared(tmp_path)
    assert card["argv"] == [sys.executable, "deploy.py", GOOD]
    assert card["pre_state"] == BAD
    assert card["dry_run"] == {"exit": 0, "output": f"would go to {GOOD}"}
    assert card["undo"] == [sys.executable, "deploy.py", BAD]
    assert card["sha256"] == digest(card)
    assert digest({**card, "argv": [*card["argv"], "--force"]}) != card["sha256"]
    assert digest({**card, "pre_state": GOOD}) != card["sha256"]


def test_a_destructive_change_asks_for_the_targets_name(tmp_path: Path) -> None:
    assert prepared(tmp_path, "destructive")[2]["confirm"] == "orders"


def test_nothing_is_offered_that_would_change_nothing(tmp_path: Path) -> None:
    _, settings = shop(tmp_path)
    (tmp_path / "current").write_text(GOOD)
    with pytest.raises(Impossible, match="already runs"):
        asyncio.run(build(settings, tmp_path, State(service="orders"), WANTED))


@pytest.mark.parametrize("value", ["$(reboot)", "1111111; rm -rf /", "--help", "", "1" * 41])
def test_a_parameter_that_does_not_fit_its_pattern_is_refused(tmp_path: Path, value: str) -> None:
    _, settings = shop(tmp_path)
    wanted = {"kind": "rollback", "params": {"version": value}}
    with pytest.raises(Impossible, match="does not fit"):
        asyncio.run(build(settings, tmp_path, State(service="orders"), wanted))


def test_an_approved_change_runs_once_and_its_output_is_kept(tmp_path: Path) -> None:
    settings, state, card = prepared(tmp_path)
    done, adopted = carry_out(run_of(tmp_path, card), settings, state)
    assert done["exit"] == 0
    assert done["output"] == f"now at {GOOD}"
    assert adopted == [False]
    assert deployed(tmp_path) == [GOOD]


def test_a_second_runner_takes_the_result_the_first_left_and_runs_nothing(tmp_path: Path) -> None:
    settings, state, card = prepared(tmp_path)
    carry_out(run_of(tmp_path, card), settings, state)
    done, adopted = carry_out(run_of(tmp_path, card), settings, state)
    assert done["exit"] == 0
    assert adopted == [True]
    assert deployed(tmp_path) == [GOOD]


def test_a_second_runner_waits_for_the_change_the_first_had_started(tmp_path: Path) -> None:
    settings, state, card = prepared(tmp_path)
    run = run_of(tmp_path, card)
    run.folder.mkdir()
    (tmp_path / "slow").touch()
    first = _launcher(run)
    _until(lambda: deployed(tmp_path) == [GOOD])

    class Ending(WallClock):
        async def sleep(self, seconds: float) -> None:
            (tmp_path / "slow").unlink(missing_ok=True)
            await super().sleep(seconds)

    done, adopted = carry_out(run, settings, state, Ending())
    first.wait()
    assert done["exit"] == 0
    assert adopted == [True]
    assert deployed(tmp_path) == [GOOD]


def test_two_launchers_never_both_run(tmp_path: Path) -> None:
    _, _, card = prepared(tmp_path)
    run = run_of(tmp_path, card)
    run.folder.mkdir()
    codes = sorted(process.wait() for process in [_launcher(run), _launcher(run), _launcher(run)])
    assert codes == [0, launch.CLAIMED, launch.CLAIMED]
    assert deployed(tmp_path) == [GOOD]


def test_a_launcher_that_died_after_the_change_took_effect_is_found_by_its_effect(
    tmp_path: Path,
) -> None:
    settings, state, card = prepared(tmp_path)
    run = run_of(tmp_path, card)
    _claim_of_the_dead(run)
    (tmp_path / "current").write_text(GOOD)
    done, _ = carry_out(run, settings, state)
    assert done["found"] == "by its effect"
    assert deployed(tmp_path) == []


def test_where_nobody_can_tell_a_human_is_asked_and_nothing_is_run_again(tmp_path: Path) -> None:
    settings, state, card = prepared(tmp_path)
    run = run_of(tmp_path, card)
    _claim_of_the_dead(run)
    with pytest.raises(Unclear, match="cannot be told"):
        carry_out(run, settings, state)
    assert deployed(tmp_path) == []


def _no_approval(state: State) -> None:
    state.approvals.clear()


def _denied(state: State) -> None:
    state.approvals["rollback@1"] = replace(state.approvals["rollback@1"], decision="denied")


def _ran_out(state: State) -> None:
    state.approvals["rollback@1"] = replace(state.approvals["rollback@1"], expires=1.0)


def _another(state: State) -> None:
    state.approvals["rollback@1"] = replace(state.approvals["rollback@1"], sha256="f" * 64)


def _clock_set_back(state: State) -> None:
    """By the journal's own times it has run out, whatever the machine's clock says now."""
    state.last_at = state.approvals["rollback@1"].expires + 1


def _stopped(state: State) -> None:
    state.stopped = "looked wrong"


def _frozen(state: State) -> None:
    state.frozen = "two incidents"


@pytest.mark.parametrize(
    "spoil", [_no_approval, _denied, _ran_out, _another, _clock_set_back, _stopped, _frozen]
)
def test_what_is_not_approved_as_it_stands_does_not_run(
    tmp_path: Path, spoil: Callable[[State], None]
) -> None:
    settings, state, card = prepared(tmp_path)
    spoil(state)
    done, _ = carry_out(run_of(tmp_path, card), settings, state)
    assert done["drifted"] is True
    assert deployed(tmp_path) == []


def test_an_entry_that_was_edited_since_the_approval_stops_the_change(tmp_path: Path) -> None:
    settings, state, card = prepared(tmp_path)
    edited = replace_action(settings, timeout=5.0)
    done, _ = carry_out(run_of(tmp_path, card), edited, state)
    assert done["why"] == "rollback was edited in the catalogue since it was offered"
    gone = settings.model_copy(update={"actions": ()})
    done, _ = carry_out(run_of(tmp_path, card), gone, state)
    assert done["why"] == "the catalogue no longer has 'rollback'"
    assert deployed(tmp_path) == []


def replace_action(settings: Settings, **changed: Any) -> Settings:
    action = settings.actions[0].model_copy(update=changed)
    return settings.model_copy(update={"actions": (action,)})


def test_a_target_that_moved_since_the_approval_stops_the_change(tmp_path: Path) -> None:
    settings, state, card = prepared(tmp_path)
    (tmp_path / "current").write_text("3" * 40)
    done, _ = carry_out(run_of(tmp_path, card), settings, state)
    assert "the target has moved" in done["why"]
    assert deployed(tmp_path) == []


def test_a_change_that_fails_says_so_with_its_own_words(tmp_path: Path) -> None:
    settings, state, card = prepared(tmp_path)
    (tmp_path / "broken").touch()
    done, _ = carry_out(run_of(tmp_path, card), settings, state)
    assert done["exit"] == 1
    assert done["output"] == "the health check failed"


def test_a_change_that_hangs_is_ended_at_its_timeout(tmp_path: Path) -> None:
    settings, state, card = prepared(tmp_path)
    (tmp_path / "slow").touch()
    card["timeout"] = 0.3
    card["sha256"] = digest(card)
    state.approvals["rollback@1"] = replace(
        state.approvals["rollback@1"], sha256=card["sha256"], card=card
    )
    done, _ = carry_out(run_of(tmp_path, card), settings, state)
    assert done["timed_out"] is True
    assert done["why"] == "cut after 0.3 s"


def test_a_change_sees_only_the_allowed_environment(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SECRET_TOKEN", "hidden")
    settings, state, card = prepared(tmp_path)
    (tmp_path / "deploy.py").write_text(
        "import os, sys\n"
        f"print({BAD!r}) if '--current' in sys.argv else print(sorted(os.environ))\n"
    )
    done, _ = carry_out(run_of(tmp_path, card), settings, state)
    assert "SECRET_TOKEN" not in done["output"]
    assert "CHANGE_KEY" in done["output"]
    assert "WARROOM" not in done["output"]


def _launcher(run: Execution) -> "subprocess.Popen[bytes]":
    argv = [str(part) for part in run.card["argv"]]
    whose = [str(run.folder), run.approval, digest(run.card)]
    command = [sys.executable, "-I", launch.__file__, *whose, str(run.root), "20", *argv]
    return subprocess.Popen(command, start_new_session=True)


def _claim_of_the_dead(run: Execution) -> None:
    run.folder.mkdir()
    gone = subprocess.Popen([sys.executable, "-c", ""])
    ticks = launch.ticks(gone.pid) or 1
    gone.wait()
    whose = {"approval": run.approval, "sha256": digest(run.card)}
    (run.folder / "claim.json").write_text(json.dumps({**whose, "pid": gone.pid, "ticks": ticks}))


def _until(true: Callable[[], bool]) -> None:
    while not true():
        os.sched_yield()
