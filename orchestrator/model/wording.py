"""What things are called in the field: work, deadlines and evidence ids in words, not in keys."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from orchestrator.model.records import Approval
from orchestrator.model.state import State


@dataclass(frozen=True, slots=True)
class Work:
    """How a piece of work is called."""

    name: str
    finished: str
    code: str
    """of the role that does it"""


WORK: dict[str, Work] = {
    "detect/record": Work("incident record", "incident recorded", "IR"),
    "detect/alert": Work("initial alert", "initial alert drafted", "IR"),
    "regression/verdict": Work("change review", "recent changes reviewed", "RA"),
    "regression/feasibility": Work("rollback feasibility", "rollback feasibility judged", "RE"),
    "regression/bisect": Work("bisect", "bisect ended", "RA"),
    "triage/impact": Work("impact assessment", "impact assessed", "IR"),
    "triage/urgency": Work("urgency assessment", "urgency assessed", "RE"),
    "tier1/data": Work("tier 1 data", "tier 1 data captured", "RE"),
    "tier2/analysis": Work("tier 2 analysis", "tier 2 analysis complete", "CO"),
    "tier3/architecture": Work("architecture assessment", "architecture assessed", "AD"),
    "security/assessment": Work("security assessment", "security assessed", "SG"),
    "security/preserve": Work("preservation of evidence", "evidence preserved", "SG"),
    "security/prepare-isolation": Work("dry run of the isolation", "isolation tried dry", "SG"),
    "security/isolate": Work("isolation", "isolated", "SG"),
    "notify/management": Work("management notification", "management notification written", "PM"),
    "notify/executive": Work("executive notification", "executive notification written", "PM"),
    "notify/status-page": Work("status page update", "status page update written", "IR"),
    "rca/5whys": Work("5 Whys", "5 Whys answered", "IR"),
    "rca/ishikawa": Work("fishbone", "contributing factors named", "RE"),
    "vendor/ask": Work("vendor question", "vendor question drafted", "AD"),
    "hotfix/patch": Work("look at the patch", "patch looked at", "DO"),
    "hotfix/tests": Work("look at the tests", "staging tests looked at", "DO"),
    "emergency/options": Work("options", "options after the failed change read", "IR"),
    "relapse/watch": Work("relapse watch", "watch for a relapse over", "RE"),
    "mitigation/strategy": Work("mitigation strategy", "mitigation strategy selected", "IR"),
    "mitigation/prepare": Work("dry run", "dry run complete", "DO"),
    "mitigation/execute": Work("change", "change carried out", "DO"),
    "mitigation/prepare-undo": Work("dry run of the undo", "dry run of the undo complete", "DO"),
    "mitigation/undo": Work("undo", "undo carried out", "DO"),
    "mitigation/watch": Work("watch for recovery", "watch for recovery ended", "RE"),
    "mitigation/validate": Work("validation", "validation complete", "RE"),
    "mitigation/resolution": Work("resolution notice", "resolution notice written", "IR"),
    "review/pir": Work("post-incident review", "post-incident review drafted", "IR"),
    "review/actions": Work("preventive actions", "preventive actions proposed", "PM"),
    "review/runbook": Work("runbook update", "runbook update proposed", "RE"),
    "review/knowledge": Work("knowledge base article", "knowledge base article written", "RE"),
}
"""By task key, without its repeat mark."""

DEADLINES: dict[str, tuple[str, str]] = {
    "acknowledge": ("acknowledged in time", "acknowledgement overdue"),
    "engage": ("engaged in time", "engagement overdue"),
    "detection": ("detected in time", "detection target missed"),
    "regression": ("regression triage in time", "regression triage overdue"),
    "triage": ("triage in time", "triage overdue"),
    "validate": ("further checks in time", "further checks over"),
    "resolve": ("resolved within SLA", "resolution SLA breached"),
    "confirm": ("acknowledgement confirmed", "acknowledgement not confirmed"),
    "resolve at risk": ("recovery in time", "resolution promise at risk"),
    "update": ("update given in time", "update overdue"),
    "tier2": ("tier 2 before its time", "tier 1 time is up"),
    "tier3": ("tier 3 before its time", "tier 2 time is up"),
    "management": ("management informed in time", "management notification due"),
    "executive": ("executive informed in time", "executive notification due"),
    "status-page": ("status page told in time", "status page overdue"),
    "review": ("review in time", "review overdue"),
    "published review": ("published review in time", "promised public review overdue"),
    "regulatory": ("regulator told in time", "regulatory report overdue"),
    "vendor answer": ("the vendor answered", "the vendor has not answered"),
    "page": ("answered the page", "the page is not answered"),
    "commander": ("commander named in time", "nobody commands it"),
    "handoff": ("handoff answered", "the handoff is not answered"),
}
"""By deadline name without its number: the words when it is kept, and when its time comes."""

TRIGGERS = frozenset(
    {
        *("tier2", "tier3", "management", "executive", "validate", "confirm", "vendor answer"),
        *("resolve at risk", "page", "handoff"),
    }
)
"""Deadlines whose time is a moment to act, not a promise broken."""


DOCUMENTS: dict[str, str] = {
    "status-page-update": "status page update",
    "resolution-notification": "resolution notice",
}
"""Documents that are called otherwise than their file."""

EXCEPTIONS: dict[str, str] = {
    "sla-exceeded": "SLA EXCEEDED",
    "path-blocked": "ESCALATION PATH BLOCKED",
    "major-incident": "MAJOR INCIDENT",
    "rollback-failed": "ROLLBACK FAILED",
    "change-failed": "CHANGE FAILED",
    "security": "POSSIBLE BREACH OR DATA LOSS",
}
"""The exception paths, as they are announced."""


def document_name(path: str) -> str:
    """`communications/executive-notification.md` as `executive notification`."""
    stem = path.rsplit("/", 1)[-1].rsplit(".", 1)[0]
    return DOCUMENTS.get(stem, stem.replace("-", " "))


def work(key: str) -> Work:
    """The words for a task key, known or not."""
    bare = key.split("@")[0]
    if bare in WORK:
        return WORK[bare]
    if bare.startswith("page/"):
        person = bare.rsplit("/", 1)[-1]
        return Work(f"page to {person}", f"page to {person} sent", "IR")
    name = bare.rsplit("/", 1)[-1].replace("-", " ").replace("_", " ")
    return Work(name, f"{name} complete", "")


def page_key(role: str, number: int, person: str) -> str:
    """The key of one page: `page/on-call/2/a.kim`."""
    return f"page/{role}/{number}/{re.sub(r'[^A-Za-z0-9._-]+', '-', person)}"


def deadline_words(name: str) -> tuple[str, str]:
    """What to say when a deadline is kept, and when its time comes."""
    bare = bare_name(name)
    if bare.startswith("send "):
        text = document_name(bare.removeprefix("send "))
        return (f"{text} sent in time", f"{text} goes out by itself")
    label = bare.replace("-", " ")
    return DEADLINES.get(bare, (f"{label} in time", f"{label} overdue"))


def ids(evidence: Sequence[str]) -> str:
    """`("E4", "E5", "E6", "E9:3")` as `E4-E6 E9`: in order, runs of three or more joined."""
    bare = {item.split(":")[0] for item in evidence}
    numbers = sorted(int(e[1:]) for e in bare if re.fullmatch(r"E\d{1,9}", e))
    runs: list[tuple[int, int]] = []
    for number in numbers:
        if runs and number == runs[-1][1] + 1:
            runs[-1] = (runs[-1][0], number)
        else:
            runs.append((number, number))
    parts: list[str] = []
    for first, last in runs:
        if last - first >= 2:
            parts.append(f"E{first}-E{last}")
        else:
            parts.extend(f"E{n}" for n in range(first, last + 1))
    return " ".join(parts)


def bare_name(name: str) -> str:
    """A deadline's name without the number of its repeat."""
    return re.split(r"[/#@]", name)[0]


