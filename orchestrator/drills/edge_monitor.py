"""The rules of the edge: answers it had to give itself, and data that one client takes. Pure.

What the service answers with 5xx is the service's own trouble and counts for nothing here. A
restart refuses connections for a moment: the rule lasts longer than that.
"""

from collections import deque
from dataclasses import dataclass
from statistics import median

from orchestrator.drills.edge_plan import NAME
from orchestrator.drills.rules import Alert, Judge, Rule

GATEWAY_WINDOW = 2.0
EGRESS_WINDOW = 10.0
LEAST_BYTES = 60_000
"""Below that over the window nobody takes much, however little the others take."""


@dataclass(frozen=True, slots=True)
class Passed:
    """One request that went through the edge, or did not."""

    at: float
    client: str
    status: int
    bytes: int
    upstream: str
    """ok, timeout, refused; empty where the service was not asked"""


@dataclass(frozen=True, slots=True)
class EdgeSeen:
    """What the last seconds say."""

    at: float
    rate: float
    gateway: float
    """share of requests that the edge had to answer with 502 or 504 itself"""
    taker: str
    taken: int
    """bytes that the client who took most took over the longer window"""
    usual: float
    """what the client in the middle took meanwhile"""

    @property
    def excess(self) -> float:
        """How many times the usual the one client took."""
        return self.taken / max(self.usual, 500.0) if self.taken >= LEAST_BYTES else 0.0


RULES = (
    Rule("GatewayErrors", "critical", "gateway", 0.2, 8.0),
    Rule("UnusualEgress", "warning", "excess", 12.0, 4.0, (("category", "security"),)),
)


def tell(service: str, seen: EdgeSeen, rule: Rule) -> tuple[str, str]:
    """Summary and description of an alert about the edge."""
    if rule.figure == "gateway":
        return (
            f"{service} answers {seen.gateway:.0%} of requests itself, with 502 or 504",
            f"Over the last {GATEWAY_WINDOW:.0f} s: {seen.rate:.1f} requests/s; what is behind"
            " it refused or was too late.",
        )
    return (
        f"one address takes {seen.excess:.0f} times the data of the others through {service}",
        f"{seen.taker} was sent {seen.taken} bytes in {EGRESS_WINDOW:.0f} s; the client in the"
        f" middle {seen.usual:.0f}. The requests are in the log of {service}.",
    )


class EdgeMonitor:
    """Keeps the last seconds of what passed and judges them."""

    def __init__(self) -> None:
        self.judge = Judge(NAME, RULES, tell)
        self._passed: deque[Passed] = deque()

    @property
    def alerts(self) -> dict[str, Alert]:
        return self.judge.alerts

    def add(self, one: Passed) -> None:
        """A request is done."""
        self._passed.append(one)

    def look(self, now: float) -> EdgeSeen:
        """Judge what passed up to now."""
        while self._passed and now - self._passed[0].at > EGRESS_WINDOW:
            self._passed.popleft()
        seen = self._seen(now)
        self.judge.look(seen)
        return seen

    def _seen(self, now: float) -> EdgeSeen:
        recent = [one for one in self._passed if now - one.at <= GATEWAY_WINDOW]
        failed = sum(one.upstream in ("timeout", "refused") for one in recent)
        taken: dict[str, int] = {}
        for one in self._passed:
            taken[one.client] = taken.get(one.client, 0) + one.bytes
        taker = max(taken, key=lambda client: taken[client], default="")
        others = [size for client, size in taken.items() if client != taker]
        return EdgeSeen(
            at=now,
            rate=len(recent) / GATEWAY_WINDOW,
            gateway=failed / len(recent) if recent else 0.0,
            taker=taker,
            taken=taken.get(taker, 0),
            usual=median(others) if others else 0.0,
        )
