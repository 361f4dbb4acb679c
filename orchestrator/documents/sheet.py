"""What a template may say: fields, claims, lengths and lists of one document being written.

A sheet belongs to one rendering. It notes every field that read UNKNOWN, so that the document can
list them at its end as open questions.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from markupsafe import Markup

from orchestrator.clock import iso
from orchestrator.documents.inert import inert
from orchestrator.model.durations import words
from orchestrator.model.events import Json
from orchestrator.model.fields import FIELDS
from orchestrator.model.records import Task
from orchestrator.model.state import State

UNKNOWN = "UNKNOWN"


class Nothing:
    """A report nobody handed in: every field of it is unknown, every list of it empty."""

    def __getitem__(self, name: str) -> "Nothing":
        return self

    def __iter__(self) -> Iterator[Any]:
        return iter(())

    def __len__(self) -> int:
        return 0

    def __str__(self) -> str:
        return UNKNOWN


NOTHING = Nothing()


class Sheet:
    """The words of one document."""

    def __init__(self, state: State) -> None:
        self.state = state
        self.open: dict[str, str] = {}

    def report(self, key: str) -> Json | Nothing:
        """The latest report under a key or a repeat of it."""
        task = self.task(key)
        return task.report if task is not None and task.outcome == "done" else NOTHING

    def task(self, key: str) -> Task | None:
        """The latest attempt at some work, whatever became of it; one that is done goes first."""
        found = [t for name, t in self.state.tasks.items() if name.split("@")[0] == key]
        done = [task for task in found if task.outcome == "done"]
        return max(done or found, key=lambda task: task.requested_at, default=None)

    def known(self, label: str, value: Any) -> Any:
        """The value, or what a person answered, or UNKNOWN, noted as an open question."""
        if unknown(value):
            answer = answered(self.state, label)
            if answer:
                return f"{answer} (answered by a person)"
            self.ask(label)
            return UNKNOWN
        return value

    def field(self, label: str, value: Any) -> Markup:
        """`**Label**: value`; claims keep their evidence."""
        known = None if unknown(value) else value
        shown = self.claim(known) if isinstance(known, Mapping) else inert(self.known(label, known))
        return Markup("**{}**: {}").format(inert(label), shown)

    @property
    def affected(self) -> Any:
        """How many users were hit: as triage knows it, else as it was recorded at first."""
        triaged = self.report("triage/impact")["affected_users"]
        return self.report("detect/record")["affected_users"] if unknown(triaged) else triaged

    def ask(self, label: str) -> None:
        """Note that nobody knows this."""
        self.open.setdefault(label, "")

    def note(self, label: str, value: Any) -> str:
        """Note a value printed elsewhere as an open question when it is unknown; prints nothing."""
        if unknown(value):
            self.ask(label)
        return ""

    def claim(self, claim: Any) -> Markup:
        """A claim's text with the evidence it rests on, or marked as an assumption."""
        if unknown(claim):
            return Markup(UNKNOWN)
        text = inert(claim["text"])
        cited = tuple(claim.get("evidence", ()))
        return Markup("{} {}").format(text, self.cite(cited))

    def said(self, label: str, value: Any, why: Any = None) -> Markup:
        """A field a report gives in plain words: with the evidence of its `why`, or as assumed."""
        if unknown(value):
            return self.field(label, value)
        cited = why.get("evidence", ()) if isinstance(why, Mapping) else ()
        return Markup("{} {}").format(self.field(label, value), self.cite(cited))

    def rests(self, *claims: Iterable[Mapping[str, Any]]) -> tuple[str, ...]:
        """All evidence of several lists of claims."""
        return tuple(str(e) for some in claims for one in some for e in one.get("evidence", ()))

    def cite(self, evidence: Iterable[str]) -> Markup:
        """Evidence ids in brackets, or what a statement without any is."""
        cited = " ".join(f"[{inert(item)}]" for item in dict.fromkeys(evidence))
        return Markup(cited or "(assumption)")

    def at(self, label: str, moment: Any) -> str:
        """A moment in UTC, or UNKNOWN noted under its label."""
        return moment_words(self.known(label, moment or None))

    def questions(self, everything: bool = False) -> list[tuple[str, str]]:
        """Fields of this document nobody knows, each with its question where there is one.

        With `everything`, the questions that other documents raised follow.
        """
        raised = {_name(field): text for field, text in self.state.questions.items()}
        asked = FIELDS | raised
        fields = {label: _matching(label, asked) for label in self.open}
        found = [(label, asked.get(fields[label], "")) for label in self.open]
        rest = [(name, text) for name, text in raised.items() if name not in fields.values()]
        return found + (rest if everything else [])

    def dropped(self, *keys: str) -> list[tuple[str, str]]:
        """Who stated what without evidence that exists, in some work or (with no key) in all."""
        return [
            (task.role, text)
            for name, task in self.state.tasks.items()
            for text in task.dropped
            if not keys or name.split("@")[0] in keys
        ]


def answered(state: State, label: str) -> str:
    """What a person answered about a field, by its label; empty when nobody did."""
    given = {_name(field): text for field, text in state.answers.items()}
    field = _matching(label, given)
    return given[field] if field and not re.fullmatch(r"q\d", field) else ""


def unknown(value: Any) -> bool:
    """True for what nobody knows: nothing, no text, UNKNOWN, or a claim that says UNKNOWN."""
    if isinstance(value, Mapping):
        value = value.get("text")
    return value is None or isinstance(value, Nothing) or str(value).strip() in ("", UNKNOWN)


def moment_words(moment: Any) -> str:
    """Seconds since the epoch as `2025-11-23T14:00:00Z`; other values pass."""
    if isinstance(moment, bool) or not isinstance(moment, (int, float)):
        return str(moment)
    return f"{iso(float(moment))[:19]}Z"


def percent(share: Any, digits: int = 1) -> str:
    """0.84 as `84.0 %`; UNKNOWN passes. What is short of all of it never rounds to 100 %."""
    if isinstance(share, bool) or not isinstance(share, (int, float)):
        return UNKNOWN
    shown = round(share * 100, digits)
    if share < 1 and shown >= 100:
        shown = 100 - 10**-digits
    return f"{shown:.{digits}f} %"


def figure(value: Any, unit: str = "") -> str:
    """A measured number in its unit, without false precision."""
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return "no data"
    if unit == "share":
        return percent(value)
    return f"{value:.3g} {unit}".strip()


def length(seconds: Any) -> str:
    """A length of time in words; UNKNOWN passes."""
    if isinstance(seconds, bool) or not isinstance(seconds, (int, float)):
        return UNKNOWN
    return words(float(seconds))


def sentence(text: Any) -> str:
    """With one full stop at its end."""
    return f"{str(text).rstrip().rstrip('.')}."


def _matching(label: str, asked: Mapping[str, str]) -> str:
    """The question a label stands for: `Compliance risk` is `compliance`, or it is the question."""
    name = _name(label)
    if name in asked:
        return name
    inside = (field for field in asked if f" {field} " in f" {name} ")
    same = (field for field, text in asked.items() if text == label)
    return next(inside, next(same, ""))


def _name(field: str) -> str:
    return field.replace("_", " ").replace("-", " ").strip().lower()
