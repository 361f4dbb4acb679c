"""`approve` and `deny` from a shell: which card is meant, and what it would run."""

import argparse
import shlex
from typing import Any

from orchestrator.cli.tell import Refused, state_of
from orchestrator.evidence.hygiene import clean
from orchestrator.model.state import Approval, State
from orchestrator.project import IncidentFolder

_FURTHER = "\n" + " " * 9


def approve(
    args: argparse.Namespace, folder: IncidentFolder, fields: dict[str, Any]
) -> dict[str, Any]:
    approval = _meant(state_of(folder), args.approval)
    confirm = str(approval.card.get("confirm", ""))
    if len(args.sha256) < 12 or not approval.sha256.startswith(args.sha256.lower()):
        print(_card(approval))
        also = f" --confirm {confirm}" if confirm else ""
        raise Refused(f"to approve exactly this: --sha256 {approval.sha256[:12]}{also}")
    if confirm and args.confirm != confirm:
        print(_card(approval))
        raise Refused(f"this change is destructive; name its target: --confirm {confirm}")
    return {"approval": approval.approval, "sha256": approval.sha256, "text": args.confirm}


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


def _card(approval: Approval) -> str:
    """What would run, for someone who has only a shell."""
    card = approval.card
    rows = [
        ("title", approval.title),
        ("will run", shlex.join(str(part) for part in card["argv"])),
        ("on", str(card["target"])),
        ("risk", f"{approval.risk}, {card['blast']}"),
        ("before", str(card["pre_state"])),
        ("undo", shlex.join(str(part) for part in card["undo"]) or "none"),
        ("why", "; ".join(f"{w['text']} {w['evidence']}" for w in card["why"])),
        ("sha-256", approval.sha256),
    ]
    # a value of several lines must not look like rows of its own
    return "\n".join(f"{name:<9}{clean(value).replace(chr(10), _FURTHER)}" for name, value in rows)
