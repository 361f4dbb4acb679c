"""The hypotheses: what may have caused it, with what speaks for and against each of them.

The verdict comes first: it is the flow's, capped by its rules, whatever any of them claims.
"""

from collections.abc import Iterable, Sequence
from typing import ClassVar

from textual.binding import BindingType
from textual.widget import Widget

from orchestrator.model.differences import differences
from tui.glyphs import mark
from tui.hypothesis_text import Suspected, board, verdict
from tui.keys import CONSOLE, LIST, bindings
from tui.screens.leaf import Leaf
from tui.widgets.chooser import Chooser, Line, Runs
from tui.widgets.page import Page

VERDICT = "verdict"
"""The entry of the list that is no hypothesis."""

GLYPHS = {
    "supported": ("now", "accent"),
    "confirmed": ("done", "ok"),
    "refuted": ("late", "muted"),
    "untested": ("open", "muted"),
}
"""How a status is marked, beside its word."""


class HypothesisList(Chooser):
    """The verdict, then every hypothesis, best first."""

    TITLE = "Hypotheses"
    EMPTY = "none yet: tier 2 writes them"

    def apply(self, given: str, suspected: Iterable[Suspected], differ: Sequence[str] = ()) -> None:
        """`differ`: where methods name different causes, in words."""
        head: Runs = (("root cause ", "muted"), (given or "open", "bright*"))
        warned: list[Runs] = [((f"{mark('warn')} {words}", "warn"),) for words in differ]
        first = Line(VERDICT, tuple((runs, ()) for runs in (head, *warned)))
        self.show([first, *(_line(one) for one in suspected)])


def _line(one: Suspected) -> Line:
    name, token = GLYPHS.get(one.status, GLYPHS["untested"])
    dim = one.status == "refuted"
    head = ((f"{mark(name)} ", token), (f"{one.id} ", "accent*"),
            (one.statement, "muted" if dim else "text"))  # fmt: skip
    signs = f"+{one.speaks_for} -{one.speaks_against}"
    who = f", by the {one.by}" if one.by else ""
    below = (("  ", "muted"), (f"{one.status}, {signs}{who}", "muted"))
    return Line(one.id, ((head, ((f"{100 * one.confidence:.0f} %", "muted"),)), (below, ())))


class HypothesesBoard(Leaf, inherit_bindings=False):
    """The list beside the document of the chosen one; ids in it lead to the evidence."""

    BINDINGS: ClassVar[list[BindingType]] = bindings(LIST)
    AUTO_FOCUS = "#list"
    CONTEXTS: ClassVar[tuple[str, ...]] = (CONSOLE, LIST)

    def compose_leaf(self) -> Iterable[Widget]:
        yield HypothesisList(id="list")
        yield Page(id="page")

    def look_again(self) -> None:
        state = self.feed.state
        suspected = board(state)
        listing = self.query_one(HypothesisList)
        listing.gap = 0 if self.has_class("-compact") else 1
        differ = [f"methods differ: {told.name}" for told in differences(state)]
        listing.apply(str(state.cause.get("verdict", "")), suspected, differ)
        chosen = next((one for one in suspected if one.id == listing.chosen), None)
        text = chosen.text if chosen is not None else verdict(state)
        title = chosen.statement if chosen is not None else "what is concluded"
        self.query_one(Page).open(title, listing.chosen if chosen else "", text)

    def on_chooser_moved(self) -> None:
        self.look_again()

    def on_chooser_opened(self) -> None:
        self.query_one(Page).focus(scroll_visible=False)

    def action_next_region(self) -> None:
        self.go_round([self.query_one(HypothesisList), self.query_one(Page)])
