"""The approval card: exactly what would run, on what, with what undo, under one SHA-256.

Building it reads the target's state and does the dry run; it changes nothing. The hash covers the
argument list, the parameters, the target, the state it was found in and what the reasons rest on,
so an approval can never be used for anything else.
"""

import asyncio
import getpass
import hashlib
import shlex
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from orchestrator.environment import variables
from orchestrator.evidence.hygiene import clean
from orchestrator.evidence.redaction import redact
from orchestrator.evidence.sources.process import run
from orchestrator.evidence.sources.source import SourceError
from orchestrator.journal.lines import canonical
from orchestrator.model.change_kinds import ISOLATING, words
from orchestrator.model.events import Json
from orchestrator.model.resting import rests
from orchestrator.model.state import State
from orchestrator.settings import Action, Settings

_WHERE_SAID = ("rests", "approvers", "may_approve", "env", "probes", "catalogue")
"""Bound too, on the cards that have it: those of earlier releases keep the hash they had."""


class Impossible(Exception):
    """This change cannot be offered; the message says why."""


def filled(parts: tuple[str, ...], values: dict[str, str]) -> list[str]:
    """The argument list with its placeholders filled; a value never becomes two arguments."""
    return [_fill(part, values) for part in parts]


def digest(card: Json) -> str:
    """SHA-256 of what will run (arguments, folder, parameters, target, pre-state) and of what it
    rests on, of which entry of the catalogue it is and who may approve it, where it says so."""
    bound = {key: card[key] for key in ("argv", "cwd", "params", "target", "pre_state", "timeout")}
    bound |= {key: card[key] for key in _WHERE_SAID if key in card}
    return hashlib.sha256(canonical(bound).encode()).hexdigest()


def entry(action: Action) -> str:
    """Names one entry of the catalogue as it is written now; another edit has another name."""
    return hashlib.sha256(canonical(action.model_dump(mode="json")).encode()).hexdigest()[:16]


def edited(settings: Settings, card: Json) -> str:
    """Why a card no longer says what the catalogue says; empty when it does."""
    action = settings.action(str(card["action"]))
    if action is None:
        return f"the catalogue no longer has {card['action']!r}"
    if card.get("catalogue", entry(action)) != entry(action):
        return f"{action.id} was edited in the catalogue since it was offered"
    return ""


async def look(settings: Settings, root: Path, card: Json) -> str:
    """The target's state now, by the action's own query. Impossible when it cannot be told."""
    action = settings.action(str(card["action"]))
    if action is None:
        raise Impossible(f"the catalogue no longer has {card['action']!r}")
    return await _pre_state(action, root, _known(settings, str(card["target"])))


async def build(settings: Settings, root: Path, state: State, wanted: Json) -> dict[str, Any]:
    """The card for what the flow wants. Impossible says why there is none."""
    if "undo_of" in wanted:
        return await _build_undo(settings, root, state, str(wanted["undo_of"]))
    action = _chosen(settings, state, str(wanted["kind"]), str(wanted.get("action", "")))
    if action.kind not in wanted.get("kinds", (action.kind,)):
        raise Impossible(f"{action.id} is a {action.kind}, not a {' or '.join(wanted['kinds'])}")
    params = _checked(action, dict(wanted["params"]))
    target = _known(settings, action.service or state.service)
    before = await _pre_state(action, root, target)
    current = _first(before)
    if action.needs_current and not current:
        raise Impossible(f"the state of {target} is empty, and {action.id} needs it")
    if action.needs_current and current.startswith("-"):
        raise Impossible(f"the state of {target}, {current!r}, would be read as an option")
    if "version" in params and current and current == params["version"]:
        raise Impossible(f"{target} already runs {current}: this change would do nothing")
    values = {"service": target, "current": current, **params}
    readable = {**values, "version": params.get("version", "")[:12], "current": current[:12]}
    by_hand = "choice" in wanted  # a person asked for it, not evidence
    reasons = [] if by_hand else _why(state, action, params)
    card: dict[str, Any] = {
        "action": action.id,
        "kind": action.kind,
        "title": _numbered(_fill(action.title, readable), wanted),
        "argv": filled(action.argv, values),
        "cwd": ".",
        "params": params,
        "target": target,
        "beside": beside(settings, state.service, target),
        "run_by": words(action.kind).run_by,
        "as_user": await asyncio.to_thread(getpass.getuser),
        "blast": _fill(action.blast, readable),
        "blast_level": str(_feasibility(state).get("blast_radius", "UNKNOWN")),
        "pre_state": before,
        "dry_run": await _dry_run(action, root, values),
        "undo": filled(action.undo, values) if action.undo else [],
        "why": reasons,
        "rests": rests(state, reasons).card(),
        "timeout": action.timeout,
        "risk": action.risk,
        "confirm": target if action.risk == "destructive" else "",
        "catalogue": entry(action),
    }
    if by_hand:
        del card["rests"]
    if action.approvers > 1:
        card["approvers"] = action.approvers
    for name in ("may_approve", "env", "probes"):
        if getattr(action, name):
            card[name] = list(getattr(action, name))
    card["sha256"] = digest(card)
    return card


async def _build_undo(
    settings: Settings, root: Path, state: State, executed: str
) -> dict[str, Any]:
    """The card that takes an executed change back, by the undo its own card promised."""
    done: Json = state.tasks[executed].inputs["card"]
    action = settings.action(str(done["action"]))
    if action is None or not done["undo"]:
        raise Impossible(f"{done['title']} has no undo in the catalogue")
    card = {
        **done,
        "kind": "undo",
        "title": f"take back: {done['title']}",
        "argv": list(done["undo"]),
        "params": {},
        "pre_state": await _pre_state(action, root, str(done["target"])),
        "dry_run": {},
        "undo": [],
        "why": [],
        "catalogue": entry(action),
    }
    card.pop("rests", None)  # a person asked for it, not evidence
    card["sha256"] = digest(card)
    return card


