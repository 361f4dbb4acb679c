"""The times of one stream: its own format is found on its first lines, then tried first.

A stream is one file or one live log. Times without a zone are UTC; times without a year take the
year in which the stream was last written, or the one before where that would be the future.
"""

import re
from collections import Counter
from datetime import UTC, datetime

_CLOCK = r"(?P<H>\d\d):(?P<M>\d\d):(?P<S>\d\d)(?:[.,](?P<f>\d{1,9}))?"
_MONTH = r"(?P<b>Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)"
_ZONE = r"(?:\s?(?P<z>Z|UTC|GMT|[+-]\d\d:?\d\d))?"

FORMATS: tuple[tuple[str, str], ...] = (
    ("ISO 8601", rf"\W{{0,2}}(?P<y>\d{{4}})-(?P<m>\d\d)-(?P<d>\d\d)[T ,]{{1,2}}{_CLOCK}{_ZONE}"),
    ("y/m/d", rf"\W{{0,2}}(?P<y>\d{{4}})/(?P<m>\d\d)/(?P<d>\d\d) {_CLOCK}{_ZONE}"),
    ("epoch", r"\W{0,2}(?P<e>[1-9]\d{9})(?:(?P<ms>\d{3})|\.(?P<f>\d{1,9}))?(?=\W|$)"),
    ("common", rf"[^\[\n]{{0,200}}\[(?P<d>\d\d)/{_MONTH}/(?P<y>\d{{4}}):{_CLOCK}{_ZONE}\]"),
    ("apache error", rf"\[[A-Z][a-z]{{2}} {_MONTH} +(?P<d>\d{{1,2}}) {_CLOCK} (?P<y>\d{{4}})\]"),
    ("syslog", rf"(?:<\d{{1,3}}>)?{_MONTH} +(?P<d>\d{{1,2}}) {_CLOCK}(?!\d)"),
    ("b d y", rf"\W{{0,1}}{_MONTH} (?P<d>\d{{1,2}}),? (?P<y>\d{{4}}),? {_CLOCK}{_ZONE}"),
    ("d b y", rf"(?:\d+:[A-Z] |[A-Z][a-z]{{2}}, |\W)?(?P<d>\d{{1,2}})[ -]{_MONTH}"
              rf"[ -](?P<y>\d{{4}}) {_CLOCK}{_ZONE}"),
    ("klog", rf"[IWEFD](?P<m>\d\d)(?P<d>\d\d) +{_CLOCK}"),
    ("m-d", rf"(?P<m>\d\d)-(?P<d>\d\d) {_CLOCK}"),
    ("yymmdd", r"(?P<y>\d\d)(?P<m>\d\d)(?P<d>\d\d) (?P<H>\d\d)(?P<M>\d\d)(?P<S>\d\d)(?!\d)"),
    ("yy/m/d", rf"(?P<y>\d\d)/(?P<m>\d\d)/(?P<d>\d\d) {_CLOCK}"),
    ("compact", r"(?P<y>\d{4})(?P<m>\d\d)(?P<d>\d\d)[T -]?(?P<H>\d\d):?(?P<M>\d\d):?(?P<S>\d\d)"
                rf"(?:[:.,](?P<f>\d{{1,9}}))?{_ZONE}(?!\d)"),
    ("dotted", r"\W?(?P<y>\d{4})-(?P<m>\d\d)-(?P<d>\d\d)-(?P<H>\d\d)\.(?P<M>\d\d)\.(?P<S>\d\d)"
               r"(?:\.(?P<f>\d{1,9}))?"),
)  # fmt: skip
_PATTERNS = tuple(re.compile(pattern) for _, pattern in FORMATS)
_MONTHS = {name: n for n, name in enumerate(
    ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"), start=1
)}  # fmt: skip

_AMIDST = next(n for n, (name, _) in enumerate(FORMATS) if name == "common")

LOOKED_AT = 50
"""Lines on which a stream's format is found, and lines without a time after which it is again."""

_REMEMBERED = 2_048
_SECOND = len("2026-01-01T00:00:00")
_REST = re.compile(rf"(?:[.,](\d{{1,9}}))?{_ZONE.replace('?P<z>', '')}")
_DAY = 86_400.0


