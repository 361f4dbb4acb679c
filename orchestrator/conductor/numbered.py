"""An observation on its way into the journal: what was stored, what gave it, what it covers."""

from orchestrator.agents.contract import Observation
from orchestrator.evidence.hygiene import clean
from orchestrator.evidence.ledger import Stored
from orchestrator.evidence.redaction import redact
from orchestrator.evidence.safe import safe_text
from orchestrator.evidence.sources.timestamps import span
from orchestrator.model.events import EvidenceAdded

SUMMARY = 300


def numbered(observation: Observation, stored: Stored, by: str) -> EvidenceAdded:
    """The fact to journal, clean and without secrets; its number is given when it is applied."""
    source, in_source = redact(clean(observation.source))
    command, in_command = redact(clean(observation.command))
    summary = " ".join(safe_text(observation.summary).split())
    from_at, to_at = observation.from_at, observation.to_at
    if not from_at and observation.kind in ("log", "human"):
        from_at, to_at = span(observation.content.splitlines())
    return EvidenceAdded(
        eid="",
        kind=observation.kind,
        source=source,
        command=command,
        summary=summary[:SUMMARY],
        path=stored.path,
        sha256=stored.sha256,
        size=stored.size,
        lines=stored.lines,
        taint=observation.taint,
        truncated=stored.truncated or observation.truncated,
        redactions=stored.redactions + in_source + in_command,
        from_at=from_at,
        to_at=to_at,
        by=by,
        left_out=stored.left_out,
        instructions=() if observation.taint == "ours" else stored.instructions,
        computed_from=observation.computed_from,
    )
