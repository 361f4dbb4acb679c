"""From the words a person types to the incident they open, with a runner that has a model."""

import asyncio
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from orchestrator.cli import main
from orchestrator.clock import FakeClock
from orchestrator.conductor.desk import AUTOPILOT, Answer, Asked
from orchestrator.conductor.opening import Reported, detected
from orchestrator.conductor.runner import Runner
from orchestrator.intake.guidance import EFFECTS, Theme
from orchestrator.intake.words import Understood, understood
from orchestrator.model.codec import decode, encode
from orchestrator.model.events import Actor
from orchestrator.model.policy import Policy
from orchestrator.project import Project
from orchestrator.settings import load
from tests.model_server import Reply
from tests.model_server.beside import serving
from tests.unit.rooms import KIM, shop
from tests.unit.socket_runner import Listening, listening

Said = pytest.CaptureFixture[str]
KEY = "sk-ant-api03-planted-for-this-test-0123456789abcdef"
MODEL = "claude-haiku-5-5"
TEXT = "the till is dead, SEV2"
READING = {
    "title": "the till is dead",
    "severity": "P1",
    "service": "orders",
    "since": "",
    "guidance": "",
    "themes": [{"theme": "revenue", "words": ["the till is dead"]}],
}
BY_MODEL = Understood(
    text=TEXT,
    title="tills are dead",
    severity="P1",
    service="orders",
    themes=(Theme("revenue", EFFECTS["revenue"], ("the till is dead",)),),
    by=MODEL,
    usd=0.0004,
    tokens=700,
)


def serve(runner: Runner, actor: Actor = KIM, **fields: Any) -> Answer:
    async def served() -> Answer:
        answer = await runner.serve(Asked.model_validate({"id": "cmd/1", **fields}), actor)
        if runner._reader is not None:  # else its connection outlives this loop
            client: Any = runner._reader._client
            await client.close()
        return answer

    return asyncio.run(served())


def files(root: Path) -> dict[Path, bytes]:
    return {path: path.read_bytes() for path in root.rglob("*") if path.is_file()}


@pytest.fixture
def with_key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ANTHROPIC_API_KEY", KEY)


@pytest.fixture
def without_key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("ANTHROPIC_API_KEY", raising=False)


def test_a_runner_with_a_model_says_what_it_read_and_keeps_nothing_of_it(
    tmp_path: Path, with_key: None
) -> None:
    with serving(lambda body, number: Reply.says(json.dumps(READING))) as server:
        project, _ = shop(tmp_path)
        with (tmp_path / "warroom.toml").open("a") as settings:
            settings.write(f'[model]\nbase_url = "{server.url}"\n')
        runner, before = Runner(project, load(project), FakeClock()), files(tmp_path)
        answer = serve(runner, cmd="understand", text=TEXT, guidance="hourly updates")
        said = decode(Understood, json.loads(json.dumps(answer["data"])))
        assert (said.title, said.by, said.why) == ("the till is dead", MODEL, "")
        assert [theme.name for theme in said.themes] == ["revenue", "updates-hourly"]
        assert said.usd is not None
        assert files(tmp_path) == before
        assert len(server.requests) == 1


def test_a_runner_without_a_model_answers_by_the_parser(tmp_path: Path, without_key: None) -> None:
    project, settings = shop(tmp_path)
    clock = FakeClock()
    answer = serve(Runner(project, settings, clock), cmd="understand", text=TEXT, guidance="asap")
    assert decode(Understood, answer["data"]) == understood(TEXT, ["orders"], clock.now(), "asap")


def test_only_a_person_is_read_and_only_so_much(tmp_path: Path, without_key: None) -> None:
    project, settings = shop(tmp_path)
    runner, autopilot = Runner(project, settings, FakeClock()), Actor(AUTOPILOT, AUTOPILOT)
    answer = serve(runner, autopilot, cmd="understand", text=TEXT)
    assert answer["why"] == "only the words of a person are read"
    answer = serve(runner, cmd="understand", text="x" * 4001)
    assert answer["why"] == "too long to be read: 4000 characters at most"


def opened_with(tmp_path: Path, **fields: Any) -> list[dict[str, str]]:
    project, settings = shop(tmp_path)
    reported = Reported(title="orders fail", **fields)
    facts = detected(reported, "INC-1", settings, Policy(), project)
    themes: list[dict[str, str]] = facts["themes"]
    return themes


