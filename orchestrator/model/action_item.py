"""A preventive action as it is tracked: whose it is, until when, and what became of it."""

from dataclasses import dataclass

from orchestrator.model.policy import DAY

HORIZONS = {"immediate": 7 * DAY, "short_term": 30 * DAY, "long_term": 90 * DAY}
"""How far an action may lie ahead, by the list it was proposed in: seconds after the resolution."""

OPEN, DONE, DROPPED = "OPEN", "DONE", "DROPPED"
STATUSES = (OPEN, DONE, DROPPED)


@dataclass(frozen=True, slots=True)
class ActionItem:
    """One action; `id` is the incident and its number, as `INC-42/A1`."""

    id: str
    text: str
    horizon: str
    """immediate | short_term | long_term"""
    owner: str
    """a person's name, or UNKNOWN"""
    due: float
    """0 while the incident is not resolved"""
    evidence: tuple[str, ...] = ()
    status: str = OPEN
    ended_at: float = 0.0
    """when it was done or dropped; 0 while it is open"""
    by: str = ""
    """who said that it is done or dropped"""
    why: str = ""
    moved: int = 0
    """how often its date was changed"""
    ticket: str = ""
    """address of the issue that stands for it elsewhere"""

    @property
    def number(self) -> int:
        return int(self.id.rpartition("/A")[2])

    @property
    def owned(self) -> bool:
        return self.owner not in ("", "UNKNOWN")

    def late(self, now: float) -> bool:
        """True while it is open behind its date."""
        return self.status == OPEN and 0 < self.due < now
