"""An intruder in the access logs of a part and of those before it, and what keeps one out."""

from dataclasses import dataclass

from orchestrator.agents.rules import neighbours
from orchestrator.agents.rules.desk import Desk, claim
from orchestrator.agents.rules.hearing import accesses
from orchestrator.agents.rules.remedies import filled, of_kind
from orchestrator.agents.rules.words import clock_time, figure, quoted
from orchestrator.evidence.analysis.outside import intrusion
from orchestrator.evidence.analysis.outside.cause import Cause
from orchestrator.model.reports.claims import Claim
from orchestrator.settings import Action

BEFORE = 900.0
"""Seconds before detection in which an intruder is looked for: trying comes before taking."""


RISE = 1.15
"""Times its usual requests that a part counts while somebody takes more than all others."""


@dataclass(frozen=True, slots=True)
class KeptOut:
    """The catalogue's action that fits what was seen, with its parameters."""

    action: Action
    params: dict[str, str]

    @property
    def told(self) -> str:
        """The proposal in words."""
        values = "".join(f", {name} {value}" for name, value in self.params.items())
        return f"by the catalogue: {quoted(self.action.title, 120)} ({self.action.id}{values})"


async def seen(desk: Desk) -> Cause | None:
    """Who stands out in the access logs at hand; the part itself is read first."""
    service = desk.service
    for one in [service, *neighbours.above(desk)] if service is not None else []:
        readings = await desk.logs(since=desk.state.detected_at - BEFORE, other=one)
        lines = [line for reading, kept in readings for line in accesses(reading, kept)]
        found = intrusion.cause(one.name, lines)
        if found is not None:
            return found
    return None


async def counted(desk: Desk, found: Cause | None) -> list[Claim]:
    """That the part's own counters saw it as well: a log alone is one voice."""
    part = desk.bench.settings.service(found.part) if found is not None else None
    if found is None or part is None or not part.measured or found.began_at is None:
        return []
    figures = await desk.figures(part)
    if figures is None:
        return []
    usual = figures.usual("requests", found.began_at)
    during = figures.during("requests", found.began_at)
    if usual is None or during is None or during < RISE * usual:
        return []
    text = (
        f"{part.name} counts more requests since {clock_time(found.began_at)}: "
        f"{figure('requests', during)}, {figure('requests', usual)} before."
    )
    return [claim(text, figures.cite(found.began_at), figures.cite(figures.samples[-1].t))]


def kept_out(desk: Desk, found: Cause | None) -> KeptOut | None:
    """The narrowest way that fits: one address is blocked rather than a part cut off."""
    if found is None:
        return None
    parts = [found.part, desk.state.service, *(one.name for one in neighbours.above(desk))]
    for action in of_kind(desk, "block-address", list(dict.fromkeys(parts))):
        params = filled(action, dict(found.params))
        if params and action.risk != "destructive":
            return KeptOut(action, params)
    for action in of_kind(desk, "isolation", [desk.state.service]):
        if not action.params and action.risk != "destructive":
            return KeptOut(action, {})
    return None
