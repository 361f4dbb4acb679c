"""The incident responder: the record, the first alert, and how hard users are hit."""

from orchestrator.agents.rules import answers, reported
from orchestrator.agents.rules.desk import UNKNOWN, Desk, assumed, claim
from orchestrator.agents.rules.earlier import known
from orchestrator.agents.rules.figures import Figures
from orchestrator.agents.rules.impact import Impact, impact_of
from orchestrator.agents.rules.words import (
    clock_time,
    figure,
    lasting,
    opened,
    percent,
    quoted,
    seconds,
)
from orchestrator.clock import iso
from orchestrator.model.reports import claims as claims_of
from orchestrator.model.reports.claims import Claim
from orchestrator.model.reports.detection import AlertReport, RecordReport
from orchestrator.model.reports.triage import ImpactReport

FAILS = 0.01
"""Share of failing requests from which users are not served, rather than served slowly."""

CATEGORIES = ("availability", "performance", "functionality", "security", "data-integrity")


async def record(desk: Desk) -> RecordReport:
    """What is known at detection, with the start of impact as evidence dates it."""
    state = desk.state
    figures = await desk.figures()
    impact = await impact_of(desk, figures)
    hit = user_impact(figures, impact)
    if not known(hit):
        hit = await reported.user_impact(desk)
    if impact is None:
        impact = await reported.start(desk)
    if impact is None:
        desk.ask("impact start", "When were users first hit?")
        desk.say("When users were first hit is not to be seen in metrics or logs.")
        summary = claim(f"{quoted(state.title)}: no impact in metrics yet.", *_any(figures))
    else:
        delay = state.detected_at - impact.at
        desk.say(
            f"Impact began at {clock_time(impact.at)}, {lasting(max(0.0, delay))} before detection "
            f"[{impact.evidence[0]}]: {impact.how}."
        )
        summary = claim(f"{quoted(state.title)}. {opened(impact.how)}.", *impact.evidence)
    users = await reported.users(desk)
    if users == claims_of.UNKNOWN:
        desk.ask("affected users", "How many users are affected?")
    return RecordReport(
        summary=summary if summary.evidence else assumed(quoted(state.title) or "no title"),
        user_impact=hit,
        affected_systems=(state.service,) if state.service else (),
        affected_users=users,
        category=_category(state.category, impact, figures),  # type: ignore[arg-type]
        impact_started_at=impact.at if impact else None,
        impact_started_how=impact.how if impact else claims_of.UNKNOWN,
        impact_evidence=impact.evidence if impact else (),
        unknown=tuple(desk.unknown),
    )


async def alert(desk: Desk) -> AlertReport:
    """The text for the incident channel."""
    state = desk.state
    figures = await desk.figures()
    impact = await impact_of(desk, figures)
    hit = user_impact(figures, impact)
    if not known(hit):
        hit = await reported.user_impact(desk)
    service = desk.service
    date = iso(state.detected_at)[:10]
    issue = quoted(state.symptoms or state.title, 300) or "an incident was reported"
    desk.say(
        f"Drafted the first alert: {issue}" + (f" [{hit.evidence[0]}]" if hit.evidence else "")
    )
    if service is None or not service.dashboard:
        desk.ask("dashboard", f"Which dashboard shows {state.service or 'the service'}?")
    return AlertReport(
        summary=hit,
        issue=issue,
        impact=hit,
        channel=f"#incident-{date}-{state.incident}",
        dashboard=service.dashboard if service and service.dashboard else claims_of.UNKNOWN,
        unknown=tuple(desk.unknown),
    )


