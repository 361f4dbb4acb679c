"""The command line: words in, one line of answer out; silent and without a cursor until `:`."""

from dataclasses import dataclass

from textual.app import ComposeResult
from textual.message import Message
from textual.strip import Strip
from textual.widget import Widget
from textual.widgets import Input

from tui.failures import Enduring
from tui.ink import Piece, row
from tui.keys import labels_of
from tui.widgets.banner import Notice, notice_row
from tui.widgets.region import Region


class Prompt(Region):
    """What stands in the command row while nobody types there."""

    GROUND = "background"
    DEFAULT_CSS = """
    Prompt { height: 1; background: $wr-background; }
    """

    def __init__(self) -> None:
        super().__init__()
        self.answer = ""
        self.refused = False
        self.facts = ""
        self.trouble = False
        self.notice: Notice | None = None
        self.hint = "note, ack, steer or another command"

    def body(self, width: int, height: int) -> list[Strip]:
        ink, ground = self.ink, "background"
        if self.notice is not None and not self.answer:
            return [notice_row(ink, width, self.notice, labels_of(self.app))]
        sign = labels_of(self.app)["command"]
        left: list[Piece] = [(f"{sign} ", ink("accent", ground, bold=True))]
        if self.answer:
            token = "breach" if self.refused else "text"
            left.append((self.answer, ink(token, ground, bold=self.refused)))
        else:
            left.append((self.hint, ink("muted", ground)))
        right = [(self.facts, ink("breach" if self.trouble else "muted", ground))]
        return [row(ink, width, left, right if self.facts else (), on=ground)]


class CommandLine(Enduring, Widget):
    """A prompt that becomes a field."""

    DEFAULT_CSS = """
    CommandLine { height: 1; layout: horizontal; background: $wr-background; }
    CommandLine Input {
        width: 1fr; height: 1; border: none; padding: 0 1; background: $wr-wash; color: $wr-bright;
    }
    CommandLine Input:focus { border: none; background: $wr-wash; background-tint: transparent; }
    """

    @dataclass
    class Entered(Message):
        """The person typed a command and pressed enter."""

        text: str

    @dataclass
    class Left(Message):
        """The field was left; the focus goes back to where it was."""

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id)
        self.prompt = Prompt()
        self.field = Input(compact=True, select_on_focus=False)
        self.field.cursor_blink = False

    def compose(self) -> ComposeResult:
        self.field.display = False
        yield self.prompt
        yield self.field

    def begin(self, text: str = "") -> None:
        """Open the field with some text already in it."""
        self.set_class(True, "-editing")
        self.prompt.display, self.field.display = False, True
        self.field.value = text
        self.field.cursor_position = len(text)
        self.screen.set_focus(self.field, scroll_visible=False)  # at once: letters follow

    def leave(self) -> bool:
        """Close the field; False when it was not open."""
        if not self.field.display:
            return False
        self.set_class(False, "-editing")
        self.field.display, self.prompt.display = False, True
        self.prompt.changed()
        self.post_message(self.Left())
        return True

    @property
    def editing(self) -> bool:
        return bool(self.field.display)

    def say(self, answer: str, refused: bool = False) -> None:
        """One line of answer, until the next one or the next command."""
        self.prompt.answer, self.prompt.refused = answer, refused
        self.prompt.changed()

    def tell(self, facts: str, trouble: bool, notice: Notice | None) -> None:
        """What stands at the right end; on a small screen a notice takes the whole row."""
        prompt = self.prompt
        if (prompt.facts, prompt.trouble, prompt.notice) != (facts, trouble, notice):
            prompt.facts, prompt.trouble, prompt.notice = facts, trouble, notice
            prompt.changed()

    def on_input_submitted(self, event: Input.Submitted) -> None:
        event.stop()
        text = event.value.strip()
        self.say("")
        self.leave()
        if text:
            self.post_message(self.Entered(text))
