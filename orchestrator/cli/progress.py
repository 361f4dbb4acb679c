"""Following an incident without a screen: one line a step, and what it waits for."""

import sys
from collections.abc import Callable
from typing import TextIO

from orchestrator.cli import one_line
from orchestrator.clock import hhmmss
from orchestrator.evidence.hygiene import clean
from orchestrator.journal.read import Tail
from orchestrator.model.events import Event
from orchestrator.model.fold import advance
from orchestrator.model.state import State
from orchestrator.model.timeline import Row, row
from orchestrator.project import IncidentFolder

MARKS = {
    "done": "✓",
    "now": "⏳",
    "info": "·",
    "warn": "⚠️",
    "wait": "■",
    "star": "★",
    "late": "❌",
}
"""The marks of the flow's progress messages, by what the timeline calls them."""


class Follower:
    """Tails one journal: its state, and its timeline as it grows."""

    def __init__(self, folder: IncidentFolder, tell: Callable[[Row], None] | None = None) -> None:
        self.state = State()
        self.count = 0
        self.head = ""
        self._tail = Tail(folder.journal)
        self._tell = tell or (lambda told: None)

    def look(self) -> list[Event]:
        """Take in what was added. JournalBroken names a bad line."""
        events = self._tail.read()
        for event in events:
            advance(self.state, event)
            self.count, self.head = self.count + 1, event.hash
            told = row(event)
            if told is not None:
                self._tell(told)
        return events


def printer(out: TextIO = sys.stderr) -> Callable[[Row], None]:
    """Prints each row of the timeline as a progress line."""

    def tell(told: Row) -> None:
        who = f"  ({told.who})" if told.who else ""
        line = f"{hhmmss(told.at)} {MARKS.get(told.mark, '·')} {told.text}{who}"
        print(one_line(line), file=out, flush=True)

    return tell


def start_message(state: State) -> str:
    """What was understood, and what will be coordinated."""
    row_ = state.policy.table[state.severity or "P0"]
    resolve = f"{row_.resolve / 3600:g} h" if row_.resolve else "no promise"
    return (
        f"Responding to {state.incident}: {one_line(state.title)}\n"
        f"  symptoms   {_indented(state.symptoms)}\n"
        f"  severity   {state.severity or 'not known yet, clocks run as for P0'} (pending triage)\n"
        f"  resolution within {resolve}\n"
        "  coordinates detection, regression triage, impact × urgency, tiers 1 and 2,\n"
        "             root cause, mitigation by approval, validation and review"
    )


def _indented(text: str) -> str:
    return clean(text).replace("\n", "\n" + " " * 13)


def waits_for(state: State) -> str:
    """The one thing a human has to do before this goes on; empty when nothing waits."""
    if state.stopped:
        return f"the line is stopped: {state.stopped}; warroom assess {state.incident} TEXT"
    for approval in state.approvals.values():
        if approval.open:
            return f"approval {approval.approval}: warroom approve {state.incident}"
    if "mitigation" in state.questions:
        return state.questions["mitigation"]
    return ""
