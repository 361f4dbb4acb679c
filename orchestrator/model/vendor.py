"""What is known of a vendor that was asked: since when it is waited for, and its answer."""

from orchestrator.model.state import State

ASKED = "vendor/ask"
"""Key of the task that writes down what to ask, and whom."""

ANSWER = "vendor answer"
"""The open question, and the deadline of its answer."""


def asked_at(state: State) -> float:
    """When a person escalated to the vendor; 0 where nobody did."""
    task = state.tasks.get(ASKED)
    return task.requested_at if task is not None else 0.0
