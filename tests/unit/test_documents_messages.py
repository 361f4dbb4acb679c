"""Texts to people outside, and what follows an incident: drafts, sent words, logs, records."""

import re
from pathlib import Path

import pytest

from orchestrator.documents.catalogue import artifacts
from orchestrator.documents.edits import Rendered, digest, merge_into, where
from orchestrator.documents.messages import public_status
from orchestrator.documents.render import render
from orchestrator.model import events as ev
from orchestrator.model.events import FLOW, Event
from orchestrator.model.fold import fold_all
from orchestrator.model.messages import EXECUTIVE, MANAGEMENT, NOTICE, STATUS_PAGE
from orchestrator.model.records import Document
from orchestrator.model.state import State
from orchestrator.project import IncidentFolder
from tests.unit.incident_escalated import escalated_story
from tests.unit.incident_evidence import CULPRIT, T0
from tests.unit.incident_others import trouble_story
from tests.unit.incident_story import leak_story, story

MESSAGES = [MANAGEMENT, EXECUTIVE, STATUS_PAGE, NOTICE]


def text(path: str, events: list[Event]) -> str:
    return render(path, fold_all(State(), events), events)


def upto(events: list[Event], name: str) -> list[Event]:
    """The story up to and with one event."""
    return events[: next(i for i, e in enumerate(events) if e.id == name) + 1]


@pytest.mark.parametrize("path", MESSAGES[:3])
def test_a_draft_says_that_it_was_not_sent(path: str) -> None:
    assert "> **Draft: not sent**." in text(path, leak_story(400))


def test_a_draft_that_is_due_says_since_when_and_why() -> None:
    made = text(EXECUTIVE, trouble_story())
    assert "> **Draft: not sent, due now** since 2025-11-23T14:25:20Z: escalated by hand" in made


def test_a_sent_text_says_when_by_whom_and_where_to() -> None:
    made = text(MANAGEMENT, escalated_story())
    assert "> **Sent**: 2025-11-23T14:31:00Z by l.novak to mail." in made


def test_a_text_that_never_fell_due_says_why_it_was_not_required() -> None:
    made = text(MANAGEMENT, story())
    assert "> **Not required, never sent**: resolved before it fell due." in made


@pytest.mark.parametrize("path", MESSAGES[:3])
def test_a_sent_text_stays_as_it_was_sent(path: str) -> None:
    name = {MANAGEMENT: "sent/management", EXECUTIVE: "sent/executive"}.get(path, "sent/page")
    then = text(path, upto(escalated_story(), name))
    assert text(path, escalated_story()) == then
    assert "RESOLVED" not in then


def test_a_draft_follows_the_incident_until_it_is_sent() -> None:
    assert "- **Status**: MITIGATING" in text(MANAGEMENT, leak_story(600))
    assert "- **Status**: RESOLVED" in text(MANAGEMENT, story())


def test_a_text_drafted_anew_after_it_was_sent_is_a_draft_again() -> None:
    events = upto(escalated_story(), "sent/page")
    at = events[-1].at + 60
    again = Event(events[-1].seq + 1, "again", at, events[0].actor, ev.MessageDrafted(STATUS_PAGE))
    assert "> **Draft: not sent**." in text(STATUS_PAGE, [*events, again])


@pytest.mark.parametrize(
    ("path", "labels"),
    [
        (
            MANAGEMENT,
            "Subject,Incident ID,Severity,Start time,Duration,User impact,Affected users,"
            "Business impact,Status,Root cause,ETA to resolution,Incident commander,Next update",
        ),
        (
            EXECUTIVE,
            "Subject,Incident ID,Severity,Start time,Duration,User impact,Affected users,"
            "Business impact,Status,Root cause,ETA to resolution,Incident commander,Next update,"
            "Compliance risk,Reputation risk,Executive action needed,Revenue",
        ),
        (NOTICE, "Subject,Status,Resolved,Duration,Fix,What users went through,Review meeting"),
        (
            "diagnostics/tier3-architecture-assessment.md",
            "Architect,Since,Finding,Because,Tier 2 found",
        ),
        (
            "pir-meeting-invite.md",
            "Start,End,Length,Incident commander,On-call engineer,Component owner,"
            "Reliability engineer,Support lead,Product owner,Project manager",
        ),
        ("runbook-update-recommendation.md", "Scenario,Changes,Immediate,Short-term,Long-term"),
        ("knowledge-base-article.md", "Title,Keywords,Root cause,Runbook"),
        (
            "actions/1-rollback.md",
            "Change carried out,Begun,Ended,Previous version,New version,Approved,Outcome,Target",
        ),
    ],
)
def test_every_field_of_the_flow_is_there(path: str, labels: str) -> None:
    made = text(path, escalated_story())
    assert [x for x in labels.split(",") if f"**{x}**: " not in made] == []


