"""What an approval card says, as rows: exactly what will run, wrapped and never shortened.

No character is hidden: what a terminal would swallow or act on (controls, zero-width and
direction marks) is written out as its escape, because the reader approves what the eye can see.
"""

import shlex
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from rich.cells import cell_len
from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip

from orchestrator.model.calling import leaderless
from orchestrator.model.differences import differences
from orchestrator.model.records import Approval
from orchestrator.model.resting import ground, spoken
from orchestrator.model.state import State
from orchestrator.model.two_persons import progress
from tui.glyphs import mark, role_code
from tui.ink import Ink, Piece, blank_row

WIDE_LABEL, NARROW_LABEL, TINY_LABEL = 14, 12, 9
NARROW, TINY = 90, 50
"""Columns below which labels shorten and blank rows go."""

LONG = 6
"""Rows of a dry run above which it comes last, so that it pushes nothing else out of sight."""


def visible(text: str) -> str:
    """`text` with everything that could not be seen written out."""
    if text.isprintable():
        return text
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in text)


def command_lines(argv: Sequence[str], width: int) -> list[str]:
    """A command as a shell would need it typed, wrapped to `width` with nothing left out."""
    room = max(4, width - 2)  # two for the " \\" that says that it goes on
    words = [visible(shlex.quote(str(word))) for word in argv]
    lines: list[str] = []
    line = ""
    for word in words:
        if line and cell_len(line) + 1 + cell_len(word) > room:
            lines.append(line + " \\")
            line = "    " + word
        else:
            line = f"{line} {word}" if line else word
        while cell_len(line) > room:
            cut = fitting(line, room)
            lines.append(line[:cut] + "\\")
            line = line[cut:]
    return [*lines, line]


def wrapped(text: str, width: int) -> list[str]:
    """Prose on rows of at most `width` cells, broken at spaces where there are any."""
    rows: list[str] = []
    width = max(4, width)
    for paragraph in text.splitlines() or [""]:
        line = visible(paragraph.expandtabs(4).rstrip())
        while cell_len(line) > width:
            cut = fitting(line, width)
            space = line.rfind(" ", 1, cut + 1)
            cut = space if space > width // 3 else cut
            rows.append(line[:cut].rstrip())
            line = line[cut:].lstrip()
        rows.append(line)
    return rows


def fitting(text: str, width: int) -> int:
    """How many characters of `text` fit into `width` cells; at least one."""
    used = 0
    for count, char in enumerate(text):
        used += cell_len(char)
        if used > width:
            return max(1, count)
    return len(text)


def eights(sha256: str) -> str:
    """A hash in groups of eight, as people compare them."""
    return " ".join(sha256[i : i + 8] for i in range(0, len(sha256), 8))


