"""What comes in from outside is made safe before it is journalled, and refused in one line."""

import asyncio
import json
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from orchestrator.client import LINE_LIMIT, RunnerDown, alive, command_id, send
from orchestrator.clock import WallClock
from orchestrator.conductor.desk import Answer, Asked, Desk, accepted
from orchestrator.conductor.opening import Reported, detected, repeated, repeats, why_not
from orchestrator.evidence.sources.ring import read_ring, ring_path
from orchestrator.evidence.sources.source import SourceError
from orchestrator.model.events import Actor
from orchestrator.model.policy import Policy
from orchestrator.model.records import Task
from orchestrator.model.state import State
from orchestrator.project import Project
from orchestrator.settings import SettingsError, load, policy
from tests.unit.rooms import shop

LEAKY = {
    "title": "login fails\x1b[2J password=hunter2hunter2",
    "symptoms": "Authorization: Bearer abcdef0123456789abcdef",
    "guidance": "use token=abcdefgh12345678",
    "alert": {"alerts": [{"labels": {"db_password": "hunter2hunter2", "a\x1b[2J": "b\x07"}}]},
    "key": '{}:{api_key="abcdefgh12345678"}/x',
}


def reported(**more: Any) -> Reported:
    return Reported.model_validate({"title": "orders fail", **more})


def why(**more: Any) -> str:
    with pytest.raises(ValidationError) as caught:
        reported(**more)
    return why_not(caught.value)


def test_neither_the_opening_nor_a_repetition_carries_secrets_or_escapes(tmp_path: Path) -> None:
    project, settings = shop(tmp_path)
    report = reported(**LEAKY)
    opening = json.dumps(detected(report, "INC-1", settings, Policy(), project))
    for kept in (opening, json.dumps(repeated(report))):
        assert "hunter2" not in kept
        assert "abcdef" not in kept
        assert "\\u001b" not in kept
        assert "\\u0007" not in kept
    assert '"db_password": "[redacted]"' in opening
    assert report.title == "login fails password=[redacted]"


def test_an_alert_whose_key_held_a_secret_still_repeats_its_incident() -> None:
    first = reported(**LEAKY)
    state = State(incident="INC-1", status="DETECTED", alert={"key": first.key})
    assert repeats(state, reported(**LEAKY)) is True


def test_an_alert_repeats_a_resolved_incident_as_long_as_it_is_watched_for_a_relapse() -> None:
    looks = Task("relapse/watch@1", 1, "probe", "", "", "", {}, 0.0)
    state = State(incident="INC-1", status="REVIEWED", alert={"key": "k"}, resolutions=1)
    assert not repeats(state, reported(key="k"))
    state.tasks[looks.key] = looks
    assert repeats(state, reported(key="k"))
    assert not repeats(state, reported(key="other"))
    state.status = "CLOSED"
    assert not repeats(state, reported(key="k"))


def test_symptoms_are_cut_and_a_title_that_is_too_long_is_refused_in_one_line() -> None:
    assert len(reported(symptoms="y" * 5000).symptoms) == 4000
    assert why(title="x" * 201) == "the title has 201 characters; 200 at most"
    assert why(guidance="x" * 2001) == "guidance: String should have at most 2000 characters"


def test_hiding_a_secret_never_makes_a_title_too_long() -> None:
    title = ("password=abcd " * 14).strip()
    assert len(reported(title=title).title) <= 200


def test_a_number_that_json_does_not_have_is_kept_as_a_word() -> None:
    assert reported(alert={"x": float("nan"), "y": 1.5}).alert == {"x": "nan", "y": 1.5}


def told(project: Project, line: bytes) -> dict[str, Any]:
    """What a desk answers to one line."""

    async def serve(asked: Asked, actor: Actor) -> Answer:
        return accepted(cmd=asked.cmd)

    async def ask() -> bytes:
        desk = Desk(project, load(project), serve)
        await desk.open()
        reader, writer = await asyncio.open_unix_connection(project.socket)
        writer.write(line)
        await writer.drain()
        answer = await reader.readline()
        writer.close()
        await desk.close()
        return answer

    answer: dict[str, Any] = json.loads(asyncio.run(ask()))
    return answer


