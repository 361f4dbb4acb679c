"""The built-in fault lab: a real small service that really breaks, and the truth about why."""

from orchestrator.drills.home import (
    DrillHome,
    clean,
    create,
    fill,
    homes,
    open_home,
    reserve,
    scenarios,
)
from orchestrator.drills.scenarios import DrillError

__all__ = [
    "DrillError",
    "DrillHome",
    "clean",
    "create",
    "fill",
    "homes",
    "open_home",
    "reserve",
    "scenarios",
]
