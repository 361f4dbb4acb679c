"""What an agent's pane shows, as rows of text: bounded, wrapped by cells, and free of Textual.

Lines of a transcript go in at any rate and cost an append each; `settle` turns what came since the
last time into rows. A later attempt replaces what an earlier one said.
"""

import re
from collections import deque
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from rich.cells import cell_len

from orchestrator.journal.transcript import Line
from tui.inert import inert

MAX_ENTRIES, MAX_ROWS = 4_000, 10_000

Run = tuple[str, str]
"""Text and the colour token it is painted in; a token with a `*` is bold."""


@dataclass(slots=True)
class Entry:
    """One logical line: a line of prose, a command with what it gave, a line of output."""

    kind: str
    """say | call | out | evidence | warn; how an attempt ended is said by the band"""
    text: str
    at: float = 0.0
    eid: str = ""
    took: float = -1.0
    diff: bool = False


@dataclass(frozen=True, slots=True)
class PaneRow:
    """One row of the screen: runs of text, and for a command its facts at the right."""

    kind: str
    runs: tuple[Run, ...] = ()
    eid: str = ""
    took: float = -1.0

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
_BULLET = re.compile(r"\s*(?:[-*•]|\d{1,3}[.)]) +")
_WORDS = re.compile(
    r"\s+"
    r"|[\u1100-\u11ff\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\uffef]"
    r"|[^\s\u1100-\u11ff\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\uffef]+"
)
_EVIDENCE = re.compile(r"\s*\[?(E\d{1,6})\]?[\s:]*")


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