def test_a_command_of_three_megabytes_is_heard_and_a_larger_one_is_answered(
    tmp_path: Path,
) -> None:
    project, _ = shop(tmp_path)
    command = {"id": "cmd/1", "cmd": "open", "report": {"title": "t", "symptoms": "z" * (3 << 20)}}
    assert told(project, json.dumps(command).encode() + b"\n")["accepted"] is True
    answer = told(project, b"x" * (2 * LINE_LIMIT) + b"\n")
    assert (answer["accepted"], answer["why"]) == (
        False,
        "too large: a command may have 4 MB at most",
    )


@pytest.mark.parametrize("at", ["NaN", "Infinity", "-Infinity", "1e999"])
def test_a_time_that_is_no_number_is_refused_at_the_desk(tmp_path: Path, at: str) -> None:
    project, _ = shop(tmp_path)
    line = '{"id": "cmd/1", "cmd": "ack", "incident": "INC-1", "at": AT}\n'
    answer = told(project, line.replace("AT", at).encode())
    assert answer["accepted"] is False
    assert answer["why"].startswith("the command does not fit: at: ")


@pytest.mark.parametrize("name", ["", ".", "..", "../../etc/x", "a/b", "a\\b", "a\0b"])
def test_no_label_leads_out_of_the_metrics_folder(tmp_path: Path, name: str) -> None:
    project, _ = shop(tmp_path)
    with pytest.raises(SourceError, match="no name of a service"):
        ring_path(project, name)
    assert read_ring(project, name) == []


def test_a_heartbeat_from_the_future_is_none(tmp_path: Path) -> None:
    project, _ = shop(tmp_path)
    project.runner.write_text(json.dumps({"pid": 1, "at": 10_000.0}))
    assert alive(project, 10_001.0)
    assert not alive(project, 5_000.0)


@pytest.fixture
def far(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Project:
    """A project whose path is too long for a socket of its own."""
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path))
    root = tmp_path / ("x" * 100)
    root.mkdir()
    return Project(root)


def test_the_socket_of_a_project_far_down_lies_in_a_folder_of_our_own(far: Project) -> None:
    far.create()
    assert far.socket.parent != far.home
    assert far.socket.parent.stat().st_mode & 0o777 == 0o700


def test_a_run_folder_others_may_enter_is_refused_by_runner_and_client(far: Project) -> None:
    far.socket.parent.mkdir(mode=0o755)
    with pytest.raises(PermissionError, match="only you may enter"):
        far.create()
    with pytest.raises(RunnerDown, match="only you may enter"):
        send(far, {"id": command_id(WallClock(), "status"), "cmd": "status"})


def test_a_run_folder_that_is_a_link_is_refused(far: Project, tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir(mode=0o700)
    far.socket.parent.symlink_to(tmp_path / "elsewhere")
    with pytest.raises(PermissionError):
        far.create()


@pytest.mark.parametrize(
    "line",
    [
        "[validation]\ninterval = 0",
        "[validation]\npatience = 0.0",
        "[validation]\npasses = 0",
        "[validation]\npasses = inf",
        "[validation]\ninterval = inf",
        "approval_expires = 0",
    ],
)
def test_a_policy_that_ends_before_it_begins_names_its_line(tmp_path: Path, line: str) -> None:
    project, _ = shop(tmp_path)
    text = project.settings.read_text()
    project.settings.write_text(f'{text}\n[policy]\npath = "policy.toml"\n')
    (tmp_path / "policy.toml").write_text(f"{line}\n")
    number = 1 + line.count("\n")
    with pytest.raises(SettingsError, match=rf"policy.toml line {number}: .* must be"):
        policy(load(project), tmp_path)
