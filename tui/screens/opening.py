"""The first frame: what is being opened, while the rest of the console is still being loaded.

Loading takes longer than painting. A person at a slow machine sees at once that the console is
there; the screen that was asked for takes this one's place as soon as it can be shown whole.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from importlib import import_module
from typing import ClassVar

from rich.text import Text
from textual import events, work
from textual.message import Message
from textual.screen import Screen

from tui.failures import Enduring
from tui.ink import ink_of
from tui.keys import CONSOLE


class Opening(Enduring, Screen[None], inherit_bindings=False):
    """One line, and the loading behind it."""

    DEFAULT_CSS = """
    Opening { background: $wr-background; color: $wr-muted; }
    """
    AUTO_FOCUS = ""
    CONTEXTS: ClassVar[tuple[str, ...]] = (CONSOLE,)

    @dataclass
    class Loaded(Message):
        """Everything that the screen asked for needs is there."""

        typed: Sequence[events.Key]
        """keys that came meanwhile, for the screen that they were meant for"""

    def __init__(self, words: str, modules: Sequence[str]) -> None:
        super().__init__()
        self._words = words
        self._modules = modules
        self._typed: list[events.Key] = []

    def render(self) -> Text:
        return Text(ink_of(self.app).text(f" warroom   {self._words}"))

    def on_key(self, event: events.Key) -> None:
        """It is meant for the screen that follows; leaving and stopping never come here."""
        event.stop()  # else a key of the whole console acts here, and once more when it is given on
        self._typed.append(events.Key(event.key, event.character))

    def on_mount(self) -> None:
        self.call_after_refresh(self.load)

    @work(thread=True, exclusive=True, group="load")
    def load(self) -> None:
        for name in self._modules:
            import_module(name)
        self.post_message(self.Loaded(self._typed))
