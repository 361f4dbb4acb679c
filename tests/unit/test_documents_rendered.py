"""The documents of the told incidents, as a stranger would read them."""

import re
from dataclasses import replace

import pytest

from orchestrator.clock import hhmmss
from orchestrator.documents.catalogue import artifacts
from orchestrator.documents.completion import completion
from orchestrator.documents.render import DocumentError, render
from orchestrator.documents.sheet import percent
from orchestrator.documents.slo import slo
from orchestrator.documents.write import Rendered, current, drafts
from orchestrator.model import events as ev
from orchestrator.model.events import FLOW, RUNNER, Event
from orchestrator.model.fold import advance, fold_all
from orchestrator.model.gates import gates
from orchestrator.model.messages import EXECUTIVE, MANAGEMENT
from orchestrator.model.state import State
from tests.unit.incident_escalated import escalated_story
from tests.unit.incident_evidence import CULPRIT
from tests.unit.incident_others import control_story, trouble_story
from tests.unit.incident_story import WAITING, leak_story, story

UNKNOWN_ON_PURPOSE = {
    "Affected users", "Dashboard", "Applicable runbook", "Revenue", "Compliance risk",
    "Reputation risk", "User safety", "Reputation", "Compliance", "Failed transactions",
    "Code review", "Reliability engineer", "Support lead", "Product owner", "Project manager",
    "Security gatekeeper",
}  # fmt: skip
"""What really nobody knows in the story."""

ENGINE_WORDS = re.compile(
    r"\b(pending|fold(?:ed)?|task|workflow|attempt in force|StrictUndefined|None(?!\.)|True"
    r"|(?<!/)(?:detect|regression|triage|tier1|tier2|rca|mitigation|review)/[a-z0-9]+(?:@\d+)?)\b"
)


def text(path: str, events: list[Event]) -> str:
    return render(path, fold_all(State(), events), events)


STORIES = [story(), trouble_story(), control_story(), escalated_story()]
PATHS = [made.path for made in current(fold_all(State(), story()), story())]
PAGES = [path for path in PATHS if path.endswith(".md")]


def pages(events: list[Event]) -> list[Rendered]:
    """The documents that are markdown."""
    found = list(current(fold_all(State(), events), events))
    return [made for made in found if made.path.endswith(".md")]


@pytest.mark.parametrize("path", PATHS)
def test_rendering_twice_gives_the_same_bytes(path: str) -> None:
    assert text(path, story()) == text(path, story())


@pytest.mark.parametrize("path", PATHS)
def test_a_field_is_unknown_only_where_nobody_knows_it(path: str) -> None:
    shown = re.findall(r"\*\*([^*]+)\*\*: UNKNOWN", text(path, story()).split("## Open")[0])
    assert set(shown) <= UNKNOWN_ON_PURPOSE


@pytest.mark.parametrize("path", PATHS)
def test_every_unknown_field_is_an_open_question_of_its_document(path: str) -> None:
    body, _, asked = text(path, story()).partition("## Open questions")
    for label in re.findall(r"\*\*([^*]+)\*\*: UNKNOWN", body):
        assert f"**{label}**" in asked


@pytest.mark.parametrize("path", PATHS)
def test_no_placeholder_of_the_template_is_left(path: str) -> None:
    assert not re.search(r"\{\{|\}\}|\{%|%\}|\{#|&#\d+;|&quot;", text(path, story()))


@pytest.mark.parametrize("events", STORIES, ids="abcd")
def test_documents_speak_no_words_of_the_engine(events: list[Event]) -> None:
    for made in pages(events):
        lines = [line for line in made.text.splitlines() if "`" not in line]
        assert not [line for line in lines if ENGINE_WORDS.search(line)], made.path


