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

from orchestrator.documents import messages
from orchestrator.documents.catalogue import SUMMARY, Document, catalogue, ended
from orchestrator.documents.completion import completion
from orchestrator.documents.deepdive import deep_dive
from orchestrator.documents.escalations import escalations
from orchestrator.documents.history import before, history, starred
from orchestrator.documents.inert import block, code, command, inert, patch
from orchestrator.documents.meeting import agenda, attendees, calendar, meeting
from orchestrator.documents.packet import number_of, offered_at, packet
from orchestrator.documents.prevention import prevention
from orchestrator.documents.register import is_entry, regression, summary
from orchestrator.documents.sheet import (
    Sheet,
    figure,
    length,
    moment_words,
    percent,
    sentence,
    unknown,
)
from orchestrator.documents.slo import measured, slo
from orchestrator.documents.updates import actions_since, needs
from orchestrator.model.attempt import WORDS as EFFECTS
from orchestrator.model.changes_made import changes_made
from orchestrator.model.deadlines import promises
from orchestrator.model.differences import differences
from orchestrator.model.durations import durations
from orchestrator.model.events import Event
from orchestrator.model.fold import advance, fold_all
from orchestrator.model.gates import gates
from orchestrator.model.hotfix_state import standing
from orchestrator.model.records import Document as Written
from orchestrator.model.resting import ground, spoken
from orchestrator.model.spending import HEADS, table
from orchestrator.model.state import State
from orchestrator.model.wording import EXCEPTIONS


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
    made.filters.update(code=code, command=command, block=block, patch=patch)
    made.filters.update(sentence=sentence, percent=percent, words=length, moment=moment_words)
    made.filters.update(ground=ground, spoken=spoken)
    made.globals.update(figure=figure, unknown=unknown)
    return made


def render(path: str, state: State, events: Sequence[Event]) -> str:
    """The document at `path` of the incident's folder, from its state and all of its events.

    DocumentError when the template fails or the events do not begin with the first.
    """
    document = named(path, state)
    if state.seq and (not events or events[0].seq != 1):
        raise DocumentError(f"{path} needs the journal from its first event on")
    state, events = frozen(document, state, events)
    try:
        if document.path.endswith(".ics"):
            return calendar(state)
        if is_entry(document.path):
            return regression(document.path, state)
        if document.path == SUMMARY:
            own = next(d.path for d in catalogue(state) if is_entry(d.path))
            return summary({own.rsplit("/", 1)[-1]: regression(own, state)})
        text = (
            environment()
            .get_template(document.template)
            .render(**context(document, state, events), title=document.title)
        )
    except Exception as error:  # any failure of a template concerns its own document alone
        raise DocumentError(_told(document.template, error)) from error
    return tidy(text)


READ_IN = Document(
    "read-in",
    "Read-in",
    lambda state: True,
    lambda state: "",
    source="communications/handoff.md.j2",
)


def read_in(state: State, events: Sequence[Event]) -> str:
    """What somebody who comes late has to know, as of the last event. DocumentError as above."""
    try:
        facts = context(READ_IN, state, events)
        template = environment().get_template(READ_IN.template)
        return tidy(template.render(**facts, title=READ_IN.title))
    except Exception as error:  # as for any document
        raise DocumentError(_told(READ_IN.template, error)) from error


def named(path: str, state: State) -> Document:
    """The document at a path. DocumentError when an incident has none there."""
    register = path if is_entry(path) else ""
    document = next((d for d in catalogue(state, register) if d.path == path), None)
    if document is None or path.endswith("/"):
        raise DocumentError(f"{path} is no document of an incident")
    return document


def frozen(
    document: Document, state: State, events: Sequence[Event]
) -> tuple[State, Sequence[Event]]:
    """The facts a document tells: all of them, or those of the moment when it was sent out."""
    if document.as_of:
        return as_of(document.as_of, events)
    handed = number_of(document.path)
    number = offered_at(handed, events) if handed else 0
    if number:
        return fold_all(State(), events[:number]), events[:number]
    told = messages.as_sent(document.path, state, events)
    return (state, events) if told is None else (fold_all(State(), told), told)


_PATCH = re.compile(r"^(`{3,})diff\n.*?\n\1$", re.MULTILINE | re.DOTALL)


def tidy(text: str) -> str:
    """No blanks at the end of a line, no two empty lines in a row, one newline at the end.

    Diffs stay as they are: each blank in one is the file's.
    """
    kept: list[str] = []
    done = 0
    for found in _PATCH.finditer(text):
        kept += [_tidied(text[done : found.start()]), found.group()]
        done = found.end()
    return "".join([*kept, _tidied(text[done:])]).strip() + "\n"


def _tidied(text: str) -> str:
    lines = "\n".join(line.rstrip() for line in text.split("\n"))
    return re.sub(r"\n{3,}", "\n\n", lines)


def as_of(key: str, events: Sequence[Event]) -> tuple[State, Sequence[Event]]:
    """The incident as it was when some work had ended."""
    state = State()
    for number, event in enumerate(events, start=1):
        advance(state, event)
        if ended(state, key):
            return state, events[:number]
    return state, events


def context(document: Document, state: State, events: Sequence[Event]) -> dict[str, Any]:
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
        "gates": gates(_all_written(state)),
        "slo": slo(state),
        "measured": measured(state),
        "history": lambda: history(events),
        "before": lambda: before(state),
        "starred": lambda: starred(state, events),
        "completion": lambda: completion(state),
        "message": state.messages.get(document.path),
        "standing": messages.standing(state, document.path),
        "duration": messages.duration(state, document.path),
        "business_status": messages.business_status(state),
        "public_status": messages.public_status(state),
        "every": messages.every(state),
        "hypothesis": messages.hypothesis(state),
        "escalations": lambda: escalations(state, events),
        "differences": lambda: differences(state),
        "bill": lambda: [HEADS, *table(state)] if state.spent else [],
        "actions_told": lambda: actions_since(document.path, state, events),
        "needs": lambda: needs(state),
        "changes_made": lambda: changes_made(state),
        "apply_command": lambda diff: _apply_command(document, state, str(diff)),
        "deep_dive": lambda: deep_dive(state),
        "packet": packet(state, events, number_of(document.path)),
        "prevention": prevention(state),
        "meeting": meeting(state),
        "attendees": attendees(state),
        "agenda": agenda(state),
        "exceptions": EXCEPTIONS,
        "effects": EFFECTS,
        "hotfix_steps": standing(state),
        "comprehensive": "new-team" in state.themes,
        "subject": state.tasks.get(document.subject),
    }


def _apply_command(document: Document, state: State, diff: str) -> str:
    """How a person applies a document's diff; one without context has to be told so to git."""
    path = f".aiwg/incidents/{state.incident}/{document.path}"
    bare = (
        "" if re.search(r"^ ", diff, re.MULTILINE) or "--- /dev/null" in diff else "--unidiff-zero "
    )
    return f"sed -n '/^```*diff$/,/^```*$/{{//!p}}' {path} | git apply {bare}-"


def _all_written(state: State) -> State:
    """As if all that can be written were: a document never depends on the writing of one."""
    twin = state.copy()
    for document in catalogue(state):
        if document.ready(state):
            twin.documents.setdefault(document.path, Written(document.path, "", 0.0, 1))
    return twin


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
