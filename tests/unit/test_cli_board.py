"""The board as text: every incident, and the next promises to be broken over all of them."""

import dataclasses
import json
from pathlib import Path

import pytest

from orchestrator.cli import main
from orchestrator.cli.board import still_owed
from orchestrator.journal.append import JournalWriter
from orchestrator.model import events as ev
from orchestrator.model.deadlines import due
from orchestrator.model.events import Event
from orchestrator.model.fold import advance
from orchestrator.model.owed import owner
from orchestrator.model.state import State
from orchestrator.project import Project
from tests.unit.incident_evidence import T0
from tests.unit.incident_story import KIM, WAITING, detected, leak_story, story

Said = pytest.CaptureFixture[str]


def told(project: Project, incident: str, events: list[Event]) -> None:
    """A journal of its own for one incident of that name."""
    folder = project.incident(incident)
    folder.create()
    first = events[0].data
    assert isinstance(first, ev.IncidentDetected)
    named = dataclasses.replace(first, incident=incident)
    writer = JournalWriter(folder.journal)
    writer.append([dataclasses.replace(events[0], data=named), *events[1:]])
    writer.close()


@pytest.fixture
def project(tmp_path: Path) -> Project:
    project = Project(tmp_path)
    project.create()
    told(project, "INC-1", story())
    told(project, "INC-2", leak_story(WAITING))
    return project


def board(project: Project, capsys: Said, *words: str) -> str:
    assert main(["board", "--project", str(project.root), *words]) == 0
    return capsys.readouterr().out


def states(upto: float) -> State:
    state = State()
    for event in leak_story(upto):
        advance(state, event)
    return state


def test_open_incidents_come_first_and_the_closed_owe_nothing(
    project: Project, capsys: Said
) -> None:
    lines = board(project, capsys).splitlines()
    assert lines[0] == "runner DOWN   1 open of 2"
    assert lines[1].split()[:3] == ["P0", "INC-2", "INVESTIGATING"]
    assert lines[2].split()[:3] == ["P0", "INC-1", "CLOSED"]
    owed = lines[lines.index("next deadlines") + 1 :]
    assert owed
    assert all("INC-2" in line for line in owed)


def test_two_grave_open_incidents_are_a_major_one(project: Project, capsys: Said) -> None:
    assert "MAJOR" not in board(project, capsys)
    told(project, "INC-3", leak_story(WAITING))
    assert "MAJOR INCIDENT: INC-2, INC-3" in board(project, capsys)
    assert json.loads(board(project, capsys, "--json"))["major"] is True


def test_drills_are_no_major_incident(project: Project, capsys: Said) -> None:
    told(project, "INC-3", [drilled(event) for event in leak_story(WAITING)])
    assert "MAJOR" not in board(project, capsys)
    assert json.loads(board(project, capsys, "--json"))["major"] is False


def drilled(event: Event) -> Event:
    if not isinstance(event.data, ev.IncidentDetected):
        return event
    return dataclasses.replace(event, data=dataclasses.replace(event.data, drill=True))


def test_the_next_deadline_comes_first_with_who_owes_it(project: Project, capsys: Said) -> None:
    body = json.loads(board(project, capsys, "--json"))
    assert [one["incident"] for one in body["incidents"]] == ["INC-2", "INC-1"]
    times = [one["due_in"] for one in body["deadlines"]]
    assert times == sorted(times)
    by = {one["deadline"]: one["owed_by"] for one in body["deadlines"]}
    assert by["resolve"] == "a.kim"
    assert "tier2" not in by


def test_a_broken_promise_is_owed_until_it_is_kept() -> None:
    state = State()
    advance(state, Event(1, "a", T0, KIM, detected(severity="P0")))
    plan = next(plan for plan in due(state.policy, state) if plan.name == "acknowledge")
    planned = ev.DeadlinePlanned("acknowledge", "promise", T0, plan.due, 1, "P0")
    advance(state, Event(2, "b", T0, KIM, planned))
    advance(state, Event(3, "c", plan.due, KIM, ev.DeadlineFired("acknowledge", plan.due)))
    late = {one.name: one for one in still_owed(state, plan.due + 60)}
    assert (late["acknowledge"].standing, late["acknowledge"].by) == ("late", "UNKNOWN")
    advance(state, Event(4, "d", plan.due + 90, KIM, ev.Acknowledged("a.kim")))
    assert "acknowledge" not in {one.name for one in still_owed(state, plan.due + 100)}


def test_a_promise_is_owed_by_its_role_or_by_who_stands_in() -> None:
    state = State(roles={"commander": "a.kim"})
    assert (owner(state, "update"), owner(state, "acknowledge")) == ("a.kim", "a.kim")
    state.roles |= {"communications-lead": "l.novak", "on-call": "j.ortiz"}
    assert (owner(state, "update"), owner(state, "acknowledge")) == ("l.novak", "j.ortiz")
    assert (owner(state, "resolve"), owner(State(), "resolve")) == ("a.kim", "UNKNOWN")


def test_what_was_kept_is_not_owed() -> None:
    state = states(WAITING)
    names = {one.name for one in still_owed(state, state.last_at)}
    assert "acknowledge" not in names
    assert "resolve" in names


def test_an_empty_project_has_an_empty_board(tmp_path: Path, capsys: Said) -> None:
    assert board(Project(tmp_path), capsys) == "runner DOWN   0 open of 0\n"
