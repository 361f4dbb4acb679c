"""The command palette: what can be done here, found by a few letters of its name, and done.

Textual's own cannot be drawn in ASCII or without colour, and its field blinks. Decisions about
production are never in it: they exist inside an open card alone.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical
from textual.dom import DOMNode
from textual.fuzzy import FuzzySearch
from textual.screen import ModalScreen
from textual.widgets import Input

from orchestrator.model.spending import models_asked
from tui.commands import FORMS
from tui.console_settings import THEMES
from tui.copying import NothingToCopy, find
from tui.keymap import GROUPS, Key
from tui.keys import ASK, PANE, bindings, entries, over, registry_of
from tui.rebinding import DECIDING
from tui.routing import Routed
from tui.screens.over import Over
from tui.screens.war_room import WarRoom
from tui.widgets.agent_pane import AgentPane
from tui.widgets.chooser import Chooser, Line, Runs

MOST_ROWS, WIDEST_NAME = 14, 30
UNLISTED = ("palette", "panes")


@dataclass(frozen=True, slots=True)
class Offer:
    """One thing that can be done."""

    name: str
    about: str
    action: str
    """of `node`; or, where there is none, the words the command line begins with"""
    node: DOMNode | None
    label: str = ""
    """its key, where it has one"""


def offers(app: Routed) -> list[Offer]:
    """What applies to the screen that is looked at: its keys, then the commands without one."""
    listed = [*_keys(app), *_costs(app), *_copies(app), *_themes(app), *_commands(app)]
    return [offer for offer in listed if offer is not None]


async def perform(app: Routed, offer: Offer) -> None:
    """Do it where it was offered: the screen is again as it was when the palette was opened."""
    if offer.node is not None:
        await app.run_action(offer.action, offer.node)
    elif isinstance(app.screen, WarRoom):
        app.screen.begin_command(offer.action)


def _keys(app: Routed) -> Iterator[Offer]:
    in_pane = isinstance(app.screen.focused, AgentPane)
    contexts = [one for one in app.contexts if one != PANE or in_pane]
    order = [group for group, _ in GROUPS]
    keys = entries(*contexts, registry=registry_of(app))
    for key in sorted(keys, key=lambda key: order.index(key.group)):
        if key.id in DECIDING or key.id in UNLISTED or key.group == "move":
            continue
        node = _home_of(app, key)
        if node is not None:
            yield Offer(key.description, key.tooltip.rstrip("."), key.action, node, key.label)


def _home_of(app: Routed, key: Key) -> DOMNode | None:
    """Who acts on this key now: what has the focus, what it lies in, the screen, the console."""
    name = f"action_{key.action.partition('(')[0]}"
    focused = app.screen.focused
    within = list(focused.ancestors_with_self) if focused is not None else [app.screen, app]
    return next((node for node in within if hasattr(node, name)), None)


def _costs(app: Routed) -> Iterator[Offer]:
    """Where a model was used."""
    if isinstance(app.screen, WarRoom) and models_asked(app.screen.feed.state):
        yield Offer("cost", "what models used, by task and role", "cost", app.screen)


def _copies(app: Routed) -> Iterator[Offer]:
    for what in ("", "summary"):
        try:
            piece = find(app, what)
        except NothingToCopy:
            continue
        into = "into the clipboard, and into a file beside it"
        yield Offer(f"copy {piece.name}", into, f"copy({what!r})", app)
        yield Offer(f"save {piece.name}", "into a file of its own", f"save({what!r})", app)


def _themes(app: Routed) -> Iterator[Offer]:
    for name in THEMES:
        yield Offer(f"theme {name}", "other colours", f"theme({name!r})", app)


def _commands(app: Routed) -> Iterator[Offer]:
    """What is typed, of a live incident."""
    if isinstance(app.screen, WarRoom) and app.screen.feed.live:
        late = "what somebody needs who comes late; nothing is changed"
        yield Offer("read in", late, "readin", app.screen)
        keyed = {key.description for key in registry_of(app)}
        for name, (_, form) in FORMS.items():
            if name not in keyed:
                yield Offer(f": {name}", f"write: {form}", f"{name} ", None)


class Found(Chooser):
    """What matches, best first."""

    TITLE = "Find"
    EMPTY = "nothing here is called so"
    DEFAULT_CSS = """
    Found { height: 1; }
    """

    def __init__(self, offers: Sequence[Offer]) -> None:
        super().__init__(id="found")
        self.can_focus = False
        self._offers = offers
        self._search = FuzzySearch()
        self.seek("")

    def seek(self, words: str) -> None:
        """Those whose name has these letters in their order, then those whose words have them."""
        scored = []
        for number, offer in enumerate(self._offers):
            score, places = self._search.match(words, offer.name) if words else (1.0, ())
            if not score and words.lower() in offer.about.lower():
                score = 0.1
            if score:
                scored.append((-score, number, places))
        names = [len(self._offers[number].name) for _, number, _ in scored]
        wide = min(max(names, default=0), WIDEST_NAME)
        lines = [self._line(number, places, wide) for _, number, places in sorted(scored)]
        self.chosen = ""
        self.show(lines)

    def _line(self, number: int, places: Sequence[int], wide: int) -> Line:
        offer = self._offers[number]
        runs = [(sign, "accent*" if at in places else "text") for at, sign in enumerate(offer.name)]
        left: Runs = (*runs, (" " * (wide - len(offer.name) + 2), "text"), (offer.about, "muted"))
        return Line(str(number), ((left, ((offer.label, "accent*"),)),))

    @property
    def offer(self) -> Offer | None:
        return self._offers[int(self.chosen)] if self.chosen else None


class Palette(Over, ModalScreen[Offer | None], inherit_bindings=False):
    """Dismissed with what was chosen, or with None."""

    DEFAULT_CSS = """
    Palette { align: center top; background: $wr-veil; }
    Palette Vertical {
        width: 96; max-width: 100%; height: auto; margin: 4 0 0 0; background: $wr-surface;
    }
    Palette Input {
        width: 1fr; height: 1; border: none; padding: 0 1; background: $wr-wash; color: $wr-bright;
    }
    Palette Input.-textual-compact { padding: 0 1; }
    Palette Input:focus { border: none; background: $wr-wash; background-tint: transparent; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        *bindings(ASK),
        *over("palette"),
    ]
    AUTO_FOCUS = "Input"

    def __init__(self, offers: Sequence[Offer]) -> None:
        super().__init__()
        self._found = Found(offers)
        self._field = Input(compact=True, placeholder="a few letters of what you want to do")
        self._field.cursor_blink = False
        self._most = 1 + min(len(offers), MOST_ROWS)

    def compose(self) -> ComposeResult:
        with Vertical():
            yield self._field
            yield self._found

    def on_mount(self) -> None:
        self._found.styles.height = min(self._most, max(2, self.app.size.height - 8))

    def action_move(self, way: int) -> None:
        self._found.action_scroll(way)

    def on_input_changed(self, event: Input.Changed) -> None:
        event.stop()
        self._found.seek(event.value.strip())

    def on_input_submitted(self, event: Input.Submitted) -> None:
        event.stop()
        self.dismiss(self._found.offer)

    def on_chooser_opened(self, message: Chooser.Opened) -> None:
        self.dismiss(self._found.offer)

    def action_palette(self) -> None:
        self.dismiss(None)

    def action_back(self) -> None:
        self.dismiss(None)
