"""Step 2, triage: impact and urgency side by side, then the matrix decides the priority."""

from orchestrator.flow.decide import Incident
from orchestrator.flow.regression import judge_again
from orchestrator.model import events as ev
from orchestrator.model.policy import impact_level, priority

LEADERS = {
    "commander": "Who commands this incident?",
    "technical-lead": "Who leads the technical work?",
    "communications-lead": "Who speaks for this incident?",
}
"""P0 and P1 need each of them, from the settings or asked for."""


def triage(i: Incident) -> None:
    impact, urgency = i.all(
        i.ask("triage/impact", "incident-responder", "impact on users"),
        i.ask("triage/urgency", "reliability-engineer", "urgency and error budget"),
    )
    share = (impact or {}).get("affected_share")
    data_loss = (impact or {}).get("data_loss") == "yes"
    level = impact_level(i.policy, None if share is None else float(share), data_loss)
    pressing = str((urgency or {}).get("level", "HIGH"))
    computed = priority(level, pressing)
    if i.emit("triage/priority", ev.PriorityComputed(level, pressing, computed)):
        i.status("TRIAGED")
    if not i.state.severity_human:
        i.emit("triage/severity", ev.SeveritySet(computed, "matrix", f"{level} × {pressing}"))
    judge_again(i)
    if i.state.severity in ("P0", "P1"):
        lead(i)


def lead(i: Incident) -> None:
    """Fill the leading roles from the settings; ask for those nobody holds."""
    for role, question in LEADERS.items():
        assign(i, role, question)


def assign(i: Incident, role: str, question: str) -> None:
    if role in i.state.roles:
        return
    person = holder(i, role)
    if person:
        i.emit(f"role/{role}", ev.RoleAssigned(role, person, "settings"))
    else:
        i.question(role, question)


def holder(i: Incident, role: str) -> str:
    """The first person whose settings name the role; empty when nobody has it."""
    for person in i.state.people:
        if role in person.get("roles", ()):
            return str(person["name"])
    return ""
