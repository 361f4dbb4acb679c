"""PostgreSQL, Prometheus and Alertmanager on loopback, on free ports.

What is started here is ended here.
"""

import contextlib
import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
import urllib.request
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import psycopg
import pytest

_PATIENCE = 30.0
"""Seconds a server may take to be ready."""


@dataclass(frozen=True, slots=True)
class Database:
    """A running PostgreSQL server."""

    port: int

    def address(self, user: str = "postgres", password: str = "") -> str:
        secret = f":{password}" if password else ""
        return f"postgresql://{user}{secret}@127.0.0.1:{self.port}/postgres"

    def connect(self, application: str = "", user: str = "postgres") -> psycopg.Connection:
        """A session of its own, with a transaction that begins at its first statement."""
        return psycopg.connect(self.address(user), application_name=application)


@contextlib.contextmanager
def postgres() -> Iterator[Database]:
    """A new cluster with `pg_stat_statements`, where everybody is trusted but the role `secret`.

    PostgreSQL refuses root, and whom it runs as instead cannot walk into a test's own folder.
    """
    binaries = _postgres_binaries()
    as_user = _as_its_user()
    port = _free_port()
    with tempfile.TemporaryDirectory(prefix="warroom-postgres-") as folder:
        data = Path(folder) / "data"
        if as_user:
            shutil.chown(folder, "postgres", "postgres")
        _do([*as_user, str(binaries / "initdb"), "-D", str(data), "-U", "postgres", "-A", "trust"])
        settings = (
            f"listen_addresses='127.0.0.1'\nport={port}\nunix_socket_directories=''\nfsync=off\n"
            "shared_preload_libraries='pg_stat_statements'\nmax_connections=40\n"
        )
        with (data / "postgresql.conf").open("a") as file:
            file.write(settings)
        hba = data / "pg_hba.conf"
        hba.write_text(f"host all secret 127.0.0.1/32 scram-sha-256\n{hba.read_text()}")
        database = Database(port)

        def ready() -> bool:
            try:
                database.connect().close()
            except psycopg.Error:
                return False
            return True

        with _running(
            [*as_user, str(binaries / "postgres"), "-D", str(data)], ready, signal.SIGINT
        ):
            yield database


@contextlib.contextmanager
def prometheus(folder: Path, scraped: int, rules: str, alertmanager: int = 0) -> Iterator[str]:
    """A server that scrapes a page on loopback as the job `orders`; its address."""
    binary = _binary("prometheus", "prometheus")
    port = _free_port()
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "rules.yml").write_text(rules)
    told = f"""\
alerting:
  alertmanagers:
    - static_configs: [{{targets: ["127.0.0.1:{alertmanager}"]}}]
"""
    (folder / "prometheus.yml").write_text(f"""\
global: {{scrape_interval: 1s, evaluation_interval: 1s}}
rule_files: [rules.yml]
scrape_configs:
  - job_name: orders
    static_configs: [{{targets: ["127.0.0.1:{scraped}"]}}]
{told if alertmanager else ""}""")
    url = f"http://127.0.0.1:{port}"
    argv = [
        binary,
        f"--config.file={folder / 'prometheus.yml'}",
        f"--storage.tsdb.path={folder / 'data'}",
        f"--web.listen-address=127.0.0.1:{port}",
    ]
    with _running(argv, lambda: _answers(f"{url}/-/ready"), signal.SIGTERM):
        yield url


@contextlib.contextmanager
def alertmanager(folder: Path, webhook: str) -> Iterator[int]:
    """An Alertmanager that hands every group to an address after a second; its port."""
    binary = _binary("prometheus-alertmanager", "prometheus-alertmanager")
    port = _free_port()
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "alertmanager.yml").write_text(f"""\
route: {{receiver: own, group_by: [alertname], group_wait: 1s, group_interval: 1s}}
receivers:
  - name: own
    webhook_configs: [{{url: "{webhook}"}}]
""")
    argv = [
        binary,
        f"--config.file={folder / 'alertmanager.yml'}",
        f"--storage.path={folder / 'data'}",
        f"--web.listen-address=127.0.0.1:{port}",
        "--cluster.listen-address=",
    ]
    ready = f"http://127.0.0.1:{port}/-/ready"
    with _running(argv, lambda: _answers(ready), signal.SIGTERM):
        yield port


def until(holds: Callable[[], bool], what: str, patience: float = _PATIENCE) -> None:
    """Wait for something outside that only its own time brings about."""
    end = time.monotonic() + patience
    while not holds():
        if time.monotonic() > end:
            pytest.fail(f"{what}: not within {patience:g} s")
        time.sleep(0.05)


@contextlib.contextmanager
def _running(argv: Sequence[str], ready: Callable[[], bool], ending: int) -> Iterator[None]:
    process = subprocess.Popen(
        argv, cwd="/", stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, start_new_session=True
    )
    try:

        def is_up() -> bool:
            if process.poll() is not None:
                assert process.stderr is not None
                said = process.stderr.read().decode("utf-8", "replace")
                pytest.fail(f"{argv[-1]} ended: {said[-800:]}")
            return ready()

        until(is_up, f"{Path(argv[0]).name} is ready")
        yield
    finally:
        with contextlib.suppress(ProcessLookupError):
            process.send_signal(ending)
        try:
            process.communicate(timeout=20)
        except subprocess.TimeoutExpired:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.communicate()


def _as_its_user() -> list[str]:
    """What to put before a command so that it does not run as root."""
    if os.getuid() != 0:
        return []
    if shutil.which("setpriv") is None:
        pytest.skip("PostgreSQL refuses root, and setpriv (util-linux) is not installed")
    return ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups"]


def _postgres_binaries() -> Path:
    found = sorted(
        Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: path.parts[-3].zfill(4)
    )
    on_path = shutil.which("initdb")
    if not found and on_path is None:
        pytest.skip("PostgreSQL is not installed (package postgresql)")
    return found[-1].parent if found else Path(str(on_path)).resolve().parent


def _binary(name: str, package: str) -> str:
    found = shutil.which(name)
    if found is None:
        pytest.skip(f"{name} is not installed (package {package})")
    return found


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port: int = listener.getsockname()[1]
        return port


def _answers(address: str) -> bool:
    try:
        with urllib.request.urlopen(address, timeout=1) as answer:
            return bool(answer.status == 200)
    except OSError:
        return False


def _do(argv: Sequence[str]) -> None:
    done = subprocess.run(argv, cwd="/", capture_output=True, check=False)
    if done.returncode != 0:
        pytest.fail(f"{argv[-1]}: {done.stderr.decode('utf-8', 'replace')[-800:]}")
