"""Nothing more happens: the release is the trouble."""

from orchestrator.drills.lab import Lab


async def runs(lab: Lab) -> None:
    """What is wrong is wrong from the first request on."""
    lab.began()
