"""The incident's documents: the list beside the one that is open, rendered, live from the disk.

A person edits a copy in their own editor; the change is sent with the hash it started from. What
was changed behind the console's back is shown as that, and adopted by a key.
"""

import asyncio
import os
from collections.abc import Iterable, Sequence
from typing import ClassVar

from textual.app import SuspendNotSupported
from textual.binding import BindingType
from textual.widget import Widget

from orchestrator.clock import hhmmss
from orchestrator.model.records import Message
from tui.feed import Feed
from tui.ink import Piece
from tui.keys import CONSOLE, LIST, READING, bindings
from tui.runner_link import RunnerLink
from tui.screens.leaf import Leaf
from tui.shelf import Paper, Shelf, digest, document_of
from tui.widgets.chooser import Chooser, Line
from tui.widgets.page import Page

FIRST_CHOICE = ("post-incident-review.md", "completion-report.md", "incident-record.md")
WATCHED = (".md", ".ics")
STANDINGS = {
    "edited": ("edited", "text"),
    "changed": ("▲ changed", "warn*"),
    "gone": ("× gone", "breach*"),
    "proposed": ("▲ conflict", "warn*"),
}
SENDING = {
    "drafted": ("draft", "muted"),
    "due": ("▲ due", "warn*"),
    "sending": ("▸ on its way", "accent"),
    "sent": ("✓ sent", "ok"),
    "not_required": ("– not due", "muted"),
}
"""How a text to people stands; the words carry it, the colour only helps."""


class DocumentList(Chooser):
    """The documents written so far, and what became of each."""

    TITLE = "Files"
    EMPTY = "nothing written yet"

    def __init__(self) -> None:
        super().__init__(id="list")
        self.papers: Sequence[Paper] = ()

    def apply(self, papers: Sequence[Paper], messages: dict[str, Message]) -> None:
        self.papers = papers
        paths = [paper.path for paper in papers]
        if self.chosen not in paths:
            best = [path for path in FIRST_CHOICE if path in paths]
            self.chosen = (best or paths or [""])[0]
        self.show([_line(paper, messages.get(paper.path)) for paper in papers])

    def paper(self) -> Paper | None:
        return next((paper for paper in self.papers if paper.path == self.chosen), None)

    def fact(self) -> Sequence[Piece]:
        on = "focus-band" if self.has_focus else "panel"
        odd = [paper for paper in self.papers if paper.standing in ("changed", "gone", "proposed")]
        if odd:
            return [(f"▲ {len(odd)} of {len(self.papers)}", self.ink("warn", on, bold=True))]
        return super().fact()


def _line(paper: Paper, message: Message | None) -> Line:
    left = ((paper.path.removeprefix(".aiwg/"), "text"),)
    word = STANDINGS.get(paper.standing)
    if word is None and message is not None:
        word = SENDING.get(message.state)
    at = (hhmmss(paper.at), "muted") if paper.at else ("", "muted")
    return Line(paper.path, ((left, (word if word is not None else at,)),))


class Files(Leaf, inherit_bindings=False):
    """The documents of one incident."""

    BINDINGS: ClassVar[list[BindingType]] = bindings(READING)
    AUTO_FOCUS = "#list"
    CONTEXTS: ClassVar[tuple[str, ...]] = (CONSOLE, READING, LIST)
    DEFAULT_CSS = """
    Files #list { width: 52; }
    Files.-narrow #list { width: 1fr; }
    """

    def __init__(self, feed: Feed, link: RunnerLink | None = None) -> None:
        super().__init__(feed, link)
        self._shelf = Shelf(feed.folder)
        self._open: tuple[str, str, str] = ("", "", "")
        """path, hash and standing of what is shown"""
        self._watching: asyncio.Task[None] | None = None

    def compose_leaf(self) -> Iterable[Widget]:
        yield DocumentList()
        yield Page(id="page")

    def on_mount(self) -> None:
        super().on_mount()
        if self.feed.live:
            self._watching = asyncio.create_task(self._watch())

    def on_unmount(self) -> None:
        if self._watching is not None:
            self._watching.cancel()

    async def _watch(self) -> None:
        """Look as soon as a document changes on the disk; the beat looks anyway."""
        from watchfiles import awatch  # nobody who reads no document needs it

        folder = self.feed.folder.path
        try:
            async for _ in awatch(
                folder, watch_filter=lambda _, path: path.endswith(WATCHED), debounce=200
            ):
                self.look()
        except (OSError, RuntimeError):
            return  # no watch to be had here: the beat finds it half a second later

    def look_again(self) -> None:
        """See what was written since the last look."""
        listing = self.query_one(DocumentList)
        listing.apply(self._shelf.look(self.feed.state, self.feed.live), self.feed.state.messages)
        self._read(listing.paper())

    def on_chooser_moved(self) -> None:
        self._read(self.query_one(DocumentList).paper())

    def on_chooser_opened(self) -> None:
        self.query_one(Page).focus(scroll_visible=False)

    def _read(self, paper: Paper | None) -> None:
        if paper is None:
            return
        wanted = (paper.path, paper.sha256, paper.standing)
        if wanted == self._open:
            return
        self._open = wanted
        page = self.query_one(Page)
        if paper.standing == "proposed":
            facts = f"beside {document_of(paper.path)}: what the next render would say"
            page.open(paper.path, facts, self._shelf.against(paper.path), "diff")
            return
        facts = f"written {hhmmss(paper.at)}Z  revision {paper.revision}"
        if paper.standing == "changed":
            facts = "changed outside the console   O adopts it"
        elif paper.standing == "edited":
            facts = f"edited by hand  {facts}"
        kind = "markdown" if paper.path.endswith(".md") else "text"
        page.open(paper.path, facts, self._shelf.text(paper.path), kind)

    # --- keys -------------------------------------------------------------------------------------

    def action_next_region(self) -> None:
        self.go_round([self.query_one(DocumentList), self.query_one(Page)])

    def action_edit(self) -> None:
        """Edit a copy; the terminal is the editor's until it ends."""
        paper = self._changeable()
        if paper is None:
            return
        from tui.editor import NoEditor, edited  # only to edit

        # a conflict is settled in the document itself, with the proposal in view beside it
        path = document_of(paper.path) if paper.standing == "proposed" else paper.path
        before = self._shelf.text(path)
        try:
            with self.app.suspend():
                after = edited(path, before, os.environ)
        except SuspendNotSupported:
            self.answer("this terminal cannot be handed to an editor", refused=True)
        except NoEditor as error:
            self.answer(str(error), refused=True)
        else:
            if after == before:
                self.answer("nothing was changed")
            else:
                self.command("edit", path=path, sha256=digest(before), text=after)

    def action_adopt(self) -> None:
        """Take over what somebody changed on the disk."""
        paper = self._changeable()
        if paper is None:
            return
        if paper.standing != "changed":
            self.answer("nothing to adopt: this document is as the journal has it")
            return
        text = self._shelf.text(paper.path)
        self.command("edit", path=paper.path, sha256=digest(text), text=text)

    def _changeable(self) -> Paper | None:
        """The chosen document, when it may be changed; else the reason is said."""
        paper = self.query_one(DocumentList).paper()
        if paper is None:
            self.answer("no document yet")
        elif self.link is None:
            self.command("edit")
        elif self.feed.state.status == "CLOSED":
            self.answer("the incident is closed: its documents stand as they are", refused=True)
        else:
            return paper
        return None
