"""From Prometheus pages to the four signals, and the ring they are kept in."""

import asyncio
import contextlib
import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from orchestrator.clock import FakeClock
from orchestrator.evidence.sources.metrics import Restarted, fetch, page, values
from orchestrator.evidence.sources.prometheus import parse, selector
from orchestrator.evidence.sources.ring import RingFile, Sample, Scraper, look, read_ring, ring_path
from orchestrator.evidence.sources.source import SourceError
from orchestrator.project import Project
from orchestrator.settings import Service, Settings, Signals

SIGNALS = Signals(
    requests="http_requests_total",
    errors='http_requests_total{code=~"5.."}',
    latency="seconds",
    in_use="pool_in_use",
    capacity="pool_size",
)


def text(good: int, bad: int | None, fast: int, slow: int, in_use: int = 3) -> str:
    lines = [
        "# HELP http_requests_total requests",
        f'http_requests_total{{code="200",route="/a"}} {good}',
        *([f'http_requests_total{{code="503",route="/a"}} {bad}'] if bad is not None else []),
        f'seconds_bucket{{le="0.1"}} {fast}',
        f'seconds_bucket{{le="1"}} {fast + slow}',
        f'seconds_bucket{{le="+Inf"}} {fast + slow}',
        f"pool_in_use {in_use}",
        "pool_size 6",
    ]
    return "\n".join(lines) + "\n"


def signals(before: str, after: str, seconds: float = 2.0) -> dict[str, float]:
    return values(page(100.0, before), page(100.0 + seconds, after), SIGNALS)


def test_two_readings_make_rates() -> None:
    found = signals(text(100, 0, 100, 0), text(130, 10, 120, 20))
    assert found["requests"] == 20.0
    assert found["errors"] == 0.25
    assert found["p95"] == pytest.approx(0.1 + 0.9 * 18 / 20)
    assert found["saturation"] == 0.5


def test_no_failures_yet_are_none_only_where_there_was_traffic() -> None:
    assert signals(text(100, None, 0, 0), text(120, None, 20, 0))["errors"] == 0.0
    idle = signals(text(100, None, 0, 0), text(100, None, 0, 0))
    assert "errors" not in idle
    assert "p95" not in idle
    assert idle["requests"] == 0.0


def test_the_first_failures_of_all_are_counted() -> None:
    assert signals(text(100, None, 0, 0), text(110, 10, 20, 0))["errors"] == 0.5


def test_what_the_page_does_not_have_is_not_zero() -> None:
    assert signals("up 1\n", "up 1\n") == {}


def test_a_restart_gives_no_sample_and_no_negative_rate() -> None:
    with pytest.raises(Restarted):
        signals(text(100, 5, 100, 0), text(3, 0, 3, 0))
    with pytest.raises(Restarted):
        signals(text(100, 5, 100, 0), text(200, None, 100, 0))
    with pytest.raises(Restarted):
        signals("process_start_time_seconds 5\n", "process_start_time_seconds 9\n")


def test_latency_beyond_the_last_bound_is_that_bound() -> None:
    before = 's_bucket{le="1"} 0\ns_bucket{le="+Inf"} 0\n'
    after = 's_bucket{le="1"} 1\ns_bucket{le="+Inf"} 100\n'
    assert values(page(0, before), page(1, after), Signals(latency="s")) == {"p95": 1.0}


def test_pages_are_read_with_their_quirks() -> None:
    samples = parse('a{x="q\\"u\\\\o",y="}"} 1 1700000000000\nb NaN\nc +Inf\nbroken\n# c\nd{} 2')
    assert [(s.name, s.value) for s in samples if s.value == s.value] == [
        ("a", 1.0),
        ("c", float("inf")),
        ("d", 2.0),
    ]
    assert samples[0].labels == {"x": 'q"u\\o', "y": "}"}


def test_selectors_match_as_prometheus_does() -> None:
    samples = parse('n{c="500"} 1\nn{c="5000"} 2\nn{c="200"} 4\nn 8\nm{c="500"} 16\n')
    assert sum(s.value for s in selector('n{c=~"5.."}').of(samples)) == 1
    assert sum(s.value for s in selector('n{c!="500"}').of(samples)) == 14
    assert sum(s.value for s in selector("n").of(samples)) == 15
    for wrong in ("", "n{c=5}", 'n{c=~"["}', "n}", "n o"):
        with pytest.raises(ValueError, match=r"."):
            selector(wrong)


