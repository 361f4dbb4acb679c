"""Lengths, moments, shares and amounts in words, and Markdown read back as plain text."""

import html
import re
from datetime import UTC, datetime

UNKNOWN = "UNKNOWN"
_CITED = re.compile(r"(?<!\\)\[(E\d+(?::\d+)?)\]")
_ESCAPED = re.compile(r"\\([^\w\s])")


def seconds_of(iso: str) -> float:
    return datetime.fromisoformat(iso).timestamp()


def moment(at: float | None) -> str:
    """`2025-11-23T14:00:00Z`; fractions of a second are cut."""
    if not at:
        return UNKNOWN
    return datetime.fromtimestamp(int(at), UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def clock(at: float) -> str:
    return moment(at)[11:19]


def length(seconds: float | None) -> str:
    """Two units at most, from the largest one down."""
    if seconds is None:
        return UNKNOWN
    if 0 < seconds < 1:
        return "under 1 s"
    left, parts = int(seconds + 0.5), []
    for unit, size in (("d", 86400), ("h", 3600), ("min", 60), ("s", 1)):
        if left >= size:
            parts.append(f"{left // size} {unit}")
            left %= size
    return " ".join(parts[:2]) or "0 s"


def about(seconds: float) -> str:
    """One unit, as a sentence has it."""
    if seconds < 120:
        return f"{seconds:.0f} s"
    return f"{seconds / 60:.0f} min" if seconds < 7200 else f"{seconds / 3600:.1f} h"


def percent(share: float | None, digits: int = 1) -> str:
    if share is None:
        return UNKNOWN
    value = round(share * 100, digits)
    if share < 1 and value >= 100:
        value = 100 - 10**-digits
    return f"{value:.{digits}f} %"


def count(number: int, one: str) -> str:
    return f"{number} {one}{'' if number == 1 else 's'}"


def tokens(number: int) -> str:
    if number < 1_000:
        return str(number)
    if number < 9_950:
        return f"{number / 1_000:.1f}k"
    return f"{number / 1_000:.0f}k" if number < 999_500 else f"{number / 1_000_000:.1f}M"


def dollars(usd: float) -> str:
    if 0 < usd < 0.005:
        return f"${usd:.4f}" if usd >= 0.00005 else "under $0.0001"
    return f"${usd:.2f}"


def plain(markdown: str) -> str:
    """The words of a line as they were before they were made inert."""
    return one_line(html.unescape(_ESCAPED.sub(r"\1", markdown)))


def one_line(text: str) -> str:
    kept = (" " if c.isspace() else c for c in text if c.isprintable() or c.isspace())
    return " ".join("".join(kept).split())


def cited(markdown: str) -> tuple[str, tuple[str, ...]]:
    """A line's text without the evidence at its end, and that evidence."""
    found = tuple(_CITED.findall(markdown))
    return _CITED.sub("", markdown).rstrip(), found
