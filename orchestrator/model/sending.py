"""Who gets which text, what is on its way, and what would be too soon: pure, from the state."""

from orchestrator.model.delivery import Channel, Delivery
from orchestrator.model.messages import (
    NOTICE,
    audience_of,
    further_path,
    sending_name,
    update_number,
)
from orchestrator.model.records import Message
from orchestrator.model.state import State

TOO_SOON = 3
"""An update sooner than this part of the promised interval needs a reason: a third."""

NOTICED = ("resolution", "status-page")
"""The notice that it is over goes to both: each gets its own words."""


def channels_for(state: State, path: str) -> tuple[Channel, ...]:
    """The channels that a text goes to."""
    wanted = NOTICED if path == NOTICE else (audience_of(path),)
    return tuple(one for one in state.channels if set(wanted) & set(one.audiences))


def of_text(state: State, path: str) -> tuple[Delivery, ...]:
    """All deliveries of a text, in the order they were asked for."""
    return tuple(one for one in state.deliveries.values() if one.path == path)


def latest(state: State, path: str) -> dict[str, Delivery]:
    """Channel → how the last sending to it stands."""
    return {one.channel: one for one in of_text(state, path)}


def in_doubt(state: State) -> tuple[Delivery, ...]:
    """What was handed over and may have arrived or not, until a person says so."""
    return tuple(
        one
        for path in state.messages
        for one in latest(state, path).values()
        if one.state == "unknown"
    )


def sendings(state: State, path: str) -> int:
    """How often a text was sent so far."""
    return max((one.number for one in of_text(state, path)), default=0)


def barred(state: State, path: str) -> str:
    """Why a text cannot be sent to anybody now; empty while it can."""
    text = state.messages.get(path)
    if text is None or text.state == "not_required":
        return f"there is no draft {path!r}"
    if text.state == "sent":
        return f"{path} was sent by {text.by}"
    if not channels_for(state, path):
        audience = audience_of(path) or "such"
        return f"no channel is there for {audience} texts; send it by hand, and say so with `sent`"
    return ""


def left(state: State, path: str, sha256: str) -> tuple[str, ...]:
    """The channels of a text that do not have exactly these words yet, nor are getting any."""
    last = latest(state, path)
    return tuple(
        one.name
        for one in channels_for(state, path)
        if one.name not in last
        or last[one.name].state in ("failed", "unknown")
        or (last[one.name].state == "delivered" and last[one.name].sha256 != sha256)
    )


def by_itself(state: State) -> dict[str, Message]:
    """Deadline name → the due text that goes out at it by itself.

    Once: what a channel did not take then is a person's.
    """
    return {
        sending_name(path): text
        for path, text in state.messages.items()
        if text.state == "due"
        and not sendings(state, path)
        and any(one.auto for one in channels_for(state, path))
    }


def words_to(state: State, first: str) -> list[str]:
    """A text and the further words to its readers, in their order; at least the text itself."""
    found = [first]
    while (path := further_path(first, len(found) + 1)) in state.messages:
        found.append(path)
    return found


def worded_at(state: State, path: str) -> float:
    """Up to when a text that was sent tells the facts; 0 while it was not sent.

    Its words are fixed when it is handed to the channels, and may arrive long after.
    """
    text = state.messages.get(path)
    if text is None or text.state != "sent":
        return 0.0
    last = latest(state, path).values()
    if any(one.state != "delivered" for one in last):
        return text.at  # a person sent it another way, later than that
    return min((one.at for one in last), default=text.at)


def current_update(state: State) -> str:
    """The periodic update that waits to be sent, or is on its way; empty when there is none."""
    for path, text in reversed(state.messages.items()):
        if update_number(path) and text.state in ("drafted", "due", "sending"):
            return path
    return ""


def next_update(state: State) -> int:
    """The number of the next periodic update."""
    return 1 + max((update_number(path) for path in state.messages), default=0)


def update_begins(state: State) -> float | None:
    """When the next periodic update is drafted: at half of its time; None while none is due.

    Not at its end: then the promise would be broken before there are words to keep it with.
    """
    clock = state.deadlines.get("update")
    drafts = state.open and "notify" not in state.skipped
    if clock is None or not clock.counting or not drafts or current_update(state):
        return None
    return round(clock.start + (clock.due - clock.start) / 2, 3)  # a time that a clock can show


def too_soon(state: State, path: str, interval: float | None, now: float) -> float:
    """Seconds since the last periodic update where that is sooner than useful; else 0."""
    if not update_number(path) or not interval:
        return 0.0
    sent = [m.at for p, m in state.messages.items() if update_number(p) and m.state == "sent"]
    since = now - max(sent, default=float("-inf"))
    return since if since < interval / TOO_SOON else 0.0