def _chosen(settings: Settings, state: State, kind: str, named: str) -> Action:
    """The action named, if it is one of that kind for this service or what it depends on; without
    a name, the first of the kind. A person names an action alone, of whatever kind."""
    if not named:
        action = settings.way(kind, state.service)
        if action is None:
            raise Impossible(f"the catalogue in warroom.toml has no {kind} for {state.service}")
        return action
    action = settings.action(named)
    around = ("", *settings.around(state.service))
    if action is None or (kind and action.kind != kind) or action.service not in around:
        what = kind or "action"
        raise Impossible(
            f"the catalogue in warroom.toml has no {what} {named!r} for {state.service}"
        )
    return action


def beside(settings: Settings, service: str, target: str) -> str:
    """How a target that is not the incident's own service has to do with it; else empty."""
    if target == service:
        return ""
    own = settings.service(service)
    if own is not None and target in own.dependencies:
        return f"not {service} itself: {service} depends on it"
    return f"not {service} itself: it stands in front of it"


def _numbered(title: str, wanted: Json) -> str:
    """A second change is told as one wherever its title stands."""
    number = int(wanted.get("attempt", 1))
    return f"attempt {number}: {title}" if number > 1 else title


def _known(settings: Settings, target: str) -> str:
    """A target comes from an alert's label; only names the operator wrote reach a command."""
    if settings.service(target) is None:
        raise Impossible(f"warroom.toml has no [[services]] named {target!r}")
    return target


def _checked(action: Action, params: dict[str, str]) -> dict[str, str]:
    for name, parameter in action.params.items():
        if name not in params:
            raise Impossible(f"{action.id} needs a value for {name}")
        if why := parameter.wrong(params[name]):
            raise Impossible(f"{action.id}: {name} = {params[name]!r} {why}")
        if params[name].startswith("-"):
            raise Impossible(f"{action.id}: {name} = {params[name]!r} would be read as an option")
    return {name: value for name, value in params.items() if name in action.params}


async def _pre_state(action: Action, root: Path, target: str) -> str:
    if not action.pre_state:
        return ""
    argv = filled(action.pre_state, {"service": target})
    try:
        found = await run(argv, root, variables(action.env), timeout=15.0)
    except SourceError as error:
        raise Impossible(f"the state of {target} cannot be read: {error}") from error
    if found.code:
        said = _safe(found.errors or found.text).strip().splitlines()
        raise Impossible(f"{shlex.join(argv)} ended with {found.code}: {said[-1] if said else ''}")
    told = _safe(found.text).strip()
    if action.needs_current and _first(told) != _first(found.text):
        why = f"{action.id} would put it into a command, which is shown and kept"
        raise Impossible(f"the state of {target} holds a secret or no plain text, and {why}")
    return told


def _first(printed: str) -> str:
    """What `{current}` stands for."""
    lines = printed.strip().splitlines()
    return lines[0].strip() if lines else ""


async def _dry_run(action: Action, root: Path, values: dict[str, str]) -> dict[str, Any]:
    if not action.dry_run:
        return {}
    try:
        argv = filled(action.dry_run, values)
        done = await run(argv, root, variables(action.env), timeout=30.0)
    except SourceError as error:
        return {"exit": -1, "output": _safe(str(error))}
    return {"exit": done.code, "output": _safe(done.text + done.errors).strip()[:4000]}


def _safe(printed: str) -> str:
    """A card is journalled and shown: no secrets, and nothing that moves a cursor."""
    return redact(clean(printed))[0]


def _feasibility(state: State) -> Json:
    return state.told("regression/feasibility")


def _why(state: State, action: Action, params: dict[str, str]) -> list[dict[str, Any]]:
    """The claims this change rests on: the indicators that hold, and the first suspect's.

    They speak of a regression; a change that takes none back has its strategy's rationale.
    """
    verdict = state.told("regression/verdict")
    claims = [item["why"] for item in verdict.get("indicators", ()) if item["holds"] == "yes"]
    for suspect in list(verdict.get("suspects", ()))[:1]:
        claims += list(suspect["why"])[:2]
    if action.kind in ISOLATING:
        seen = state.report("security/assessment") or {}
        claims = [seen["summary"], *seen.get("exposed", ())] if "summary" in seen else []
    elif action.kind != "rollback" and not _is_way(state, action, params):
        chosen = state.told("mitigation/strategy")
        claims = [chosen["rationale"]] if "rationale" in chosen else []
    return [
        {"text": str(claim["text"]), "evidence": _items(claim["evidence"])}
        for claim in claims
        if claim["evidence"]
    ]


def _is_way(state: State, action: Action, params: dict[str, str]) -> bool:
    """Whether this is the very change that was assessed as the way back, not one of its kind."""
    way = state.regression.get("way") or {}
    return (way.get("action"), dict(way.get("params") or {})) == (action.id, params)


def _items(cited: Iterable[str]) -> list[str]:
    """The items cited, each once, whatever lines of them."""
    return list(dict.fromkeys(str(one).split(":")[0] for one in cited))


def _fill(text: str, values: dict[str, str]) -> str:
    """Single pass, so that a value with braces in it is never filled again."""
    out, rest = "", text
    while "{" in rest:
        head, _, tail = rest.partition("{")
        name, closed, after = tail.partition("}")
        if not closed or name not in values:
            out, rest = out + head + "{", tail
            continue
        out, rest = out + head + values[name], after
    return out + rest
