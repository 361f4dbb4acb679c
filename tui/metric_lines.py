"""The metrics as lines of a list, and what is shown of the one that is chosen."""

from collections.abc import Sequence

from orchestrator.clock import iso
from orchestrator.model.action_item import ActionItem
from orchestrator.model.metrics import MET, MISSED, Metric
from orchestrator.model.metrics_report import Report
from orchestrator.model.metrics_words import (
    amount,
    course,
    sample_words,
    spark,
    target_words,
    value_words,
)
from orchestrator.model.policy import DAY
from tui.glyphs import mark
from tui.widgets.chooser import Line, Runs

MONTHS = 12
"""Months of a metric's course that a line shows."""

LONG_LINE = 90
"""Cells of the list from which its lines have room for the course."""

SAID = {MET: ("done", "ok", "bright"), MISSED: ("late", "breach", "breach*")}
"""Verdict → its mark, the token of that, and the token of the value."""


def metric_line(metric: Metric, report: Report, width: int) -> Line:
    """Mark, name, value; target and sample where there is room; the course where there is more."""
    word, tone, token = SAID.get(metric.verdict, ("none", "muted", "text"))
    if metric.value is None:
        token = "muted"
    left: Runs = (
        (f"{mark(word)} ", tone),
        (f"{metric.name:<23}", "muted" if metric.value is None else "text"),
        (f"{value_words(metric):>13}", token),
        (f"   {target_words(metric):<14}", "muted"),
    )
    right: Runs = ((f"{sample_words(metric):>12}", "muted"),)
    if width >= LONG_LINE:
        line = spark(course(report.months[-MONTHS:], metric.id))
        right = ((f"{line:>{MONTHS}}", "bar"), *right)
    return Line(metric.id, ((left, right),))


def overdue_line(item: ActionItem, now: float) -> Line:
    """Whose it is and how late; below it what is to be done."""
    days = max(1, round((now - item.due) / DAY))
    owner = (item.owner, "text" if item.owned else "muted")
    head: Runs = ((f"{mark('late')} ", "breach"), (f"{item.id}  ", "accent*"), owner)
    late: Runs = ((f"{iso(item.due)[:10]}  ", "muted"), (f"{days} d late", "breach*"))
    return Line(item.id, ((head, late), ((("  ", "muted"), (item.text, "muted")), ())))


def facts(metric: Metric) -> list[str]:
    """What there is to say of the chosen one besides its value."""
    found = [f"target {target_words(metric)}", f"n {sample_words(metric)}"]
    if metric.median is not None and metric.worst is not None:
        found.append(f"median {amount(metric.median, metric.unit)}")
        found.append(f"worst {amount(metric.worst, metric.unit)}")
    if metric.kept is not None:
        found.append(f"{metric.kept} of {metric.n} in their time")
    if metric.note:
        found.append(metric.note)
    return found


def divided(metric: Metric, reports: Sequence[Report]) -> list[tuple[str, str, str]]:
    """The same metric by severity, service and tier: group, value, sample; a blank row between."""
    rows: list[tuple[str, str, str]] = []
    for report in reports:
        found = [
            (group.name, value_words(one), sample_words(one))
            for group in report.groups
            for one in group.metrics
            if one.id == metric.id and one.n
        ]
        if found:
            rows += [("", "", ""), *found] if rows else found
    return rows
