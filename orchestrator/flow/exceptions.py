"""When things go wrong: the exception paths, each declared once, with what is done about it."""

from orchestrator.flow.decide import Incident
from orchestrator.flow.handoff import handoffs
from orchestrator.flow.paging import paging
from orchestrator.flow.security import security
from orchestrator.model import events as ev


def exceptions(i: Incident) -> None:
    sla_exceeded(i)
    security(i)
    lapse(i)
    paging(i)
    handoffs(i)
    if i.state.stopped:
        i.void("the line is stopped")
        if i.state.status in ("INVESTIGATING", "MITIGATING", "REOPENED"):
            i.status("STOPPED", i.state.stopped)  # a batch may be torn between the two
    if i.state.frozen:
        i.void(f"changes are frozen: {i.state.frozen}")


def sla_exceeded(i: Incident) -> None:
    clock = i.state.deadlines.get("resolve")
    if clock is None or clock.outcome not in ("fired", "missed") or not i.state.open:
        return
    minutes = "15" if i.state.severity == "P0" else "30"
    i.emit(
        "exception/sla-exceeded",
        ev.ExceptionDeclared(
            "sla-exceeded",
            f"{i.state.severity} is unresolved past its promise",
            (
                "escalate to the commander, then engineering manager, VP, CTO",
                "call every component owner into the war room",
                "emergency measures: last known good version, maintenance mode, vendor support",
                f"update stakeholders every {minutes} minutes",
                "notify management and executives",
            ),
        ),
    )


def lapse(i: Incident) -> None:
    """An acknowledgement that nothing followed in its time counts no more."""
    clock = i.state.deadlines.get("confirm")
    over = clock is not None and clock.outcome in ("fired", "missed")
    if clock is None or not over or not i.state.acknowledged_at or i.state.engaged_at:
        return
    if clock.start == i.state.acknowledged_at:
        by = i.state.acknowledged_by
        i.emit(f"acknowledgement/lapsed/{clock.rev}", ev.AcknowledgementLapsed(by))
