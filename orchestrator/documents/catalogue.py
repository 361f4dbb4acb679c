"""The documents of an incident: when each can be written, and why one never will be."""

import re
from collections.abc import Callable
from dataclasses import dataclass

from orchestrator.clock import iso
from orchestrator.model.deadlines import promises
from orchestrator.model.gates import REGISTER
from orchestrator.model.messages import (
    EXECUTIVE,
    MANAGEMENT,
    NOTICE,
    STATUS_PAGE,
    first_of,
    further_number,
    update_number,
)
from orchestrator.model.records import Task
from orchestrator.model.state import State

SUMMARY = ".aiwg/regression/regression-register-summary.md"
"""Written from all entries of the register, whichever incident made them."""

REGRESSIONS = ("CONFIRMED", "LIKELY")
"""Verdicts that are kept in the register."""


@dataclass(frozen=True, slots=True)
class Document:
    """One file and what it is made from: a template of its own path, or a writer by name."""

    path: str
    title: str
    ready: Callable[[State], bool]
    """true once there is something true to write"""
    not_required: Callable[[State], str]
    """why it will never be written; empty while it may be"""
    as_of: str = ""
    """work at whose end it was sent out: later facts do not change it any more"""
    source: str = ""
    """its template, where that is not named after the path"""
    subject: str = ""
    """key of the one piece of work it is about"""
    place: str = "incident"
    """whose folder the path starts in: incident | project"""

    @property
    def template(self) -> str:
        return self.source or f"{self.path}.j2"


def ended(state: State, key: str) -> bool:
    """True when work under this key (or a repeat of it) has ended and none of it runs."""
    tasks = [task for name, task in state.tasks.items() if name.split("@")[0] == key]
    return bool(tasks) and not any(task.running for task in tasks)


def executed(state: State) -> list[Task]:
    """Changes that were really carried out, in the order they ended."""
    ran = [
        task
        for task in state.tasks.values()
        if task.kind == "action" and not task.running and not task.report.get("drifted")
    ]
    return sorted(ran, key=lambda task: (task.finished_at, task.key))


def registered(state: State) -> str:
    """The incident's entry of the register; the first of its day while it has none."""
    known = (p for p in state.documents if p.startswith(REGISTER) and p.endswith(".yaml"))
    return next(known, f"{REGISTER}REG-{iso(state.detected_at)[:10]}-1.yaml")


def is_regression(state: State) -> bool:
    return state.regression.get("verdict") in REGRESSIONS


def _after(key: str) -> Callable[[State], bool]:
    return lambda state: ended(state, key)


def _begun(state: State) -> bool:
    return bool(state.incident)


def _over(state: State) -> bool:
    return state.status in ("REVIEWED", "CLOSED")


def _always(state: State) -> str:
    return ""


def _unless_over(why: str) -> Callable[[State], str]:
    """Not required once the incident is over without it."""
    return lambda state: why if _over(state) else ""


def _tier(tier: int) -> Callable[[State], str]:
    def why(state: State) -> str:
        if tier in state.tiers or state.open:
            return ""
        below = tier - 1
        return (
            f"tier {tier} was not engaged: tier {below} found no reason to, and its time did not "
            "run out"
        )

    return why


def _message(path: str, audience: str) -> Callable[[State], str]:
    """What never fell due is not required, for the reason the journal gives."""

    def why(state: State) -> str:
        message = state.messages.get(path)
        if message is not None:
            return message.why if message.state == "not_required" else ""
        return f"nothing called for {audience}" if _over(state) else ""

    return why


def _review(state: State) -> str:
    if "review" in state.skipped:
        return f"skipped by a person: {state.skipped['review']}"
    if promises(state.policy, state).review is not None:
        return ""
    return f"no review is required at {state.severity}"


def _meets(state: State) -> bool:
    return bool(state.resolved_at) and not _review(state)


def _escalated(state: State) -> bool:
    tried = state.escalations or state.held or state.exceptions
    told = any(message.state != "not_required" for message in state.messages.values())
    return bool(tried) or told or max(state.tiers, default=0) > 1


def _unregistered(state: State) -> str:
    verdict = str(state.regression.get("verdict", "")).replace("_", " ")
    if verdict and not is_regression(state):
        return f"the verdict is {verdict}; the register holds CONFIRMED and LIKELY"
    return "the changes were not judged before the incident ended" if _ended(state) else ""


def _ended(state: State) -> bool:
    return _over(state) and not state.regression


