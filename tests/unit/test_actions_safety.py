"""Nothing foreign is taken for this approval, nothing runs on unseen, and no secret is kept."""

import asyncio
import json
import os
import signal
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from orchestrator.actions import executor, launch
from orchestrator.actions.card import Impossible, build, digest, look
from orchestrator.actions.executor import Execution, Unclear, execute
from orchestrator.clock import WallClock
from orchestrator.model.state import State
from orchestrator.settings import Settings, load
from tests.unit.rooms import BAD, DEPLOY, GOOD, deployed, shop
from tests.unit.test_actions_executor import WANTED, carry_out, prepared, run_of

ASKS = f"import sys\nif '--current' in sys.argv: sys.exit(print({BAD!r}))\n"
"""A deploy script that answers what runs now; what else it does follows."""


def ours(run: Execution, **more: object) -> str:
    return json.dumps({"approval": run.approval, "sha256": digest(run.card), **more})


@pytest.mark.parametrize("foreign", [{"sha256": "f" * 64}, {"approval": "rollback@2"}])
def test_a_claim_of_another_approval_is_not_adopted(
    tmp_path: Path, foreign: dict[str, str]
) -> None:
    settings, state, card = prepared(tmp_path)
    run = run_of(tmp_path, card)
    run.folder.mkdir()
    claim = json.loads(ours(run, pid=1, ticks=5))
    (run.folder / "claim.json").write_text(json.dumps({**claim, **foreign}))
    (run.folder / "result.json").write_text(ours(run, exit=0, timed_out=False, why=""))
    with pytest.raises(Unclear, match="of another approval"):
        carry_out(run, settings, state)
    assert deployed(tmp_path) == []


def test_a_result_that_says_not_whose_it_is_is_not_adopted(tmp_path: Path) -> None:
    settings, state, card = prepared(tmp_path)
    run = run_of(tmp_path, card)
    run.folder.mkdir()
    (run.folder / "claim.json").write_text(ours(run, pid=1, ticks=5))
    (run.folder / "result.json").write_text('{"exit": 0, "timed_out": false, "why": ""}')
    with pytest.raises(Unclear, match="the result in trace is of another approval"):
        carry_out(run, settings, state)


