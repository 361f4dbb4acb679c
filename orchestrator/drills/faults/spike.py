"""More users than ever, and nothing wrong with anything."""

from orchestrator.drills.lab import Lab


async def comes(lab: Lab) -> None:
    """Several times the load, for a while."""
    plan = lab.plan
    await lab.clock.sleep(lab.calm)
    lab.say(f"the load rises to {plan.spike_rps:.0f} requests a second")
    lab.began()
    lab.load.rate = plan.spike_rps
    await lab.clock.sleep(plan.scenario.spike)
    lab.load.rate = plan.rps
    lab.say(f"the load is back at {plan.rps:.0f} requests a second")
