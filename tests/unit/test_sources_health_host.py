"""What a service says of itself, and what its host and process are like."""

import asyncio
import os
import subprocess
import sys
from pathlib import Path

import psutil
import pytest

from orchestrator.clock import FakeClock, WallClock
from orchestrator.evidence.sources import health, host
from orchestrator.evidence.sources.health import Health
from orchestrator.evidence.sources.host import Disk, Host
from orchestrator.evidence.sources.source import SourceError
from orchestrator.settings import Process, Service
from tests.unit.http_server import serving


def seen(status: int, body: str) -> Health:
    with serving(lambda path, given: (status, body)) as web:
        return asyncio.run(health.check(web.address("/healthz"), FakeClock()))


@pytest.mark.parametrize(
    ("status", "body", "well", "why"),
    [
        (200, "ok", True, "answers 200"),
        (204, "", True, "answers 204"),
        (200, '{"status": "UP"}', True, "answers 200, status UP"),
        (200, '{"status": "DOWN"}', False, "answers 200, status DOWN"),
        (200, '{"status": {"x": 1}}', True, "answers 200"),
        (200, "{broken", True, "answers 200"),
        (503, '{"status": "fail"}', False, "answers 503, status fail"),
        (404, "", False, "answers 404"),
    ],
)
def test_status_and_own_word_decide(status: int, body: str, well: bool, why: str) -> None:
    found = seen(status, body)
    assert (found.status, found.well, found.why) == (status, well, why)
    assert found.said == body


def test_a_redirect_to_a_login_page_is_not_well() -> None:
    def reply(path: str, given: dict[str, str]) -> tuple[int, str]:
        return (200, "please log in") if path == "/login" else (302, "")

    with serving(reply) as web:
        web.headers = {"Location": "/login"}
        found = asyncio.run(health.check(web.address("/healthz"), FakeClock()))
        assert [path for path, _ in web.asked] == ["/healthz"]
    assert (found.status, found.well) == (302, False)


def test_no_answer_is_a_finding_and_not_a_failed_source() -> None:
    found = asyncio.run(health.check("http://127.0.0.1:9/healthz", FakeClock()))
    assert (found.status, found.well, found.why) == (0, False, "connection refused")


def test_the_time_an_answer_took_is_told() -> None:
    clock = FakeClock(100.0)

    def slow(path: str, given: dict[str, str]) -> tuple[int, str]:
        clock.advance(0.75)
        return 200, "ok"

    with serving(slow) as web:
        assert asyncio.run(health.check(web.address(), clock)).took == 0.75


def test_a_health_address_is_the_one_set_or_beside_the_metrics_page() -> None:
    page = "http://127.0.0.1:9/x/metrics?a=/b"
    assert health.address_of(Service(name="a", metrics=page)) == "http://127.0.0.1:9/x/healthz"
    given = Service(name="a", metrics=page, health="http://h/up")
    assert health.address_of(given) == "http://h/up"
    assert health.address_of(Service(name="a")) == ""


def find(process: Process, root: Path) -> list[host.Running]:
    return asyncio.run(host.find(process, root))


def test_our_own_host_is_told_as_it_is(tmp_path: Path) -> None:
    found = asyncio.run(host.look([tmp_path, tmp_path]))
    assert found.cpus == psutil.cpu_count()
    assert 0 < found.available <= found.memory
    assert 0 <= found.cpu <= 1
    assert found.booted < WallClock().now()
    assert 0 < len(found.largest) <= host.TOP
    assert [one.memory for one in found.largest] == sorted(
        (one.memory for one in found.largest), reverse=True
    )
    # one file system is told once
    (disk,) = found.disks
    assert disk.free <= disk.total
    room = os.statvfs(tmp_path)
    assert disk.free == pytest.approx(room.f_bavail * room.f_frsize, rel=0.2)


def test_our_own_process_is_found_by_its_pid_file(tmp_path: Path) -> None:
    (tmp_path / "app.pid").write_text(f"{os.getpid()}\n")
    (found,) = find(Process(pid_file="app.pid"), tmp_path)
    me = psutil.Process()
    assert (found.pid, found.name) == (os.getpid(), me.name())
    assert found.started == pytest.approx(me.create_time(), abs=0.01)
    assert found.memory > 1 << 20
    assert found.threads >= 1
    assert found.files is not None
    assert found.files > 0


def test_a_process_is_found_by_a_word_of_its_command_line(tmp_path: Path) -> None:
    script = tmp_path / "orders-service-b6"
    script.write_text("import sys\nprint('up', flush=True)\nsys.stdin.read()\n")
    with subprocess.Popen(
        [sys.executable, str(script), "--password=secret"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    ) as service:
        assert service.stdout is not None
        service.stdout.readline()
        (found,) = find(Process(name="orders-service-b6"), tmp_path)
        assert found.pid == service.pid
        # arguments may hold secrets and are not told
        assert "secret" not in repr(found)
    assert find(Process(name="orders-service-b6"), tmp_path) == []


@pytest.mark.parametrize("text", ["", "no number", "-4", "99999999999", "12 34"])
def test_a_pid_file_without_a_number_is_said_so(tmp_path: Path, text: str) -> None:
    (tmp_path / "app.pid").write_text(text)
    with pytest.raises(SourceError, match=r"^app\.pid: holds no process number$"):
        find(Process(pid_file="app.pid"), tmp_path)


def test_a_pid_that_was_given_to_another_program_is_not_the_service(tmp_path: Path) -> None:
    (tmp_path / "app.pid").write_text(str(os.getpid()))
    with pytest.raises(SourceError, match=r"is another program now, not orders$"):
        find(Process(name="orders", pid_file="app.pid"), tmp_path)


def test_a_process_that_ended_does_not_run(tmp_path: Path) -> None:
    ended = subprocess.Popen([sys.executable, "-c", ""])
    ended.wait()
    (tmp_path / "app.pid").write_text(str(ended.pid))
    assert find(Process(pid_file="app.pid"), tmp_path) == []
    with pytest.raises(SourceError, match=r"no such file"):
        find(Process(pid_file="gone.pid"), tmp_path)


def test_what_is_short_on_a_host_is_said_in_words() -> None:
    full = Disk("data", total=1000, free=10, inodes_free=0.001)
    roomy = Disk("data", total=1000, free=500, inodes_free=1.0)
    usual = Host(2, (1.0, 1.0, 1.0), 0.5, 1000, 500, 0, 0, 0.0, (roomy,), (), ())
    assert usual.troubles() == []
    short = Host(2, (9.0, 9.0, 9.0), 1.0, 1000, 10, 0, 0, 0.0, (full,), (), ())
    assert short.troubles() == [
        "load 9.0 on 2 processors over 5 min",
        "1 % of memory left",
        "1 % of the disk of data left",
        "no room for more files on the disk of data",
    ]
