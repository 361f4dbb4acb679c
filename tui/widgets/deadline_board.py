"""The deadline board: the next promise to be broken in large digits, then all of them by time."""

from collections.abc import Sequence
from typing import ClassVar

from textual.strip import Strip

from tui.board_lines import TONES, bar, promise_line
from tui.digits import digits
from tui.ink import Piece, row
from tui.promises import Promise, upcoming
from tui.widgets.chooser import Chooser

LARGE_FROM, BARS_FROM = 16, 24
"""Rows from which the digits, and a bar under each promise, have room."""


class DeadlineBoard(Chooser):
    """All promises that count, over all incidents of the project."""

    TITLE = "Deadlines"
    EMPTY: ClassVar[str] = "no promise is running"
    STAYS = False

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id)
        self._promises: Sequence[Promise] = ()

    def apply(self, found: Sequence[Promise]) -> None:
        self._promises = found
        width, height = self.size
        room = height - 1 - (6 if height >= LARGE_FROM else 0)
        rows = 2 if height >= BARS_FROM and 2 * len(found) <= room else 1
        self.show([promise_line(promise, width, rows) for promise in found])

    def body(self, width: int, height: int) -> list[Strip]:
        head = self._head(width) if height + 1 >= LARGE_FROM and self._promises else []
        self._above = len(head)
        return [*head, *super().body(width, height - len(head))]

    def _head(self, width: int) -> list[Strip]:
        """Three rows of digits, what they count beside them, and the bar."""
        ink = self.ink
        promise = upcoming(self._promises)
        says = "next promise"
        if promise is None:
            promise, says = self._promises[0], "late, and the next to be kept"
        tone = TONES[promise.standing].strip("*")
        faces = digits(promise.time)
        if ink.ascii_only:
            faces = (" " * len(promise.time), promise.time, " " * len(promise.time))
        token = "bright" if promise.standing in ("calm", "half") else tone
        beside: tuple[list[Piece], ...] = (
            [(says, ink("muted"))],
            [(promise.label, ink(token, bold=True)), (f" {promise.incident}", ink("text"))],
            [("owed by ", ink("muted")), (promise.owner, ink("bright"))],
        )
        rows = [row(ink, width, [])]
        for face, words in zip(faces, beside, strict=True):
            rows.append(
                row(ink, width, [(face, ink(token, bold=True)), ("  ", ink("text")), *words])
            )
        filled = [(text, ink(bare)) for text, bare in bar(promise, max(1, width - 2))]
        return [*rows, row(ink, width, filled), row(ink, width, [])]
