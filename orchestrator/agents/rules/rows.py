"""The rows of a strategy: every kind of change that the catalogue has for the parts in question."""

from collections.abc import Sequence

from orchestrator.agents.rules.desk import Desk, assumed, claim
from orchestrator.agents.rules.outside import claim_of
from orchestrator.agents.rules.remedies import REMEDIES, filled, of_kind
from orchestrator.agents.rules.words import quoted
from orchestrator.evidence.analysis.outside.cause import Cause
from orchestrator.model.change_kinds import Kind
from orchestrator.model.reports.claims import Claim
from orchestrator.model.reports.mitigation import StrategyOption
from orchestrator.settings import Action

ALWAYS: tuple[Kind, ...] = ("configuration", "workaround", "scaling")
"""Kinds that are told of even where the catalogue has none."""

OTHERS: tuple[Kind, ...] = (
    "redeploy",
    "revert",
    "feature-flag",
    "restart",
    "database-repair",
    "isolation",
    "block-address",
    "silence",
    "maintenance",
)

MINUTES: dict[str, str] = {
    "configuration": "10-30",
    "workaround": "0-5",
    "scaling": "10-20",
    "revert": "15-30",
}

_RISKS = {"low": "low", "medium": "medium", "high": "high", "destructive": "high"}


def of_catalogue(
    desk: Desk, causes: Sequence[Cause], said: Action | None
) -> tuple[StrategyOption, ...]:
    """One row a kind, those of the flow's own list first; `said`: the way back, told already."""
    found = [_row(desk, kind, causes) for kind in ALWAYS if said is None or kind != said.kind]
    for kind in OTHERS:
        row = _row(desk, kind, causes)
        found += [row] if row.available else []
    return tuple(found)


def _row(desk: Desk, kind: Kind, causes: Sequence[Cause]) -> StrategyOption:
    service = desk.state.service
    actions = of_kind(desk, kind, desk.bench.settings.around(service))
    risk = "low-medium" if kind in ("configuration", "scaling") else "low"
    if kind not in ALWAYS and actions:
        risk = _RISKS[max(actions, key=lambda a: list(_RISKS).index(a.risk)).risk]
    return StrategyOption(
        name=kind,
        available=bool(actions),
        why=_why(desk, kind, actions, causes),
        minutes=MINUTES.get(kind, "0-5"),
        risk=risk,  # type: ignore[arg-type]
    )


def _why(desk: Desk, kind: Kind, actions: Sequence[Action], causes: Sequence[Cause]) -> Claim:
    if not actions:
        return assumed(
            f"The catalogue has no {kind} action for {desk.state.service or 'this service'}."
        )
    for cause in causes:
        fitting = [one for one in actions if filled(one, dict(cause.params)) is not None]
        if kind in REMEDIES.get(cause.kind, ()) and fitting and cause.lasting:
            why = claim_of(cause)
            return claim(f"{fitting[0].id} is the catalogue's way against it: {why.text}",
                         *why.evidence)  # fmt: skip
    named = quoted(", ".join(action.id for action in actions), 80)
    return assumed(f"The catalogue has {named}; a human decides.")
