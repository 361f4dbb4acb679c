"""The promises of the incident in a row: met, counting or late, and how much time is left.

Six cells of fixed order and width; a bar fills towards the breach. Colour never says it alone: the
glyph, the chip and the words change with it.
"""

from collections.abc import Sequence

from rich.segment import Segment
from textual.strip import Strip

from orchestrator.clock import span
from orchestrator.model.deadlines import standing
from orchestrator.model.records import Deadline
from orchestrator.model.state import State
from tui.ink import Ink, Piece, width_of
from tui.widgets.region import Region

CELLS = 6
ORDER = (
    "acknowledge",
    "engage",
    "update",
    "tier2",
    "management",
    "executive",
    "status-page",
    "resolve",
    "review",
)
FIRST_TO_GO = ("status-page", "tier2", "executive", "management", "review")
NAMES = {
    "acknowledge": ("ACKNOWLEDGE", "ACK", "ACK"),
    "engage": ("ENGAGE", "ENGAGE", "ENG"),
    "update": ("UPDATE", "UPDATE", "UPD"),
    "tier2": ("TIER 2", "TIER 2", "T2"),
    "management": ("MANAGEMENT", "MGMT", "MGMT"),
    "executive": ("EXECUTIVE", "EXEC", "EXEC"),
    "status-page": ("STATUS PAGE", "PAGE", "PAGE"),
    "resolve": ("RESOLVE", "RESOLVE", "RESOLVE"),
    "review": ("REVIEW", "REVIEW", "REV"),
}
"""Wide, usual and shortest name of a promise."""

TRIGGER_LATE = "due"
GLYPHS = {
    "met": ("✓", "ok"),
    "dropped": ("–", "muted"),
    "calm": ("·", "muted"),
    "half": ("•", "text"),
    "near": ("▲", "warn"),
    "due": ("▲", "warn"),
    "late": ("×", "breach"),
}


def shown(state: State) -> list[Deadline]:
    """The deadlines of the strip: those planned, in fixed order, at most six."""
    names = [name for name in ORDER if name in state.deadlines]
    for name in FIRST_TO_GO:
        if len(names) > CELLS and name in names:
            names.remove(name)
    return [state.deadlines[name] for name in names[:CELLS]]


def standing_now(deadline: Deadline, state: State, now: float) -> str:
    """As the model says; a trigger whose time has come is `due`, not a broken promise."""
    word = standing(deadline, _until(state, now, deadline))
    return TRIGGER_LATE if word == "late" and deadline.kind == "trigger" else word


def time_of(deadline: Deadline, state: State, now: float) -> str:
    """Time it took, time left, or how late."""
    word = standing_now(deadline, state, now)
    if word == "met":
        took = max(0, int(deadline.ended_at - deadline.start))
        return span(took) if took >= 3600 else f"{took // 60}:{took % 60:02d}"
    if word == "dropped":
        return ""
    left = deadline.due - _until(state, now, deadline)
    return span(left) if left > 0 and word != "late" else f"+{span(left)}"


def settled_at(state: State, deadline: Deadline) -> float:
    """When what was promised happened after all, late or not; 0 while it has not."""
    kept = {
        "acknowledge": state.acknowledged_at,
        "engage": state.engaged_at,
        "review": state.reviewed_at,
    }
    return kept.get(deadline.name, 0.0 if state.open else state.resolved_at)


def _until(state: State, now: float, deadline: Deadline) -> float:
    """A clock stands still once what it waits for has happened."""
    return min(now, settled_at(state, deadline) or now)


def _used(deadline: Deadline, state: State, now: float) -> float:
    length = max(deadline.due - deadline.start, 0.001)
    return min(1.0, max(0.0, (_until(state, now, deadline) - deadline.start) / length))


def bar(ink: Ink, deadline: Deadline, state: State, now: float, width: int) -> list[Piece]:
    """A bar over the cell, filled half a cell at a time."""
    word = standing_now(deadline, state, now)
    trough = ink("track", "background")
    if word in ("met", "dropped"):
        return [("─" * width, ink("line", "background"))]
    token = {"calm": "bar", "half": "muted", "late": "breach"}.get(word, "warn")
    halves = round(_used(deadline, state, now) * width * 2)
    if halves == 0 and word != "calm":
        halves = 1
    full, half = divmod(min(halves, width * 2), 2)
    filled = "━" * full + ("╸" if half else "")
    return [(filled, ink(token, "background")), ("─" * (width - full - half), trough)]


