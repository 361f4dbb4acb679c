"""From what causes a trouble to the catalogue's way against it, by one table.

A way is taken only from the operator's catalogue, for the part in question, with every parameter
filled from evidence and fitting its pattern. A destructive one is never taken by a rule.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from orchestrator.agents.rules.desk import Desk
from orchestrator.agents.rules.outside import claim_of
from orchestrator.evidence.analysis.outside.cause import Cause
from orchestrator.model.change_kinds import Kind
from orchestrator.model.events import Json
from orchestrator.model.reports.claims import Claim
from orchestrator.settings import Action

REMEDIES: Mapping[str, tuple[Kind, ...]] = {
    "dependency": ("restart", "feature-flag", "workaround"),
    "lock": ("database-repair",),
    "storage": ("workaround",),
    "edge": ("configuration",),
    "certificate": ("workaround",),
    "name": ("workaround",),
    "flapping": (),
    "intrusion": (),
}
"""Kind of cause → kinds of change against it, the better first. What comes and goes by itself is
left alone; an intruder is kept out by the security path, once evidence is kept."""

OF_PART: frozenset[Kind] = frozenset(("restart",))
"""Kinds that act on the very part that fails, never on whoever needs it."""

ALIASES: Mapping[str, frozenset[str]] = {
    "holder": frozenset(("holder", "pid", "process", "session", "blocker", "backend")),
    "address": frozenset(("address", "ip", "client", "source", "cidr")),
}
"""What evidence names → what catalogues call the parameter for it."""


@dataclass(frozen=True, slots=True)
class Remedy:
    """One action against one cause, ready to be put on a card."""

    action: Action
    params: dict[str, str]
    cause: Cause

    @property
    def why(self) -> Claim:
        return claim_of(self.cause)


def remedies(
    desk: Desk, causes: Sequence[Cause], attempts: Iterable[Mapping[str, Json]]
) -> list[Remedy]:
    """What could be done against these causes, and was not tried before, the best first."""
    tried = [(str(one.get("action", "")), dict(one.get("params") or {})) for one in attempts]
    found = [one for cause in causes if cause.lasting for one in _against(desk, cause)]
    return [one for one in found if (one.action.id, one.params) not in tried]


def _against(desk: Desk, cause: Cause) -> list[Remedy]:
    found: list[Remedy] = []
    for kind in REMEDIES.get(cause.kind, ()):
        parts = [cause.part] if kind in OF_PART else [cause.part, desk.state.service]
        for action in of_kind(desk, kind, parts):
            params = filled(action, dict(cause.params))
            if params is not None and action.risk != "destructive":
                found.append(Remedy(action, params, cause))
    return found


def of_kind(desk: Desk, kind: str, parts: Sequence[str]) -> list[Action]:
    """The catalogue's actions of a kind for these parts; one for any service counts for its own."""
    own = [*parts, ""] if desk.state.service in parts else list(parts)
    return [
        action
        for part in dict.fromkeys(own)
        for action in desk.bench.settings.actions
        if action.kind == kind and action.service == part
    ]


def filled(action: Action, known: Mapping[str, str]) -> dict[str, str] | None:
    """The parameters of an action out of what evidence names; None where one is missing or unfit.

    A value comes from telemetry: only what fits the operator's own pattern goes any further.
    """
    values: dict[str, str] = {}
    for name, parameter in action.params.items():
        value = next(
            (known[about] for about, names in ALIASES.items() if name in names and about in known),
            known.get(name, ""),
        )
        if not value or value.startswith("-") or not parameter.fits(value):
            return None
        values[name] = value
    return values
