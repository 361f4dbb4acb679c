"""The read-in: where the incident stands, for somebody who comes late. It changes nothing."""

from collections.abc import Iterable
from typing import ClassVar

from textual import work
from textual.binding import BindingType
from textual.widget import Widget

from orchestrator.clock import hhmmss
from orchestrator.journal.read import JournalBroken, read_journal
from orchestrator.model.fold import fold_all
from orchestrator.model.state import State
from tui.feed import Feed
from tui.keys import CONSOLE, LIST, bindings
from tui.runner_link import RunnerLink
from tui.screens.leaf import Leaf
from tui.widgets.page import Page


class ReadIn(Leaf, inherit_bindings=False):
    """One page, as of the moment it was opened."""

    BINDINGS: ClassVar[list[BindingType]] = bindings(LIST)
    AUTO_FOCUS = "#page"
    CONTEXTS: ClassVar[tuple[str, ...]] = (CONSOLE, LIST)

    def __init__(self, feed: Feed, link: RunnerLink | None = None) -> None:
        super().__init__(feed, link)
        self._page = Page(id="page")

    def compose_leaf(self) -> Iterable[Widget]:
        yield self._page

    def on_mount(self) -> None:
        super().on_mount()
        self._page.open("Read-in", "reading …", "")
        self._read()

    @work(thread=True, exclusive=True, group="read-in", exit_on_error=False)
    def _read(self) -> None:
        from orchestrator.documents.render import DocumentError, read_in  # jinja2: only here

        try:
            events = read_journal(self.feed.folder.journal).events
            state = fold_all(State(), events)
            text, facts = read_in(state, events), f"as of {hhmmss(state.last_at)}Z"
        except (DocumentError, JournalBroken, OSError) as error:
            text, facts = str(error), "cannot be shown"
        self.app.call_from_thread(self._page.open, "Read-in", facts, text)
