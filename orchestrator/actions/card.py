"""The approval card: exactly what would run, on what, with what undo, under one SHA-256.

Building it reads the target's state and does the dry run; it changes nothing. The hash covers the
argument list, the parameters, the target and the state it was found in, so an approval can never
be used for anything else.
"""

import asyncio
import getpass
import hashlib
import shlex
from pathlib import Path
from typing import Any

from orchestrator.environment import environment
from orchestrator.evidence.hygiene import clean
from orchestrator.evidence.redaction import redact
from orchestrator.evidence.sources.process import run
from orchestrator.evidence.sources.source import SourceError
from orchestrator.journal.lines import canonical
from orchestrator.model.events import Json
from orchestrator.model.state import State
from orchestrator.settings import Action, Settings


class Impossible(Exception):
    """This change cannot be offered; the message says why."""


def filled(parts: tuple[str, ...], values: dict[str, str]) -> list[str]:
    """The argument list with its placeholders filled; a value never becomes two arguments."""
    return [_fill(part, values) for part in parts]


def digest(card: Json) -> str:
    """SHA-256 of what will run: arguments, folder, parameters, target and pre-state."""
    bound = {key: card[key] for key in ("argv", "cwd", "params", "target", "pre_state", "timeout")}
    return hashlib.sha256(canonical(bound).encode()).hexdigest()


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
    action = _chosen(settings, state, str(wanted["kind"]))
    params = _checked(action, dict(wanted["params"]))
    target = _known(settings, action.service or state.service)
    before = await _pre_state(action, root, target)
    current = before.splitlines()[0].strip() if before.strip() else ""
    if "version" in params and current and current == params["version"]:
        raise Impossible(f"{target} already runs {current}: this change would do nothing")
    values = {"service": target, "current": current, **params}
    readable = {**values, "version": params.get("version", "")[:12], "current": current[:12]}
    card: dict[str, Any] = {
        "action": action.id,
        "kind": action.kind,
        "title": _fill(action.title, readable),
        "argv": filled(action.argv, values),
        "cwd": ".",
        "params": params,
        "target": target,
        "run_by": "devops-engineer",
        "as_user": await asyncio.to_thread(getpass.getuser),
        "blast": _fill(action.blast, readable),
        "blast_level": str(_feasibility(state).get("blast_radius", "UNKNOWN")),
        "pre_state": before,
        "dry_run": await _dry_run(action, root, values),
        "undo": filled(action.undo, values) if action.undo else [],
        "why": _why(state),
        "timeout": action.timeout,
        "risk": action.risk,
        "confirm": target if action.risk == "destructive" else "",
    }
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
    }
    card["sha256"] = digest(card)
    return card


def _chosen(settings: Settings, state: State, kind: str) -> Action:
    action = settings.way(kind, state.service)
    if action is None:
        raise Impossible(f"the catalogue in warroom.toml has no {kind} for {state.service}")
    return action


def _known(settings: Settings, target: str) -> str:
    """A target comes from an alert's label; only names the operator wrote reach a command."""
    if settings.service(target) is None:
        raise Impossible(f"warroom.toml has no [[services]] named {target!r}")
    return target


def _checked(action: Action, params: dict[str, str]) -> dict[str, str]:
    for name, parameter in action.params.items():
        if name not in params:
            raise Impossible(f"{action.id} needs a value for {name}")
        if not parameter.fits(params[name]):
            raise Impossible(
                f"{action.id}: {name} = {params[name]!r} does not fit {parameter.pattern}"
            )
        if params[name].startswith("-"):
            raise Impossible(f"{action.id}: {name} = {params[name]!r} would be read as an option")
    return {name: value for name, value in params.items() if name in action.params}


async def _pre_state(action: Action, root: Path, target: str) -> str:
    if not action.pre_state:
        return ""
    argv = filled(action.pre_state, {"service": target})
    try:
        found = await run(argv, root, environment(), timeout=15.0)
    except SourceError as error:
        raise Impossible(f"the state of {target} cannot be read: {error}") from error
    if found.code:
        said = _safe(found.errors or found.text).strip().splitlines()
        raise Impossible(f"{shlex.join(argv)} ended with {found.code}: {said[-1] if said else ''}")
    return _safe(found.text).strip()


async def _dry_run(action: Action, root: Path, values: dict[str, str]) -> dict[str, Any]:
    if not action.dry_run:
        return {}
    try:
        done = await run(filled(action.dry_run, values), root, environment(), timeout=30.0)
    except SourceError as error:
        return {"exit": -1, "output": _safe(str(error))}
    return {"exit": done.code, "output": _safe(done.text + done.errors).strip()[:4000]}


def _safe(printed: str) -> str:
    """A card is journalled and shown: no secrets, and nothing that moves a cursor."""
    return redact(clean(printed))[0]


def _feasibility(state: State) -> Json:
    return state.report("regression/feasibility") or {}


def _why(state: State) -> list[dict[str, Any]]:
    """The claims this change rests on: the indicators that hold, and the first suspect's."""
    verdict = state.report("regression/verdict") or {}
    claims = [item["why"] for item in verdict.get("indicators", ()) if item["holds"] == "yes"]
    for suspect in list(verdict.get("suspects", ()))[:1]:
        claims += list(suspect["why"])[:2]
    return [
        {"text": str(claim["text"]), "evidence": [str(e).split(":")[0] for e in claim["evidence"]]}
        for claim in claims
        if claim["evidence"]
    ]


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
