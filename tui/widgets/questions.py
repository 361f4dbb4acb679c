"""What nobody knows yet: every such field reads UNKNOWN until a human fills it."""

from collections.abc import Sequence

from textual.strip import Strip

from orchestrator.model.state import State
from tui.ink import Piece, row
from tui.widgets.region import Region


class Questions(Region):
    """The open questions of the incident."""

    TITLE = "Open questions"

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id)
        self._questions: list[tuple[str, str]] = []

    def apply(self, state: State, now: float) -> None:
        self._questions = list(state.questions.items())
        self.changed()

    @property
    def count(self) -> int:
        return len(self._questions)

    def fact(self) -> Sequence[Piece]:
        on = "focus-band" if self.has_focus else "panel"
        return [(str(self.count), self.ink("text" if self.count else "muted", on))]

    def body(self, width: int, height: int) -> list[Strip]:
        ink = self.ink
        if not self._questions:
            return [row(ink, width, [("none", ink("muted"))])]
        rows = []
        for index, (field, text) in enumerate(self._questions):
            if index == height - 1 and len(self._questions) > height:
                rows.append(row(ink, width, [(f"… {self.count - index} more", ink("muted"))]))
                break
            words = field.replace("_", " ") if width < 60 else text or field
            left = [("? ", ink("accent", bold=True)), (words, ink("text"))]
            rows.append(row(ink, width, left, [("UNKNOWN", ink("muted"))]))
        return rows
