"""The completion report as plain text: what the terminal prints at the end, and its file encloses.

Every line is computed from the state; what nobody knows reads UNKNOWN.
"""

import shlex

from orchestrator.clock import iso
from orchestrator.documents.catalogue import Document, catalogue, ended
from orchestrator.documents.inert import plain
from orchestrator.documents.meeting import meeting
from orchestrator.documents.prevention import prevention
from orchestrator.documents.sheet import UNKNOWN, Sheet, answered, percent, unknown
from orchestrator.documents.slo import failed_share, measured
from orchestrator.model.deadlines import promises
from orchestrator.model.durations import durations, words
from orchestrator.model.gates import REGISTER
from orchestrator.model.messages import EXECUTIVE, MANAGEMENT
from orchestrator.model.policy import in_hours, in_time, promise_ends
from orchestrator.model.records import Approval
from orchestrator.model.resting import needs_override
from orchestrator.model.sending import words_to
from orchestrator.model.state import State
from orchestrator.model.wording import document_name

RULE = "─" * 61
STATUSES = {"RESOLVED": "RESOLVED", "PARTIALLY_RESOLVED": "PARTIALLY RESOLVED"}


def completion(state: State) -> str:
    """The report in the form of the incident flow's closing box."""
    over = not state.open
    title = "Complete" if over else "Not Complete"
    parts = [
        RULE,
        f"Incident Response {title}: {state.incident}",
        RULE,
        *_overall(state),
        "",
        "Resolution Summary:",
        *_summary(state),
        "",
        "Response Metrics:",
        *_metrics(state),
        "",
        "Escalation Path Executed:",
        *_path(state),
        "",
        "Artifacts Generated:",
        *_artifacts(state),
        "",
        "Next Steps:",
        *(f"- {step}" for step in next_steps(state)),
        RULE,
    ]
    return "\n".join(parts)


def _overall(state: State) -> list[str]:
    took = durations(state).resolution
    return [
        f"Overall Status: {overall(state)}",
        f"Severity: {state.severity or UNKNOWN}",
        f"Duration: {words(took)} (Detection → Resolution)",
        f"Resolution SLA: {sla(state)}",
    ]


def overall(state: State) -> str:
    """The resolution in words; an incident without one is what its status says."""
    if not state.resolution:
        return state.status or UNKNOWN
    return STATUSES.get(state.resolution, "NOT RESOLVED")


def sla(state: State) -> str:
    """MET, MISSED by how much, or why there is neither."""
    limit, policy = promises(state.policy, state).resolve, state.policy
    if limit is None:
        return f"none at {state.severity}"
    promised = f"promised within {words(limit)}"
    if in_hours(policy, state.severity):
        promised += " in business hours"
    took, begun = durations(state).resolution, state.detected_at
    if took is None:
        return f"not resolved yet ({promised})"
    if in_time(policy, state.severity, begun, took, limit):
        return f"MET ({promised})"
    late = begun + took - promise_ends(policy, state.severity, begun, limit)
    return f"MISSED by {words(late)}"


def _summary(state: State) -> list[str]:
    users, share = Sheet(state).affected, failed_share(state)
    users = answered(state, "Affected users") or UNKNOWN if unknown(users) else users
    failed = f", {percent(share)} of requests failed {measured(state)}" if share else ""
    hit = f"users hit: {users}{failed}"
    action = state.resolution_action
    if not action:
        action = "none: the service recovered by itself" if state.resolution else UNKNOWN
    return [
        f"- Root Cause: {root_cause(state)}",
        f"- Mitigation: {plain(action)}",
        f"- User Impact: {plain(hit)}, downtime {words(durations(state).downtime)}",
    ]


def root_cause(state: State) -> str:
    """The cause in one sentence, with how sure anyone may be of it."""
    if not state.cause:
        return UNKNOWN
    verdict = str(state.cause["verdict"])
    if verdict == "INCONCLUSIVE":
        return f"INCONCLUSIVE: {plain(str(state.cause['why']))}"
    return f"{plain(str(state.cause['statement']))} ({verdict})"


def _metrics(state: State) -> list[str]:
    took, promised = durations(state), promises(state.policy, state)
    rows = (
        ("Detection Time", took.detection, state.policy.detection_target),
        ("Acknowledgment", took.acknowledgement, promised.acknowledge),
        ("Time to Engage", took.engagement, promised.engage),
        ("Time to Resolve", took.resolution, promised.resolve),
    )
    return [
        f"- {name}: {words(length)} (SLA: {'none' if limit is None else f'within {words(limit)}'})"
        for name, length, limit in rows
    ]


