"""The open questions: what nobody knows yet, each to be answered where it stands."""

from collections.abc import Iterable
from typing import ClassVar

from textual.binding import BindingType
from textual.widget import Widget
from textual.widgets import Input

from orchestrator.client import Answer
from tui.feed import Feed
from tui.keys import CONSOLE, LIST, bindings
from tui.runner_link import RunnerLink
from tui.screens.leaf import Leaf
from tui.widgets.chooser import Chooser, Line

Pair = tuple[str, str]
"""A field, and its question or its answer."""


class QuestionList(Chooser):
    """Open questions first, then what was answered."""

    TITLE = "Open questions"
    EMPTY = "nothing is open: every field is known or nobody has asked"

    def apply(self, questions: Iterable[Pair], answers: Iterable[Pair]) -> None:
        lines = [_open(field, text) for field, text in questions]
        self.show([*lines, *(_answered(field, text) for field, text in answers)])


def _open(field: str, text: str) -> Line:
    left = [("? ", "accent*"), (field.replace("_", " "), "bright*")]
    return Line(
        field,
        ((tuple(left), (("UNKNOWN", "muted"),)), ((("  ", "muted"), (text, "muted")), ())),
    )


def _answered(field: str, text: str) -> Line:
    left = (("✓ ", "muted"), (field.replace("_", " "), "muted"))
    return Line(f"={field}", ((left, ()), ((("  ", "muted"), (text, "text")), ())))


class OpenQuestions(Leaf, inherit_bindings=False):
    """`enter` opens the field under the list; the answer goes to the runner."""

    BINDINGS: ClassVar[list[BindingType]] = bindings(LIST)
    AUTO_FOCUS = "#questions"
    CONTEXTS: ClassVar[tuple[str, ...]] = (CONSOLE, LIST)
    DEFAULT_CSS = """
    OpenQuestions #questions { width: 1fr; }
    OpenQuestions Input {
        display: none; width: 1fr; height: 1; border: none; padding: 0 1;
        background: $wr-wash; color: $wr-bright;
    }
    OpenQuestions Input:focus {
        border: none; padding: 0 1; background: $wr-wash; background-tint: transparent;
    }
    OpenQuestions.-answering Input { display: block; }
    """

    def __init__(self, feed: Feed, link: RunnerLink | None = None, field: str = "") -> None:
        super().__init__(feed, link)
        self._list = QuestionList(id="questions")
        self._list.chosen = field
        self._input = Input(compact=True, select_on_focus=False)
        self._input.cursor_blink = False
        self._begin = bool(field)

    def compose_leaf(self) -> Iterable[Widget]:
        yield self._list

    def compose_row(self) -> Iterable[Widget]:
        yield self._input
        yield from super().compose_row()

    def on_mount(self) -> None:
        super().on_mount()
        if self._begin:
            self.call_after_refresh(self.action_open)

    def look_again(self) -> None:
        state = self.feed.state
        answered = [(k, v) for k, v in state.answers.items() if k not in state.questions]
        self._list.gap = 0 if self.has_class("-compact") else 1
        self._list.apply(state.questions.items(), answered)

    def on_chooser_opened(self) -> None:
        self.action_open()

    def action_open(self) -> None:
        """Answer the chosen question."""
        field = self._list.chosen
        if field not in self.feed.state.questions:
            return
        if self.link is None:
            self.command("answer")
            return
        self.set_class(True, "-answering")
        self._input.value = ""
        self._input.placeholder = f"{field.replace('_', ' ')}: what is it?"
        self.set_focus(self._input, scroll_visible=False)  # at once: letters follow

    def on_input_submitted(self, event: Input.Submitted) -> None:
        event.stop()
        words, field = event.value.strip(), self._list.chosen
        if words:
            self._close()
            self.command("answer", then=self._next, field=field, text=words)

    def _next(self, answer: Answer) -> None:
        self._list.action_scroll(1)

    def _close(self) -> None:
        self.set_class(False, "-answering")
        self._list.focus(scroll_visible=False)

    def action_back(self) -> None:
        if self._input.has_focus:
            self._close()
        else:
            self.dismiss(None)
