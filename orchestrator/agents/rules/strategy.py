"""The mitigation strategy: five ways, which of them there are, and the one to take."""

from orchestrator.agents.rules.desk import Desk, assumed, claim
from orchestrator.agents.rules.words import percent, quoted
from orchestrator.model import regression as rule
from orchestrator.model.events import Json
from orchestrator.model.reports.claims import UNKNOWN, Claim
from orchestrator.model.reports.mitigation import StrategyOption, StrategyReport
from orchestrator.settings import Action

_TAKEN = ("CONFIRMED", "LIKELY")


async def strategy(desk: Desk) -> StrategyReport:
    """A rollback only where the regression triage says so; else nothing is changed by a rule."""
    desk.steers()
    state = desk.state
    verdict = state.report("regression/verdict") or {}
    feasible = state.report("regression/feasibility") or {}
    judged = rule.verdict(verdict.get("indicators", ()))
    good = str(verdict.get("good_version", UNKNOWN))
    action = desk.bench.settings.rollback_for(state.service)
    option = _option(feasible)
    fits = _fits(judged, option, action, good)
    options = (
        _rollback(option, action, good),
        _hotfix(verdict),
        _catalogue(desk, "configuration", "10-30", "low-medium"),
        _catalogue(desk, "workaround", "0-5", "low"),
        _catalogue(desk, "scaling", "10-20", "low-medium"),
    )
    for one in options:
        cited = f" [{one.why.evidence[0]}]" if one.why.evidence else ""
        desk.bench.out(f"{'yes' if one.available else 'no':<4}{one.name}: {one.why.text}{cited}")
    rationale = _rationale(judged, verdict, option, fits)
    cited = "".join(f" [{item}]" for item in rationale.evidence[:2])
    desk.say(f"{rationale.text}{cited}")
    if fits and action is not None:
        title = action.title.replace("{service}", state.service).replace("{version}", good[:12])
        return StrategyReport(
            summary=rationale,
            options=options,
            selected="rollback",
            rationale=rationale,
            action=action.id,
            params={"version": good},
            plan=(
                f"approve: {title}",
                "run it once, exactly as approved",
                "watch traffic, errors, p95 and what is in use against the baseline",
            ),
            rollback_plan=_undo(action, verdict),
            unknown=tuple(desk.unknown),
        )
    scaling = _scaling(desk, verdict)
    if scaling is not None:
        return _scaled(desk, scaling, options, verdict)
    return StrategyReport(
        summary=rationale,
        options=options,
        selected="none",
        rationale=rationale,
        action="",
        params={},
        plan=("go on watching", "go on looking for the cause"),
        rollback_plan=(),
        unknown=tuple(desk.unknown),
    )


def _scaling(desk: Desk, verdict: Json) -> Action | None:
    """The catalogue's way to carry more, where traffic alone explains it and it asks no value."""
    action = desk.bench.settings.way("scaling", desk.state.service)
    explained = any(one["kind"] == "traffic" for one in verdict.get("external", ()))
    return action if explained and action is not None and not action.params else None


def _scaled(
    desk: Desk, action: Action, options: tuple[StrategyOption, ...], verdict: Json
) -> StrategyReport:
    why = _claim(verdict["external"][0]["why"])
    text = f"{why.text} No change is to be taken back; the catalogue can carry more ({action.id})."
    rationale = claim(text, *why.evidence)
    desk.say(rationale.text)
    return StrategyReport(
        summary=rationale,
        options=options,
        selected="scaling",
        rationale=rationale,
        action=action.id,
        params={},
        plan=(
            f"approve: {action.title.replace('{service}', desk.state.service)}",
            "run it once, exactly as approved",
            "watch traffic, errors, p95 and what is in use against the baseline",
        ),
        rollback_plan=("take it back by the action's undo when traffic is usual again",)
        if action.undo
        else ("the catalogue has no undo for it",),
        unknown=tuple(desk.unknown),
    )


def _option(feasible: Json) -> Json | None:
    return next((o for o in feasible.get("options", ()) if o["name"] == "rollback"), None)


def _fits(judged: str, option: Json | None, action: Action | None, good: str) -> bool:
    if judged not in _TAKEN or option is None or action is None:
        return False
    return option["feasibility"] == "SAFE" and all(
        parameter.fits(good) for name, parameter in action.params.items() if name == "version"
    )


def _rollback(option: Json | None, action: Action | None, good: str) -> StrategyOption:
    if action is None:
        why = assumed("No action in the catalogue rolls this service back.")
    elif good == UNKNOWN:
        why = assumed("No earlier version is known to go back to.")
    elif option is None:
        why = assumed("Regression triage does not call for going back, so nobody assessed it.")
    else:
        why = _claim(option["why"])
    available = action is not None and option is not None and option["feasibility"] == "SAFE"
    return StrategyOption(name="rollback", available=available, why=why, minutes="5-15", risk="low")


def _hotfix(verdict: Json) -> StrategyOption:
    suspect = next(iter(verdict.get("suspects", ())), None)
    known = suspect is not None and bool(suspect["why"]) and suspect["confidence"] >= 0.5
    why = _claim(suspect["why"][0]) if suspect and known else assumed("Where to fix is not known.")
    return StrategyOption(name="hotfix", available=known, why=why, minutes="30-120", risk="medium")


def _catalogue(desk: Desk, kind: str, minutes: str, risk: str) -> StrategyOption:
    service = desk.state.service
    actions = [
        action
        for action in desk.bench.settings.actions
        if action.kind == kind and action.service in ("", service)
    ]
    if actions:
        text = f"The catalogue has {quoted(', '.join(a.id for a in actions), 80)}; a human decides."
    else:
        text = f"The catalogue has no {kind} action for {service or 'this service'}."
    return StrategyOption(
        name=kind,  # type: ignore[arg-type]
        available=bool(actions),
        why=assumed(text),
        minutes=minutes,
        risk=risk,  # type: ignore[arg-type]
    )


def _rationale(judged: str, verdict: Json, option: Json | None, fits: bool) -> Claim:
    suspect = next(iter(verdict.get("suspects", ())), None)
    evidence = [
        item
        for indicator in verdict.get("indicators", ())
        if indicator["holds"] == "yes"
        for item in indicator["why"]["evidence"]
    ]
    if fits and option is not None:
        text = f"The regression is {judged} and going back is SAFE"
        if suspect is not None:
            text += f"; {suspect['sha'][:8]} is suspected ({percent(suspect['confidence'])})"
        return claim(f"{text}.", *option["why"]["evidence"], *evidence[:3])
    external = next(iter(verdict.get("external", ())), None)
    if external is not None:
        text = f"No change is to be taken back: {external['why']['text']}"
        return claim(text, *external["why"]["evidence"])
    if judged in _TAKEN and option is not None:
        text = f"The regression is {judged}, but going back is {option['feasibility']}: "
        return _claim(option["why"]).model_copy(update={"text": text + option["why"]["text"]})
    said = _claim(verdict["summary"]) if "summary" in verdict else assumed("Nothing is known yet.")
    return said.model_copy(update={"text": f"No way out is supported by evidence. {said.text}"})


def _undo(action: Action, verdict: Json) -> tuple[str, ...]:
    bad = str(verdict.get("bad_version", UNKNOWN))
    if action.undo:
        return (f"if it makes things worse: go forward to {bad[:12]} again by the action's undo",)
    return ("the catalogue has no undo for it: a failed rollback stops the line",)


def _claim(data: Json) -> Claim:
    return Claim(
        text=str(data["text"]),
        evidence=tuple(data["evidence"]),
        assumption=bool(data.get("assumption")),
    )