def test_the_cause_is_told_as_what_it_is() -> None:
    assert "(hypothesis)" in text(MANAGEMENT, leak_story(400))
    assert "(likely, not confirmed)" in text(MANAGEMENT, escalated_story())
    assert "(confirmed)" in text(NOTICE, escalated_story())


def public(made: str) -> str:
    """What users would read."""
    return "\n".join(x for x in made.splitlines()[3:] if x.startswith(">"))


@pytest.mark.parametrize("path", [STATUS_PAGE, NOTICE])
def test_the_public_text_names_no_internals(path: str) -> None:
    said = public(text(path, escalated_story()))
    assert said
    assert not re.search(rf"\[E\d|{CULPRIT[:7]}|4d81f0a|a\.kim|summary\.py|INC-", said)


def test_the_status_page_promises_updates_as_often_as_the_severity_does() -> None:
    assert "We will provide updates every 15 min." in text(STATUS_PAGE, escalated_story())


def test_the_public_hears_of_an_extended_outage() -> None:
    events = upto(escalated_story(), "message/communications/status-page-update.md/drafted")
    failed = ev.ExceptionDeclared("rollback-failed", "x", ())
    events.append(Event(len(events) + 1, "exception", events[-1].at, events[0].actor, failed))
    assert "> Extended outage, team working on resolution." in text(STATUS_PAGE, events)


@pytest.mark.parametrize(
    ("after", "word"),
    [(100, "Investigating"), (400, "Identified"), (600, "Monitoring"), (1490, "Resolved")],
)
def test_the_word_of_the_status_page_follows_the_incident(after: float, word: str) -> None:
    assert public_status(fold_all(State(), leak_story(after))) == word


def test_the_escalation_log_tells_who_when_why_and_the_answer() -> None:
    made = text("communications/escalation-log.md", escalated_story())
    assert (
        "| 2025-11-23T14:15:00Z | tier 2: j.ortiz | unresolved at the end of the tier 1 time "
        "| the clock | assessed at 2025-11-23T14:20:00Z |" in made
    )
    assert "| management notification | P0 management time has come |" in made
    held = text("communications/escalation-log.md", trouble_story())
    assert "| tier 2 | the owner already listens in | a.kim | held back by a person |" in held


def test_preventive_actions_are_due_a_week_a_month_and_three_months_later() -> None:
    made = text("preventive-actions.md", story())
    assert "## Immediate (1 week)" in made
    for due in ("2025-11-30", "2025-12-23", "2026-02-21"):
        assert f"| {due} | Open |" in made
    tickets = [x for x in made.splitlines() if x.startswith("- \\[PIR-INC-2031-")]
    assert len(tickets) == 5
    assert "owner j.ortiz | due 2025-11-30" in tickets[0]


def test_the_change_to_a_runbook_is_shown_as_a_diff() -> None:
    made = text("runbook-update-recommendation.md", story())
    assert "```diff\n--- a/runbooks/orders.md" in made
    assert "+Roll back the last release first." in made


def test_a_new_team_gets_a_comprehensive_review_and_others_the_standard_one() -> None:
    deep, usual = (
        text("post-incident-review.md", events) for events in (escalated_story(), story())
    )
    assert "**Depth**: comprehensive" in deep
    assert "### Hypotheses" in deep
    assert "tier 1 data started" in deep
    assert "**Depth**: standard" in usual
    assert "### Hypotheses" not in usual
    assert "tier 1 data started" not in usual


