"""A simulated engineer for drills: what somebody on call would do now, given what is on screen.

It knows only the incident's state, never the drill's truth, and it works in drills alone.
"""

import json
import tomllib
from pathlib import Path
from typing import Any

from orchestrator.model.state import Approval, State
from orchestrator.project import Project

ACKNOWLEDGES_AFTER = 2.0
"""Seconds from detection until the page has been read."""

READS_FOR = 1.0
"""Seconds a card is read before it is decided."""


class DrillOnly(Exception):
    """The autopilot was pointed at something that is no drill."""


def require_drill(root: Path) -> None:
    """DrillOnly unless both marks say drill: the settings' word and the mark in the project."""
    project = Project(root)
    try:
        settings = tomllib.loads(project.settings.read_text("utf-8"))
        said = settings.get("project", {}).get("drill") is True
        home = Path(str(json.loads(project.drill_mark.read_text("utf-8"))["home"]))
        marked = (home / "project").resolve() == root.resolve()
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        said = marked = False
    if not (said and marked):
        raise DrillOnly(
            f"{root} is not the project of a drill: the autopilot decides nothing elsewhere;"
            " acknowledge and approve by hand"
        )


def decide(state: State, now: float) -> list[dict[str, Any]]:
    """The commands a person would give at this moment; often none. DrillOnly outside of drills."""
    if not state.drill:
        raise DrillOnly(
            f"{state.incident or 'this incident'} is no drill: the autopilot decides nothing here"
        )
    if not state.open:
        return _messages(state, now)
    if not state.acknowledged_at:
        due = state.detected_at + ACKNOWLEDGES_AFTER
        return [{"cmd": "ack"}] if now >= due else []
    commands = [*_note(state), *_messages(state, now)]
    for approval in state.approvals.values():
        if approval.open and approval.requested_at + READS_FOR <= now < approval.expires:
            commands += _decision(state, approval)
    return commands


def _messages(state: State, now: float) -> list[dict[str, Any]]:
    """What is due is sent, into the drill's own channel: nobody outside hears of a drill."""
    return [
        {"cmd": "sent", "path": text.path, "channel": "the drill's channel"}
        for text in state.messages.values()
        if text.state == "due" and now >= text.at + READS_FOR and state.status != "CLOSED"
    ]


def _note(state: State) -> list[dict[str, Any]]:
    """One sentence for the timeline, as soon as there is something to say."""
    judged = state.regression
    if state.notes or not judged:
        return []
    suspect = str(judged.get("culprit", ""))
    known = f"suspect {suspect[:7]}" if suspect and suspect != "none" else "no suspect commit yet"
    verdict = str(judged.get("verdict", "UNKNOWN")).replace("_", " ")
    text = f"Looking at {state.service}: regression triage says {verdict}, {known}."
    return [{"cmd": "note", "text": text}]


def _decision(state: State, approval: Approval) -> list[dict[str, Any]]:
    """Approve what the card shows, or deny it and say why; while the line is stopped, neither."""
    if state.stopped:
        return []
    objection = objection_to(state, approval)
    if objection:
        return [{"cmd": "deny", "approval": approval.approval, "why": objection}]
    return [{"cmd": "approve", "approval": approval.approval, "sha256": approval.sha256}]


def objection_to(state: State, approval: Approval) -> str:
    """What speaks against the card; empty when it is a plain rollback of the service in trouble."""
    card = approval.card
    argv = [str(part) for part in card.get("argv", ())]
    params = {str(value) for value in dict(card.get("params", {})).values()}
    rehearsal = card.get("dry_run") or {}
    if not approval.sha256 or card.get("sha256") != approval.sha256:
        return "the card does not carry the hash that would be approved"
    if card.get("kind") != "rollback":
        return f"{approval.action} is not a rollback"
    if approval.risk == "destructive" or card.get("confirm"):
        return "a destructive change needs a person"
    if card.get("target", state.service) != state.service:
        return f"{card.get('target')} is not the service in trouble"
    if not argv or not params or not params <= set(argv):
        return "the card does not show which version would run"
    if isinstance(rehearsal, dict) and rehearsal.get("exit", 0) != 0:
        return "the dry run failed"
    return ""
