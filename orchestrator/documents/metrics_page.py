"""The report as one page of HTML that needs nothing else: no script, no font, no address outside.

Everything that comes from incidents is escaped by the template engine; charts are our own.
"""

from collections.abc import Mapping

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from orchestrator.clock import iso
from orchestrator.documents.inert import plain
from orchestrator.documents.svg import course as chart
from orchestrator.model.metrics import Metric
from orchestrator.model.metrics_report import Report
from orchestrator.model.metrics_words import (
    amount,
    counted_words,
    course,
    sample_words,
    target_words,
    value_words,
)


def page(report: Report, project: str) -> str:
    """The whole page. The same report gives the same bytes."""
    made = Environment(
        loader=PackageLoader("templates", "report"),
        undefined=StrictUndefined,
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters.update(
        value=value_words, target=target_words, sample=sample_words, day=_day, plain=plain
    )
    return made.get_template("metrics.html.j2").render(
        report=report,
        project=project,
        counted=counted_words(report),
        charts=_charts(report),
        amount=amount,
    )


def _day(at: float) -> str:
    return iso(at)[:10]


def _charts(report: Report) -> Mapping[str, Markup]:
    return {metric.id: _chart(report, metric) for metric in report.metrics}


def _chart(report: Report, metric: Metric) -> Markup:
    values = course(report.months, metric.id)
    labels = [
        f"{month.name}: {'no data' if value is None else amount(value, metric.unit)}"
        for month, value in zip(report.months, values, strict=True)
    ]
    return chart(values, labels, metric.low, metric.high)
