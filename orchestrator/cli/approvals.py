"""`approve` and `deny` from a shell: which card is meant, and what it would run."""

import argparse
from typing import Any

from orchestrator.cli.tell import Refused, state_of
from orchestrator.model.state import Approval, State
from orchestrator.project import IncidentFolder


def approve(
    args: argparse.Namespace, folder: IncidentFolder, fields: dict[str, Any]
) -> dict[str, Any]:
    approval = _meant(state_of(folder), args.approval)
    if len(args.sha256) < 12 or not approval.sha256.startswith(args.sha256.lower()):
        print(_card(approval))
        raise Refused(f"to approve exactly this: --sha256 {approval.sha256[:12]}")
    return {"approval": approval.approval, "sha256": approval.sha256}


def deny(
    args: argparse.Namespace, folder: IncidentFolder, fields: dict[str, Any]
) -> dict[str, Any]:
    return {"approval": _meant(state_of(folder), args.approval).approval, "why": args.why}


def _meant(state: State, name: str) -> Approval:
    """The approval that was named, or the only one that waits. Refused when it is unclear."""
    waiting = [approval for approval in state.approvals.values() if approval.open]
    if name in state.approvals:
        return state.approvals[name]
    if not name and len(waiting) == 1:
        return waiting[0]
    known = ", ".join(approval.approval for approval in waiting) or "none"
    raise Refused(f"say which approval; waiting: {known}")


def _card(approval: Approval) -> str:
    """What would run, for someone who has only a shell."""
    card = approval.card
    rows = [
        ("title", approval.title),
        ("will run", " ".join(str(part) for part in card["argv"])),
        ("on", str(card["target"])),
        ("risk", f"{approval.risk}, {card['blast']}"),
        ("before", str(card["pre_state"])),
        ("undo", " ".join(str(part) for part in card["undo"]) or "none"),
        ("why", "; ".join(f"{w['text']} {w['evidence']}" for w in card["why"])),
        ("sha-256", approval.sha256),
    ]
    return "\n".join(f"{name:<9}{value}" for name, value in rows)