CATALOGUE: tuple[Document, ...] = (
    Document("incident-record.md", "Incident record", _begun, _always),
    Document("timeline.md", "Timeline", _begun, _always),
    Document(
        "communications/initial-alert.md",
        "Initial alert",
        _after("detect/alert"),
        _unless_over("the incident ended before an alert was drafted"),
        as_of="detect/alert",
    ),
    Document(
        "regression-analysis.md",
        "Regression analysis",
        lambda state: bool(state.regression),
        _unless_over("the changes were not judged before the incident ended"),
    ),
    Document(
        "triage-assessment.md",
        "Triage assessment",
        lambda state: bool(state.impact),
        _unless_over("the incident ended before triage"),
    ),
    Document(
        "diagnostics/tier1-data.md",
        "Tier 1 data",
        _after("tier1/data"),
        _unless_over("tier 1 did not begin before the incident ended"),
    ),
    Document(
        "diagnostics/tier2-analysis.md", "Tier 2 analysis", _after("tier2/analysis"), _tier(2)
    ),
    Document(
        "diagnostics/tier3-architecture-assessment.md",
        "Tier 3 architecture assessment",
        _after("tier3/architecture"),
        _tier(3),
    ),
    Document(
        MANAGEMENT,
        "Management notification",
        _after("notify/management"),
        _message(MANAGEMENT, "management"),
    ),
    Document(
        EXECUTIVE,
        "Executive notification",
        _after("notify/executive"),
        _message(EXECUTIVE, "executives"),
    ),
    Document(
        STATUS_PAGE,
        "Status page update",
        _after("notify/status-page"),
        _message(STATUS_PAGE, "a public word"),
    ),
    Document(
        "communications/escalation-log.md",
        "Escalation log",
        _escalated,
        _unless_over("nothing was escalated"),
    ),
    Document(
        "root-cause-analysis.md",
        "Root cause analysis",
        lambda state: bool(state.cause),
        _unless_over("the incident ended before its cause was analysed"),
    ),
    Document(
        "mitigation-report.md",
        "Mitigation report",
        lambda state: ended(state, "mitigation/strategy") or bool(executed(state)),
        _unless_over("the service recovered before a mitigation was chosen"),
    ),
    Document(
        NOTICE,
        "Resolution notification",
        _after("mitigation/resolution"),
        _message(NOTICE, "a resolution notice"),
    ),
    Document("pir-meeting-invite.md", "Review meeting", _meets, _review),
    Document("pir-meeting-invite.ics", "Review meeting, for calendars", _meets, _review),
    Document("post-incident-review.md", "Post-incident review", _after("review/pir"), _review),
    Document("preventive-actions.md", "Preventive actions", _after("review/actions"), _review),
    Document(
        "runbook-update-recommendation.md",
        "Runbook update recommendation",
        _after("review/runbook"),
        _review,
    ),
    Document(
        "knowledge-base-article.md", "Knowledge base article", _after("review/knowledge"), _review
    ),
    Document("completion-report.md", "Completion report", _over, _always),
)
"""Those of every incident; `catalogue` adds the ones a single incident brings."""


def catalogue(state: State, register: str = "") -> tuple[Document, ...]:
    """All documents of one incident. `register` names its entry where that is not journalled."""
    return (
        *CATALOGUE,
        *_handoffs(state),
        *_further(state),
        *_updates(state),
        *_records(state),
        *_register(state, register or registered(state)),
    )


def _handoffs(state: State) -> tuple[Document, ...]:
    """One packet for each offer of a role, as things stood when it was made."""
    return tuple(
        Document(
            f"communications/handoff-{one.number}.md",
            f"Handoff {one.number}",
            _begun,
            _always,
            source="communications/handoff.md.j2",
        )
        for one in state.crew.handoffs
    )


def _further(state: State) -> tuple[Document, ...]:
    """One document for each further word to those who were told already."""
    first = {document.path: document for document in CATALOGUE}
    return tuple(
        Document(
            path,
            f"{first[first_of(path)].title} {further_number(path)}",
            _begun,
            _message(path, "a further word"),
            source=first[first_of(path)].template,
        )
        for path in state.messages
        if further_number(path)
    )


def _updates(state: State) -> tuple[Document, ...]:
    """One document for each periodic update that was drafted."""
    return tuple(
        Document(
            path,
            f"Update {update_number(path)}",
            _begun,
            _message(path, "an update"),
            source="communications/update.md.j2",
        )
        for path in state.messages
        if update_number(path)
    )


def _records(state: State) -> tuple[Document, ...]:
    """One execution record for each change that was carried out."""
    records = tuple(
        Document(
            f"actions/{number}-{_name(task)}.md",
            f"Execution record {number}",
            _begun,
            _always,
            source="actions/execution-record.md.j2",
            subject=task.key,
        )
        for number, task in enumerate(executed(state), start=1)
    )
    none = Document(
        "actions/", "Execution records", lambda state: False, _unless_over("nothing was changed")
    )
    return records or (none,)


def _name(task: Task) -> str:
    action = str(task.inputs.get("card", {}).get("action") or "change")
    return re.sub(r"[^A-Za-z0-9_-]+", "-", action).strip("-")[:64] or "change"


def _register(state: State, path: str) -> tuple[Document, ...]:
    return (
        Document(path, "Regression register entry", is_regression, _unregistered, place="project"),
        Document(SUMMARY, "Regression register", is_regression, _unregistered, place="project"),
    )


def artifacts(state: State) -> dict[str, str]:
    """Each document as `written`, `not_required (reason)` or `missing`, from the journal alone.

    A message that never fell due is not required although its draft is kept.
    """
    found: dict[str, str] = {}
    for document in catalogue(state):
        reason = document.not_required(state)
        if document.path in state.documents and not (reason and document.path in state.messages):
            found[document.path] = "written"
        else:
            found[document.path] = f"not_required ({reason})" if reason else "missing"
    return found
