"""Step 4, hierarchical escalation: drafted at once, due by trigger, sent by a person's key."""

from orchestrator.flow.decide import Incident, Pending
from orchestrator.flow.drafts import draft
from orchestrator.model import events as ev
from orchestrator.model.durations import words
from orchestrator.model.messages import EXECUTIVE, MANAGEMENT, NOTICE, STATUS_PAGE, further_path
from orchestrator.model.sending import worded_at, words_to

TEXTS = {
    "management": (MANAGEMENT, "project-manager", "management notification"),
    "executive": (EXECUTIVE, "project-manager", "executive notification"),
    "status-page": (STATUS_PAGE, "incident-responder", "status page update"),
}
"""Audience → document, role that drafts it, title."""


GRAVE = {
    "security": "possible security breach or data loss",
    "rollback-failed": "the rollback failed",
    "change-failed": "a change failed",
    "major-incident": "several serious incidents at once",
}
"""Exception → why executives are told of it at once, at any severity."""

BROKEN = {"sla-exceeded": "the resolution promise is broken"}

TOLD_AGAIN = {
    "management": BROKEN,
    "executive": {**GRAVE, **BROKEN},
    "status-page": {name: GRAVE[name] for name in ("rollback-failed", "change-failed")},
}
"""Audience → the exceptions that those who were told already are told of as well."""


def notify(i: Incident) -> None:
    """Keep a draft of what this severity calls for; say for each when it falls due."""
    wanted = [audience for audience in TEXTS if _wanted(i, audience)]
    waits = False
    for audience in wanted:
        first, role, title = TEXTS[audience]
        path = _next(i, audience)
        drafted = draft(i, f"notify/{audience}", role, title, path)
        waits |= drafted.running
        if not drafted.running and path not in i.state.messages:
            i.emit(f"message/{path}/drafted", ev.MessageDrafted(path))
        why = due_because(i, audience) if path == first else _news(i, audience)
        known = i.state.messages.get(path)
        if why and known is not None and known.state == "drafted":
            i.emit(f"message/{path}/due/{len(i.state.escalations)}", ev.MessageDue(path, why))
    if waits:
        raise Pending


def settle(i: Incident) -> None:
    """At resolution: what never fell due is not required, and the reason is kept."""
    for audience, (first, _, _) in TEXTS.items():
        path = words_to(i.state, first)[-1]
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
        return BROKEN["sla-exceeded"]
    return ""


def at_once(i: Incident) -> str:
    """What sends the executive notification at any severity; empty when nothing does."""
    for name, why in GRAVE.items():
        if name in i.state.exceptions:
            return why
    if "revenue" in i.state.themes:
        return "major business impact"
    return ""


def _next(i: Incident, audience: str) -> str:
    """The text an audience gets next: the first, or a further one once that was overtaken."""
    known = words_to(i.state, TEXTS[audience][0])
    last = i.state.messages.get(known[-1])
    if i.state.open and last is not None and last.state == "sent" and _news(i, audience):
        return further_path(known[0], len(known) + 1)
    return known[-1]


def _news(i: Incident, audience: str) -> str:
    """What went wrong since an audience was last told; empty while it knows everything."""
    begun = {
        why: float(i.state.exceptions[name]["at"])
        for name, why in TOLD_AGAIN[audience].items()
        if name in i.state.exceptions
    }
    if not begun:
        return ""
    told = max(worded_at(i.state, path) for path in words_to(i.state, TEXTS[audience][0]))
    return " and ".join(why for why, at in begun.items() if 0 < told < at)


def _wanted(i: Incident, audience: str) -> bool:
    if i.state.severity in ("P0", "P1") and (audience != "executive" or i.state.severity == "P0"):
        return True
    return bool(due_because(i, audience))


def _never(i: Incident, audience: str) -> str:
    return f"{i.state.severity} calls for no {audience.replace('-', ' ')} notification by itself"
