"""The last row: the keys that work here, always in the same order, and the time in UTC."""

from collections.abc import Sequence

from textual.strip import Strip

from orchestrator.clock import hhmmss
from tui.ink import Piece, row, width_of
from tui.keys import CONSOLE, WAR_ROOM, footer_of, is_typing, registry_of
from tui.widgets.region import Region


class KeyFooter(Region):
    """Keys of the registry for the contexts of a screen; the last to go is the help."""

    DEFAULT_CSS = """
    KeyFooter { height: 1; background: $wr-background; }
    """
    GROUND = "background"

    def __init__(
        self,
        contexts: Sequence[str] = (CONSOLE, WAR_ROOM),
        *,
        clock: bool = True,
        also: Sequence[str] = (),
        id: str | None = None,  # noqa: A002
    ) -> None:
        super().__init__(id=id)
        self.contexts = tuple(contexts)
        self._clock_shown = clock
        self._also = tuple(also)
        self._now = 0.0

    def tick(self, now: float) -> None:
        self._now = now
        self.changed()

    def show(self, contexts: Sequence[str]) -> None:
        """Other keys work now."""
        if tuple(contexts) != self.contexts:
            self.contexts = tuple(contexts)
            self.changed()

    def body(self, width: int, height: int) -> list[Strip]:
        ink, ground = self.ink, "background"
        right: list[Piece] = []
        if self._clock_shown and self._now and width >= 40:
            right = [(hhmmss(self._now) + "Z", ink("text", ground))]
        room = width - 5 - width_of(right)
        typing = is_typing(self.screen)
        also = (*self._also, "back") if typing else self._also
        keys = footer_of(self.contexts, also, registry_of(self.app), typing=typing)
        while keys and sum(len(k.label) + len(k.description) + 3 for k in keys) - 2 > room:
            keys.pop(-2 if len(keys) > 1 else -1)
        left: list[Piece] = []
        for index, key in enumerate(keys):
            left.append(("  " if index else "", ink("muted", ground)))
            left.append((key.label, ink("accent", ground, bold=True)))
            left.append((f" {key.description}", ink("muted", ground)))
        return [row(ink, width, left, right, on=ground)]
