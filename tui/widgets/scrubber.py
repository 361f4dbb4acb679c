"""Where a replay stands: how busy the incident was when, what happened there, and the playhead."""

from collections.abc import Sequence
from dataclasses import dataclass

from rich.cells import cell_len
from rich.segment import Segment
from textual import events
from textual.message import Message
from textual.strip import Strip

from orchestrator.clock import hhmmss
from tui.glyphs import SPARKS, TONES, mark
from tui.inert import fitted
from tui.ink import Piece
from tui.replay import MAX, Player, density
from tui.widgets.region import Region

RANK = ("late", "wait", "warn", "star", "done")
"""Marks that are drawn; where two would share a cell, the earlier one here wins."""

INTERVALS = (10, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14400, 28800, 86400)
"""Seconds between two labels of the time axis: the first that leaves room between them."""

LABEL_ROOM = 14


def speed_word(speed: float) -> str:
    """`½×`, `8×`, `max`."""
    if speed == MAX:
        return "max"
    return "½×" if speed == 0.5 else f"{speed:g}×"


def spark_levels(counts: Sequence[int]) -> str:
    """One glyph a count, scaled to the busiest; a cell without events stays empty."""
    most = max(counts, default=0)
    return "".join(
        SPARKS[max(0, round(count / most * len(SPARKS)) - 1)] if count else " " for count in counts
    )


def markers(player: Player, cells: int) -> list[str]:
    """The mark of each cell of the line; empty where nothing stands out."""
    row = [""] * cells
    length = player.end - player.start
    for at, word in zip(player.times, player.marks, strict=True):
        if word in RANK and cells:
            cell = (
                min(cells - 1, int((at - player.start) / length * cells)) if length else cells - 1
            )
            if not row[cell] or RANK.index(word) < RANK.index(row[cell]):
                row[cell] = word
    return row


