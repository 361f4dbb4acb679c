"""The parts an approval card is painted from: its sheet, which scrolls, and the rows under it."""

from collections.abc import Sequence

from textual import events
from textual.strip import Strip

from orchestrator.model.differences import differences
from orchestrator.model.records import Approval
from orchestrator.model.state import State
from tui.glyphs import CARET
from tui.ink import Piece, band, blank_row, row
from tui.keys import REGION, bindings
from tui.screens.card_rows import CardRows
from tui.widgets.approval_queue import countdown, risk_word
from tui.widgets.region import Region


class CardSheet(Region):
    """Title band and body of a card. The body scrolls when it is taller than its room."""

    can_focus = True
    BINDINGS = bindings(REGION)

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id)
        self._approval: Approval | None = None
        self._state = State()
        self._now = 0.0
        self._top = 0
        self._body: list[Strip] = []
        self._body_for: tuple[object, ...] = ()

    def apply(self, approval: Approval, state: State, now: float) -> None:
        self._approval, self._state, self._now = approval, state, now
        self.changed()

    def height_for(self, width: int) -> int:
        """Rows it would take to show everything; one where painting will say what fails."""
        try:
            return 1 + self._air + len(self._built(width))
        except Exception:
            return 1

    @property
    def hidden(self) -> int:
        """Rows below the last one shown."""
        room = self.size.height - 1 - self._air
        return max(0, len(self._body) - self._top - room)

    @property
    def _air(self) -> int:
        return 0 if self.size.width < 90 else 1

    def rows(self, width: int, height: int) -> list[Strip]:
        if self._approval is None:
            return []
        body = self._built(width)
        room = max(0, height - 1 - self._air)
        self._top = min(self._top, max(0, len(body) - room))
        air = [blank_row(self.ink, width)] * self._air
        return [self._band(self._approval, width), *air, *body[self._top : self._top + room]]

    def _built(self, width: int) -> list[Strip]:
        if self._approval is None:
            return []
        lead = self._state.roles.get("commander", "")
        seen = (len(self._state.evidence), tuple(differences(self._state)), lead)
        built_for = (self._approval, width, id(self.ink), seen)
        if built_for != self._body_for:
            self._body_for = built_for
            self._body = CardRows(self.ink, self._approval, self._state, width).build()
        return self._body

    def _band(self, approval: Approval, width: int) -> Strip:
        ink = self.ink
        title: list[Piece] = []
        if approval.risk == "destructive":
            title.append((" DESTRUCTIVE ", ink("on-sev", "breach", bold=True)))
            title.append(("  ", ink("text", "panel")))
        title.append((approval.title, ink("bright", "panel", bold=True)))
        if approval.risk != "destructive":
            title.append(("  risk ", ink("muted", "panel")))
            title.append(risk_word(ink, approval.risk, "panel"))
        left = countdown(ink, approval, self._now, "panel")
        if approval.decision:
            fact: list[Piece] = [(approval.decision, ink("bright", "panel", bold=True))]
        elif left[0] == "expired":
            fact = [left]
        else:
            fact = [("expires ", ink("muted", "panel")), left]
        return band(ink, width, title, fact, focused=False)

    # --- moving through a long card ---------------------------------------------------------------

    def action_scroll(self, rows: int) -> None:
        self._top = max(0, self._top + rows)
        self.changed()

    def action_page(self, pages: int) -> None:
        self.action_scroll(pages * max(1, self.size.height - 2))

    def action_top(self) -> None:
        self._top = 0
        self.changed()

    def action_follow(self) -> None:
        self._top = len(self._body)
        self.changed()

    def on_mouse_scroll_down(self, event: events.MouseScrollDown) -> None:
        self.action_scroll(3)

    def on_mouse_scroll_up(self, event: events.MouseScrollUp) -> None:
        self.action_scroll(-3)


class CardPrompt(Region):
    """The line over the input: what to type, and how far it still is."""

    GROUND = "wash"

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id)
        self._left: Sequence[Piece] = ()
        self._right = ""

    def ask(self, words: str, name: str = "", right: str = "") -> None:
        """`words` and then the name to type, bold."""
        ink = self.ink
        self._left = [(words, ink("text", "wash")), (name, ink("bright", "wash", bold=True))]
        self._right = right
        self.changed()

    def body(self, width: int, height: int) -> list[Strip]:
        right = [(self._right, self.ink("muted", "wash"))] if self._right else []
        return [row(self.ink, width, self._left, right, on="wash", edge=CARET)]


class CardFoot(Region):
    """The card's keys, whether they count yet, and what makes the card void."""

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id)
        self._keys: Sequence[tuple[str, str]] = ()
        self._state: tuple[str, str] = ("", "muted")
        self._below = ""

    def apply(
        self, keys: Sequence[tuple[str, str]], state: tuple[str, str], below: str = ""
    ) -> None:
        """`keys` as (key, word); `state` as (text, token) at the right end."""
        self._keys, self._state, self._below = keys, state, below
        self.changed()

    def body(self, width: int, height: int) -> list[Strip]:
        ink = self.ink
        left: list[Piece] = []
        for key, word in self._keys:
            left += [(key, ink("accent", bold=True)), (f" {word}  ", ink("muted"))]
        text, token = self._state
        state: list[Piece] = [(text, ink(token, bold=token != "muted"))]
        rows = [row(ink, width, left, state), row(ink, width, [(self._below, ink("muted"))])]
        return [blank_row(ink, width), *rows] if height > len(rows) else rows
