"""Adding evidence by hand: pasted text, or a file. It is redacted, hashed and numbered like any."""

from pathlib import Path
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical
from textual.screen import ModalScreen
from textual.strip import Strip
from textual.widgets import Input, TextArea

from tui.ink import Piece, row
from tui.keys import CONSOLE, FORM, labels_of, over
from tui.screens.over import Over
from tui.widgets.region import Region

MOST = 256 * 1024
"""Bytes one item may have; a larger file is cut by whoever knows which part matters."""


class CannotAdd(Exception):
    """Why this is no evidence, in one line."""


def offered(text: str, source: str, root: Path) -> tuple[str, str]:
    """Text and source as they are sent; without text the source must be a readable text file."""
    if text.strip():
        if len(text.encode()) > MOST:
            raise CannotAdd(f"the text is longer than {MOST // 1024} KiB: cut it to what matters")
        return text, source or "pasted"
    if not source:
        raise CannotAdd("paste something, or name a file")
    path = (root / Path(source).expanduser()).resolve()
    try:
        if path.stat().st_size > MOST:
            raise CannotAdd(f"{source} is larger than {MOST // 1024} KiB: cut it to what matters")
        return path.read_text(encoding="utf-8"), str(path)
    except UnicodeDecodeError:
        raise CannotAdd(f"{source} is no text") from None
    except OSError as error:
        raise CannotAdd(f"{source}: {error.strerror}") from None


class AddTitle(Region):
    """What this is."""

    def body(self, width: int, height: int) -> list[Strip]:
        ink = self.ink
        left: list[Piece] = [("Add evidence", ink("text", "panel", bold=True))]
        right: list[Piece] = [("agents see it at once", ink("muted", "panel"))]
        return [row(ink, width, left, right, on="panel")]


class AddFoot(Region):
    """The keys, or what is wrong."""

    def __init__(self) -> None:
        super().__init__()
        self.wrong = ""

    def body(self, width: int, height: int) -> list[Strip]:
        ink = self.ink
        left: list[Piece] = []
        label = labels_of(self.app)
        for key, word in ((label["send"], "add"), ("tab", "next"), (label["back"], "back")):
            left += [(key, ink("accent", bold=True)), (f" {word}  ", ink("muted"))]
        wrong: list[Piece] = [(f"× {self.wrong}", ink("warn"))] if self.wrong else []
        return [row(ink, width, wrong or left)]


class AddEvidence(Over, ModalScreen[tuple[str, str] | None], inherit_bindings=False):
    """Dismissed with the text and where it comes from, or with None."""

    DEFAULT_CSS = """
    AddEvidence { align: center middle; background: $wr-veil; }
    AddEvidence Vertical { width: 100; max-width: 100%; height: 22; max-height: 100%; background: $wr-surface; }
    AddEvidence AddTitle, AddEvidence AddFoot { height: 1; }
    AddEvidence Input {
        width: 1fr; height: 1; border: none; padding: 0 1; margin: 1 0;
        background: $wr-wash; color: $wr-bright;
    }
    AddEvidence TextArea {
        height: 1fr; border: none; padding: 0 1; margin: 0 0 1 0;
        background: $wr-background; color: $wr-text;
    }
    AddEvidence Input.-textual-compact { padding: 0 1; }
    AddEvidence Input:focus, AddEvidence TextArea:focus { border: none; background-tint: transparent; }
    """  # noqa: E501
    BINDINGS: ClassVar[list[BindingType]] = over("send", where=(CONSOLE, FORM))
    AUTO_FOCUS = "TextArea"

    def compose(self) -> ComposeResult:
        source = Input(
            compact=True, placeholder="where it comes from, or the path of a file", id="source"
        )
        source.cursor_blink = False
        with Vertical():
            yield AddTitle()
            yield source
            text = TextArea(tab_behavior="focus", placeholder="paste or type what was observed")
            text.cursor_blink = False
            yield text
            yield AddFoot()

    def action_send(self) -> None:
        text, source = self.query_one(TextArea).text, self.query_one(Input).value.strip()
        root = getattr(self.app, "project", None)
        try:
            self.dismiss(offered(text, source, root.root if root is not None else Path()))
        except CannotAdd as error:
            foot = self.query_one(AddFoot)
            foot.wrong = str(error)
            foot.changed()

    def action_next_region(self) -> None:
        self.focus_next()

    def on_input_submitted(self, event: Input.Submitted) -> None:
        event.stop()
        self.action_send()

    def action_back(self) -> None:
        self.dismiss(None)
