"""What a conclusion rests on, ready to be made an evidence item of.

Every figure in a summary stands in the data as well, with the windows and keys by which it can be
computed again from the files of the bundle; docs/analysis.md says how, kind by kind.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from orchestrator.clock import iso
from orchestrator.evidence.analysis.departure import Departure
from orchestrator.evidence.analysis.external import Traffic
from orchestrator.evidence.analysis.mining import NEW, Shift
from orchestrator.evidence.bundle.calls import Edge
from orchestrator.evidence.bundle.contents import Alert, Commit, Flag, Series, Windows
from orchestrator.evidence.bundle.diff_risk import Danger
from orchestrator.evidence.bundle.flow import Step
from orchestrator.evidence.bundle.reach import Shipping
from orchestrator.evidence.bundle.utterances import Utterance

Datum = str | float | int | Sequence[str] | Sequence[Sequence[str]]


@dataclass(frozen=True, slots=True)
class Ground:
    """One thing that was seen: of which kind, where, when, in a sentence, with its figures."""

    kind: str
    """`log`, `trace`, `pattern`, `metric`, `diff`, `deploy`, `flag` or `alert`"""
    source: str
    at: float | None
    summary: str
    data: Mapping[str, Datum] = field(default_factory=dict)


_KINDS = {"logs.ndjson": "log", "traces.ndjson": "trace", "log_patterns.json": "pattern"}


def of_utterance(one: Utterance, since: float) -> Ground:
    """Something said again and again; `since`: the beginning from which it was counted."""
    data: dict[str, Datum] = {"service": one.service, "count": one.count, "line": one.line,
                              "template": one.template, "since": iso(since)}  # fmt: skip
    summary = f"{one.service}: {one.sample[:240]} ({one.count} times since the trouble began)"
    return Ground(_KINDS.get(one.source, "log"), one.source, one.first_at, summary, data)


def of_departure(series: Series, left: Departure, found: Windows) -> Ground:
    """A series that left its usual: medians, and how far and how rare that is."""
    data: dict[str, Datum] = {
        "service": series.service,
        "metric": series.metric,
        "statistic": "median",
        "usual": left.usual,
        "during": left.during,
        "worst_quarter": left.worst,
        "deviation": round(left.score, 6),
        "rarity": round(left.rarity, 6),
        "points": left.points,
        **_windows(found),
    }
    summary = (
        f"{series.service} {series.metric}: {left.during:.6g} in the incident, "
        f"its worst quarter beyond {left.worst:.6g}, {left.usual:.6g} before"
    )
    return Ground("metric", "metrics.csv", left.onset, summary, data)


def of_rise(series: Series, rise: Traffic, onset: float, step: float) -> Ground:
    """Load that rose before the trouble or with it; `step` is the series' own, in seconds."""
    began = min(rise.rose_at or onset, onset)
    data: dict[str, Datum] = {
        "service": series.service,
        "metric": series.metric,
        "statistic": "median",
        "usual": rise.usual,
        "usual_until": iso(rise.rose_at or onset),
        "during": rise.during,
        "around": _span((began, onset + 2 * step)),
        "factor": round(rise.factor, 6),
    }
    summary = (
        f"{series.service} {series.metric} rose to {rise.during:.6g} from {rise.usual:.6g}, "
        "before the trouble or with it"
    )
    return Ground("metric", "metrics.csv", rise.rose_at, summary, data)


def of_step(step: Step, found: Windows) -> Ground:
    """A statement that no longer follows another inside a span."""
    data: dict[str, Datum] = {
        "service": step.service,
        "before": step.before,
        "after": step.after,
        "usual": round(step.usual, 6),
        "during": round(step.during, 6),
        "seen": step.seen,
        **_windows(found),
    }
    summary = (
        f"{step.service}: after {step.before} came {step.after} in {step.usual:.0%} of all "
        f"cases, now in {step.during:.0%} of {step.seen}"
    )
    return Ground("log", "logs.ndjson", None, summary, data)


