"""Nothing to offer: the service is watched, it may recover by itself, and a person is asked."""

from orchestrator.flow.attempt import decide_resolution, resolved
from orchestrator.flow.decide import Incident, Pending
from orchestrator.flow.security import SIGN_OFF


def watch(i: Incident) -> None:
    """Look for a recovery without a change, and ask a human meanwhile."""
    if i.state.stopped:
        raise Pending
    if "security" in i.state.exceptions and SIGN_OFF not in i.state.answers:
        raise Pending  # numbers that look well say nothing of who is inside
    number = 1
    while f"mitigation/watch@{number}" in i.state.tasks:
        task = i.state.tasks[f"mitigation/watch@{number}"]
        if task.running:
            raise Pending
        earlier = task.requested_at < i.state.reopened_at
        if task.outcome == "done" and not task.report["gave_up"] and not earlier:
            decide_resolution(i, f"watch/{number}", task.report, "")
            resolved(i)
            return
        number += 1
    clock = i.state.deadlines.get("watch")
    if clock is not None and clock.counting:
        raise Pending
    if not any(approval.decision == "denied" for approval in i.state.approvals.values()):
        i.question("mitigation", "No change in the catalogue fits. What should be done?")
    i.ask(
        f"mitigation/watch@{number}",
        "reliability-engineer",
        "watch for a recovery",
        kind="probe",
        inputs={"action": ""},
    )
    raise Pending
