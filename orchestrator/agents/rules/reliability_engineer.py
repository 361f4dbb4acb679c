"""The reliability engineer: Tier 1's data, urgency, and whether a rollback is safe."""

from orchestrator.agents.rules import machine, reported, runbook, surroundings
from orchestrator.agents.rules.desk import UNKNOWN, Desk, assumed, claim
from orchestrator.agents.rules.figures import Figures
from orchestrator.agents.rules.given import checks as given
from orchestrator.agents.rules.incident_responder import failing
from orchestrator.agents.rules.opinion import folder
from orchestrator.agents.rules.words import (
    clock_time,
    figure,
    lasting,
    percent,
    plural,
    quoted,
    seconds,
)
from orchestrator.evidence.analysis.onset import BEYOND
from orchestrator.model.durations import words
from orchestrator.model.reports import claims as claims_of
from orchestrator.model.reports.claims import Claim
from orchestrator.model.reports.tiers import Check, Tier1Report
from orchestrator.model.reports.triage import UrgencyReport

MONTH, HOUR = 30 * 86400.0, 3600.0


async def urgency(desk: Desk) -> UrgencyReport:
    """Trend, availability and the error budget, computed from the ring."""
    state = desk.state
    target = state.policy.sla_target
    figures = await desk.figures()
    began = state.impact_started_at or state.detected_at
    share = failing(figures, began) if figures is not None else None
    told = await reported.promise(desk)
    if figures is None or share is None:
        taken = told.level if told is not None else "HIGH"
        why = assumed("Nobody could tell the trend; unsure means higher.")
        why = told.said if told is not None else why
        desk.say(f"There are no metrics to compute a trend from: urgency is taken as {taken}.")
        desk.ask("trend", "Is it getting worse, stable, or better?")
        return UrgencyReport(
            summary=why,
            trend="UNKNOWN",
            level=taken,  # type: ignore[arg-type]
            why=told.said if told is not None else UNKNOWN,
            availability=None,
            sla_target=target,
            budget_left=told.left if told else None,
            breach_in=told.breach_in if told else None,
            unknown=tuple(desk.unknown),
        )
    errors = [value for _, value in figures.points("errors", since=began)]
    availability = round(1 - sum(errors) / len(errors), 4) if errors else None
    elapsed = max(0.0, desk.now - began)
    budget = (1 - target) * MONTH
    spent = share * (elapsed + HOUR - elapsed % HOUR)
    left = round(max(0.0, 1 - spent / budget), 4) if budget > 0 else 0.0
    ahead = max(0.0, budget - share * elapsed)
    breach = round(ahead / share, 1) if share > 0 else None
    trend = _trend(errors, figures, began)
    level = "LOW"
    if trend == "rapidly degrading" or left <= 0 or (breach is not None and breach < 2 * HOUR):
        level = "HIGH"
    elif share > 1 - target:
        level = "MEDIUM"
    text = f"{percent(share)} of requests fail against a promise of {percent(1 - target)}; "
    text += "the trend cannot be told yet" if trend == "UNKNOWN" else trend
    if breach is not None:
        text += f"; the month's error budget is spent in {words(breach)} at this rate"
    why = claim(text + ".", figures.cite(began), figures.cite(figures.samples[-1].t))
    if told is not None:
        why = reported.joined(why, told.said)
        level = "HIGH" if told.near else level
    desk.say(f"{why.text} [{why.evidence[0]}] Urgency: {level}.")
    return UrgencyReport(
        summary=why,
        trend=trend,  # type: ignore[arg-type]
        level=level,  # type: ignore[arg-type]
        why=why,
        availability=availability,
        sla_target=target,
        budget_left=left,
        breach_in=breach,
    )


def _trend(errors: list[float], figures: Figures, began: float) -> str:
    """Later half of the incident against its earlier half; a full resource counts as worsening."""
    if len(errors) < 4:
        return "UNKNOWN"
    half = len(errors) // 2
    early, late = sum(errors[:half]) / half, sum(errors[half:]) / (len(errors) - half)
    if late > early + 0.1:
        return "rapidly degrading"
    if late < 0.5 * early:
        return "improving"
    full = [v for _, v in figures.points("saturation", since=began)]
    rising = len(full) >= 4 and full[-1] > full[0] + 0.2
    return "rapidly degrading" if rising and late > 0.1 else "stable"


async def tier1(desk: Desk) -> Tier1Report:
    """Collect, do not interpret: health, deployments, logs, metrics, what is in use."""
    if folder(desk) is not None:
        return await given.tier1(desk)
    desk.steers()
    state = desk.state
    began = state.impact_started_at or state.detected_at
    checks: list[Check] = []
    checks.append(await _health(desk))
    figures = await desk.figures()
    checks.append(_metrics(figures, began))
    checks.append(_in_use(figures, began))
    checks.append(await _deployments(desk, began))
    logs, errors = await _logs(desk)
    checks.append(logs)
    checks += await machine.checks(desk)
    checks += await surroundings.checks(desk)
    for check in checks:
        cited = f" [{check.finding.evidence[0]}]" if check.finding.evidence else ""
        desk.say(f"{check.name}: {check.finding.text}{cited}")
    desk.steers()
    book = await runbook.applicable(desk, errors)
    verdict = state.regression.get("verdict", "")
    reasons = _reasons(checks, book.path, cleared=verdict in ("UNLIKELY", "NOT_REGRESSION"))
    if book.claim is not None:
        desk.say(f"{book.claim.text} [{book.claim.evidence[0]}]")
    else:
        desk.ask("runbook", f"Is there a runbook for {state.service or 'this service'}?")
    share = failing(figures, began) if figures is not None else None
    confirmed = "unknown" if share is None else "yes" if share > 0.01 else "no"
    if checks[1].state == "bad":
        confirmed = "yes"
    bad = [check for check in checks if check.state == "bad"]
    desk.say(f"Escalating to tier 2: {'; '.join(reasons)}." if reasons else "No need to escalate.")
    first = [item for check in bad or checks for item in check.finding.evidence[:1]]
    text = f"{len(bad)} of {len(checks)} checks are bad"
    text += ": " + ", ".join(check.name for check in bad) + "." if bad else "."
    return Tier1Report(
        summary=claim(text, *first) if first else assumed(text),
        claims=(book.claim,) if book.claim is not None else (),
        confirmed=confirmed,  # type: ignore[arg-type]
        runbook=book.path,
        checks=tuple(checks),
        escalate=bool(reasons),
        reasons=tuple(reasons),
        unknown=tuple(desk.unknown),
    )


