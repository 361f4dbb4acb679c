"""The hypotheses board in small: what is suspected, and how much speaks for and against it."""

from collections.abc import Mapping, Sequence
from typing import Any

from textual.strip import Strip

from orchestrator.model.differences import differences
from orchestrator.model.state import State
from tui.hypothesis_text import ordered
from tui.ink import Piece, row
from tui.widgets.region import Region

_MARKS = {
    "supported": ("●", "accent", "text"),
    "confirmed": ("✓", "ok", "text"),
    "refuted": ("×", "muted", "muted"),
}


class Hypotheses(Region):
    """The board of the latest analysis."""

    TITLE = "Hypotheses"
    DEFAULT_CSS = """
    Hypotheses { height: 5; }
    """

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id)
        self._board: Sequence[Mapping[str, Any]] = ()
        self._verdict = ""
        self._differ = False

    def apply(self, state: State, now: float) -> None:
        self._board = ordered(state)
        self._differ = bool(differences(state))
        self._verdict = str(state.cause.get("verdict", ""))
        self.changed()

    def fact(self) -> Sequence[Piece]:
        on = "focus-band" if self.has_focus else "panel"
        differ: list[Piece] = [("▲ ", self.ink("warn", on, bold=True))] if self._differ else []
        if self._verdict:
            return [*differ, (self._verdict, self.ink("muted", on))]
        leads = next(
            (h for h in self._board if h.get("status") in ("supported", "confirmed")), None
        )
        said = f"{leads['id']} leads" if leads else "methods differ" if differ else ""
        return [*differ, (said, self.ink("muted", on))] if said else ()

    def body(self, width: int, height: int) -> list[Strip]:
        ink = self.ink
        if not self._board:
            return [row(ink, width, [("none yet", ink("muted"))])]
        rows = []
        for item in self._board[:height]:
            glyph, token, words = _MARKS.get(str(item.get("status")), ("○", "muted", "muted"))
            speaks = f"+{len(item.get('supporting', ()))}"
            against = f" -{len(item.get('refuting', ()))}"
            left = [
                (f"{glyph} ", ink(token)),
                (f"{item.get('id', '')} ", ink("muted")),
                (str(item.get("statement", "")), ink(words)),
            ]
            right = [(speaks, ink("text")), (against, ink("muted"))]
            rows.append(row(ink, width, left, right))
        return rows
