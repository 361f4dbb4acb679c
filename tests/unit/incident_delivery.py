"""The leak, and how its first update went out: one channel took it, one failed, one is in doubt."""

from collections.abc import Iterable

from orchestrator.model import events as ev
from orchestrator.model.events import FLOW, RUNNER, Actor, Event, Payload
from orchestrator.model.messages import delivery_key, update_path
from tests.unit.incident_story import WAITING, leak_story

KIM = Actor("human", "a.kim")
UPDATE = update_path(1)
CHANNELS = tuple(
    {"name": name, "audiences": ["update"], "auto": False} for name in ("mail", "chat", "pager")
)


def then(events: Iterable[Event], *facts: Payload, after: float = 1.0) -> list[Event]:
    """The story so far, and what happened next, each a second after the one before."""
    told = list(events)
    for fact in facts:
        last = told[-1]
        actor = RUNNER if isinstance(fact, ev.ChannelsKnown) else FLOW
        if isinstance(fact, ev.SendRequested) or "seen by" in getattr(fact, "detail", ""):
            actor = KIM
        event_id = f"then/{last.seq + 1}"
        told.append(Event(last.seq + 1, event_id, round(last.at + after, 3), actor, fact))
    return told


def delivered_story() -> tuple[Event, ...]:
    """Up to the moment when a person says that the one in doubt arrived."""
    mail, chat, pager = (delivery_key(UPDATE, 1, str(one["name"])) for one in CHANNELS)
    return tuple(
        then(
            leak_story(WAITING),
            ev.ChannelsKnown(CHANNELS),
            ev.MessageDrafted(UPDATE),
            ev.SendRequested(UPDATE, 1, "a" * 64, ("mail", "chat", "pager"), "a.kim"),
            ev.MessageDelivered(UPDATE, "mail", mail, "taken by mail.shop.example"),
            ev.MessageFailed(UPDATE, "chat", chat, "answered 500"),
            ev.MessageUnknown(UPDATE, "pager", pager, "the runner was cut short"),
            ev.MessageDelivered(UPDATE, "pager", pager, "seen by a.kim"),
        )
    )