@pytest.mark.parametrize("events", STORIES, ids="abcd")
def test_documents_are_tidy_markdown(events: list[Event]) -> None:
    for made in pages(events):
        assert made.text.startswith("# ")
        assert made.text.endswith("\n")
        assert not made.text.endswith("\n\n")
        assert "\n\n\n" not in made.text
        assert not [line for line in made.text.splitlines() if line != line.rstrip()]


@pytest.mark.parametrize("events", STORIES, ids="abcd")
def test_no_table_is_empty_and_no_section_either(events: list[Event]) -> None:
    for made in pages(events):
        assert not re.search(r"^\|[-|]+\|\n(?!\|)", made.text, re.MULTILINE), made.path
        assert not re.search(r"^(#+) .*\n\n(?=\1 |\Z)", made.text, re.MULTILINE), made.path


def test_without_a_record_the_category_is_that_of_the_report() -> None:
    assert "**Category**: availability" in text("incident-record.md", trouble_story())


def test_writing_the_documents_down_leaves_nothing_more_to_write() -> None:
    events = [event for event in story() if not isinstance(event.data, ev.DocumentWritten)]
    events = [
        Event(seq, event.id, event.at, event.actor, event.data)
        for seq, event in enumerate(events, start=1)
    ]
    state = fold_all(State(), events)
    first = drafts(state, events)
    assert [made.path for made in first] == PATHS
    for made in first:
        fact = ev.DocumentWritten(made.path, made.sha256, len(made.text.encode()))
        event = Event(state.seq + 1, f"document/{made.path}", state.last_at + 60, RUNNER, fact)
        advance(state, event)
        events.append(event)
    assert drafts(state, events) == []


def test_every_prefix_of_the_story_can_be_written() -> None:
    events = story()
    failed: list[DocumentError] = []
    for cut in range(1, len(events) + 1, 7):
        list(current(fold_all(State(), events[:cut]), events[:cut], failed.append))
    assert failed == []


@pytest.mark.parametrize("events", [trouble_story(), control_story()], ids=["trouble", "control"])
def test_the_other_stories_can_be_written(events: list[Event]) -> None:
    failed: list[DocumentError] = []
    list(current(fold_all(State(), events), events, failed.append))
    assert failed == []


def test_the_first_record_is_there_at_once_with_what_is_known() -> None:
    made = text("incident-record.md", leak_story(0.0))
    assert "**Status**: DETECTED" in made
    assert "**Detection time**: 2025-11-23T14:00:00Z" in made
    assert "**Impact start**: UNKNOWN" in made


def test_the_initial_alert_stays_what_was_sent() -> None:
    at_once, at_the_end = leak_story(5.0), story()
    assert text("communications/initial-alert.md", at_once) == text(
        "communications/initial-alert.md", at_the_end
    )
    assert "**Severity**: P1" in text("communications/initial-alert.md", at_the_end)


def test_the_timeline_tells_what_lay_before_detection_first() -> None:
    lines = [x for x in text("timeline.md", story()).splitlines() if x.startswith("| 20")]
    times = [line.split(" | ")[0] for line in lines]
    assert "deploy of orders" in lines[0]
    assert "users first hit" in lines[2]
    assert "incident detected" in lines[3]
    timeline = times[: times.index(next(t for t in times if "14:25:02" in t)) + 1]
    assert timeline == sorted(timeline)


def test_every_evidence_id_a_document_cites_is_in_the_ledger_of_the_timeline() -> None:
    events = story()
    ledger = set(re.findall(r"^\| (E\d+) \|", text("timeline.md", events), re.MULTILINE))
    for path in PATHS:
        cited = {
            found.split(":")[0] for found in re.findall(r"\[(E\d+(?::\d+)?)\]", text(path, events))
        }
        assert cited <= ledger


def test_a_statement_without_evidence_is_marked_as_an_assumption() -> None:
    made = text("mitigation-report.md", story())
    assert "Users have no other way to the summary. (assumption)" in made


