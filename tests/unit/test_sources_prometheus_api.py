"""A Prometheus server is asked as its documentation says; what it does not know is never zero."""

import asyncio
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from orchestrator.clock import FakeClock
from orchestrator.evidence.sources import prometheus_api
from orchestrator.evidence.sources.prometheus_api import Prometheus, step
from orchestrator.evidence.sources.ring import Sample, Scraper, ask, read_ring, recall, ring_path
from orchestrator.evidence.sources.source import Hanging, SourceError
from orchestrator.project import Project
from orchestrator.settings import PrometheusQueries, Service, Settings
from tests.unit.http_server import Reply, failure, serving, success

AT = 1_763_906_400.0


def always(status: int, body: str) -> Callable[[str, dict[str, str]], Reply]:
    return lambda path, given: (status, body)


def vector(*values: str) -> str:
    series = [
        {"metric": {"__name__": "up", "job": f"j{n}"}, "value": [AT, value]}
        for n, value in enumerate(values)
    ]
    return success("vector", series)


def value_of(body: str, status: int = 200) -> float | None:
    with serving(always(status, body)) as web:
        return asyncio.run(Prometheus(web.address()).value("up"))


def test_an_instant_query_gives_one_number() -> None:
    with serving(always(200, vector("12.5"))) as web:
        server = Prometheus(web.address("/prefix/"))
        assert asyncio.run(server.value("sum(rate(x[1m]))")) == 12.5
        assert web.asked == [("/prefix/api/v1/query", {"query": "sum(rate(x[1m]))"})]


def test_a_scalar_is_a_number_too() -> None:
    assert value_of(success("scalar", [AT, "3"])) == 3.0


@pytest.mark.parametrize("body", [vector(), vector("NaN"), vector("+Inf")])
def test_nothing_found_and_what_is_no_number_is_no_data(body: str) -> None:
    assert value_of(body) is None


def test_a_zero_is_data() -> None:
    assert value_of(vector("0")) == 0.0


def test_a_range_is_asked_for_in_a_250th_of_its_length() -> None:
    matrix = [{"metric": {}, "values": [[AT, "1"], [AT + 28.8, "NaN"], [AT + 57.6, "2"]]}]
    with serving(always(200, success("matrix", matrix))) as web:
        server = Prometheus(web.address())
        points = asyncio.run(server.course("x", AT, AT + 7200))
    assert points == ((AT, 1.0), (AT + 57.6, 2.0))
    path, given = web.asked[0]
    assert path == "/api/v1/query_range"
    assert (float(given["start"]), float(given["end"])) == (AT, AT + 7200)
    assert float(given["step"]) == 28.8
    assert step(AT, AT + 5) == 1.0


@pytest.mark.parametrize(
    ("status", "body", "expected"),
    [
        (
            400,
            failure("bad_data", 'invalid parameter "query": 1:4: parse error'),
            r'answers 400 bad_data: invalid parameter "query": 1:4: parse error$',
        ),
        (
            422,
            failure("execution", "too many samples"),
            r"answers 422 execution: too many samples$",
        ),
        (503, failure("timeout", "query timed out"), r"answers 503 timeout: query timed out$"),
        (502, "<html>bad gateway</html>", r"answers 502$"),
        (200, "<html>login</html>", r"answers no JSON of a Prometheus server$"),
        (200, '{"status": "success"}', r"answers no JSON of a Prometheus server$"),
        (200, success("vector", [{"value": 3}]), r"answers in a form that is not Prometheus'$"),
        (200, success("string", [AT, "x"]), r"gives a string where numbers are needed$"),
        (200, vector("1", "2"), r"^up gives 2 series; put sum"),
        (
            200,
            success("vector", [{"metric": {}, "histogram": [AT, {"count": "1"}]}]),
            r"gives a histogram; put histogram_quantile",
        ),
    ],
)
def test_what_is_no_answer_is_said_in_the_servers_own_words(
    status: int, body: str, expected: str
) -> None:
    with pytest.raises(SourceError, match=expected) as caught:
        value_of(body, status)
    assert "\n" not in str(caught.value)


