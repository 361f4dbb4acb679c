"""A simulated engineer for drills: what somebody on call would do now, given what is on screen.

It knows only the incident's state, never the drill's truth, and it works in drills alone.
"""

import json
import tomllib
from pathlib import Path
from typing import Any

from orchestrator.flow.security import SIGN_OFF
from orchestrator.model.change_kinds import ISOLATING
from orchestrator.model.events import Json
from orchestrator.model.records import Approval
from orchestrator.model.resting import ground, needs_override
from orchestrator.model.state import State
from orchestrator.project import Project

ACKNOWLEDGES_AFTER = 2.0
"""Seconds from detection until the page has been read."""

READS_FOR = 1.0
"""Seconds a card is read before it is decided."""


APPROVED = frozenset(
    (
        "rollback",
        "configuration",
        "restart",
        "database-repair",
        "workaround",
        "block-address",
        "silence",
    )
)
"""Kinds that somebody on call decides alone; the others are for whoever owns the outage."""

BACK = frozenset(("rollback", "redeploy", "revert"))
"""Kinds that are not tried again once one of them has failed."""


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
    commands = [*_note(state), *_messages(state, now), *_signed(state)]
    if state.stopped:
        return [*commands, {"cmd": "assess", "text": assessment(state)}]
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


def _signed(state: State) -> list[dict[str, Any]]:
    """Forensics of the drill sign off once the intruder is kept out and evidence was kept."""
    if SIGN_OFF not in state.questions or SIGN_OFF in state.answers:
        return []
    out = [
        task
        for task in state.tasks.values()
        if task.kind == "action"
        and task.outcome == "done"
        and task.report.get("exit") == 0
        and task.inputs["card"].get("kind") in ISOLATING
    ]
    if not out or state.report("security/preserve") is None:
        return []
    text = f"The drill's forensics: evidence is kept, and this was done: {out[0].title}."
    return [{"cmd": "answer", "field": SIGN_OFF, "text": text}]


def _decision(state: State, approval: Approval) -> list[dict[str, Any]]:
    """Approve what the card shows, or deny it and say why."""
    objection = objection_to(state, approval)
    if objection:
        return [{"cmd": "deny", "approval": approval.approval, "why": objection}]
    return [{"cmd": "approve", "approval": approval.approval, "sha256": approval.sha256}]


def assessment(state: State) -> str:
    """What the state shows of a line that was stopped, and what follows from it."""
    failing = [str(check["name"]) for check in state.checks if check.get("state") == "fail"]
    cause = str(state.cause.get("statement") or "not known")
    words = [
        f"The line was stopped: {state.stopped.rstrip('.')}.",
        f"Checks that fail: {', '.join(failing)}." if failing else "",
        f"Cause so far: {cause.rstrip('.')} ({state.cause.get('verdict', 'INCONCLUSIVE')}).",
        "Nothing is taken back a second time; another change has to rest on new evidence.",
    ]
    return " ".join(filter(None, words))


def objection_to(state: State, approval: Approval) -> str:
    """What speaks against the card; empty when somebody on call would approve it."""
    card = approval.card
    kind = str(card.get("kind", ""))
    if not approval.sha256 or card.get("sha256") != approval.sha256:
        return "the card does not carry the hash that would be approved"
    if kind not in APPROVED:
        return f"{approval.action} is for somebody else to decide ({kind or 'no kind'})"
    if approval.risk == "destructive" or card.get("confirm"):
        return "a destructive change needs a person"
    if kind in BACK and state.assessment:
        return "going back has failed once; a second time would be blind"
    if needs_override(card):
        return f"it rests on {ground(card)}; a person has to override that"
    if card.get("target", state.service) != state.service and not card.get("beside"):
        return f"{card.get('target')} is not the service in trouble, nor next to it"
    return _unclear(card, kind)


def _unclear(card: Json, kind: str) -> str:
    """What the card fails to show of the change it stands for."""
    argv = [str(part) for part in card.get("argv", ())]
    params = {str(value) for value in dict(card.get("params", {})).values()}
    versioned = kind in ("rollback", "configuration")
    if not argv or not params <= set(argv) or (versioned and not params):
        return (
            "the card does not show which version would run"
            if versioned
            else ("the card does not show what would run")
        )
    rehearsal = card.get("dry_run") or {}
    if kind != "rollback" and "exit" not in rehearsal:
        return "there was no dry run"
    return "the dry run failed" if rehearsal.get("exit", 0) != 0 else ""
