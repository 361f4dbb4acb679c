"""Which commands an incident takes: a person's with what may refuse each, and the runner's own."""

from collections.abc import Callable
from dataclasses import dataclass

from orchestrator.flow import record, refuse
from orchestrator.flow.record import Recorder
from orchestrator.model import events as ev
from orchestrator.model.commands import Command
from orchestrator.model.state import State

Check = Callable[[State, Command], str]


@dataclass(frozen=True, slots=True)
class Rule:
    """A command of a person's: whether it can be done now, and what is recorded when it can."""

    check: Check
    record: Recorder
    when_closed: bool = False
    """a closed incident takes it too"""


PEOPLE: dict[str, Rule] = {
    "ack": Rule(refuse.ack, record.ack),
    "note": Rule(refuse.text, record.note, when_closed=True),
    "approve": Rule(refuse.decision, record.approve),
    "deny": Rule(refuse.decision, record.deny),
    "assess": Rule(refuse.assess, record.assess),
    "stop": Rule(refuse.running, record.stop),
    "steer": Rule(refuse.running, record.steer),
    "severity": Rule(refuse.severity, record.severity),
    "assign": Rule(refuse.assign, record.assign),
    "escalate": Rule(refuse.escalate, record.escalate),
    "hold": Rule(refuse.hold, record.hold),
    "step": Rule(refuse.step, record.step),
    "halt": Rule(refuse.halt, record.halt),
    "undo": Rule(refuse.undo, record.undo),
    "resolve": Rule(refuse.resolve, record.resolve),
    "reopen": Rule(refuse.reopen, record.reopen, when_closed=True),
    "close": Rule(refuse.close, record.close),
    "answer": Rule(refuse.answer, record.answer),
    "star": Rule(refuse.star, record.star, when_closed=True),
    "sent": Rule(refuse.sent, record.sent),
}
"""By name: every one that `model/commands.py` lets a person use."""

RUNNER: dict[str, Recorder] = {
    "open": record.opened,
    "alert": record.repeated,
    "major": record.major,
    "edited": record.plain(ev.DocumentEdited),
    "report": record.report,
    "evidence": record.evidence,
    "action-started": record.plain(ev.ActionStarted),
    "document": record.plain(ev.DocumentWritten),
    "document-failed": record.plain(ev.DocumentFailed),
    "runner": record.plain(ev.RunnerStarted),
}
"""By name: what the runner says itself; made inside it, so nothing refuses them."""


def refused_because(state: State, command: Command) -> str:
    """Why a person's command cannot be done now, in one line; empty when it can."""
    if not state.incident:
        return "no such incident"
    rule = PEOPLE[command.name]
    if state.status == "CLOSED" and not rule.when_closed:
        return f"{state.incident} is closed"
    return rule.check(state, command)
