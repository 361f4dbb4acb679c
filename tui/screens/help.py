"""All keys of a screen, from the registry, and what each of them does."""

from collections.abc import Sequence
from typing import ClassVar

from textual import events
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.screen import ModalScreen
from textual.strip import Strip

from tui.ink import Piece, row
from tui.keymap import GROUPS
from tui.keys import CONSOLE, REGION, Key, bindings, entries, is_text, over, registry_of
from tui.screens.over import Over
from tui.widgets.footer import KeyFooter
from tui.widgets.region import Region


class KeyList(Region, can_focus=True):
    """The keys, group by group."""

    TITLE = "Keys"
    BINDINGS: ClassVar[list[BindingType]] = bindings(REGION)

    def __init__(self, keys: Sequence[Key]) -> None:
        super().__init__()
        self._keys = keys
        self.top = 0

    def fact(self) -> Sequence[Piece]:
        more = self._hidden
        on = "focus-band" if self.has_focus else "panel"
        return [(f"↓ {more} more" if more else "", self.ink("muted", on))]

    @property
    def _hidden(self) -> int:
        return max(0, len(self._lines(self.size.width)) - self.top - (self.size.height - 1))

    def _lines(self, width: int) -> list[Strip]:
        ink = self.ink
        lines: list[Strip] = []
        for group, title in GROUPS:
            keys = [key for key in self._keys if key.group == group]
            if not keys:
                continue
            lines.append(row(ink, width, []))
            lines.append(row(ink, width, [(title, ink("bright", bold=True))]))
            for key in keys:
                left = [(f"{key.label:<11}", ink("accent", bold=True)), (key.tooltip, ink("text"))]
                lines.append(row(ink, width, left))
        return lines

    def body(self, width: int, height: int) -> list[Strip]:
        return self._lines(width)[self.top : self.top + height]

    def _move(self, top: int) -> None:
        most = max(0, len(self._lines(self.size.width)) - (self.size.height - 1))
        self.top = max(0, min(top, most))
        self.changed()

    def action_scroll(self, rows: int) -> None:
        self._move(self.top + rows)

    def action_page(self, pages: int) -> None:
        self._move(self.top + pages * max(1, self.size.height - 2))

    def action_top(self) -> None:
        self._move(0)

    def action_follow(self) -> None:
        self._move(10_000)

    def on_resize(self, event: events.Resize) -> None:
        self._move(self.top)


class Help(Over, ModalScreen[None], inherit_bindings=False):
    """The help of one screen."""

    DEFAULT_CSS = """
    Help { background: $wr-background; padding: 0; }
    Help KeyList { height: 1fr; }
    """
    BINDINGS: ClassVar[list[BindingType]] = over("help")
    AUTO_FOCUS = "KeyList"

    def __init__(self, contexts: Sequence[str], *, typing: bool = False) -> None:
        """`typing`: of a screen where letters are text, so that only other keys act."""
        super().__init__()
        self._contexts = contexts if typing else (*contexts, REGION)
        self._typing = typing

    def compose(self) -> ComposeResult:
        keys = entries(*self._contexts, registry=registry_of(self.app))
        yield KeyList([key for key in keys if not (self._typing and is_text(key))])
        yield KeyFooter((CONSOLE,), clock=False, also=("back",))

    def action_back(self) -> None:
        self.dismiss(None)

    def action_help(self) -> None:
        self.dismiss(None)
