"""Answers of a model kept and given again: the same report, no network, no secret kept."""

import json
import stat
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from orchestrator.agents.backends import backend, named
from orchestrator.agents.claude import ClaudeBackend
from orchestrator.agents.contract import Answer
from orchestrator.agents.recorded import Recorded, Recording
from orchestrator.agents.rules import RulesBackend
from orchestrator.settings import Settings
from orchestrator.settings_model import ModelTable
from tests.model_server import ModelServer, Reply, faults
from tests.model_server.wire import Script
from tests.unit.model_work import KEY, Found, Work, found_in, run

LOOK = Reply.thinks("The log first.") + Reply.calls("read_evidence", {"id": "E1"})


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> Found:
    return found_in(tmp_path_factory.mktemp("shop"), keys=("regression/verdict", "tier1/data"))


def record(work: Work, script: Script, folder: Path) -> Answer:
    async def recording() -> Answer:
        async with ModelServer(script) as server:
            client = work.client(server.url)
            try:
                return await work.by(Recording(client, folder))
            finally:
                await client.close()

    return run(recording())


def replay(found: Found, folder: Path) -> tuple[Work, Answer]:
    work = Work(found)
    return work, run(work.by(Recorded(folder)))


@pytest.fixture
def recording(found: Found, tmp_path: Path) -> Path:
    work = Work(found)
    flaky = faults.times(1, faults.overloaded(), faults.in_order(LOOK, work.hands_in()))
    work.joined(record(work, flaky, tmp_path / "kept"))
    return tmp_path / "kept"


def test_a_recording_gives_the_same_report_and_the_same_use(found: Found, tmp_path: Path) -> None:
    first = Work(found)
    answer = record(first, faults.in_order(LOOK, first.hands_in()), tmp_path / "kept")
    again, same = replay(found, tmp_path / "kept")
    assert same == answer
    again.joined(same)
    assert [(s.turn, s.fresh, s.output) for s in again.bench.spent] == [
        (s.turn, s.fresh, s.output) for s in first.bench.spent
    ]
    assert again.bench.said() == first.bench.said()
    assert [text for kind, text in again.shown if kind == "call"] == [
        text for kind, text in first.shown if kind == "call"
    ]


def test_a_file_a_turn_for_nobody_else_to_read(recording: Path) -> None:
    files = sorted(recording.iterdir())
    assert [file.name for file in files] == ["tier1-data.1.json", "tier1-data.2.json"]
    assert {stat.S_IMODE(file.stat().st_mode) for file in files} == {0o600}
    assert stat.S_IMODE(recording.stat().st_mode) == 0o700


def test_nothing_of_a_request_is_kept(recording: Path) -> None:
    for file in recording.iterdir():
        text = file.read_text().lower()
        assert KEY not in text
        for word in ("authorization", "bearer", "anthropic-version", "x-api-key"):
            assert word not in text
        assert set(json.loads(text)) == {"model", "stop", "why", "content", "usage"}


def test_a_secret_a_model_repeats_is_not_kept(found: Found, tmp_path: Path) -> None:
    secret = "ghp_" + "a1B2c3D4e5F6" * 3
    work = Work(found)
    said = Reply.thinks(f"The token {secret} is in the log.") + work.hands_in()
    record(work, faults.always(said), tmp_path / "kept")
    (file,) = (tmp_path / "kept").iterdir()
    assert secret not in file.read_text()


def test_a_turn_that_is_missing_leaves_the_rules_report(found: Found, recording: Path) -> None:
    (recording / "tier1-data.2.json").unlink()
    work, answer = replay(found, recording)
    work.stands(answer, "tier1-data.2.json is not in the recording")


@pytest.mark.parametrize(
    "content",
    [
        "",
        "{",
        "[]",
        "{}",
        '{"content": [], "stop": "end_turn"}',
        '{"content": ["x"], "stop": "end_turn", "usage": {}}',
        '{"content": [{}], "stop": "end_turn", "usage": {}}',
        '{"content": [{"type": "text"}], "stop": "end_turn", "usage": {}}',
        '{"content": [{"type": "text", "text": 7}], "stop": "end_turn", "usage": {}}',
        '{"content": [{"type": "tool_use", "id": "a", "name": "read_logs", "input": []}],'
        ' "stop": "tool_use", "usage": {}}',
        '{"content": [], "stop": "end_turn", "usage": {"dollars": 1}}',
    ],
)
def test_a_file_that_is_no_answer_leaves_the_rules_report(
    found: Found, recording: Path, content: str
) -> None:
    (recording / "tier1-data.1.json").write_text(content)
    work, answer = replay(found, recording)
    work.stands(answer, "tier1-data.1.json cannot be read")


