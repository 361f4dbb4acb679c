"""What nobody knows yet: every such field reads UNKNOWN until a human fills it."""

from collections.abc import Sequence

from orchestrator.model.state import State
from tui.ink import Piece
from tui.widgets.chooser import Chooser, Line


class Questions(Chooser):
    """The open questions of the incident; `enter` answers the chosen one."""

    TITLE = "Open questions"
    EMPTY = "none"
    STAYS = False

    def apply(self, state: State, now: float) -> None:
        wide = self.size.width >= 60
        self.show([_line(field, text, wide) for field, text in state.questions.items()])

    @property
    def count(self) -> int:
        return len(self.lines)

    def fact(self) -> Sequence[Piece]:
        on = "focus-band" if self.has_focus else "panel"
        return [(str(self.count), self.ink("text" if self.count else "muted", on))]


def _line(field: str, text: str, wide: bool) -> Line:
    words = field.replace("_", " ")
    left = [("? ", "accent*"), (words, "text")]
    if wide and text:
        left = [("? ", "accent*"), (f"{words}   ", "text"), (text, "muted")]
    return Line(field, ((tuple(left), (("UNKNOWN", "muted"),)),))
