"""The scripts of a drill: they look, rehearse, change, and take back what they changed."""

import json
import socketserver
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import ExitStack, chdir
from pathlib import Path
from typing import Any

import pytest

from orchestrator.clock import FakeClock
from orchestrator.drills import DrillHome, audit, create

SINCE = "2026-01-02T03:04:05.000Z"
HOLD = (
    "import sqlite3, sys\n"
    "conn = sqlite3.connect(sys.argv[1], isolation_level=None)\n"
    "conn.execute('BEGIN IMMEDIATE')\n"
    "print('held', flush=True)\n"
    "sys.stdin.read()\n"
)

linux = pytest.mark.skipif(not Path("/proc/locks").exists(), reason="needs /proc/locks")


class Parts:
    """Stands where the supervisor stands: knows processes, and ends those it is asked to."""

    def __init__(self) -> None:
        self.pids: dict[str, int] = {}
        self.ended: list[int] = []
        self.processes: list[subprocess.Popen[str]] = []

    def answer(self, question: dict[str, Any]) -> dict[str, Any]:
        if question["op"] == "end":
            self.ended.append(question["pid"])
            for process in self.processes:
                if process.pid == question["pid"]:
                    process.kill()
                    process.wait()
        parts = {
            name: {"pid": pid, "since": SINCE, "restarts": name != "nightly-report"}
            for name, pid in self.pids.items()
        }
        return {
            "parts": parts,
            "limit": audit.LIMIT,
            "health": "http://127.0.0.1:1/healthz",
            "clients": [["203.0.113.9", 250_000, 90, 40]],
        }


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> DrillHome:
    return create("report-lock", 4, tmp_path_factory.mktemp("drill"), FakeClock())


@pytest.fixture
def parts(made: DrillHome) -> Iterator[Parts]:
    known = Parts()

    class Question(socketserver.StreamRequestHandler):
        def handle(self) -> None:
            said = known.answer(json.loads(self.rfile.readline()))
            self.wfile.write(json.dumps(said).encode() + b"\n")

    with ExitStack() as stack:
        run = made.project / "var" / "run"
        (run / "manager.sock").unlink(missing_ok=True)
        with chdir(run):
            server = socketserver.ThreadingUnixStreamServer("manager.sock", Question)
        stack.enter_context(server)
        threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
        stack.callback(server.shutdown)
        yield known


def _run(home: DrillHome, *words: str) -> tuple[int, str]:
    """Exit code and what was said, wherever it was said."""
    done = subprocess.run(
        [f"bin/{words[0]}", *words[1:]],
        cwd=home.project,
        capture_output=True,
        text=True,
        check=False,
        timeout=30,
    )
    return done.returncode, (done.stdout + done.stderr).rstrip("\n")


@pytest.fixture
def database(made: DrillHome) -> Iterator[Path]:
    path = made.project / "var" / "data" / "orders.sqlite"
    conn = sqlite3.connect(path, isolation_level=None)
    conn.execute("PRAGMA journal_mode = WAL")
    conn.execute("CREATE TABLE IF NOT EXISTS orders (id INTEGER)")
    yield path
    conn.close()


