"""What the service needs goes away: for good, besides another fault, or again and again."""

from random import Random

from orchestrator.drills.lab import Lab

DOWN, UP = 6.5, 8.0


async def dies(lab: Lab) -> None:
    """It is gone, and nobody starts it again."""
    await lab.clock.sleep(lab.calm)
    lab.began()
    await lab.dependency.kill()


async def dies_too(lab: Lab) -> None:
    """The release is wrong already; then the dependency goes as well."""
    lab.began()
    await lab.clock.sleep(lab.calm)
    await lab.dependency.kill()


async def flaps(lab: Lab) -> None:
    """It dies and comes back several times, and then stays."""
    await lab.clock.sleep(lab.calm)
    lab.began()
    for _ in range(Random(f"flaps/{lab.plan.seed}").randint(4, 5)):
        await lab.dependency.kill()
        await lab.clock.sleep(DOWN)
        await lab.dependency.restart()
        await lab.clock.sleep(UP)
