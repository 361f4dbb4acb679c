"""What a stream of lines says, how often and when, so that two windows of it can be compared.

Fed line by line from a file, a bundle or a live log; secrets go before anything is kept. Bounded:
the rarest templates go when there are too many, and the steps of time grow when they are too many.
"""

import math
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from orchestrator.evidence.analysis.grouping import Grouping
from orchestrator.evidence.analysis.masking import mask
from orchestrator.evidence.hygiene import clean
from orchestrator.evidence.redaction import redact

Span = tuple[float, float]
"""Start and end, seconds since the epoch."""

ENTRIES = 10_000
"""Things said (by one service each) that are counted at once."""

CELLS = 100_000
"""Counts per step of time, over all templates."""

SURPRISE = 4.0
"""Standard deviations of a Poisson count from which a changed rate is no chance."""

GONE = 5.0
"""Lines that were to be expected without which silence is no sign."""

SAMPLE = 300
"""Characters of a line that are kept to show it."""

NEW, VANISHED, MORE, LESS = "new", "vanished", "more", "less"

_BAD_LEVEL = re.compile(r"(?i)^\W{0,2}(?:err|crit|fatal|panic|alert|emerg|sever)")
_BAD_TEXT = re.compile(
    r"\b(?:ERROR|FATAL|CRITICAL|SEVERE|PANIC|[Ee]xception)\b|Traceback|[Ff]ailed"
)
_CARE = 2_000
"""Characters of a line that are looked at for secrets and for what it says."""


@dataclass(slots=True)
class Heard:
    """One thing that one service says."""

    service: str
    key: str
    bad: bool
    sample: str
    first_at: float
    line: int
    count: int = 0
    last: int = 0
    """number of the last of its lines in the whole stream"""
    cells: dict[int, int] = field(default_factory=dict)
    """step of time → lines in it"""


@dataclass(frozen=True, slots=True)
class Shift:
    """One template whose rate differs between two windows."""

    service: str
    template: str
    kind: str
    """new | vanished | more | less"""
    before: int
    after: int
    expected: float
    """lines after, had the rate stayed"""
    surprise: float
    """standard deviations, negative for fewer"""
    bad: bool
    sample: str
    first_at: float
    line: int
    step: float
    """seconds in which lines were counted together; a step counts where its middle lies"""


class Miner:
    """Counts what is said. `width` is the step of time in seconds; it doubles when it must."""

    def __init__(
        self, width: float = 1.0, entries: int = ENTRIES, cells: int = CELLS,
        grouping: Grouping | None = None,
    ) -> None:  # fmt: skip
        self.grouping = grouping if grouping is not None else Grouping()
        self.width = self._asked = width
        self.lines = self.undated = self.dropped = self.secrets = 0
        self._entries, self._cells = entries, 0
        self._most_cells = max(cells, 2 * entries)  # fewer could not be reached by longer steps
        self._heard: dict[tuple[str, str], Heard] = {}
        self._first = self._last = 0.0

    def add(self, at: float | None, service: str, severity: str, text: str, line: int = 0) -> None:
        """Count one line. `at` is seconds since the epoch, None where it says no time."""
        self.lines += 1
        if at is None or not math.isfinite(at):
            self.undated += 1
            return
        text, found = redact(text[:_CARE])
        self.secrets += found
        if severity:
            bad = _BAD_LEVEL.match(severity) is not None
        else:
            bad = _BAD_TEXT.search(text, 0, 120) is not None
        known = (service, self.grouping.key(text, bad))
        heard = self._heard.get(known)
        if heard is None:
            heard = self._begun(known, at, bad, text, line)
        heard.count += 1
        heard.last = self.lines
        heard.bad = heard.bad or bad
        step = int(at // self.width)
        count = heard.cells.get(step)
        if count is None:
            heard.cells[step] = 1
            self._cells += 1
            if self._cells > self._most_cells:
                self._widen()
        else:
            heard.cells[step] = count + 1
        if at > self._last:
            self._last = at
        elif at < self._first:
            self._first = at

    def shifts(self, before: Iterable[Span], after: Span) -> list[Shift]:
        """What is new, gone or said at another rate `after` than `before`, the clearest first.

        Windows are cut to what the stream covers. A step of time counts where its middle lies.
        """
        cut = [(max(start, self._first), min(end, self._last)) for start, end in before]
        normal = [span for span in cut if span[0] < span[1]]
        was = sum(end - start for start, end in normal)
        now = min(after[1], self._last) - max(after[0], self._first)
        if was <= 0 or now <= 0:
            return []
        found = [s for h in self._heard.values() if (s := self._shift(h, normal, after, now / was))]
        return sorted(
            found, key=lambda s: (-abs(s.surprise) * (2 if s.bad else 1), s.service, s.template)
        )

    def notes(self) -> list[str]:
        """What was left out, each in a sentence."""
        found = []
        if self.undated:
            found.append(f"{self.undated} lines without a time were not counted")
        if self.grouping.forgotten:
            found.append(
                f"{self.grouping.forgotten} log templates, those not heard for longest, were given "
                "up for newer ones"
            )
        if self.dropped:
            found.append(f"{self.dropped} log templates that were rarely said were left out")
        if self.width > self._asked:
            found.append(f"lines were counted in steps of {self.width:g} s, not {self._asked:g} s")
        return found

    def _begun(self, known: tuple[str, str], at: float, bad: bool, text: str, line: int) -> Heard:
        if not self._heard:
            self._first = self._last = at
        elif len(self._heard) >= self._entries:
            self._prune()
        heard = self._heard[known] = Heard(*known, bad, clean(text[:SAMPLE]), at, line)
        return heard

    def _prune(self) -> None:
        """Give up the rarer half; among equals what was not said for longest."""
        order = sorted(self._heard.items(), key=lambda item: (item[1].count, item[1].last))
        for known, heard in order[: max(1, len(order) // 2)]:
            self._cells -= len(heard.cells)
            self.dropped += 1
            del self._heard[known]

    def _widen(self) -> None:
        self.width *= 2
        self._cells = 0
        for heard in self._heard.values():
            merged: dict[int, int] = {}
            for step, count in heard.cells.items():
                merged[step // 2] = merged.get(step // 2, 0) + count
            heard.cells = merged
            self._cells += len(merged)

    def _shift(
        self, heard: Heard, normal: Sequence[Span], after: Span, ratio: float
    ) -> Shift | None:
        usual = during = 0
        for step, count in heard.cells.items():
            middle = (step + 0.5) * self.width
            if after[0] <= middle <= after[1]:
                during += count
            elif any(start <= middle <= end for start, end in normal):
                usual += count
        expected = usual * ratio
        # square roots of Poisson counts stray by one half, whatever their size (Anscombe 1948);
        # what is expected was itself counted, and strays with it
        surprise = 2 * ((during + 0.375) ** 0.5 - (expected + 0.375) ** 0.5) / (1 + ratio) ** 0.5
        factor = (during + 0.5) / (expected + 0.5)
        if not usual and during:
            kind = NEW
        elif usual and not during and expected >= GONE:
            kind = VANISHED
        elif abs(surprise) >= SURPRISE and (factor >= 2 or factor <= 0.5):
            kind = MORE if surprise > 0 else LESS
        else:
            return None
        template = self.grouping.template(heard.key) or mask(heard.sample)
        return Shift(heard.service, template, kind, usual, during, expected, round(surprise, 6),
                     heard.bad, heard.sample, heard.first_at, heard.line, self.width)  # fmt: skip