def axis(player: Player, cells: int, playhead: int) -> list[tuple[int, str, bool]]:
    """Labels of the time axis as (cell, text, is the playhead's); none touches another."""
    length = player.end - player.start
    step = next((s for s in INTERVALS if length / s * LABEL_ROOM <= cells), INTERVALS[-1])
    digits = 5 if step >= 60 else 8
    here = hhmmss(player.now())
    labels = [(min(max(0, playhead - 4), max(0, cells - 8)), here, True)]
    moments = [player.start, player.end]
    first = (player.start // step + 1) * step
    moments += [first + n * step for n in range(int((player.end - first) // step) + 1)]
    for at in moments:
        text = hhmmss(at)[:digits]
        cell = int((at - player.start) / length * cells) if length else 0
        cell = min(cell, cells - len(text))
        clear = all(cell + len(text) < c or c + len(t) < cell for c, t, _ in labels)
        if clear and cell >= 0:
            labels.append((cell, text, False))
    return sorted(labels)


@dataclass(frozen=True, slots=True)
class _Drawn:
    """What does not move with the playhead, at one width."""

    cells: int
    sparks: str
    marks: list[str]


class Scrubber(Region):
    """Density, line, markers and time axis of one player: four rows, or fewer where room is short.

    With two rows: line and axis. With one: the line.
    """

    DEFAULT_CSS = """
    Scrubber { height: 4; background: $wr-background; }
    """
    GROUND = "background"

    @dataclass
    class SeekRequested(Message):
        """A place on the line was clicked."""

        fraction: float

    def __init__(self, player: Player, *, id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id)
        self._player = player
        self._drawn = _Drawn(-1, "", [])
        self._said = ""

    def say(self, text: str) -> None:
        """One line in place of the time axis, until the next one; empty gives the axis back."""
        self._said = text
        self.changed()

    @property
    def _margins(self) -> tuple[int, int]:
        """Columns left and right of the line."""
        return (9, 15) if self.size.width >= 100 else (8, 12)

    def body(self, width: int, height: int) -> list[Strip]:
        left, right = self._margins
        cells = max(1, width - left - right)
        if self._drawn.cells != cells:
            player = self._player
            counts = density(player.times, player.start, player.end, cells)
            self._drawn = _Drawn(cells, spark_levels(counts), markers(player, cells))
        playhead = min(cells - 1, int(self._player.fraction * cells))
        rows = [self._line(cells, playhead)]
        if height >= 2:
            rows.append(self._answer(cells) if self._said else self._axis(cells, playhead))
        if height >= 4:
            rows[:1] = [self._density(playhead), *rows[:1], self._markers()]
        return rows

    # --- rows -------------------------------------------------------------------------------------

    def _row(self, before: Piece, line: Sequence[Piece], after: Piece) -> Strip:
        """Left fact, the line's own cells, right fact, each in its columns."""
        ink, (left, right) = self.ink, self._margins
        ground = ink("text", "background")
        pad = " " * max(0, left - 1 - cell_len(before[0]))
        tail = after[0].rjust(right - 1)
        pieces = [(" ", ground), before, (pad, ground), *line, (tail, after[1])]
        painted = Strip([Segment(ink.text(text), style) for text, style in pieces])
        return painted.adjust_cell_length(self.size.width, ground)

    def _density(self, playhead: int) -> Strip:
        ink, ground, sparks = self.ink, "background", self._drawn.sparks
        word = "playing" if self._player.playing else "paused"
        line = [
            (sparks[: playhead + 1], ink("muted", ground)),
            (sparks[playhead + 1 :], ink("track", ground)),
        ]
        return self._row((word, ink("muted", ground)), line, ("", ink("muted", ground)))

    def _line(self, cells: int, playhead: int) -> Strip:
        ink, ground, player = self.ink, "background", self._player
        glyph = "►" if player.playing else " "
        bright, violet = ink("bright", ground, bold=True), ink("replay", ground, bold=True)
        line = [
            ("━" * playhead, ink("replay", ground)),
            ("●", violet),
            ("─" * (cells - playhead - 1), ink("track", ground)),
        ]
        count = f"{player.index} of {len(player.events)}"
        speed = speed_word(player.speed)
        if ink.ascii_only:
            speed = speed.replace("½", "0.5")  # the one cell that stands for it says nothing here
        return self._row((f"{glyph} {speed}", bright), line, (count, bright))

    def _markers(self) -> Strip:
        ink, ground = self.ink, "background"
        line = [
            (mark(word), ink("ok" if word == "done" else TONES[word], ground)) if word
            else (" ", ink("text", ground))
            for word in self._drawn.marks
        ]  # fmt: skip
        quiet = ink("muted", ground)
        return self._row(("", quiet), line, (f"{mark('wait')} approval", quiet))

    def _axis(self, cells: int, playhead: int) -> Strip:
        ink, ground = self.ink, "background"
        pieces: list[Piece] = []
        used = 0
        for cell, text, here in axis(self._player, cells, playhead):
            pieces.append((" " * (cell - used), ink("text", ground)))
            style = ink("replay", ground, bold=True) if here else ink("muted", ground)
            pieces.append((text[: cells - cell], style))
            used = cell + len(text)
        pieces.append((" " * max(0, cells - used), ink("text", ground)))
        quiet = ink("muted", ground)
        return self._row(("", quiet), pieces, ("UTC", quiet))

    def _answer(self, cells: int) -> Strip:
        ink, ground = self.ink, "background"
        text = fitted(self._said, cells)
        pad = " " * (cells - cell_len(text))
        line = [(text, ink("text", ground)), (pad, ink("text", ground))]
        return self._row(("", line[0][1]), line, ("", line[0][1]))

    # --- the mouse --------------------------------------------------------------------------------

    def on_click(self, event: events.Click) -> None:
        left, right = self._margins
        cells = self.size.width - left - right
        if cells > 1 and left <= event.x < left + cells:
            self.post_message(self.SeekRequested((event.x - left) / (cells - 1)))
