"""Opening the console: standing by, finding the incident, the runner, and wrong use in one line."""

import json
from pathlib import Path
from typing import Any

import pytest

from orchestrator.client import DOWN_AFTER
from orchestrator.clock import FakeClock
from orchestrator.evidence.sources.ring import Sample
from orchestrator.project import Project, write_private
from tests.tui.rooms import find, text_of
from tests.unit.incident_story import leak_story, write_incident
from tui import __main__ as command
from tui.app import Console
from tui.runner_link import START_GRACE, RunnerLink
from tui.screens.standby import Standby
from tui.screens.war_room import WarRoom


def drill(root: Path) -> tuple[Project, Path]:
    project, home = Project(root / "project"), root
    project.create()
    mark = {"drill": "leak", "seed": 7, "home": str(home)}
    project.drill_mark.write_text(json.dumps(mark))
    return project, home / "lab.ndjson"


def lab(path: Path, *lines: str) -> None:
    with path.open("a") as file:
        for number, line in enumerate(lines):
            file.write(json.dumps({"t": 1_763_906_400.0 + number, "text": line}) + "\n")


async def test_before_an_incident_the_lab_is_shown_as_it_works(tmp_path: Path) -> None:
    project, path = drill(tmp_path)
    app = Console(project, clock=FakeClock(), start_runner=False)
    async with app.run_test(size=(100, 30)) as pilot:
        await pilot.pause()
        find(app, "waiting for the lab")
        lab(path, "service built", "release 1.9.0 deployed")
        before = app.screen
        assert isinstance(before, Standby)
        before.look()
        await pilot.pause()
        assert "14:00:01" in find(app, "release 1.9.0 deployed")
        assert "leak" in find(app, "Lab")


async def test_the_signals_are_those_of_the_drilled_service(tmp_path: Path) -> None:
    project, _ = drill(tmp_path)
    clock = FakeClock()
    project.metrics.mkdir(parents=True, exist_ok=True)
    for service, values in (("edge", {"errors": 0.0}), ("leak", {"saturation": 0.5})):
        samples = [Sample(clock.now() - age, ok=True, values=values) for age in (2, 1)]
        (project.metrics / f"{service}.ndjson").write_text("".join(one.line() for one in samples))
    app = Console(project, clock=clock, start_runner=False)
    async with app.run_test(size=(100, 30)) as pilot:
        await pilot.pause()
        before = app.screen
        assert isinstance(before, Standby)
        before.look()
        await pilot.pause()
        assert "50 %" in find(app, "in use")


async def test_the_war_room_opens_by_itself_when_an_incident_appears(tmp_path: Path) -> None:
    project, _ = drill(tmp_path)
    app = Console(project, clock=FakeClock(), start_runner=False)
    async with app.run_test(size=(120, 40)) as pilot:
        await pilot.pause()
        write_incident(project.incidents, leak_story(300), transcripts=False)
        before = app.screen
        assert isinstance(before, Standby)
        before.look()
        await pilot.pause()
        await app.workers.wait_for_complete()
        await pilot.pause()
        after = app.screen
        assert isinstance(after, WarRoom)
        after.beat()
        await pilot.pause()
        find(app, "INC-2031")
    assert app.incident == "INC-2031"


@pytest.mark.parametrize("size", [(20, 5), (80, 24), (200, 60)])
async def test_standing_by_fits_any_size(tmp_path: Path, size: tuple[int, int]) -> None:
    project, path = drill(tmp_path)
    lab(path, "service built")
    app = Console(project, clock=FakeClock(), start_runner=False)
    async with app.run_test(size=size) as pilot:
        await pilot.pause()
        assert len(text_of(app)) == size[1]


def test_a_runner_is_down_when_its_heartbeat_is_old(tmp_path: Path) -> None:
    project, clock = Project(tmp_path), FakeClock()
    project.create()
    link = RunnerLink(project, clock)
    assert link.health().alive is False
    write_private(project.runner, json.dumps({"pid": 1, "at": clock.now(), "why": ""}))
    assert link.health().alive is True
    clock.advance(DOWN_AFTER + 0.1)
    health = link.health()
    assert health.alive is False
    assert health.silent_for == pytest.approx(DOWN_AFTER + 0.1)
    assert DOWN_AFTER + 0.5 <= 3.0, "a look every half second finds it within three seconds"


def test_a_runner_that_is_starting_is_not_called_down(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    started: list[list[str]] = []

    class Process:
        def __init__(self, argv: list[str], **options: Any) -> None:
            assert options["start_new_session"], "it must outlive the terminal"
            started.append(argv)

        def poll(self) -> None:
            return None

    monkeypatch.setattr("orchestrator.client.subprocess.Popen", Process)
    clock = FakeClock()
    link = RunnerLink(Project(tmp_path), clock)
    assert link.start_if_down() is True
    assert started[0][1:4] == ["-m", "orchestrator.cli", "runner"]
    assert link.health().starting
    clock.advance(START_GRACE + 0.1)
    assert link.health().alive is False


def test_a_command_to_a_runner_that_is_not_there_is_refused(tmp_path: Path) -> None:
    project = Project(tmp_path)
    project.create()
    link = RunnerLink(project, FakeClock())
    answer = link.send(link.command("ack", "INC-1", {}))
    assert not answer.accepted
    assert "ctrl+r" in answer.why


@pytest.fixture
def terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(command, "on_terminal", lambda: True)


def test_without_a_terminal_a_screen_says_so(capsys: pytest.CaptureFixture[str]) -> None:
    assert command.main(["open"]) == 2
    assert "needs a terminal" in capsys.readouterr().err


@pytest.mark.usefixtures("terminal")
@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["open", "INC-9", "--project", "{root}"], "INC-9: no such incident"),
        (["open", "--project", "{root}/nowhere"], "no such folder"),
        (["replay", "INC-9", "--project", "{root}"], "no incident here"),
        (["replay", "--project", "{root}"], "nothing to replay"),
    ],
)
def test_wrong_use_is_one_clear_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], words: list[str], says: str
) -> None:
    code = command.main([word.replace("{root}", str(tmp_path)) for word in words])
    out = capsys.readouterr()
    assert code == 2
    assert says in out.err
    assert out.err.count("\n") == 1


@pytest.mark.usefixtures("terminal")
def test_a_broken_journal_is_broken_input(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "INC-1"
    folder.mkdir()
    (folder / "journal.jsonl").write_text("no event\n")
    assert command.main(["replay", str(folder)]) == 3
    assert "line 1 is broken" in capsys.readouterr().err


def test_the_project_may_be_named_without_a_verb(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert command.main(["--project", str(tmp_path)]) == 2
    assert "warroom open: needs a terminal" in capsys.readouterr().err


async def test_standing_by_does_nothing_while_it_is_not_seen(
    tmp_path: Path,
) -> None:
    project, _ = drill(tmp_path)
    app = Console(project, clock=FakeClock(), start_runner=False)
    async with app.run_test(size=(100, 30)) as pilot:
        standby = app.screen
        assert isinstance(standby, Standby)
        looks: list[bool] = []
        for key in ("question_mark", "escape"):
            await pilot.press(key)
            await pilot.pause()
            looks.append(standby._looks._active.is_set())
        assert looks == [False, True]
