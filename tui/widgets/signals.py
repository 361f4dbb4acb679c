"""The four signals of the service as charts: errors, p95, saturation, requests.

A gap in the data is a gap in the chart; no data is never drawn as zero.
"""

from collections.abc import Sequence
from pathlib import Path

from textual.strip import Strip

from tui.glyphs import SPARKS
from tui.ink import Piece, row
from tui.plot_marks import Mark, axis, legend
from tui.samples import Ring, Sample, buckets
from tui.widgets.region import Region

WINDOW = 30 * 60.0
LEAST_WINDOW = 60.0
SIGNALS = (
    ("errors", "errors"),
    ("p95", "p95"),
    ("saturation", "in use"),
    ("requests", "requests"),
)


def figure(name: str, value: float | None) -> str:
    """A signal's value as people read it."""
    if value is None:
        return "no data"
    if name in ("errors", "saturation"):
        return (
            f"{value * 100:.1f} %" if value < 0.1 and name == "errors" else f"{value * 100:.0f} %"
        )
    if name == "p95":
        return f"{value * 1000:.0f} ms" if value < 1 else f"{value:.2f} s"
    return f"{value:.0f}/s"


def spark(values: Sequence[float | None], rows: int, top: float) -> list[str]:
    """A chart of `rows` rows, the highest first; a missing value is a blank column."""
    steps = len(SPARKS)
    lines = []
    for line in range(rows - 1, -1, -1):
        cells = []
        for value in values:
            level = 0 if value is None else max(1, round(min(value / top, 1.0) * rows * steps))
            part = min(max(level - line * steps, 0), steps)
            cells.append(SPARKS[part - 1] if part else " ")
        lines.append("".join(cells))
    return lines


def scale(name: str, values: Sequence[float | None]) -> float:
    """What full height stands for: the highest value, but never so little that noise looks big."""
    floor = {"errors": 0.05, "saturation": 1.0, "p95": 0.05, "requests": 1.0}.get(name, 1.0)
    return max([floor, *(value for value in values if value is not None)])


class Signals(Region):
    """The signals region."""

    TITLE = "Signals"

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id)
        self._ring: Ring | None = None
        self._now = 0.0
        self._marks: tuple[Mark, ...] = ()

    def note(self, found: tuple[Mark, ...]) -> None:
        """What happened meanwhile, to stand under the charts."""
        if found != self._marks:
            self._marks = found
            self.changed()

    def watch_ring(self, path: Path) -> None:
        """Show the ring of this service from now on."""
        if self._ring is None or self._ring.path != path:
            self._ring = Ring(path)

    def tick(self, now: float) -> None:
        """Take in new samples and move the window."""
        self._now = now
        if self._ring is not None and self.display:
            self._ring.read()
            self.changed()

    @property
    def _span(self) -> tuple[float, list[Sample]]:
        """The window shown and its samples: at most half an hour, less while there is less."""
        if self._ring is None:
            return LEAST_WINDOW, []
        samples = self._ring.between(self._now - WINDOW, self._now)
        oldest = samples[0].t if samples else self._now
        return max(LEAST_WINDOW, self._now - oldest), samples

    def fact(self) -> Sequence[Piece]:
        on = "focus-band" if self.has_focus else "panel"
        return [(f"{round(self._span[0] / 60)} min", self.ink("muted", on))]

    def body(self, width: int, height: int) -> list[Strip]:
        ink = self.ink
        window, samples = self._span
        if not samples:
            return [row(ink, width, [("no data yet", ink("muted"))])]
        start, fresh = self._now - window, samples[-1].t >= self._now - 15
        tall = (height - len(SIGNALS)) // len(SIGNALS) - 1
        rows: list[Strip] = []
        for name, label in SIGNALS:
            known = [s for s in samples if name in s.values]
            last = known[-1].values[name] if known and fresh else None
            value: Piece = (figure(name, last), ink("text" if last is not None else "muted"))
            if tall >= 1:
                cells = max(1, width - 2)
                means = buckets(samples, name, start, self._now, cells)
                rows.append(row(ink, width, [(label, ink("muted"))], [value]))
                charts = spark(means, min(tall, 3), scale(name, means))
                rows += [row(ink, width, runs) for runs in self._shaded(charts)]
                rows.append(row(ink, width, []))
            else:
                cells = max(1, width - 12 - len(value[0]))
                means = buckets(samples, name, start, self._now, cells)
                chart = spark(means, 1, scale(name, means))[0]
                left = [(f"{label:<9}", ink("muted")), (chart, ink("bar"))]
                rows.append(row(ink, width, left, [value]))
        return [*rows[: height - 2], *self._events(width, start)][:height] if tall >= 1 else rows

    def _events(self, width: int, start: float) -> list[Strip]:
        """The marks under the last chart, and what they stand for."""
        ink, line = self.ink, axis(self._marks, start, self._now, max(1, width - 2))
        if not line.strip():
            return []
        told = legend(self._marks, start, self._now)
        return [
            row(ink, width, [(line, ink("text", bold=True))]),
            row(ink, width, [(told, ink("muted"))]),
        ]

    def _shaded(self, charts: Sequence[str]) -> list[list[Piece]]:
        """The top of each column in one grey, what is below it in a quieter one."""
        ink = self.ink
        shaded: list[list[Piece]] = []
        above = " " * len(charts[0])
        for line in charts:
            pieces: list[Piece] = []
            for glyph, over in zip(line, above, strict=True):
                pieces.append((glyph, ink("bar" if over == " " else "track")))
            shaded.append(pieces)
            above = line
        return shaded