def test_a_launcher_that_comes_late_finds_the_door_shut(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings, state, card = prepared(tmp_path)
    run = run_of(tmp_path, card)
    late = tmp_path / "late.py"
    late.write_text("import time\nwhile True: time.sleep(60)\n")
    real = launch.__file__
    monkeypatch.setattr(launch, "__file__", str(late))
    monkeypatch.setattr(executor, "STARTS_WITHIN", 0.2)
    with pytest.raises(Unclear, match="nothing was run, and nothing will be"):
        carry_out(run, settings, state)
    whose = (str(run.folder), run.approval, digest(card), str(tmp_path), "20")
    argv = [sys.executable, "-I", real, *whose, *card["argv"]]
    assert os.spawnv(os.P_WAIT, sys.executable, argv) == launch.CLAIMED
    assert deployed(tmp_path) == []
    with pytest.raises(Unclear, match="nothing was run, and nothing will be"):
        carry_out(run, settings, state)


def test_a_launcher_that_ends_without_a_claim_is_not_waited_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings, state, card = prepared(tmp_path)
    broken = tmp_path / "broken_launcher.py"
    broken.write_text("raise SystemExit(1)\n")
    monkeypatch.setattr(launch, "__file__", str(broken))
    monkeypatch.setattr(executor, "STARTS_WITHIN", 1e9)
    with pytest.raises(Unclear, match="did not start"):
        carry_out(run_of(tmp_path, card), settings, state)


def test_a_claim_nobody_can_read_is_said_and_nothing_is_run(tmp_path: Path) -> None:
    settings, state, card = prepared(tmp_path)
    run = run_of(tmp_path, card)
    run.folder.mkdir()
    (run.folder / "claim.json").write_text('{"pid": 1')
    with pytest.raises(Unclear, match="cannot be read"):
        carry_out(run, settings, state)
    assert deployed(tmp_path) == []


def test_a_command_whose_launcher_was_killed_is_waited_for_and_found_by_its_effect(
    tmp_path: Path,
) -> None:
    settings, state, card = prepared(tmp_path)
    (tmp_path / "slow").touch()
    done = asyncio.run(_kill_the_launcher(run_of(tmp_path, card), settings, state, release=True))
    assert done["found"] == "by its effect"
    assert deployed(tmp_path) == [GOOD]


def test_a_command_whose_launcher_was_killed_is_cut_at_its_timeout(tmp_path: Path) -> None:
    settings, state, card = prepared(tmp_path)
    (tmp_path / "slow").touch()
    _cut_after(0.3, card, state)
    run = run_of(tmp_path, card)
    with pytest.raises(Unclear, match="cannot be told"):
        asyncio.run(_kill_the_launcher(run, settings, state, release=False))
    child = json.loads((run.folder / "child.json").read_text())
    assert launch.ticks(child["pid"]) != child["ticks"]


async def _kill_the_launcher(
    run: Execution, settings: Settings, state: State, *, release: bool
) -> dict[str, Any]:
    """KILL to the launcher while its command is at work; the command may go on when `release`."""

    class Killing(WallClock):
        killed = False

        async def sleep(self, seconds: float) -> None:
            if self.killed and release:
                (run.root / "slow").unlink(missing_ok=True)
            if not self.killed and deployed(run.root) and launcher:
                os.kill(launcher[0], signal.SIGKILL)
                self.killed = True
            await super().sleep(seconds)

    launcher: list[int] = []

    async def started(pid: int, ticks: int, found: bool) -> None:
        launcher.append(pid)

    return await execute(run, settings, lambda: state, Killing(), started)


def test_a_command_that_finds_its_launcher_dead_never_begins(tmp_path: Path) -> None:
    """The launcher may be killed between the fork and the record: then there must be no command."""
    code = (
        "import os, sys; sys.path.insert(0, sys.argv[1]); import launch; from pathlib import Path\n"
        "launch._recorded(Path(sys.argv[2]), os.getppid() + 1); print('ran')"
    )
    argv = ["python", "-c", code, str(Path(launch.__file__).parent), str(tmp_path)]
    assert os.spawnv(os.P_WAIT, sys.executable, argv) == 1
    assert (tmp_path / "child.json").exists()


def test_nothing_a_command_left_behind_lives_on_after_its_timeout(tmp_path: Path) -> None:
    settings, state, card = prepared(tmp_path)
    stubborn = (
        "import os, signal; signal.signal(15, signal.SIG_IGN); os.setpgid(0, 0);"
        "print(flush=True); signal.pause()"
    )
    (tmp_path / "deploy.py").write_text(
        f"{ASKS}import subprocess, time\n"
        f"argv = [sys.executable, '-c', {stubborn!r}]\n"
        "left = subprocess.Popen(argv, stdout=subprocess.PIPE)\nleft.stdout.readline()\n"
        "open('left', 'w').write(str(left.pid))\ntime.sleep(60)\n"
    )
    _cut_after(1.5, card, state)
    done, _ = carry_out(run_of(tmp_path, card), settings, state)
    assert done["timed_out"] is True
    assert launch.ticks(int((tmp_path / "left").read_text())) == 0


def _cut_after(seconds: float, card: dict[str, Any], state: State) -> None:
    card["timeout"] = seconds
    card["sha256"] = digest(card)
    approval = state.approvals["rollback@1"]
    state.approvals["rollback@1"] = replace(approval, sha256=card["sha256"], card=card)


def test_the_service_label_of_an_alert_never_becomes_an_argument(tmp_path: Path) -> None:
    project, _ = shop(tmp_path)
    text = project.settings.read_text()
    project.settings.write_text(
        text.replace('kind = "rollback"\nservice = "orders"', 'kind = "rollback"')
    )
    (tmp_path / "deploy.py").write_text("open('ran', 'w')\n")
    state = State(service="--everything", incident="INC-1")
    with pytest.raises(Impossible, match=r"no \[\[services\]\] named '--everything'"):
        asyncio.run(build(load(project), tmp_path, state, WANTED))
    assert not (tmp_path / "ran").exists()


def test_a_parameter_is_no_option_even_where_its_pattern_lets_it_in(tmp_path: Path) -> None:
    project, _ = shop(tmp_path)
    text = project.settings.read_text()
    project.settings.write_text(text.replace('"[0-9a-f]{7,40}"', '".*"'))
    wanted = {"kind": "rollback", "params": {"version": "--force"}}
    with pytest.raises(Impossible, match="would be read as an option"):
        asyncio.run(build(load(project), tmp_path, State(service="orders"), wanted))


def test_a_card_holds_neither_secrets_nor_escapes_and_its_state_still_compares(
    tmp_path: Path,
) -> None:
    leaky = DEPLOY.replace(
        "print(current.read_text())",
        "print(current.read_text()); print('password=hunter2hunter2\\x1b[2J')",
    )
    assert leaky != DEPLOY
    leaky = leaky.replace('print("would', 'print("token=abcdefgh12345678"); print("would')
    _, settings = shop(tmp_path)
    (tmp_path / "deploy.py").write_text(leaky)
    card = asyncio.run(build(settings, tmp_path, State(service="orders"), WANTED))
    kept = json.dumps(card)
    assert "hunter2" not in kept
    assert "abcdefgh" not in kept
    assert "\\u001b" not in kept
    assert asyncio.run(look(settings, tmp_path, card)) == card["pre_state"]


@pytest.mark.parametrize(
    ("state", "why"),
    [("password=hunter2hunter2", "holds a secret"), ("--delete-all", "read as an option")],
)
def test_a_state_that_cannot_be_put_into_a_command_as_it_is_makes_no_card(
    tmp_path: Path, state: str, why: str
) -> None:
    """An undo would write `[redacted]` into production, or hand over an option."""
    _, settings = shop(tmp_path)
    (tmp_path / "deploy.py").write_text(f"print({state!r})\n")
    with pytest.raises(Impossible, match=why):
        asyncio.run(build(settings, tmp_path, State(service="orders"), WANTED))


def test_what_a_change_prints_is_kept_without_its_secrets(tmp_path: Path) -> None:
    settings, state, card = prepared(tmp_path)
    (tmp_path / "deploy.py").write_text(f"{ASKS}print('token=abcdefgh12345678 \\x1b[2Jdone')\n")
    run = run_of(tmp_path, card)
    done, _ = carry_out(run, settings, state)
    assert done["output"] == "token=[redacted] done"
    path = run.folder / "output.txt"
    assert path.read_text() == "token=[redacted] done\n"
    assert path.stat().st_mode & 0o777 == 0o600


def test_of_an_endless_output_the_end_is_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(executor, "KEPT", 100)
    settings, state, card = prepared(tmp_path)
    (tmp_path / "deploy.py").write_text(f"{ASKS}print('line\\n' * 100 + 'the end')\n")
    run = run_of(tmp_path, card)
    done, _ = carry_out(run, settings, state)
    assert done["output"].startswith("[beginning left out]\nline\n")
    assert done["output"].endswith("the end")
    assert (run.folder / "output.txt").stat().st_size < 130
