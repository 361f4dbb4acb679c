"""The regression register of a project: entries, their numbers, and the page over all of them."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from orchestrator.documents.catalogue import SUMMARY
from orchestrator.documents.register import entry, reserve, shelf, summary
from orchestrator.documents.render import render
from orchestrator.documents.write import due, merge_into, where
from orchestrator.model import events as ev
from orchestrator.model.events import RUNNER, Event
from orchestrator.model.fold import advance, fold_all
from orchestrator.model.follow_up import items
from orchestrator.model.gates import REGISTER, gates
from orchestrator.model.state import State
from orchestrator.project import IncidentFolder, Project
from tests.flow.simulate import War
from tests.unit.incident_others import control_story, trouble_story
from tests.unit.incident_story import story, write_incident

FIRST = f"{REGISTER}REG-2025-11-23-1.yaml"

KEYS = {
    "regression_id", "incident_id", "detection_date", "severity", "introducing_change",
    "regression_category", "affected_functionality", "detection_gap", "mitigation_action",
    "mitigation_time", "preventive_actions", "status",
}  # fmt: skip


def parsed(text: str) -> dict[str, Any]:
    yaml = pytest.importorskip("yaml")
    found: dict[str, Any] = yaml.safe_load(text)
    return found


def named(incident: str) -> list[Event]:
    """The story as that of another incident, without what was written down."""
    told = [e for e in story() if not isinstance(e.data, (ev.DocumentWritten, ev.StateHashed))]
    first = told[0].data
    assert isinstance(first, ev.IncidentDetected)
    told[0] = replace(told[0], data=replace(first, incident=incident))
    return [replace(event, seq=seq) for seq, event in enumerate(told, start=1)]


def settle(folder: IncidentFolder, events: list[Event]) -> State:
    """Write what is due until nothing is, as the conductor does."""
    state = fold_all(State(), events)
    for look in range(5):
        found = due(state, events, folder)
        if not found:
            return state
        for made in found:
            written = merge_into(folder, state, made)
            size = len(written.text.encode())
            fact = ev.DocumentWritten(made.path, made.sha256, size)
            name = f"document/{made.path}/{look}"
            event = Event(state.seq + 1, name, state.last_at, RUNNER, fact)
            advance(state, event)
            events.append(event)
    raise AssertionError("documents never came to rest")


def test_an_entry_is_yaml_with_every_key() -> None:
    found = parsed(render(FIRST, fold_all(State(), story()), story()))
    assert found.keys() == KEYS
    assert found["introducing_change"].keys() == {
        "commit_sha",
        "pr_number",
        "author",
        "merge_date",
        "deployment_date",
    }
    assert found["affected_functionality"].keys() == {"component", "feature", "user_facing"}
    assert found["detection_gap"].keys() == {"escaped_testing", "detection_time", "reason"}
    assert found["regression_id"] == "REG-2025-11-23-1"
    assert found["introducing_change"]["author"] == "r.diaz"
    assert found["introducing_change"]["pr_number"] == "UNKNOWN"
    assert found["detection_gap"]["detection_time"] == "38 s"
    assert len(found["preventive_actions"]) == 5
    assert found["status"] == "ANALYZED", "its actions are open"


def test_a_pull_request_is_read_off_the_commit_that_names_it() -> None:
    state = fold_all(State(), story())
    task = state.tasks["regression/verdict"]
    suspect = {**task.report["suspects"][0], "subject": "reuse the connection (#417)"}
    state.tasks["regression/verdict"] = replace(task, report={**task.report, "suspects": [suspect]})
    found = parsed(render(FIRST, state, story()))
    assert found["introducing_change"]["pr_number"] == 417


def test_an_entry_closes_when_none_of_its_actions_is_open() -> None:
    state = fold_all(State(), story())
    for number, item in enumerate(items(state), start=1):
        state.follow_up[item.id] = replace(item, status="DONE" if number % 2 else "DROPPED")
        closed = number == 5
        told = parsed(render(FIRST, state, story()))["status"]
        assert told == ("CLOSED" if closed else "ANALYZED"), number


@pytest.mark.parametrize(
    ("status", "resolution", "said"),
    [
        ("MITIGATING", "", "OPEN"),
        ("RESOLVED", "RESOLVED", "MITIGATED"),
        ("REVIEWED", "RESOLVED", "ANALYZED"),
        ("CLOSED", "RESOLVED", "ANALYZED"),
    ],
)
def test_its_status_follows_the_incident(status: str, resolution: str, said: str) -> None:
    state = fold_all(State(), story())
    state.status, state.resolution = status, resolution
    assert parsed(render(FIRST, state, story()))["status"] == said


def test_hostile_text_stays_text_in_yaml() -> None:
    state = fold_all(State(), story())
    state.resolution_action = "x\n- y: !!python/object {a: b} # 'c' \"d\" \u2028 e"
    found = parsed(render(FIRST, state, story()))
    assert found["mitigation_action"] == "x - y: !!python/object {a: b} # 'c' \"d\" e"
    assert found.keys() == KEYS


def test_an_incident_gets_its_number_once(tmp_path: Path) -> None:
    project = Project(tmp_path)
    state = fold_all(State(), named("INC-1"))
    folder = project.incident("INC-1")
    folder.create()
    assert reserve(folder, state) == FIRST
    assert reserve(folder, state) == FIRST
    assert where(folder, FIRST).stat().st_mode & 0o777 == 0o600


def test_incidents_of_one_day_are_numbered_in_order(tmp_path: Path) -> None:
    project = Project(tmp_path)
    for number in (1, 2, 3):
        folder = project.incident(f"INC-{number}")
        folder.create()
        settle(folder, named(f"INC-{number}"))
    entries = shelf(project.incident("INC-1"))
    assert [(name, entry(text)["incident_id"]) for name, text in entries.items()] == [
        (f"REG-2025-11-23-{number}.yaml", f"INC-{number}") for number in (1, 2, 3)
    ]
    assert all(parsed(text).keys() == KEYS for text in entries.values())
    page = (tmp_path / SUMMARY).read_text()
    assert "**Regressions**: 3" in page
    assert page.index("REG-2025-11-23-3") < page.index("REG-2025-11-23-1")


def test_an_incident_whose_page_another_one_changed_comes_to_rest(tmp_path: Path) -> None:
    project = Project(tmp_path)
    one, two = named("INC-1"), named("INC-2")
    project.incident("INC-1").create()
    project.incident("INC-2").create()
    settle(project.incident("INC-1"), one)
    settle(project.incident("INC-2"), two)
    before = len(one)
    state = settle(project.incident("INC-1"), one)
    assert len(one) == before
    assert {gate.name: gate.result for gate in gates(state)}["Regression registered"] == "PASS"


def test_what_is_no_regression_is_in_no_register(tmp_path: Path) -> None:
    folder = Project(tmp_path).incident("INC-2031")
    folder.create()
    events = control_story()
    found = due(fold_all(State(), events), events, folder)
    assert not [made.path for made in found if made.path.startswith(".aiwg/")]
    assert not (tmp_path / REGISTER).exists()


def test_a_likely_regression_is_registered_too() -> None:
    found = parsed(render(FIRST, fold_all(State(), trouble_story()), trouble_story()))
    assert found["introducing_change"]["commit_sha"] == "UNKNOWN"
    assert found["status"] == "OPEN"


def test_a_copied_incident_keeps_its_entry_in_its_own_folder(tmp_path: Path) -> None:
    folder = write_incident(tmp_path)
    assert (folder.path / FIRST).exists()
    assert [path.name for path in tmp_path.iterdir()] == [folder.incident]


def test_an_entry_written_by_hand_is_summed_up_with_what_can_be_read() -> None:
    page = summary({"REG-2025-01-02-1.yaml": "status: OPEN\nseverity: P1\nnonsense\n- a | b\n"})
    assert "| REG-2025-01-02-1 | UNKNOWN | UNKNOWN | P1 |" in page
    assert "**By status**: OPEN 1" in page


def test_what_staging_showed_did_not_escape_testing() -> None:
    state = fold_all(State(), story())
    task = state.tasks["regression/verdict"]
    signs = [
        {**one, "holds": "yes"} if one["name"] == "seen-in-staging" else one
        for one in task.report["indicators"]
    ]
    assert parsed(render(FIRST, state, story()))["detection_gap"]["escaped_testing"] is True
    state.tasks["regression/verdict"] = replace(task, report={**task.report, "indicators": signs})
    assert parsed(render(FIRST, state, story()))["detection_gap"]["escaped_testing"] is False


def test_what_nobody_knows_of_an_entry_is_an_open_question_of_a_resolved_incident() -> None:
    war = War()
    war.open()
    war.run(until=60, stop=lambda state: state.status == "RESOLVED")
    assert war.state.resolution == "RESOLVED"
    assert {"feature", "pull request"} <= set(war.state.questions)


def test_nothing_of_the_register_is_asked_while_it_still_burns() -> None:
    war = War(approves=False)
    war.open()
    war.run(until=120)
    assert not {"feature", "pull request"} & set(war.state.questions)
