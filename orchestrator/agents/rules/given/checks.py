"""Tier 1 on a bundle: which kinds of evidence there are, and which of them show the trouble."""

from orchestrator.agents.rules.desk import Desk, assumed, claim
from orchestrator.agents.rules.opinion import Opinion, of_folder
from orchestrator.agents.rules.ranked import leading
from orchestrator.agents.rules.words import opened, plural, quoted
from orchestrator.model.reports.claims import UNKNOWN, Claim
from orchestrator.model.reports.tiers import Check, Tier1Report

_KINDS = {
    "metrics": ("metric",),
    "logs": ("log", "pattern"),
    "traces": ("trace",),
    "changes": ("diff", "deploy", "flag"),
}


async def tier1(desk: Desk) -> Tier1Report:
    """What the files show, kind by kind; what is in none of them stays unknown."""
    desk.steers()
    opinion = await of_folder(desk)
    checks = [_check(opinion, name, kinds) for name, kinds in _KINDS.items()]
    for check in checks:
        cited = f" [{check.finding.evidence[0]}]" if check.finding.evidence else ""
        desk.say(f"{check.name}: {check.finding.text}{cited}")
    bad = [check.name for check in checks if check.state == "bad"]
    lead = leading(opinion) if opinion is not None else ""
    reasons = [f"the ranking says {lead}"] if lead else ["the cause is not known"] if bad else []
    text = (
        f"{', '.join(bad)} show the trouble." if bad else "Nothing in the bundle shows a trouble."
    )
    places = [place for check in checks for place in check.finding.evidence[:1]]
    summary = claim(opened(text), *places) if places else assumed(opened(text))
    desk.say(summary.text)
    return Tier1Report(
        summary=summary,
        confirmed="yes" if bad else "unknown",
        runbook=UNKNOWN,
        checks=tuple(checks),
        escalate=bool(reasons),
        reasons=tuple(reasons),
        unknown=tuple(desk.unknown),
    )


def _check(opinion: Opinion | None, name: str, kinds: tuple[str, ...]) -> Check:
    found = opinion.of_kind(*kinds) if opinion is not None else []
    if not found:
        nothing: Claim = assumed(f"The bundle shows nothing unusual in {name}, or holds none.")
        return Check(name=name, state="unknown", finding=nothing)
    place, item = found[0]
    more = f", and {plural(len(found) - 1, 'more sign')}" if len(found) > 1 else ""
    text = f"{opened(quoted(str(item['summary']), 200))}{more}."
    return Check(name=name, state="bad", finding=claim(text, place))