class CardRows:
    """The body of one card at one width."""

    def __init__(self, ink: Ink, approval: Approval, state: State, width: int) -> None:
        self.ink = ink
        self.width = width
        self.narrow = width < NARROW
        self.label_width = NARROW_LABEL if self.narrow else WIDE_LABEL
        if width < TINY:
            self.label_width = TINY_LABEL
        self.room = max(16, width - self.label_width - 2)
        self._approval = approval
        self._card = approval.card
        self._state = state

    def build(self) -> list[Strip]:
        """All rows, top to bottom."""
        dry_run = self._dry_run()
        groups = [
            self._will_run(),
            self._rests(),
            [*self._run_by(), *self._blast(), *self._before()],
            dry_run,
            [*self._why(), *self._differing(), *self._undo(), *self._sha()],
        ]
        if len(dry_run) > LONG:
            groups.append(groups.pop(3))
        rows: list[Strip] = []
        for group in groups:
            if rows and group and not self.narrow:
                rows.append(blank_row(self.ink, self.width))
            rows += group
        return rows

    def _labelled(
        self, label: str, values: Iterable[Sequence[Piece]], on: str = "surface"
    ) -> Iterator[Strip]:
        """A value's rows, the first with its label."""
        for number, value in enumerate(values):
            name = label if number == 0 else ""
            pieces = [(" " + name.ljust(self.label_width), self.ink("muted")), *value]
            painted = Strip([Segment(self.ink.text(text), style) for text, style in pieces])
            filled = painted.adjust_cell_length(self.width - 1, self.ink("text", on))
            yield filled.adjust_cell_length(self.width, self.ink("text"))

    def _will_run(self) -> list[Strip]:
        bright, muted = self.ink("bright", "background", bold=True), self.ink("muted", "background")
        lines = command_lines(self._card.get("argv") or ["(nothing)"], self.room - 4)
        values: list[list[Piece]] = [
            [(" $ " if number == 0 else "   ", muted), (line, bright)]
            for number, line in enumerate(lines)
        ]
        facts = []
        if cwd := str(self._card.get("cwd", "")):
            facts.append("in the project's folder" if cwd == "." else f"in {visible(cwd)}")
        if timeout := self._card.get("timeout"):
            facts.append(f"ended after {timeout:g} s")
        if facts:
            values.append([("   " + "   ".join(facts), muted)])
        return list(self._labelled("will run", values, on="background"))

    def _rests(self) -> list[Strip]:
        """What an untrusted source alone speaks for, and what speaks to agents; mostly nothing."""
        ink, said = self.ink, []
        if of := progress(self._approval, self._state.policy):
            names = ", ".join(self._approval.endorsed_by)
            by = f": {names} approved it, another person decides" if names else ""
            said.append(("persons", f"{of}{by}, each with a credential of their own"))
        if leaderless(self._state):
            said.append(("commander", f"nobody commands this {self._state.severity}"))
        if weak := ground(self._card):
            said.append(("rests on", f"{weak}; approving it needs your reason"))
        if lines := spoken(self._card):
            said.append(("to agents", f"text meant for agents, not followed: {'; '.join(lines)}"))
        return [
            row
            for label, text in said
            for row in self._labelled(label, self._warning(text, ink("warn", bold=True)))
        ]

    def _warning(self, text: str, style: Style) -> Iterator[list[Piece]]:
        for number, line in enumerate(wrapped(text, self.room - 2)):
            yield [(f"{mark('warn')} " if number == 0 else "  ", style), (line, style)]

    def _run_by(self) -> list[Strip]:
        ink, role = self.ink, str(self._card.get("run_by", "")) or self._approval.role
        pieces: list[Piece] = []
        code = role_code(role)
        if ink.knows(f"role-{code.lower()}"):
            pieces.append((f"{code} ", ink(f"role-{code.lower()}", bold=True)))
        pieces.append((visible(role) or "UNKNOWN", ink("text")))
        for word, key in (("as", "as_user"), ("on", "target")):
            if value := str(self._card.get(key, "")):
                pieces += [(f"   {word} ", ink("muted")), (visible(value), ink("text"))]
        rows: list[list[Piece]] = [pieces]
        if beside := str(self._card.get("beside", "")):
            rows += self._warning(visible(beside), ink("warn", bold=True))
        if roles := [str(role) for role in self._card.get("may_approve", ())]:
            rows.append([("approved by: ", ink("muted")), (", ".join(roles), ink("text"))])
        if names := [str(name) for name in self._card.get("env", ())]:
            rows.append([("sees also: ", ink("muted")), (", ".join(names), ink("text"))])
        return list(self._labelled("run by", rows))

    def _blast(self) -> list[Strip]:
        ink, level = self.ink, str(self._card.get("blast_level", ""))
        lines = wrapped(str(self._card.get("blast", "")) or "UNKNOWN", self.room - 8)
        tone = ink({"HIGH": "breach", "LOW": "muted"}.get(level, "text"), bold=level == "HIGH")
        values = [
            [(f"{level}  " if number == 0 and level else "", tone), (line, ink("text"))]
            for number, line in enumerate(lines)
        ]
        return list(self._labelled("blast" if self.narrow else "blast radius", values))

    def _before(self) -> list[Strip]:
        text = str(self._card.get("pre_state", "")).strip() or "UNKNOWN"
        return list(self._labelled("before", self._prose(text)))

    def _dry_run(self) -> list[Strip]:
        """The rehearsal's output as the difference it is."""
        ink, dry = self.ink, self._card.get("dry_run")
        if not isinstance(dry, Mapping):
            return list(
                self._labelled("dry run", [[("none: never rehearsed", ink("warn", bold=True))]])
            )
        code = dry.get("exit")
        first = (f"exit {code}", ink("ok" if code == 0 else "breach", bold=code != 0))
        values: list[list[Piece]] = []
        for line in wrapped(str(dry.get("output", "")).strip("\n"), self.room):
            tone = {"-": "breach", "+": "ok"}.get(line[:1], "text")
            values.append([(line, ink(tone))])
        if (
            values
            and values[0][0][0][:1] not in ("-", "+")
            and cell_len(values[0][0][0]) < self.room - 8
        ):
            values[0] = [first, ("  ", ink("text")), *values[0]]
        else:
            values.insert(0, [first])
        return list(self._labelled("dry run", values))

    def _why(self) -> list[Strip]:
        reasons: list[tuple[str, Sequence[str]]] = [
            (str(reason.get("text", "")), [str(eid) for eid in reason.get("evidence") or ()])
            for reason in self._card.get("why") or ()
            if isinstance(reason, Mapping)
        ]
        if not reasons:
            reasons = [(self._summary(eid), [eid]) for eid in self._approval.evidence]
        values = [line for text, ids in reasons for line in self._reason(text, ids)]
        nothing: list[Piece] = [("no reason is given", self.ink("warn", bold=True))]
        return list(self._labelled("why", values or [nothing]))

    def _differing(self) -> list[Strip]:
        """That the model and the ranking name different causes: a warning, and no veto."""
        style = self.ink("warn")
        said = [
            line for told in differences(self._state) for line in self._warning(told.words, style)
        ]
        return list(self._labelled("", said))

    def _summary(self, eid: str) -> str:
        item = self._state.evidence.get(eid)
        return item.summary if item else ""

    def _reason(self, text: str, ids: Sequence[str]) -> Iterator[list[Piece]]:
        """Evidence ids first, because they can be read with a key; then what they show."""
        ink, lead = self.ink, visible(" ".join(ids) or "(assumption)")
        indent = cell_len(lead) + 1
        tone = ink("accent") if ids else ink("muted")
        for number, line in enumerate(wrapped(text, max(12, self.room - indent))):
            head: Piece = (f"{lead} ", tone) if number == 0 else (" " * indent, tone)
            yield [head, (line, ink("text"))]

    def _undo(self) -> list[Strip]:
        argv: Any = self._card.get("undo") or ()
        if not argv:
            none: list[Piece] = [("none known", self.ink("warn", bold=True))]
            return list(self._labelled("undo", [none]))
        lines = command_lines(argv, self.room - 2)
        return list(self._labelled("undo", [[(line, self.ink("text"))] for line in lines]))

    def _sha(self) -> list[Strip]:
        words = eights(self._approval.sha256).split(" ")
        a_row = 8 if self.room >= 73 else 4
        values = [
            [(" ".join(words[i : i + a_row]), self.ink("text"))]
            for i in range(0, len(words), a_row)
        ]
        return list(self._labelled("sha-256", values))

    def _prose(self, text: str) -> list[list[Piece]]:
        return [[(line, self.ink("text"))] for line in wrapped(text, self.room)]