def test_starred_moments_stand_in_the_review() -> None:
    part = text("post-incident-review.md", story()).split("### Starred moments")[1].split("##")[0]
    assert "| change is running |" in part


def test_the_deep_dive_gathers_what_reports_say_with_its_evidence() -> None:
    made = text("post-incident-review.md", story())
    gap = made.split("#### Test gap")[1].split("####")[0]
    assert "- The release had no test of an empty summary. [E7]" in gap
    assert "**Code review**: UNKNOWN" in made.split("#### Code review")[1].split("####")[0]
    assert "six commits" in made.split("#### Deployment safety")[1].split("####")[0]


def test_each_change_carried_out_has_a_record_of_its_own() -> None:
    events = escalated_story()
    made = text("actions/1-rollback.md", events)
    assert "**Outcome**: exit 0" in made
    assert "p95: pass" in made
    assert [p for p in artifacts(fold_all(State(), events)) if p.startswith("actions/")] == [
        "actions/1-rollback.md"
    ]


def test_a_change_that_was_not_run_has_no_record() -> None:
    found = artifacts(fold_all(State(), trouble_story()))
    assert [path for path in found if path.startswith("actions/")] == ["actions/1-change.md"]
    assert artifacts(fold_all(State(), leak_story(400)))["actions/"] == "missing"


def test_drafts_do_not_change_because_time_passes() -> None:
    events = upto(escalated_story(), "tier/2")
    later = ev.DocumentWritten("timeline.md", "0" * 64, 1)
    more = [*events, Event(len(events) + 1, "later", T0 + 1700, events[0].actor, later)]
    for path in MESSAGES[:3]:
        assert text(path, events) == text(path, more)


def drafted_anew(events: list[Event], at: float) -> list[Event]:
    """The story with a second draft of the management text, whose prospect is another."""
    first = fold_all(State(), events).tasks["notify/management"]
    key, told = "notify/management@2", {**first.report, "eta": "ten minutes more"}
    facts = (
        ("requested", ev.TaskRequested(key, 1, "agent", first.role, first.title, "notify", {})),
        ("finished", ev.TaskFinished(key, 1, "done", told)),
        ("redrafted", ev.MessageRedrafted(MANAGEMENT, "root cause LIKELY")),
    )
    last = events[-1].seq
    return events + [
        Event(last + n, f"{key}/{name}", T0 + at + n, FLOW, fact)
        for n, (name, fact) in enumerate(facts, start=1)
    ]


def test_a_draft_written_anew_says_the_new_words_and_since_when() -> None:
    events = drafted_anew(leak_story(600), 600)
    made = text(MANAGEMENT, events)
    assert "ten minutes more" in made
    assert text(MANAGEMENT, events[:-2]) == text(MANAGEMENT, events[:-3]), "until then the first"
    assert fold_all(State(), events).messages[MANAGEMENT].at == T0 + 603


def test_what_a_person_wrote_into_a_draft_survives_the_next_draft(tmp_path: Path) -> None:
    folder = IncidentFolder(tmp_path / "INC-1")
    folder.create()
    before, after = leak_story(600), drafted_anew(leak_story(600), 600)
    state = fold_all(State(), before)
    first = merge_into(folder, state, rendered(MANAGEMENT, before))
    state.documents[MANAGEMENT] = Document(MANAGEMENT, digest(first.text), 0.0, 1)
    own = first.text.replace("# ", "# For the board meeting\n\n# ", 1)
    where(folder, MANAGEMENT).write_text(own)
    state.edits[MANAGEMENT] = digest(own)
    second = merge_into(folder, state, rendered(MANAGEMENT, after))
    assert not second.conflict
    assert "# For the board meeting" in second.text
    assert "ten minutes more" in second.text


def rendered(path: str, events: list[Event]) -> Rendered:
    made = text(path, events)
    return Rendered(path, made, digest(made))
