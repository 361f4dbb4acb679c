"""What may be asked of an incident: the inputs of `handle`, past the trust boundary.

People's commands come over the runner's socket; the runner's own (reports, evidence, documents) are
made inside it. Both name what they refer to, so that no command depends on the order of arrival.
"""

from dataclasses import dataclass
from typing import Literal, get_args

from orchestrator.model.events import Actor, Json

Human = Literal[
    "ack", "note", "approve", "deny", "assess", "stop", "steer", "severity", "assign", "escalate",
    "hold", "step", "halt", "cancel", "undo", "choose", "hotfix", "resolve", "reopen", "close",
    "answer", "star", "sent", "send", "arrived",
    "declare", "coordinate", "freeze", "lift",
    "action", "ticket",
    "handoff", "accept", "decline", "away", "admit",
]  # fmt: skip
"""What a person may ask of an incident. The desk lets these in; the flow has a rule for each."""

HUMAN: tuple[str, ...] = get_args(Human)

TARGETS = ("tier2", "tier3", "management", "executive", "vendor")
"""To whom a person may escalate."""

STEPS = {
    "1": "detection",
    "1.5": "regression",
    "2": "triage",
    "3": "tiers",
    "4": "notify",
    "5": "root-cause",
    "6": "mitigation",
    "7": "review",
}
"""The steps of the flow by the number they have on the screen."""

OVERRIDES = ("start", "skip", "repeat")
"""What a person may do with a step."""


@dataclass(frozen=True, slots=True)
class Command:
    """One input. `id` is made once, where it was asked; a repeated delivery changes nothing."""

    id: str
    name: str
    at: float
    actor: Actor
    args: Json
