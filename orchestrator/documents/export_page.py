"""An exported incident as one page of HTML that needs nothing else: no script, font or address.

Everything that comes from the incident is escaped by the template engine or by the Markdown
renderer, which knows no HTML, no links and no pictures here.
"""

import re
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markdown_it import MarkdownIt
from markupsafe import Markup

from orchestrator.documents.export import NEED_TO_KNOW, REVIEW
from orchestrator.documents.inert import plain
from orchestrator.documents.sheet import length, moment_words, percent
from orchestrator.documents.time_chart import Mark, chart
from orchestrator.model.events import Json

UNITS = {"errors": "share", "saturation": "share", "p95": "s", "requests": "/s"}
"""Of the signals that are known by name; others are drawn as bare numbers."""

NAMES = {"errors": "failed share", "p95": "p95 latency", "requests": "requests"}


def page(body: Json) -> str:
    """The whole page. The same object gives the same bytes."""
    made = Environment(
        loader=PackageLoader("templates", "report"),
        undefined=StrictUndefined,
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters.update(plain=plain, words=length, moment=_moment, percent=percent)
    texts = {one["path"]: one["text"] for one in body["documents"]}
    return made.get_template("incident.html.j2").render(
        body=body,
        incident=body["incident"],
        need_to_know=NEED_TO_KNOW if body["need_to_know"] is not None else "",
        charts=_charts(body),
        review=markdown(texts.get(REVIEW)),
        no_review=body["missing"].get(REVIEW, "it was not written"),
        markdown=markdown,
    )


def _moment(at: Any) -> str:
    return moment_words(at).replace("T", " ").removesuffix("Z") if at else "UNKNOWN"


def markdown(text: str | None) -> Markup:
    """A document's text as HTML; raw HTML in it stays text, and nothing is linked or loaded."""
    if not text:
        return Markup("")
    reader = MarkdownIt("commonmark", {"html": False}).enable("table")
    reader.disable(["link", "autolink", "image", "html_inline", "html_block", "reference"])
    made = reader.render(text)
    return Markup(re.sub(r"<(/?)h([1-4])>", lambda h: f"<{h[1]}h{int(h[2]) + 2}>", made))


def marks(body: Json) -> list[Mark]:
    """The moments that a chart shows."""
    incident = body["incident"]
    found = [
        Mark(incident["impact_started_at"] or 0.0, "impact", "harm"),
        Mark(incident["detected_at"], "detected", "harm"),
        *(Mark(one["began"], f"change {one['number']}", "change") for one in body["changes"]),
        Mark(incident["restored_at"] or 0.0, "restored", "well"),
    ]
    return [mark for mark in found if mark.at]


def _charts(body: Json) -> list[tuple[str, Markup]]:
    drawn = []
    for name, points in body["samples"]["signals"].items():
        if len(points) > 1:
            label = NAMES.get(name, name)
            drawn.append((label, chart(label, points, marks(body), UNITS.get(name, ""))))
    return drawn
