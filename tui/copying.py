"""Copy and save: the one way text leaves the console.

The clipboard is reached through the terminal (OSC 52), which may drop it without a word; so every
copy also lies in a file, for its owner only, and the answer says where.
"""

import os
from dataclasses import dataclass
from pathlib import Path

from textual.screen import Screen
from textual.widget import Widget
from textual.widgets import Input

from orchestrator.project import write_private
from tui.citations import parted
from tui.failures import state_folder
from tui.feed import Feed
from tui.routing import Routed
from tui.summary import summary
from tui.widgets.agent_pane import AgentPane
from tui.widgets.evidence_view import EvidenceView
from tui.widgets.page import Page
from tui.widgets.region import Region

KINDS = ("selection", "pane", "summary", "document", "evidence")
COPIED = "copied.txt"


class NothingToCopy(Exception):
    """Why there is nothing, and what there could be, in one line."""


@dataclass(frozen=True, slots=True)
class Piece:
    """What is copied."""

    name: str
    """what it is, as the answer says it"""
    text: str


def copy(app: Routed, what: str) -> None:
    """Into the clipboard and into one file that the next copy replaces."""
    try:
        piece = find(app, what)
    except NothingToCopy as error:
        app.say(str(error), refused=True)
        return
    app.copy_to_clipboard(piece.text)
    app.screen.clear_selection()
    place = _kept(app, piece.text)
    where = f"also in {place}" if place else "no file could be written"
    app.say(f"copied {piece.name}, {_size(piece.text)}; {where}")


def save(app: Routed, what: str) -> None:
    """Into a file of its own; one that exists is never replaced."""
    words, named = _file_named(what)
    try:
        piece = find(app, words)
    except NothingToCopy as error:
        app.say(str(error), refused=True)
        return
    folder = _home(app) / "saved"
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        place = named or _free(folder, piece.name)
        with os.fdopen(os.open(place, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(piece.text)
    except FileExistsError:
        app.say(f"{place} is there already; give another name", refused=True)
    except OSError as error:
        app.say(f"{named or folder} cannot be written: {error.strerror}", refused=True)
    else:
        app.say(f"saved {piece.name}, {_size(piece.text)}, in {place}")


def find(app: Routed, what: str) -> Piece:
    """What the words mean here: a kind, an item of evidence (`E12`), or nothing: what is at hand.

    NothingToCopy says why there is nothing.
    """
    kind, _, rest = what.strip().partition(" ")
    eid = parted(kind.upper())[0] if kind[:1] in ("E", "e") and kind[1:2].isdigit() else ""
    if eid or (kind == "evidence" and rest):
        return _evidence(_feed(app), eid or rest.strip().upper())
    if kind == "summary":
        feed = _feed(app)
        return Piece(f"the summary of {feed.incident}", summary(feed.state, feed.now()))
    if kind == "document" and rest:
        return _document(_feed(app), rest.strip())
    if kind not in ("", *KINDS):
        raise NothingToCopy(f"{what!r} cannot be copied; there are {', '.join(KINDS)} and E1 ...")
    selected = _selected(app.screen)
    if selected and kind in ("", "selection"):
        return Piece("the selection", selected)
    if kind == "selection":
        raise NothingToCopy("nothing is selected; drag with the mouse over some text")
    return _shown(app.screen, kind)


def _selected(screen: Screen[object]) -> str:
    field = screen.focused
    own = field.selected_text if isinstance(field, Input) else ""
    return own or screen.get_selected_text() or ""


def _shown(screen: Screen[object], kind: str) -> Piece:
    """What has the focus; of a document or evidence, the one that stands beside its list."""
    wanted: type[Widget] = {"document": Page, "evidence": EvidenceView}.get(kind, Widget)
    seen = [screen.focused] if isinstance(screen.focused, wanted) else []
    seen += [] if seen or wanted is Widget else list(screen.query(wanted))
    widget = seen[0] if seen else None
    if isinstance(widget, AgentPane):
        task = widget.task_shown
        name, text = f"pane {widget.number} {task.role if task else ''}", widget.text.plain()
    elif isinstance(widget, Page):
        name, text = widget.name_shown, widget.text
    elif isinstance(widget, EvidenceView):
        name = widget.item.eid if widget.item else ""
        text = "\n".join(line for _, line in widget.numbered)
    elif isinstance(widget, Region):
        name, text = widget.TITLE.lower(), "\n".join(widget.plain_rows())
    else:
        name, text = "", ""
    if not text.strip():
        raise NothingToCopy("nothing to copy here: focus a pane, or copy summary")
    return Piece(name.strip(), text.rstrip("\n") + "\n")


def _feed(app: Routed) -> Feed:
    room = app.room
    if room is None:
        raise NothingToCopy("no incident is open: go to its war room first")
    return room.feed


def _evidence(feed: Feed, eid: str) -> Piece:
    from tui.screens.card_evidence import content_of  # only when evidence is copied

    item = feed.state.evidence.get(eid)
    if item is None:
        raise NothingToCopy(f"{eid} is not in the ledger")
    about = f"{eid} {item.source}: {item.command or item.summary}\nsha-256 {item.sha256}\n\n"
    lines = (line for _, line in content_of(feed.folder, item))
    return Piece(eid, about + "\n".join(lines) + "\n")


def _document(feed: Feed, path: str) -> Piece:
    from tui.shelf import Shelf  # only when a document is copied

    known = [one for one in feed.state.documents if one == path or one.endswith("/" + path)]
    if len(known) != 1:
        raise NothingToCopy(f"{path}: no document of that name; f lists them")
    return Piece(known[0], Shelf(feed.folder).text(known[0]))


# --- where it lies --------------------------------------------------------------------------------


def _home(app: Routed) -> Path:
    """Beside the project's other private files; a replay writes nothing there."""
    room = app.room
    live = room is None or room.feed.live
    return app.project.home if live and app.project.home.is_dir() else state_folder()


def _kept(app: Routed, text: str) -> Path | None:
    for folder in (_home(app), state_folder()):
        try:
            write_private(folder / COPIED, text)
        except OSError:
            continue
        return folder / COPIED
    return None


def _file_named(what: str) -> tuple[str, Path | None]:
    """`summary notes.txt` → the words and the file; a document's or item's name is no file."""
    kind, _, rest = what.strip().partition(" ")
    takes_name = kind in ("document", "evidence")
    words, _, file = rest.strip().partition(" ") if takes_name else ("", "", rest.strip())
    given = f"{kind} {words}".strip()
    return given, Path(file).expanduser().absolute() if file.strip() else None


def _free(folder: Path, name: str) -> Path:
    """A file name that is not taken."""
    plain = "-".join("".join(c if c.isalnum() else " " for c in name).split())
    number = 1
    while (place := folder / f"{plain}-{number}.txt").exists():
        number += 1
    return place


def _size(text: str) -> str:
    return f"{len(text)} characters"
