"""Plain words as the start of an incident: "payments down since 14:00, P0". Pure.

What is not said stays empty; nothing is guessed. Everything understood is shown before it counts.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from orchestrator.intake.guidance import Theme, themes, union
from orchestrator.intake.moments import read
from orchestrator.model import spending
from orchestrator.model.policy import severity

TRIGGERS = (
    "handle incident",
    "production issue",
    "incident response",
    "p0 incident",
    "service down",
    "system outage",
    "critical production issue",
    "emergency response",
)
"""Words that ask for a response by themselves."""

TITLE_LIMIT = 200

PARSER = "parser"
"""The reader there always is"""

_SEVERITY = re.compile(r"(?<![\w-])(P[0-3]|SEV[ -]?[1-4])(?![\w-])", re.IGNORECASE)
_INCIDENT = re.compile(r"(?<![\w-])INC-[A-Za-z0-9][A-Za-z0-9._-]{0,58}(?<![.,;:])", re.IGNORECASE)
_SINCE = re.compile(r"\b(?:since|from|started(?: at)?|began(?: at)?|as of)\s+", re.IGNORECASE)
_FOR = re.compile(r"\b(?=for\s+(?:about\s+|around\s+|roughly\s+|the last\s+|over\s+)*[\da])", re.I)
_LEAD = re.compile(
    r"^\s*(?:please\s+)?(?:(?:handle|respond to)(?: an?| the| this)?(?: incident)?\b|"
    r"(?:" + "|".join(map(re.escape, TRIGGERS)) + r")\s*(?=[:,\u2013\u2014-]))[\s:,\u2013\u2014-]*",
    re.IGNORECASE,
)
_SENTENCE_END = re.compile(r"[.;!?]+(?:\s+|$)|\n+")


@dataclass(frozen=True, slots=True)
class Understood:
    """What a sentence says; what it does not say is empty."""

    text: str
    title: str
    severity: str = ""
    """P0..P3, provisional until triage"""
    service: str = ""
    also: tuple[str, ...] = ()
    """further services that are named"""
    since: float | None = None
    guidance: str = ""
    incident: str = ""
    themes: tuple[Theme, ...] = ()
    """of the sentence, and of the guidance that was given with it"""
    by: str = PARSER
    """who read it: the parser, or the id of a model"""
    why: str = ""
    """why the parser read it, or a part of it, although there is a model"""
    usd: float | None = None
    """what asking a model cost; None where none was asked or its price is not known"""
    tokens: int = 0

    @property
    def reader(self) -> str:
        """Who read it, what that cost, and what became of the model, for people."""
        cost = f"{spending.tokens(self.tokens)} tokens" if self.tokens else ""
        cost = spending.dollars(self.usd) if self.usd is not None else cost
        who = ", ".join(part for part in (self.by, cost) if part)
        return f"{who} ({self.why})" if self.why else who


def understood(text: str, services: Sequence[str], now: float, guidance: str = "") -> Understood:
    """One sentence or more, read against the project's services and the present time.

    Of guidance that came with it only the themes are read.
    """
    said = " ".join(text.split())
    rest, incident = _taken(_INCIDENT, said)
    rest, level = _taken(_SEVERITY, rest)
    rest, since = _since(rest, now)
    named = _named(said, services)
    parts = [part.strip(" ,:-\u2013\u2014") for part in _SENTENCE_END.split(rest)]
    parts = [part for part in parts if part]
    title = _LEAD.sub("", parts[0]).strip(" ,:-\u2013\u2014") if parts else ""
    if title.lower() in ("", "incident"):
        title = parts[0] if parts and parts[0].lower() != "incident" else said
    return Understood(
        text=said,
        title=_clipped(title),
        severity=severity(re.sub(r"[ -]", "", level)),
        service=named[0] if named else "",
        also=tuple(named[1:]),
        since=since,
        guidance=said if themes(said) else ". ".join(parts[1:]),
        incident=f"INC-{incident[4:]}" if incident else "",
        themes=union(themes(said), themes(guidance)),
    )


def is_sentence(words: Sequence[str]) -> bool:
    """True for what can only be a report in words: a quoted sentence, or one of the triggers."""
    if len(words) == 1:
        return len(words[0].split()) > 1
    joined = " ".join(words).lower()
    return any(trigger in joined for trigger in TRIGGERS)


def _taken(pattern: re.Pattern[str], text: str) -> tuple[str, str]:
    """The text without the first match, and the match."""
    found = pattern.search(text)
    if found is None:
        return text, ""
    return _joined(text[: found.start()], text[found.end() :]), found.group()


def _since(text: str, now: float) -> tuple[str, float | None]:
    for pattern in (_SINCE, _FOR):
        for found in pattern.finditer(text):
            moment = read(text[found.end() :], now)
            if moment is not None:
                end = found.end() + moment.length
                return _joined(text[: found.start()], text[end:]), moment.at
    for found in re.finditer(r"\b(?=(?:an?|half|\d)[^,.;]{0,20}\bago\b)", text):
        moment = read(text[found.end() :], now)
        if moment is not None:
            end = found.end() + moment.length
            return _joined(text[: found.start()], text[end:]), moment.at
    return text, None


def _joined(before: str, after: str) -> str:
    """Two ends of a text without the gap, or the comma, that stood between them."""
    before, after = before.rstrip(" ,("), after.lstrip(" )")
    if not before:
        return after.lstrip(" ,:;.-")
    gap = "" if not after or after[0] in ",.;:!?" else " "
    return f"{before}{gap}{after}".rstrip(" ,")


def _named(text: str, services: Sequence[str]) -> list[str]:
    """The services the text names, in its order; `orders-api` does not name `orders` as well."""
    low = re.sub(r"[-_.]", " ", text.lower())
    taken: list[tuple[int, int, str]] = []
    for service in sorted(services, key=len, reverse=True):
        stem = re.escape(re.sub(r"[-_.]", " ", service.lower()).removesuffix("s"))
        for found in re.finditer(rf"(?<!\w){stem}s?(?!\w)", low):
            if not any(start < found.end() and found.start() < end for start, end, _ in taken):
                taken.append((found.start(), found.end(), service))
    return list(dict.fromkeys(service for _, _, service in sorted(taken)))


def _clipped(title: str) -> str:
    if len(title) <= TITLE_LIMIT:
        return title
    return title[: TITLE_LIMIT - 2].rsplit(" ", 1)[0] + " …"
