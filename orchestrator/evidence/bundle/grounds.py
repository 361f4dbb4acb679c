"""What a conclusion about changes rests on, ready to be made an evidence item of."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from orchestrator.evidence.bundle.contents import Commit, Flag
from orchestrator.evidence.bundle.diff_risk import Danger
from orchestrator.evidence.bundle.reach import Shipping
from orchestrator.evidence.bundle.symptoms import Moved
from orchestrator.evidence.bundle.utterances import Utterance

Datum = str | float | int


@dataclass(frozen=True, slots=True)
class Ground:
    """One thing that was seen: of which kind, where, when, in a sentence, with its figures."""

    kind: str
    """`log`, `trace`, `pattern`, `metric`, `diff`, `deploy` or `flag`"""
    source: str
    at: float
    summary: str
    data: Mapping[str, Datum] = field(default_factory=dict)


_KINDS = {"logs.ndjson": "log", "traces.ndjson": "trace", "log_patterns.json": "pattern"}


def of_utterance(one: Utterance) -> Ground:
    data: dict[str, Datum] = {"service": one.service, "count": one.count, "line": one.line}
    summary = f"{one.service}: {one.sample[:240]} ({one.count} times since the trouble began)"
    return Ground(_KINDS.get(one.source, "log"), one.source, one.first_at, summary, data)


def of_moved(one: Moved) -> Ground:
    left, series = one.departure, one.series
    data: dict[str, Datum] = {"service": series.service, "metric": series.metric,
                              "usual": left.usual, "during": left.during}  # fmt: skip
    summary = f"{series.service} {series.metric} went from {left.usual:g} to {left.during:g}"
    return Ground("metric", "metrics.csv", left.onset or float(series.times[-1]), summary, data)


def of_danger(commit: Commit, danger: Danger) -> Ground:
    data: dict[str, Datum] = {"sha": commit.sha, "path": danger.path, "line": danger.line}
    lines = commit.diff.split("\n")
    if 0 < danger.line <= len(lines):
        data["text"] = lines[danger.line - 1][:200]
    return Ground("diff", "changes.json", commit.at, f"{danger.path}: {danger.what}", data)


def of_shipping(commit: Commit, way: Shipping) -> Ground:
    data: dict[str, Datum] = {"sha": commit.sha, "service": way.service}
    if way.deploy is not None:
        data |= {"deployed": way.deploy.sha, "version": way.deploy.version}
    return Ground("deploy", "changes.json", way.live_at, f"{commit.sha[:12]} {way.how}", data)


def of_flag(flag: Flag) -> Ground:
    data: dict[str, Datum] = {"flag": flag.flag, "service": flag.service, "change": flag.change}
    summary = f"the flag {flag.flag} of {flag.service} was turned: {flag.change}"
    return Ground("flag", "changes.json", flag.at, summary, data)
