"""What a change rests on: how many independent sources say so, and whether one of them is a trap.

Logs, commits and answers over the network can be written by whoever wants a change to happen. What
only one such source says is no ground to act on until a person takes it on, in words. Pure: counted
from what the journal says of the evidence, never from what an agent says of it.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Any

from orchestrator.model.events import Json
from orchestrator.model.records import Evidence
from orchestrator.model.state import State

WORDS = 2
"""Words an override has at least: a key pressed twice is no reason."""

ISOLATION = "isolation"
"""The kind of change that restores nothing: it stops a loss, and rests on the gatekeeper's word."""

NAMED = 5
"""Sources, and lines that speak to agents, which a card names; it says how many more there are."""

_ONE_HAND = {"change": "repository", "code": "repository", "runbook": "repository"}
"""Kinds that whoever can commit writes all of."""


@dataclass(frozen=True, slots=True)
class Rests:
    """What the reasons of one card come down to."""

    sources: tuple[str, ...]
    """each source once, as `log var/log/orders.log`"""
    single_tainted: bool
    """no person and no two independent sources say so"""
    instructions: tuple[str, ...]
    """`E7 line 3 gives the reader a role`, of what is cited and what that was computed from"""

    def card(self) -> dict[str, Any]:
        """As a card carries it, under its hash."""
        return {
            "sources": list(self.sources),
            "single_tainted": self.single_tainted,
            "instructions": list(self.instructions),
        }


def rests(state: State, reasons: Iterable[Json]) -> Rests:
    """What the evidence under these claims comes down to.

    An item that speaks to agents supports nothing: somebody wrote it to be acted on. An analysis
    is worth the sources it was computed from, and nothing where it names none.
    """
    cited = _traced(state, [str(e).split(":")[0] for why in reasons for e in why["evidence"]])
    sound = [item for item in cited if not item.instructions]
    grounds = [item for item in sound if item.kind != "analysis"]
    return Rests(
        sources=tuple(dict.fromkeys(f"{item.kind} {item.source}" for item in grounds)),
        single_tainted=not _independent(grounds),
        instructions=_spoken(cited),
    )


def needs_override(card: Json) -> bool:
    """True when the card says of itself that one untrusted source is all it has."""
    return bool(_of(card).get("single_tainted"))


def is_reason(override: str) -> bool:
    """True for a few words, as the journal will keep them."""
    return len(override.split()) >= WORDS


def ground(card: Json) -> str:
    """What a flagged card rests on and why that matters, in one sentence; else empty."""
    if not needs_override(card):
        return ""
    sources = [str(source) for source in _of(card).get("sources", ())]
    if not sources:
        return "no source that counts: nothing independent speaks for this change"
    kind = "one source" if len(sources) == 1 else "one kind of source"
    named = ", ".join(_some(sources))
    return f"{kind} ({named}): whoever can write there can bring this change about"


def spoken(card: Json) -> tuple[str, ...]:
    """Lines under a card's reasons that speak to agents."""
    return tuple(str(line) for line in _of(card).get("instructions", ()))


def _of(card: Json) -> Mapping[str, Any]:
    said = card.get("rests")
    return said if isinstance(said, Mapping) else {}


def _traced(state: State, cited: Iterable[str]) -> list[Evidence]:
    """The items cited and those they were computed from, each once."""
    found: dict[str, Evidence] = {}
    waiting = list(cited)
    while waiting:
        eid = waiting.pop(0)
        item = state.evidence.get(eid)
        if item is not None and eid not in found:
            found[eid] = item
            waiting += item.computed_from
    return list(found.values())


def _independent(grounds: Sequence[Evidence]) -> bool:
    """A person's word, or two sources of two kinds: two logs of a service are one voice."""
    items = [(item.source, _ONE_HAND.get(item.kind, item.kind)) for item in grounds]
    return any(item.taint == "human" for item in grounds) or any(
        source != other and kind != another
        for (source, kind), (other, another) in combinations(items, 2)
    )


def _spoken(cited: Iterable[Evidence]) -> tuple[str, ...]:
    return tuple(_some([f"{item.eid} {line}" for item in cited for line in item.instructions]))


def _some(all_of_them: Sequence[str]) -> list[str]:
    more = len(all_of_them) - NAMED
    return [*all_of_them[:NAMED], *([f"{more} more"] if more > 0 else [])]