def test_a_dropped_claim_is_listed_as_dropped_and_nowhere_else() -> None:
    claim = "The database server was restarted at 13:50."
    for path in PATHS:
        body, _, dropped = text(path, story()).partition("## Statements dropped")
        assert claim not in body
        expected = path in ("diagnostics/tier2-analysis.md", "post-incident-review.md")
        assert (claim in dropped) == expected


def test_the_review_names_the_change_the_numbers_and_three_of_each() -> None:
    made = text("post-incident-review.md", story())
    assert CULPRIT in made
    assert "24 min 9 s from detection to resolution" in made
    assert "downtime 9 min 47 s" in made
    assert made.split("### What went well")[1].split("###")[0].count("\n1. ") == 1
    for heading in ("### What went well", "### What could improve"):
        assert "\n3. " in made.split(heading)[1].split("#")[0]


def test_the_cost_in_availability_is_computed_by_the_book() -> None:
    found = slo(fold_all(State(), story()))
    assert found is not None
    lost = 0.84 * 587.0
    assert found.availability == pytest.approx(1 - lost / 2_592_000, abs=1e-6)
    assert found.budget_spent == pytest.approx(lost / 2592.0, abs=1e-4)
    assert not found.breached


def test_without_a_measured_share_no_availability_is_made_up() -> None:
    events = [e for e in story() if not e.id.startswith(("triage/impact#", "triage/urgency#"))]
    state = fold_all(State(), events)
    assert slo(state) is None
    made = render("post-incident-review.md", state, events)
    assert "**Error budget consumed**: UNKNOWN" in made


@pytest.mark.parametrize(
    ("share", "digits", "shown"),
    [
        (0.84, 1, "84.0 %"),
        (0.999997, 3, "99.999 %"),
        (0.9999, 1, "99.9 %"),
        (1.0, 1, "100.0 %"),
        (0.0, 1, "0.0 %"),
        (None, 1, "UNKNOWN"),
        ("UNKNOWN", 1, "UNKNOWN"),
    ],
)
def test_what_is_short_of_all_never_rounds_to_all(share: object, digits: int, shown: str) -> None:
    assert percent(share, digits) == shown


def test_finished_work_is_told_as_that_of_its_role() -> None:
    assert "| tier 1 data captured | reliability-engineer |" in text("timeline.md", story())


@pytest.mark.parametrize(
    ("verdict", "said"),
    [
        ("LIKELY", "**Claimed**: CONFIRMED, more than the evidence carries"),
        ("INCONCLUSIVE", "**Claimed**: CONFIRMED, more than the evidence carries"),
    ],
)
def test_a_claim_that_code_capped_is_shown_with_what_was_claimed(verdict: str, said: str) -> None:
    made = [e for e in story() if not isinstance(e.data, (ev.DocumentWritten, ev.StateHashed))]
    last = max(i for i, e in enumerate(made) if isinstance(e.data, ev.CauseConcluded))
    cause = made[last].data
    assert isinstance(cause, ev.CauseConcluded)
    made[last] = replace(made[last], data=replace(cause, verdict=verdict))
    assert said in text("root-cause-analysis.md", made)


def test_a_claim_the_mitigation_raised_is_not_called_too_much() -> None:
    made = [e for e in story() if not isinstance(e.data, (ev.DocumentWritten, ev.StateHashed))]
    last = max(i for i, e in enumerate(made) if isinstance(e.data, ev.CauseConcluded))
    cause = made[last].data
    assert isinstance(cause, ev.CauseConcluded)
    made[last] = replace(made[last], data=replace(cause, claimed="LIKELY"))
    shown = text("root-cause-analysis.md", made)
    assert "more than the evidence carries" not in shown
    assert "**Claimed before that was known**: LIKELY" in shown


def test_a_waiting_rollback_shows_exactly_what_would_run() -> None:
    made = text("mitigation-report.md", leak_story(WAITING))
    assert "**Waits until**: 2025-11-23T14:20:56Z" in made
    assert "bin/deploy orders 4d81f0a9c2b7e6153fa0d8e94b7c21a6f35e8d90 --rollback" in made
    assert "Nothing was changed." in made


