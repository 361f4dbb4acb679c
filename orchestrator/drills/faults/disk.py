"""A file that has been growing for long reaches the limit it may have."""

from orchestrator.drills import audit
from orchestrator.drills.lab import Lab

LOOK_EVERY = 0.2


async def fills(lab: Lab) -> None:
    """Nothing is done here: the service's own lines fill what was left of it."""
    while not lab.audit.exists() or lab.audit.stat().st_size < audit.LIMIT:
        await lab.clock.sleep(LOOK_EVERY)
    lab.began()
