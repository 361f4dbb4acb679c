"""Faults for real, several drills at once: each shows what it should, and its own cure helps."""

import json
import os
import subprocess
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from orchestrator.clock import WallClock, parse_iso
from orchestrator.drills import DrillHome, create

pytestmark = pytest.mark.slow

BASELINE = 1.5
FAULTS = ("dependency-down", "report-lock", "disk-limit", "edge-config", "data-leaving")


def _until(happened: Callable[[], Any], within: float) -> Any:
    """What `happened` returns as soon as it is something; a failure when it never is."""
    clock, pause = WallClock(), threading.Event()
    ends = clock.now() + within
    while not (found := happened()):
        assert clock.now() < ends, f"still not so after {within} s: {happened}"
        pause.wait(0.2)
    return found


@pytest.fixture(scope="module")
def homes(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, DrillHome]]:
    """One drill a fault, all running."""
    root = tmp_path_factory.mktemp("drills")
    made = {name: create(name, 6, root, WallClock()) for name in FAULTS}
    for home in made.values():
        home.start(os.getpid(), BASELINE)
    yield made
    for home in made.values():
        home.stop()


def _alert(home: DrillHome, within: float = 45.0) -> dict[str, Any]:
    """The first alert, which came soon after the fault and after nothing else."""
    first: dict[str, Any] = _until(home.alerts, within)[0]["alerts"][0]
    truth = home.truth()
    assert 0 < parse_iso(first["startsAt"]) - truth["fault_at"] < 25
    assert first["labels"]["service"] == truth["alerting"]
    return first


def _log(home: DrillHome, name: str) -> str:
    return (home.project / "var" / "log" / f"{name}.log").read_text("utf-8")


def _edge_tail(home: DrillHome, count: int = 60) -> list[dict[str, Any]]:
    lines = [json.loads(line) for line in _log(home, "edge").splitlines()]
    return [line for line in lines if line["event"] == "request"][-count:]


def _healed(home: DrillHome) -> bool:
    """Nobody was answered with an error of late."""
    return all(line["status"] < 500 for line in _edge_tail(home))


def _run(home: DrillHome, *argv: str) -> str:
    done = subprocess.run(
        argv, cwd=home.project, capture_output=True, text=True, check=False, timeout=30
    )
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout


def test_without_its_dependency_summaries_fail_until_it_is_restarted(
    homes: dict[str, DrillHome],
) -> None:
    home = homes["dependency-down"]
    dependency = home.truth()["parts"]["dependency"]
    assert _alert(home)["labels"]["alertname"] == "HighErrorRatio"
    assert f"DependencyError: {dependency} at 127.0.0.1:" in _log(home, home.service)
    _run(home, "bin/restart", dependency)
    _until(lambda: _healed(home), within=15)


def test_a_locked_database_fails_writes_until_the_holder_is_ended(
    homes: dict[str, DrillHome],
) -> None:
    home = homes["report-lock"]
    _alert(home)
    assert "sqlite3.OperationalError: database is locked" in _log(home, home.service)
    first, *waiting = _run(home, "bin/database", "locks").splitlines()
    word, pid, name, *_ = first.split()
    assert (word, name) == ("holder", "nightly-report")
    assert any(home.service in line for line in waiting)
    _run(home, "bin/database", "end", pid)
    _until(lambda: _healed(home), within=20)


def test_a_full_file_fails_writes_until_it_is_rotated(homes: dict[str, DrillHome]) -> None:
    home = homes["disk-limit"]
    _alert(home)
    assert "OSError: [Errno 27] File too large" in _log(home, home.service)
    assert "full" in _run(home, "bin/volume", "show")
    _run(home, "bin/volume", "rotate")
    _until(lambda: _healed(home), within=15)


def test_a_configuration_fails_requests_that_the_service_answers_well(
    homes: dict[str, DrillHome],
) -> None:
    home = homes["edge-config"]
    assert _alert(home)["labels"]["alertname"] == "GatewayErrors"
    assert any(line.get("upstream") == "timeout" for line in _edge_tail(home))
    assert "Traceback" not in _log(home, home.service)
    _run(home, "bin/deploy", "edge", home.truth()["edge_stable"], "--rollback")
    _until(lambda: _healed(home), within=15)


def test_data_that_leaves_is_an_alert_of_its_own_and_blocking_ends_it(
    homes: dict[str, DrillHome],
) -> None:
    home = homes["data-leaving"]
    alert = _alert(home)
    assert alert["labels"]["alertname"] == "UnusualEgress"
    assert alert["labels"]["category"] == "security"
    (intruder,) = home.truth()["cause"]
    assert intruder in alert["annotations"]["description"]
    assert not any(line["status"] >= 500 for line in _edge_tail(home))
    _run(home, "bin/edge", "block", intruder)

    def refused() -> bool:
        mine = [line for line in _edge_tail(home, 200) if line["client"] == intruder][-10:]
        return len(mine) == 10 and all(line["status"] == 403 for line in mine)

    _until(refused, within=15)


def test_nothing_of_a_drill_that_was_stopped_runs_on(homes: dict[str, DrillHome]) -> None:
    for home in homes.values():
        home.stop()
    listed = subprocess.run(["ps", "-eo", "args"], capture_output=True, text=True, check=True)
    assert not any(str(Path(home.path)) in listed.stdout for home in homes.values())
