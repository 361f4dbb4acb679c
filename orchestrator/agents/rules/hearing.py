"""What fails since the trouble began, as the logs say it: each thing once, with all its times."""

from orchestrator.agents.rules.filed import Filed
from orchestrator.agents.rules.findings import Findings
from orchestrator.agents.rules.impact import status_of
from orchestrator.evidence.analysis.masking import mask
from orchestrator.evidence.analysis.outside.cause import Said
from orchestrator.evidence.analysis.outside.intrusion import Access
from orchestrator.evidence.analysis.templates import key_of
from orchestrator.evidence.sources.logs import LogReading, Record

MORE = 3.0
"""Times what would have been usual that counts as new trouble."""

_CLIENT = ("client", "client_ip", "remote_addr", "remote", "ip", "source_ip", "peer", "addr")
_SENT = ("bytes", "bytes_sent", "body_bytes_sent", "size", "response_size", "length")
_MOST = 50_000


def heard(found: Findings) -> list[Said]:
    """New errors and those far more frequent, in all logs that reach to both sides of the start."""
    moment = found.began - (found.figures.interval if found.figures is not None else 0.0)
    said: list[Said] = []
    for reading, kept in found.readings or []:
        said += _of(reading, kept, moment)
    return sorted(said, key=lambda one: (-one.count, one.place))


def _of(reading: LogReading, kept: Filed, moment: float) -> list[Said]:
    dated = [record for record in reading.records if record.at is not None]
    times = [record.at for record in dated if record.at is not None]
    if not times or min(times) >= moment or max(times) <= moment:
        return []
    ratio = (max(times) - moment) / (moment - min(times))
    before: dict[str, int] = {}
    after: dict[str, list[Record]] = {}
    for record in dated:
        if not record.bad:
            continue
        key = f"{key_of(record)}|{mask(record.error_text)}"
        if record.at is not None and record.at >= moment:
            after.setdefault(key, []).append(record)
        else:
            before[key] = before.get(key, 0) + 1
    return [
        _said(records, kept)
        for key, records in after.items()
        if len(records) > MORE * before.get(key, 0) * ratio
    ]


def _said(records: list[Record], kept: Filed) -> Said:
    first = records[0]
    return Said(
        text=f"{first.message} {first.error}: {first.error_text}",
        count=len(records),
        times=tuple(record.at for record in records if record.at is not None),
        place=kept.at(first.line),
        effect=not first.frames and not first.error and status_of(first.fields) is not None,
    )


def accesses(reading: LogReading, kept: Filed) -> list[Access]:
    """The lines of an access log, as far as they say who asked."""
    found: list[Access] = []
    for record in reading.records[-_MOST:]:
        client = next((c for k in _CLIENT if isinstance(c := record.fields.get(k), str) and c), "")
        status = status_of(record.fields)
        if client and status is not None and record.at is not None:
            sent = next((n for k in _SENT if (n := _number(record.fields.get(k))) is not None), 0.0)
            found.append(Access(client, status, sent, record.at, kept.at(record.line)))
    return found


def _number(value: object) -> float | None:
    known = isinstance(value, int | float) and not isinstance(value, bool)
    return float(value) if known else None  # type: ignore[arg-type]
