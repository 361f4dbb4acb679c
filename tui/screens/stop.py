"""What to stop: asked when `ctrl+c` is pressed and nothing is selected."""

from collections.abc import Sequence
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.screen import ModalScreen
from textual.strip import Strip

from tui.ink import row
from tui.keys import CONSOLE, PANE, labels_of, over
from tui.screens.over import Over
from tui.widgets.region import Region


class StopChoices(Region):
    """The things that can be stopped, each with its key."""

    TITLE = "Stop what?"

    def __init__(self, choices: Sequence[tuple[str, str]]) -> None:
        super().__init__()
        self._choices = choices

    def body(self, width: int, height: int) -> list[Strip]:
        ink = self.ink
        return [
            row(ink, width, [(f"{key:<8}", ink("accent", bold=True)), (words, ink("text"))])
            for key, words in self._choices
        ]


class StopWhat(Over, ModalScreen[str], inherit_bindings=False):
    """Answers `agent`, `console` or nothing."""

    DEFAULT_CSS = """
    StopWhat { align: center middle; background: $wr-veil; }
    StopWhat StopChoices { width: 60; max-width: 100%; height: 4; }
    """
    BINDINGS: ClassVar[list[BindingType]] = over("stop-agent", where=(CONSOLE, PANE))

    def __init__(self, agent: str) -> None:
        super().__init__()
        self._agent = agent

    def compose(self) -> ComposeResult:
        label = labels_of(self.app)
        choices = [(label["stop-agent"], f"the agent {self._agent}")] if self._agent else []
        choices += [(label["leave"], "this console; the incident goes on")]
        yield StopChoices([*choices, (label["back"], "nothing")])

    def action_stop_agent(self) -> None:
        if self._agent:
            self.dismiss("agent")

    def action_back(self) -> None:
        self.dismiss("")
