"""A Prometheus server as questions: what alerts, and how its queries went over the incident."""

from collections.abc import Awaitable, Callable, Mapping
from itertools import pairwise

from orchestrator.clock import Clock, hhmmss
from orchestrator.evidence.hygiene import clean
from orchestrator.evidence.sources import prometheus_state
from orchestrator.evidence.sources.prometheus_api import Points, Prometheus, step
from orchestrator.evidence.sources.prometheus_state import of_service
from orchestrator.evidence.sources.question import Question, Reading, Remark
from orchestrator.settings import Service

MEND = "correct the url, or the query under [services.prometheus]"


def first_look(service: Service) -> list[Question]:
    """What Tier 1 collects: alerts of the service."""
    if not service.prometheus.url:
        return []

    async def read() -> Reading:
        return await _alerts(service)

    return [_question(service, "alerts", "alert", "GET {url}/api/v1/alerts", read)]


def deep_look(service: Service, since: float, clock: Clock) -> list[Question]:
    """What Tier 2 reads: rules and targets, and each query's course since a moment."""
    if not service.prometheus.url:
        return []

    async def rules() -> Reading:
        return await _rules(service)

    async def targets() -> Reading:
        return await _targets(service)

    return [
        _question(service, "rules", "alert", "GET {url}/api/v1/rules?type=alert", rules),
        _question(service, "targets", "alert", "GET {url}/api/v1/targets?state=active", targets),
        *(_course(service, name, since, clock) for name in service.prometheus.queries()),
    ]


def _course(service: Service, name: str, since: float, clock: Clock) -> Question:
    query = service.prometheus.queries()[name]
    until = clock.now()
    every = step(since, until)
    # steps are counted from the start: so that the last one is now, not up to a step ago
    start = round(until - every * int((until - since) / every), 3)

    async def read() -> Reading:
        points = await Prometheus(service.prometheus.url).course(query, start, until)
        return course(name, points, since, until)

    command = f"query_range {query} from {hhmmss(start)} to {hhmmss(until)} step {every:g} s"
    return _question(service, f"{name} over time", "metric", command, read)


def _question(
    service: Service, name: str, kind: str, command: str, read: Callable[[], Awaitable[Reading]]
) -> Question:
    url = service.prometheus.url.rstrip("/")
    return Question(
        about="prometheus",
        name=name,
        kind=kind,
        source=url,
        command=command.replace("{url}", url, 1) if command.startswith("GET ") else command,
        reader=read,
        mend=MEND,
    )


def course(name: str, points: Points, since: float, until: float) -> Reading:
    """A query over a time, a line each point; no data is said so and is never a zero."""
    if not points:
        said = f"{name}: no data from {hhmmss(since)} to {hhmmss(until)}"
        return Reading(f"{said}\n", (Remark(said),), from_at=since, to_at=until)
    every = step(since, until)
    gaps = sum(1 for (before, _), (after, _) in pairwise(points) if after - before > 1.5 * every)
    values = [number for _, number in points]
    lines = [f"{hhmmss(at)} {number:g}" for at, number in points]
    text = f"{name} went from {values[0]:g} to {values[-1]:g}, at most {max(values):g}"
    text += f", with {gaps} gaps of no data" if gaps else ""
    if until - points[-1][0] > 2 * every:
        text += f"; no data since {hhmmss(points[-1][0])}"
    remark = Remark(text, len(lines))
    return Reading("\n".join(lines) + "\n", (remark,), from_at=since, to_at=until)


async def _alerts(service: Service) -> Reading:
    server, wanted = Prometheus(service.prometheus.url), service.prometheus.alerts
    found = await prometheus_state.alerts(server)
    mine = [one for one in found if of_service(one.labels, service.name, wanted)]
    mine.sort(key=lambda one: (one.state != "firing", one.active_at))
    lines = [
        f"{one.state} {one.name} since {_since(one.active_at)}, value {one.value}: "
        f"{_told(one.labels)}"
        for one in mine
    ]
    remarks = [
        Remark(f"{one.name} is {one.state} since {_since(one.active_at)}", n, one.state == "firing")
        for n, one in enumerate(mine, 1)
    ]
    if not mine:
        lines = [f"no alert of {service.name} among {len(found)}"]
        remarks = [Remark(lines[0])]
    return Reading(clean("\n".join(lines)) + "\n", tuple(remarks))


async def _rules(service: Service) -> Reading:
    server, wanted = Prometheus(service.prometheus.url), service.prometheus.alerts
    found = await prometheus_state.rules(server)
    # a rule gets labels from its series, too: one without a label that decides may be meant
    mine = [r for r in found if of_service(r.labels, service.name, wanted) or r.state != "inactive"]
    lines = [
        f"{one.state} {one.name} for {one.duration:g} s, {one.health}: "
        f"{' '.join(one.query.split())}{f' ({one.error})' if one.error else ''}"
        for one in mine
    ]
    broken = [(n, one) for n, one in enumerate(mine, 1) if one.health == "err"]
    remarks = [
        Remark(f"the rule {one.name} cannot be evaluated: {one.error}", n, ill=True)
        for n, one in broken
    ]
    active = sum(one.state != "inactive" for one in mine)
    remarks.append(Remark(f"{active} of {len(found)} alerting rules are pending or firing"))
    lines = lines or [remarks[-1].text]
    return Reading(clean("\n".join(lines)) + "\n", tuple(remarks))


async def _targets(service: Service) -> Reading:
    server, wanted = Prometheus(service.prometheus.url), service.prometheus.alerts
    found = await prometheus_state.targets(server)
    mine = [one for one in found if of_service(one.labels, service.name, wanted)]
    lines = [f"{one.health} {one.address} {one.error}".rstrip() for one in mine]
    down = [(n, one) for n, one in enumerate(mine, 1) if one.health == "down"]
    remarks = [Remark(f"{one.address} cannot be scraped: {one.error}", n, True) for n, one in down]
    if not mine:
        lines = [f"no target of {service.name} among {len(found)}"]
    remarks.append(Remark(lines[0] if not mine else f"{len(mine)} targets of {service.name}"))
    return Reading(clean("\n".join(lines)) + "\n", tuple(remarks))


def _since(at: float) -> str:
    return hhmmss(at) if at else "a time not told"


def _told(labels: Mapping[str, str]) -> str:
    return " ".join(f"{name}={text}" for name, text in sorted(labels.items()))
