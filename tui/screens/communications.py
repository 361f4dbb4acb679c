"""The texts for people outside: what is due, what is on its way, and what arrived where.

The list stands beside the exact words of the chosen one. Enter opens it, and only there a key
sends: it counts after the words have stood still, and carries the hash of what was on the screen.
"""

import os
from collections.abc import Iterable, Sequence
from typing import Any, ClassVar

from textual.app import SuspendNotSupported
from textual.binding import BindingType
from textual.widget import Widget

from orchestrator.clock import Clock, WallClock
from tui.feed import Feed
from tui.ink import Piece
from tui.keys import CONSOLE, LIST, TEXTS, bindings
from tui.letters import Words, line, listed, told, words
from tui.runner_link import RunnerLink
from tui.screens.leaf import Leaf
from tui.screens.letter import Asked, OpenText
from tui.shelf import digest
from tui.widgets.chooser import Chooser
from tui.widgets.page import Page


class TextList(Chooser):
    """Every text, what must go out now first."""

    TITLE = "Texts"
    EMPTY = "no text yet: they are drafted once the priority is known"

    def apply(self, feed: Feed) -> None:
        state, now = feed.state, feed.now()
        self.show([line(state, text, now) for text in listed(state)])
        self._due = sum(1 for text in state.messages.values() if text.state == "due")

    def fact(self) -> Sequence[Piece]:
        on = "focus-band" if self.has_focus else "panel"
        if getattr(self, "_due", 0):
            return [(f"▲ {self._due} due", self.ink("warn", on, bold=True))]
        return super().fact()


class Communications(Leaf, inherit_bindings=False):
    """The texts of one incident."""

    CSS_PATH = "communications.tcss"
    BINDINGS: ClassVar[list[BindingType]] = bindings(TEXTS, LIST)
    AUTO_FOCUS = "#list"
    CONTEXTS: ClassVar[tuple[str, ...]] = (CONSOLE, TEXTS, LIST)

    def __init__(
        self, feed: Feed, link: RunnerLink | None = None, clock: Clock | None = None
    ) -> None:
        super().__init__(feed, link)
        self._clock = clock or WallClock()
        self._words = Words(feed.folder)

    def compose_leaf(self) -> Iterable[Widget]:
        yield TextList(id="list")
        yield Page(id="page")

    def look_again(self) -> None:
        listing = self.query_one(TextList)
        listing.gap = 0 if self.has_class("-compact") else 1
        listing.apply(self.feed)
        self._read(listing.chosen)

    def on_chooser_moved(self) -> None:
        self._read(self.query_one(TextList).chosen)

    def on_chooser_opened(self, message: Chooser.Opened) -> None:
        """Open the chosen text; only there something is sent."""
        health = self.link.health if self.link is not None else None
        opened = OpenText(self.feed, message.chosen, self._words, self._clock, health)
        self.app.push_screen(opened, self._asked)

    def _asked(self, asked: Asked | None) -> None:
        if asked is None:
            return
        if asked.choice is None:
            self.command(asked.command, **asked.args)
            return
        from tui.screens.ask import Answered, Ask  # only when something must be typed

        choice = asked.choice

        def answered(said: Answered | None) -> None:
            if said is not None:
                chosen, typed = said
                self.command(chosen.command, **chosen.complete(typed))

        self.app.push_screen(Ask(asked.title, [choice]), answered)

    def _read(self, path: str) -> None:
        state, page = self.feed.state, self.query_one(Page)
        if not path:
            page.open("nothing chosen", "", "", "text")
            return
        shown = self._words.of(path)
        text = state.messages.get(path)
        facts = text.why if text is not None and text.why else ""
        if shown is None:
            page.open(path, facts, "It is not written yet.", "text")
        else:
            page.open(path, facts, words(state, shown) + told(state, path), "words")

    # --- keys -------------------------------------------------------------------------------------

    def action_next_region(self) -> None:
        self.go_round([self.query_one(TextList), self.query_one(Page)])

    def action_edit(self) -> None:
        """Edit a copy of the chosen text; the terminal is the editor's until it ends."""
        path = self.query_one(TextList).chosen
        text = self.feed.state.messages.get(path)
        if text is None:
            self.answer("no text yet")
        elif self.link is None:
            self.command("edit")
        elif text.state not in ("drafted", "due"):
            self.answer("this text stands as it is", refused=True)
        else:
            self._edit(path)

    def _edit(self, path: str) -> None:
        from tui.editor import NoEditor, edited  # only to edit

        try:
            before = self.feed.folder.document(path).read_text(encoding="utf-8")
            with self.app.suspend():
                after = edited(path, before, os.environ)
        except SuspendNotSupported:
            self.answer("this terminal cannot be handed to an editor", refused=True)
        except (NoEditor, UnicodeDecodeError) as error:
            self.answer(str(error), refused=True)
        except OSError as error:
            self.answer(f"{path} cannot be read: {error.strerror}", refused=True)
        else:
            if after == before:
                self.answer("nothing was changed")
            else:
                args: dict[str, Any] = {"path": path, "sha256": digest(before), "text": after}
                self.command("edit", **args)
