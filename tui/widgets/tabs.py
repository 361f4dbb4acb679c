"""Regions as tabs where the screen has no room for columns."""

from dataclasses import dataclass

from textual.strip import Strip

from tui.ink import Piece, row
from tui.widgets.region import Region


@dataclass(frozen=True, slots=True)
class Tab:
    """One tab: its name, its count, and whether something in it waits for a key."""

    id: str
    name: str
    count: str = ""
    waits: bool = False


class TabRow(Region):
    """The row of tabs; the one shown is on the ground of its region."""

    DEFAULT_CSS = """
    TabRow { height: 1; background: $wr-background; }
    """
    GROUND = "background"

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id)
        self._tabs: tuple[Tab, ...] = ()
        self._active = ""

    def apply(self, tabs: tuple[Tab, ...], active: str) -> None:
        self._tabs, self._active = tabs, active
        self.changed()

    def body(self, width: int, height: int) -> list[Strip]:
        ink, pieces = self.ink, []
        for tab in self._tabs:
            active = tab.id == self._active
            on = "surface" if active else "background"
            name = ink("accent" if active else "text" if tab.waits else "muted", on, bold=active)
            pieces.append((f" {tab.name} ", name))
            if tab.waits and not active:
                pieces.append((f" {tab.count} ", ink("on-accent", "accent", bold=True)))
                pieces.append((" ", ink("text", "background")))
            elif tab.count:
                pieces.append((f"{tab.count} ", name))
        keys: list[Piece] = [
            ("tab", ink("accent", "background", bold=True)),
            (" next", ink("muted", "background")),
        ]
        return [row(ink, width, pieces, keys, on="background")]
