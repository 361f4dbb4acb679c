"""The edge passes requests on by its configuration, and says which answers were its own."""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any

import pytest

from orchestrator.clock import WallClock
from orchestrator.drills.edge import Edge
from orchestrator.drills.edge_config import BadConfig, read
from orchestrator.drills.edge_monitor import Passed
from orchestrator.drills.edge_plan import BASE, FILE
from orchestrator.drills.load import fetch
from orchestrator.drills.ports import Ports
from orchestrator.drills.traffic import Request

GET = Request("GET", "/orders/1")
WHO = "192.0.2.7"

Answer = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


async def well(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """A service that answers."""
    await reader.readuntil(b"\r\n\r\n")
    writer.write(b"HTTP/1.0 200 OK\r\n\r\nthe order")
    writer.close()


async def broken(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """A service that fails by itself."""
    await reader.readuntil(b"\r\n\r\n")
    writer.write(b"HTTP/1.0 502 Bad Gateway\r\n\r\n")
    writer.close()


async def silent(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """A service that takes the request and says nothing for as long as anybody waits."""
    await reader.read(-1)
    writer.close()


class Scene:
    """An edge in front of something, in a project of its own."""

    def __init__(self, project: Path, ports: Ports, config: str) -> None:
        self.passed: list[Passed] = []
        self.port = ports.edge
        self.var = project / "var"
        self.edge = Edge(WallClock(), project, ports, self.passed.append)
        self.release(config)

    def release(self, config: str, name: str = "c0ffee") -> None:
        releases = self.var.parent / "releases" / "edge"
        (releases / name).mkdir(parents=True, exist_ok=True)
        (releases / name / FILE).write_text(config, "utf-8")
        (releases / "current").unlink(missing_ok=True)
        (releases / "current").symlink_to(name)
        self.edge.reload()

    async def ask(self, request: Request = GET, client: str = WHO) -> tuple[int, bytes]:
        return await fetch(self.port, request, client=client)

    def logged(self) -> list[dict[str, Any]]:
        lines = (self.var / "log" / "edge.log").read_text("utf-8").splitlines()
        return [line for line in map(json.loads, lines) if line["event"] == "request"]


@asynccontextmanager
async def scene(root: Path, behind: Answer | None, config: str = BASE) -> AsyncIterator[Scene]:
    (root / "var" / "log").mkdir(parents=True, exist_ok=True)
    service = await asyncio.start_server(behind or well, "127.0.0.1", 0)
    free = await asyncio.start_server(well, "127.0.0.1", 0)
    ports = Ports(_port(service), _port(free), 0)
    free.close()
    await free.wait_closed()
    if behind is None:
        service.close()
        await service.wait_closed()
    made = Scene(root, ports, config)
    serving = asyncio.create_task(made.edge.serve())
    try:
        while not await _listens(ports.edge):
            pass
        yield made
    finally:
        serving.cancel()
        with suppress(asyncio.CancelledError):
            await serving
        service.close()


def _port(server: asyncio.Server) -> int:
    return int(server.sockets[0].getsockname()[1])


async def _listens(port: int) -> bool:
    try:
        await fetch(port, Request("GET", "/healthz"))
    except OSError:
        return False
    return True


def test_an_answer_of_the_service_comes_through_as_it_is(tmp_path: Path) -> None:
    async def play() -> None:
        async with scene(tmp_path, well) as edge:
            assert await edge.ask() == (200, b"the order")
            (line,) = edge.logged()
            assert (line["client"], line["status"], line["upstream"]) == (WHO, 200, "ok")
            assert line["bytes"] == edge.passed[0].bytes > 9

    asyncio.run(play())


def test_an_error_of_the_service_is_not_the_edges_own(tmp_path: Path) -> None:
    async def play() -> None:
        async with scene(tmp_path, broken) as edge:
            assert (await edge.ask())[0] == 502
            assert edge.logged()[0]["upstream"] == "ok"

    asyncio.run(play())


def test_a_service_that_is_late_is_answered_for_with_504(tmp_path: Path) -> None:
    async def play() -> None:
        config = BASE.replace("proxy_read_timeout = 5.0", "proxy_read_timeout = 0.02")
        async with scene(tmp_path, silent, config) as edge:
            assert (await edge.ask())[0] == 504
            line = edge.logged()[0]
            assert (line["level"], line["upstream"]) == ("error", "timeout")

    asyncio.run(play())


def test_a_service_that_is_gone_is_answered_for_with_502(tmp_path: Path) -> None:
    async def play() -> None:
        async with scene(tmp_path, None) as edge:
            assert (await edge.ask())[0] == 502
            assert edge.logged()[0]["upstream"] == "refused"

    asyncio.run(play())


@pytest.mark.parametrize(
    ("name", "text", "request_", "client", "status"),
    [
        ("edge-blocked.txt", "203.0.113.9\n", GET, "203.0.113.9", 403),
        ("edge-blocked.txt", "203.0.113.9\n", GET, WHO, 200),
        ("edge-maintenance", "on\n", GET, WHO, 503),
        ("", "", Request("GET", "/admin/users"), WHO, 403),
        ("", "", Request("POST", "/orders", "x" * 70000), WHO, 413),
    ],
)
def test_what_it_refuses_does_not_reach_the_service(
    tmp_path: Path, name: str, text: str, request_: Request, client: str, status: int
) -> None:
    async def play() -> None:
        async with scene(tmp_path, well) as edge:
            if name:
                (edge.var / name).write_text(text, "utf-8")
            assert (await edge.ask(request_, client))[0] == status
            assert edge.passed[0].upstream == ("ok" if status == 200 else "")

    asyncio.run(play())


def test_its_own_pages_are_not_passed_on_and_count_what_users_saw(tmp_path: Path) -> None:
    async def play() -> None:
        async with scene(tmp_path, broken) as edge:
            await edge.ask()
            status, page = await edge.ask(Request("GET", "/metrics"))
            assert status == 200
            assert b'http_requests_total{code="502"} 1\n' in page
            assert b'edge_upstream_total{result="ok"} 1\n' in page
            assert b"http_request_duration_seconds_count 1\n" in page
            health = json.loads((await edge.ask(Request("GET", "/healthz")))[1])
            assert health == {"status": "ok", "version": "c0ffee"}
            assert len(edge.passed) == 1
            assert edge.edge.counts.clients() == [(WHO, edge.passed[0].bytes, 1, 0)]

    asyncio.run(play())


def test_a_configuration_that_is_wrong_is_not_taken_on(tmp_path: Path) -> None:
    async def play() -> None:
        async with scene(tmp_path, well) as edge:
            edge.release("[proxy]\n", "bad")
            assert edge.edge.version == "c0ffee"
            assert (await edge.ask())[0] == 200

    asyncio.run(play())


def test_what_is_no_http_is_answered_with_400(tmp_path: Path) -> None:
    async def play() -> None:
        async with scene(tmp_path, well) as edge:
            reader, writer = await asyncio.open_connection("127.0.0.1", edge.port)
            writer.write(b"hello\r\n\r\n")
            assert (await reader.read(-1)).startswith(b"HTTP/1.0 400 ")
            writer.close()

    asyncio.run(play())


def test_a_bad_value_in_the_configuration_is_named(tmp_path: Path) -> None:
    with pytest.raises(BadConfig, match=r"edge\.toml cannot be read"):
        read(tmp_path)
    (tmp_path / FILE).write_text(BASE.replace("5.0", "-1"), "utf-8")
    with pytest.raises(BadConfig, match="proxy_read_timeout must be more than 0"):
        read(tmp_path)
