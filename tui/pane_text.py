"""What an agent's pane shows, as rows of text: bounded, wrapped by cells, and free of Textual.

Lines of a transcript go in at any rate and cost an append each; `settle` turns what came since the
last time into rows. A later attempt replaces what an earlier one said.
"""

import re
from collections import deque
from collections.abc import Iterable
from typing import NamedTuple

from orchestrator.journal.transcript import RUNNING, Line
from tui.inert import inert, last_written
from tui.keymap import LABELS, Labels
from tui.looping import Loop, LoopWatch
from tui.pane_rows import BLANK, NEW_LINE, Entry, PaneRow, bare, is_folded, rows_of
from tui.table_rows import is_table_line

MAX_ROWS, MAX_LINES, MAX_CHARS = 10_000, 6_000, 600_000
"""What one pane keeps: older lines leave first; the whole is in the transcript."""

BLOCK_LINES, LONGEST_LINE = 400, 4_000
"""Lines kept of one output, and characters of one line: the evidence has the rest."""

LEAST_FOLD, MOST_FOLD = 3, 12

_EVIDENCE = re.compile(r"\s*\[?(E\d{1,6})\]?[\s:]*")
_FENCE = re.compile(r" {0,3}(?:```+|~~~+) *(\w*)")
_BLOCKS = ("out", "table")


