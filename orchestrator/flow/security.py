"""A possible breach or loss of data: evidence is kept first, isolation is offered, and nothing is
restored before forensics signed off.
"""

from orchestrator.flow.decide import Incident, Pending
from orchestrator.flow.unheeded import unheeded
from orchestrator.model import events as ev
from orchestrator.model.change_kinds import ISOLATING
from orchestrator.model.events import Json
from orchestrator.model.resting import ISOLATION

SIGN_OFF = "forensic sign-off"
"""Question that must be answered before anything is restored after a possible breach."""

ROLE = "security-gatekeeper"

DECLARED = 0.5
"""Score from which an intruder in the log declares a breach: refused again and again, then let in.

Who only takes much may be a partner's nightly export, and a breach stops every other change.
"""

DUTIES = {
    "legal": "Who speaks for legal and compliance?",
    "user notification": "Do users have to be told, by which law, and until when?",
}
"""What law may ask for after a breach; only people can answer it."""


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
    if impact.get("data_loss") == "yes":
        return "triage found data loss"
    intruder = _intruder(i)
    return f"the access log shows an intruder: {intruder}" if intruder else ""


def _intruder(i: Incident) -> str:
    """What regression triage saw of one; only a reason with evidence counts."""
    for cause in i.state.told("regression/verdict").get("external", ()):
        certain = float(cause.get("score", 0.0)) >= DECLARED
        if cause["kind"] == "intrusion" and certain and cause["why"]["evidence"]:
            return str(cause["why"]["text"])
    return ""


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
    for field, asked in DUTIES.items():
        if field not in i.state.answers:
            i.question(field, asked)
    if SIGN_OFF not in i.state.answers:
        i.question(SIGN_OFF, "Has forensics signed off that systems may be restored? By whom?")


def isolation(i: Incident) -> None:
    """Offer the catalogue's way to isolate, once evidence is kept; a refusal is the end of it."""
    if "security" not in i.state.exceptions or i.state.report("security/preserve") is None:
        return
    assessed = i.state.latest("security/assessment")
    if assessed is None or assessed.running:  # its card rests on what the gatekeeper saw
        return
    number = _offer(i)
    known = i.state.approvals.get(f"isolation@{number}")
    card = known.card if known is not None else _prepared(i, number, assessed.report)
    if card is not None and i.approval(f"isolation@{number}", card, ROLE):
        _carry_out(i, number, card)


def _prepared(i: Incident, number: int, assessed: Json) -> Json | None:
    """The card of one offer: what it found of its target before is true of that offer alone."""
    if unheeded(i, "isolation", number):
        return None
    anew = f"@{number}" if number > 1 else ""
    prepared = i.task(
        f"security/prepare-isolation{anew}",
        ROLE,
        "prepare the isolation",
        kind="prepare",
        inputs=_wanted(assessed),
    )
    return prepared["card"] if prepared is not None and prepared["possible"] else None


def _wanted(assessed: Json) -> Json:
    """The way that the gatekeeper names, else the catalogue's own way to isolate."""
    if assessed.get("action") and assessed.get("kind") in ISOLATING:
        return {
            "kind": str(assessed["kind"]),
            "action": str(assessed["action"]),
            "params": dict(assessed.get("params") or {}),
        }
    return {"kind": ISOLATION, "params": {}}


def _offer(i: Incident) -> int:
    """An offer that ran out or was voided is made again; one that was denied is not."""
    number = 1
    while (known := i.state.approvals.get(f"isolation@{number}")) is not None:
        if known.decision not in ("expired", "voided"):
            break
        number += 1
    return number


def _carry_out(i: Incident, number: int, card: Json) -> None:
    done = i.ask(
        f"security/isolate@{number}",
        ROLE,
        str(card["title"]),
        kind="action",
        tries=1,
        inputs={"approval": f"isolation@{number}", "card": card},
    )
    if done.running:
        raise Pending
    if done.outcome == "done" and done.report.get("drifted"):
        why = str(done.report["why"])
        i.emit(f"approval/isolation@{number}/voided", ev.ApprovalVoided(f"isolation@{number}", why))
        raise Pending
    if done.outcome != "done" or done.report.get("exit") != 0:
        why = done.why or str(done.report.get("why", "")) or f"exit {done.report.get('exit')}"
        i.question("isolation", f"The isolation did not succeed ({why}). How is it isolated?")