_DECIDED = {"granted": "approved", "voided": "void"}


def decided(approval: Approval) -> str:
    """`approved by a.kim at 14:03:12`, with the reason or the override where there is one."""
    word = _DECIDED.get(approval.decision, approval.decision)
    by = f" by {approval.by}" if approval.by else ""
    why = f": {approval.why}" if approval.why else ""
    why = f", override: {approval.override}" if approval.override else why
    return f"{word}{by} at {time_of_day(approval.decided_at)}{why}"


def time_of_day(at: float) -> str:
    """`14:03:12`, in UTC; as the clock prints it, which nothing pure may import."""
    seconds = int(at) % 86400
    return f"{seconds // 3600:02d}:{seconds // 60 % 60:02d}:{seconds % 60:02d}"


def on_its_day(at: float, beside: float) -> str:
    """The time of day; where that is another day than that of `beside`, how many days from it."""
    days = int(beside) // 86400 - int(at) // 86400
    if not days:
        return time_of_day(at)
    unit = "day" if abs(days) == 1 else "days"
    return f"{time_of_day(at)}, {abs(days)} {unit} {'earlier' if days > 0 else 'later'}"


def under_way(state: State) -> str:
    """Why nothing else may be changed or decided while a change is carried out; else empty.

    Two at once cannot be told apart in what they did, and what a failed one left must be judged.
    """
    change = state.under_way()
    return "" if change is None else f"{change.title} is under way; wait for its end, or cancel it"
