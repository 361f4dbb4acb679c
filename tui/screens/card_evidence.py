"""The evidence an approval cites, to be read as it was observed, not as it was summed up."""

from collections.abc import Iterable, Mapping
from typing import ClassVar

from rich.cells import cell_len
from textual import events
from textual.app import ComposeResult
from textual.screen import ModalScreen
from textual.strip import Strip

from orchestrator.model.records import Approval, Evidence
from orchestrator.model.state import State
from orchestrator.project import IncidentFolder
from tui.excerpt import Numbered, excerpt
from tui.inert import inert_line
from tui.ink import Piece, band, blank_row, row
from tui.keys import REGION, bindings, over
from tui.screens.card_rows import fitting
from tui.screens.over import Over
from tui.widgets.region import Region


def cited_by(approval: Approval) -> list[str]:
    """Every evidence id on the card, once, in the order of reading."""
    ids = list(approval.evidence)
    for reason in approval.card.get("why") or ():
        if isinstance(reason, Mapping):
            ids += [str(eid) for eid in reason.get("evidence") or ()]
    return list(dict.fromkeys(eid.partition(":")[0] for eid in ids))


def content_of(folder: IncidentFolder, item: Evidence, cited: int = 0) -> list[Numbered]:
    """The item's lines with their numbers; one line saying why where it cannot be read."""
    place = folder.path / item.path
    if not place.resolve().is_relative_to(folder.path.resolve()):
        return [(0, f"lies outside the incident's folder: {item.path}")]
    try:
        return excerpt(place, cited)
    except OSError as error:
        return [(0, f"cannot be read: {item.path} ({error.strerror})")]


class EvidenceText(Region):
    """All cited items one after the other, scrolled by the usual keys."""

    can_focus = True
    BINDINGS = bindings(REGION)

    def __init__(
        self, folder: IncidentFolder, items: Iterable[tuple[str, Evidence | None]]
    ) -> None:
        super().__init__()
        self._items = [
            (eid, item, content_of(folder, item) if item else [(0, "is not in the ledger")])
            for eid, item in items
        ]
        self._top = 0

    def body(self, width: int, height: int) -> list[Strip]:
        return self._all(width)[self._top : self._top + height]

    def _all(self, width: int) -> list[Strip]:
        ink = self.ink
        rows: list[Strip] = []
        for eid, item, lines in self._items:
            title: list[Piece] = [(f"{eid}  ", ink("accent", "panel", bold=True))]
            if item is not None:
                title.append((item.summary, ink("bright", "panel", bold=True)))
                fact: list[Piece] = [(f"{item.kind}  {item.source}", ink("muted", "panel"))]
                rows.append(band(ink, width, title, fact, focused=False))
                rows.append(row(ink, width, [("$ ", ink("muted")), (item.command, ink("bright"))]))
            else:
                rows.append(band(ink, width, title, focused=False))
            digits = len(str(lines[-1][0])) if lines else 1
            for number, line in lines:
                for part, text in enumerate(_parts(line, max(8, width - digits - 4))):
                    label = str(number) if number and part == 0 else ""
                    pieces = [(label.rjust(digits) + "  ", ink("muted")), (text, ink("text"))]
                    rows.append(row(ink, width, pieces))
            rows.append(blank_row(ink, width))
        return rows or [row(ink, width, [("nothing is cited", ink("muted"))])]

    # --- moving -----------------------------------------------------------------------------------

    def action_scroll(self, rows: int) -> None:
        last = len(self._all(self.size.width)) - self.size.height
        self._top = max(0, min(self._top + rows, last))
        self.changed()

    def action_page(self, pages: int) -> None:
        self.action_scroll(pages * max(1, self.size.height - 1))

    def action_top(self) -> None:
        self._top = 0
        self.changed()

    def action_follow(self) -> None:
        self.action_scroll(len(self._all(self.size.width)))

    def on_mouse_scroll_down(self, event: events.MouseScrollDown) -> None:
        self.action_scroll(3)

    def on_mouse_scroll_up(self, event: events.MouseScrollUp) -> None:
        self.action_scroll(-3)


class CitedEvidence(Over, ModalScreen[None]):
    """A reading screen over the card; `esc` goes back to it, where the keys arm anew."""

    BINDINGS: ClassVar = over()

    def __init__(self, folder: IncidentFolder, state: State, cited: Iterable[str]) -> None:
        super().__init__()
        self._folder = folder
        self._items = [(eid, state.evidence.get(eid)) for eid in cited]

    def compose(self) -> ComposeResult:
        yield EvidenceText(self._folder, self._items)

    def action_back(self) -> None:
        self.dismiss(None)


def _parts(line: str, width: int) -> list[str]:
    """The line on as many rows as it takes."""
    text = inert_line(line.expandtabs(4))
    parts: list[str] = []
    while cell_len(text) > width:
        cut = fitting(text, width)
        parts.append(text[:cut])
        text = text[cut:]
    return [*parts, text]
