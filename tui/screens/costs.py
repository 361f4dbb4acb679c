"""What models used in this incident: by task, by role and in all, with the cache and the price."""

from collections.abc import Iterable
from typing import ClassVar

from textual.binding import BindingType
from textual.widget import Widget

from orchestrator.model.spending import HEADS, models_asked, table, usage
from orchestrator.model.state import State
from tui.budget import budget_of
from tui.keys import CONSOLE, LIST, bindings
from tui.screens.leaf import Leaf
from tui.widgets.page import Page


def account(state: State, budget: float = 0.0) -> str:
    """The account as Markdown. `budget` in dollars; 0 where there is none or nobody knows it."""
    if not models_asked(state):
        return "# No model was used\n\nThe rules answer alone: that costs nothing.\n"
    lines = ["# What models used", "", usage(state.bill()), ""]
    if budget:
        lines += [f"The budget is ${budget:g}; once it is spent the rules answer alone.", ""]
    if state.spent:
        lines += [_line(HEADS), _line(("---",) * len(HEADS)), *map(_line, table(state))]
    return "\n".join([*lines, ""])


def _line(cells: Iterable[str]) -> str:
    return f"| {' | '.join(cells)} |"


class Costs(Leaf, inherit_bindings=False):
    """The account, as it grows."""

    BINDINGS: ClassVar[list[BindingType]] = bindings(LIST)
    AUTO_FOCUS = "#page"
    CONTEXTS: ClassVar[tuple[str, ...]] = (CONSOLE, LIST)

    def compose_leaf(self) -> Iterable[Widget]:
        yield Page(id="page")

    def look_again(self) -> None:
        budget = budget_of(self.app) if self.feed.live else None
        text = account(self.feed.state, budget.usd if budget is not None else 0.0)
        self.query_one(Page).open("Cost of models", "", text)
