"""The rows of an agent's pane that are no text: its band, its one-row form, and its last row."""

from collections.abc import Sequence
from dataclasses import dataclass

from textual.strip import Strip

from orchestrator.clock import span
from orchestrator.model.state import Task
from tui.glyphs import CARET, PULSE, role_code
from tui.ink import Ink, Piece, band, cut, row, width_of
from tui.keymap import LABELS, Labels
from tui.looping import Loop

Fact = tuple[str, str, bool]
"""Text, token, bold."""


@dataclass(frozen=True, slots=True)
class Condition:
    """How it stands with the agent and with the person who reads it."""

    task: Task | None
    now: float
    silent_for: float = 0.0
    stalled: bool = False
    loop: Loop | None = None
    following: bool = True
    unseen: int = 0

    @property
    def facts(self) -> tuple[Fact, ...]:
        """The right end of the band."""
        task = self.task
        if task is None:
            return ()
        if task.running:
            elapsed = span(self.now - task.requested_at)
            if task.stop_requested:
                return (("▲ stopping ", "warn", True), (elapsed, "bright", False))
            if self.stalled:
                return (("▲ stalled ", "warn", True), (span(self.silent_for), "bright", False))
            if self.loop is not None:
                return (("▲ looping ", "warn", True), (elapsed, "bright", False))
            pulse = PULSE[int(self.now * 2) % len(PULSE)]
            return ((elapsed, "bright", False), (f" {pulse}", "accent", False))
        took = span(task.finished_at - task.requested_at)
        if task.outcome == "done":
            return (("✓ done ", "muted", False), (took, "muted", False))
        word = {"failed": "× failed ", "stopped": "× stopped "}.get(task.outcome, "▲ unknown ")
        return ((word, "breach" if word[0] == "×" else "warn", True), (took, "muted", False))

    @property
    def trouble(self) -> str:
        """What is wrong with a working agent, in words; empty when nothing is."""
        if self.task is None or not self.task.running or self.task.stop_requested:
            return ""
        if self.stalled:
            return f"no output for {int(self.silent_for)} s"
        if self.loop is not None:
            same = "the same command" if self.loop.what == "command" else "the same words"
            return f"{same} {self.loop.times} times"
        return ""


def pane_band(ink: Ink, width: int, number: int, condition: Condition, focused: bool) -> Strip:
    """Number, code and role; at the right what `Condition.facts` says."""
    on = "focus-band" if focused else "panel"
    name = ink("accent" if focused else "text", on, bold=True)
    title: list[Piece] = [(f"{number} ", name)]
    if condition.task is not None:
        code = role_code(condition.task.role)
        title += [(f"{code} ", name if focused else ink.role(code, on))]
        title += [(condition.task.role, name)]
    return band(ink, width, title, _pieces(ink, condition.facts, on), focused=focused)


def strip_row(
    ink: Ink, width: int, number: int, condition: Condition, words: str, focused: bool
) -> Strip:
    """The one-row form: the newest words between the agent's name and its state."""
    on = "focus-band" if focused else "panel"
    left: list[Piece] = [(f"{number} ", ink("text", on, bold=True))]
    if condition.task is not None:
        code = role_code(condition.task.role)
        left += [(f"{code}  ", ink.role(code, on)), (words, ink("muted", on))]
    facts = _pieces(ink, condition.facts, on)
    shown = cut(left, width - 3 - width_of(facts) - 1)
    return row(ink, width, shown, facts, on=on, edge=CARET if focused else "")


def now_band(ink: Ink, width: int) -> Strip:
    """What parts finished messages from the text that is still coming."""
    return band(ink, width, [("now", ink("muted", "panel"))], focused=False)


def last_row(ink: Ink, width: int, condition: Condition, labels: Labels = LABELS) -> Strip:
    """What needs a hand; else, when the person scrolled away, what came since and the way back."""
    away: list[Piece] = []
    if not condition.following:
        if condition.unseen:
            chip = f" ↓ {condition.unseen} new "
            away.append((chip, ink("text", "focus-band", bold=True)))
        away += [(f" {labels['follow']}", ink("accent", bold=True)), (" follow", ink("muted"))]
    if condition.trouble:
        left: list[Piece] = [(f"▲ {condition.trouble}   ", ink("warn"))]
        for key, word in ((labels["stop-agent"], " stop  "), (labels["steer"], " steer")):
            left += [(key, ink("accent", bold=True)), (word, ink("muted"))]
        return row(ink, width, left, away)
    return row(ink, width, [("not following", ink("muted"))], away)


def _pieces(ink: Ink, facts: Sequence[Fact], on: str) -> list[Piece]:
    return [(text, ink(token, on, bold=bold)) for text, token, bold in facts]
