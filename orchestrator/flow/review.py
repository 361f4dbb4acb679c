"""Step 7, review: the record is completed, written, and the incident closed."""

from orchestrator.flow.decide import Incident, Pending
from orchestrator.flow.follow_up import track
from orchestrator.flow.notify import resolution_notice, settle
from orchestrator.model import events as ev
from orchestrator.model.deadlines import promises

REVIEW = "post-incident-review.md"


def review(i: Incident) -> None:
    for task in i.state.outstanding():
        if (
            task.step not in ("review", "notify", "deliver", "relapse")
            and task.key != "mitigation/resolution"
        ):
            i.emit(f"{task.id}/stopped-at-resolution", ev.StopRequested(task.key))
    settle(i)
    resolution_notice(i)
    if promises(i.policy, i.state).review is None or i.skipped("review"):
        if any(task.step == "relapse" for task in i.state.outstanding()):
            raise Pending  # the looks go on for a while: it may come back
        why = i.state.skipped.get("review") or f"no review is required at {i.state.severity}"
        i.status("CLOSED", why)
        return
    asked = (
        i.ask("review/pir", "incident-responder", "post-incident review"),
        i.ask("review/actions", "project-manager", "preventive actions"),
        i.ask("review/runbook", "reliability-engineer", "runbook update"),
        i.ask("review/knowledge", "reliability-engineer", "knowledge base article"),
    )
    track(i)
    i.all(*asked)
    written = i.state.documents.get(REVIEW)
    if written is None or written.at < i.state.resolved_at:
        raise Pending
    if i.state.status == "RESOLVED":
        i.status("REVIEWED", "the review is written")
    unsent = any(message.state in ("due", "sending") for message in i.state.messages.values())
    if i.state.outstanding() or unsent:
        raise Pending
    i.status("CLOSED", "reviewed")
