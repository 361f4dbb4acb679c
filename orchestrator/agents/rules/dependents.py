"""Who needs this service: what of theirs went live since, and what needs the new version."""

from dataclasses import dataclass

from orchestrator.agents.contract import Observation
from orchestrator.agents.rules.desk import Desk
from orchestrator.agents.rules.words import clock_time, quoted
from orchestrator.evidence.sources.git import Repository
from orchestrator.evidence.sources.source import SourceError
from orchestrator.settings import Service, Settings

SHORT = 3
"""Characters up to which a route (`/`, `/x`) stands in code for too much."""


@dataclass(frozen=True, slots=True)
class Bound:
    """A dependent that may not do without the new version."""

    text: str
    evidence: tuple[str, ...]


def dependents(settings: Settings, service: str) -> list[Service]:
    """The services that declare that they need this one."""
    return [one for one in settings.services if service in one.dependencies]


async def updated(desk: Desk, since: float) -> list[Bound]:
    """Dependents that went live after the bad version did: they may rely on it by now."""
    found: list[Bound] = []
    for service in dependents(desk.bench.settings, desk.state.service):
        read = await desk.deploys_of(service)
        if read is None:
            continue
        log, eid = read
        later = [one for one in log.of(service.name) if one.at > since]
        if later:
            last = later[-1]
            text = (
                f"a dependent was updated since: {service.name} {quoted(last.version, 12)} went "
                f"live at {clock_time(last.at)}"
            )
            found.append(Bound(text, (f"{eid}:{last.line}",)))
    return found


async def calling(desk: Desk, routes: list[str]) -> list[Bound]:
    """Dependents whose code names a route that only the new version has."""
    asked = [route for route in routes if len(route) > SHORT][:5]
    found: list[Bound] = []
    for service in dependents(desk.bench.settings, desk.state.service) if asked else ():
        if not service.repo:
            continue
        repository = Repository(desk.bench.root / service.repo)
        for route in asked:
            bound = await _named(desk, service, repository, route)
            if bound is not None:
                found.append(bound)
                break
    return found


async def _named(desk: Desk, service: Service, repository: Repository, route: str) -> Bound | None:
    command = f"git -C {repository.path.name} grep -n --fixed-strings {quoted(route, 60)}"
    desk.bench.call(command)
    try:
        places = await repository.places(route, "HEAD")
    except SourceError as error:
        desk.bench.warn(quoted(str(error), 200))
        return None
    if not places:
        return None
    path, line = places[0]
    eid = await desk.bench.observe(
        Observation(
            kind="code",
            source=repository.path.name,
            command=command,
            summary=f"{service.name} names {quoted(route, 60)} in {len(places)} files",
            content="".join(f"{where}:{number}\n" for where, number in places),
        )
    )
    text = (
        f"{service.name} calls {quoted(route, 60)} ({path}:{line}), which only the new version has"
    )
    return Bound(text, (f"{eid}:1",))
