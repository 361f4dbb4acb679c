"""One text opened: its exact words, where they go, and the only place where a key sends them.

As with an approval card the keys are armed once the words have stood still, so nothing typed ahead
sends anything, and the command carries the hash of what was shown.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical
from textual.screen import ModalScreen

from orchestrator.clock import Clock, span
from orchestrator.model.deadlines import update_interval
from orchestrator.model.sending import barred, in_doubt, left, too_soon
from tui.choices import Choice
from tui.feed import Feed
from tui.glyphs import mark
from tui.ink import ink_of
from tui.keys import TEXT, bindings, labels_of, over
from tui.letters import Shown, Words, words
from tui.notices import Health
from tui.screens.card_arming import Arming
from tui.screens.card_sheet import CardFoot
from tui.screens.over import Over
from tui.widgets.page import Page

LOOKS_A_SECOND = 10


@dataclass(frozen=True, slots=True)
class Asked:
    """What the person decided here: a command, or one that still needs a few words."""

    command: str
    args: Mapping[str, Any] = field(default_factory=dict)
    choice: Choice | None = None
    title: str = ""


class OpenText(Over, ModalScreen[Asked | None], inherit_bindings=False):
    """One text of `feed`. Dismissed with what was asked, or None when it was only read."""

    CSS_PATH = "communications.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [*bindings(TEXT), *over("help")]
    AUTO_FOCUS = "Page"
    DECIDES: ClassVar[bool] = True
    """a key that had to wait was typed at something else: see `tui.type_ahead`"""

    def __init__(
        self,
        feed: Feed,
        path: str,
        reader: Words,
        clock: Clock,
        health: Callable[[], Health] | None = None,
    ) -> None:
        super().__init__()
        self._feed, self._path, self._reader = feed, path, reader
        self._health = health
        self._arming = Arming(clock)
        self._shown: Shown | None = None
        self._page, self._foot = Page(id="words"), CardFoot()

    def compose(self) -> ComposeResult:
        with Vertical(id="text"):
            yield self._page
            yield self._foot

    def on_mount(self) -> None:
        self.set_class(ink_of(self.app).ascii_only, "-ascii")
        self.set_interval(1 / LOOKS_A_SECOND, self.look, name="text")
        self.call_after_refresh(self.look)

    def on_screen_resume(self) -> None:
        self._arming.begin()
        self.look()

    # --- looking ----------------------------------------------------------------------------------

    @property
    def channels(self) -> tuple[str, ...]:
        """Where the words would go that are shown."""
        return left(self._feed.state, self._path, self._shown.sha256) if self._shown else ()

    @property
    def obstacle(self) -> str:
        """Why nothing can be sent from here now; empty while something can."""
        state = self._feed.state
        if not self._feed.live:
            return "replay: nothing here can be sent"
        if self._shown is None:
            return "it is not written yet"
        if state.status == "CLOSED":
            return "the incident is closed"
        return barred(state, self._path) or (
            "" if self.channels else "every channel has it, or is getting it"
        )

    @property
    def armed(self) -> bool:
        """True while a key sends."""
        return self._arming.armed and not self.obstacle

    @property
    def doubts(self) -> list[str]:
        """Channels of which nobody knows whether the text arrived there."""
        return [one.channel for one in in_doubt(self._feed.state) if one.path == self._path]

    def look(self) -> None:
        """See what the words are now, show them, and count how long they have stood."""
        if not self.is_mounted or not self.is_attached:
            return
        self._shown = self._reader.of(self._path)
        barred_by = self.obstacle
        self._arming.look((self._shown, self.channels, barred_by))
        state = self._feed.state
        facts = f"sha-256 {self._shown.sha256[:12]}" if self._shown else ""
        body = words(state, self._shown) if self._shown else "It is not written yet."
        self._page.open(self._path, facts, body, "words")
        self._foot.apply(self._keys(barred_by), self._standing(barred_by), self._below(barred_by))

    def _keys(self, barred_by: str) -> list[tuple[str, str]]:
        label = labels_of(self.app)
        keys = [] if barred_by else [(label["send-text"], f"send to {', '.join(self.channels)}")]
        if self._by_hand:
            keys.append((label["by-hand"], "sent by hand"))
        if self.doubts:
            keys.append((label["arrived"], f"it arrived by {self.doubts[0]}"))
        return [*keys, (label["back"], "back")]

    def _standing(self, barred_by: str) -> tuple[str, str]:
        if barred_by:
            return f"{mark('late')} not now", "muted"
        return ("armed", "accent") if self._arming.armed else ("arming…", "muted")

    def _below(self, barred_by: str) -> str:
        if barred_by:
            return barred_by
        since = self._since
        if since:
            return f"the last update went out {span(since)} ago: say why this one cannot wait"
        return "exactly these words go out, once to each channel"

    @property
    def _since(self) -> float:
        state = self._feed.state
        interval = update_interval(state.policy, state.severity, state.themes)
        return too_soon(state, self._path, interval, self._feed.now())

    @property
    def _by_hand(self) -> bool:
        text = self._feed.state.messages.get(self._path)
        able = text is not None and text.state in ("drafted", "due", "sending")
        return able and self._feed.live and self._feed.state.status != "CLOSED"

    # --- deciding ---------------------------------------------------------------------------------

    def action_send_text(self) -> None:
        """Send what is shown, once the keys are armed and it is still what is there."""
        if not self.armed or self._shown is None or self._reader.of(self._path) != self._shown:
            return
        args = {
            "path": self._path,
            "sha256": self._shown.sha256,
            "channels": list(self.channels),
        }
        if self._since:
            choice = Choice("send it all the same", "send", args, "", "why", "why can it not wait?")
            self._decide(Asked("send", args, choice, "So soon after the last update"))
        else:
            self._decide(Asked("send", args))

    def action_by_hand(self) -> None:
        if self._by_hand and self._arming.armed:
            about = "it went out another way"
            choice = Choice("sent", "sent", {"path": self._path}, about, "channel", "where to?")
            self._decide(Asked("sent", {"path": self._path}, choice, "Sent by hand"))

    def action_arrived(self) -> None:
        if self.doubts and self._feed.live and self._arming.armed:
            self._decide(Asked("arrived", {"path": self._path, "channel": self.doubts[0]}))

    def _decide(self, asked: Asked) -> None:
        if self.is_current:  # a second key of the same moment decides nothing more
            self.dismiss(asked)

    def action_back(self) -> None:
        self.dismiss(None)
