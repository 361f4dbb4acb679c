"""A screen over a war room: header and footer of the incident, and something to read in between."""

from collections.abc import Iterable, Sequence
from typing import ClassVar

from textual import events
from textual.app import ComposeResult
from textual.containers import Container
from textual.strip import Strip
from textual.widget import Widget

from tui.feed import Feed
from tui.ink import Piece, row
from tui.keys import CONSOLE
from tui.runner_link import RunnerLink
from tui.screens.speaking import Speaking
from tui.widgets.footer import KeyFooter
from tui.widgets.header import Header
from tui.widgets.region import Region

NARROW = 90
BEAT_SECONDS = 0.5


class AnswerRow(Region):
    """What the runner answered last, and a fact about what is shown."""

    GROUND = "background"
    DEFAULT_CSS = """
    AnswerRow { height: 1; background: $wr-background; }
    """

    def __init__(self) -> None:
        super().__init__(id="answer-row")
        self.words, self.refused, self.facts = "", False, ""

    def say(self, words: str, refused: bool = False) -> None:
        self.words, self.refused = words, refused
        self.changed()

    def tell(self, facts: str) -> None:
        if facts != self.facts:
            self.facts = facts
            self.changed()

    def body(self, width: int, height: int) -> list[Strip]:
        ink, ground = self.ink, "background"
        token = "breach" if self.refused else "text"
        left: list[Piece] = [(self.words, ink(token, ground, bold=self.refused))]
        right: list[Piece] = [(self.facts, ink("muted", ground))] if self.facts else []
        return [row(ink, width, left, right, on=ground)]


class Leaf(Speaking, inherit_bindings=False):
    """Base of the screens that lie over a war room; `esc` goes back to it."""

    DEFAULT_CSS = """
    Leaf { background: $wr-background; layout: vertical; }
    Leaf #leaf { height: 1fr; layout: horizontal; background: $wr-background; margin: 1 0; }
    Leaf #list { width: 44; margin: 0 1 0 0; }
    Leaf.-wide #list { width: 70; }
    .-ruled Leaf #list { margin: 0; border-right: solid $wr-line; }
    .-ruled.-ascii Leaf #list { border-right: ascii $wr-line; }
    Leaf.-compact #leaf { margin: 0; }
    Leaf.-narrow #leaf { layout: vertical; }
    Leaf.-narrow #list { width: 1fr; height: 30%; margin: 0; border: none; }
    """
    CONTEXTS: ClassVar[tuple[str, ...]] = (CONSOLE,)

    def __init__(self, feed: Feed, link: RunnerLink | None = None) -> None:
        super().__init__()
        self.feed = feed
        self.link = link if feed.live else None
        self.incident = feed.incident

    def compose(self) -> ComposeResult:
        yield Header(id="header")
        with Container(id="leaf"):
            yield from self.compose_leaf()
        yield from self.compose_row()
        yield KeyFooter(self.CONTEXTS, id="footer", also=("back", "board"))

    def compose_leaf(self) -> Iterable[Widget]:
        """What stands between header and footer."""
        raise NotImplementedError

    def compose_row(self) -> Iterable[Widget]:
        """The row above the footer."""
        yield AnswerRow()

    def on_mount(self) -> None:
        self.set_interval(BEAT_SECONDS, self.look, name="leaf")
        self.look()

    def on_resize(self, event: events.Resize) -> None:
        self.set_class(event.size.width < NARROW, "-narrow")
        self.set_class(event.size.width >= 160, "-wide")
        self.set_class(self.app.has_class("-compact"), "-compact")
        self.call_after_refresh(self.look)  # what is shown is laid out by these classes

    def look(self) -> None:
        """Twice a second: the header's time, and what came meanwhile."""
        if self.is_attached:
            now = self.feed.now()
            alive = self.link is None or self.link.health().alive
            self.query_one(Header).apply(self.feed.state, now, self.feed.live, alive)
            self.query_one(KeyFooter).tick(now)
            self.look_again()

    def look_again(self) -> None:
        """See what came since the last look."""

    def answer(self, text: str, refused: bool = False) -> None:
        if self.is_attached:
            self.query_one(AnswerRow).say(text, refused)

    def go_round(self, parts: Sequence[Widget], way: int = 1) -> None:
        """Focus the next part."""
        at = parts.index(self.focused) if self.focused in parts else -way
        parts[(at + way) % len(parts)].focus(scroll_visible=False)

    def action_back(self) -> None:
        self.dismiss(None)
