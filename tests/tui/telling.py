"""Channels and deliveries put into the state of a story, which has none of its own."""

from orchestrator.model.delivery import Channel, Delivery
from orchestrator.model.messages import delivery_key
from orchestrator.model.state import State
from tui.letters import listed


def channels() -> tuple[Channel, ...]:
    """One for the inner texts, one for the team, one that everybody reads."""
    inner = ("management", "executive", "update", "resolution")
    return (
        Channel("mail", inner),
        Channel("chat", inner),
        Channel("status-page", ("status-page",)),
    )


def doubt(state: State, channel: str) -> None:
    """Nobody knows whether the text that comes first in the list arrived there."""
    went(state, listed(state)[0].path, channel, "unknown", "the runner was cut short")


def went(state: State, path: str, channel: str, how: str, detail: str = "") -> None:
    """A delivery of a text that ended in some way."""
    key = delivery_key(path, 1, channel)
    state.deliveries[key] = Delivery(
        key, path, channel, 1, "f" * 64, "a.kim", state.last_at, how, detail, state.last_at
    )
