"""`approve` and `deny` from a shell: which card is meant, and what it would run."""

import argparse
import shlex
from typing import Any

from orchestrator.cli.tell import Refused, state_of
from orchestrator.evidence.hygiene import clean
from orchestrator.model.differences import differences
from orchestrator.model.events import Json
from orchestrator.model.records import Approval
from orchestrator.model.resting import ground, is_reason, needs_override, spoken
from orchestrator.model.state import State
from orchestrator.model.two_persons import progress
from orchestrator.model.wording import time_of_day
from orchestrator.project import IncidentFolder

_FURTHER = "\n" + " " * 9


def approve(
    args: argparse.Namespace, folder: IncidentFolder, fields: dict[str, Any]
) -> dict[str, Any]:
    state = state_of(folder)
    approval = _meant(state, args.approval)
    confirm = str(approval.card.get("confirm", ""))
    if len(args.sha256) < 12 or not approval.sha256.startswith(args.sha256.lower()):
        print(shown(approval, state))
        also = f" --confirm {confirm}" if confirm else ""
        also += ' --override "WHY"' if needs_override(approval.card) else ""
        raise Refused(f"to approve exactly this: --sha256 {approval.sha256[:12]}{also}")
    if confirm and args.confirm != confirm:
        print(shown(approval, state))
        raise Refused(f"this change is destructive; name its target: --confirm {confirm}")
    said = {"approval": approval.approval, "sha256": approval.sha256, "text": args.confirm}
    if needs_override(approval.card) and not is_reason(args.override):
        print(shown(approval, state))
        raise Refused("this change rests on one source; say why that is enough: --override TEXT")
    return said | ({"override": args.override} if args.override.strip() else {})


def deny(
    args: argparse.Namespace, folder: IncidentFolder, fields: dict[str, Any]
) -> dict[str, Any]:
    if not args.why.strip():
        raise Refused("say why it is denied: --why TEXT")
    return {"approval": _meant(state_of(folder), args.approval).approval, "why": args.why}


def _meant(state: State, name: str) -> Approval:
    """The approval that was named, or the only one that waits. Refused when that is none."""
    waiting = [approval for approval in state.approvals.values() if approval.open]
    names = ", ".join(approval.approval for approval in waiting)
    if name and name not in state.approvals:
        raise Refused(f"there is no approval {name!r}; waiting: {names or 'none'}")
    if name:
        return state.approvals[name]
    if not waiting:
        raise Refused(f"nothing waits for a decision in {state.incident}")
    if len(waiting) > 1:
        raise Refused(f"say which approval; waiting: {names}")
    return waiting[0]


def shown(approval: Approval, state: State) -> str:
    """The whole card, for someone who has only a shell."""
    card = approval.card
    rows = [
        ("title", approval.title),
        ("will run", shlex.join(str(part) for part in card["argv"])),
        *_how(card),
        ("on", str(card["target"])),
        *_one("", card.get("beside")),
        ("run by", f"{card.get('run_by', approval.role)} as {card.get('as_user', 'UNKNOWN')}"),
        *_one("persons", progress(approval, state.policy)),
        *_one("by whom", ", ".join(card.get("may_approve", ()))),
        *((("rests on", f"{weak}; it needs an override"),) if (weak := ground(card)) else ()),
        *(("speaks", f"to agents, not followed: {line}") for line in spoken(card)),
        ("risk", f"{approval.risk}, {card['blast']}"),
        ("before", str(card["pre_state"])),
        *_rehearsed(card),
        ("undo", shlex.join(str(part) for part in card["undo"]) or "none"),
        ("why", "; ".join(f"{w['text']} {w['evidence']}" for w in card["why"])),
        *(("warning", told.words) for told in differences(state)),
        *_one("to type", card.get("confirm")),
        ("expires", f"at {time_of_day(approval.expires)}"),
        ("sha-256", approval.sha256),
    ]
    # a value of several lines must not look like rows of its own
    return "\n".join(f"{name:<9}{clean(value).replace(chr(10), _FURTHER)}" for name, value in rows)


Rows = tuple[tuple[str, str], ...]


def _one(name: str, value: object) -> Rows:
    return ((name, str(value)),) if value else ()


def _how(card: Json) -> Rows:
    """Where it runs, how long it may, what it sees, what is looked at after it."""
    where = "in the project's folder" if card.get("cwd", ".") == "." else f"in {card['cwd']}"
    cut = f", ended after {card['timeout']:g} s" if card.get("timeout") else ""
    values = ", ".join(f"{name} = {value}" for name, value in card.get("params", {}).items())
    return (
        ("", f"{where}{cut}"),
        *_one("values", values),
        *_one("sees", ", ".join(card.get("env", ()))),
        *_one("probes", ", ".join(card.get("probes", ()))),
    )


def _rehearsed(card: Json) -> Rows:
    dry = card.get("dry_run")
    if not dry:
        return (("dry run", "none"),)
    return (("dry run", f"exit {dry['exit']}\n{dry['output']}".rstrip()),)