def of_outcry(service: str, said: str, before: int, now: int, found: Windows) -> Ground:
    """An error statement that is new, or far more frequent than its normal times would make it."""
    data: dict[str, Datum] = {"service": service, "statement": said, "usual_count": before,
                              "count": now, **_windows(found)}  # fmt: skip
    summary = f"{service}: {said[:200]} was logged {now} times in the incident, {before} before"
    return Ground("log", "logs.ndjson", None, summary, data)


def of_shift(shift: Shift, found: Windows) -> Ground:
    """A template of log lines that is said at another rate; where no line lies in a span."""
    data: dict[str, Datum] = {
        "service": shift.service,
        "template": shift.template,
        "change": shift.kind,
        "usual_count": shift.before,
        "count": shift.after,
        "expected": round(shift.expected, 6),
        "deviation": shift.surprise,
        "line": shift.line,
        "step_seconds": shift.step,
        **_windows(found),
    }
    summary = (
        f"{shift.service}: {shift.template[:200]}: {shift.after} lines in the incident, "
        f"{shift.expected:.1f} were to be expected ({shift.kind})"
    )
    at = shift.first_at if shift.kind == NEW else None
    return Ground("log", "logs.ndjson", at, summary, data)


def of_edge(edge: Edge, found: Windows) -> Ground:
    """Calls that take longer than their callee needs."""
    data: dict[str, Datum] = {
        "caller": edge.caller,
        "callee": edge.callee,
        "statistic": "P75 in the incident, P90 before",
        "usual_ms": round(edge.usual, 6),
        "during_ms": round(edge.during, 6),
        "calls": edge.calls,
        **_windows(found),
    }
    summary = (
        f"calls from {edge.caller} to {edge.callee}: {edge.during:.1f} ms beyond the callee's "
        f"own time, {edge.usual:.1f} ms before"
    )
    return Ground("trace", "traces.ndjson", None, summary, data)


def of_danger(commit: Commit, danger: Danger) -> Ground:
    """What a diff does; `line` counts the lines of the diff itself."""
    data: dict[str, Datum] = {"sha": commit.sha, "path": danger.path, "line": danger.line}
    lines = commit.diff.split("\n")
    if 0 < danger.line <= len(lines):
        data["text"] = lines[danger.line - 1][:200]
    if danger.setting is not None:
        data |= {"old": danger.setting.old, "new": danger.setting.new}
    return Ground("diff", "changes.json", commit.at, f"{danger.path}: {danger.what}", data)


def of_shipping(commit: Commit, way: Shipping) -> Ground:
    """How a commit came to be live; `at` is the deploy's time, else the commit's own."""
    data: dict[str, Datum] = {"sha": commit.sha, "service": way.service}
    if way.deploy is not None:
        data |= {"deployed": way.deploy.sha, "version": way.deploy.version}
    return Ground("deploy", "changes.json", way.live_at, f"{commit.sha[:12]} {way.how}", data)


def of_flag(flag: Flag) -> Ground:
    """A switch that was turned."""
    data: dict[str, Datum] = {"flag": flag.flag, "service": flag.service, "change": flag.change}
    summary = f"the flag {flag.flag} of {flag.service} was turned: {flag.change}"
    return Ground("flag", "changes.json", flag.at, summary, data)


def of_alert(alert: Alert) -> Ground:
    """What the alert says of itself, where it is all there is."""
    return Ground("alert", "bundle.json", alert.at, alert.summary, {"service": alert.service})


def _windows(found: Windows) -> dict[str, Datum]:
    """The spans compared, both ends included; what lies in the incident is never normal."""
    return {
        "incident": _span(found.incident),
        "normal": tuple(_span(one) for one in found.normal),
    }


def _span(one: tuple[float, float]) -> tuple[str, str]:
    return iso(one[0]), iso(one[1])
