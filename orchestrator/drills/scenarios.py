"""What can be drilled, and when in a drill what happens; all lengths are seconds."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Scenario:
    """One kind of trouble. A control scenario (`leaks` false) has no guilty change."""

    name: str
    title: str
    leaks: bool
    baseline: float = 12.0
    """how long the stable release is watched before the next one is deployed"""
    calm: float = 0.0
    """from the deploy to the spike"""
    spike: float = 0.0
    """how long the load is several times higher; 0: not at all"""


SCENARIOS = {
    scenario.name: scenario
    for scenario in (
        Scenario("leak", "a release that leaks database connections", leaks=True),
        Scenario(
            "traffic-spike",
            "control: harmless commits, then several times the traffic for a while",
            leaks=False,
            calm=6.0,
            spike=25.0,
        ),
    )
}


class DrillError(Exception):
    """Something about a drill that the person at the keyboard can put right: one clear line."""


def scenario(name: str) -> Scenario:
    """The scenario of that name. DrillError when there is none."""
    found = SCENARIOS.get(name)
    if found is None:
        known = ", ".join(SCENARIOS)
        raise DrillError(f"there is no drill scenario {name!r}; use one of: {known}")
    return found