def _reasons(checks: list[Check], book: str, *, cleared: bool) -> list[str]:
    """Why tier 2 is needed; no change is suspected once regression triage has `cleared` them."""
    state = {check.name: check.state for check in checks}
    around = surroundings.reasons(checks)
    own = ("metrics", "logs", "service health", "process")
    if not around and "bad" not in [state.get(name) for name in own]:
        return []
    reasons = ["no runbook covers it"] if book == claims_of.UNKNOWN else []
    if state["what is in use"] == "bad":
        reasons.append("the database or its connection pool is suspected")
    if "bad" in (state["host"], state.get("process")):
        reasons.append("the infrastructure is suspected")
    if state["deployments"] == "bad" and not cleared:
        reasons.append("a code change is suspected")
    reasons += [why for why in around if why not in reasons]
    return reasons or ["the cause is not known and the component's owner is needed"]


def _check(name: str, state: str, finding: Claim) -> Check:
    return Check(name=name, state=state, finding=finding)  # type: ignore[arg-type]


def _metrics(figures: Figures | None, began: float) -> Check:
    if figures is None:
        return _check("metrics", "unknown", assumed("There are no metrics."))
    parts = []
    ill = figures.unreachable_since() is not None
    for signal in ("requests", "errors", "p95"):
        now, usual = figures.now(signal), figures.usual(signal, began)
        if now is None:
            continue
        against = f" (usually {figure(signal, usual)})" if usual is not None else ""
        parts.append(f"{signal} {figure(signal, now)}{against}")
        departed = figures.onset(signal)
        ill = ill or (departed is not None and departed.before.deviation(now) > BEYOND)
        ill = ill or (signal == "errors" and now > 0.05)
    text = ", ".join(parts) + "." if parts else "The metrics page gives no data."
    last = figures.cite(figures.samples[-1].t)
    return _check("metrics", "bad" if ill else "ok" if parts else "unknown", claim(text, last))


def _in_use(figures: Figures | None, began: float) -> Check:
    name = "what is in use"
    now = figures.now("saturation") if figures is not None else None
    if figures is None or now is None:
        return _check(name, "unknown", assumed("Nothing tells how much of its capacity is in use."))
    usual = figures.usual("saturation", began)
    text = f"{percent(now)} of capacity is in use"
    text += f" (usually {percent(usual)})." if usual is not None else "."
    cited = figures.cite(figures.samples[-1].t)
    return _check(name, "bad" if now >= 0.9 else "ok", claim(text, cited))


async def _deployments(desk: Desk, began: float) -> Check:
    read = await desk.deploys()
    if read is None:
        return _check("deployments", "unknown", assumed("There is no deploy log."))
    log, eid = read
    recent = [d for d in log.of(desk.state.service) if began - 86400 <= d.at <= began + 5]
    if not recent:
        return _check("deployments", "ok", claim("No deploy in the 24 hours before.", eid))
    last = recent[-1]
    text = (
        f"{plural(len(recent), 'deploy')} in the 24 hours before, the last ({last.version[:8]}) "
        f"at {clock_time(last.at)}, {lasting(max(0.0, began - last.at))} before the trouble began."
    )
    close = began - last.at <= HOUR
    return _check("deployments", "bad" if close else "ok", claim(text, f"{eid}:{last.line}"))


async def _health(desk: Desk) -> Check:
    seen = await desk.health(desk.service) if desk.service is not None else None
    if seen is None:
        return _check("service health", "unknown", assumed("No health address is known."))
    found, eid = seen
    text = f"The health address {quoted(found.why, 120)} after {seconds(found.took)}."
    if not found.status:
        text = f"The health address does not answer: {quoted(found.why, 120)}."
    return _check("service health", "ok" if found.well else "bad", claim(text, f"{eid}:1"))


async def _logs(desk: Desk) -> tuple[Check, list[str]]:
    """The check, and what the logs call the trouble."""
    readings = await desk.logs()
    if not readings:
        return _check("logs", "unknown", assumed("No log could be read.")), []
    errors: dict[str, tuple[int, str, str]] = {}
    records = 0
    for reading, kept in readings:
        records += len(reading.records)
        for record in reading.records:
            if record.bad:
                name = record.error or quoted(record.message, 60) or "an error"
                count, first, place = errors.get(name, (0, kept.at(record.line), reading.path))
                errors[name] = (count + 1, first, place)
    first = readings[0][1].eid
    if not errors:
        text = f"No errors among the last {plural(records, 'record')}."
        return _check("logs", "ok", claim(text, first)), []
    loudest = sorted(errors.items(), key=lambda item: (-item[1][0], item[0]))[:3]
    said = ", ".join(f"{quoted(name, 60)} ×{count}" for name, (count, _, _) in loudest)
    cited = [line for _, (_, line, _) in loudest]
    text = f"Among the last {plural(records, 'record')}: {said}."
    return _check("logs", "bad", claim(text, *cited)), list(errors)