async def impact(desk: Desk) -> ImpactReport:
    """Effect and share of users hit: from the signals since impact began, else as people say."""
    state = desk.state
    figures = await desk.figures()
    began = state.impact_started_at or state.detected_at
    share = failing(figures, began) if figures is not None else None
    slow = _slow(figures, began) if figures is not None else None
    effect, why = _effect(figures, began, share, slow)
    said = await answers.answer(desk, "q2", "affected users")
    if share is None and said is not None:
        share = answers.share(said.text)
    if said is not None:
        why = reported.joined(why, answers.told(said))
    if not known(why):
        why = await reported.user_impact(desk)
    users = await reported.users(desk)
    loss, lost = await reported.data_loss(desk)
    business = await reported.business(desk)
    if users == claims_of.UNKNOWN or said is None:
        desk.ask("affected users", "How many users are affected?")
    if loss == claims_of.UNKNOWN:
        desk.ask("data loss", "Was data lost or damaged?")
    if business["revenue"] == claims_of.UNKNOWN:
        desk.ask("revenue", "What does this cost?")
    desk.tell("What users notice", why)
    desk.say(f"Effect: {effect}.")
    return ImpactReport(
        summary=why,
        claims=lost,
        effect=effect,  # type: ignore[arg-type]
        affected_share=share,
        affected_users=users,
        data_loss=loss,  # type: ignore[arg-type]
        revenue=business["revenue"],
        compliance=business["compliance"],
        reputation=business["reputation"],
        safety=business["safety"],
        affected_systems=_affected(desk),
        why=why,
        unknown=tuple(desk.unknown),
    )


def _affected(desk: Desk) -> tuple[str, ...]:
    """The service, and the part that regression triage found the trouble to lie in."""
    verdict = desk.state.told("regression/verdict")
    parts = [str(one["part"]) for one in verdict.get("external", ()) if one.get("explains")]
    return tuple(dict.fromkeys(part for part in (desk.state.service, *parts) if part))


def failing(figures: Figures, began: float) -> float | None:
    """Share of requests failing: now, or the upper quartile since impact began if that is more.

    A trouble that still grows is not to be judged by its mild beginning, nor by one lucky look.
    """
    if figures.unreachable_since() is not None:
        return 1.0
    shares = [v for v in (figures.now("errors"), figures.during("errors", began)) if v is not None]
    return round(max(shares), 4) if shares else None


def user_impact(figures: Figures | None, impact: Impact | None) -> Claim:
    """One sentence on what users notice."""
    if figures is None or impact is None:
        if impact is not None:
            return claim(f"Users see errors since {clock_time(impact.at)}.", *impact.evidence)
        return UNKNOWN
    share = failing(figures, impact.at)
    slow = _slow(figures, impact.at)
    parts = [f"{percent(share)} of requests fail"] if share is not None else []
    if slow is not None:
        parts.append(f"95 % of requests take up to {seconds(slow[0])} (usually {seconds(slow[1])})")
    if not parts:
        return UNKNOWN
    text = " and ".join(parts) + f" since {clock_time(impact.at)}."
    return claim(text, figures.cite(impact.at), figures.cite(figures.samples[-1].t))


def _slow(figures: Figures, began: float) -> tuple[float, float] | None:
    """p95 since impact began and its usual, where it is at least twice that."""
    now, usual = figures.during("p95", began), figures.usual("p95", began)
    if now is None or usual is None or now < 2 * usual or now < usual + 0.05:
        return None
    return now, usual


def _effect(
    figures: Figures | None,
    began: float,
    share: float | None,
    slow: tuple[float, float] | None,
) -> tuple[str, Claim]:
    if figures is None or (share is None and slow is None):
        return "UNKNOWN", UNKNOWN
    said = []
    if share is not None:
        usual = figures.usual("errors", began)
        against = f" (usually {figure('errors', usual)})" if usual is not None else ""
        said.append(f"{percent(share)} of requests fail{against}")
    if slow is not None:
        said.append(f"p95 is {seconds(slow[0])} (usually {seconds(slow[1])})")
    why = claim(", ".join(said) + ".", figures.cite(began), figures.cite(figures.samples[-1].t))
    if share is not None and share >= 0.9:
        return "complete outage", why
    if (share is not None and share >= 0.1) or slow is not None:
        return "severe degradation", why
    return ("minor issue" if share is not None and share >= 0.01 else "none seen"), why


def _category(reported: str, impact: Impact | None, figures: Figures | None) -> str:
    """Slow is performance only as long as requests are answered at all."""
    if impact is not None and figures is not None and impact.signal == "p95":
        return "availability" if (failing(figures, impact.at) or 0.0) > FAILS else "performance"
    if reported in CATEGORIES:
        return reported
    return "availability"


def _any(figures: Figures | None) -> tuple[str, ...]:
    return (figures.eid,) if figures is not None else ()
