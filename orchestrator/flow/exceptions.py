"""When things go wrong: the exception paths, each declared once, with what is done about it."""

from orchestrator.flow.decide import Incident
from orchestrator.flow.people import cover_silence
from orchestrator.model import events as ev

SIGN_OFF = "forensic sign-off"
"""Question that must be answered before anything is restored after a possible breach."""


def exceptions(i: Incident) -> None:
    sla_exceeded(i)
    security(i)
    cover_silence(i)
    if i.state.stopped:
        i.void("the line is stopped")


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


def suspected(i: Incident) -> str:
    """Why this may be a breach or a loss of data; empty when nothing says so."""
    for theme in ("security", "data-loss"):
        if theme in i.state.themes:
            return f"the guidance says {theme.replace('-', ' ')}"
    if i.state.category == "security":
        return "reported as a security incident"
    if i.state.answers.get("q5", "").strip().lower() not in ("", "no", "none", "unknown"):
        return "the intake says so"
    impact = i.state.report("triage/impact") or {}
    return "triage found data loss" if impact.get("data_loss") == "yes" else ""


def security(i: Incident) -> None:
    why = suspected(i)
    if not why:
        return
    i.emit(
        "exception/security",
        ev.ExceptionDeclared(
            "security",
            why,
            (
                "call the security gatekeeper and the response team",
                "preserve evidence before any change is approved",
                "isolate what is affected",
                "tell legal, compliance and executives at once",
                "regulatory clocks run: GDPR 72 h",
                "restore only after forensic sign-off",
            ),
        ),
    )
    i.ask("security/preserve", "security-gatekeeper", "preserve evidence", kind="preserve")
    i.ask("security/assessment", "security-gatekeeper", "security assessment")
    if SIGN_OFF not in i.state.answers:
        i.question(SIGN_OFF, "Has forensics signed off that systems may be restored? By whom?")
