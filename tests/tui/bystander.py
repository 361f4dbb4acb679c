"""A bystander at a console: sees what is painted, and hears every decision that is sent.

It knows nothing of how a card arms its keys. What it says is held against the code under test, so
it reads rows of text, screens that come and go, and the script of what was asked for; no more.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

SECONDS = 0.7
"""How long a card must have stood unchanged before a key may decide."""


@dataclass
class Asked:
    """The script's own account of what may be decided, apart from the console's state."""

    hashes: dict[str, str] = field(default_factory=dict)
    """of the approvals that wait, by id"""
    expires: dict[str, float] = field(default_factory=dict)
    stopped: bool = False

    def may_be_decided(self, approval: str, sha256: str, now: float) -> bool:
        waits = self.hashes.get(approval) == sha256 and now < self.expires[approval]
        return waits and not self.stopped


@dataclass
class Bystander:
    """What stood on the screen since when, and what was decided against that."""

    asked: Asked = field(default_factory=Asked)
    rows: Sequence[str] = ()
    """of the card that is on top; empty where none is"""
    since: float = 0.0
    closed: list[tuple[Sequence[str], float]] = field(default_factory=list)
    """rows of the cards that were closed since the last look, and since when they had stood"""
    decided: list[Mapping[str, Any]] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)
    """decisions that should not have been sent, and why"""

    def sees(self, rows: Sequence[str], now: float) -> None:
        """All keys so far are worked off, and these rows are on the screen."""
        self.closed.clear()
        self._shows(rows, now)

    def screen_came(self, now: float) -> None:
        """Another screen lies on top: what is seen from here on is seen anew."""
        self.rows, self.since = (), now

    def card_went(self, rows: Sequence[str], now: float) -> None:
        """The card on top is closing, with these rows on it."""
        self._shows(rows, now)
        self.closed.append((self.rows, self.since))
        self.screen_came(now)

    def _shows(self, rows: Sequence[str], now: float) -> None:
        if rows != self.rows:
            self.rows, self.since = rows, now

    def hears(self, decision: Mapping[str, Any], now: float) -> None:
        """A decision was sent; a closed card gives no more than one."""
        self.decided.append(decision)
        digest = decision["sha256"]
        shown = [card for card in self.closed if digest in "".join("".join(card[0]).split())]
        for card in shown:
            self.closed.remove(card)
        closed = shown[-1] if shown else None
        if why := self._against(decision, closed, now):
            self.wrong.append(f"at {now:.2f} {decision}: {why}")

    def _against(
        self, decision: Mapping[str, Any], closed: tuple[Sequence[str], float] | None, now: float
    ) -> str:
        if closed is None:
            return "no card with that hash was open"
        since = closed[1]
        if not self.asked.may_be_decided(decision["approval"], decision["sha256"], now):
            return "nothing of that kind waits"
        if now - since < SECONDS - 1e-6:
            return f"it had stood for {now - since:.2f} s"
        return ""
