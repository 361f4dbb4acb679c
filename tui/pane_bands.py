"""The rows of an agent's pane that are no text: its band, its one-row form, and its last row."""

from collections.abc import Sequence
from dataclasses import dataclass

from textual.strip import Strip

from orchestrator.clock import span
from orchestrator.model.records import Spent, Task
from tui.answering import TAKEN_OVER, Fact, Form, forms
from tui.glyphs import CARET, PULSE, role_code
from tui.ink import Ink, Piece, band, cut, row, width_of
from tui.keymap import LABELS, Labels
from tui.looping import Loop

LEAST_TITLE = 5
"""Cells that number and code of an agent always keep."""


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
    spent: Spent = Spent()  # noqa: RUF009 - frozen
    models: bool = False
    """whether anybody but the rules answers in this incident: then each band says who does"""

    @property
    def answering(self) -> tuple[Form, ...]:
        """Who answers, and what that costs, at the lengths a band may have room for."""
        return forms(self.task, self.spent) if self.models and self.task is not None else ()

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
    facts = _pieces(ink, condition.facts, on)
    room = width - (6 if ink.ruled and not focused else 3)  # a rule needs its ends
    if chosen := _fitting(condition.answering, room - width_of(facts), width_of(title)):
        who, cost = chosen
        if cost:
            facts.insert(0, (f"{cost}  ", ink("muted", on)))
        said: list[Piece] = [("  ", name), *_pieces(ink, who, on)]
        title = cut(title, max(LEAST_TITLE, room - width_of(facts) - width_of(said)))
        title += said
    return band(ink, width, title, facts, focused=focused)


def _fitting(answering: Sequence[Form], room: int, title: int) -> Form | None:
    """The longest that fits beside the whole title; the shortest cuts the title instead."""
    for who, cost in answering:
        taken = 2 + sum(len(text) for text, _, _ in who) + (2 + len(cost) if cost else 0)
        if title + taken <= room:
            return who, cost
    return answering[-1] if answering else None


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
    if condition.models and condition.task is not None and condition.task.taken_over:
        facts.insert(0, (f"{TAKEN_OVER}  ", ink("warn", on, bold=True)))
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
