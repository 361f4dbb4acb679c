"""What the metrics screen consists of: its header, the metrics, the chosen one, what is overdue."""

from collections.abc import Sequence
from textwrap import wrap

from textual.strip import Strip

from orchestrator.model.metrics import Metric
from orchestrator.model.metrics_report import Report
from orchestrator.model.metrics_words import amount, counted_words, course, definition
from tui.ink import Piece, row
from tui.metric_lines import SAID, divided, facts, metric_line, overdue_line
from tui.widgets.chooser import Chooser
from tui.widgets.region import Region
from tui.widgets.signals import spark

TALLEST, WIDEST = 8, 6
"""Rows of the plot, and cells of one month in it."""


class MetricsHeader(Region):
    """Which project, and what is counted."""

    GROUND = "background"

    def __init__(self, project: str) -> None:
        super().__init__(id="header")
        self._project = project
        self._counted = "reading …"

    def apply(self, report: Report | None) -> None:
        self._counted = counted_words(report) if report is not None else "reading …"
        self.changed()

    def body(self, width: int, height: int) -> list[Strip]:
        ink, ground = self.ink, "background"
        left: list[Piece] = [
            ("warroom", ink("accent", ground, bold=True)),
            (f"   {self._project}", ink("bright", ground, bold=True)),
        ]
        if width >= 100:  # below, the tabs say it
            left.append(("   metrics", ink("text", ground)))
        return [row(ink, width, left, [(self._counted, ink("muted", ground))], on=ground)]


class MetricList(Chooser):
    """Every metric with its value, target and verdict."""

    TITLE = "Metrics"
    EMPTY = "reading …"

    def apply(self, report: Report) -> None:
        self.show([metric_line(one, report, self.size.width) for one in report.metrics])

    def fact(self) -> Sequence[Piece]:
        on = "focus-band" if self.has_focus else "panel"
        return [("value, target, n", self.ink("muted", on))]


class Overdue(Chooser):
    """Preventive actions behind their date, over all incidents."""

    TITLE = "Overdue actions"
    EMPTY = "no preventive action is late"
    STAYS = False

    def apply(self, report: Report) -> None:
        self.show([overdue_line(one, report.at) for one in report.overdue])


class MetricDetail(Region):
    """The chosen metric: what it means, its course by month, and the same by other properties."""

    TITLE = "By month"

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id)
        self._metric: Metric | None = None
        self._report: Report | None = None
        self._divided: Sequence[Report] = ()

    def apply(self, metric: Metric | None, report: Report, by: Sequence[Report]) -> None:
        self._metric, self._report, self._divided = metric, report, by
        self.changed()

    def fact(self) -> Sequence[Piece]:
        name = self._metric.name if self._metric is not None else ""
        return [(name, self.ink("muted", "panel"))]

    def body(self, width: int, height: int) -> list[Strip]:
        ink, metric = self.ink, self._metric
        if metric is None or self._report is None:
            return [row(ink, width, [("nothing is chosen", ink("muted"))])]
        rows: list[Strip] = []
        for line in wrap(definition(metric.id), max(10, width - 3)):
            rows.append(row(ink, width, [(line, ink("text"))]))
        word, tone, _ = SAID.get(metric.verdict, ("none", "muted", ""))
        rows.append(row(ink, width, [(metric.verdict.lower(), ink(tone, bold=word == "late"))]))
        for line in wrap(", ".join(facts(metric)), max(10, width - 3)):
            rows.append(row(ink, width, [(line, ink("muted"))]))
        rows.append(row(ink, width, []))
        others = divided(metric, self._divided)
        tall = max(2, min(TALLEST, height - len(rows) - len(others) - 3))
        rows += [*self._plot(metric, self._report, width, tall), row(ink, width, [])]
        for name, value, sample in others:
            left: list[Piece] = [(f"{name:<16}", ink("muted")), (value, ink("text"))]
            rows.append(row(ink, width, left, [(sample, ink("muted"))] if sample else ()))
        return rows

    def _plot(self, metric: Metric, report: Report, width: int, tall: int) -> list[Strip]:
        """Columns by month, full height standing for the most of it or of its target."""
        ink, room = self.ink, max(1, width - 2)
        months = report.months[-room:]
        values = course(months, metric.id)
        known = [value for value in values if value is not None]
        if not known:
            return [row(ink, width, [("no month has data", ink("muted"))])]
        top = max([*known, metric.high or 0.0, metric.low or 0.0]) or 1.0
        cells = max(1, min(WIDEST, room // len(values)))
        columns = [value for value in values for _ in range(cells)]
        most = row(ink, width, [(f"{amount(top, metric.unit)} is full height", ink("muted"))])
        plot = [row(ink, width, [(line, ink("bar"))]) for line in spark(columns, tall, top)]
        ends = months[0].name
        if len(months) > 1:
            ends += months[-1].name.rjust(max(len(ends) + 1, len(columns) - len(ends)))
        return [most, *plot, row(ink, width, [(ends, ink("muted"))])]
