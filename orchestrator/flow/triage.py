"""Step 2, triage: impact and urgency side by side, then the matrix decides the priority."""

from orchestrator.flow.decide import Incident
from orchestrator.flow.people import lead
from orchestrator.flow.regression import judge_again
from orchestrator.model import events as ev
from orchestrator.model.policy import impact_level, priority

MINOR = ("P2", "P3")
"""Severities that a possible breach is raised from: numbers that look well say little of it."""


def triage(i: Incident) -> None:
    if i.skipped("triage"):
        if i.state.status == "DETECTED":
            i.status("TRIAGED", i.state.skipped["triage"])
        return
    impact, urgency = i.all(
        i.ask("triage/impact", "incident-responder", "impact on users"),
        i.ask("triage/urgency", "reliability-engineer", "urgency and error budget"),
    )
    share = (impact or {}).get("affected_share")
    data_loss = (impact or {}).get("data_loss") == "yes"
    level = impact_level(i.policy, None if share is None else float(share), data_loss)
    pressing = str((urgency or {}).get("level", "HIGH"))
    computed = priority(level, pressing)
    i.emit(i.nth("triage/priority"), ev.PriorityComputed(level, pressing, computed))
    if i.state.status == "DETECTED":
        i.status("TRIAGED")
    if not i.state.severity_human:
        i.emit(
            i.nth("triage/severity"), ev.SeveritySet(computed, "matrix", f"{level} × {pressing}")
        )
        if "security" in i.state.exceptions and i.state.severity in MINOR:
            why = "a possible breach or loss of data: unsure means higher"
            i.emit(i.nth("triage/breach"), ev.SeveritySet("P1", "possible breach", why))
    judge_again(i)
    if i.state.severity in ("P0", "P1"):
        lead(i)
