"""One item of the ledger: where it comes from, its plot where it is figures, and its lines."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from textual import events
from textual.binding import BindingType
from textual.strip import Strip

from orchestrator.clock import hhmmss, iso
from orchestrator.model.records import Evidence
from orchestrator.model.wording import work
from tui.excerpt import Numbered
from tui.glyphs import CARET, mark
from tui.highlight import breaks, marked, runs_of_line, sliced
from tui.ink import Piece, band, row
from tui.keys import REGION, bindings
from tui.plot_marks import Mark, axis, legend
from tui.series import Plotted, plotted, resampled
from tui.widgets.region import Region
from tui.widgets.signals import SIGNALS, figure, scale, spark
from tui.wrapping import Run

PLOT_ROWS = 2
AIRY_FROM = 30
KNOWN = tuple(name for name, _ in SIGNALS)


def size_words(size: int) -> str:
    """`24 B`, `3.1 KiB`: as people read it."""
    for unit, step in (("MiB", 1 << 20), ("KiB", 1 << 10)):
        if size >= step:
            return f"{size / step:.1f} {unit}"
    return f"{size} B"


def _figure(name: str, value: float) -> str:
    """A known signal as people read it; of anything else only the number is known."""
    return figure(name, value) if name in KNOWN else f"{value:.4g}"


@dataclass(frozen=True, slots=True)
class Laid:
    """One row: of which line (0: none of them), and what is painted."""

    line: int
    runs: tuple[Run, ...]
    first: bool = True


class EvidenceView(Region, can_focus=True):
    """Scrolls through one item; search and citations point at its lines."""

    BINDINGS: ClassVar[list[BindingType]] = bindings(REGION)

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id)
        self.item: Evidence | None = None
        self.numbered: list[Numbered] = []
        self.wrap = True
        self.top = 0
        self.cited = 0
        """the line a citation names; 0 while none does"""
        self.wanted = ""
        self.hits: list[int] = []
        self.hit = 0
        self._plot: Plotted | None = None
        self.marks: tuple[Mark, ...] = ()
        """what happened meanwhile, to stand under a plot"""
        self._laid: list[Laid] = []
        self._laid_for: tuple[object, ...] = ()

    def holds(self, line: int) -> bool:
        """Whether this line is among those shown; no line (0) always is."""
        return not line or any(number == line for number, _ in self.numbered)

    def open(self, item: Evidence, lines: Sequence[Numbered], line: int = 0) -> None:
        """Show this item, at a line where one is named."""
        if item is not self.item or lines is not self.numbered:
            if item is not self.item:
                self.top = 0
            self.item, self.numbered = item, list(lines)
            texts = [text for _, text in self.numbered]
            self._plot = plotted(texts) if item.kind == "metric" else None
            self._laid_for = ()
        self.cited = line if self.holds(line) else 0
        self.search(self.wanted, jump=False)
        if self.cited:
            self._show_line(self.cited)
        self.changed()

    def search(self, wanted: str, jump: bool = True) -> None:
        """Mark every line with these words, and go to the first from here on."""
        self.wanted = wanted
        low = wanted.lower()
        self.hits = [n for n, text in self.numbered if n and low and low in text.lower()]
        self.hit = 0
        if jump and self.hits:
            here = self._line_at(self.top)
            self.hit = next((i for i, line in enumerate(self.hits) if line >= here), 0)
            self._show_line(self.hits[self.hit])
        self.changed()

    def next_hit(self, way: int) -> None:
        if self.hits:
            self.hit = (self.hit + way) % len(self.hits)
            self._show_line(self.hits[self.hit])
            self.changed()

    @property
    def found(self) -> str:
        """`3 of 17`, for the row below."""
        if not self.wanted:
            return ""
        return f"{self.hit + 1} of {len(self.hits)}" if self.hits else "not found"

    def toggle_wrap(self) -> None:
        """Long lines on as many rows as they take, or cut at the edge; the place is kept."""
        line = self._line_at(self.top)
        self.wrap = not self.wrap
        self._lay()
        if line > 1:
            self.top = next((i for i, laid in enumerate(self._laid) if laid.line == line), 0)
        self.changed()

    def _digits(self) -> int:
        return len(str(max((number for number, _ in self.numbered), default=1)))

    def _line_at(self, top: int) -> int:
        return next((laid.line for laid in self._laid[top:] if laid.line), 1)

    def _show_line(self, line: int) -> None:
        self._lay()
        at = next((i for i, laid in enumerate(self._laid) if laid.line == line), 0)
        room = max(1, self.size.height - 1)
        if not self.top <= at < self.top + room - 1:
            self.top = max(0, at - room // 3)

    # --- painting ---------------------------------------------------------------------------------

    def rows(self, width: int, height: int) -> list[Strip]:
        ink = self.ink
        on = "focus-band" if self.has_focus else "panel"
        item = self.item
        if item is None:
            return [band(ink, width, "no evidence yet", focused=self.has_focus)]
        name = ink("accent" if self.has_focus else "bright", on, bold=True)
        heading: list[Piece] = [(f"{item.eid}  ", name), (item.summary, name)]
        mode = "wrapped" if self.wrap else "cut"
        fact: list[Piece] = [(f"{item.lines} lines, {mode}", ink("muted", on))]
        self._lay()
        self.top = max(0, min(self.top, len(self._laid) - height + 1))
        rows = [band(ink, width, heading, fact, focused=self.has_focus)]
        digits = self._digits()
        for laid in self._laid[self.top : self.top + height - 1]:
            rows.append(self._painted(laid, width, digits))
        return rows

    def _painted(self, laid: Laid, width: int, digits: int) -> Strip:
        ink = self.ink
        cited = laid.line and laid.line == self.cited
        here = bool(self.hits) and laid.line == self.hits[self.hit]
        on = "wash" if cited or (laid.line and here) else "surface"
        pieces: list[Piece] = []
        if laid.line:
            label = str(laid.line) if laid.first else ""
            pieces.append((label.rjust(digits) + "  ", ink("muted", on)))
        runs = marked(list(laid.runs), self.wanted) if laid.line else laid.runs
        for text, token in runs:
            if token == "hit*":
                pieces.append((text, ink("text", "focus-band", bold=True)))
            else:
                ground = "background" if token.startswith("_") else on
                bare = token.strip("*_")
                pieces.append((text, ink(bare, ground, bold=token.endswith("*"))))
        return row(ink, width, pieces, on=on, edge=CARET if cited else "")

    def _lay(self) -> None:
        width = max(10, self.size.width)
        laid_for = (
            id(self.item),
            width,
            self.wrap,
            len(self.numbered),
            self.size.height >= AIRY_FROM,
        )
        if self.item is None or laid_for == self._laid_for:
            return
        self._laid_for = laid_for
        self._laid = [*self._facts(self.item, width), *self._plots(width), Laid(0, ())]
        room = max(8, width - self._digits() - 4)
        for number, line in self.numbered:
            runs = runs_of_line(line, self.item.kind)
            text = "".join(piece for piece, _ in runs)
            parts = breaks(text, room)
            shown = parts if self.wrap else [(0, len(text))]
            for start, end in shown:
                self._laid.append(Laid(number, tuple(sliced(runs, start, end)), start == 0))

    def _facts(self, item: Evidence, width: int) -> list[Laid]:
        """Provenance: what gave it, when, how much, whom to trust, and its whole hash."""
        groups = [item.sha256[i : i + 8] for i in range(0, len(item.sha256), 8)]
        origin = {"outside": "outside: not trusted", "human": "a person"}.get(item.taint, "ours")
        size = size_words(item.size)
        if item.left_out:
            size += f", {size_words(item.left_out)} of its middle left out"
        elif item.truncated:
            size += ", cut by its source"
        if item.redactions:
            size += f", {item.redactions} secrets removed"
        by = work(item.by).name if item.by else ""
        labels = (
            ("source", f"{item.source}   {item.kind}   {hhmmss(item.at)}Z   for {by}".removesuffix(
                "   for "
            )),
            ("size", f"{size}   from {origin}"),
            *((("covers", f"{iso(item.from_at)} to {iso(item.to_at)}"),) if item.from_at else ()),
        )  # fmt: skip
        rows = [Laid(0, ())]
        for start, end in breaks(item.command, max(10, width - 12)):
            lead = "command" if start == 0 else ""
            rows.append(Laid(0, ((f"{lead:<9}", "muted"), (item.command[start:end], "_bright*"))))
        rows += [Laid(0, ((f"{label:<9}", "muted"), (text, "text"))) for label, text in labels]
        for number, said in enumerate(item.instructions):
            lead = mark("warn") if number == 0 else ""
            warning = f"{said}: not followed"
            rows.append(Laid(0, ((f"{lead:<9}", "warn"), (warning, "warn"))))
        each = next(n for n in (8, 4, 2, 1) if n * 9 <= width - 11 or n == 1)
        for first in range(0, len(groups), each):
            lead = "sha-256" if first == 0 else ""
            words = " ".join(groups[first : first + each])
            rows.append(Laid(0, ((f"{lead:<9}", "muted"), (words, "muted"))))
        return rows

    def _plots(self, width: int) -> list[Laid]:
        if self._plot is None:
            return []
        cells = max(8, width - 24)
        rows = [Laid(0, ())]
        for series in self._plot.series:
            values = resampled(series.values, cells)
            known = series.known
            top = scale(series.name, known)
            last = _figure(series.name, known[-1]) if known else "no data"
            most = _figure(series.name, max(known)) if known else ""
            charts = spark(values, PLOT_ROWS, top)
            if self.size.height >= AIRY_FROM and len(rows) > 1:
                rows.append(Laid(0, ()))
            for number, chart in enumerate(charts):
                label = series.name if number == PLOT_ROWS - 1 else ""
                fact = f" {last}" if number == PLOT_ROWS - 1 else f" max {most}"
                tone = "text" if number == PLOT_ROWS - 1 else "muted"
                rows.append(Laid(0, ((f"{label:<11}", "muted"), (chart, "bar"), (fact, tone))))
        ends = self._plot.begin + self._plot.end.rjust(cells - len(self._plot.begin))
        rows.append(Laid(0, ((" " * 11, "muted"), (ends, "muted"))))
        begin, end = (self.item.from_at, self.item.to_at) if self.item is not None else (0.0, 0.0)
        line = axis(self.marks, begin, end, cells)
        if line.strip():
            told = legend(self.marks, begin, end)
            rows.append(Laid(0, ((" " * 11, "muted"), (line, "_bright*"))))
            rows.append(Laid(0, ((" " * 11, "muted"), (told, "muted"))))
        return rows

    # --- moving -----------------------------------------------------------------------------------

    def action_scroll(self, rows: int) -> None:
        self.top = max(0, self.top + rows)
        self.changed()

    def action_page(self, pages: int) -> None:
        self.action_scroll(pages * max(1, self.size.height - 3))

    def action_top(self) -> None:
        self.action_scroll(-self.top)

    def action_follow(self) -> None:
        self.action_scroll(len(self._laid))

    def on_mouse_scroll_up(self, event: events.MouseScrollUp) -> None:
        event.stop()
        self.action_scroll(-3)

    def on_mouse_scroll_down(self, event: events.MouseScrollDown) -> None:
        event.stop()
        self.action_scroll(3)
