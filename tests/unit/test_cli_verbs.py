"""Each verb is one command to the runner, said in one line with an exit code."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from orchestrator.cli import VERBS, decide, main
from orchestrator.conductor.desk import Asked
from orchestrator.model.fold import fold_all
from orchestrator.model.state import State
from orchestrator.project import Project
from tests.unit.incident_story import INCIDENT, WAITING, leak_story, write_incident
from tests.unit.socket_runner import Listening, listening

DONE, NOT_RESOLVED, WRONG_USE, BROKEN_INPUT = 0, 1, 2, 3

Said = pytest.CaptureFixture[str]


@pytest.fixture
def project(tmp_path: Path) -> Project:
    """A project whose one incident waits for an approval."""
    project = Project(tmp_path)
    project.create()
    write_incident(project.incidents, leak_story(WAITING), transcripts=False)
    return project


@pytest.fixture
def runner(project: Project) -> Iterator[Listening]:
    with listening(project) as heard:
        yield heard


def warroom(project: Project, verb: str, *words: str) -> Any:
    return main([verb, INCIDENT, *words, "--project", str(project.root)])


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        (["ack"], {"cmd": "ack"}),
        (["note", "looking at it"], {"cmd": "note", "text": "looking at it"}),
        (["note", "looking", "at", "it"], {"cmd": "note", "text": "looking at it"}),
        (["assess", "disk was full"], {"cmd": "assess", "text": "disk was full"}),
        (
            ["answer", "impact start", "14:02"],
            {"cmd": "answer", "field": "impact start", "text": "14:02"},
        ),
        (
            ["severity", "sev2", "--why", "only half"],
            {"cmd": "severity", "severity": "P1", "why": "only half"},
        ),
        (
            ["assign", "commander", "m.sato"],
            {"cmd": "assign", "role": "commander", "person": "m.sato"},
        ),
        (
            ["escalate", "tier2", "--why", "no idea"],
            {"cmd": "escalate", "target": "tier2", "why": "no idea"},
        ),
        (
            ["hold", "executive", "--why", "told by phone"],
            {"cmd": "hold", "deadline": "executive", "why": "told by phone"},
        ),
        (
            ["step", "5", "repeat", "--why", "new logs"],
            {"cmd": "step", "step": "root-cause", "what": "repeat", "why": "new logs"},
        ),
        (
            ["step", "tiers", "skip", "--why", "known"],
            {"cmd": "step", "step": "tiers", "what": "skip", "why": "known"},
        ),
        (["stop", "--why", "payday"], {"cmd": "halt", "why": "payday"}),
        (["stop", "--agent", "tier1/data"], {"cmd": "stop", "key": "tier1/data"}),
        (["undo"], {"cmd": "undo"}),
        (["undo", "mitigation/execute"], {"cmd": "undo", "action": "mitigation/execute"}),
        (
            ["assign", "commander", "m.sato", "--why", "asleep"],
            {"cmd": "assign", "role": "commander", "person": "m.sato", "why": "asleep"},
        ),
        (["handoff", "--to", "m.sato"], {"cmd": "handoff", "person": "m.sato"}),
        (
            ["handoff", "--to", "m.sato", "--role", "scribe", "--why", "x"],
            {"cmd": "handoff", "person": "m.sato", "role": "scribe", "why": "x"},
        ),
        (["accept"], {"cmd": "accept"}),
        (["decline", "--why", "driving"], {"cmd": "decline", "why": "driving"}),
        (
            ["away", "m.sato", "--why", "on a plane"],
            {"cmd": "away", "person": "m.sato", "why": "on a plane"},
        ),
        (
            ["severity", "P1", "--why", "agreed", "--word", "a.kim says so"],
            {"cmd": "severity", "severity": "P1", "why": "agreed", "override": "a.kim says so"},
        ),
        (["resolve", "--why", "seen"], {"cmd": "resolve", "why": "seen"}),
        (["reopen", "--why", "again"], {"cmd": "reopen", "why": "again"}),
        (["close", "--why", "done"], {"cmd": "close", "why": "done"}),
        (["deny", "--why", "payday"], {"cmd": "deny", "why": "payday"}),
    ],
)
def test_a_verb_is_one_command(
    project: Project, runner: Listening, typed: list[str], told: dict[str, str], capsys: Said
) -> None:
    assert warroom(project, *typed) == DONE
    assert {name: runner.last[name] for name in told} == told
    assert runner.heard[-1]["incident"] == INCIDENT
    assert set(runner.last) - set(told) <= {"approval"}
    done = decide.VERBS[typed[0]].done or f"{typed[0]} accepted"
    assert capsys.readouterr().out == f"✓ {INCIDENT}: {done}\n"


@pytest.mark.parametrize("verb", ["ack", "undo", "star", "note"])
def test_what_is_sent_is_what_the_runner_takes(
    project: Project, runner: Listening, verb: str
) -> None:
    assert warroom(project, verb, *(["hello"] if verb == "note" else [])) == DONE
    asked = Asked.model_validate(runner.heard[-1])
    assert (asked.cmd, asked.incident) == (verb, INCIDENT)


def test_an_event_is_starred_by_number_by_id_or_as_the_latest(
    project: Project, runner: Listening
) -> None:
    events = leak_story(WAITING)
    assert warroom(project, "star", "#3") == DONE
    assert runner.last == {"cmd": "star", "event": events[2].id}
    assert warroom(project, "star", events[4].id) == DONE
    assert runner.last == {"cmd": "star", "event": events[4].id}
    assert warroom(project, "star") == DONE
    assert runner.last == {"cmd": "star", "event": events[-1].id}


def test_a_number_no_event_has_is_wrong_use(
    project: Project, runner: Listening, capsys: Said
) -> None:
    assert warroom(project, "star", "9999") == WRONG_USE
    assert f"has events 1 to {len(leak_story(WAITING))}" in capsys.readouterr().err
    assert runner.heard == []


def test_an_approval_needs_the_hash_and_shows_the_card_without_it(
    project: Project, runner: Listening, capsys: Said
) -> None:
    assert warroom(project, "approve") == WRONG_USE
    shown = capsys.readouterr()
    assert "will run" in shown.out
    digits = shown.err.rsplit(" ", 1)[-1].strip()
    assert runner.heard == []
    assert warroom(project, "approve", "--sha256", digits) == DONE
    assert runner.last["sha256"].startswith(digits)
    assert len(runner.last["sha256"]) == 64


def test_a_refusal_is_one_line_and_1(project: Project, runner: Listening, capsys: Said) -> None:
    runner.answer = {"accepted": False, "why": "already acknowledged by a.kim"}
    assert warroom(project, "ack") == NOT_RESOLVED
    said = capsys.readouterr()
    assert (said.out, said.err) == ("", "warroom: refused: already acknowledged by a.kim\n")


def test_json_is_one_object_accepted_or_not(
    project: Project, runner: Listening, capsys: Said
) -> None:
    assert warroom(project, "ack", "--json") == DONE
    body = json.loads(capsys.readouterr().out)
    assert (body["accepted"], body["id"]) == (True, runner.heard[-1]["id"])
    runner.answer = {"accepted": False, "why": "no"}
    assert warroom(project, "ack", "--json") == NOT_RESOLVED
    said = capsys.readouterr()
    assert (json.loads(said.out)["why"], said.err) == ("no", "")


@pytest.mark.parametrize(
    ("typed", "says"),
    [
        (["severity", "P9", "--why", "x"], "severity 'P9' is unknown"),
        (["stop"], f"say why the line stops: warroom stop {INCIDENT} --why TEXT"),
        (["deny", "nothing", "--why", "x"], "there is no approval"),
        (["sent", "nothing", "--channel", "mail"], "there is no draft 'nothing'"),
    ],
)
def test_wrong_use_is_one_line_and_nothing_is_sent(
    project: Project, runner: Listening, typed: list[str], says: str, capsys: Said
) -> None:
    assert warroom(project, *typed) == WRONG_USE
    err = capsys.readouterr().err
    assert says in err
    assert err.count("\n") == 1
    assert runner.heard == []


@pytest.mark.parametrize(
    "typed", [["resolve"], ["reopen"], ["close"], ["hold", "executive"], ["escalate", "tier2"]]
)
def test_a_decision_needs_its_reason(project: Project, typed: list[str], capsys: Said) -> None:
    with pytest.raises(SystemExit) as ended:
        warroom(project, *typed)
    assert ended.value.code == WRONG_USE
    assert "--why" in capsys.readouterr().err


def test_an_unknown_incident_names_those_that_are_there(project: Project, capsys: Said) -> None:
    assert main(["ack", "INC-9", "--project", str(project.root)]) == WRONG_USE
    assert f"no incident 'INC-9' in {project.root}; there: {INCIDENT}" in capsys.readouterr().err
    assert main(["ack", "../x", "--project", str(project.root)]) == WRONG_USE


def test_a_runner_that_is_down_is_said_with_the_way_to_start_it(
    project: Project, capsys: Said
) -> None:
    assert warroom(project, "ack") == NOT_RESOLVED
    assert f"warroom runner --project {project.root}" in capsys.readouterr().err


def test_a_broken_journal_is_broken_input(project: Project, capsys: Said) -> None:
    journal = project.incident(INCIDENT).journal
    lines = journal.read_bytes().splitlines(keepends=True)
    journal.write_bytes(b"".join([lines[0], b"{\n", *lines[2:]]))
    assert warroom(project, "star") == BROKEN_INPUT
    assert "line 2 is broken" in capsys.readouterr().err


def test_every_word_of_a_person_can_be_said_from_a_shell() -> None:
    assert {verb for verb, (module, _) in VERBS.items() if module == "decide"} == set(decide.VERBS)


def test_every_verb_explains_itself(capsys: Said) -> None:
    for verb, (module, purpose) in VERBS.items():
        assert purpose
        if module:
            with pytest.raises(SystemExit) as ended:
                main([verb, "--help"])
            assert ended.value.code == 0
            assert f"warroom {verb}" in capsys.readouterr().out


def test_a_first_approval_of_two_says_that_it_waits(
    project: Project, runner: Listening, capsys: Said
) -> None:
    runner.answer["data"] = {"waits": "1 of 2, waits for another person"}
    assert warroom(project, "approve", "--sha256", leak_sha()) == DONE
    assert capsys.readouterr().out.endswith(": 1 of 2, waits for another person\n")


def test_a_read_in_needs_no_runner_and_says_where_it_stands(project: Project, capsys: Said) -> None:
    assert warroom(project, "readin") == DONE
    out = capsys.readouterr().out
    assert out.startswith("# Read-in: ")
    for heading in ("Where it stands", "Waits for a decision", "Next deadlines", "Who knows what"):
        assert f"## {heading}" in out
    assert warroom(project, "readin", "--json") == DONE
    assert json.loads(capsys.readouterr().out)["text"] == out


def leak_sha() -> str:
    state = fold_all(State(), leak_story(WAITING))
    return next(one.sha256 for one in state.approvals.values() if one.open)
