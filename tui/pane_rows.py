"""One logical line of an agent's pane as rows: light Markdown, commands, folded output.

Marks are taken out and become colours; a row remembers what it is the continuation of, so that
what is copied is the line and not its rows.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from rich.cells import cell_len

from orchestrator.journal.transcript import RUNNING
from tui.keymap import LABELS, Labels
from tui.table_rows import cells_of, table
from tui.wrapping import Run, broken

NEW_LINE = "\n"

UNCHECKED = "unchecked: "
"""How a model's notes begin, so that nobody takes them for findings, with colours or without."""


@dataclass(slots=True)
class Entry:
    """One logical line of prose, a command, or a block: all output of a command, a table."""

    kind: str
    """say | note | fence | call | out | table | evidence | warn; how it ended is in the band"""
    text: str = ""
    at: float = 0.0
    eid: str = ""
    took: float = -1.0
    lines: list[str] = field(default_factory=list)
    """of a block"""
    begins: bool = False
    """of a note: the first of several, which says what they are"""
    more: int = 0
    """lines of a block that came and are not kept here"""
    diff: bool = False
    unfolded: bool = False
    serial: int = 0
    height: int = 0
    """rows it has at the width in force, with the blank one above it"""

    @property
    def gap(self) -> bool:
        """An empty line of running text."""
        return self.kind in RUNNING and not self.text

    @property
    def size(self) -> int:
        """Characters it keeps."""
        return len(self.text) + sum(len(line) for line in self.lines)


@dataclass(frozen=True, slots=True)
class PaneRow:
    """One row of the screen: runs of text, and for a command its facts at the right."""

    kind: str
    runs: tuple[Run, ...] = ()
    eid: str = ""
    took: float = -1.0
    lead: int = 0
    """characters at its start that decorate and are no text: the bar of output, an indent"""
    glue: str = NEW_LINE
    """what stands between it and the row before; spaces or nothing inside one logical line"""

    @property
    def plain(self) -> str:
        return "".join(text for text, _ in self.runs)


BLANK = PaneRow("blank")

_INLINE = re.compile(
    r"\[(?P<cite>E\d{1,6}(?::\d{1,7}(?:-\d{1,7})?)?(?:[, ]+E\d{1,6}(?::\d{1,7})?)*)\]"
    r"|\*\*(?P<bold>[^*]+)\*\*"
    r"|`(?P<code>[^`]+)`"
    r"|(?P<unknown>\bUNKNOWN\b)"
)
_HEADING = re.compile(r"#{1,6} +")
_BULLET = re.compile(r"\s*(?:[-*+•]|\d{1,3}[.)]) +")
_QUOTE = re.compile(r"\s*((?:> ?)+)")


def runs_of(text: str) -> list[Run]:
    """Prose with its few marks taken out: headings, **bold**, `code`, `[E12]`, UNKNOWN."""
    heading = _HEADING.match(text)
    if heading:
        return [(text[heading.end() :].replace("**", ""), "bright*")]
    runs: list[Run] = []
    end = 0
    for found in _INLINE.finditer(text):
        if found.start() > end:
            runs.append((text[end : found.start()], "text"))
        end = found.end()
        if found["cite"]:
            runs += [("[", "muted"), (found["cite"], "accent"), ("]", "muted")]
        elif found["bold"]:
            runs.append((found["bold"], "bright*"))
        elif found["code"]:
            runs.append((found["code"], "bright"))
        else:
            runs.append((found["unknown"], "muted"))
    if end < len(text):
        runs.append((text[end:], "text"))
    return runs


def rows_of(entry: Entry, width: int, fold: int, labels: Labels = LABELS) -> list[PaneRow]:
    """The rows of one entry at a width; of a folded block at most `fold` lines and one that says
    how many more there are."""
    match entry.kind:
        case "say":
            return _prose(entry.text, width)
        case "note":
            return _note(entry, width)
        case "fence":
            return _behind_bar("fence", entry.text, _tone(entry, entry.text, "text"), width)
        case "call":
            runs: tuple[Run, ...] = (("$ ", "muted"), (entry.text, "bright*"))
            return [PaneRow("call", runs, entry.eid, entry.took)]
        case "out":
            return _output(entry, width, fold, labels)
        case "table":
            cells = [line for text in entry.lines if (line := cells_of(text)) is not None]
            lines = [[runs_of(cell) for cell in line] for line in cells]
            return [PaneRow("say", runs) for runs in table(lines, width)]
        case "warn":
            return _laid("warn", [("▲ ", "warn"), *runs_of(entry.text)], width, 2)
        case _:
            runs = ((entry.eid, "accent"), (" ", "text"), (entry.text, "muted"))
            return _laid("evidence", runs, width, 4)


