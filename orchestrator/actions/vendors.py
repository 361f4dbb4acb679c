"""What to ask a vendor, from the journal alone; a person sends it, by whatever way they have."""

from typing import Any

from orchestrator.clock import iso
from orchestrator.evidence.hygiene import clean
from orchestrator.evidence.redaction import redact
from orchestrator.model.state import State
from orchestrator.settings import Service


def question(state: State, service: Service | None, why: str) -> dict[str, Any]:
    """The vendors of the service, and the text; no name of a person or host of ours is in it."""
    contacts = [one.model_dump() for one in service.vendors] if service is not None else []
    since = iso(state.impact_started_at) if state.impact_started_at else "UNKNOWN"
    lines = (
        f"Incident {state.incident}, severity {state.severity or 'UNKNOWN'}",
        f"What we see: {state.symptoms or state.title}",
        f"Since: {since}",
        f"Why we ask you: {why}",
        "What we need: is something known on your side, since when, and when will it be over?",
    )
    return {"contacts": contacts, "text": redact(clean("\n".join(lines)))[0]}
