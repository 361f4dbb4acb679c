"""What was observed of a live incident in the form of a bundle, so that one ranking serves both."""

import numpy as np

from orchestrator.agents.rules.desk import Desk
from orchestrator.agents.rules.findings import Findings
from orchestrator.clock import iso
from orchestrator.evidence.bundle.contents import (
    Alert,
    Changes,
    Commit,
    Deploy,
    Flag,
    Graph,
    Notes,
    Series,
)
from orchestrator.evidence.bundle.read import Bundle, Json
from orchestrator.evidence.sources.logs import Record

NAMES = {
    "requests": "request_rate",
    "errors": "error_ratio",
    "p95": "latency_p95",
    "saturation": "saturation",
}
"""The signals by names that tell the ranking which way they hurt."""


def observed(desk: Desk, found: Findings) -> Bundle:
    """Series, log records, deploys, commits and who calls whom, as far as they were read."""
    state = desk.state
    series = _series(state.service, found)
    first = min((float(one.times[0]) for one in series), default=found.began - 1.0)
    quiet = found.began - (found.figures.interval if found.figures is not None else 1.0)
    return Bundle(
        folder=None,
        id=state.incident,
        ask="change" if found.suspects else "service",
        alert=Alert(
            at=state.detected_at,
            service=state.service,
            severity=state.severity,
            summary=f"{state.title}. {state.symptoms}",
        ),
        window=(found.began, max(desk.now, found.began + 1.0)),
        baseline=((first, quiet),) if first < quiet else (),
        series=series,
        changes=_changes(state.service, found),
        graph=Graph.of(
            [(one.name, needed) for one in desk.bench.settings.services
             for needed in one.dependencies]
        ),
        patterns=(),
        notes=Notes(),
        held={"logs.ndjson": _lines(state.service, found)},
    )  # fmt: skip


def _series(service: str, found: Findings) -> tuple[Series, ...]:
    if found.figures is None:
        return ()
    points = {name: found.figures.points(signal) for signal, name in NAMES.items()}
    return tuple(
        Series(
            service,
            name,
            np.array([at for at, _ in known]),
            np.array([value for _, value in known]),
        )
        for name, known in points.items()
        if known
    )


def _lines(service: str, found: Findings) -> list[Json]:
    records = [
        _line(service, record)
        for reading, _ in found.readings or []
        for record in reading.records
        if record.at is not None
    ]
    return sorted(records, key=lambda line: str(line["timestamp"]))


def _line(service: str, record: Record) -> Json:
    assert record.at is not None
    said = " ".join(part for part in (record.message, record.error, record.error_text) if part)
    frames = " ".join(f"{f.file.rpartition('/')[2]}:{f.line}" for f in record.frames[-3:])
    return {
        "timestamp": iso(record.at),
        "service": service,
        "severity": record.level,
        "message": " ".join(part for part in (record.location, said, frames) if part),
        **{k: v for k, v in record.fields.items() if isinstance(v, (str, int, float, bool))},
    }


def _changes(service: str, found: Findings) -> Changes:
    """Judged only where a deploy log could be read: else nobody knows what changed."""
    if found.deploys is None:
        return Changes()
    known = found.commits or {}
    commits = tuple(
        Commit(
            sha=one.candidate.sha,
            # the history says that it rode in that deploy, whatever the author's clock said
            at=min(known[one.candidate.sha].at, one.candidate.live_at),
            author=known[one.candidate.sha].author,
            message=one.candidate.subject,
            files=tuple(file.patch.path for file in one.candidate.files),
            diff=one.candidate.diff,
        )
        for one in found.suspects or ()
        if one.candidate.sha in known
    )
    deploys = tuple(
        Deploy(d.at, d.service, d.version, d.version) for d in found.deploys.deploys
    )  # fmt: skip
    turned = found.flags.flips if found.flags is not None else ()
    flags = tuple(
        Flag(one.at, one.flag, one.service or service, f"{one.before} to {one.after}", one.by)
        for one in turned
    )
    ordered = tuple(sorted(commits, key=lambda c: (c.at, c.sha)))
    return Changes(ordered, deploys, flags, judged=True)
