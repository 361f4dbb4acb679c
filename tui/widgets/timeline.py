"""All that happened, one line each; follows the newest until the person scrolls away."""

import re
from collections.abc import Iterable, Sequence
from typing import ClassVar

from rich.cells import cell_len
from textual import events
from textual.binding import BindingType
from textual.strip import Strip

from orchestrator.clock import hhmmss
from orchestrator.model.events import Event
from orchestrator.model.timeline import KINDS, Row
from orchestrator.model.timeline import row as row_of
from tui.glyphs import TONES, mark
from tui.ink import Ink, Piece, row
from tui.keys import REGION, bindings
from tui.widgets.region import Region

_EVIDENCE = re.compile(r"E\d")
_CODE = re.compile(r"[A-Z]{2}")
FILTERS = ("", *KINDS)
BEGUN = ("·", "muted")
"""Work that begins is news, not something that waits for a person: it stays grey here."""


class Timeline(Region, can_focus=True):
    """The rows of the timeline, all kinds or one."""

    TITLE = "Timeline"
    BINDINGS: ClassVar[list[BindingType]] = bindings(REGION)

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id)
        self.entries: list[Row] = []
        self.kind = ""
        self.following = True
        self.top = 0
        self._seen = 0
        self._shown: list[Row] = []
        self._known: dict[str, Row | None] = {}
        """what each event says, which never changes: a replay asks for all of it at every jump"""

    def reset(self) -> None:
        self.entries.clear()
        self._shown.clear()
        self.following, self.top, self._seen = True, 0, 0

    def apply(self, fresh: Iterable[Event]) -> None:
        """Add what these events say."""
        new = [line for event in fresh if (line := self._row_of(event)) is not None]
        self.entries += new
        self._shown += [line for line in new if not self.kind or line.kind == self.kind]
        self._settle()

    def _row_of(self, event: Event) -> Row | None:
        try:
            return self._known[event.id]
        except KeyError:
            line = self._known[event.id] = row_of(event)
            return line

    def next_kind(self) -> None:
        """All kinds, then one after the other those that have rows."""
        present = {line.kind for line in self.entries}
        order = [kind for kind in FILTERS if not kind or kind in present]
        self.kind = order[(order.index(self.kind) + 1) % len(order)] if self.kind in order else ""
        self._shown = [line for line in self.entries if not self.kind or line.kind == self.kind]
        self.following = True
        self._settle()

    @property
    def count(self) -> int:
        return len(self.entries)

    @property
    def unseen(self) -> int:
        return max(0, len(self._shown) - self._seen)

    def fact(self) -> Sequence[Piece]:
        on = "focus-band" if self.has_focus else "panel"
        words: Piece = (self.kind or "all kinds", self.ink("muted", on))
        if self.following:
            return [words]
        new = f" ↓ {self.unseen} new " if self.unseen else " ↓ "
        return [words, (" ", words[1]), (new, self.ink("text", "focus-band", bold=True))]

    @property
    def _room(self) -> int:
        return max(1, self.size.height - 1)

    @property
    def _tail_top(self) -> int:
        return max(0, len(self._shown) - self._room)

    def _settle(self) -> None:
        if self.following:
            self.top, self._seen = self._tail_top, len(self._shown)
        self.top = max(0, min(self.top, self._tail_top))
        self.changed()

    def body(self, width: int, height: int) -> list[Strip]:
        if self.following:
            self.top = max(0, len(self._shown) - height)
        ink = self.ink
        lines = self._shown[self.top : self.top + height]
        return [self._line(ink, width, line) for line in lines]

    def _line(self, ink: Ink, width: int, line: Row) -> Strip:
        strong = line.mark in ("wait", "late")
        known = (mark(line.mark), TONES.get(line.mark, "muted"))
        glyph, tone = BEGUN if line.mark == "now" else known
        left = [
            (f"{hhmmss(line.at)} ", ink("muted")),
            (f"{glyph} ", ink(tone, bold=strong)),
            (line.text, ink("bright" if strong else "text", bold=strong)),
        ]
        room = width - 14 - cell_len(line.text)
        return row(ink, width, left, self._who(ink, line.who, room) if line.who else ())

    def _who(self, ink: Ink, who: str, room: int) -> list[Piece]:
        """The right-hand fact: ids are shown as far as the text leaves room, at least the first."""
        if _EVIDENCE.match(who):
            return [(_short(who, room), ink("accent"))]
        role = f"role-{who.lower()}"
        if _CODE.fullmatch(who) and ink.knows(role):
            return [(who, ink(role, bold=True))]
        return [(who, ink("muted"))]

    # --- moving -----------------------------------------------------------------------------------

    def action_scroll(self, rows: int) -> None:
        self._move(self.top + rows)

    def action_page(self, pages: int) -> None:
        self._move(self.top + pages * max(1, self._room - 1))

    def action_top(self) -> None:
        self._move(0)

    def action_follow(self) -> None:
        self.following = True
        self._settle()

    def _move(self, top: int) -> None:
        top = max(0, min(top, self._tail_top))
        if top < self._tail_top and self.following:
            self.following, self._seen = False, len(self._shown)
        elif top >= self._tail_top:
            self.following = True
        self.top = top
        self._settle()

    def on_mouse_scroll_up(self, event: events.MouseScrollUp) -> None:
        event.stop()
        self._move(self.top - 3)

    def on_mouse_scroll_down(self, event: events.MouseScrollDown) -> None:
        event.stop()
        self._move(self.top + 3)

    def on_resize(self, event: events.Resize) -> None:
        self._settle()


def _short(ids: str, cells: int) -> str:
    """Evidence ids cut between two of them, never inside one."""
    words = ids.split()
    while len(words) > 1 and len(" ".join(words)) > cells:
        words.pop()
    cut = len(words) < len(ids.split())
    return " ".join(words) + ("…" if cut else "")
