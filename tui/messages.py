"""The finished messages of an agent as Markdown: what it said between two commands is one, a
command with its output is another. Pure, and bounded from the newest back."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

from tui.pane_rows import UNCHECKED, Entry

MOST_MESSAGES, MOST_CHARS = 60, 24_000
"""Messages read back at most, and their characters."""

OUTPUT_LINES = 40
"""Lines of one output that a message shows; the evidence has the rest."""

_TICKS = re.compile(r"`+")
_PROSE = ("say", "fence", "mark", "table", "warn")


@dataclass(frozen=True, slots=True)
class Message:
    """One message; `serial` is that of its last line and never changes once it is finished."""

    serial: int
    source: str


def finished(entries: Sequence[Entry], running: bool, speaking: bool = False) -> list[Message]:
    """The newest messages in their order; while the agent works its last one is not finished.

    `speaking` when that is text of which not a line is whole yet.
    """
    groups = _groups(reversed(entries))
    ends_in_prose = bool(entries) and entries[-1].kind in (*_PROSE, "note")
    found: list[Message] = []
    chars = 0
    for group in islice(groups, int(running and (ends_in_prose or not speaking)), MOST_MESSAGES):
        source = _source(group)
        chars += len(source)
        if chars > MOST_CHARS and found:
            break
        if source:
            found.append(Message(group[-1].serial, source[:MOST_CHARS]))
    return found[::-1]


def _groups(newest_first: Iterable[Entry]) -> Iterator[list[Entry]]:
    """Entries that belong together, the newest group first, each in its own order."""
    group: list[Entry] = []
    for entry in newest_first:
        if group and not _belongs(entry, group[0]):
            yield group
            group = []
        group.insert(0, entry)
    if group:
        yield group


def _belongs(entry: Entry, after: Entry) -> bool:
    if entry.kind == "note":
        return after.kind == "note"
    if entry.kind in _PROSE:
        return after.kind in _PROSE
    return entry.kind == "call" and after.kind == "out"


def _source(group: Sequence[Entry]) -> str:
    return "\n".join(_markdown(entry) for entry in group).strip("\n")


def _markdown(entry: Entry) -> str:
    match entry.kind:
        case "call":
            facts = f" [{entry.eid}]" if entry.eid else ""
            took = f" {entry.took:.1f}s" if entry.took >= 0 else ""
            return f"{_code('$ ' + entry.text)}{facts}{took}\n"
        case "note":
            return _note(entry)
        case "out":
            return _output(entry)
        case "table":
            return "\n" + "\n".join(entry.lines) + "\n"
        case "warn":
            return f"\n▲ {entry.text}\n"
        case "evidence":
            return f"\n[{entry.eid}] {entry.text}\n" if entry.eid else f"\n{entry.text}\n"
        case _:
            return entry.text.expandtabs(4)


def _note(entry: Entry) -> str:
    """A model's notes stand apart as a quotation, each line as it came."""
    mark = f"*{UNCHECKED.strip()}* " if entry.begins else ""
    return f"> {mark}{entry.text.expandtabs(4)}"


def _output(entry: Entry) -> str:
    shown = [line.expandtabs(4) for line in entry.lines[:OUTPUT_LINES]]
    hidden = len(entry.lines) - len(shown) + entry.more
    fence = "`" * max(3, 1 + _longest_ticks("\n".join(shown)))
    body = "\n".join(shown)
    more = f"\n… {hidden:,} more lines" + (f" in [{entry.eid}]" if entry.eid else "")
    return f"{fence}{'diff' if entry.diff else 'text'}\n{body}\n{fence}" + (more if hidden else "")


def _code(text: str) -> str:
    """Text as inline code, whatever ticks it holds."""
    ticks = "`" * (1 + _longest_ticks(text))
    pad = " " if text.startswith("`") or text.endswith("`") else ""
    return f"{ticks}{pad}{text}{pad}{ticks}"


def _longest_ticks(text: str) -> int:
    return max((len(run) for run in _TICKS.findall(text)), default=0)