class DeadlineStrip(Region):
    """The strip; one row high it is the short form."""

    DEFAULT_CSS = """
    DeadlineStrip { height: 2; background: $wr-background; }
    """
    GROUND = "background"

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id)
        self._state = State()
        self._now = 0.0

    def apply(self, state: State, now: float) -> None:
        self._state, self._now = state, now
        self.changed()

    def body(self, width: int, height: int) -> list[Strip]:
        deadlines = shown(self._state)
        if not deadlines:
            return []
        if height == 1 or width < 100:
            return [self._short(width, deadlines)]
        ink, ground = self.ink, self.ink("text", "background")
        cell, rest = divmod(width - 2 - 2 * (CELLS - 1), CELLS)
        top, bottom = [(" ", ground)], [(" ", ground)]
        for index, deadline in enumerate(deadlines):
            gap = [("  ", ground)] if index else []
            cells = cell + (1 if index < rest else 0)
            top += [*gap, *self._cell(deadline, cells)]
            bottom += [*gap, *bar(ink, deadline, self._state, self._now, cells)]
        return [self._line(top, width), self._line(bottom, width)]

    def _line(self, pieces: Sequence[Piece], width: int) -> Strip:
        ink = self.ink
        segments = [Segment(ink.text(text), style) for text, style in pieces]
        return Strip(segments).adjust_cell_length(width, ink("text", "background"))

    def _cell(self, deadline: Deadline, width: int) -> list[Piece]:
        ink, ground = self.ink, "background"
        word = standing_now(deadline, self._state, self._now)
        glyph, token = GLYPHS[word]
        name = NAMES.get(deadline.name, (deadline.name.upper(),) * 3)[0 if width >= 26 else 1]
        loud = word in ("near", "due", "late")
        name_token = token if loud else "text" if word == "half" else "muted"
        left: list[Piece] = [
            (f"{glyph} ", ink(token, ground, bold=loud)),
            (name, ink(name_token, ground, bold=loud)),
        ]
        time = time_of(deadline, self._state, self._now)
        if loud and self._counts(deadline):
            right: Piece = (f" {time} ", ink("on-sev", token, bold=True))
        else:
            quiet = word in ("met", "dropped")
            right = (time, ink("muted" if quiet else "breach" if loud else "text", ground))
        space = max(1, width - width_of(left) - width_of([right]))
        return [*left, (" " * space, ink("text", ground)), right]

    def _counts(self, deadline: Deadline) -> bool:
        return not settled_at(self._state, deadline)

    def _short(self, width: int, deadlines: Sequence[Deadline]) -> Strip:
        """`✓ ACK ▲ UPDATE 02:31 · RESOLVE 1h36m`: what is met shrinks, what hurts is a chip.

        Names and gaps shrink before a promise is left out.
        """
        ground = self.ink("text", "background")
        for names, gap in ((1, "  "), (1, " "), (2, " ")):
            cells = [c for d in deadlines if (c := self._short_cell(d, names, gap))]
            if sum(width_of(cell) for cell in cells) <= width:
                break
        pieces: list[Piece] = [(" ", ground)]
        for cell in cells:
            if width_of(pieces) + width_of(cell) <= width + len(gap):
                pieces += cell
        strip = self._line(pieces, max(width, width_of(pieces)))
        return strip.crop(0, width)

    def _short_cell(self, deadline: Deadline, names: int, gap: str) -> list[Piece]:
        ink, ground = self.ink, "background"
        word = standing_now(deadline, self._state, self._now)
        glyph, token = GLYPHS[word]
        known = NAMES.get(deadline.name, (deadline.name.upper(),) * 3)
        space: Piece = (gap, ink("text", ground))
        if word == "dropped":
            return []
        if word == "met":
            name = f"{known[2]}{gap[:1]}"
            return [(f"{glyph} ", ink("ok", ground)), (name, ink("muted", ground))]
        time = time_of(deadline, self._state, self._now)
        if word in ("near", "due", "late") and self._counts(deadline):
            loud = ink("on-sev", token, bold=True)
            return [(f" {glyph} {known[names]} {time} ", loud), (" ", space[1])]
        return [
            (f"{glyph} ", ink(token, ground)),
            (f"{known[names]} ", ink("muted", ground)),
            (time, ink("text", ground)),
            space,
        ]