def _path(state: State) -> list[str]:
    names = {1: "On-call engineer", 2: "Component owner", 3: "Architecture"}
    top = max(state.tiers, default=0)
    lines = [
        f"✓ Tier {tier}: {names.get(tier, '')} {plain(state.tiers[tier].who)} → "
        + ("escalated" if tier < top else "resolved" if state.resolved_at else "engaged")
        for tier in sorted(state.tiers)
    ]
    if 2 not in state.tiers:
        lines.append("⊘ Tier 2: not required")
    if 3 not in state.tiers:
        lines.append("⊘ Tier 3: not required")
    for first, label in ((MANAGEMENT, "Management"), (EXECUTIVE, "Executive")):
        for number, path in enumerate(words_to(state, first), start=1):
            again = f" {number}" if number > 1 else ""
            lines.append(_told(state, path, f"{label} notification{again}"))
    return lines


def _told(state: State, path: str, label: str) -> str:
    message = state.messages.get(path)
    if message is None:
        return f"⊘ {label}: not required"
    if message.state == "sent":
        return f"✓ {label}: sent {iso(message.at)[:19]}Z by {plain(message.by)}"
    if message.state == "not_required":
        return f"⊘ {label}: not required, {plain(message.why)}"
    mark, why = ("▲", "due, not sent") if message.state == "due" else ("⏳", "drafted, not due")
    return f"{mark} {label}: {why}"


def _artifacts(state: State) -> list[str]:
    """By what can be written, not by what was: the report is one of the documents itself."""
    lines: list[str] = []
    for document in catalogue(state):
        reason = document.not_required(state)
        if reason and (document.path in state.messages or not document.ready(state)):
            lines.append(f"⊘ {document.title}: not required, {plain(reason)}")
        elif document.ready(state):
            lines.append(f"- {document.title} ({_short(document)})")
        else:
            lines.append(f"- {document.title}: missing")
    return lines


def _short(document: Document) -> str:
    """Its path. An entry's number is the folder's to give, so the report names its folder."""
    return REGISTER.rstrip("/") if document.path.startswith(REGISTER) else document.path


def next_steps(state: State) -> list[str]:
    """What a person does now, each step with its time where there is one."""
    steps: list[str] = []
    if state.stopped:
        steps.append("Record an assessment: changes are locked until then")
    steps += [decide(state, approval) for approval in state.approvals.values() if approval.open]
    for message in state.messages.values():
        if message.state == "due":
            steps.append(f"Send the {document_name(message.path)}: it is due ({message.path})")
    met = meeting(state)
    if met is not None and "review" not in state.skipped:
        when = iso(met.start)[:16].replace("T", " ")
        by = iso(met.by)[:16].replace("T", " ")
        steps.append(
            f"Hold the review meeting {when} UTC (promised by {by}): pir-meeting-invite.ics"
        )
    elif promises(state.policy, state).review is None:
        steps.append(f"No review meeting is required at {state.severity}")
    if state.questions:
        count = len(state.questions)
        steps.append(f"Answer {count} open question{'s' if count > 1 else ''}")
    if state.cause.get("verdict") not in ("CONFIRMED", None):
        steps.append(_unsure(state))
    if state.cause.get("culprit") and state.resolution_action:
        steps.append(f"Fix or revert {str(state.cause['culprit'])[:12]} before the next release")
    steps += _after_review(state)
    return steps


def decide(state: State, approval: Approval) -> str:
    """A change that waits, with the command that approves exactly it."""
    verb = ["warroom", "approve", state.incident, approval.approval]
    typed = str(approval.card.get("confirm", ""))
    words = [*verb, "--sha256", approval.sha256[:12], *(["--confirm", typed] if typed else [])]
    words += ["--override", "WHY"] if needs_override(approval.card) else []
    return (
        f"Decide about {plain(approval.title)}, until {iso(approval.expires)[:19]}Z: "
        f"{shlex.join(words)} (or warroom deny)"
    )


def _unsure(state: State) -> str:
    if state.cause["verdict"] == "LIKELY":
        return "Confirm the root cause: it is likely, not confirmed"
    return "Find the root cause: it is not known"


def _after_review(state: State) -> list[str]:
    steps: list[str] = []
    actions = [action for span in prevention(state) for action in span.actions]
    bare = [action for action in actions if action.status == "Open" and not action.ticket]
    if bare:
        many = len(bare) > 1
        count = f"{len(bare)} preventive action{'s' * many}"
        ticket = "a ticket for each of" if many else "a ticket for"
        steps.append(f"Create {ticket} {count}: warroom tickets {state.incident}")
    if actions:
        lost = sum(1 for action in actions if unknown(action.owner))
        if lost:
            steps.append(f"Name an owner for {lost} of them")
    elif ended(state, "review/pir"):
        steps.append("Name an owner and a date for each improvement of the review")
    if ended(state, "review/runbook"):
        steps.append("Apply the runbook update: runbook-update-recommendation.md")
    if ended(state, "review/knowledge"):
        steps.append("Publish the article: knowledge-base-article.md")
    return steps
