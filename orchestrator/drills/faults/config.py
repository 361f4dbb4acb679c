"""A change of configuration at the edge: harmless in most drills, the trouble in one."""

from orchestrator.drills.edge_plan import NAME as EDGE
from orchestrator.drills.lab import Lab


async def release_edge(lab: Lab) -> None:
    """The edge's next release goes live."""
    lab.say(f"ci deploys the configuration of the edge: {len(lab.plan.edge.commits)} commits")
    await lab.deploy(EDGE, lab.truth["edge_release"])


async def goes_out(lab: Lab) -> None:
    """It goes live a little after the service's, which is well."""
    await lab.clock.sleep(lab.calm)
    lab.began()
    await release_edge(lab)
