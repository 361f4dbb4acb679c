"""The steps of the flow: which is done, which runs, which waits, and how long each took."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from textual.strip import Strip

from orchestrator.clock import span
from orchestrator.model.records import Task
from orchestrator.model.state import State
from tui.glyphs import TONES, mark
from tui.ink import Piece, row
from tui.widgets.region import Region

PLAN = (
    ("1", "Detection", ("detect",)),
    ("1½", "Regression", ("regression",)),
    ("2", "Triage", ("triage",)),
    ("3", "Escalation", ("tier1", "tier2", "tier3")),
    ("4", "Notify", ("notify",)),
    ("5", "Root cause", ("rca",)),
    ("6", "Mitigation", ("mitigation", "emergency", "hotfix", "relapse")),
    ("7", "Review", ("review",)),
)
"""Number, name, and the steps of the flow whose tasks belong to it."""


@dataclass(frozen=True, slots=True)
class Step:
    """One line of the list."""

    mark: str
    number: str
    name: str
    fact: str
    tone: str = "text"


def steps(state: State, now: float) -> list[Step]:
    """Where the incident stands, step by step."""
    return [_step(state, now, number, name, keys) for number, name, keys in PLAN]


def _step(state: State, now: float, number: str, name: str, keys: Sequence[str]) -> Step:
    tasks = [task for task in state.tasks.values() if task.step in keys]
    if name == "Notify":
        return _notify(state, number, name, [task for task in tasks if task.running], now)
    if name == "Mitigation":
        if state.stopped:
            return Step("late", number, name, "STOP", "breach")
        if any(approval.open for approval in state.approvals.values()):
            return Step("wait", number, name, "waits", "accent")
    running = [task for task in tasks if task.running]
    if running:
        since = min(task.requested_at for task in running)
        return Step("now", number, name, span(now - since))
    if not tasks:
        over = state.status in ("RESOLVED", "REVIEWED", "CLOSED") and name != "Review"
        return Step("none" if over else "open", number, name, "", "muted")
    if any(task.outcome == "failed" for task in tasks):
        return Step("warn", number, name, "failed", "warn")
    if name == "Mitigation" and state.open and state.resolution != "RESOLVED":
        return Step("open", number, name, "prepared", "muted")
    return Step("done", number, name, _took(tasks), "muted")


def _notify(state: State, number: str, name: str, running: Sequence[Task], now: float) -> Step:
    """Texts to people are drafted by agents and sent by hand: what is due comes first."""
    states = Counter(message.state for message in state.messages.values())
    if states["due"]:
        return Step("warn", number, name, f"{states['due']} due", "warn")
    if states["sending"]:
        return Step("now", number, name, f"{states['sending']} on the way")
    if running:
        return Step("now", number, name, span(now - min(task.requested_at for task in running)))
    if states["drafted"]:
        return Step("open", number, name, f"{states['drafted']} drafted", "muted")
    if states["sent"]:
        return Step("done", number, name, f"{states['sent']} sent", "muted")
    if states:
        return Step("none", number, name, "not required", "muted")
    return Step("none", number, name, "by hand", "muted")


def _took(tasks: Sequence[Task]) -> str:
    """How long it took: from its first task asked for to its last one ended."""
    first = min(task.requested_at for task in tasks)
    seconds = max(0, int(max(task.finished_at for task in tasks) - first))
    return span(seconds) if seconds >= 3600 else f"{seconds // 60}:{seconds % 60:02d}"


class Steps(Region):
    """The list of steps."""

    TITLE = "Steps"
    DEFAULT_CSS = """
    Steps { height: 9; }
    """

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id)
        self._steps: list[Step] = []

    def apply(self, state: State, now: float) -> None:
        self._steps = steps(state, now)
        self.changed()

    @property
    def progress(self) -> str:
        """`3/8`, for the tab."""
        return f"{self._done}/{len(self._steps)}"

    @property
    def _done(self) -> int:
        return sum(1 for step in self._steps if step.mark in ("done", "none"))

    def fact(self) -> Sequence[Piece]:
        on = "focus-band" if self.has_focus else "panel"
        return [(f"{self._done} of {len(self._steps)}", self.ink("muted", on))]

    def body(self, width: int, height: int) -> list[Strip]:
        ink, rows = self.ink, []
        for step in self._steps:
            live = step.mark in ("now", "wait", "late", "warn")
            name = ink("bright" if live else "muted", bold=live)
            quiet = ink("muted")
            left = [
                (f"{mark(step.mark)} ", ink(TONES[step.mark], bold=live)),
                (f"{step.number:<2} ", ink("text") if live else quiet),
                (step.name, name),
            ]
            fact = [(step.fact, ink(step.tone))] if step.fact else []
            rows.append(row(ink, width, left, fact))
        return rows
