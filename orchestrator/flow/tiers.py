"""Step 3, functional escalation: Tier 1, then Tier 2 when a reason or the clock calls for it."""

from orchestrator.flow.decide import Incident, Pending
from orchestrator.flow.triage import holder
from orchestrator.model import events as ev


def tiers(i: Incident) -> None:
    engage(i, 1, holder(i, "on-call") or "UNKNOWN", (), "reason")
    tier1 = i.ask("tier1/data", "reliability-engineer", "tier 1 data gathering")
    reasons, by = _escalation(i)
    if not reasons:
        if tier1.running:
            raise Pending
        return
    engage(i, 2, holder(i, "tier2") or "UNKNOWN", reasons, by)
    i.all(tier1, i.ask("tier2/analysis", "component-owner", "tier 2 analysis"))


def engage(i: Incident, tier: int, who: str, reasons: tuple[str, ...], by: str) -> None:
    if who == "UNKNOWN":
        i.question(f"tier {tier}", f"Who takes tier {tier}?")
    i.emit(f"tier/{tier}", ev.TierEscalated(tier, who, reasons, by))


def _escalation(i: Incident) -> tuple[tuple[str, ...], str]:
    """Why Tier 2 is needed, and whether a finding or the clock says so; empty while it is not."""
    if 2 in i.state.tiers:
        return i.state.tiers[2].reasons, i.state.tiers[2].by
    if not i.state.open:
        return (), ""
    report = i.state.report("tier1/data")
    if report is not None and report["escalate"]:
        return tuple(str(reason) for reason in report["reasons"]), "reason"
    task = i.state.tasks["tier1/data"]
    if not task.running and report is None:
        return ("tier 1 could not gather its data",), "reason"
    clock = i.state.deadlines.get("tier2")
    if clock is not None and clock.outcome in ("fired", "missed"):
        return ("unresolved at the end of the tier 1 time",), "time"
    return (), ""
