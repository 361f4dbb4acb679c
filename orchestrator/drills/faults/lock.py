"""A report that stores its totals, in a transaction it does not come to the end of."""

from orchestrator.drills.lab import Lab


async def is_kept(lab: Lab) -> None:
    """From its first statement on, nobody else can write."""
    await lab.clock.sleep(lab.calm)
    lab.began()
    await lab.final_report.restart()