def fold_for(height: int) -> int:
    """Lines of output that a pane of this height shows before it folds the rest."""
    return max(LEAST_FOLD, min(MOST_FOLD, (height - 3) // 4))


class Place(NamedTuple):
    """A place in the text that outlives another width: a logical line, and characters into it."""

    serial: int
    chars: int


class PaneText:
    """All text of one task's attempt in force, as rows."""

    def __init__(self, width: int = 50, max_rows: int = MAX_ROWS, labels: Labels = LABELS) -> None:
        self.width = width
        self.labels = labels
        self.fold = LEAST_FOLD
        self.attempt = 0
        self.last_at = 0.0
        self.dropped = 0
        """rows that left at the top; row numbers stay what they were"""
        self.version = 0
        """raised whenever rows that were there before changed"""
        self.generation = 0
        """raised whenever everything was forgotten"""
        self.entries: deque[Entry] = deque()
        self._max_rows = max_rows
        self._rows: deque[PaneRow] = deque()
        self._open: list[PaneRow] = []
        self._tail = ""
        self._voice = "say"
        self._pending: list[Line] = []
        self._watch = LoopWatch()
        self._fence = ""
        self._diff = False
        self._block_grew = False
        self._serial = self._lines = self._chars = 0

    def feed(self, lines: Iterable[Line]) -> None:
        """Take lines; nothing is computed before `settle`."""
        self._pending.extend(lines)

    @property
    def unsettled(self) -> bool:
        return bool(self._pending)

    @property
    def speaking(self) -> bool:
        """True while a line of prose has begun and not ended."""
        return bool(self._tail.strip())

    @property
    def loop(self) -> Loop | None:
        """The circle the agent goes in, if it does."""
        return self._watch.loop

    # --- taking text in ---------------------------------------------------------------------------

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
            if line.kind in RUNNING:
                if line.kind != self._voice:
                    self._close_tail()
                    self._voice = line.kind
                self._say(line.text)
            else:
                self._close_tail()
                self._take(line)
        self._lay_block()
        self._lay_tail()

    def _say(self, text: str) -> None:
        """Running text: whole lines become entries, the rest stays open."""
        *whole, tail = (self._tail + text).split("\n")
        for piece in whole:
            self._whole_line(last_written(piece).rstrip())
        while len(tail) > LONGEST_LINE:
            tail = last_written(tail)
            self._whole_line(tail[:LONGEST_LINE])
            tail = tail[LONGEST_LINE:]
        self._tail = tail

    def _whole_line(self, text: str) -> None:
        if self._voice == "note":
            self._add(self._note(text[:LONGEST_LINE]))
            self._watch.words(text)
        elif fence := _FENCE.match(text):
            self._fence = "" if self._fence else fence[1] or "text"
            self._add(Entry("mark", text))
        elif self._fence:
            self._add(Entry("fence", text, diff=self._fence == "diff"))
        elif is_table_line(text):
            self._block("table", [text], "")
        else:
            for start in range(0, max(1, len(text)), LONGEST_LINE):
                self._add(Entry("say", text[start : start + LONGEST_LINE]))
            self._watch.words(text)

    def _note(self, text: str) -> Entry:
        """A line of a model's notes; nothing in it is more than text."""
        said = next((e.kind for e in reversed(self.entries) if e.text or e.lines), "")
        return Entry("note", text, begins=bool(text) and said != "note")

    def _close_tail(self) -> None:
        tail, self._tail = self._tail, ""
        if tail.strip():
            self._whole_line(last_written(tail).rstrip())
        if self._fence:
            self._fence = ""
            self._add(Entry("mark", "```"))

    def _take(self, line: Line) -> None:
        text = line.text.rstrip("\r\n")
        if line.kind == "evidence":
            self._evidence(inert(text), line.t)
        elif line.kind == "call":
            words = " ".join(inert(text.replace("\r", " ")).split())
            self._diff = " diff" in f" {words}" or " show" in words
            self._watch.command(words)
            self._add(Entry("call", words[:LONGEST_LINE], line.t))
        elif line.kind == "out":
            last = self.entries[-1] if self.entries else None
            eid = last.eid if last is not None and last.kind in ("call", "out") else ""
            self._block("out", [last_written(piece).rstrip() for piece in text.split("\n")], eid)
        elif line.kind != "end":
            for piece in text.split("\n"):
                self._add(Entry(line.kind, last_written(piece).rstrip()[:LONGEST_LINE], line.t))

    def _block(self, kind: str, lines: list[str], eid: str) -> None:
        """Lines that are laid out together: they join the block before them, or begin one."""
        last = self.entries[-1] if self.entries else None
        full = kind == "table" and last is not None and len(last.lines) >= BLOCK_LINES
        if last is None or last.kind != kind or full:
            last = Entry(kind, eid=eid, diff=kind == "out" and self._diff)
            self._add(last)
        room = max(0, BLOCK_LINES - len(last.lines))
        kept = [line[:LONGEST_LINE] for line in lines[:room]]
        last.lines += kept
        last.more += len(lines) - len(kept)
        self._lines += len(kept)
        self._chars += sum(len(line) for line in kept)
        self._block_grew = True

    def _evidence(self, text: str, at: float) -> None:
        """An evidence id goes to the command it came from; without one it gets its own row."""
        found = _EVIDENCE.match(text)
        eid = found[1] if found else ""
        calls = (n for n in range(len(self.entries) - 1, -1, -1) if self.entries[n].kind == "call")
        index = next(calls, -1)
        if eid and index >= 0 and not self.entries[index].eid:
            call = self.entries[index]
            call.eid, call.took = eid, max(0.0, at - call.at)
            if index + 1 < len(self.entries) and self.entries[index + 1].kind == "out":
                self.entries[index + 1].eid = eid
            self._lay_from(index)
            return
        self._add(Entry("evidence", text[found.end() :] if found else text, at, eid))

    def _add(self, entry: Entry) -> None:
        self._lay_block()
        if entry.gap and (not self.entries or self.entries[-1] == entry):
            return
        entry.serial, self._serial = self._serial, self._serial + 1
        self.entries.append(entry)
        self._lines += 1
        self._chars += len(entry.text)
        self._lay(len(self.entries) - 1)
        self._trim()

    def _trim(self) -> None:
        """The oldest lines leave, whole, until the rest is within bounds."""
        while len(self.entries) > 1 and (
            len(self._rows) > self._max_rows or self._lines > MAX_LINES or self._chars > MAX_CHARS
        ):
            entry = self.entries.popleft()
            self._lines -= 1 + len(entry.lines)
            self._chars -= entry.size
            for _ in range(entry.height):
                self._rows.popleft()
            self.dropped += entry.height

    # --- laying it out ----------------------------------------------------------------------------

    def _lay(self, index: int) -> None:
        """The rows of an entry, as the newest."""
        entry = self.entries[index]
        rows = self._spaced(entry, self._kind_before(index))
        entry.height = len(rows)
        self._rows.extend(rows)

    def _lay_from(self, index: int) -> None:
        """An entry changed: it and those after it are laid out again."""
        for entry in [self.entries[n] for n in range(index, len(self.entries))]:
            for _ in range(entry.height):
                self._rows.pop()
        for number in range(index, len(self.entries)):
            self._lay(number)
        self.version += 1

    def _lay_block(self) -> None:
        if not self._block_grew:
            return
        self._block_grew = False
        for _ in range(self.entries[-1].height):
            self._rows.pop()
        self._lay(len(self.entries) - 1)
        self._trim()

    def _lay_tail(self) -> None:
        text = last_written(self._tail)
        self._open = []
        if text.strip() and self._voice == "note":
            self._open = self._spaced(self._note(text), self._kind_before(len(self.entries)))
        elif text.strip() and not _FENCE.match(text):
            kind = "fence" if self._fence else "say"
            entry = Entry(kind, text, diff=self._fence == "diff")
            if kind == "say" and is_table_line(text):
                entry = Entry("table", lines=[entry.text])
            self._open = self._spaced(entry, self._kind_before(len(self.entries)))

    def _kind_before(self, index: int) -> str:
        """What stands above an entry: its kind, `gap` after an empty line, nothing at the top."""
        gap = False
        for number in range(index - 1, -1, -1):
            entry = self.entries[number]
            if entry.gap:
                gap = True
            elif entry.kind != "mark":
                return "gap" if gap else entry.kind
        return ""

    def _spaced(self, entry: Entry, above: str) -> list[PaneRow]:
        """One blank row between paragraphs and around commands, none inside a command's output."""
        kind = entry.kind
        if kind == "mark" or entry.gap:
            return []
        rows = rows_of(entry, self.width, self.fold, self.labels)
        quiet = not above or (above == kind and kind != "call")
        joined = (above == "call" and kind in ("out", "evidence")) or (
            above == "out" and kind == "evidence"
        )
        return rows if quiet or joined or not rows else [BLANK, *rows]

    def rewrap(self, width: int, fold: int | None = None) -> None:
        """Lay all logical lines out again, at another width or with other folds."""
        self.width = width
        self.fold = self.fold if fold is None else fold
        self._block_grew = False
        self._rows.clear()
        self.dropped = 0
        for index in range(len(self.entries)):
            self._lay(index)
        self._trim()
        self._lay_tail()
        self.version += 1

    def turn_folds(self, first: int, last: int) -> bool:
        """Unfold the output among these rows; where none is folded, fold it. False: there is none.

        Row numbers change; see `place_of`.
        """
        blocks = [
            entry
            for entry, start in self._starts()
            if entry.kind == "out" and start <= last and start + entry.height > first
            and len(entry.lines) > self.fold + 1
        ]  # fmt: skip
        unfold = any(is_folded(entry, self.fold) for entry in blocks)
        for entry in blocks:
            entry.unfolded = unfold
        if blocks:
            self.rewrap(self.width)
        return bool(blocks)

    def clear(self) -> None:
        """Forget everything: another attempt begins, or another moment is shown."""
        self.entries.clear()
        self._rows.clear()
        self._open = []
        self._tail, self._fence, self._diff, self._block_grew = "", "", False, False
        self._voice = "say"
        self._watch = LoopWatch()
        self._lines = self._chars = self.dropped = 0
        self.last_at = 0.0
        self.version += 1
        self.generation += 1

    # --- reading it -------------------------------------------------------------------------------

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
        last = self.entries[-1] if self.entries else None
        growing = last.height if last is not None and last.kind in _BLOCKS else 0
        return self.dropped + len(self._rows) - growing

    @property
    def last_line(self) -> str:
        """The newest words, for the one-row form of a pane."""
        if self._tail.strip():
            return bare(last_written(self._tail), self._voice)
        for entry in reversed(self.entries):
            text = next((line for line in reversed(entry.lines) if line.strip()), entry.text)
            if text.strip() and entry.kind != "mark":
                return bare(text, entry.kind)
        return ""

    def _starts(self) -> Iterable[tuple[Entry, int]]:
        """Each entry and the number of its first row."""
        at = self.dropped
        for entry in self.entries:
            yield entry, at
            at += entry.height

    def place_of(self, number: int) -> Place:
        """Where a row is in the text, for `row_of` after another layout."""
        serial, start = self._serial, self.dropped + len(self._rows)
        for entry, at in self._starts():
            if number < at + entry.height:
                serial, start = entry.serial, at
                break
        return Place(serial, sum(self._weight(n) for n in range(start, number)))

    def row_of(self, place: Place) -> int:
        """The row that shows a place; where its line has left, the oldest there is."""
        number, end = self.dropped + len(self._rows), len(self)
        for entry, at in self._starts():
            if entry.serial >= place.serial:
                number, end = at, at + entry.height
                if entry.serial > place.serial:
                    return number
                break
        chars = place.chars
        while number < end - 1 and chars >= self._weight(number):
            chars -= self._weight(number)
            number += 1
        return number

    def _weight(self, number: int) -> int:
        """Characters of the logical line that a row shows; a blank row counts as one."""
        line = self.row(number)
        glue = 0 if line.glue == NEW_LINE else len(line.glue)
        return max(1, len(line.plain) - line.lead + glue)

    def plain(self) -> str:
        """All rows as text."""
        return "\n".join(self.row(n).plain for n in range(self.dropped, len(self)))
