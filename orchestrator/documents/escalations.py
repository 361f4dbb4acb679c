"""The escalation log: who was brought in, when, why, and what came of it."""

from collections.abc import Sequence
from dataclasses import dataclass

from orchestrator.clock import iso
from orchestrator.model import events as ev
from orchestrator.model.durations import words
from orchestrator.model.events import Event
from orchestrator.model.messages import NOTICE
from orchestrator.model.state import State
from orchestrator.model.wording import EXCEPTIONS, TRIGGERS, bare_name, deadline_words
from orchestrator.model.wording import document_name as named

WAITING = "no answer yet"


@dataclass(frozen=True, slots=True)
class Escalated:
    """One line of the log."""

    at: float
    who: str
    """whom it went to"""
    why: str
    by: str
    """who or what escalated"""
    answer: str


def escalations(state: State, events: Sequence[Event]) -> list[Escalated]:
    """Everything that went up, or was held back, in the order it happened."""
    lines = (_line(state, event) for event in events)
    return [line for line in lines if line is not None]


def _line(state: State, event: Event) -> Escalated | None:
    data, by = event.data, _by(event)
    if isinstance(data, ev.TierEscalated) and data.tier > 1:
        why = "; ".join(data.reasons) or "time is up"
        by = {"time": "the clock", "human": "a person"}.get(data.by, "a finding")
        return Escalated(event.at, f"tier {data.tier}: {data.who}", why, by, _tier(state, data))
    if isinstance(data, ev.EscalationRequested):
        target = data.target.replace("tier", "tier ")
        return Escalated(event.at, target, data.why, by, _target(state, data.target))
    if isinstance(data, ev.MessageDue | ev.MessageSent) and data.path == NOTICE:
        return None  # that it is over is no escalation
    if isinstance(data, ev.MessageDue):
        return Escalated(event.at, named(data.path), data.why, by, _message(state, data.path))
    if isinstance(data, ev.MessageSent):
        where = data.channel or "UNKNOWN"
        return Escalated(event.at, named(data.path), f"sent to {where}", data.by, "sent")
    if isinstance(data, ev.DeadlineFired | ev.DeadlineMissed):
        name = bare_name(data.name)
        if name not in TRIGGERS - {"validate"} or _followed(state, name):
            return None
        late = f", seen {words(data.late)} late" if isinstance(data, ev.DeadlineMissed) else ""
        answer = _target(state, name)
        who = name.replace("tier", "tier ")
        return Escalated(event.at, who, f"{deadline_words(name)[1]}{late}", "the clock", answer)
    if isinstance(data, ev.DeadlineHeld):
        who = data.name.replace("tier", "tier ")
        return Escalated(event.at, who, data.why, by, "held back by a person")
    if isinstance(data, ev.ExceptionDeclared):
        name = EXCEPTIONS.get(data.name, data.name)
        return Escalated(event.at, name, data.why, by, "; ".join(data.actions) or WAITING)
    return None


def _followed(state: State, name: str) -> bool:
    """What the clock set off has a line of its own."""
    if name.startswith("tier"):
        return any(f"tier{tier}" == name for tier in state.tiers)
    message = state.messages.get(f"communications/{name}-notification.md")
    return message is not None and message.due_at > 0


def _by(event: Event) -> str:
    return "the war room" if event.actor.kind in ("flow", "runner") else event.actor.name


def _tier(state: State, data: ev.TierEscalated) -> str:
    key = {2: "tier2/analysis", 3: "tier3/architecture"}.get(data.tier, "")
    task = state.latest(key)
    if task is None or task.running:
        return WAITING if state.open else "resolved before an answer"
    at = f"{iso(task.finished_at)[:19]}Z"
    return f"assessed at {at}" if task.outcome == "done" else f"no assessment: {task.outcome}"


def _target(state: State, target: str) -> str:
    if target.startswith("tier"):
        tier = state.tiers.get(int(target[4:]) if target[4:].isdigit() else 0)
        return f"taken by {tier.who}" if tier else WAITING
    return _message(state, f"communications/{target}-notification.md")


def _message(state: State, path: str) -> str:
    message = state.messages.get(path)
    if message is None:
        return WAITING
    if message.state == "sent":
        return f"sent at {iso(message.at)[:19]}Z by {message.by}"
    if message.state == "not_required":
        return f"not required: {message.why}"
    return "drafted, not sent"
