"""How much two incidents look alike, by their facts alone, and by what: the same in, the same out.

Errors, files and the commit that is blamed say most; service, category, kind of cause and rare
words of the symptoms only put those that share one of these in an order.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from orchestrator.agents.rules.words import clock_time, quoted
from orchestrator.clock import iso
from orchestrator.evidence.analysis.tokens import overlap, rarity, words
from orchestrator.model.state import State

ALIKE = 2.0
"""All that is weak together is no likeness; a shared error, file or commit is."""

SERVICE, CATEGORY, KIND, WORDS = 1.0, 0.5, 0.1, 0.3
"""What the weak ones weigh at most; together less than `ALIKE`."""

ERRORS, FILES, COMMIT = 1.0, 1.5, 2.0

TELLING = 0.25
"""From this share of what is rare in the symptoms on, shared words are named."""

_PATTERN = re.compile(r'^(?P<name>\S+) "(?P<text>.{0,200})" is (?:new|more):')
_ERROR = re.compile(r"\b[A-Za-z_][\w.]*(?:Error|Exception|Timeout|Fault|Exhausted|Refused)\b")
_PLACE = re.compile(r"(?<![\w/.-])(?:[\w.-]+/){0,9}[\w-]+\.[A-Za-z]{1,8}(?![\w/(])")
_PLAIN = frozenset({"error", "critical", "warning", "warn", "fatal", "info", "debug", "template"})


@dataclass(frozen=True, slots=True)
class Traits:
    """What an incident is recognised by."""

    service: str
    category: str
    errors: frozenset[str]
    """templates and types of errors that were new in it"""
    files: frozenset[str]
    """files that its cause or its main suspect lies in"""
    kind: str = ""
    """what brought it: a change, or what from outside; empty where nobody knows"""
    commit: str = ""
    """the change that is blamed"""
    words: frozenset[str] = frozenset()
    """of its title and symptoms, without the service's own"""


@dataclass(frozen=True, slots=True)
class Likeness:
    """A past incident, how much it looks like this one, and by what."""

    incident: str
    score: float
    shared: tuple[str, ...]
    line: str
    at: float
    """when it was detected"""


def traits(state: State) -> Traits:
    """What to recognise an incident by, from its reports."""
    whys = state.told("rca/5whys")
    said = [str(one["text"]) for one in state.told("tier2/analysis").get("patterns", ())]
    symptoms = [str(pair["answer"]["text"]) for pair in whys.get("whys", ())[:1]]
    errors = {name for text in (*said, *symptoms) for name in _ERROR.findall(text)}
    for text in said:
        pattern = _PATTERN.match(text)
        if pattern is not None:
            template = pattern["text"]
            errors.add(template if pattern["name"].lower() in _PLAIN else pattern["name"])
    cause = str(state.cause.get("statement", ""))
    suspects = state.told("regression/verdict").get("suspects", ())[:1]
    blamed = [str(why["text"]) for one in suspects for why in one["why"][:1]]
    culprit = bool(state.cause.get("culprit"))
    places = [place for text in (cause, *blamed) for place in _PLACE.findall(text)]
    return Traits(
        service=state.service,
        category=str(state.told("detect/record").get("category") or state.category),
        errors=frozenset(errors),
        files=frozenset(places) if culprit else frozenset(),
        kind=_kind(state),
        commit=str(state.cause.get("culprit") or ""),
        words=frozenset(words(f"{state.title} {state.symptoms}") - words(state.service)),
    )


def _kind(state: State) -> str:
    if state.cause.get("verdict") not in ("CONFIRMED", "LIKELY"):
        return ""
    if state.cause.get("culprit"):
        return "a change"
    outside = state.told("regression/verdict").get("external", ())
    top = max(outside, key=lambda one: float(one["score"]), default=None)
    return str(top["kind"]) if top is not None and top["score"] >= 0.5 else ""


def telling(states: Iterable[State]) -> dict[str, float]:
    """How much each word of the symptoms says, by how few incidents have it."""
    return rarity(traits(state).words for state in states)


def alike(mine: Traits, other: State, rare: Mapping[str, float]) -> Likeness | None:
    """How much another incident looks like this one; None when it does not."""
    theirs = traits(other)
    score, shared = 0.0, list[str]()

    def same(weight: float, what: str) -> None:
        nonlocal score
        score += weight
        shared.append(what)

    if mine.service and mine.service == theirs.service:
        same(SERVICE, f"service {quoted(mine.service, 60)}")
    if mine.category and mine.category == theirs.category:
        same(CATEGORY, f"category {mine.category}")
    errors, files = mine.errors & theirs.errors, mine.files & theirs.files
    if errors:
        part = len(errors) / len(mine.errors | theirs.errors)
        same(ERRORS + part, f"errors {_few(errors)}")
    if files:
        same(FILES, f"files {_few(files)}")
    if mine.commit and mine.commit == theirs.commit:
        same(COMMIT, f"commit {mine.commit[:12]}")
    if mine.kind and mine.kind == theirs.kind:
        same(KIND, f"kind of cause: {mine.kind}")
    part = overlap(mine.words, theirs.words, rare)
    if part >= TELLING:
        same(WORDS * part, f"words {_few(mine.words & theirs.words)}")
    if score < ALIKE:
        return None
    return Likeness(
        other.incident, round(score, 3), tuple(shared), _line(other, shared), other.detected_at
    )


def _few(names: frozenset[str]) -> str:
    return quoted(", ".join(sorted(names)[:3]), 100)


def _line(other: State, shared: list[str]) -> str:
    when = f"{iso(other.detected_at)[:10]} {clock_time(other.detected_at)}"
    cause = quoted(str(other.cause.get("statement") or "UNKNOWN"), 160)
    ended = quoted(other.resolution_action or other.resolution or "UNKNOWN", 100)
    line = f"{other.incident} of {when}: same {'; '.join(shared)}. "
    return f"{line}Cause: {cause} Ended by: {ended}."
