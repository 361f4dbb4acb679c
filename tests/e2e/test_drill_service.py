"""A drill with real processes: a release breaks it, a rollback heals it, nothing survives it."""

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import threading
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import chdir
from pathlib import Path
from typing import Any

import pytest

from orchestrator.clock import WallClock, parse_iso
from orchestrator.drills import DrillError, DrillHome, create, lease
from orchestrator.drills.monitor import Sample, health, sample

pytestmark = pytest.mark.slow

BASELINE = 1.5


def _until(happened: Callable[[], Any], within: float) -> Any:
    """What `happened` returns as soon as it is something; a failure when it never is."""
    clock, pause = WallClock(), threading.Event()
    ends = clock.now() + within
    while not (found := happened()):
        assert clock.now() < ends, f"still not so after {within} s: {happened}"
        pause.wait(0.1)
    return found


def _metrics(home: DrillHome) -> Sample:
    address = f"http://127.0.0.1:{home.truth()['port']}/metrics"
    with urllib.request.urlopen(address, timeout=5) as reply:
        return sample(reply.read().decode(), WallClock().now())


def _service_pid(home: DrillHome) -> int:
    """The service's pid, from its manager; 0 as long as none runs."""
    return int(_status(home)["pid"])


def _all_pids(home: DrillHome) -> list[int]:
    """Those of every part, once all of them run: service, dependency and report."""
    pids = [int(part["pid"]) for part in _status(home)["parts"].values()]
    return pids if all(pids) else []


def _status(home: DrillHome) -> dict[str, Any]:
    with (
        chdir(home.project / "var" / "run"),
        socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as connection,
    ):
        connection.settimeout(5)
        connection.connect("manager.sock")
        connection.sendall(b'{"op": "status"}\n')
        with connection.makefile() as lines:
            answer: dict[str, Any] = json.loads(lines.readline())
            return answer


def _supervisor_pid(home: DrillHome) -> int:
    return int(json.loads(home.supervisor.read_text("utf-8"))["pid"])


def _gone(pid: int) -> bool:
    return lease.started(pid) == 0


@pytest.fixture
def home(tmp_path: Path) -> Iterator[DrillHome]:
    made = create("leak", 11, tmp_path, WallClock())
    yield made
    if made.truth_path.exists():
        made.stop()


def test_a_release_breaks_the_service_and_a_rollback_heals_it(home: DrillHome) -> None:
    truth = home.truth()
    home.start(os.getpid(), BASELINE)
    body = _until(home.alert, within=20)
    alert = body["alerts"][0]
    assert (body["version"], body["status"], alert["status"]) == ("4", "firing", "firing")
    assert alert["labels"]["alertname"] == "HighErrorRatio"
    assert alert["labels"]["service"] == home.service
    exhausted = _until(lambda: (seen := _metrics(home)).in_use == seen.size and seen, within=5)
    assert exhausted.failed > 10
    log = (home.project / "var" / "log" / f"{home.service}.log").read_text("utf-8")
    assert "PoolTimeout: no connection within" in log
    assert "\nTraceback (most recent call last):\n" in log

    done = subprocess.run(
        ["bin/deploy", home.service, truth["stable"], "--rollback"],
        cwd=home.project,
        capture_output=True,
        text=True,
        check=False,
        timeout=30,
    )
    assert (done.returncode, done.stderr) == (0, "")
    before = _until(lambda: (seen := _metrics(home)).total > 20 and seen, within=5)
    after = _until(lambda: (seen := _metrics(home)).total > before.total + 20 and seen, within=5)
    healed = health(before, after)
    assert healed is not None
    assert healed.errors == 0
    assert healed.in_use < healed.size

    deploys = (home.project / "var" / "deploys.jsonl").read_text("utf-8").splitlines()
    stable, bad, back = (json.loads(line) for line in deploys)
    assert (stable["version"], bad["version"]) == (truth["stable"], truth["release"])
    assert (back["version"], back["kind"]) == (truth["stable"], "rollback")
    assert bad["by"] == "ci"
    assert parse_iso(bad["at"]) < parse_iso(alert["startsAt"]) < parse_iso(back["at"])
    assert any("HighErrorRatio fires" in text for _, text in home.lab())

    pids = [_supervisor_pid(home), _service_pid(home)]
    home.stop()
    assert not home.running
    _until(lambda: all(_gone(pid) for pid in pids), within=2)


def test_a_killed_supervisor_leaves_no_part_behind(home: DrillHome) -> None:
    home.start(os.getpid(), BASELINE)
    parts = _until(lambda: _all_pids(home), within=15)
    assert len(parts) == 3
    os.kill(_supervisor_pid(home), signal.SIGKILL)
    _until(lambda: all(_gone(pid) for pid in parts) and not home.running, within=10)


def test_a_drill_ends_with_the_process_that_wanted_it(home: DrillHome) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", "import sys; sys.stdin.read()"], stdin=subprocess.PIPE
    ) as wanting:
        home.start(wanting.pid)
        service = _until(lambda: _service_pid(home), within=10)
        wanting.kill()
        _until(lambda: _gone(service) and not home.running, within=10)


def test_a_drill_ends_when_its_folder_is_deleted(home: DrillHome) -> None:
    home.start(os.getpid())
    pids = [_supervisor_pid(home), _until(lambda: _service_pid(home), within=10)]
    shutil.rmtree(home.path)
    _until(lambda: all(_gone(pid) for pid in pids), within=10)


def test_a_drill_ends_on_sigterm(home: DrillHome) -> None:
    home.start(os.getpid())
    service = _until(lambda: _service_pid(home), within=10)
    os.kill(_supervisor_pid(home), signal.SIGTERM)
    _until(lambda: _gone(service) and not home.running, within=10)
    assert home.lab()[-1][1] == "the drill has ended"


def test_a_crashed_service_is_started_again(home: DrillHome) -> None:
    home.start(os.getpid())
    service = _until(lambda: _service_pid(home), within=10)
    os.kill(service, signal.SIGKILL)
    again = _until(lambda: (pid := _service_pid(home)) != service and pid, within=10)
    assert not _gone(again)


def test_a_drill_runs_only_once(home: DrillHome) -> None:
    home.start(os.getpid())
    with pytest.raises(DrillError, match="is running already"):
        home.start(os.getpid())
    assert home.running


def test_a_drill_that_was_stopped_can_be_started_again(home: DrillHome) -> None:
    log = home.project / "var" / "deploys.jsonl"
    for _ in range(2):
        home.start(os.getpid())
        _until(lambda: log.read_text("utf-8") and _service_pid(home), within=10)
        home.stop()
    assert log.read_text("utf-8").count("\n") == 1
