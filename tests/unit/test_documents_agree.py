"""No two documents of an incident contradict each other, whenever one looks at them."""

import re
from dataclasses import replace

import pytest

from orchestrator.documents.write import current
from orchestrator.model import events as ev
from orchestrator.model.events import Event
from orchestrator.model.fold import fold_all
from orchestrator.model.state import State
from tests.unit.document_facts import blemishes, contradictions, gaps, placeholders, stated
from tests.unit.incident_escalated import escalated_story
from tests.unit.incident_others import control_story, trouble_story
from tests.unit.incident_story import KIM, story

STORIES = {
    "leak": story(),
    "escalated": escalated_story(),
    "trouble": trouble_story(),
    "control": control_story(),
}


def written(events: list[Event]) -> dict[str, str]:
    return {made.path: made.text for made in current(fold_all(State(), events), events)}


@pytest.mark.parametrize("told", STORIES.values(), ids=STORIES)
def test_documents_of_an_incident_agree(told: list[Event]) -> None:
    assert contradictions(written(told)) == {}


@pytest.mark.parametrize("told", STORIES.values(), ids=STORIES)
def test_they_agree_at_every_stage_of_it_too(told: list[Event]) -> None:
    for cut in range(5, len(told), 12):
        assert contradictions(written(told[:cut])) == {}, told[cut - 1].id


@pytest.mark.parametrize(
    ("fact", "least"),
    [
        ("severity", 8), ("duration", 4), ("downtime", 3), ("cause", 5), ("action", 4),
        ("users", 2), ("commander", 5), ("culprit", 3), ("meeting", 4), ("actions", 4),
        ("impact start", 4), ("resolved", 2), ("resolution", 4), ("share", 2), ("detected", 2),
        ("from", 2), ("to", 2), ("category", 2), ("changes that ran", 2),
    ],
)  # fmt: skip
def test_each_fact_is_read_from_several_documents(fact: str, least: int) -> None:
    events = [*escalated_story()]
    found = stated(written(answered(events)), fact)
    assert len(found) >= least


def answered(events: list[Event]) -> list[Event]:
    """The story with the number of users told by a person."""
    at = next(i for i, e in enumerate(events) if e.id == "ack/1") + 1
    fact = Event(
        0, "answer/users", events[at].at, KIM, ev.QuestionAnswered("affected users", "900")
    )
    return [replace(e, seq=n) for n, e in enumerate([*events[:at], fact, *events[at:]], start=1)]


def test_an_answer_is_in_every_document_that_asked() -> None:
    documents = written(answered([*escalated_story()]))
    assert contradictions(documents) == {}
    asking = [p for p, text in documents.items() if "**Affected users**: " in text]
    assert len(asking) >= 4
    for path in asking:
        assert "**Affected users**: 900 (answered by a person)" in documents[path], path


@pytest.mark.parametrize(
    ("path", "old", "new"),
    [
        ("triage-assessment.md", "**Priority**: P0", "**Priority**: P1"),
        ("completion-report.md", "Duration: 1 h", "Duration: 2 h"),
        ("post-incident-review.md", "**Downtime**: 44 min", "**Downtime**: 43 min"),
        (
            "incident-record.md",
            "**Impact start**: 2025-11-23T13",
            "**Impact start**: 2025-11-23T12",
        ),
        ("knowledge-base-article.md", "**Root cause**: 9c41d7e", "**Root cause**: 51f6c07"),
        ("actions/1-rollback.md", "carried out**: roll orders", "carried out**: roll stock"),
        ("pir-meeting-invite.ics", "DTSTART:20251124T09", "DTSTART:20251124T10"),
        ("post-incident-review.md", "| 5 | Release", "| x | Release"),
        ("root-cause-analysis.md", "**Introducing change**: 9c4", "**Introducing change**: 9c5"),
        ("communications/resolution-notification.md", "**Resolved**: 2025", "**Resolved**: 2024"),
        (
            "communications/executive-notification.md",
            "**Start time**: 2025",
            "**Start time**: 2024",
        ),
        ("mitigation-report.md", "**To**: 4d8", "**To**: 4d9"),
        ("incident-record.md", "**Category**: avail", "**Category**: unavail"),
        ("timeline.md", "| change carried out |", "| change failed |"),
    ],
)
def test_a_contradiction_is_found(path: str, old: str, new: str) -> None:
    documents = written(STORIES["escalated"])
    assert old in documents[path]
    documents[path] = documents[path].replace(old, new)
    found = contradictions(documents)
    assert any([path] in values.values() for values in found.values()), found


@pytest.mark.parametrize("told", STORIES.values(), ids=STORIES)
def test_what_one_document_tells_no_other_calls_unknown(told: list[Event]) -> None:
    for cut in [*range(5, len(told), 24), len(told)]:
        assert gaps(written(told[:cut])) == {}, told[cut - 1].id


def test_a_gap_is_found() -> None:
    documents = written(answered([*escalated_story()]))
    path = "incident-record.md"
    known = "**Affected users**: 900 (answered by a person)"
    documents[path] = documents[path].replace(known, "**Affected users**: UNKNOWN")
    assert gaps(documents) == {"users": [path]}


@pytest.mark.parametrize("told", STORIES.values(), ids=STORIES)
def test_no_document_holds_broken_prose(told: list[Event]) -> None:
    for path, text in written(told).items():
        if path.endswith(".md"):
            assert blemishes(text) == [], path


@pytest.mark.parametrize(
    "text",
    [
        "- a.py: 1 lines of code changed",
        "- **Blast radius**: UNKNOWN: UNKNOWN",
        "- **Root cause**: UNKNOWN (hypothesis)",
        "26 of them errors(truncated)",
        "- **Verdict**: NOT_REGRESSION",
        "> **Not required**. resolved before it fell due.",
        "RESOLVED by roll orders back",
        "Create a ticket for each of 1 preventive actions",
    ],
)
def test_broken_prose_is_found(text: str) -> None:
    assert blemishes(text)


@pytest.mark.parametrize("told", STORIES.values(), ids=STORIES)
def test_no_document_holds_a_placeholder(told: list[Event]) -> None:
    for path, text in written(told).items():
        assert placeholders(text) == [], path


@pytest.mark.parametrize("told", STORIES.values(), ids=STORIES)
def test_no_document_speaks_of_the_engine(told: list[Event]) -> None:
    words = re.compile(r"\b(?:fold(?:ed)?|workflow|pending|StrictUndefined|Traceback|NoneType)\b")
    keys = re.compile(r"(?<![/\w.])(?:detect|tier[123]|rca|notify|review|mitigation)/[a-z0-9-]+")
    for path, text in written(told).items():
        plain = re.sub(r"```.*?```|`[^`\n]+`", "", text, flags=re.DOTALL)
        assert not words.search(plain), path
        assert not keys.search(plain), path
        assert not re.search(r"\b(?:None|True|False)\b(?!\.)", plain), path
