"""Which commands an incident takes: a person's with what may refuse each, and the runner's own."""

from collections.abc import Callable
from dataclasses import dataclass

from orchestrator.flow import (
    cancel,
    choosing,
    follow_up,
    handoff,
    hotfix,
    record,
    refuse,
    refuse_people,
    sending,
)
from orchestrator.flow.record import Recorder
from orchestrator.model import events as ev
from orchestrator.model.commands import Command
from orchestrator.model.need_to_know import kept_out
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
    "assign": Rule(refuse_people.assign, record.assign),
    "handoff": Rule(refuse_people.handoff, handoff.offer),
    "accept": Rule(refuse_people.offered, handoff.accept),
    "decline": Rule(refuse_people.offered, handoff.decline),
    "away": Rule(refuse_people.away, handoff.away),
    "escalate": Rule(refuse.escalate, record.escalate),
    "hold": Rule(refuse.hold, record.hold),
    "step": Rule(refuse.step, record.step),
    "halt": Rule(refuse.halt, record.halt),
    "cancel": Rule(cancel.refuse_cancel, cancel.cancel),
    "undo": Rule(refuse.undo, record.undo),
    "hotfix": Rule(hotfix.refuse, hotfix.step),
    "choose": Rule(choosing.refuse_choose, choosing.choose),
    "resolve": Rule(refuse.resolve, record.resolve),
    "reopen": Rule(refuse.reopen, record.reopen, when_closed=True),
    "close": Rule(refuse.close, record.close),
    "answer": Rule(refuse.answer, record.answer),
    "star": Rule(refuse.star, record.star, when_closed=True),
    "sent": Rule(refuse.sent, record.sent),
    "send": Rule(sending.refuse_send, sending.send),
    "arrived": Rule(sending.refuse_arrived, sending.arrived, when_closed=True),
    "declare": Rule(refuse.declare, record.declare),
    "coordinate": Rule(refuse.coordinate, record.coordinate),
    "freeze": Rule(refuse.freeze, record.freeze),
    "lift": Rule(refuse.lift, record.lift),
    "admit": Rule(refuse.admit, record.admit),
    "action": Rule(follow_up.refuse_change, follow_up.change, when_closed=True),
    "ticket": Rule(follow_up.refuse_ticket, follow_up.ticket, when_closed=True),
}
"""By name: every one that `model/commands.py` lets a person use."""

RUNNER: dict[str, Recorder] = {
    "open": record.opened,
    "alert": record.repeated,
    "major": record.major,
    "frozen": record.plain(ev.FreezeDeclared),
    "lifted": record.plain(ev.FreezeLifted),
    "coordinated": record.plain(ev.CoordinatorNamed),
    "oncall": record.plain(ev.OnCallResolved),
    "ordered": record.plain(ev.IncidentsOrdered),
    "edited": record.plain(ev.DocumentEdited),
    "channels": sending.channels,
    "report": record.report,
    "evidence": record.evidence,
    "engaged": record.plain(ev.TaskEngaged),
    "spent": record.plain(ev.TurnSpent),
    "differed": record.plain(ev.MethodsDiffered),
    "question": record.plain(ev.QuestionOpened),
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
    if command.actor.kind == "human":
        out = kept_out(state, command.actor.name, command.name)
        if out:
            return out
    return rule.check(state, command)
