"""Times as logs print them, to seconds since the epoch in UTC. Pure.

ISO-8601 in its variants, epoch numbers, and the handful of formats servers are fond of.
"""

import re
from collections.abc import Sequence
from datetime import UTC, datetime

from orchestrator.clock import parse_iso

_ISO = re.compile(
    r"^\W{0,2}(\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d)(?:[.,](\d{1,9}))?\s?(Z|[+-]\d\d:?\d\d|UTC)?"
)
_SLASHES = re.compile(r"^\W{0,2}(\d{4}/\d\d/\d\d \d\d:\d\d:\d\d)")
_COMMON = re.compile(r"\[(\d\d/[A-Z][a-z]{2}/\d{4}:\d\d:\d\d:\d\d [+-]\d{4})\]")
_EPOCH = re.compile(r"^\W{0,2}(1\d{9})(\.\d{1,9})?(?=\W|$)")

_LOOKED_AT = 50
"""Lines at either end: one entry may be a long traceback."""


def leading(line: str) -> float | None:
    """The time a plain log line begins with (or holds in brackets); None when there is none."""
    found = _ISO.match(line)
    if found is not None:
        moment, fraction, zone = found.groups()
        zone = "+00:00" if zone in (None, "Z", "UTC") else zone
        return _parsed(f"{moment.replace(' ', 'T')}.{(fraction or '0')[:6].ljust(6, '0')}{zone}")
    found = _SLASHES.match(line)
    if found is not None:
        return _parsed(found.group(1).replace("/", "-").replace(" ", "T"))
    found = _COMMON.search(line[:200])
    if found is not None:
        return _common(found.group(1))
    found = _EPOCH.match(line)
    return float(found.group(1) + (found.group(2) or "")) if found is not None else None


def span(lines: Sequence[str]) -> tuple[float, float]:
    """First and last time that printed lines begin with; 0 and 0 where none does."""
    first = next((t for line in lines[:_LOOKED_AT] if (t := leading(line)) is not None), 0.0)
    tail = reversed(lines[-_LOOKED_AT:])
    return first, next((t for line in tail if (t := leading(line)) is not None), first)


def value(given: object) -> float | None:
    """The time in a field of a JSON line: text, seconds, milliseconds or nanoseconds."""
    if isinstance(given, bool):
        return None
    if isinstance(given, int | float):
        seconds = float(given)
        for _ in range(3):
            if seconds > 1e11:
                seconds /= 1000
        return round(seconds, 3) if 0 < seconds < 1e11 else None
    return leading(given) if isinstance(given, str) else None


def _parsed(text: str) -> float | None:
    try:
        return parse_iso(text)
    except ValueError:
        return None


def _common(text: str) -> float | None:
    try:
        moment = datetime.strptime(text, "%d/%b/%Y:%H:%M:%S %z")
    except ValueError:
        return None
    return moment.astimezone(UTC).timestamp()
