"""Step 4, hierarchical escalation: drafted at once, due by trigger, sent by a person's key."""

from orchestrator.flow.decide import Incident, Pending
from orchestrator.flow.drafts import draft
from orchestrator.model import events as ev
from orchestrator.model.durations import words
from orchestrator.model.messages import EXECUTIVE, MANAGEMENT, NOTICE, STATUS_PAGE

TEXTS = {
    "management": (MANAGEMENT, "project-manager", "management notification"),
    "executive": (EXECUTIVE, "project-manager", "executive notification"),
    "status-page": (STATUS_PAGE, "incident-responder", "status page update"),
}
"""Audience → document, role that drafts it, title."""


def notify(i: Incident) -> None:
    """Keep a draft of what this severity calls for; say for each when it falls due."""
    wanted = [audience for audience in TEXTS if _wanted(i, audience)]
    waits = False
    for audience in wanted:
        path, role, title = TEXTS[audience]
        drafted = draft(i, f"notify/{audience}", role, title, path)
        waits |= drafted.running
        if not drafted.running and path not in i.state.messages:
            i.emit(f"message/{path}/drafted", ev.MessageDrafted(path))
        why = due_because(i, audience)
        known = i.state.messages.get(path)
        if why and known is not None and known.state == "drafted":
            i.emit(f"message/{path}/due/{len(i.state.escalations)}", ev.MessageDue(path, why))
    if waits:
        raise Pending


def settle(i: Incident) -> None:
    """At resolution: what never fell due is not required, and the reason is kept."""
    for audience, (path, _, _) in TEXTS.items():
        known = i.state.messages.get(path)
        if known is None or known.state == "drafted":
            why = "resolved before it fell due" if known else _never(i, audience)
            i.emit(f"message/{path}/not-required", ev.MessageNotRequired(path, why))


def resolution_notice(i: Incident) -> None:
    """That it is over: drafted and due at once, sent by a person."""
    i.task("mitigation/resolution", "incident-responder", "resolution notice")
    if NOTICE not in i.state.messages:
        i.emit(f"message/{NOTICE}/drafted", ev.MessageDrafted(NOTICE))
        i.emit(f"message/{NOTICE}/due", ev.MessageDue(NOTICE, "the incident is resolved"))


def due_because(i: Incident, audience: str) -> str:
    """Why a text must go out now; empty while nothing calls for it."""
    asked = i.state.escalations.get(audience)
    if asked:
        return f"escalated by hand: {asked}"
    if audience == "executive" and at_once(i):
        return at_once(i)
    clock = i.state.deadlines.get(audience)
    if clock is not None and clock.outcome in ("fired", "missed"):
        return f"{words(clock.due - i.state.detected_at)} after detection at {i.state.severity}"
    if "sla-exceeded" in i.state.exceptions and audience in ("management", "executive"):
        return "the resolution promise is broken"
    return ""


def at_once(i: Incident) -> str:
    """What sends the executive notification at any severity; empty when nothing does."""
    for name, why in (
        ("security", "possible security breach or data loss"),
        ("rollback-failed", "the rollback failed"),
        ("change-failed", "a change failed"),
        ("major-incident", "several serious incidents at once"),
    ):
        if name in i.state.exceptions:
            return why
    if "revenue" in i.state.themes:
        return "major business impact"
    return ""


def _wanted(i: Incident, audience: str) -> bool:
    if i.state.severity in ("P0", "P1") and (audience != "executive" or i.state.severity == "P0"):
        return True
    return bool(due_because(i, audience))


def _never(i: Incident, audience: str) -> str:
    return f"{i.state.severity} calls for no {audience.replace('-', ' ')} notification by itself"
