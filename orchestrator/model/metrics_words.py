"""How the report's figures are written: one wording for the terminal, the page and the screen."""

from collections.abc import Iterable, Sequence

from orchestrator.model.durations import words
from orchestrator.model.metrics import Metric
from orchestrator.model.metrics_report import Group, Report

SPARKS, ASCII_SPARKS = "▁▂▃▄▅▆▇█", ".:-=+*%#"


DEFINITIONS = {
    "mttd": "From the start of impact to the detection, where the start is known.",
    "regression-triage": "From detection to the first verdict on recent changes.",
    "mtta": "From detection until a person had seen it, by the last severity.",
    "mtte": "From detection until a person worked on it, by the last severity.",
    "mttr": "From detection to the resolution that stands, by the last severity.",
    "tier": "Share of resolved incidents that went no higher than this tier.",
    "regression-detection": "Of incidents that a change caused, those the regression triage found.",
    "rollback-success": "Of rollbacks that ran, those after which the service stayed well.",
    "recurrence": "Of resolved incidents of known cause, those whose fault came again in 90 days.",
    "reviews": "Of reviews of P0 and P1 that are due, those that are written.",
    "actions": "Of preventive actions done or late, those done by their date.",
}
"""What each metric means, by its id or the first word of that."""


def definition(metric: str) -> str:
    """What a metric means, in one sentence."""
    return DEFINITIONS.get(metric) or DEFINITIONS[metric.partition("-")[0]]


def value_words(metric: Metric) -> str:
    """The value in its unit; `no data` where there is none."""
    return "no data" if metric.value is None else amount(metric.value, metric.unit)


def amount(value: float, unit: str) -> str:
    """Seconds as a length, a share in percent: what is short of all never rounds to 100 %."""
    if unit == "s":
        return words(value)
    shown = round(value * 100, 1)
    if value < 1 and shown >= 100:
        shown = 99.9
    if value > 0 and shown <= 0:
        shown = 0.1
    return f"{shown:.1f} %"


def target_words(metric: Metric) -> str:
    """`within 5 min`, `60-80 %`, `over 90 %`; `none` where there is no target."""
    low, high = metric.low, metric.high
    if metric.unit == "s":
        return "none" if high is None else f"within {words(high)}"
    if low is not None and high is not None:
        return f"{low * 100:.0f}-{high * 100:.0f} %"
    if low is not None:
        return f"over {low * 100:.0f} %" if metric.strict else f"{low * 100:.0f} %"
    if high is not None:
        return f"under {high * 100:.0f} %"
    return "none"


def sample_words(metric: Metric) -> str:
    """How many figures it rests on, of how many it is about."""
    return f"{metric.n} of {metric.of}" if metric.n != metric.of else f"{metric.n}"


def course(months: Iterable[Group], metric: str) -> list[float | None]:
    """A metric's value month by month; None where a month has no data."""
    return [one.value for month in months for one in month.metrics if one.id == metric]


def spark(values: Sequence[float | None], ascii_only: bool = False) -> str:
    """One sign a value, from the least to the most of them; a gap where there is none.

    Of a single value nothing can be compared: it is no spark.
    """
    known = [value for value in values if value is not None]
    if len(known) < 2:
        return ""
    signs = ASCII_SPARKS if ascii_only else SPARKS
    low, high = min(known), max(known)
    span = (high - low) or 1.0
    top = len(signs) - 1
    return "".join(
        " " if value is None else signs[round((value - low) / span * top)] for value in values
    )


def counted_words(report: Report) -> str:
    """`42 incidents`, and which were left out."""
    parts = [_count(report.incidents, "incident")]
    if report.drills or report.forks:
        left = [_count(report.drills, "drill")] if report.drills else []
        left += [_count(report.forks, "fork")] if report.forks else []
        parts.append(f"{' and '.join(left)} {'counted' if report.with_drills else 'not counted'}")
    if report.broken:
        parts.append(f"{_count(len(report.broken), 'broken journal')} in no figure")
    return ", ".join(parts)


def _count(number: int, word: str) -> str:
    return f"{number} {word}{'s' * (number != 1)}"