def test_a_server_that_hangs_or_talks_too_much_is_cut() -> None:
    with serving(always(200, vector("1"))) as web:
        web.hang = threading.Event()
        with pytest.raises(Hanging, match=r"^http://127\.0\.0\.1:\d+: no answer in"):
            asyncio.run(Prometheus(web.address(), timeout=0.2).value("up"))
        web.hang.set()
        with pytest.raises(SourceError, match=r"answers more than is read of it"):
            asyncio.run(Prometheus(web.address(), limit=50).value("up"))


QUERIES = PrometheusQueries(url="http://127.0.0.1:9", requests="r", errors="e", p95="p")


def by_query(answers: dict[str, Reply]) -> Callable[[str, dict[str, str]], Reply]:
    return lambda path, given: answers[given["query"]]


def service_at(url: str) -> Service:
    return Service(name="a", scrape_seconds=1.0, prometheus=QUERIES.model_copy(update={"url": url}))


def sample_of(answers: dict[str, Reply]) -> Sample:
    with serving(by_query(answers)) as web:
        service = service_at(web.address())
        return asyncio.run(ask(service, Prometheus(web.address()), FakeClock(AT)))


def test_a_look_holds_what_has_data_and_names_the_query_that_failed() -> None:
    wrong = (400, failure("bad_data", "parse error"))
    sample = sample_of({"r": (200, vector("20")), "e": (200, vector()), "p": wrong})
    assert (sample.t, sample.ok, dict(sample.values)) == (AT, True, {"requests": 20.0})
    assert sample.why.startswith("p95: ")
    assert sample.why.endswith("bad_data: parse error")


def test_a_look_at_a_server_that_answers_nothing_is_a_failed_one() -> None:
    sample = sample_of(dict.fromkeys("rep", (503, "")))
    assert (sample.ok, dict(sample.values)) == (False, {})


def test_the_time_before_the_first_look_is_recalled() -> None:
    def course(*values: str) -> Reply:
        points = [[AT - 60 + 20 * n, value] for n, value in enumerate(values)]
        return 200, success("matrix", [{"metric": {}, "values": points}])

    answers = {"r": course("1", "2", "3"), "e": course("0", "NaN"), "p": course()}
    with serving(by_query(answers)) as web:
        server, clock = Prometheus(web.address()), FakeClock(AT)
        found = asyncio.run(recall(service_at(web.address()), server, AT - 50, clock))
        assert [(s.t, dict(s.values)) for s in found] == [
            (AT - 40, {"requests": 2.0}),
            (AT - 20, {"requests": 3.0}),
        ]
    assert asyncio.run(recall(service_at("http://127.0.0.1:9"), server, 0.0, clock)) == []


def test_the_scraper_asks_the_server_where_there_is_no_metrics_page(tmp_path: Path) -> None:
    project, clock = Project(tmp_path), FakeClock(AT)

    def reply(path: str, given: dict[str, str]) -> Reply:
        kind = "matrix" if path.endswith("_range") else "vector"
        return 200, vector("7") if kind == "vector" else success(kind, [])

    async def some_seconds(settings: Settings) -> None:
        running = asyncio.create_task(Scraper(project, settings, clock).run())
        for _ in range(3):
            while not clock._sleepers:
                await asyncio.sleep(0.005)
            clock.advance(1.0)
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)

    with serving(reply) as web:
        asyncio.run(some_seconds(Settings(services=(service_at(web.address()),))))
        paths = [path for path, _ in web.asked]
    assert paths[:3] == ["/api/v1/query_range"] * 3
    samples = read_ring(project, "a")
    assert [sample.t for sample in samples[:2]] == [AT, AT + 1]
    assert dict(samples[0].values) == {"requests": 7.0, "errors": 7.0, "p95": 7.0}
    assert ring_path(project, "a").stat().st_mode & 0o777 == 0o600


def test_the_course_of_several_queries_is_joined_by_moment() -> None:
    matrix = success("matrix", [{"metric": {}, "values": [[AT, "1"]]}])
    with serving(by_query({"a": (200, matrix), "b": (200, success("matrix", []))})) as web:
        server = Prometheus(web.address())
        told = asyncio.run(prometheus_api.history(server, {"x": "a", "y": "b"}, AT - 60, AT))
    assert told == {AT: {"x": 1.0}}
