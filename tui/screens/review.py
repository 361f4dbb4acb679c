"""Reading the incident's documents: the list beside the one that is open, rendered.

It shows what lies on the disk and follows it: a document written anew is shown anew.
"""

from collections.abc import Sequence
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Container
from textual.screen import Screen
from textual.strip import Strip

from orchestrator.clock import hhmmss
from orchestrator.model.state import Document
from tui.feed import Feed
from tui.glyphs import CARET
from tui.ink import Piece, row
from tui.keys import CONSOLE, READING, REGION, bindings
from tui.widgets.footer import KeyFooter
from tui.widgets.page import Page
from tui.widgets.region import Region

FIRST_CHOICE = ("post-incident-review.md", "completion-report.md", "incident-record.md")
LOOK_SECONDS = 0.5


class DocumentList(Region, can_focus=True):
    """The documents written so far; the chosen one is open beside the list."""

    TITLE = "Files"
    BINDINGS: ClassVar[list[BindingType]] = bindings(REGION)

    def __init__(self) -> None:
        super().__init__(id="list")
        self.documents: list[Document] = []
        self.chosen = ""
        self.top = 0

    def apply(self, documents: Sequence[Document]) -> None:
        self.documents = sorted(documents, key=lambda document: document.path)
        paths = [document.path for document in self.documents]
        if self.chosen not in paths:
            best = [path for path in FIRST_CHOICE if path in paths]
            self.chosen = (best or paths or [""])[0]
        self.changed()

    def fact(self) -> Sequence[Piece]:
        on = "focus-band" if self.has_focus else "panel"
        return [(str(len(self.documents)), self.ink("muted", on))]

    def body(self, width: int, height: int) -> list[Strip]:
        ink = self.ink
        if not self.documents:
            return [row(ink, width, [("nothing written yet", ink("muted"))])]
        rows = []
        for document in self.documents[self.top : self.top + height]:
            chosen = document.path == self.chosen
            on = "wash" if chosen else "surface"
            name = ink("bright" if chosen else "text", on, bold=chosen)
            fact = [(hhmmss(document.at), ink("muted", on))]
            edge = CARET if chosen else ""
            rows.append(row(ink, width, [(document.path, name)], fact, on=on, edge=edge))
        return rows

    def choose(self, way: int) -> None:
        paths = [document.path for document in self.documents]
        if paths:
            index = paths.index(self.chosen) + way
            self.chosen = paths[max(0, min(index, len(paths) - 1))]
            room = max(1, self.size.height - 1)
            at = paths.index(self.chosen)
            self.top = max(min(self.top, at), at - room + 1)
            self.changed()

    def action_scroll(self, rows: int) -> None:
        self.choose(rows)

    def action_page(self, pages: int) -> None:
        self.choose(pages * max(1, self.size.height - 2))

    def action_top(self) -> None:
        self.choose(-len(self.documents))

    def action_follow(self) -> None:
        self.choose(len(self.documents))


class Files(Screen[None], inherit_bindings=False):
    """The documents of one incident."""

    CSS_PATH = "review.tcss"
    BINDINGS: ClassVar[list[BindingType]] = bindings(READING)
    AUTO_FOCUS = "#list"
    CONTEXTS: ClassVar[tuple[str, ...]] = (CONSOLE, READING)

    def __init__(self, feed: Feed) -> None:
        super().__init__()
        self._feed = feed
        self._open: tuple[str, str] = ("", "")
        """path and hash of what is shown"""

    def compose(self) -> ComposeResult:
        with Container(id="files"):
            yield DocumentList()
            yield Page(id="page")
        yield KeyFooter(self.CONTEXTS, id="footer", also=("back",))

    def on_mount(self) -> None:
        self.set_interval(LOOK_SECONDS, self.look, name="documents")
        self.look()

    def on_resize(self) -> None:
        self.set_class(self.size.width < 90, "-narrow")

    def look(self) -> None:
        """See what was written since the last look."""
        listing = self.query_one(DocumentList)
        listing.apply(tuple(self._feed.state.documents.values()))
        document = self._feed.state.documents.get(listing.chosen)
        wanted = (document.path, document.sha256) if document is not None else ("", "")
        self.query_one(KeyFooter).tick(self._feed.now())
        if wanted != self._open:
            self._open = wanted
            if document is not None:
                self._read(document)

    def _read(self, document: Document) -> None:
        try:
            text = (self._feed.folder.path / document.path).read_text(errors="replace")
        except OSError as error:
            text = f"{document.path} cannot be read: {error.strerror}"
        facts = f"written {hhmmss(document.at)}Z  revision {document.revision}"
        self.query_one(Page).open(document.path, facts, text)

    def action_next_region(self) -> None:
        listing, page = self.query_one(DocumentList), self.query_one(Page)
        (page if listing.has_focus else listing).focus()

    def action_back(self) -> None:
        self.dismiss(None)