def test_an_incident_has_the_themes_that_were_shown_and_those_its_guidance_says(
    tmp_path: Path,
) -> None:
    themes = opened_with(tmp_path, guidance="tight SLA", themes=("revenue", "security"))
    assert [theme["name"] for theme in themes] == ["security", "revenue", "tight-sla"]
    assert all(theme["effect"] == EFFECTS[theme["name"]] for theme in themes)
    assert opened_with(tmp_path) == []


def test_a_theme_nobody_knows_is_refused_in_one_line(tmp_path: Path, without_key: None) -> None:
    project, settings = shop(tmp_path)
    report = {"title": "orders fail", "themes": ["revenue", "panic"]}
    answer = serve(Runner(project, settings, FakeClock()), cmd="open", report=report)
    assert answer["accepted"] is False
    assert answer["why"].startswith("the report does not fit: themes: there is no theme 'panic'")
    assert "\n" not in answer["why"]


@pytest.fixture
def project(tmp_path: Path) -> Project:
    return shop(tmp_path)[0]


@pytest.fixture
def runner(project: Project) -> Iterator[Listening]:
    with listening(project) as heard:
        heard.answer = {"accepted": True, "why": "", "data": {"incident": "INC-1"}}
        heard.answers["understand"] = {"accepted": True, "why": "", "data": encode(BY_MODEL)}
        yield heard


def warroom(project: Project, *words: str) -> Any:
    return main([*words, "--project", str(project.root)])


def told(runner: Listening, command: str) -> dict[str, Any]:
    (one,) = [heard for heard in runner.heard if heard["cmd"] == command]
    return one


def test_the_model_s_reading_is_said_before_it_opens_exactly_that(
    project: Project, runner: Listening, with_key: None, capsys: Said
) -> None:
    assert warroom(project, TEXT, "--guidance", "prefer a rollback") == 0
    asked = told(runner, "understand")
    assert (asked["text"], asked["guidance"]) == (TEXT, "prefer a rollback")
    report = told(runner, "open")["report"]
    assert (report["title"], report["severity"]) == ("tills are dead", "P1")
    assert report["themes"] == ["revenue", "tight-sla"]
    Reported.model_validate(report)
    said = capsys.readouterr().err.splitlines()
    assert "  what       tills are dead" in said
    assert f"  guidance   revenue: {EFFECTS['revenue']}" in said
    assert f"  read by    {MODEL}, $0.0004" in said


def test_guidance_alone_is_read_for_its_themes_and_for_nothing_else(
    project: Project, runner: Listening, with_key: None
) -> None:
    warroom(project, "respond", "--title", "orders fail", "--guidance", "mind the till")
    assert told(runner, "understand")["guidance"] == "mind the till"
    report = told(runner, "open")["report"]
    assert (report["title"], report["severity"], report["service"]) == ("orders fail", "", "")
    assert (report["guidance"], report["themes"]) == ("mind the till", ["revenue"])


def test_without_a_model_the_runner_is_not_asked_and_the_parser_is_named(
    project: Project, runner: Listening, without_key: None, capsys: Said
) -> None:
    warroom(project, TEXT)
    assert "understand" not in [one["cmd"] for one in runner.heard]
    assert "  read by    parser" in capsys.readouterr().err.splitlines()
    assert told(runner, "open")["report"]["title"] == "the till is dead"


@pytest.mark.parametrize(
    ("answer", "why"),
    [
        ({"accepted": False, "why": "too long to be read"}, "too long to be read"),
        ({"accepted": True, "data": {}}, "the runner's answer cannot be read"),
    ],
)
def test_a_runner_that_has_no_reading_leaves_the_parser_s_and_that_is_said(
    project: Project,
    runner: Listening,
    with_key: None,
    capsys: Said,
    answer: dict[str, Any],
    why: str,
) -> None:
    runner.answers["understand"] = answer
    assert warroom(project, TEXT) == 0
    assert f"  read by    parser ({why})" in capsys.readouterr().err.splitlines()
    report = told(runner, "open")["report"]
    assert (report["title"], report["severity"], report["themes"]) == ("the till is dead", "P1", [])


def test_no_file_of_the_project_holds_the_key(
    project: Project, runner: Listening, with_key: None
) -> None:
    warroom(project, TEXT)
    assert [path for path, body in files(project.root).items() if KEY.encode() in body] == []
    assert KEY not in json.dumps(runner.heard)
