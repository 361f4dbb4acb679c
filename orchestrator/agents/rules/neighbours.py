"""The parts around a service, as far as the settings name them: what it needs, and who calls it."""

from urllib.parse import urlsplit

from orchestrator.agents.rules import surroundings
from orchestrator.agents.rules.desk import Desk
from orchestrator.agents.rules.figures import Figures
from orchestrator.agents.rules.words import quoted
from orchestrator.evidence.analysis.outside.cause import Line
from orchestrator.evidence.analysis.outside.dependency import Part
from orchestrator.evidence.sources import command, database
from orchestrator.settings import Service

_PORTS = {"http": 80, "https": 443}


async def below(desk: Desk) -> list[Part]:
    """What the service needs: how it answered over time, and what it says of itself now."""
    service = desk.service
    found: list[Part] = []
    for name in service.dependencies if service is not None else ():
        other = desk.bench.settings.service(name)
        found.append(Part(name) if other is None else await look_at(desk, other))
    return found


async def look_at(desk: Desk, other: Service) -> Part:
    """One part, by its ring and its health address."""
    figures = await desk.figures(other) if other.measured else None
    seen = await desk.health(other)
    # an address that nobody wrote down may simply not be there
    guessed = seen is not None and not other.health and seen[0].status == 404
    told = None if seen is None or guessed else seen[0]
    looks, places = _looks(figures)
    return Part(
        name=other.name,
        addresses=addresses(other),
        looks=looks,
        place=figures.eid if figures is not None else "",
        places=places,
        well=told.well if told is not None else None,
        health=quoted(told.why, 120) if told is not None else "",
        health_place=f"{seen[1]}:1" if seen is not None and told is not None else "",
    )


def _looks(
    figures: Figures | None,
) -> tuple[tuple[tuple[float, bool], ...], tuple[tuple[float, str], ...]]:
    """When it answered; a server in between that fails says nothing of the part."""
    if figures is None or not figures.direct:
        return (), ()
    looks = tuple((sample.t, sample.ok) for sample in figures.samples)
    return looks, tuple((at, figures.cite(at)) for at, well in looks if not well)


def addresses(service: Service) -> frozenset[str]:
    """`host:port` under which a part is called, as far as its pages tell."""
    found: set[str] = set()
    for address in (service.metrics, service.health):
        url = urlsplit(address)
        port = url.port or _PORTS.get(url.scheme, 0)
        if url.hostname and port:
            found.add(f"{url.hostname}:{port}")
    return frozenset(found)


def above(desk: Desk) -> list[Service]:
    """Who calls the service, by the settings."""
    name = desk.state.service
    return [one for one in desk.bench.settings.services if name and name in one.dependencies]


async def answers(desk: Desk) -> list[Line]:
    """Every line that the service's own read-only questions are answered with.

    Of a database only who waits behind whom: its lines hold queries and names that clients chose.
    """
    service = desk.service
    if service is None:
        return []
    asked = command.questions(service, desk.bench.root)
    asked += database.chains_look(service, desk.bench.clock)
    return [
        line
        for seen in await surroundings.look(desk, asked)
        for line in (seen.remarks if seen.question.about == "database" else seen.lines)
    ]
