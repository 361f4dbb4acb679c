"""What may be asked of an incident: the inputs of `handle`, past the trust boundary.

People's commands come over the runner's socket; the runner's own (reports, evidence, documents) are
made inside it. Both name what they refer to, so that no command depends on the order of arrival.
"""

from dataclasses import dataclass

from orchestrator.model.events import Actor, Json

HUMAN = (
    *("ack", "note", "approve", "deny", "assess", "stop", "steer", "severity", "assign"),
    *("escalate", "hold", "step", "halt", "undo", "resolve", "reopen", "close", "answer"),
    *("star", "sent"),
)
"""Names a person may use."""


@dataclass(frozen=True, slots=True)
class Command:
    """One input. `id` is made once, where it was asked; a repeated delivery changes nothing."""

    id: str
    name: str
    at: float
    actor: Actor
    args: Json
