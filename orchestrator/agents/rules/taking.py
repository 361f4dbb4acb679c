"""How long it takes to put a version live here, by what the deploy log says of earlier ones."""

import math

from orchestrator.agents.rules.desk import Desk, claim
from orchestrator.agents.rules.words import lasting
from orchestrator.model.reports.claims import Claim

_LAST = 10


async def taking(desk: Desk) -> tuple[str, Claim | None]:
    """Minutes as a range, and what they were computed from; empty where the log tells none."""
    read = await desk.deploys()
    if read is None:
        return "", None
    log, eid = read
    told = [(one.took, one) for one in log.of(desk.state.service) if one.took is not None]
    back = [pair for pair in told if pair[1].kind == "rollback"]
    told = (back or told)[-_LAST:]
    if not told:
        return "", None
    shortest, longest = min(told, key=_took), max(told, key=_took)
    what = "rollbacks" if back else "deploys"
    text = f"the last {what} took {lasting(shortest[0])} to {lasting(longest[0])}"
    low, high = math.ceil(shortest[0] / 60), math.ceil(longest[0] / 60)
    minutes = str(low) if low == high else f"{low}-{high}"
    lines = (f"{eid}:{shortest[1].line}", f"{eid}:{longest[1].line}")
    return minutes, claim(text, *lines)


def _took(pair: tuple[float, object]) -> float:
    return pair[0]