def bare(text: str, kind: str) -> str:
    """A line without its marks; a note stays what it is."""
    mark = UNCHECKED if kind == "note" else ""
    return mark + "".join(piece for piece, _ in runs_of(text.strip()))


def is_folded(entry: Entry, fold: int) -> bool:
    """True when part of a block's lines is hidden but could be shown."""
    return entry.kind == "out" and not entry.unfolded and len(entry.lines) > fold + 1


def _prose(text: str, width: int) -> list[PaneRow]:
    quote = _QUOTE.match(text)
    if quote:
        bar = "▌ " * quote[1].count(">")
        return _behind(bar, "say", runs_of(text[quote.end() :]), width)
    bullet = _BULLET.match(text)
    if bullet:
        sign = bullet.group().replace("*", "-").replace("+", "-")
        runs = [(sign, "muted"), *runs_of(text[bullet.end() :])]
        return _laid("say", runs, width, cell_len(sign))
    return _laid("say", runs_of(text), width, 0)


def _note(entry: Entry, width: int) -> list[PaneRow]:
    """What a model wrote while it worked: indented, muted whole, and named as what it is."""
    runs = [(text, "muted") for text, _ in runs_of(entry.text)]
    return _behind("  ", "note", [(UNCHECKED, "muted"), *runs] if entry.begins else runs, width)


def _laid(kind: str, runs: Sequence[Run], width: int, hang: int) -> list[PaneRow]:
    """Wrapped under itself; the indent of its later rows is no text."""
    first, *rest = broken(runs, width, hang)
    indent = min(hang, width // 2, width - 2)
    rows = [PaneRow(kind, first[1])]
    return rows + [PaneRow(kind, row, lead=indent, glue=glue) for glue, row in rest]


def _behind_bar(kind: str, text: str, token: str, width: int) -> list[PaneRow]:
    """Behind a thin bar, its own indent kept on every row."""
    text = text.expandtabs(4)
    own = text[: min(len(text) - len(text.lstrip()), width // 2)]
    return _behind("│ ", kind, [(text[len(own) :], token)], width, own)


def _behind(bar: str, kind: str, runs: Sequence[Run], width: int, own: str = "") -> list[PaneRow]:
    """Wrapped behind a bar; of the text's `own` indent only that of the first row is text."""
    bar = bar[: max(0, width - 2)]
    rows = broken(runs, width - len(bar) - len(own))
    return [
        PaneRow(
            kind,
            ((bar + own, "track"), *row),
            lead=len(bar) + (len(own) if number else 0),
            glue=glue if number else NEW_LINE,
        )
        for number, (glue, row) in enumerate(rows)
    ]


def _tone(entry: Entry, line: str, usual: str) -> str:
    """Red and teal for what a diff removed and added."""
    if entry.diff and line[:1] in ("+", "-") and line[:3] not in ("+++", "---"):
        return "ok" if line[0] == "+" else "breach"
    return usual


def _output(entry: Entry, width: int, fold: int, labels: Labels) -> list[PaneRow]:
    folded = is_folded(entry, fold)
    shown = entry.lines[:fold] if folded else entry.lines
    rows = [
        row
        for line in shown
        for row in _behind_bar("out", line, _tone(entry, line, "muted"), width)
    ]
    hidden = len(entry.lines) - len(shown) + entry.more
    if hidden:
        rows.append(_more(hidden, folded, entry.eid, width, labels))
    elif entry.unfolded and len(entry.lines) > fold + 1:
        keys: tuple[Run, ...] = (
            ("│ ", "track"),
            (labels["unfold"], "accent*"),
            (" folds it", "muted"),
        )
        rows.append(PaneRow("fold", keys))
    return rows


def _more(hidden: int, folded: bool, eid: str, width: int, labels: Labels) -> PaneRow:
    """What a block does not show, and the keys that do; the words go first where room lacks."""
    bar: Run = ("│ ", "track")
    count: Run = (f"… {hidden:,} more line{'s' if hidden > 1 else ''}", "muted")
    unfold: list[Run] = [(labels["unfold"], "accent*"), (" unfolds", "muted")] if folded else []
    opens: list[Run] = []
    if eid:
        opens = [(labels["open"], "accent*"), (" opens ", "muted"), (eid, "accent")]
    for keys in ([unfold, opens], [opens], [unfold], []):
        runs = [bar, count]
        for key in keys:
            runs += [(", ", "muted"), *key] if key else []
        if sum(cell_len(text) for text, _ in runs) <= width:
            break
    return PaneRow("fold", tuple(runs))