@pytest.fixture
def holder(database: Path, parts: Parts) -> Iterator[int]:
    """A process that keeps the write lock."""
    with subprocess.Popen(
        [sys.executable, "-c", HOLD, str(database)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "held\n"
        parts.processes.append(process)
        yield process.pid
        process.kill()


@linux
def test_a_free_lock_has_no_holder(made: DrillHome, parts: Parts, database: Path) -> None:
    said = "no holder: nobody keeps the write lock"
    assert _run(made, "database", "locks") == (0, said)


@linux
def test_the_holder_of_the_lock_is_named_and_says_the_same_twice(
    made: DrillHome, parts: Parts, holder: int
) -> None:
    parts.pids["nightly-report"] = holder
    said = _run(made, "database", "locks")
    assert said == (0, f"holder {holder} nightly-report since {SINCE}")
    assert _run(made, "database", "locks") == said


@linux
def test_a_rehearsal_ends_nobody_and_the_change_ends_the_holder(
    made: DrillHome, parts: Parts, holder: int
) -> None:
    parts.pids["nightly-report"] = holder
    code, said = _run(made, "database", "end", str(holder), "--dry-run")
    assert (code, parts.ended) == (0, [])
    assert said.startswith(f"would end {holder} nightly-report")
    code, said = _run(made, "database", "end", str(holder))
    assert (code, parts.ended) == (0, [holder])
    assert said.endswith("the write lock is free")


@linux
def test_who_is_none_of_the_projects_processes_is_left_alone(
    made: DrillHome, parts: Parts, holder: int
) -> None:
    code, said = _run(made, "database", "end", str(holder))
    assert (code, parts.ended) == (1, [])
    assert said == f"database: {holder} is no process of this project: it is left alone"


@linux
def test_who_holds_no_lock_is_not_ended(made: DrillHome, parts: Parts, database: Path) -> None:
    parts.pids["orders"] = 1
    code, said = _run(made, "database", "end", "1")
    assert (code, parts.ended) == (1, [])
    assert said == "database: 1 does not keep the write lock; see `bin/database locks`"


def test_a_full_audit_file_is_rotated_and_made_whole_again(made: DrillHome, parts: Parts) -> None:
    path = made.project / "var" / "data" / audit.NAME
    audit.prepare(path, 0, 1_763_906_400.0, "orders")
    assert path.stat().st_blocks * 512 < 1024 * 1024
    assert _run(made, "volume", "show", "--brief") == (0, "audit.log: full")
    code, said = _run(made, "volume", "rotate", "--dry-run")
    assert (code, path.exists()) == (0, True)
    assert said.startswith("would keep audit.log")
    assert _run(made, "volume", "rotate")[0] == 0
    assert _run(made, "volume", "rotate")[0] == 1
    path.write_text("a new line\n", "utf-8")
    assert _run(made, "volume", "show")[1].startswith("audit.log: 11 of ")
    assert _run(made, "volume", "restore")[0] == 0
    assert path.stat().st_size == audit.LIMIT + 11
    assert _run(made, "volume", "restore") == (
        1,
        "volume: nothing was rotated: there is no audit.log.1",
    )


def test_the_room_that_is_left_lasts_about_as_long_as_asked() -> None:
    assert 20 * 0.2 * 100 * 30 < audit.room(20, 30) < 20 * 0.3 * 130 * 30


def test_an_address_is_blocked_once_and_let_in_again(made: DrillHome) -> None:
    path = made.project / "var" / "edge-blocked.txt"
    assert _run(made, "edge", "blocked") == (0, "nobody is blocked")
    assert _run(made, "edge", "block", "203.0.113.9", "--dry-run")[0] == 0
    assert not path.exists()
    for _ in range(2):
        assert _run(made, "edge", "block", "203.0.113.9")[0] == 0
    assert path.read_text("utf-8") == "203.0.113.9\n"
    assert _run(made, "edge", "unblock", "203.0.113.9")[0] == 0
    assert _run(made, "edge", "unblock", "203.0.113.9")[0] == 1
    assert _run(made, "edge", "block", "nobody") == (2, "edge: 'nobody' is no address")


def test_the_edge_says_who_took_most(made: DrillHome, parts: Parts) -> None:
    said = "203.0.113.9 250000 bytes, 90 requests, 40 refused"
    assert _run(made, "edge", "clients") == (0, said)


def test_maintenance_goes_on_and_off(made: DrillHome) -> None:
    assert _run(made, "maintenance", "show") == (0, "maintenance is off")
    assert _run(made, "maintenance", "on", "--dry-run") == (0, "would turn maintenance on")
    assert _run(made, "maintenance", "on") == (0, "maintenance is on")
    assert _run(made, "maintenance", "off") == (0, "maintenance is off")


def test_a_silence_holds_until_it_is_taken_back(made: DrillHome) -> None:
    assert _run(made, "alerts", "show") == (0, "nothing is silenced")
    assert _run(made, "alerts", "silence", "orders", "--dry-run")[0] == 0
    assert _run(made, "alerts", "silence", "orders")[0] == 0
    assert _run(made, "alerts", "show")[1].startswith("orders until 2")
    assert _run(made, "alerts", "unsilence", "orders")[0] == 0
    assert _run(made, "alerts", "unsilence", "orders") == (1, "alerts: orders is not silenced")


def test_a_restart_says_what_runs_and_refuses_what_it_cannot_restart(
    made: DrillHome, parts: Parts
) -> None:
    parts.pids |= {"rates": 0, "nightly-report": 7}
    assert _run(made, "restart", "rates", "--current") == (0, "rates does not run")
    said = "would restart rates (rates does not run)"
    assert _run(made, "restart", "rates", "--dry-run") == (0, said)
    code, said = _run(made, "restart", "nightly-report")
    assert (code, said) == (2, "restart: nightly-report cannot be restarted from here")
    code, said = _run(made, "restart", "nobody")
    assert (code, said) == (
        2,
        "restart: there is no 'nobody' here; there are nightly-report, rates",
    )


def test_without_a_manager_nothing_is_known_and_that_is_one_line(made: DrillHome) -> None:
    code, said = _run(made, "restart", "rates")
    assert (code, said) == (1, "restart: no service manager answers at var/run/manager.sock")
