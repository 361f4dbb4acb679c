"""The mitigation strategy: which ways there are, and the one to take."""

from collections.abc import Sequence

from orchestrator.agents.rules import rows
from orchestrator.agents.rules.desk import Desk, assumed, claim
from orchestrator.agents.rules.investigation import investigate
from orchestrator.agents.rules.outside import claim_of
from orchestrator.agents.rules.planned import plan, way_back
from orchestrator.agents.rules.remedies import Remedy, remedies
from orchestrator.agents.rules.staying import still
from orchestrator.agents.rules.words import percent
from orchestrator.evidence.analysis.outside.cause import Cause
from orchestrator.model import regression as rule
from orchestrator.model.events import Json
from orchestrator.model.reports.claims import UNKNOWN, Claim
from orchestrator.model.reports.mitigation import StrategyOption, StrategyReport
from orchestrator.settings import Action

_TAKEN = ("CONFIRMED", "LIKELY")


async def strategy(desk: Desk) -> StrategyReport:
    """Going back where regression triage says so; else what the table has against the cause."""
    desk.steers()
    state = desk.state
    attempts = list(desk.task.inputs.get("attempts") or ())
    verdict = state.told("regression/verdict")
    feasible = state.told("regression/feasibility")
    judged = rule.verdict(verdict.get("indicators", ()))
    good = str(verdict.get("good_version", UNKNOWN))
    way: Json = feasible.get("way") or {}
    named = desk.bench.settings.action(str(way["action"])) if way else None
    action = named or desk.bench.settings.rollback_for(state.service)
    params = dict(way.get("params") or {"version": good})
    option = _option(feasible, str(way.get("option", "rollback")))
    fits = _fits(judged, option, action, params)
    fits = fits and not _tried(attempts, action, params)
    causes = [] if fits else await _causes(desk)
    against = [] if fits else remedies(desk, causes, attempts)
    options = (
        _rollback(option, action, good),
        _hotfix(verdict),
        *rows.of_catalogue(desk, causes, action),
    )
    for one in options:
        cited = f" [{one.why.evidence[0]}]" if one.why.evidence else ""
        desk.bench.out(f"{'yes' if one.available else 'no':<4}{one.name}: {one.why.text}{cited}")
    if not fits and against:
        return _remedied(desk, against[0], options)
    rationale = _rationale(judged, verdict, option, fits)
    if not fits and causes:
        rationale = _left_alone(causes)
    cited = "".join(f" [{item}]" for item in rationale.evidence[:2])
    desk.say(f"{rationale.text}{cited}")
    if fits and action is not None:
        return StrategyReport(
            summary=rationale,
            options=options,
            selected=action.kind,
            rationale=rationale,
            action=action.id,
            params=params,
            plan=plan(action, state.service, params),
            rollback_plan=_undo(action, verdict),
            unknown=tuple(desk.unknown),
        )
    scaling = _scaling(desk, verdict)
    if scaling is not None and not _tried(attempts, scaling, {}):
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


async def _causes(desk: Desk) -> list[Cause]:
    """Causes outside the changes as they stand now; more is known by now than triage knew."""
    found = await investigate(desk)
    return [await still(desk, one) for one in found.causes if one.explains or one.independent]


def _tried(attempts: Sequence[Json], action: Action | None, params: dict[str, str]) -> bool:
    """Whether exactly this was carried out before, in this incident."""
    return action is not None and any(
        one.get("action") == action.id and dict(one.get("params") or {}) == params
        for one in attempts
    )


def _remedied(desk: Desk, remedy: Remedy, options: tuple[StrategyOption, ...]) -> StrategyReport:
    action = remedy.action
    why = remedy.why
    told = f"{action.kind} by {action.id}"
    if remedy.params:
        told += f" ({', '.join(f'{name} {value}' for name, value in remedy.params.items())})"
    rationale = claim(f"{why.text} Against it the catalogue has {told}.", *why.evidence)
    desk.say(rationale.text + "".join(f" [{item}]" for item in rationale.evidence[:2]))
    return StrategyReport(
        summary=rationale,
        options=options,
        selected=action.kind,
        rationale=rationale,
        action=action.id,
        params=remedy.params,
        plan=plan(action, desk.state.service, remedy.params),
        rollback_plan=way_back(action),
        unknown=tuple(desk.unknown),
    )


def _left_alone(causes: Sequence[Cause]) -> Claim:
    """Why nothing is changed although a cause is known."""
    first = causes[0]
    why = claim_of(first)
    text = f"{why.text} Nothing in the catalogue is right against this; it is watched."
    if first.kind == "flapping":
        text = f"{why.text} A change would act on a moment: it is watched, and its owner is asked."
    elif first.kind == "intrusion":
        text = f"{why.text} No version is to blame; whoever does this is kept out by isolation."
    elif not first.lasting:
        text = f"{why.text} It is over by itself, so there is nothing to change."
    return claim(text, *why.evidence)


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
        plan=plan(action, desk.state.service, {}),
        rollback_plan=way_back(action, "when traffic is usual again"),
        unknown=tuple(desk.unknown),
    )


def _option(feasible: Json, way: str) -> Json | None:
    return next((o for o in feasible.get("options", ()) if o["name"] == way), None)


def _fits(judged: str, option: Json | None, action: Action | None, params: dict[str, str]) -> bool:
    if judged not in _TAKEN or option is None or action is None or action.risk == "destructive":
        return False
    return option["feasibility"] == "SAFE" and all(
        parameter.fits(params[name]) for name, parameter in action.params.items() if name in params
    )


def _rollback(option: Json | None, action: Action | None, good: str) -> StrategyOption:
    """The way back: a rollback, or what takes the place of one for this change."""
    if option is not None and option["name"] == "feature-flag":
        return StrategyOption(
            name="feature-flag",
            available=option["feasibility"] == "SAFE",
            why=_claim(option["why"]),
            minutes=str(option["minutes"]),
            risk="low",
        )
    if action is None:
        why = assumed("No action in the catalogue rolls this service back.")
    elif good == UNKNOWN:
        why = assumed("No earlier version is known to go back to.")
    elif option is None:
        why = assumed("Regression triage does not call for going back, so nobody assessed it.")
    else:
        why = _claim(option["why"])
    available = action is not None and option is not None and option["feasibility"] == "SAFE"
    name = action.kind if action is not None else "rollback"
    return StrategyOption(name=name, available=available, why=why, minutes="5-15", risk="low")


def _hotfix(verdict: Json) -> StrategyOption:
    suspect = next(iter(verdict.get("suspects", ())), None)
    known = suspect is not None and bool(suspect["why"]) and suspect["confidence"] >= 0.5
    why = _claim(suspect["why"][0]) if suspect and known else assumed("Where to fix is not known.")
    return StrategyOption(name="hotfix", available=known, why=why, minutes="30-120", risk="medium")


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
