"""One question over the screen: a few choices, and words to go with the chosen one.

The field has the focus all the time, so that the arrows choose and letters are words: three keys
and a reason, without looking away from the incident.
"""

from collections.abc import Sequence
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical
from textual.screen import ModalScreen
from textual.strip import Strip
from textual.suggester import SuggestFromList
from textual.widgets import Input

from tui.choices import Choice
from tui.glyphs import CARET
from tui.ink import Piece, row
from tui.keys import ASK, bindings, labels_of, over
from tui.screens.over import Over
from tui.widgets.region import Region

MOST_ROWS = 12

Answered = tuple[Choice, str]
"""What was chosen, and the words that go with it."""


class Choices(Region):
    """The choices; the one in force is marked."""

    def __init__(self, title: str, choices: Sequence[Choice]) -> None:
        super().__init__(id="choices")
        self.choices = choices
        self.at = 0
        self._title = title

    @property
    def chosen(self) -> Choice:
        return self.choices[self.at]

    def move(self, way: int) -> None:
        self.at = max(0, min(self.at + way, len(self.choices) - 1))
        self.changed()

    def rows(self, width: int, height: int) -> list[Strip]:
        ink = self.ink
        title: list[Piece] = [(self._title, ink("text", "panel", bold=True))]
        count = f"{self.at + 1} of {len(self.choices)}" if len(self.choices) > 1 else ""
        rows = [row(ink, width, title, [(count, ink("muted", "panel"))], on="panel")]
        first = max(0, min(self.at - height // 2, len(self.choices) - height + 1))
        wide = max(len(choice.name) for choice in self.choices)
        for number in range(first, min(len(self.choices), first + height - 1)):
            choice, here = self.choices[number], number == self.at
            on = "wash" if here else "surface"
            left: list[Piece] = [
                (choice.name.ljust(wide), ink("bright" if here else "text", on, bold=here)),
                ("   ", ink("text", on)),
                (choice.about, ink("muted", on)),
            ]
            rows.append(row(ink, width, left, on=on, edge=CARET if here else ""))
        return rows


class AskFoot(Region):
    """What the field wants, and the keys."""

    def __init__(self) -> None:
        super().__init__(id="foot")
        self.says = ""
        self.loud = False

    def body(self, width: int, height: int) -> list[Strip]:
        ink = self.ink
        left: list[Piece] = []
        label = labels_of(self.app)
        up, down = label["choice-back"], label["choice-on"]
        choosing = up + down if len(up + down) == 2 else f"{up} {down}"
        for key, word in (("enter", "send"), (choosing, "choose"), (label["back"], "back")):
            left += [(key, ink("accent", bold=True)), (f" {word}  ", ink("muted"))]
        return [row(ink, width, left, [(self.says, ink("warn" if self.loud else "muted"))])]


class Ask(Over, ModalScreen[Answered | None], inherit_bindings=False):
    """Dismissed with the choice and its words, or with None."""

    DEFAULT_CSS = """
    Ask { align: center middle; background: $wr-veil; }
    Ask Vertical { width: 92; max-width: 100%; height: auto; background: $wr-surface; }
    Ask #foot { height: 1; }
    Ask Input {
        width: 1fr; height: 1; border: none; padding: 0 1; margin: 1 0 0 0;
        background: $wr-wash; color: $wr-bright;
    }
    Ask Input:focus {
        border: none; padding: 0 1; background: $wr-wash; background-tint: transparent;
    }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        *bindings(ASK),
        *over(),
    ]
    AUTO_FOCUS = "Input"

    def __init__(
        self, title: str, choices: Sequence[Choice], suggestions: Sequence[str] = ()
    ) -> None:
        super().__init__()
        self._list = Choices(title, choices)
        self._foot = AskFoot()
        suggester = SuggestFromList(suggestions, case_sensitive=False) if suggestions else None
        self._field = Input(compact=True, select_on_focus=False, suggester=suggester)
        self._field.cursor_blink = False

    def compose(self) -> ComposeResult:
        with Vertical():
            yield self._list
            yield self._field
            yield self._foot

    def on_mount(self) -> None:
        self._list.styles.height = 1 + min(len(self._list.choices), MOST_ROWS)
        self._show()

    def _show(self, missing: bool = False) -> None:
        chosen = self._list.chosen
        self._field.placeholder = chosen.hint or "nothing to type: enter sends it"
        self._foot.says = f"× {chosen.hint.rstrip('?')} is needed" if missing else ""
        self._foot.loud = missing
        self._foot.changed()

    def action_move(self, way: int) -> None:
        self._list.move(way)
        self._show()

    def on_input_submitted(self, event: Input.Submitted) -> None:
        event.stop()
        if not self.is_current:  # enter was pressed twice: the first one has answered
            return
        chosen, words = self._list.chosen, event.value.strip()
        if chosen.typed and not words:
            self._show(missing=True)
        else:
            self.dismiss((chosen, words))

    def on_input_changed(self, event: Input.Changed) -> None:
        event.stop()
        self._show()

    def action_back(self) -> None:
        self.dismiss(None)
