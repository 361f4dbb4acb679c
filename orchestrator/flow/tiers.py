"""Step 3, functional escalation: each tier when a reason, the clock or a person calls for it."""

from orchestrator.flow.decide import Incident, Pending
from orchestrator.flow.people import holder
from orchestrator.model import events as ev
from orchestrator.model.records import Task


def tiers(i: Incident) -> None:
    if i.skipped("tiers"):
        return
    engage(i, 1, holder(i, "on-call") or "UNKNOWN", (), "reason")
    tier1 = i.ask("tier1/data", "reliability-engineer", "tier 1 data gathering")
    reasons, by = _escalation(i, 2, "tier1/data", tier1)
    if not reasons:
        if tier1.running:
            raise Pending
        return
    engage(i, 2, holder(i, "tier2") or "UNKNOWN", reasons, by)
    tier2 = i.ask("tier2/analysis", "component-owner", "tier 2 analysis")
    reasons, by = _escalation(i, 3, "tier2/analysis", tier2)
    if reasons:
        engage(i, 3, holder(i, "tier3") or "UNKNOWN", reasons, by)
        i.ask("tier3/architecture", "architecture-designer", "architecture assessment")
    i.all(*_asked(i))


def tiers_over(i: Incident) -> None:
    """Pending while a tier is at work; `tiers` has been read before, in the same pass."""
    if not i.skipped("tiers") and any(task.running for task in _asked(i)):
        raise Pending


def _asked(i: Incident) -> list[Task]:
    """The work of each tier that was called for."""
    tasks = (i.state.latest(key) for key in ("tier1/data", "tier2/analysis", "tier3/architecture"))
    return [task for task in tasks if task is not None]


def engage(i: Incident, tier: int, who: str, reasons: tuple[str, ...], by: str) -> None:
    if who == "UNKNOWN":
        i.question(f"tier {tier}", f"Who takes tier {tier}?")
    i.emit(f"tier/{tier}", ev.TierEscalated(tier, who, reasons, by))


def _escalation(i: Incident, tier: int, key: str, task: Task) -> tuple[tuple[str, ...], str]:
    """Why a tier is needed, and whether a finding, the clock or a person says so; else empty."""
    if tier in i.state.tiers:
        return i.state.tiers[tier].reasons, i.state.tiers[tier].by
    if not i.state.open:
        return (), ""
    asked = i.state.escalations.get(f"tier{tier}")
    if asked:
        return (asked,), "human"
    report = i.state.report(key)
    if report is not None and report["escalate"]:
        return tuple(str(reason) for reason in report["reasons"]), "reason"
    if not task.running and report is None:
        return (f"tier {tier - 1} could not do its work",), "reason"
    clock = i.state.deadlines.get(f"tier{tier}")
    if clock is not None and clock.outcome in ("fired", "missed"):
        return (f"unresolved at the end of the tier {tier - 1} time",), "time"
    return (), ""
