"""The documents of an incident: when each can be written, and why one never will be."""

from collections.abc import Callable
from dataclasses import dataclass

from orchestrator.model.deadlines import promises
from orchestrator.model.state import State


@dataclass(frozen=True, slots=True)
class Document:
    """One file of the incident's folder and the template it comes from."""

    path: str
    title: str
    ready: Callable[[State], bool]
    """true once there is something true to write"""
    not_required: Callable[[State], str]
    """why it will never be written; empty while it may be"""
    as_of: str = ""
    """work at whose end it was sent out: later facts do not change it any more"""

    @property
    def template(self) -> str:
        return f"{self.path}.j2"


def ended(state: State, key: str) -> bool:
    """True when work under this key (or a repeat of it) has ended and none of it runs."""
    tasks = [task for name, task in state.tasks.items() if name.split("@")[0] == key]
    return bool(tasks) and not any(task.running for task in tasks)


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


def _tier2(state: State) -> str:
    if 2 in state.tiers or state.open:
        return ""
    return "tier 2 was not engaged: tier 1 found no reason to, and its time did not run out"


def _review(state: State) -> str:
    if promises(state.policy, state).review is not None:
        return ""
    return f"no review is required at {state.severity}"


CATALOGUE: tuple[Document, ...] = (
    Document("incident-record.md", "Incident record", _begun, _always),
    Document("timeline.md", "Timeline", _begun, _always),
    Document(
        "communications/initial-alert.md",
        "Initial alert",
        _after("detect/alert"),
        _always,
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
    Document("diagnostics/tier2-analysis.md", "Tier 2 analysis", _after("tier2/analysis"), _tier2),
    Document(
        "root-cause-analysis.md",
        "Root cause analysis",
        lambda state: bool(state.cause),
        _unless_over("the incident ended before its cause was analysed"),
    ),
    Document(
        "mitigation-report.md",
        "Mitigation report",
        _after("mitigation/strategy"),
        _unless_over("the service recovered before a mitigation was chosen"),
    ),
    Document("post-incident-review.md", "Post-incident review", _after("review/pir"), _review),
    Document("completion-report.md", "Completion report", _over, _always),
)


def artifacts(state: State) -> dict[str, str]:
    """Each document as `written`, `not_required (reason)` or `missing`, from the journal alone."""
    found: dict[str, str] = {}
    for document in CATALOGUE:
        reason = document.not_required(state)
        if document.path in state.documents:
            found[document.path] = "written"
        else:
            found[document.path] = f"not_required ({reason})" if reason else "missing"
    return found
