"""A Prometheus server's HTTP API: one number now, or its course over a time.

Nothing found, `NaN` and infinities are no data, never zero.
https://prometheus.io/docs/prometheus/latest/querying/api/
"""

import asyncio
import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from orchestrator.evidence.sources.prometheus import number
from orchestrator.evidence.sources.source import BYTES, TIMEOUT, SourceError
from orchestrator.evidence.sources.web import Answer, ask

POINTS = 250
"""Points asked for over a range."""

MOST = 11_000
"""Points of one series that a server gives at most."""

Points = tuple[tuple[float, float], ...]


@dataclass(frozen=True, slots=True)
class Series:
    """One series of an answer: its labels and its points, oldest first; no data left out."""

    labels: Mapping[str, str]
    points: Points


class Prometheus:
    """One server; every question is cut at `timeout` seconds and `limit` bytes."""

    def __init__(self, url: str, timeout: float = TIMEOUT, limit: int = BYTES) -> None:
        self.url = url.rstrip("/")
        self._timeout = timeout
        self._limit = limit

    async def query(self, promql: str, at: float | None = None) -> list[Series]:
        """The series of an instant, now unless `at` says otherwise; those without data left out."""
        moment = {} if at is None else {"time": f"{at:.3f}"}
        return await self._series("query", {"query": promql, **moment})

    async def query_range(
        self, promql: str, start: float, end: float, every: float | None = None
    ) -> list[Series]:
        """The series from `start` to `end`, in steps of a 250th of that time, or `every` seconds.

        SourceError for more than the 11,000 points that a server gives of a series.
        """
        every = step(start, end) if every is None else every
        if every <= 0 or end < start or (end - start) / every + 1 > MOST:
            raise SourceError(
                f"{every:g} s is no step for a range of {end - start:g} s: at most {MOST} points"
            )
        span = {"start": f"{start:.3f}", "end": f"{end:.3f}", "step": f"{every:.3f}"}
        return await self._series("query_range", {"query": promql, **span})

    async def value(self, promql: str) -> float | None:
        """The one number a query gives now; None when there is no data."""
        found = _only(promql, await self.query(promql))
        return found[-1][1] if found else None

    async def course(self, promql: str, start: float, end: float) -> Points:
        """The one series a query gives over a time; empty when there is no data."""
        return _only(promql, await self.query_range(promql, start, end))

    async def data(self, what: str, parameters: Mapping[str, str] | None = None) -> dict[str, Any]:
        """The data of an endpoint below `/api/v1/`. SourceError keeps the server's own words."""
        address = f"{self.url}/api/v1/{what}"
        if parameters:
            address += f"?{urlencode(parameters)}"
        try:
            answer = await ask(address, self._timeout, self._limit)
        except SourceError as error:
            # the query is long and known to whoever asked; the server is what failed
            raise type(error)(str(error).replace(address, self.url)) from None
        return _data(self.url, answer)

    def foreign(self) -> SourceError:
        """What to say when an answer has another form than the documentation gives."""
        return SourceError(f"{self.url}: answers in a form that is not Prometheus'")

    async def _series(self, what: str, parameters: dict[str, str]) -> list[Series]:
        data = await self.data(what, parameters)
        try:
            return [one for one in _read(data) if one.points]
        except (KeyError, TypeError, ValueError, AttributeError):
            raise self.foreign() from None


def step(start: float, end: float) -> float:
    """Seconds between two points of a range; never finer than one, which no server scrapes."""
    return max(1.0, round((end - start) / POINTS, 3))


async def now(server: Prometheus, queries: Mapping[str, str]) -> tuple[dict[str, float], list[str]]:
    """Each query's number, those with data only, and what was wrong with those that failed."""
    answers = await asyncio.gather(
        *(server.value(query) for query in queries.values()), return_exceptions=True
    )
    values: dict[str, float] = {}
    wrong: list[str] = []
    for name, answer in zip(queries, answers, strict=True):
        if isinstance(answer, SourceError):
            wrong.append(f"{name}: {answer}")
        elif isinstance(answer, BaseException):
            raise answer
        elif answer is not None:
            values[name] = round(answer, 6)
    return values, wrong


async def history(
    server: Prometheus, queries: Mapping[str, str], start: float, end: float
) -> dict[float, dict[str, float]]:
    """Moment → each query's number then. SourceError when any of them fails."""
    courses = await asyncio.gather(*(server.course(q, start, end) for q in queries.values()))
    found: dict[float, dict[str, float]] = {}
    for name, course in zip(queries, courses, strict=True):
        for at, value in course:
            found.setdefault(at, {})[name] = round(value, 6)
    return dict(sorted(found.items()))


def _data(url: str, answer: Answer) -> dict[str, Any]:
    """The answer's data. An error keeps the server's own words: they name the place in a query."""
    if answer.truncated:
        raise SourceError(f"{url}: answers more than is read of it; ask for fewer series")
    try:
        body: Any = json.loads(answer.body)
    except (ValueError, RecursionError):
        body = None
    if isinstance(body, dict) and body.get("status") == "error":
        kind, why = body.get("errorType") or "error", body.get("error") or "no reason given"
        raise SourceError(f"{url} answers {answer.status} {kind}: {' '.join(str(why).split())}")
    if not answer.good:
        raise SourceError(f"{url} answers {answer.status}")
    if not isinstance(body, dict) or not isinstance(body.get("data"), dict):
        raise SourceError(f"{url}: answers no JSON of a Prometheus server")
    data: dict[str, Any] = body["data"]
    return data


def _read(data: dict[str, Any]) -> list[Series]:
    kind, result = data["resultType"], data["result"]
    if kind == "scalar":
        return [Series({}, _points([result]))]
    if kind == "vector":
        return [Series(_labels(one), _points([_plain(one, "value")])) for one in result]
    if kind == "matrix":
        return [Series(_labels(one), _points(_plain(one, "values"))) for one in result]
    raise SourceError(f"a query gives a {str(kind)[:20]} where numbers are needed")


def _plain(one: dict[str, Any], key: str) -> Any:
    if key not in one and ("histogram" in one or "histograms" in one):
        raise SourceError("a query gives a histogram; put histogram_quantile(...) around it")
    return one[key]


def _labels(one: dict[str, Any]) -> dict[str, str]:
    return {str(name): str(value) for name, value in one["metric"].items()}


def _points(raw: list[Any]) -> Points:
    told = [(float(at), number(value)) for at, value in raw]
    return tuple((at, value) for at, value in told if value is not None and math.isfinite(value))


def _only(promql: str, series: list[Series]) -> Points:
    if len(series) > 1:
        asked = promql if len(promql) <= 60 else promql[:59] + "…"
        raise SourceError(
            f"{asked} gives {len(series)} series; put sum(...) around it, or max(...)"
        )
    return series[0].points if series else ()
