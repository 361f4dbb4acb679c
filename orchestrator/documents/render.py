"""One document's text from state and events, through its template: the same in, the same bytes out.

Nothing here asks for the time, and nothing counts written documents or events, so writing a
document down never changes what it says. Templates are strict: a name that does not exist is a
`DocumentError` that says where, and concerns that document alone.
"""

import re
import traceback
from collections.abc import Sequence
from functools import cache
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined, TemplateError, TemplateSyntaxError

from orchestrator.documents.catalogue import CATALOGUE, ended
from orchestrator.documents.completion import completion
from orchestrator.documents.history import before, history
from orchestrator.documents.inert import block, code, command, inert
from orchestrator.documents.sheet import Sheet, figure, length, moment_words, percent, unknown
from orchestrator.documents.slo import slo
from orchestrator.model.deadlines import promises
from orchestrator.model.durations import durations
from orchestrator.model.events import Event
from orchestrator.model.fold import advance
from orchestrator.model.gates import gates
from orchestrator.model.state import State


class DocumentError(Exception):
    """A document that cannot be written: its template, the line, and what is wrong, in one line."""


@cache
def environment() -> Environment:
    """Strict templates whose every expression is made inert before it is printed."""
    made = Environment(
        loader=PackageLoader("templates", "documents"),
        undefined=StrictUndefined,
        autoescape=True,
        finalize=inert,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    made.filters.update(code=code, command=command, block=block)
    made.filters.update(percent=percent, words=length, moment=moment_words)
    made.globals.update(figure=figure, unknown=unknown)
    return made


def render(path: str, state: State, events: Sequence[Event]) -> str:
    """The document at `path` of the incident's folder, from its state and all of its events.

    DocumentError when the template fails or the events do not begin with the first.
    """
    document = next((d for d in CATALOGUE if d.path == path), None)
    if document is None:
        raise DocumentError(f"{path} is no document of an incident")
    if state.seq and (not events or events[0].seq != 1):
        raise DocumentError(f"{path} needs the journal from its first event on")
    if document.as_of:
        state, events = as_of(document.as_of, events)
    try:
        text = (
            environment()
            .get_template(document.template)
            .render(**context(state, events), title=document.title)
        )
    except Exception as error:  # any failure of a template concerns its own document alone
        raise DocumentError(_told(document.template, error)) from error
    return tidy(text)


def tidy(text: str) -> str:
    """No blanks at the end of a line, no two empty lines in a row, one newline at the end."""
    lines = "\n".join(line.rstrip() for line in text.split("\n"))
    return re.sub(r"\n{3,}", "\n\n", lines).strip() + "\n"


def as_of(key: str, events: Sequence[Event]) -> tuple[State, Sequence[Event]]:
    """The incident as it was when some work had ended."""
    state = State()
    for number, event in enumerate(events, start=1):
        advance(state, event)
        if ended(state, key):
            return state, events[:number]
    return state, events


def context(state: State, events: Sequence[Event]) -> dict[str, Any]:
    """Everything a template may name."""
    sheet = Sheet(state)
    return {
        "state": state,
        "sheet": sheet,
        "report": sheet.report,
        "field": sheet.field,
        "claim": sheet.claim,
        "cite": sheet.cite,
        "known": sheet.known,
        "at": sheet.at,
        "took": durations(state),
        "promised": promises(state.policy, state),
        "gates": gates(state),
        "slo": slo(state),
        "history": lambda: history(events),
        "before": lambda: before(state),
        "completion": lambda: completion(state),
    }


def _told(template: str, error: Exception) -> str:
    """One line: the template, the line in it, and the fault."""
    if isinstance(error, TemplateSyntaxError):
        where = f"templates/documents/{error.name or template} line {error.lineno}"
        return f"{where}: {error.message}"
    suffix = template.rsplit("/", 1)[-1]
    frames = [f for f in traceback.extract_tb(error.__traceback__) if f.filename.endswith(".j2")]
    line = f" line {frames[-1].lineno}" if frames else ""
    name = frames[-1].filename.split("documents/", 1)[-1] if frames else template
    kind = "" if isinstance(error, TemplateError) else f"{type(error).__name__}: "
    message = " ".join(str(error).split()) or suffix
    return f"templates/documents/{name}{line}: {kind}{message}"