def test_a_failure_is_not_recorded(found: Found, tmp_path: Path) -> None:
    work = Work(found)
    work.stands(record(work, faults.always(faults.unauthenticated()), tmp_path / "kept"), "key")
    assert not (tmp_path / "kept").exists()


def test_a_folder_that_cannot_be_written_costs_the_copy_and_not_the_answer(
    found: Found, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "kept").write_text("a file where the folder should be")
    work = Work(found)
    work.joined(record(work, faults.always(work.hands_in()), tmp_path / "kept"))
    assert "an answer was not recorded" in caplog.text


def test_a_statement_whose_evidence_is_not_there_now_is_dropped(
    found: Found, recording: Path
) -> None:
    work = Work(found)
    del work.bench.state.evidence["E1"]
    answer = run(work.by(Recorded(recording)))
    assert "The model has read it." in answer.dropped
    assert answer.report["summary"] == work.rules["summary"]


@pytest.mark.parametrize(
    ("table", "environ", "name"),
    [
        ({}, {}, "rules"),
        ({}, {"ANTHROPIC_API_KEY": " "}, "rules"),
        ({}, {"ANTHROPIC_API_KEY": "k"}, "claude"),
        ({"key_env": "OURS"}, {"ANTHROPIC_API_KEY": "k"}, "rules"),
        ({"key_env": "OURS"}, {"OURS": "k"}, "claude"),
        ({"backend": "rules"}, {"ANTHROPIC_API_KEY": "k"}, "rules"),
        ({"backend": "claude"}, {}, "claude"),
        ({"backend": "recorded", "recording": "kept"}, {}, "recorded"),
    ],
)
def test_the_settings_say_who_answers(
    table: dict[str, Any], environ: dict[str, str], name: str
) -> None:
    settings = Settings(model=ModelTable(**table))
    assert named(settings, environ) == name
    answering = backend(settings, Path(), environ)
    assert answering.name == name
    assert isinstance(answering, RulesBackend if name == "rules" else ClaudeBackend)


def test_where_the_settings_say_so_what_is_answered_is_recorded(
    found: Found, tmp_path: Path
) -> None:
    work = Work(found)

    async def work_on() -> Answer:
        async with ModelServer(faults.always(work.hands_in())) as server:
            table = ModelTable(base_url=server.url, record=True, recording="kept")
            settings = Settings(model=table)
            answering = backend(settings, tmp_path, {"ANTHROPIC_API_KEY": KEY})
            assert isinstance(answering, ClaudeBackend)
            work.bench.settings = work.bench.settings.model_copy(update={"model": table})
            answer = await answering.perform(work.task, work.bench)
            await close(answering)
            return answer

    assert run(work_on()).report["summary"]["text"] == "The model has read it."
    assert [file.name for file in (tmp_path / "kept").iterdir()] == ["tier1-data.1.json"]


async def close(answering: ClaudeBackend) -> None:
    """Its connections: a test ends, and a runner's process does."""
    recording: Any = answering.client
    await recording._client.close()


@pytest.mark.parametrize(
    ("table", "why"),
    [
        ({"backend": "recorded"}, "needs the folder of the recording"),
        ({"record": True}, "needs the folder of the recording"),
        ({"provider": "vertex"}, "needs the region of Vertex"),
        ({"provider": "openai"}, "Input should be"),
        ({"base_url": "file:///etc/passwd"}, "base_url"),
        ({"key_env": "sk-ant-api03-x"}, "key_env"),
        ({"task": {"turns": 0}}, "task.turns"),
        ({"task": {"seconds": 0}}, "task.seconds"),
        ({"incident_usd": -1}, "incident_usd"),
        ({"tasks": {"tier1/data": {"effort": "heroic"}}}, "effort"),
        ({"known": {"m": {"input": -1}}}, "known.m.input"),
        ({"api_key": "k"}, "api_key"),
    ],
)
def test_settings_that_cannot_be_meant_are_refused(table: dict[str, Any], why: str) -> None:
    with pytest.raises(ValidationError) as raised:
        ModelTable(**table)
    assert why in str(raised.value)
