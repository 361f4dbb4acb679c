"""What a document claims is no more than what is known, and said once in one way."""

from dataclasses import replace

import pytest

from orchestrator.documents.completion import next_steps
from orchestrator.documents.render import render
from orchestrator.model import events as ev
from orchestrator.model.events import Event
from orchestrator.model.fields import FIELDS
from orchestrator.model.fold import fold_all
from orchestrator.model.messages import EXECUTIVE, NOTICE, STATUS_PAGE
from orchestrator.model.regression import verdict
from orchestrator.model.state import State
from orchestrator.model.timeline import row
from tests.flow.simulate import War
from tests.unit.incident_reports import REPORTS
from tests.unit.incident_story import WAITING, leak_story, story


def page(path: str, state: State, events: list[Event]) -> str:
    return render(path, state, events)


def ended(verdict: str) -> tuple[State, list[Event]]:
    state, events = fold_all(State(), story()), story()
    state.cause = {**state.cause, "verdict": verdict}
    del state.messages[NOTICE]  # a draft follows the incident
    return state, events


@pytest.mark.parametrize(
    ("verdict", "said"),
    [
        ("CONFIRMED", "> Root cause: "),
        ("LIKELY", "> Likely cause: "),
        ("INCONCLUSIVE", "> The cause is still being examined."),
    ],
)
def test_the_public_is_told_a_cause_only_as_surely_as_it_is_known(verdict: str, said: str) -> None:
    public = page(NOTICE, *ended(verdict)).split("## Internal")[0]
    assert said in public
    assert public.count(" cause") == 1 or verdict == "INCONCLUSIVE"


def test_a_resolved_status_page_tells_the_trouble_in_the_past() -> None:
    state = fold_all(State(), story())
    del state.messages[STATUS_PAGE]  # a draft follows the incident
    made = page(STATUS_PAGE, state, story())
    assert "**Public status**: Resolved" in made
    assert "**What users noticed**" in made
    assert "(while it lasted)" in made


@pytest.mark.parametrize(
    ("key", "report", "said"),
    [
        ("mitigation/execute#1", {"exit": 0}, "change carried out"),
        ("mitigation/execute#1", {"exit": 3, "why": "no room"}, "change failed, exit 3: no room"),
        ("mitigation/execute#1", {"drifted": True, "why": "it moved"}, "change not run: it moved"),
        ("mitigation/undo#1", {"exit": 1}, "undo failed, exit 1"),
        (
            "mitigation/prepare#1",
            {"possible": False, "why": "it would do nothing"},
            "dry run finds nothing to offer: it would do nothing",
        ),
    ],
)
def test_the_timeline_says_what_became_of_a_change(
    key: str, report: dict[str, object], said: str
) -> None:
    done = ev.TaskFinished(key.split("#")[0], 1, "done", report)
    found = row(Event(1, "x", 0.0, ev.RUNNER, done))
    assert found is not None
    assert found.text == said


def test_an_alert_that_ends_is_not_repeated() -> None:
    found = row(Event(1, "x", 0.0, ev.RUNNER, ev.AlertRepeated("resolved", "", {})))
    assert found is not None
    assert found.text == "alert resolved"


def test_where_nobody_could_look_a_regression_is_not_ruled_out() -> None:
    names = ("worked-before", "after-deployment", "correlates-with-change", "metrics-inflect")
    assert verdict([{"name": name, "holds": "unknown"} for name in names]) == "POSSIBLE"


def test_trouble_that_nobody_could_date_clears_no_change_that_fits() -> None:
    known = {"worked-before": "yes", "correlates-with-change": "yes"}

    def judged(**dated: str) -> str:
        holds = {**known, **{name.replace("_", "-"): answer for name, answer in dated.items()}}
        why = {"evidence": ["E1:1"]}
        return verdict([{"name": name, "holds": said, "why": why} for name, said in holds.items()])

    assert judged() == "POSSIBLE"
    assert judged(after_deployment="unknown", metrics_inflect="no") == "POSSIBLE"
    assert judged(after_deployment="no", metrics_inflect="no") == "UNLIKELY"
    assert judged(after_deployment="yes") == "LIKELY"


def test_one_action_needs_one_ticket() -> None:
    state = fold_all(State(), story())
    task = state.tasks["review/actions"]
    report = {**task.report, "short_term": [], "long_term": []}
    report["immediate"] = report["immediate"][:1]
    state.tasks["review/actions"] = replace(task, report=report)
    assert "Create a ticket for 1 preventive action: warroom tickets INC-2031" in next_steps(state)


def test_a_change_that_waits_is_a_next_step_with_its_command() -> None:
    state = fold_all(State(), leak_story(WAITING))
    (waits,) = (one for one in state.approvals.values() if one.open)
    command = f"warroom approve {state.incident} {waits.approval} --sha256 {waits.sha256[:12]}"
    step = next(step for step in next_steps(state) if waits.title in step)
    assert f"{command} (or warroom deny)" in step


def breach() -> War:
    war = War(approves=False, themes=({"name": "data-loss", "effect": "the clock runs"},))
    for key in ("notify/executive", "security/assessment", "detect/record", "triage/impact"):
        war.answers[key] = REPORTS[key]
    war.open()
    war.run(until=60)
    return war


def test_a_possible_breach_is_assessed_where_people_read_and_its_clock_has_a_time() -> None:
    war = breach()
    made = page("incident-record.md", war.state, war.journal)
    assert "the guidance says data loss" in made
    assert "## Security assessment" in made
    assert "**Regulatory report due**: 2025-11-26T14:00:00Z" in made
    assert "**Forensic sign-off**: UNKNOWN" in made
    war.give(war.human("answer", field="forensic sign-off", text="s.lee"))
    made = page("incident-record.md", war.state, war.journal)
    assert "**Forensic sign-off**: s.lee (answered by a person)" in made


@pytest.mark.parametrize("field", FIELDS)
def test_every_field_a_document_asks_for_takes_an_answer(field: str) -> None:
    war = breach()
    war.give(war.human("answer", field=field, text="told"))
    assert war.state.answers[field] == "told"


def test_an_open_field_of_a_document_is_a_question() -> None:
    war = breach()
    war.state.questions.clear()
    made = page(EXECUTIVE, war.state, war.journal).split("## Open questions")[1]
    assert "- **Reputation risk**: Is this seen in public, or likely to be?" in made
