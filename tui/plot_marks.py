"""What happened under a plot: what went live, when impact began, what mitigation was approved."""

from collections.abc import Sequence
from dataclasses import dataclass

from orchestrator.model.state import State


@dataclass(frozen=True, slots=True)
class Mark:
    """One moment, by the letter that stands under the plot and the word that explains it."""

    at: float
    letter: str
    word: str


def marks(state: State) -> tuple[Mark, ...]:
    """Deploys of the incident's window, the start of impact, approved mitigations; in order."""
    report = state.told("regression/verdict")
    since = report.get("bad_since")
    times = [float(one["at"]) for one in report.get("deploys", ())]
    found = [Mark(at, "D", "deploy") for at in times]
    if since is not None and float(since) not in times:
        found.append(Mark(float(since), "D", "deploy"))
    if state.impact_started_at:
        found.append(Mark(state.impact_started_at, "I", "impact"))
    found += [
        Mark(one.decided_at, "M", "mitigation")
        for one in state.approvals.values()
        if one.decision == "granted"
    ]
    return tuple(sorted(found, key=lambda mark: (mark.at, mark.letter)))


def axis(found: Sequence[Mark], start: float, end: float, cells: int) -> str:
    """The letters of the marks between two times, each under its own cell.

    Of two that fall into one cell the earlier one stands before it.
    """
    line = [" "] * cells
    for mark in reversed(found):
        if start <= mark.at <= end and end > start:
            cell = min(cells - 1, int((mark.at - start) / (end - start) * cells))
            while cell > 0 and line[cell] != " ":
                cell -= 1
            line[cell] = mark.letter
    return "".join(line)


def legend(found: Sequence[Mark], start: float, end: float) -> str:
    """What the letters that are shown stand for: `D deploy  I impact`."""
    shown = {mark.letter: mark.word for mark in found if start <= mark.at <= end}
    return "  ".join(f"{letter} {word}" for letter, word in shown.items())