def test_every_decision_about_a_change_is_told() -> None:
    made = text("mitigation-report.md", trouble_story())
    assert "**Expired**" in made
    assert "orders now runs 51f6c07" in made
    assert "by j.ortiz: payday, not now" in made
    assert "unknown, the runner died while it ran" in made
    assert "nothing was run: the target has moved" in made
    assert "A change was not offered: orders already runs 4d81f0a" in made


def test_an_incident_without_a_cause_says_inconclusive_and_blames_nobody() -> None:
    made = text("root-cause-analysis.md", control_story())
    assert "**Verdict**: INCONCLUSIVE" in made
    assert "**Introducing change**: none named" in made


def test_ways_back_that_nobody_assessed_are_not_called_blocked() -> None:
    made = text("regression-analysis.md", control_story())
    assert "Not assessed: the verdict does not call for it." in made
    assert "BLOCKED" not in made.split("## Ways to take it back")[1]


def test_the_completion_report_prints_the_gates_as_computed() -> None:
    made = text("completion-report.md", story())
    for gate in gates(fold_all(State(), story())):
        assert f"| {gate.name} | {gate.result} | {gate.figure} |" in made


def test_the_closing_box_tells_status_duration_and_sla() -> None:
    box = completion(fold_all(State(), story()))
    assert "Overall Status: RESOLVED" in box
    assert "Duration: 24 min 9 s (Detection → Resolution)" in box
    assert "Resolution SLA: MET (promised within 2 h)" in box
    assert "✓ Tier 2: Component owner j.ortiz → resolved" in box


def test_a_missed_sla_says_by_how_much() -> None:
    state = fold_all(State(), story())
    state.resolved_at = state.detected_at + 7200 + 65
    assert "Resolution SLA: MISSED by 1 min 5 s" in completion(state)


def test_an_open_incident_is_not_called_complete() -> None:
    box = completion(fold_all(State(), leak_story(WAITING)))
    assert "Incident Response Not Complete" in box
    assert "not resolved yet" in box


def test_artifacts_are_written_not_required_or_missing() -> None:
    assert set(artifacts(fold_all(State(), escalated_story())).values()) == {"written"}
    told = artifacts(fold_all(State(), story()))
    never = {path for path, found in told.items() if found != "written"}
    assert never == {MANAGEMENT, EXECUTIVE, "diagnostics/tier3-architecture-assessment.md"}
    assert told[MANAGEMENT] == "not_required (resolved before it fell due)"
    assert "missing" not in artifacts(fold_all(State(), control_story())).values()
    control = artifacts(fold_all(State(), control_story()))
    assert control["diagnostics/tier2-analysis.md"].startswith("not_required (tier 2 was not")
    assert control["post-incident-review.md"] == "not_required (no review is required at P3)"
    assert artifacts(fold_all(State(), leak_story(0.0)))["post-incident-review.md"] == "missing"


def test_a_question_stands_beside_the_field_it_is_about() -> None:
    events = story()
    asked = ev.QuestionOpened("runbook", "Is there a runbook for orders?")
    events.append(Event(len(events) + 1, "question/runbook", events[-1].at, FLOW, asked))
    made = text("diagnostics/tier1-data.md", events)
    assert "- **Applicable runbook**: Is there a runbook for orders?" in made


def test_a_question_of_no_field_is_still_asked_in_the_review() -> None:
    assert "**review of 9c41d7e**: Who reviewed 9c41d7e, and how?" in text(
        "post-incident-review.md", story()
    )


def test_document_times_are_those_of_the_events() -> None:
    approved = next(e for e in story() if isinstance(e.data, ev.ApprovalGranted))
    assert f"T{hhmmss(approved.at)}Z by a.kim" in text("mitigation-report.md", story())
