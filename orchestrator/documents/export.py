"""An incident as one object that leaves the project: facts, figures, and the journal they rest on.

The journal's lines are part of it as they are, so whoever receives it can count everything again.
Its shape is told in docs/review.md; a change of it raises `VERSION`.
"""

import hashlib
import json
from collections.abc import Sequence
from itertools import islice
from typing import Any

from orchestrator.clock import iso
from orchestrator.documents.catalogue import artifacts
from orchestrator.documents.history import history
from orchestrator.documents.recorded_samples import Recorded
from orchestrator.documents.slo import measured, slo
from orchestrator.model.changes_made import changes_made
from orchestrator.model.codec import encode
from orchestrator.model.durations import durations
from orchestrator.model.events import Event, Json
from orchestrator.model.need_to_know import circle
from orchestrator.model.state import State
from orchestrator.project import IncidentFolder

FORMAT, VERSION = "warroom-export", 1
REVIEW = "post-incident-review.md"
NEED_TO_KNOW = "NEED TO KNOW: this may be a breach. Only for those who work on it."


def export(
    state: State, events: Sequence[Event], folder: IncidentFolder, samples: Recorded, at: float
) -> Json:
    """The whole object."""
    figures = slo(state)
    return {
        "format": FORMAT,
        "version": VERSION,
        "exported_at": iso(at),
        "need_to_know": sorted(circle(state)) if confidential(state) else None,
        "incident": _incident(state),
        "seconds": encode(durations(state)),
        "slo": None if figures is None else {**encode(figures), "measured": measured(state)},
        "cause": dict(state.cause),
        "deadlines": [encode(one) for one in state.deadlines.values()],
        "changes": [encode(one) for one in changes_made(state)],
        "approvals": [_approval(one) for one in state.approvals.values()],
        "timeline": [_told(one) for one in history(events)],
        "evidence": [encode(one) for one in state.evidence.values()],
        "messages": [_message(state, folder, path) for path in state.messages],
        "documents": [_document(state, folder, path) for path in state.documents],
        "missing": {path: why for path, why in artifacts(state).items() if why not in ("written",)},
        "questions": dict(state.questions),
        "samples": {"source": samples.source, "why": samples.why, "signals": samples.signals},
        "head": {"seq": state.seq, "hash": events[-1].hash if events else ""},
        "journal": _lines(folder, len(events)),
    }


def confidential(state: State) -> bool:
    """True for what only those may read who need to know."""
    return "security" in state.exceptions


def _incident(state: State) -> Json:
    names = (
        *("incident", "title", "service", "category", "method", "reporter", "status", "drill"),
        *("severity", "impact", "urgency", "resolution", "resolution_action", "reopened"),
    )
    times = ("detected_at", "impact_started_at", "acknowledged_at", "engaged_at", "triaged_at",
             "restored_at", "resolved_at", "reviewed_at", "closed_at")  # fmt: skip
    return {
        **{name: getattr(state, name) for name in names},
        **{name: getattr(state, name) or None for name in times},
        "roles": dict(state.roles),
        "impact_evidence": list(state.impact_evidence),
    }


def _approval(one: Any) -> Json:
    body = encode(one)
    return {**body, "argv": list(one.card.get("argv", ()))}


def _told(one: Any) -> Json:
    return {"at": one.at, "text": one.text, "by": one.actor, "note": one.note,
            "evidence": list(one.evidence), "key": one.key}  # fmt: skip


def _message(state: State, folder: IncidentFolder, path: str) -> Json:
    return {**encode(state.messages[path]), **_on_disk(folder, path)}


def _document(state: State, folder: IncidentFolder, path: str) -> Json:
    return {**encode(state.documents[path]), **_on_disk(folder, path)}


def _on_disk(folder: IncidentFolder, path: str) -> Json:
    """The text as it lies there, with people's edits, and its hash; why it is not there."""
    try:
        body = folder.document(path).read_bytes()
    except OSError as error:
        return {"text": None, "text_sha256": "", "why_no_text": (error.strerror or "").lower()}
    digest = hashlib.sha256(body).hexdigest()
    return {"text": body.decode("utf-8", "replace"), "text_sha256": digest, "why_no_text": ""}


def _lines(folder: IncidentFolder, count: int) -> list[Json]:
    """The journal as it is, as far as it was read: what came since, or is torn, is not told of."""
    with folder.journal.open("rb") as file:
        return [json.loads(line) for line in islice(file, count)]