class Stamps:
    """The reader of one stream. `written_at`: its last change, for times without a year."""

    def __init__(self, written_at: float | None = None) -> None:
        self._written_at = written_at
        self.end = 0
        """where the time that was found last ends; 0 where it stands amidst its line"""
        self._hits: Counter[int] = Counter()
        self._order: tuple[int, ...] = tuple(range(len(FORMATS)))
        self._looked = 0
        self._missed = 0
        self._plain: dict[str, int] = {}
        """ISO 8601 to the second → seconds: many lines share one"""
        self._seconds: dict[tuple[str | None, ...], int | None] = {}

    @property
    def format(self) -> str:
        """What most of the first lines had; empty before any line had a time."""
        return FORMATS[self._hits.most_common(1)[0][0]][0] if self._hits else ""

    def of(self, line: str) -> float | None:
        """Seconds since the epoch that a line begins with; None where it has no time."""
        known = self._plain.get(line[:_SECOND])
        if known is not None and (rest := _REST.match(line, _SECOND)) is not None:
            if self._looked < LOOKED_AT:
                self._learn(0)
            self.end = rest.end()
            fraction, zone = rest.groups()
            return _with(known if zone is None or zone == "Z" else known - _offset(zone), fraction)
        for number in self._order:
            found = _PATTERNS[number].match(line)
            if found is not None and (moment := self._moment(found)) is not None:
                self._missed = 0
                if not number and found.start("y") == 0 and found["z"] in (None, "Z"):
                    if len(self._plain) >= _REMEMBERED:
                        self._plain.clear()
                    self._plain[line[:_SECOND]] = moment[0]
                if self._looked < LOOKED_AT:
                    self._learn(number)
                self.end = 0 if number == _AMIDST else found.end()
                return _with(*moment)
        self._missed += 1
        if self._missed >= LOOKED_AT and len(self._order) < len(FORMATS):
            self._order, self._looked = tuple(range(len(FORMATS))), 0
            self._hits.clear()
        return None

    def _learn(self, number: int) -> None:
        self._hits[number] += 1
        self._looked += 1
        if self._looked == LOOKED_AT:
            self._order = tuple(n for n, _ in self._hits.most_common())

    def _moment(self, found: re.Match[str]) -> tuple[int, str | None] | None:
        """Whole seconds, and the digits of the fraction."""
        parts = found.groupdict()
        fraction = parts.pop("f", None)
        if (epoch := parts.get("e")) is not None:
            return int(epoch), parts["ms"] or fraction
        key = tuple(parts.values())
        if key in self._seconds:
            seconds = self._seconds[key]
        else:
            if len(self._seconds) >= _REMEMBERED:
                self._seconds.clear()
            seconds = self._seconds[key] = _seconds(parts, self._written_at)
        return (seconds, fraction) if seconds is not None else None


def _with(seconds: int, fraction: str | None) -> float:
    """To the millisecond, as everywhere here: equal moments are equal numbers."""
    return round(seconds + float(f"0.{fraction}"), 3) if fraction else float(seconds)


def _seconds(parts: dict[str, str | None], written_at: float | None) -> int | None:
    """Whole seconds since the epoch; None where the digits are no time (month 13)."""
    given = parts.get("y")
    latest = datetime.fromtimestamp(written_at, UTC) if written_at is not None else None
    if given is None and latest is None:
        return None
    year = int(given) if given is not None else latest.year if latest is not None else 0
    if given is not None and len(given) == 2:
        year += 2000 if year < 70 else 1900
    month = _MONTHS[name] if (name := parts.get("b")) else int(parts["m"] or 0)
    clock = [int(parts[name] or 0) for name in ("d", "H", "M", "S")]
    try:
        at = _at(year, month, clock)
        if given is None and written_at is not None and at > written_at + _DAY:
            at = _at(year - 1, month, clock)
    except (ValueError, OverflowError):
        return None
    at -= _offset(parts.get("z") or "")
    return int(at) if at > 0 else None


def _at(year: int, month: int, clock: list[int]) -> float:
    day, hour, minute, second = clock
    leap = min(second, 59)  # a leap second is the one before it
    return datetime(year, month, day, hour, minute, leap, tzinfo=UTC).timestamp()


def _offset(zone: str) -> int:
    if zone[:1] not in ("+", "-"):
        return 0
    digits = zone[1:].replace(":", "")
    seconds = int(digits[:2]) * 3600 + int(digits[2:]) * 60
    return -seconds if zone[0] == "-" else seconds
