"""From tokens to painted rows: styles by name, and one way to lay a row out.

Widgets name colours by token and never by value. Where grounds cannot be coloured (NO_COLOR, the
terminal's own sixteen colours) the same calls give weight and reverse video instead; with `--ascii`
glyphs are replaced as the row is painted.
"""

from collections.abc import Sequence
from functools import cache
from typing import Any

from rich.cells import cell_len
from rich.segment import Segment
from rich.style import Style
from textual.app import App
from textual.strip import Strip

from tui.citations import is_citation, split
from tui.glyphs import ASCII, CARET
from tui.inert import fitted, inert_line
from tui.palettes import ANSI
from tui.theme import DARK_NAME, tokens_of

Piece = tuple[str, Style]
"""Text and how it is painted."""

FILLED = ("accent", "p0", "p1", "breach", "warn", "replay", "focus-band")
"""Grounds that carry meaning: reverse video where no ground is coloured."""

STRONG = ("bright", "breach", "warn", "accent")
"""Bold where no ground is coloured."""

FAINT = ("muted", "p3", "line", "track")
"""Dim among the terminal's own colours, whose grey nobody can be sure to read."""


class Ink:
    """Styles of one theme."""

    def __init__(self, theme: str, colour: bool = True, ascii_only: bool = False) -> None:
        self.theme = theme
        self.colour = colour
        self.ascii_only = ascii_only
        self._tokens = tokens_of(theme)
        self.ruled = not colour or self._tokens is ANSI
        """no coloured grounds: rules stand for bands, and lines between columns"""
        self._styles: dict[tuple[str, str, bool, bool], Style] = {}

    def __call__(
        self, token: str, on: str = "surface", *, bold: bool = False, underline: bool = False
    ) -> Style:
        """The style of a token on a background token."""
        key = (token, on, bold, underline)
        style = self._styles.get(key)
        if style is None:
            style = self._styles[key] = self._make(token, on, bold, underline)
        return style

    def _make(self, token: str, on: str, bold: bool, underline: bool) -> Style:
        if not self.ruled:
            colour, ground = self._tokens[token], self._tokens[on]
            return Style(color=colour, bgcolor=ground, bold=bold, underline=underline)
        filled = on in FILLED
        hue = self._tokens[on if filled else token].removeprefix("ansi_")
        return Style(
            color=hue if self.colour else None,
            bold=bold or token in STRONG,
            dim=True if self.colour and token in FAINT and not filled else None,
            underline=underline,
            reverse=filled,
        )

    def knows(self, token: str) -> bool:
        return token in self._tokens

    def role(self, code: str, on: str = "surface") -> Style:
        """The hue of a role's code; a role without one reads as text."""
        token = f"role-{code.lower()}"
        return self(token if self.knows(token) else "text", on, bold=True)

    def text(self, text: str) -> str:
        """What may be painted of `text`: harmless, and in ASCII glyphs where asked for."""
        harmless = inert_line(text)
        return harmless.translate(ASCII) if self.ascii_only else harmless


@cache
def _ink(theme: str, colour: bool, ascii_only: bool) -> Ink:
    return Ink(theme, colour, ascii_only)


def ink_of(app: App[Any]) -> Ink:
    """The ink for an app's theme, its NO_COLOR and its `--ascii`."""
    theme = app.theme if app.theme.startswith("warroom-") else DARK_NAME
    return _ink(theme, not app.no_color, bool(getattr(app, "ascii_only", False)))


def width_of(pieces: Sequence[Piece]) -> int:
    return sum(cell_len(text) for text, _ in pieces)


def row(
    ink: Ink,
    width: int,
    left: Sequence[Piece],
    right: Sequence[Piece] = (),
    *,
    on: str = "surface",
    edge: str = "",
    edge_token: str = "accent",
) -> Strip:
    """One row: column 0 for the edge mark, `left` cut where room ends, `right` one column short.

    The right side is kept whole as long as it leaves the left a third of the row.
    """
    blank = ink("text", on)
    segments = [Segment(ink.text(edge or " "), ink(edge_token, on) if edge else blank)]
    room = max(0, width - 1)
    rights = [(ink.text(text), style) for text, style in right]
    lefts = [(inert_line(text), style) for text, style in left]
    tail = width_of(rights)
    gap = 1 if tail and lefts else 0
    if tail + 1 > room or (lefts and tail + gap + 1 > room - min(width_of(lefts), room // 3)):
        rights, tail, gap = [], 0, 0
    space = room - 1 - tail - gap
    used = 0
    for text, style in lefts:
        piece = fitted(text, space - used)
        if piece:
            segments += _segments(ink.text(piece), style)
            used += cell_len(piece)
        if piece != text:
            break
    segments.append(Segment(" " * max(0, room - used - tail - (1 if tail else 0)), blank))
    if tail:
        for text, style in rights:
            segments += _segments(text, style)
        segments.append(Segment(" ", blank))
    return Strip(segments).adjust_cell_length(max(0, width), blank)


def _segments(text: str, style: Style) -> list[Segment]:
    """A piece as painted: one that is evidence ids leads to them when it is clicked."""
    if not is_citation(text):
        return [Segment(text, style)]
    return [Segment(part, painted) for part, painted in split(text, style)]


def blank_row(ink: Ink, width: int, on: str = "surface") -> Strip:
    """An empty row."""
    return Strip([Segment(" " * max(0, width), ink("text", on))], max(0, width))


def band(
    ink: Ink, width: int, title: Sequence[Piece] | str, fact: Sequence[Piece] = (), *, focused: bool
) -> Strip:
    """The title band of a region: name bold left, one fact right; a rule without bands."""
    on = "focus-band" if focused else "panel"
    name = ink("accent" if focused else "text", on, bold=True)
    left = [(title, name)] if isinstance(title, str) else list(title)
    if not ink.ruled or focused:
        return row(ink, width, left, fact, on=on, edge=CARET if focused and not ink.ruled else "")
    rule = ink("line", on)
    fact = [piece for piece in fact if piece[0]]
    taken = width_of(left) + width_of(fact) + (6 if fact else 3)
    middle = "─" * max(0, width - taken)
    pieces: list[Piece] = [("─ ", rule), *left, (" ", rule), (middle, rule)]
    if fact:
        pieces += [(" ", rule), *fact, (" ─", rule)]
    return Strip([Segment(ink.text(text), style) for text, style in pieces]).adjust_cell_length(
        width, rule
    )


def cut(pieces: Sequence[Piece], room: int) -> list[Piece]:
    """Pieces cut to `room` cells, so that the right side of a row always stays."""
    kept: list[Piece] = []
    for text, style in pieces:
        piece = fitted(text, room)
        if piece:
            kept.append((piece, style))
            room -= cell_len(piece)
        if piece != text:
            break
    return kept


def selected(ink: Ink, strip: Strip, start: int, end: int) -> Strip:
    """The strip with the cells from `start` to `end` (-1: to its end) on the selection's ground."""
    end = strip.cell_length if end == -1 else end
    chosen = ink("bright", "focus-band")
    middle = strip.crop(start, end)
    painted = Strip([Segment(s.text, chosen) for s in middle], middle.cell_length)
    return Strip.join([strip.crop(0, start), painted, strip.crop(end, strip.cell_length)])
