"""The approvals that wait for a key: what, how dangerous, how long still. A card decides."""

import shlex
from collections.abc import Sequence

from rich.cells import cell_len
from textual.strip import Strip

from orchestrator.clock import hhmmss, span
from orchestrator.model.records import Approval
from orchestrator.model.state import State
from orchestrator.model.wording import ids
from tui.glyphs import CARET, mark
from tui.inert import fitted
from tui.ink import Ink, Piece, blank_row, row
from tui.keys import labels_of
from tui.widgets.region import Region

REPLAYED = "replay: nothing here can run"
HURRY = 0.8
"""Share of an approval's time after which its countdown turns to warning, as with promises."""


def waiting(state: State) -> list[Approval]:
    """The approvals to decide, the one that expires first first."""
    return sorted(
        (approval for approval in state.approvals.values() if approval.open),
        key=lambda approval: (approval.expires, approval.requested_at),
    )


def countdown(ink: Ink, approval: Approval, now: float, on: str) -> Piece:
    """Time left to decide; filled when little is left, and a word when none is."""
    left = approval.expires - now
    if left <= 0:
        return ("expired", ink("breach", on, bold=True))
    if now - approval.requested_at >= HURRY * (approval.expires - approval.requested_at):
        return (f" {span(left)} ", ink("on-sev", "warn", bold=True))
    return (span(left), ink("bright", on, bold=True))


def risk_word(ink: Ink, risk: str, on: str) -> Piece:
    """How dangerous it is said to be; only what destroys is red."""
    tokens = {"destructive": "breach", "high": "warn", "low": "muted"}
    return (risk.upper(), ink(tokens.get(risk, "text"), on, bold=risk != "low"))


class ApprovalQueue(Region):
    """The queue's region: the next approval in full, the others in a line each."""

    TITLE = "Approvals"
    can_focus = True

    def __init__(self, *, id: str | None = None, classes: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id, classes=classes)
        self._state = State()
        self._now = 0.0
        self._live = True

    def apply(self, state: State, now: float, live: bool) -> None:
        """Show the approvals of `state` as they stand at `now`."""
        self._state, self._now, self._live = state, now, live
        self.changed()

    def fact(self) -> Sequence[Piece]:
        on = "focus-band" if self.has_focus else "panel"
        count = len(waiting(self._state))
        words = f"{count} wait{'s' if count == 1 else ''}"
        if count and self._live:
            return [(f" {words} ", self.ink("on-accent", "accent", bold=True))]
        return [(words if count else "none", self.ink("muted", on))]

    def body(self, width: int, height: int) -> list[Strip]:
        queue = waiting(self._state)
        if not queue:
            return self._nothing(width)
        rows = self._next(queue[0], width, max(1, height - len(queue[1:])))
        for other in queue[1:]:
            title: Piece = (other.title, self.ink("text"))
            rows.append(
                self._waits(width, [title], [countdown(self.ink, other, self._now, "surface")])
            )
        return rows

    def _next(self, approval: Approval, width: int, height: int) -> list[Strip]:
        """Five rows, or the ones that matter most where there are fewer."""
        ink = self.ink
        title: Piece = (approval.title, ink("bright", bold=True))
        rows = [self._waits(width, [title], [countdown(ink, approval, self._now, "surface")])]
        if height >= 3:
            rows.append(self._waits(width, *self._risk(approval)))
        if height >= 4:
            rows.append(self._waits(width, self._undo(approval, width)))
        if height >= 5:
            rows.append(self._waits(width, []))
        if height >= 2:
            rows.append(self._waits(width, self._way()))
        return rows

    def _waits(self, width: int, left: Sequence[Piece], right: Sequence[Piece] = ()) -> Strip:
        token = "accent" if self._live else "track"
        return row(self.ink, width, left, right, edge=CARET, edge_token=token)

    def _risk(self, approval: Approval) -> tuple[list[Piece], list[Piece]]:
        ink, card = self.ink, approval.card
        left = [risk_word(ink, approval.risk, "surface")]
        level = str(card.get("blast_level", ""))
        if level:
            left += [("  blast ", ink("muted")), (level, ink("text"))]
        blast = str(card.get("blast", ""))
        return [*left, ("  ", ink("muted")), (blast, ink("muted"))], []

    def _undo(self, approval: Approval, width: int) -> list[Piece]:
        """How to take it back, and the evidence behind it; the ids keep their room."""
        ink = self.ink
        undo = shlex.join(map(str, approval.card.get("undo") or ())) or "none known"
        cited = ids(approval.evidence)
        room = max(8, width - 2 - cell_len("undo    why ") - cell_len(cited))
        undo = fitted(undo, room)
        pieces: list[Piece] = [("undo ", ink("muted")), (undo, ink("text"))]
        return [*pieces, ("   why ", ink("muted")), (cited or "–", ink("accent"))]

    def _way(self) -> list[Piece]:
        ink = self.ink
        if not self._live:
            return [(REPLAYED, ink("muted"))]
        if self._state.stopped:
            return [(f"{mark('late')} the line is stopped: nothing can be approved", ink("breach"))]
        key = labels_of(self.app)["approvals"]
        return [(key, ink("accent", bold=True)), (" review and decide", ink("text"))]

    def _nothing(self, width: int) -> list[Strip]:
        """Nothing waits: what was decided last, so that an empty queue says why it is empty."""
        ink = self.ink
        if self._state.frozen:
            why = f"changes are frozen by {self._state.frozen_by}: {self._state.frozen}"
            return [row(ink, width, [(f"{mark('wait')} {why}", ink("warn"))])]
        decided = [a for a in self._state.approvals.values() if not a.open]
        if not decided:
            return [row(ink, width, [("nothing waits for a decision", ink("muted"))])]
        last = max(decided, key=lambda approval: approval.decided_at)
        glyph = mark("done" if last.decision == "granted" else "late")
        words = f"{last.decision} by {last.by}" if last.by else last.decision
        rows = [
            row(ink, width, [(f"{glyph} {last.title}", ink("muted"))]),
            row(
                ink,
                width,
                [(f"  {words}", ink("muted"))],
                [(hhmmss(last.decided_at), ink("muted"))],
            ),
        ]
        if last.why:
            rows.append(row(ink, width, [(f"  {last.why}", ink("muted"))]))
        return [*rows, blank_row(ink, width)]
