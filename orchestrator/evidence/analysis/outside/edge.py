"""Errors made between users and the service: the edge fails while what is behind it is well."""

from collections.abc import Sequence
from dataclasses import dataclass

from orchestrator.evidence.analysis.onset import Point
from orchestrator.evidence.analysis.outside.cause import Cause, Sign
from orchestrator.evidence.analysis.robust import median, quantile

FAILS = 0.03
"""Share of failing requests from which users notice."""

GREEN = 0.01

SLOWER, PACE = 2.0, 0.1
"""Times its usual p95, and seconds, from which a part is slow."""


@dataclass(frozen=True, slots=True)
class Between:
    """Two parts that see the same requests: the errors each counts, and how they are cited."""

    edge: str
    behind: str
    at_edge: Sequence[Point]
    at_behind: Sequence[Point]
    edge_place: str
    behind_place: str
    behind_pace: Sequence[Point] = ()
    """p95 of what is behind, seconds: who answers too late is not well, whatever it counts"""


def cause(seen: Between, trouble_at: float) -> Cause | None:
    """That the edge makes the errors, where both sides were watched since the trouble."""
    outer = [value for at, value in seen.at_edge if at >= trouble_at]
    inner = [value for at, value in seen.at_behind if at >= trouble_at]
    if len(outer) < 3 or len(inner) < 3:
        return None
    failing, beyond = quantile(outer, 0.75), quantile(inner, 0.75)
    if failing < FAILS or beyond > max(GREEN, 0.2 * failing):
        return None
    if _slow(seen.behind_pace, trouble_at):
        return None
    text = f"{seen.edge} answers {failing:.0%} of requests with errors"
    return Cause(
        kind="edge",
        part=seen.edge,
        score=0.8,
        text=f"{text} while {seen.behind} behind it is well",
        signs=(
            Sign(text, seen.edge_place),
            Sign(f"{seen.behind} counts {beyond:.1%} errors in the same time", seen.behind_place),
        ),
        refuted_by=f"{seen.behind} fails when it is asked directly",
        began_at=trouble_at,
        explains=True,
        independent=True,
        words=frozenset({"proxy", "timeout", "upstream"}),
    )


def _slow(pace: Sequence[Point], trouble_at: float) -> bool:
    """Whether it takes far longer than before the trouble."""
    before = [value for at, value in pace if at < trouble_at]
    since = [value for at, value in pace if at >= trouble_at]
    if not before or not since:
        return False
    return quantile(since, 0.75) > max(PACE, SLOWER * median(before))
