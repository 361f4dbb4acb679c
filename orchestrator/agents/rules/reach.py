"""How far a change reaches: what it touches, who needs the service, how many users it has."""

from orchestrator.agents.rules.dependents import dependents
from orchestrator.agents.rules.desk import Desk, assumed, claim
from orchestrator.agents.rules.filed import Filed
from orchestrator.agents.rules.markers import code
from orchestrator.agents.rules.words import plural
from orchestrator.evidence.analysis.patch import FilePatch
from orchestrator.model.reports.claims import Claim
from orchestrator.model.reports.regression import Level

FILES, FOLDERS = 3, 4
"""Source files up to which a change is small, and folders up to which it is no large one."""

MANY, MOST = 1_000, 10_000
"""Users from which the reach is at least MEDIUM, and from which it is HIGH."""

DEPENDENTS = 3
"""Services that need this one, from which the reach is HIGH; one makes it MEDIUM."""

_ORDER: tuple[Level, ...] = ("LOW", "MEDIUM", "HIGH")


def blast(desk: Desk, files: list[FilePatch] | None, diff: Filed) -> tuple[Level, Claim]:
    """The highest of the three, with all three in words; what is not known counts as high."""
    if files is None:
        return "HIGH", assumed("What the change touches is not known; unsure means higher.")
    touched = code(files)
    parts = {path.rpartition("/")[0] or path for path in touched}
    own: Level = "LOW" if len(touched) <= FILES else "MEDIUM" if len(parts) <= FOLDERS else "HIGH"
    needed = [one.name for one in dependents(desk.bench.settings, desk.state.service)]
    beside: Level = "LOW" if not needed else "MEDIUM" if len(needed) < DEPENDENTS else "HIGH"
    users = desk.service.users if desk.service is not None else 0
    public: Level = "LOW" if users < MANY else "MEDIUM" if users < MOST else "HIGH"
    by = f"needed by {', '.join(needed)}" if needed else "no service here needs it"
    used = f"{users} users" if users else "how many users it has is not known"
    text = f"{plural(len(touched), 'source file')} in {plural(len(parts), 'folder')} change; "
    text += f"{by}; {used}."
    return max((own, beside, public), key=_ORDER.index), claim(text, diff.eid)
