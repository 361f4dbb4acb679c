"""The eight questions of the intake: what each asks, what it takes, and answers checked. Pure.

Every question may be skipped. An answer is kept as one plain text, so that a form, a file and a
terminal give the same incident.
"""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any

from orchestrator.clock import iso
from orchestrator.intake.moments import moment
from orchestrator.toml_lines import line_of, syntax_error

LIMIT = 300
"""Letters of one answer."""

Answers = dict[str, str]
"""`q1`..`q8` → the answer as it is kept; what was skipped is not there."""


class AnswerError(ValueError):
    """What is wrong with an answer, in one line that names the question."""


@dataclass(frozen=True, slots=True)
class Choice:
    """One of the usual answers: the word to type, and what is kept."""

    word: str
    answer: str


@dataclass(frozen=True, slots=True)
class Question:
    """One question of the intake."""

    key: str
    name: str
    text: str
    kind: str
    """choice | several | percent | time"""
    choices: tuple[Choice, ...] = ()
    free: bool = False
    """words of one's own are taken beside the choices"""
    hint: str = ""


def _choices(**words: str) -> tuple[Choice, ...]:
    return tuple(Choice(word.replace("_", "-"), answer) for word, answer in words.items())


QUESTIONS: tuple[Question, ...] = (
    Question(
        "q1",
        "impact",
        "What do users see?",
        "choice",
        _choices(
            outage="complete outage",
            errors="some requests fail",
            slow="slow responses",
            feature="one feature is unavailable",
            wrong="wrong results",
            nothing="no impact seen yet",
        ),
        free=True,
    ),
    Question(
        "q2", "percent", "How many percent of users are affected?", "percent", hint="0 to 100"
    ),
    Question(
        "q3",
        "start",
        "When did it start? (UTC)",
        "time",
        hint="14:00, 20 min ago, 2025-11-23T14:00Z",
    ),
    Question(
        "q4",
        "changes",
        "What changed in the last 24 hours?",
        "several",
        _choices(
            none="none",
            deployment="deployment",
            configuration="configuration",
            infrastructure="infrastructure",
            migration="migration of data",
            traffic="traffic",
        ),
        free=True,
    ),
    Question(
        "q5",
        "security",
        "Is it security-related, or is data lost?",
        "choice",
        _choices(
            no="no",
            security="security breach",
            data_loss="data loss",
            both="security breach and data loss",
            unknown="unknown",
        ),
    ),
    Question(
        "q6",
        "business",
        "What does it do to the business?",
        "several",
        _choices(
            none="none",
            revenue="revenue",
            compliance="compliance",
            reputation="reputation",
            internal="none outside the company",
        ),
        free=True,
    ),
    Question(
        "q7",
        "team",
        "How experienced is the team on call?",
        "choice",
        _choices(
            experienced="experienced",
            some="some incidents handled",
            new="new team or first P0",
        ),
    ),
    Question(
        "q8",
        "sla",
        "How does the SLA stand?",
        "choice",
        _choices(fine="not at risk", at_risk="at risk", breached="breached"),
        free=True,
        hint="error budget left and time to breach, such as: 12 %, 40 min",
    ),
)

BY_NAME: dict[str, Question] = {
    name: question for question in QUESTIONS for name in (question.key, question.name)
}


def answer(question: Question, text: str, now: float) -> str:
    """The answer as it is kept; empty for a skipped one. AnswerError says what would be right."""
    said = " ".join(text.split())
    if not said:
        return ""
    if len(said) > LIMIT:
        raise _wrong(question, f"is longer than {LIMIT} letters")
    if question.kind == "percent":
        return _percent(question, said)
    if question.kind == "time":
        at = moment(said, now)
        if at is None:
            raise _wrong(question, f"{said[:40]!r} is no time in the past; write {question.hint}")
        return iso(at)
    if question.kind == "several":
        parts = [part.strip() for part in re.split(r"\s*[,;]\s*", said) if part.strip()]
        return ", ".join(dict.fromkeys(_chosen(question, part) for part in parts))
    return _chosen(question, said)


def from_form(values: Mapping[str, str], now: float) -> Answers:
    """Checked answers from a form's fields, by key or name; empty ones were skipped."""
    answers: Answers = {}
    for name, text in values.items():
        question = BY_NAME.get(name)
        if question is None:
            raise AnswerError(f"{name}: is no question; there are {_known()}")
        kept = answer(question, text, now)
        if kept:
            answers[question.key] = kept
    return dict(sorted(answers.items()))


def from_toml(body: str, name: str, now: float) -> Answers:
    """Checked answers from a TOML file, by key or name; AnswerError has the line."""
    try:
        data = tomllib.loads(body)
    except tomllib.TOMLDecodeError as error:
        line, why = syntax_error(error, body)
        raise AnswerError(f"{name} line {line}: {why[0].lower()}{why[1:]}") from None
    answers: Answers = {}
    for key, value in data.items():
        where = f"{name} line {line_of(body, (key,))}: {key}"
        question = BY_NAME.get(key)
        if question is None:
            raise AnswerError(f"{where}: is no question; there are {_known()}")
        if question.key in answers:
            raise AnswerError(f"{where}: {question.key} ({question.name}) is answered twice")
        try:
            answers[question.key] = answer(question, _text(question, value), now)
        except AnswerError as error:
            raise AnswerError(f"{where}: {str(error).partition(': ')[2]}") from None
    return {key: kept for key, kept in sorted(answers.items()) if kept}


def _text(question: Question, value: Any) -> str:
    """A TOML value as somebody would have typed it."""
    if isinstance(value, str):
        return value
    if question.kind == "percent" and isinstance(value, int | float) and value is not True:
        return f"{value}"
    if question.kind == "time" and isinstance(value, datetime | time):
        return value.isoformat()
    if question.kind == "several" and isinstance(value, list):
        if all(isinstance(part, str) for part in value):
            return ", ".join(value)
        raise _wrong(question, "must be a list of texts")
    if question.key == "q5" and value is False:
        return "no"
    kind = "a date without a time" if isinstance(value, date) else type(value).__name__
    raise _wrong(question, f"must be {_takes(question)}, not {kind}")


def _percent(question: Question, said: str) -> str:
    number = re.fullmatch(
        r"(?:about |~|≈ ?)?(\d{1,3}(?:[.,]\d{1,3})?)\s*(?:%|percent)?", said.lower()
    )
    share = float(number[1].replace(",", ".")) if number else -1.0
    if not 0 <= share <= 100:
        raise _wrong(question, f"must be a number from 0 to 100, not {said[:40]!r}")
    return f"{share:g}"


def _chosen(question: Question, said: str) -> str:
    """A choice by its word, its answer or its number; own words where they are taken."""
    low = said.lower()
    for number, choice in enumerate(question.choices, start=1):
        if low in (choice.word, choice.word.replace("-", " "), choice.answer.lower(), str(number)):
            return choice.answer
    if question.free:
        return said
    raise _wrong(question, f"must be {_takes(question)}, not {said[:40]!r}")


def _takes(question: Question) -> str:
    if question.kind in ("percent", "time"):
        return question.hint
    return "one of " + ", ".join(choice.word for choice in question.choices)


def _known() -> str:
    return ", ".join(f"{question.key} ({question.name})" for question in QUESTIONS)


def _wrong(question: Question, why: str) -> AnswerError:
    return AnswerError(f"{question.name}: {why}")
