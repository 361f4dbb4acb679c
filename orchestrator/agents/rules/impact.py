"""When users were first hit: from the ring, else the log, never the alert's own time."""

from dataclasses import dataclass

from orchestrator.agents.rules.desk import Desk
from orchestrator.agents.rules.figures import Figures
from orchestrator.agents.rules.filed import Filed
from orchestrator.agents.rules.opinion import Opinion, folder, of_folder
from orchestrator.agents.rules.words import clock_time, figure, quoted
from orchestrator.clock import iso
from orchestrator.evidence.analysis.onset import onset
from orchestrator.evidence.sources.logs import LogReading
from orchestrator.evidence.sources.timestamps import value

SIGNS = ("metric", "log", "trace", "pattern")
"""Exhibits that show the trouble itself, not what may have brought it."""

GIVEN = "given"
"""The signal of an impact that a bundle dates."""


@dataclass(frozen=True, slots=True)
class Impact:
    """The start of impact, how it was found, and on what that rests."""

    at: float
    how: str
    evidence: tuple[str, ...]
    signal: str


async def impact_of(desk: Desk, figures: Figures | None) -> Impact | None:
    """The start of impact; the log is asked only where the ring has no answer."""
    if folder(desk) is not None:
        return from_ranking(await of_folder(desk))
    found = from_figures(figures) if figures is not None else None
    if found is not None:
        return found
    detected = desk.bench.state.detected_at
    for reading, kept in await desk.logs(since=detected - 900, about=detected):
        found = from_log(reading, kept)
        if found is not None:
            return found
    return None


def from_ranking(opinion: Opinion | None) -> Impact | None:
    """The onset of a bundle, by the exhibit that lies nearest to it."""
    onset_at = opinion.analysis.onset if opinion is not None else None
    if opinion is None or onset_at is None:
        return None
    signs = opinion.of_kind(*SIGNS)
    if not signs:
        return None
    place, item = min(signs, key=lambda sign: abs((value(sign[1]["at"]) or 0.0) - onset_at))
    how = f"by the evidence handed in, from {iso(onset_at)[:19]}Z on: {quoted(item['summary'])}"
    return Impact(onset_at, how, (place,), GIVEN)


def from_figures(figures: Figures) -> Impact | None:
    """The first look of the run of bad looks."""
    trouble = figures.trouble()
    if trouble is not None:
        name, usual = trouble.signal, trouble.before.centre
        went = "fell" if trouble.peak < usual else "rose"
        how = (
            f"{name} {went} from {figure(name, usual)} to {figure(name, trouble.peak)}; "
            f"first of at least 3 looks in a row far outside the usual at {clock_time(trouble.at)}"
        )
        return Impact(trouble.at, how, (figures.cite(trouble.at),), name)
    down = figures.unreachable_since()
    if down is not None:
        how = f"the metrics page stopped answering at {clock_time(down)} and has not since"
        return Impact(down, how, (figures.cite(down),), "unreachable")
    return None


def from_log(reading: LogReading, kept: Filed) -> Impact | None:
    """The second in which errors in the log became far more than usual."""
    counts: dict[int, int] = {}
    first_line: dict[int, int] = {}
    for record in reading.records:
        if record.at is None:
            continue
        second = int(record.at)
        counts[second] = counts.get(second, 0) + failed(record.level, record.fields, record.bad)
        if failed(record.level, record.fields, record.bad):
            first_line.setdefault(second, record.line)
    if not counts:
        return None
    seconds = range(min(counts), max(counts) + 1)
    found = onset("errors", [(float(s), float(counts.get(s, 0))) for s in seconds], 1, floor=0.1)
    if found is None:
        return None
    cited = kept.at(first_line.get(int(found.at), 0))
    how = f"errors in {reading.path} rose from {found.before.centre:g}/s to {found.peak:g}/s"
    return Impact(found.at, f"{how} from {clock_time(found.at)} on", (cited,), "errors")


def failed(level: str, fields: dict[str, object], bad: bool) -> bool:
    """Whether a record tells of a failed request: by its status, else by its level."""
    status = status_of(fields)
    return bad if status is None else status >= 500


def status_of(fields: dict[str, object]) -> int | None:
    """The HTTP status a record carries, under any of its usual names; None without one."""
    for key in ("status", "code", "status_code", "http_status"):
        status = fields.get(key)
        if isinstance(status, str) and status.isdecimal():
            status = int(status)
        if isinstance(status, int) and not isinstance(status, bool) and 100 <= status < 600:
            return status
    return None
