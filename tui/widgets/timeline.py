"""All that happened, one line each; follows the newest until the person scrolls away."""

import re
from collections.abc import Mapping, Sequence
from typing import ClassVar

from rich.cells import cell_len
from textual import events
from textual.binding import BindingType
from textual.strip import Strip

from orchestrator.clock import hhmmss
from orchestrator.model.timeline import KINDS
from tui.citations import CitationChosen, cited_in
from tui.feed import Entry
from tui.glyphs import CARET, TONES, mark
from tui.ink import Ink, Piece, row
from tui.keys import LIST, REGION, bindings
from tui.widgets.region import Region

_EVIDENCE = re.compile(r"E\d")
_CODE = re.compile(r"[A-Z]{2}")
FILTERS = ("", *KINDS)
BEGUN = ("·", "muted")
"""Work that begins is news, not something that waits for a person: it stays grey here."""


class Timeline(Region, can_focus=True):
    """The rows of the timeline, all kinds or one; while it has the focus, one of them is chosen."""

    TITLE = "Timeline"
    BINDINGS: ClassVar[list[BindingType]] = bindings(REGION, LIST)

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id)
        self.entries: list[Entry] = []
        self.kind = ""
        self.following = True
        self.top = 0
        self.at = 0
        """the chosen row, among those of the kind shown"""
        self._seen = 0
        self._shown: list[Entry] = []
        self._stars: Mapping[str, float] = {}

    def reset(self) -> None:
        self.entries.clear()
        self._shown.clear()
        self.following, self.top, self.at, self._seen = True, 0, 0, 0

    def apply(self, fresh: Sequence[Entry]) -> None:
        """Add what happened."""
        self.entries += fresh
        self._shown += self._wanted(fresh)
        self._settle()

    def before(self, earlier: Sequence[Entry]) -> None:
        """Add what happened before all that is here; whatever is looked at stays in its place."""
        self.entries[:0] = earlier
        added = self._wanted(earlier)
        self._shown[:0] = added
        self.top, self.at, self._seen = (n + len(added) for n in (self.top, self.at, self._seen))
        self._settle()

    def star(self, stars: Mapping[str, float]) -> None:
        """Events a person starred carry the star."""
        if stars.keys() != self._stars.keys():
            self._stars = dict(stars)
            self.changed()

    def _wanted(self, entries: Sequence[Entry]) -> Sequence[Entry]:
        """Those of the kind that is shown."""
        if not self.kind:
            return entries
        return [entry for entry in entries if entry.line.kind == self.kind]

    def next_kind(self) -> None:
        """All kinds, then one after the other those that have rows."""
        present = {entry.line.kind for entry in self.entries}
        order = [kind for kind in FILTERS if not kind or kind in present]
        self.kind = order[(order.index(self.kind) + 1) % len(order)] if self.kind in order else ""
        self._shown = list(self._wanted(self.entries))
        self.following = True
        self._settle()

    @property
    def chosen_event(self) -> str:
        """The id of the chosen row's event; empty while there is none."""
        return self._shown[self.at].event if self.at < len(self._shown) else ""

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
            self.at = max(0, len(self._shown) - 1)
        self.at = max(0, min(self.at, len(self._shown) - 1))
        self.top = max(0, min(self.top, self._tail_top))
        self.changed()

    def body(self, width: int, height: int) -> list[Strip]:
        if self.following:
            self.top = max(0, len(self._shown) - height)
        ink = self.ink
        lines = self._shown[self.top : self.top + height]
        chosen = self.at - self.top if self.has_focus else -1
        return [self._line(ink, width, entry, n == chosen) for n, entry in enumerate(lines)]

    def _line(self, ink: Ink, width: int, entry: Entry, chosen: bool) -> Strip:
        line, on = entry.line, "wash" if chosen else "surface"
        strong = line.mark in ("wait", "late")
        known = (mark(line.mark), TONES.get(line.mark, "muted"))
        glyph, tone = BEGUN if line.mark == "now" else known
        if entry.event in self._stars:
            glyph, tone = mark("star"), TONES["star"]
        left = [
            (f"{hhmmss(line.at)} ", ink("muted", on)),
            (f"{glyph} ", ink(tone, on, bold=strong)),
            (line.text, ink("bright" if strong or chosen else "text", on, bold=strong)),
        ]
        room = width - 14 - cell_len(line.text)
        who = self._who(ink, line.who, room, on) if line.who else ()
        return row(ink, width, left, who, on=on, edge=CARET if chosen else "")

    def _who(self, ink: Ink, who: str, room: int, on: str) -> list[Piece]:
        """The right-hand fact: ids are shown as far as the text leaves room, at least the first."""
        if _EVIDENCE.match(who):
            return [(_short(who, room), ink("accent", on))]
        role = f"role-{who.lower()}"
        if _CODE.fullmatch(who) and ink.knows(role):
            return [(who, ink(role, on, bold=True))]
        return [(who, ink("muted", on))]

    # --- moving -----------------------------------------------------------------------------------

    def action_scroll(self, rows: int) -> None:
        self._choose(self.at + rows)

    def action_page(self, pages: int) -> None:
        self._choose(self.at + pages * max(1, self._room - 1))

    def action_top(self) -> None:
        self._choose(0)

    def action_follow(self) -> None:
        self.following = True
        self._settle()

    def action_open(self) -> None:
        """Go to the first evidence the chosen row cites."""
        if self.at < len(self._shown):
            line = self._shown[self.at].line
            if cited := cited_in(" ".join((line.text, *line.evidence))):
                self.post_message(CitationChosen(tuple(cited)))

    def _choose(self, at: int) -> None:
        """Another row is chosen; the window follows it."""
        self.at = max(0, min(at, len(self._shown) - 1))
        top = max(min(self.top, self.at), self.at - self._room + 1)
        if self.at < len(self._shown) - 1 and self.following:
            self.following, self._seen = False, len(self._shown)
        elif self.at >= len(self._shown) - 1:
            self.following = True
        self.top = top
        self._settle()

    def _move(self, top: int) -> None:
        """The mouse moves the window; the chosen row stays inside it."""
        top = max(0, min(top, self._tail_top))
        if top < self._tail_top and self.following:
            self.following, self._seen = False, len(self._shown)
        elif top >= self._tail_top:
            self.following = True
        self.top = top
        self.at = max(top, min(self.at, top + self._room - 1))
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
