"""What is printed while an incident runs without a screen: start, marks, and what it waits for."""

import asyncio
import io
import json
from pathlib import Path

import pytest

from orchestrator.cli.progress import Follower, announcer, printer, start_message, waits_for
from orchestrator.cli.respond import follow
from orchestrator.flow.security import SIGN_OFF
from orchestrator.journal.append import JournalWriter
from orchestrator.model import events as ev
from orchestrator.model.events import FLOW, Event, Payload
from orchestrator.model.fold import advance
from orchestrator.model.state import State
from orchestrator.project import IncidentFolder, Project
from tests.unit.incident_evidence import T0
from tests.unit.incident_story import INCIDENT, KIM, WAITING, detected, leak_story, write_incident


def followed(tmp_path: Path, *payloads: Payload) -> list[str]:
    """The lines printed about an incident in which these things happened."""
    folder = IncidentFolder(tmp_path / "INC-1")
    folder.create()
    writer = JournalWriter(folder.journal)
    told = [detected(), *payloads]
    writer.append([Event(n, f"e{n}", T0 + n, FLOW, one) for n, one in enumerate(told, start=1)])
    writer.close()
    out = io.StringIO()
    Follower(folder, printer(out), announcer(out)).look()
    return out.getvalue().splitlines()


def waiting() -> State:
    state = State()
    for event in leak_story(WAITING):
        advance(state, event)
    return state


def test_the_start_message_comes_before_the_first_line_of_progress(tmp_path: Path) -> None:
    lines = followed(tmp_path)
    assert lines[0].startswith("Responding to INC-2031: orders answers 5xx")
    first = next(n for n, line in enumerate(lines) if "incident detected" in line)
    assert all(not line.startswith("  ") for line in lines[first:])


def test_the_start_says_symptoms_severity_promise_and_what_is_coordinated() -> None:
    state = State()
    advance(state, Event(1, "a", T0, KIM, detected()))
    said = start_message(state)
    assert "symptoms   94 % of requests to orders fail" in said
    assert "severity   P1 (pending triage)" in said
    assert "resolution within 4 h" in said
    assert "coordinates detection" in said
    advance(state, Event(2, "b", T0, KIM, ev.SeveritySet("P3", "a.kim", "nobody uses it")))
    assert "resolution no promise" in start_message(state)


def test_each_kind_of_progress_has_its_mark(tmp_path: Path) -> None:
    lines = followed(
        tmp_path,
        ev.Acknowledged("a.kim"),
        ev.StatusChanged("MITIGATING"),
        ev.TierEscalated(2, "j.ortiz", ("no runbook",), "reason"),
        ev.LineStopped("the rollback failed"),
        ev.MessageNotRequired("communications/executive-notification.md", "resolved before"),
        ev.StepOverridden("tiers", "skip", "the cause is known"),
        ev.StepOverridden("tiers", "repeat", "new logs"),
    )
    marks = {line.split(" ", 2)[2]: line.split(" ", 2)[1] for line in lines if line[2] == ":"}

    def mark(words: str) -> str:
        return next(mark for text, mark in marks.items() if words in text)

    assert mark("acknowledged") == "✓"
    assert mark("MITIGATING") == "⏳"
    assert mark("tier 2") == "⚠️"
    assert mark("STOP") == "❌"
    assert mark("not required") == "⊘"
    assert mark("the cause is known") == "⊘"
    assert mark("new logs") == "⚠️"


def test_what_waits_is_said_with_the_verb_that_ends_the_waiting() -> None:
    state = waiting()
    assert waits_for(state).endswith(f"warroom approve {state.incident}")
    advance(state, Event(state.seq + 1, "s", state.last_at, KIM, ev.LineStopped("payday")))
    assert waits_for(state) == f"the line is stopped: payday; warroom assess {state.incident} TEXT"


def test_a_missing_sign_off_is_named_before_the_approval_it_blocks() -> None:
    state = waiting()
    for n, data in enumerate(
        (
            ev.ExceptionDeclared("security", "the guidance says security", ()),
            ev.QuestionOpened(SIGN_OFF, "Has forensics signed off?"),
        )
    ):
        advance(state, Event(state.seq + 1, f"x{n}", state.last_at, FLOW, data))
    assert waits_for(state) == (
        f"Has forensics signed off? warroom answer {state.incident} '{SIGN_OFF}' TEXT"
    )
    answered = ev.QuestionAnswered(SIGN_OFF, "yes, R. Diaz")
    advance(state, Event(state.seq + 1, "y", state.last_at, KIM, answered))
    assert "approve" in waits_for(state)


def test_a_closed_incident_ends_with_its_completion_report(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    project = Project(tmp_path)
    project.create()
    folder = write_incident(project.incidents, transcripts=False)
    assert asyncio.run(follow(project, INCIDENT, as_json=False)) == 0
    out = capsys.readouterr().out
    assert f"Incident Response Complete: {INCIDENT}" in out
    assert "Overall Status: RESOLVED" in out
    assert out.endswith(f"Replay: warroom replay {folder.path}\n")
    assert asyncio.run(follow(project, INCIDENT, as_json=True)) == 0
    body = json.loads(capsys.readouterr().out)
    assert (body["status"], body["waits_for"]) == ("CLOSED", None)


def test_one_that_waits_says_for_what_and_needs_a_human(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    project = Project(tmp_path)
    project.create()
    write_incident(project.incidents, leak_story(WAITING), transcripts=False)
    assert asyncio.run(follow(project, INCIDENT, as_json=False)) == 4
    assert capsys.readouterr().out.startswith(f"{INCIDENT} waits for you: approval ")


def test_nothing_waits_in_an_incident_that_goes_on_by_itself() -> None:
    state = State()
    advance(state, Event(1, "a", T0, KIM, detected()))
    assert waits_for(state) == ""
