"""When a card's keys count: only after its content has stood still, and only while it can decide.

Nothing here knows Textual: it can be tried with a clock alone.
"""

from dataclasses import dataclass

from orchestrator.clock import Clock, hhmmss
from orchestrator.model.records import Approval
from orchestrator.model.state import State
from orchestrator.model.wording import decided

ARM_SECONDS = 0.7
"""How long the content must have stood before a key decides."""

FROZEN_SECONDS = 0.4
"""A longer pause between two looks begins anew: a console that was frozen may now be catching up
with keys that were typed at something else."""


@dataclass(frozen=True, slots=True)
class Decision:
    """What the person decided, about exactly what was on the screen."""

    approval: str
    sha256: str
    """the hash the card showed when the key was pressed"""
    approve: bool
    why: str = ""
    text: str = ""
    """the target's name, typed where the card asks for it"""
    override: str = ""
    """why it is approved although it rests on one untrusted source"""

    @property
    def verb(self) -> str:
        return "approve" if self.approve else "deny"


class Arming:
    """Whether the keys count, from looks at the content many times a second."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._content: object = None
        self._since = self._last = clock.now()

    def look(self, content: object) -> None:
        """The card shows `content` now."""
        now = self._clock.now()
        steady = 0 <= now - self._last <= FROZEN_SECONDS
        if content != self._content or not steady:
            self._content, self._since = content, now
        self._last = now

    def begin(self) -> None:
        """The content came into sight only now, though it did not change."""
        self._content = None

    @property
    def armed(self) -> bool:
        """As the last look showed it, if that was just now."""
        fresh = 0 <= self._clock.now() - self._last <= FROZEN_SECONDS
        stood = round(self._last - self._since, 3)
        return fresh and self._content is not None and stood >= ARM_SECONDS


def obstacle(approval: Approval, state: State, now: float, live: bool) -> str:
    """Why this card cannot decide anything; empty while it can."""
    if not live:
        return "replay: nothing here can run"
    if approval.approval not in state.approvals:
        return "not asked for"
    if approval.decision:
        return decided(approval)
    if now >= approval.expires:
        return f"expired at {hhmmss(approval.expires)}"
    if state.stopped:
        return f"the line is stopped: {state.stopped}"
    shown = approval.card.get("sha256", approval.sha256)
    if shown != approval.sha256:
        return "the card and the request carry different hashes: do not approve"
    return ""
