"""Whether a part that is down stays down: what comes back by itself is not to be restarted."""

import dataclasses

from orchestrator.agents.rules.desk import Desk
from orchestrator.agents.rules.neighbours import look_at
from orchestrator.agents.rules.words import lasting
from orchestrator.evidence.analysis.outside.cause import Cause
from orchestrator.evidence.analysis.outside.episodes import of_looks

PATIENCE = 10.0
"""Seconds a part has to stay down before a change is worth its risk."""

LOOKS = 3
"""Looks that have to fail in that time."""

STEP = 1.0


async def still(desk: Desk, cause: Cause) -> Cause:
    """The cause as it stands after a while; one that is over no longer lasts."""
    other = desk.bench.settings.service(cause.part)
    if cause.kind != "dependency" or other is None:
        return cause
    needed = max(PATIENCE, LOOKS * other.scrape_seconds) if other.measured else PATIENCE
    since = await _down_since(desk, cause, desk.now)
    until = desk.now + needed
    while since is not None and desk.now - since < needed and desk.now < until:
        await desk.pause(STEP)
        since = await _down_since(desk, cause, since)
    if since is None:
        desk.say(f"{cause.part} answers again by itself: there is nothing to restart.")
        return dataclasses.replace(cause, lasting=False)
    desk.say(f"{cause.part} has been down for {lasting(desk.now - since)} and stays down.")
    return dataclasses.replace(cause, lasting=True)


async def _down_since(desk: Desk, cause: Cause, unless_known: float) -> float | None:
    """Since when it does not answer; None while it does."""
    other = desk.bench.settings.service(cause.part)
    assert other is not None
    part = await look_at(desk, other)
    if part.well:
        return None
    open_now = [one for one in of_looks(part.looks) if one.open]
    if open_now:
        return open_now[-1].begun
    return unless_known if part.well is False else None