class Web(ThreadingHTTPServer):
    """Answers with what it is told to; `hang` keeps callers waiting until the end."""

    daemon_threads = True
    body = ""
    status = 200
    hang: threading.Event | None = None


@pytest.fixture
def web() -> Iterator[Web]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            server = self.server
            assert isinstance(server, Web)
            if server.hang is not None:
                server.hang.wait(10)
            self.send_response(server.status)
            self.end_headers()
            with contextlib.suppress(BrokenPipeError):
                self.wfile.write(server.body.encode())

        def log_message(self, *args: object) -> None:
            pass

    server = Web(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield server
    if server.hang is not None:
        server.hang.set()
    server.shutdown()
    thread.join()
    server.server_close()


def service_at(web: Web) -> Service:
    address = f"http://127.0.0.1:{web.server_port}/metrics"
    return Service(name="a", metrics=address, scrape_seconds=1.0, signals=SIGNALS)


def test_a_page_is_fetched_directly_whatever_proxy_is_set(
    web: Web, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")
    web.body = "up 1\n"
    assert asyncio.run(fetch(service_at(web).metrics, 2.0)) == "up 1\n"


def test_an_address_that_hangs_refuses_or_fails_says_which(web: Web) -> None:
    address = service_at(web).metrics
    web.status = 503
    with pytest.raises(SourceError, match=r"answers 503"):
        asyncio.run(fetch(address, 2.0))
    with pytest.raises(SourceError, match=r"connection refused"):
        asyncio.run(fetch("http://127.0.0.1:9/metrics", 2.0))
    web.hang = threading.Event()
    with pytest.raises(SourceError, match=r"no answer in"):
        asyncio.run(fetch(address, 0.2))


def test_looks_make_samples_and_failures_are_samples_too(web: Web) -> None:
    clock = FakeClock(1000.0)
    service = service_at(web)

    async def three_looks() -> list[Sample | None]:
        web.body = text(100, 0, 100, 0)
        before, first = await look(service, None, clock)
        clock.advance(2.0)
        web.body = text(140, 0, 140, 0)
        _, second = await look(service, before, clock)
        web.status = 500
        after, third = await look(service, before, clock)
        assert after is None
        return [first, second, third]

    first, second, third = asyncio.run(three_looks())
    assert first is None
    assert second is not None
    assert (second.t, second.values["requests"]) == (1002.0, 20.0)
    assert third is not None
    assert (third.ok, third.why.endswith("answers 500")) == (False, True)


def test_the_scraper_fills_the_ring_at_its_interval(web: Web, tmp_path: Path) -> None:
    project, clock = Project(tmp_path), FakeClock(1000.0)
    settings = Settings(services=(service_at(web),))

    async def some_seconds() -> None:
        running = asyncio.create_task(Scraper(project, settings, clock).run())
        for second in range(4):
            web.body = text(100 + 10 * second, 0, 100, 0)
            while not clock._sleepers:
                await asyncio.sleep(0.005)
            clock.advance(1.0)
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)

    asyncio.run(some_seconds())
    assert ring_path(project, "a").stat().st_mode & 0o777 == 0o600
    samples = read_ring(project, "a")
    assert len(samples) >= 2
    assert all(sample.ok for sample in samples)


def test_the_ring_stays_bounded_and_survives_a_torn_line(tmp_path: Path) -> None:
    path = tmp_path / ".aiwg/metrics/a.ndjson"
    ring = RingFile(path, interval=1.0, kept=20.0)
    for second in range(100):
        ring.append(Sample(float(second), ok=True, values={"requests": 1.0}))
    assert 20 <= len(path.read_text().splitlines()) < 40
    with path.open("a") as file:
        file.write('{"t": 100, "ok": tr')
    RingFile(path, interval=1.0, kept=20.0).append(Sample(101.0, ok=False, why="refused"))
    samples = read_ring(Project(tmp_path), "a", since=99.0)
    assert [(sample.t, sample.ok, sample.why) for sample in samples] == [
        (99.0, True, ""),
        (101.0, False, "refused"),
    ]
    assert json.loads(path.read_text().splitlines()[-1]) == {
        "t": 101.0,
        "ok": False,
        "why": "refused",
    }


def test_a_service_never_scraped_has_an_empty_ring(tmp_path: Path) -> None:
    assert read_ring(Project(tmp_path), "nobody") == []
