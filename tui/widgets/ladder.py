"""The tier ladder: who has the incident, since when, and why it went up; then who is told when."""

from collections.abc import Sequence

from textual.strip import Strip

from orchestrator.clock import span
from orchestrator.model.state import State
from tui.glyphs import TONES, mark
from tui.ink import Ink, Piece, row
from tui.widgets.deadline_strip import standing_now, time_of
from tui.widgets.region import Region

HIGHEST = 3
CLOCKS = (("management", "Management"), ("executive", "Executive"))
_MARKS = {"met": "done", "dropped": "none", "late": "late", "due": "warn", "near": "warn"}


def holder(state: State, tier: int) -> str:
    """Who would take a tier, from the people of the project; empty when nobody is named."""
    role = "on-call" if tier == 1 else f"tier{tier}"
    return next((str(p.get("name", "")) for p in state.people if role in p.get("roles", ())), "")


class Ladder(Region):
    """Functional escalation rung by rung, and the clocks of the hierarchical one."""

    TITLE = "Ladder"
    DEFAULT_CSS = """
    Ladder { height: 8; }
    """

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id)
        self._state = State()
        self._now = 0.0

    def apply(self, state: State, now: float) -> None:
        self._state, self._now = state, now
        self.changed()

    def fact(self) -> Sequence[Piece]:
        on = "focus-band" if self.has_focus else "panel"
        words = f"tier {self._state.tier}" if self._state.tier else "not engaged"
        return [(words, self.ink("muted", on))]

    def body(self, width: int, height: int) -> list[Strip]:
        rows: list[Strip] = []
        for tier in range(1, HIGHEST + 1):
            rows += self._rung(self.ink, width, tier)
        clocks = self._clocks(self.ink, width)
        if clocks and len(rows) + len(clocks) + 1 <= height:
            rows.append(row(self.ink, width, []))
        return rows + clocks

    def _rung(self, ink: Ink, width: int, tier: int) -> list[Strip]:
        state = self._state
        reached = state.tiers.get(tier)
        if reached is None:
            word = "muted"
            name = holder(state, tier)
            left = [(f"{mark('open')} ", ink(word)), (f"Tier {tier}", ink(word))]
            return [row(ink, width, left, [(name or "UNKNOWN", ink("muted"))])]
        now = tier == state.tier and state.open
        word = "now" if now else "done"
        until = self._now if now else self._left(tier)
        strong = ink("bright" if now else "muted", bold=now)
        left = [
            (f"{mark(word)} ", ink(TONES[word], bold=now)),
            (f"Tier {tier} ", strong),
            (reached.who, ink("text" if reached.who != "UNKNOWN" else "muted", bold=now)),
        ]
        fact = span(until - reached.since) if until else ""
        rows = [row(ink, width, left, [(fact, ink("text" if now else "muted"))])]
        if reached.reasons and tier > 1:
            rows.append(row(ink, width, [("  " + reached.reasons[0], ink("muted"))]))
        return rows

    def _left(self, tier: int) -> float:
        """When a rung was left: at the next escalation, or when the incident was over."""
        higher = [t.since for number, t in self._state.tiers.items() if number > tier]
        return min(higher, default=self._state.resolved_at or self._now)

    def _clocks(self, ink: Ink, width: int) -> list[Strip]:
        rows: list[Strip] = []
        for name, title in CLOCKS:
            deadline = self._state.deadlines.get(name)
            if deadline is None:
                continue
            standing = standing_now(deadline, self._state, self._now)
            word = _MARKS.get(standing, "open")
            time = time_of(deadline, self._state, self._now)
            loud = word in ("warn", "late")
            token = TONES[word] if loud else "muted"
            left = [(f"{mark(word)} ", ink(TONES[word], bold=loud)), (title, ink(token))]
            fact = [(time, ink(token if loud else "text"))] if time else []
            rows.append(row(ink, width, left, fact))
        return rows
