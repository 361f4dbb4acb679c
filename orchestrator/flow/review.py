"""Step 7, review: the post-incident review is drafted, written, and the incident closed."""

from orchestrator.flow.decide import Incident, Pending
from orchestrator.model import events as ev
from orchestrator.model.deadlines import promises

REVIEW = "post-incident-review.md"


def review(i: Incident) -> None:
    for task in i.state.outstanding():
        if task.step != "review":
            i.emit(f"{task.id}/stopped-at-resolution", ev.StopRequested(task.key))
    if promises(i.policy, i.state).review is None:
        i.status("CLOSED", f"no review is required at {i.state.severity}")
        return
    i.task("review/pir", "incident-responder", "post-incident review")
    if REVIEW not in i.state.documents:
        raise Pending
    if i.state.status == "RESOLVED":
        i.status("REVIEWED", "the review is written")
    if i.state.outstanding():
        raise Pending
    i.status("CLOSED", "reviewed")
