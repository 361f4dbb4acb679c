"""The reserved row under the deadlines: what blocks, or what has just become readable.

The row is always there, so nothing shifts when it fills. What blocks is loud; news is calm.
"""

from dataclasses import dataclass

from textual.strip import Strip

from tui.glyphs import mark
from tui.ink import Ink, Piece, row
from tui.keymap import LABELS, Labels
from tui.keys import labels_of
from tui.widgets.region import Region


@dataclass(frozen=True, slots=True)
class Notice:
    """One thing to say in the banner row."""

    chip: str
    words: str
    detail: str = ""
    key: str = ""
    """id of the key that does something about it"""
    does: str = ""
    loud: bool = True
    mark: str = "late"


def notice_row(ink: Ink, width: int, notice: Notice, labels: Labels = LABELS) -> Strip:
    """A notice as a row; `labels` as the person's keys are written."""
    on = "breach-wash" if notice.loud else "wash"
    chip = ink("on-sev", "breach", bold=True) if notice.loud else ink("accent", on, bold=True)
    text = f" {mark(notice.mark)} {notice.chip} " if notice.loud else f"✓ {notice.chip}"
    left: list[Piece] = [(text, chip), (" ", ink("text", on))]
    if notice.words:
        left.append((f"{notice.words}  ", ink("breach" if notice.loud else "text", on, bold=True)))
    left.append((notice.detail, ink("text", on)))
    right: list[Piece] = []
    if notice.key:
        right = [
            (labels[notice.key], ink("accent", on, bold=True)),
            (f" {notice.does}", ink("text", on)),
        ]
    return row(ink, width, left, right, on=on)


class Banner(Region):
    """The banner row; empty it is plain ground."""

    DEFAULT_CSS = """
    Banner { height: 1; background: $wr-background; }
    """
    GROUND = "background"

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id)
        self.notice: Notice | None = None

    def apply(self, notice: Notice | None) -> None:
        if notice != self.notice:
            self.notice = notice
            self.changed()

    def body(self, width: int, height: int) -> list[Strip]:
        notice = self.notice
        labels = labels_of(self.app)
        return [notice_row(self.ink, width, notice, labels)] if notice is not None else []
