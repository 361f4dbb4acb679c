"""The preventive actions of an incident: those it tracks, and those proposed but not tracked yet.

Journals of earlier releases track none; theirs are read off the report they closed with. An action
that a later review proposes again in the same words is the one that is tracked already.
"""

from collections.abc import Iterator

from orchestrator.model.action_item import HORIZONS, OPEN, ActionItem
from orchestrator.model.events import Json
from orchestrator.model.state import State


def items(state: State) -> tuple[ActionItem, ...]:
    """Every action by its number."""
    return (*state.follow_up.values(), *untracked(state))


def untracked(state: State) -> tuple[ActionItem, ...]:
    """What the latest report proposes and no event tracks, numbered on from what is tracked."""
    known = [_same(item.text) for item in state.follow_up.values()]
    number = max((item.number for item in state.follow_up.values()), default=0)
    found: list[ActionItem] = []
    for horizon, proposed in _proposed(state):
        claim = proposed.get("action") or {}
        text = " ".join(str(claim.get("text", "UNKNOWN")).split())
        if _same(text) in known:
            known.remove(_same(text))
            continue
        number += 1
        found.append(
            ActionItem(
                f"{state.incident}/A{number}",
                text,
                horizon,
                str(proposed["owner"]) or "UNKNOWN",
                state.resolved_at + HORIZONS[horizon] if state.resolved_at else 0.0,
                tuple(str(one) for one in claim.get("evidence", ())),
            )
        )
    return tuple(found)


def named(state: State, name: str) -> ActionItem | None:
    """The action somebody means by `INC-42/A1` or `A1`."""
    meant = name if "/" in name else f"{state.incident}/{name}"
    return next((one for one in items(state) if one.id.casefold() == meant.casefold()), None)


def settled(state: State) -> bool:
    """True when no action is open any more."""
    return all(item.status != OPEN for item in items(state))


def _proposed(state: State) -> Iterator[tuple[str, Json]]:
    report = state.report("review/actions") or {}
    for horizon in HORIZONS:
        for proposed in report.get(horizon, ()):
            yield horizon, proposed


def _same(text: str) -> str:
    return " ".join(text.split()).casefold()
