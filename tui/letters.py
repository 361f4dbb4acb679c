"""The texts for people outside as a list shows them, and the words that would go out. Pure but for
reading the document.
"""

import os
from dataclasses import dataclass
from pathlib import Path

from orchestrator.clock import hhmmss, span
from orchestrator.comms.letter import Letter, letter
from orchestrator.model.messages import (
    EXECUTIVE,
    MANAGEMENT,
    NOTICE,
    STATUS_PAGE,
    first_of,
    sending_name,
    update_number,
)
from orchestrator.model.records import Message
from orchestrator.model.sending import channels_for, latest, of_text
from orchestrator.model.state import State
from orchestrator.project import IncidentFolder
from tui.widgets.chooser import Line, Runs

STATES = {
    "drafted": ("draft", "muted"),
    "due": ("▲ due", "warn*"),
    "sending": ("▸ on its way", "accent*"),
    "sent": ("✓ sent", "ok"),
    "not_required": ("– not required", "muted"),
}
"""How a text stands; the words carry it, the colour only helps."""

CLOCKS = {MANAGEMENT: "management", EXECUTIVE: "executive", STATUS_PAGE: "status-page"}
"""Text → the deadline at which it falls due."""

WENT = {
    "asked": ("▸", "accent"),
    "delivered": ("✓", "ok"),
    "failed": ("×", "breach"),
    "unknown": ("?", "warn*"),
}
"""How a delivery stands, before the channel's name."""

_FIRST = {"due": 0, "sending": 1, "drafted": 2, "sent": 3, "not_required": 4}


@dataclass(frozen=True, slots=True)
class Shown:
    """The words of a text as they are on the screen, and what they would go out as."""

    path: str
    letter: Letter

    @property
    def sha256(self) -> str:
        return self.letter.sha256


class Words:
    """Reads the words of a text again only when its document has changed on the disk."""

    def __init__(self, folder: IncidentFolder) -> None:
        self._folder = folder
        self._read: dict[str, tuple[tuple[int, int], Shown]] = {}

    def of(self, path: str) -> Shown | None:
        """The words now; None while there is no document."""
        place: Path = self._folder.document(path)
        try:
            found = os.stat(place)
            mark = (found.st_mtime_ns, found.st_size)
            known = self._read.get(path)
            if known is None or known[0] != mark:
                text = place.read_text(encoding="utf-8", errors="replace")
                known = (mark, Shown(path, letter(text)))
                self._read[path] = known
        except OSError:
            return None
        return known[1]


def listed(state: State) -> list[Message]:
    """Every text: what must go out now comes first."""
    texts = state.messages.values()
    return sorted(texts, key=lambda text: (_FIRST.get(text.state, 9), text.due_at, text.path))


def line(state: State, text: Message, now: float) -> Line:
    """One entry: the text and how it stands, then its channels and how far each came."""
    word = STATES.get(text.state, (text.state, "muted"))
    name = text.path.removeprefix("communications/").removesuffix(".md")
    head: Runs = ((name, "text" if text.state != "not_required" else "muted"),)
    below: Runs = (("  ", "muted"), *went(state, text.path))
    return Line(text.path, ((head, (word,)), (below, (_time(state, text, now),))))


def went(state: State, path: str) -> Runs:
    """`✓ mail  × chat`: every channel of a text, and how far it came there."""
    last, runs = latest(state, path), list[tuple[str, str]]()
    names = [one.name for one in channels_for(state, path)]
    for name in [*names, *(name for name in last if name not in names)]:
        mark, token = WENT[last[name].state] if name in last else ("·", "muted")
        runs += [(f"{mark} ", token), (f"{name}  ", "muted")]
    return tuple(runs) or (("no channel: send it by hand", "muted"),)


def told(state: State, path: str) -> str:
    """What came of each sending: when, by which channel, and what it answered."""
    rows = [
        f"{WENT[one.state][0]} {one.channel}, {one.state}"
        f"{f' {hhmmss(one.ended_at)}' if one.ended_at else ''}"
        f"{f': {one.detail}' if one.detail else ''}, sent by {one.by}"
        for one in of_text(state, path)
    ]
    return "\n\n── where it went\n\n" + "\n".join(rows) if rows else ""


def _time(state: State, text: Message, now: float) -> tuple[str, str]:
    """What the clock says about it: until it is due, since when, or when it goes out by itself."""
    own = state.deadlines.get(sending_name(text.path))
    if own is not None and own.counting:
        return f"goes out in {span(max(0.0, own.due - now))}", "warn*"
    if text.state == "due":
        return f"+{span(now - text.at)}", "breach"
    if text.state != "drafted":
        return "", "muted"
    name = "update" if update_number(text.path) else CLOCKS.get(text.path, "")
    clock = state.deadlines.get(name)
    if clock is None or not clock.counting:
        return "", "muted"
    return span(max(0.0, clock.due - now)), "text"


def words(state: State, shown: Shown) -> str:
    """The exact words, each part under whom it is for."""
    parts = [shown.letter.subject]
    for public, head, text in (
        (True, "for everybody", shown.letter.public),
        (False, "for those it is addressed to", shown.letter.internal),
    ):
        if not text or (public and first_of(shown.path) not in (STATUS_PAGE, NOTICE)):
            continue
        names = [one.name for one in channels_for(state, shown.path) if one.public == public]
        to = f": {', '.join(names)}" if names else ""
        parts.append(f"── {head}{to}\n\n{text}")
    return "\n\n".join(parts)
