"""The evidence: a numbered ledger beside the content of the chosen item.

Every `[E12:340]` on any screen leads here, to that line. A person adds evidence of their own.
"""

from collections.abc import Iterable
from typing import ClassVar

from textual import events
from textual.binding import BindingType
from textual.containers import Container
from textual.widget import Widget
from textual.widgets import Input

from orchestrator.clock import hhmmss
from orchestrator.model.records import Evidence as Item
from tui.citations import parted
from tui.feed import Feed
from tui.glyphs import mark
from tui.keys import CONSOLE, LEDGER, LIST, bindings
from tui.plot_marks import marks
from tui.runner_link import RunnerLink
from tui.screens.card_evidence import content_of
from tui.screens.leaf import AnswerRow, Leaf
from tui.widgets.chooser import Chooser, Line
from tui.widgets.evidence_view import EvidenceView, size_words

WIDE_LIST = 60


class LedgerList(Chooser):
    """The items in the order of their numbers."""

    TITLE = "Evidence"
    EMPTY = "nothing observed yet"

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id)
        self._items: tuple[Item, ...] = ()

    def apply(self, items: Iterable[Item]) -> None:
        self._items = tuple(items)
        wide = self.size.width >= WIDE_LIST
        self.show([_line(item, wide) for item in self._items])

    def on_resize(self, event: events.Resize) -> None:
        """There may be room for more of each item now."""
        self.apply(self._items)
        super().on_resize(event)


def _line(item: Item, wide: bool) -> Line:
    left = [(f"{item.eid:<4} ", "accent*"), (f"{item.kind:<8} ", "muted")]
    if item.instructions:
        left.append((f"{mark('warn')} speaks to agents  ", "warn*"))
    left.append((item.summary or item.source, "text"))
    right = [(hhmmss(item.at), "muted")]
    if wide:
        right.insert(0, (f"{size_words(item.size):>9}  ", "muted"))
        right.insert(0, (f"{item.taint}  ", "muted"))
    elif item.taint == "human":
        right.insert(0, ("human ", "text"))
    return Line(item.eid, ((tuple(left), tuple(right)),))


class Evidence(Leaf, inherit_bindings=False):
    """The evidence of one incident."""

    BINDINGS: ClassVar[list[BindingType]] = bindings(LEDGER)
    AUTO_FOCUS = "#list"
    CONTEXTS: ClassVar[tuple[str, ...]] = (CONSOLE, LEDGER, LIST)
    DEFAULT_CSS = """
    Evidence #list { width: 52; }
    Evidence.-wide #list { width: 80; }
    Evidence.-narrow #list { width: 1fr; }
    Evidence #row { height: 1; layout: horizontal; background: $wr-background; }
    Evidence Input {
        display: none; width: 1fr; height: 1; border: none; padding: 0 1;
        background: $wr-wash; color: $wr-bright;
    }
    Evidence Input:focus {
        border: none; padding: 0 1; background: $wr-wash; background-tint: transparent;
    }
    Evidence.-searching Input { display: block; }
    Evidence.-searching AnswerRow { width: 16; }
    """

    def __init__(self, feed: Feed, link: RunnerLink | None = None, citation: str = "") -> None:
        super().__init__(feed, link)
        self._wanted = citation
        self._field = Input(compact=True, placeholder="search", select_on_focus=False)
        self._field.cursor_blink = False
        self._shown: tuple[Item | None, int] = (None, 0)

    def compose_leaf(self) -> Iterable[Widget]:
        yield LedgerList(id="list")
        yield EvidenceView(id="view")

    def compose_row(self) -> Iterable[Widget]:
        with Container(id="row"):
            yield self._field
            yield AnswerRow()

    def look_again(self) -> None:
        self.query_one(LedgerList).apply(self.feed.state.evidence.values())
        if self._wanted:
            self.show_evidence(self._wanted)
        self._open()

    def show_evidence(self, citation: str) -> None:
        """Go to `E12`, or to the line that `E12:340` names."""
        self._wanted = ""
        eid, line = parted(citation)
        listing = self.query_one(LedgerList)
        if eid not in self.feed.state.evidence:
            self.answer(f"{eid} is not in the ledger", refused=True)
            return
        listing.chosen = eid
        listing.changed()
        self._open(line)
        if line:
            self.query_one(EvidenceView).focus(scroll_visible=False)

    def on_chooser_moved(self) -> None:
        self._open()

    def on_chooser_opened(self) -> None:
        self.query_one(EvidenceView).focus(scroll_visible=False)

    def _open(self, line: int = 0) -> None:
        item = self.feed.state.evidence.get(self.query_one(LedgerList).chosen)
        if item is None or (item, line or self._shown[1]) == self._shown:
            return
        view = self.query_one(EvidenceView)
        known = item is view.item and view.holds(line)
        lines = view.numbered if known else content_of(self.feed.folder, item, line)
        self._shown = (item, line)
        view.marks = marks(self.feed.state)
        self.call_after_refresh(view.open, item, lines, line)

    # --- searching --------------------------------------------------------------------------------

    def action_search(self) -> None:
        self.set_class(True, "-searching")
        self._field.value = self.query_one(EvidenceView).wanted
        self.set_focus(self._field, scroll_visible=False)  # at once: letters follow

    def on_input_changed(self, event: Input.Changed) -> None:
        event.stop()
        self.query_one(EvidenceView).search(event.value.strip())
        self._tell()

    def on_input_submitted(self, event: Input.Submitted) -> None:
        event.stop()
        self._hit(1)

    def on_key(self, event: events.Key) -> None:
        if self._field.has_focus and event.key in ("up", "down"):
            event.stop()
            self._hit(1 if event.key == "down" else -1)

    def _hit(self, way: int) -> None:
        self.query_one(EvidenceView).next_hit(way)
        self._tell()

    def _tell(self) -> None:
        self.query_one(AnswerRow).tell(self.query_one(EvidenceView).found)

    # --- keys -------------------------------------------------------------------------------------

    def action_wrap(self) -> None:
        self.query_one(EvidenceView).toggle_wrap()

    def action_next_region(self) -> None:
        self.go_round([self.query_one(LedgerList), self.query_one(EvidenceView)])

    def action_add_evidence(self) -> None:
        from tui.screens.add_evidence import AddEvidence  # only when something is added

        if self.link is None:
            self.command("evidence")
        else:
            self.app.push_screen(AddEvidence(), self._added)

    def _added(self, offered: tuple[str, str] | None) -> None:
        if offered is not None:
            text, source = offered
            self.command("evidence", text=text, source=source)

    def action_back(self) -> None:
        view = self.query_one(EvidenceView)
        if self._field.has_focus:
            self.set_class(False, "-searching")
            view.focus(scroll_visible=False)
        elif view.wanted:
            view.search("")
            self._tell()
        else:
            self.dismiss(None)
