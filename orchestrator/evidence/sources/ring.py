"""The ring: two hours of each service's signals, scraped by the runner, on disk for everybody.

One JSON object a line: `{"t", "ok", "values"}`, or `{"t", "ok": false, "why"}`. A sample that
lacks a signal which could not be read says `why`, too.
"""

import asyncio
import contextlib
import json
import math
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from orchestrator.clock import Clock
from orchestrator.evidence.sources import prometheus_api
from orchestrator.evidence.sources.files import read_tail
from orchestrator.evidence.sources.metrics import Page, Restarted, fetch, page, values
from orchestrator.evidence.sources.prometheus_api import Prometheus
from orchestrator.evidence.sources.source import SourceError
from orchestrator.project import Project, write_private
from orchestrator.settings import Service, Settings

KEPT = 2 * 3600.0
"""Seconds of samples kept."""

SCRAPE_TIMEOUT = 1.0
SERVER_TIMEOUT = 5.0
"""A query may take longer than a page; only its own service waits for it."""

_RING_BYTES = 64 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Sample:
    """One look at a service. `values` holds only what could be told."""

    t: float
    ok: bool
    values: Mapping[str, float] = field(default_factory=dict)
    why: str = ""

    def line(self) -> str:
        body: dict[str, Any] = {"t": self.t, "ok": self.ok}
        if self.ok:
            body["values"] = dict(self.values)
        if self.why or not self.ok:
            body["why"] = self.why
        return json.dumps(body, separators=(",", ":")) + "\n"


class Scraper:
    """Looks at every service at its interval; one service that hangs delays no other.

    Where there is no metrics page a Prometheus server is asked, first for what it still knows of
    the time before, so that there is a baseline from the start.
    """

    def __init__(self, project: Project, settings: Settings, clock: Clock) -> None:
        self._project = project
        self._clock = clock
        self._services = [service for service in settings.services if service.measured]

    async def run(self) -> None:
        """Scrape until cancelled."""
        async with asyncio.TaskGroup() as group:
            for service in self._services:
                group.create_task(self._watch(service))

    async def _watch(self, service: Service) -> None:
        file = RingFile(ring_path(self._project, service.name), service.scrape_seconds)
        server = None if service.metrics else Prometheus(service.prometheus.url, SERVER_TIMEOUT)
        if server is not None:
            samples = await asyncio.to_thread(read_ring, self._project, service.name)
            _keep(file, await recall(service, server, samples[-1].t if samples else 0, self._clock))
        before: Page | None = None
        due = self._clock.now()
        while True:
            if server is not None:
                sample: Sample | None = await ask(service, server, self._clock)
            else:
                before, sample = await look(service, before, self._clock)
            _keep(file, [sample] if sample is not None else [])
            # the next look keeps the rhythm; looks that were slept through are not made up for
            due = max(due + service.scrape_seconds, self._clock.now())
            await self._clock.sleep(max(0.0, due - self._clock.now()))


async def look(
    service: Service, before: Page | None, clock: Clock
) -> tuple[Page | None, Sample | None]:
    """One reading: the page for next time, and a sample where one can be told."""
    at = clock.now()
    try:
        now = page(at, await fetch(service.metrics, SCRAPE_TIMEOUT))
    except SourceError as error:
        return None, Sample(at, ok=False, why=str(error))
    if before is None:
        return now, None
    try:
        return now, Sample(at, ok=True, values=values(before, now, service.signals))
    except Restarted:
        return now, None


async def ask(service: Service, server: Prometheus, clock: Clock) -> Sample:
    """One reading of a Prometheus server. A server that fails says nothing of the service."""
    at, queries = clock.now(), service.prometheus.queries()
    values, wrong = await prometheus_api.now(server, queries)
    return Sample(at, ok=len(wrong) < len(queries), values=values, why="; ".join(wrong))


async def recall(service: Service, server: Prometheus, since: float, clock: Clock) -> list[Sample]:
    """What a Prometheus server knows of the time since the last sample; nothing when it fails."""
    now = clock.now()
    start = max(since, now - KEPT)
    try:
        told = await prometheus_api.history(server, service.prometheus.queries(), start, now)
    except SourceError:
        # the looks that follow fail as well, and say why
        return []
    return [Sample(at, ok=True, values=values) for at, values in told.items() if start < at < now]


def _keep(file: "RingFile", samples: list[Sample]) -> None:
    """A full disk costs samples; it must not cost the runner."""
    with contextlib.suppress(OSError):
        for sample in samples:
            file.append(sample)


class RingFile:
    """One service's samples on disk, rewritten now and then so that it stays bounded."""

    def __init__(self, path: Path, interval: float, kept: float = KEPT) -> None:
        self._path = path
        self._most = max(16, int(kept / interval))
        self._lines = 0
        self._torn = False
        if path.exists():
            body = path.read_bytes()
            self._lines, self._torn = body.count(b"\n"), bool(body) and not body.endswith(b"\n")

    def append(self, sample: Sample) -> None:
        self._path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        flags = os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC
        descriptor = os.open(self._path, flags, 0o600)
        try:
            os.write(descriptor, (("\n" if self._torn else "") + sample.line()).encode())
        finally:
            os.close(descriptor)
        self._torn = False
        self._lines += 1
        if self._lines >= 2 * self._most:
            kept = self._path.read_text(encoding="utf-8").splitlines(keepends=True)[-self._most :]
            write_private(self._path, "".join(kept))
            self._lines = len(kept)


def ring_path(project: Project, service: str) -> Path:
    """Where a service's samples lie. SourceError for what cannot be a service's name."""
    if not service.strip(".") or {"/", "\\", "\0"} & set(service):
        raise SourceError(f"{service!r} is no name of a service")
    return project.metrics / f"{service}.ndjson"


def read_ring(project: Project, service: str, since: float = 0.0) -> list[Sample]:
    """The samples of a service since a moment, oldest first; none when it was never scraped."""
    try:
        text = read_tail(ring_path(project, service), limit=_RING_BYTES).text
    except SourceError:
        return []
    return [sample for sample in parse_ring(text) if sample.t >= since]


def parse_ring(text: str) -> list[Sample]:
    """The samples among some lines; a line that is none is left out."""
    samples = [_sample(line) for line in text.splitlines()]
    return [sample for sample in samples if sample is not None]


def _sample(line: str) -> Sample | None:
    """A sample from its line; None for a torn or foreign one."""
    try:
        data: Any = json.loads(line)
        at, good = float(data["t"]), data["ok"] is True
        found = {
            str(name): float(value)
            for name, value in (data.get("values") or {}).items()
            if isinstance(value, int | float) and math.isfinite(value)
        }
    except (ValueError, TypeError, KeyError, AttributeError):
        return None
    return Sample(at, good, found, str(data.get("why") or ""))
