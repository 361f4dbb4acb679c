"""What a hunk keeps, loses and gains: words, literals, operators, switches and protections."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from orchestrator.evidence.analysis.names import gives
from orchestrator.evidence.bundle.hunks import Hunk, Statement

_LITERAL = re.compile(r"\"((?:[^\"\\]|\\.)*)\"|'((?:[^'\\]|\\.)*)'")
_WORD = re.compile(r"[A-Za-z_]\w*|\d[\w.]*")
_OPERATOR = re.compile(r"[<>=!]=|&&|\|\||<<|>>|[<>+*/%!&|^-]")
_KEYWORDS = frozenset(
    re.findall(
        r"\w+",
        """var let const func def return nil null none true false if else for in range int string
    error err public private static final void new async await self this type struct class if else
    elif""",
    )
)
_CONTRACT = re.compile(r"^[A-Za-z_$/{][\w./:{}$*-]{1,80}$")
TRIVIAL = re.compile(r"(?i)^v?\d+(?:[.-]\d+)+\S*$|^#[0-9a-f]{3,8}$|^\d+(?:px|em|rem|%)$")
_TALK = re.compile(
    r"(?i)^(?!(?:if|for|while|return|else|func|def|class)\b).*?(?:^|[^\w\"'])"
    r"(?:log(?:ger|ging|f)?|slog|zap|log_[a-z]+|console|prints?|print(?:f|ln)|fmt\.print\w*|metrics?_?"
    r"|prometheus|statsd|span|tracer|telemetry)\b\s*(?:[.:(]|->)"
)
_IMPORT = re.compile(r"^(?:import\b|from\s+\S+\s+import\b|use\s|using\s|#include|package\s)")
_SWITCH = re.compile(
    r"""([A-Za-z_][\w.-]*)["']?\s*(?::=|[:=])\s*["']?(true|false|on|off)\b""", re.I
)
_CALL = re.compile(r"([A-Za-z_]\w*)\s*\(")

PROTECTIONS: tuple[tuple[str, str], ...] = (
    ("a lock or an atomic step", r"(?<!un)(?:lock\b|locks?\(|mutex|synchronized|atomic)"),
    ("a cache", r"cache[sd]?\b|memoi[sz]e"),
    ("a pause or another try", r"sleep|back_?off|jitter|retr(?:y|ies)|attempts?\b"),
    ("a time limit or tolerance", r"time_?out|deadline|leeway|skew|tolerance|grace|ttl"),
    ("a bound", r"limit|semaphore|throttl|max[A-Z_]|bounded|paginat"),
    ("a fallback", r"fall_?back|circuit|breaker|default"),
    ("a check", r"^\s*(?:if|unless|assert|guard)\b|validat|verif|saniti[sz]e"),
    ("the handling of an error", r"catch\b|except\b|rescue|recover\(|err != nil|finally|rollback"),
)  # fmt: skip
_PROTECTIONS = tuple((what, re.compile(words, re.IGNORECASE)) for what, words in PROTECTIONS)


@dataclass(frozen=True, slots=True)
class Edit:
    """A hunk's substance, once what only talks or imports is left out."""

    removed: tuple[Statement, ...]
    added: tuple[Statement, ...]
    lost: frozenset[str]
    gained: frozenset[str]
    kept: frozenset[str]
    """words that stand on both sides"""
    lost_literals: frozenset[str]
    """keys, paths, names of fields: not sentences, versions or colours"""
    gained_literals: frozenset[str]
    spoken: int
    """how many statements only log, count or import"""

    @property
    def share(self) -> float:
        """0..1: how much of what stands on either side stands on one only."""
        apart = len(self.lost) + len(self.gained)
        return apart / (apart + len(self.kept)) if apart else 0.0

    @property
    def rearranged(self) -> bool:
        """Nearly all words that went came again, and no number or name that others may rely on is
        other than it was: the code says what it said."""
        return (
            bool(self.removed and self.added)
            and 4 * len(self.lost) <= len(self.lost) + len(self.kept)
            and not any(word[0].isdigit() for word in self.lost | self.gained)
            and not self.lost_literals
        )

    @property
    def only_numbers(self) -> bool:
        """Whether nothing but numbers changed."""
        apart = self.lost | self.gained
        return bool(apart) and all(word[0].isdigit() for word in apart)


def edit(hunk: Hunk) -> Edit:
    removed = tuple(one for one in hunk.removed if not talks(one.text))
    added = tuple(one for one in hunk.added if not talks(one.text))
    old, new = _words(removed), _words(added)
    was, now = _literals(removed), _literals(added)
    spoken = len(hunk.removed) + len(hunk.added) - len(removed) - len(added)
    return Edit(removed, added, old - new, new - old, old & new, was - now, now - was, spoken)


def talks(text: str) -> bool:
    """Whether a statement only logs, counts, traces or imports."""
    return bool(_IMPORT.match(text) or _TALK.match(text))


def lost_protections(change: Edit) -> Iterator[tuple[str, int]]:
    """What guarded the code and stands less often now than before, and the line where it stood."""
    for what, pattern in _PROTECTIONS:
        come = sum(bool(pattern.search(one.text)) for one in change.added)
        gone = [one for one in change.removed if pattern.search(one.text)]
        # a check whose words all came again went into a function, not away
        if len(gone) > come and any(_words([one]) & change.lost for one in gone):
            yield what, gone[0].line


def given_back(change: Edit) -> tuple[int, int]:
    """How many more things are given back than before, and a line that shows it."""
    balance, line = 0, 0
    for side, sign in ((change.added, 1), (change.removed, -1)):
        for one in side:
            found = sum(gives(name) for name in _CALL.findall(one.text) if not name.isupper())
            balance += sign * found
            if found:
                line = one.line
    return balance, line


def operators(change: Edit) -> tuple[str, str, int] | None:
    """A statement that differs from its forerunner by an operator alone: sign, order, limit."""
    old = {tuple(_WORD.findall(one.text)): one for one in change.removed}
    for one in change.added:
        was = old.get(tuple(_WORD.findall(one.text)))
        if was is not None:
            before, after = (_OPERATOR.findall(_LITERAL.sub("", o.text)) for o in (was, one))
            if before != after and len(before) == len(after):
                return " ".join(before), " ".join(after), one.line
    return None


def switches(change: Edit) -> Iterator[tuple[str, str, int]]:
    """Names whose truth turned, with what they are now."""
    old = {n: v.lower() for one in change.removed for n, v in _SWITCH.findall(one.text)}
    for one in change.added:
        for name, value in _SWITCH.findall(one.text):
            if name in old and old[name] != value.lower():
                yield name, value.lower(), one.line


def _words(side: Iterable[Statement]) -> frozenset[str]:
    """Identifiers and numbers outside literals; a single letter names nothing."""
    return frozenset(
        word
        for one in side
        for word in _WORD.findall(_LITERAL.sub(" ", one.text))
        if word.lower() not in _KEYWORDS and (len(word) > 1 or word.isdigit())
    )


def _literals(side: Iterable[Statement]) -> frozenset[str]:
    return frozenset(
        text
        for one in side
        for pair in _LITERAL.findall(one.text)
        if (text := pair[0] or pair[1]) and _CONTRACT.match(text) and not TRIVIAL.match(text)
    )