def wrap(runs: Sequence[Run], width: int, hang: int = 0) -> list[tuple[Run, ...]]:
    """Runs broken into rows of at most `width` cells, at spaces where there are any."""
    width = max(width, 2)
    hang = min(hang, width // 2)
    rows: list[tuple[Run, ...]] = []
    current: list[Run] = []
    used = 0

    def close() -> None:
        nonlocal current, used
        rows.append(_trimmed(current))
        current = [(" " * hang, "text")] if hang else []
        used = hang

    for word in _glued(runs):
        size = sum(cell_len(text) for text, _ in word)
        if word[0][0].isspace():
            if used + size <= width and used > (hang if rows else -1):
                current += word
                used += size
            continue
        if used + size > width and used > (hang if rows else 0):
            close()
        if size <= width - used:
            current += word
            used += size
            continue
        for text, token in word:
            for letter in text:
                cells = cell_len(letter)
                if used + cells > width:
                    close()
                current.append((letter, token))
                used += cells
    if current or not rows:
        rows.append(_trimmed(current))
    return rows


def _glued(runs: Sequence[Run]) -> Iterable[list[Run]]:
    """Words, which may change colour inside (`[E12].`), and the spaces between them."""
    word: list[Run] = []
    for text, token in runs:
        for part in _WORDS.findall(text):
            breaks = part.isspace() or _wide(part)
            if breaks and word:
                yield word
                word = []
            if breaks:
                yield [(part if not part.isspace() else part.replace("\t", "    "), token)]
            else:
                word.append((part, token))
    if word:
        yield word


def _wide(part: str) -> bool:
    return len(part) == 1 and cell_len(part) == 2


def _trimmed(runs: list[Run]) -> tuple[Run, ...]:
    """Neighbours of one colour joined, spaces at the end dropped."""
    joined: list[Run] = []
    for text, token in runs:
        if joined and joined[-1][1] == token:
            joined[-1] = (joined[-1][0] + text, token)
        else:
            joined.append((text, token))
    while joined and not joined[-1][0].strip():
        joined.pop()
    if joined:
        joined[-1] = (joined[-1][0].rstrip(), joined[-1][1])
    return tuple(joined)


def rows_of(entry: Entry, width: int) -> list[PaneRow]:
    """The rows of one logical line at a width."""
    if entry.kind == "say":
        bullet = _BULLET.match(entry.text)
        hang = cell_len(bullet.group()) if bullet else 0
        return [PaneRow("say", runs) for runs in wrap(runs_of(entry.text), width, hang)]
    if entry.kind == "call":
        runs: tuple[Run, ...] = (("$ ", "muted"), (entry.text, "bright*"))
        return [PaneRow("call", runs, entry.eid, entry.took)]
    if entry.kind == "out":
        token = "muted"
        if entry.diff and entry.text[:1] in ("+", "-") and entry.text[:3] not in ("+++", "---"):
            token = "ok" if entry.text[0] == "+" else "breach"
        text = entry.text.replace("\t", "    ")
        indent = len(text) - len(text.lstrip())
        lead = text[: min(indent, width // 2)]
        wrapped = wrap([(text.strip(), token)], width - 2 - len(lead))
        return [PaneRow("out", (("│ " + lead, "track"), *runs)) for runs in wrapped]
    if entry.kind == "warn":
        wrapped = wrap([("▲ ", "warn"), *runs_of(entry.text)], width, 2)
        return [PaneRow("warn", runs) for runs in wrapped]
    wrapped = wrap([(entry.eid, "accent"), (" ", "text"), (entry.text, "muted")], width, 4)
    return [PaneRow("evidence", runs) for runs in wrapped]


class PaneText:
    """All text of one task's attempt in force, as rows."""

    def __init__(self, width: int = 50, max_rows: int = MAX_ROWS) -> None:
        self.width = width
        self.attempt = 0
        self.last_at = 0.0
        self.dropped = 0
        """rows that left at the top; row numbers stay what they were"""
        self.version = 0
        """raised whenever rows that were there before changed"""
        self._entries: deque[Entry] = deque(maxlen=MAX_ENTRIES)
        self._rows: deque[PaneRow] = deque(maxlen=max_rows)
        self._open: list[PaneRow] = []
        self._tail = ""
        self._pending: list[Line] = []
        self._last_kind = ""
        self._diff = False

    def feed(self, lines: Iterable[Line]) -> None:
        """Take lines; nothing is computed before `settle`."""
        self._pending.extend(lines)

    @property
    def unsettled(self) -> bool:
        return bool(self._pending)

    def settle(self) -> None:
        """Turn everything fed so far into rows."""
        pending, self._pending = self._pending, []
        for line in pending:
            if line.attempt < self.attempt:
                continue
            if line.attempt > self.attempt:
                self.clear()
                self.attempt = line.attempt
            self.last_at = line.t
            if line.kind == "say":
                self._say(inert(line.text))
            else:
                self._close_tail()
                self._take(line)
        self._open = self._spaced(Entry("say", self._tail)) if self._tail.strip() else []

    def _say(self, text: str) -> None:
        """Running text: whole lines become entries, the rest stays open."""
        *whole, self._tail = (self._tail + text).split("\n")
        for piece in whole:
            self._add(Entry("say", piece.rstrip()))

    def _close_tail(self) -> None:
        if self._tail.strip():
            self._add(Entry("say", self._tail.rstrip()))
        self._tail = ""

    def _take(self, line: Line) -> None:
        text = inert(line.text).rstrip("\n")
        if line.kind == "evidence":
            self._evidence(text, line.t)
            return
        if line.kind == "call":
            self._diff = " diff" in f" {text}" or " show" in text
            self._add(Entry("call", " ".join(text.split()), line.t))
            return
        if line.kind == "end":
            return
        for piece in text.split("\n"):
            self._add(Entry(line.kind, piece.rstrip(), line.t, diff=self._diff))

    def _evidence(self, text: str, at: float) -> None:
        """An evidence id goes to the command it came from; without one it gets its own row."""
        found = _EVIDENCE.match(text)
        eid = found[1] if found else ""
        call = next((e for e in reversed(self._entries) if e.kind == "call"), None)
        if eid and call is not None and not call.eid:
            call.eid, call.took = eid, max(0.0, at - call.at)
            self.rewrap(self.width)
            return
        self._add(Entry("evidence", text[found.end() :] if found else text, at, eid))

    def _add(self, entry: Entry) -> None:
        self._entries.append(entry)
        rows = self._spaced(entry)
        if entry.kind == "say" and not entry.text:
            self._last_kind = "gap" if self._last_kind else ""
            return
        self._last_kind = entry.kind
        overflow = len(self._rows) + len(rows) - (self._rows.maxlen or 0)
        self.dropped += max(0, overflow)
        self._rows.extend(rows)

    def _spaced(self, entry: Entry) -> list[PaneRow]:
        """One blank row between paragraphs and around commands, none inside a command's output."""
        rows = rows_of(entry, self.width)
        last, kind = self._last_kind, entry.kind
        quiet = not last or (last == kind and kind != "call")
        joined = (last == "call" and kind in ("out", "evidence")) or (
            last == "out" and kind == "evidence"
        )
        return rows if quiet or (joined and last != "gap") else [BLANK, *rows]

    def rewrap(self, width: int) -> None:
        """Lay all logical lines out again, at another width or because one of them changed."""
        entries = list(self._entries)
        self._entries.clear()
        self._rows.clear()
        self._last_kind, self.dropped, self.width = "", 0, width
        self.version += 1
        for entry in entries:
            self._add(entry)
        self._open = self._spaced(Entry("say", self._tail)) if self._tail.strip() else []

    def clear(self) -> None:
        """Forget everything: another attempt begins, or another moment is shown."""
        self._entries.clear()
        self._rows.clear()
        self._open = []
        self._tail, self._last_kind, self._diff = "", "", False
        self.dropped, self.last_at = 0, 0.0
        self.version += 1

    def __len__(self) -> int:
        """One past the number of the last row."""
        return self.dropped + len(self._rows) + len(self._open)

    def row(self, number: int) -> PaneRow:
        """A row by its number; blank where there is none (any more)."""
        index = number - self.dropped
        if 0 <= index < len(self._rows):
            return self._rows[index]
        index -= len(self._rows)
        return self._open[index] if 0 <= index < len(self._open) else BLANK

    @property
    def settled_rows(self) -> int:
        """Rows before this number do not change any more at this width."""
        return self.dropped + len(self._rows)

    @property
    def last_line(self) -> str:
        """The newest words, for the one-row form of a pane."""
        texts = [self._tail, *(entry.text for entry in reversed(self._entries))]
        newest = next((text.strip() for text in texts if text.strip()), "")
        return "".join(text for text, _ in runs_of(newest))

    def plain(self) -> str:
        """All rows as text, for copying."""
        return "\n".join(self.row(n).plain for n in range(self.dropped, len(self)))
