"""The board: every incident, the promise that breaks next, and the ways to and from a war room."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot

from orchestrator.clock import FakeClock
from orchestrator.journal.append import JournalWriter
from orchestrator.journal.read import Tail
from orchestrator.model import events as ev
from orchestrator.model.events import Event
from orchestrator.model.owed import owner
from orchestrator.model.records import Deadline, Message
from orchestrator.model.state import State
from orchestrator.project import Project
from tests.tui.project_story import MOMENT, other, told_project
from tests.tui.rooms import FakeLink, find, text_of
from tests.unit.incident_evidence import T0
from tests.unit.incident_story import KIM, write_incident
from tui.app import Console
from tui.board_lines import age
from tui.digits import FACES, digits
from tui.incidents import Incidents, ReadMarks
from tui.notices import Health
from tui.promises import promises, upcoming
from tui.screens.board import Board
from tui.screens.standby import Standby
from tui.screens.war_room import WarRoom

NOW = T0 + MOMENT


class Home(Console):
    """The console on a project, opened without an incident."""

    def __init__(self, project: Project, incident: str | None = None, **options: Any) -> None:
        super().__init__(project, incident, clock=FakeClock(NOW), start_runner=False, **options)
        self.fake = FakeLink(project, self.clock)  # type: ignore[arg-type]
        self.link = self.fake

    @property
    def board(self) -> Board:
        assert isinstance(self.screen, Board)
        return self.screen


@asynccontextmanager
async def home(
    project: Project, size: tuple[int, int] = (120, 40), **options: Any
) -> AsyncIterator[tuple[Home, Pilot[int]]]:
    app = Home(project, **options)
    async with app.run_test(size=size) as pilot:
        await shown(app, pilot)
        yield app, pilot


async def shown(app: Home, pilot: Pilot[int]) -> None:
    """Everything is read and painted."""
    await asyncio.wait_for(app.workers.wait_for_complete(), 20)
    for _ in range(2):
        await pilot.pause()
        if isinstance(app.screen, Board):
            app.screen.show()
    await pilot.pause()


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> Project:
    root = tmp_path_factory.mktemp("board") / "shop-platform"
    root.mkdir()
    return told_project(root)


@pytest.fixture
def project(told: Project) -> Project:
    """The told project as nobody has read it yet."""
    for marks in (told.home / "console").glob("*"):
        marks.unlink()
    return told


async def test_the_board_is_home_and_shows_the_worst_first(project: Project) -> None:
    async with home(project) as (app, _):
        rows = text_of(app)
        ids = [row[6:14] for row in rows if row[1:5].strip() in ("P0", "P1", "P2", "P3")]
        assert ids[:4] == ["INC-2031", "INC-2029", "INC-2026", "INC-2019"]
        assert "INVESTIGATING" in find(app, "orders answers 5xx")
        assert "9h03m" in find(app, "search index stale")
        assert "4 open" in rows[0]


async def test_a_project_without_incidents_stands_by(tmp_path: Path) -> None:
    project = Project(tmp_path)
    project.create()
    async with home(project) as (app, _):
        assert isinstance(app.screen, Standby)


async def test_each_incident_says_who_leads_it_and_what_it_owes_next(project: Project) -> None:
    async with home(project) as (app, _):
        assert "a.kim" in find(app, "1 waits")
        assert "UPDATE 08:43" in find(app, "1 waits")
        assert "UNKNOWN" in find(app, "no promise")
        assert "errors 78 %" in find(app, "UPDATE 11:48")


async def test_the_deadline_board_has_the_late_ones_first_and_says_who_owes_them(
    project: Project,
) -> None:
    async with home(project) as (app, _):
        rows = [row[78:] for row in text_of(app)]
        first = next(n for n, row in enumerate(rows) if "+04:10" in row)
        assert "× UPDATE" in rows[first]
        assert "m.sato" in rows[first]
        assert "08:43" in rows[first + 2]
        owed = next(row for row in rows if "owed by" in row)
        assert "l.novak" in owed, "the communications lead owes the update, not the commander"


async def test_two_open_p0_or_p1_are_a_major_incident(project: Project, tmp_path: Path) -> None:
    async with home(project) as (app, _):
        assert "INC-2029 l.novak" in find(app, "▲ MAJOR")
    alone = Project(tmp_path)
    alone.create()
    write_incident(alone.incidents, other("INC-1", "x", "P1", MOMENT - 60, "", {}))
    async with home(alone) as (app, _):
        assert not any("MAJOR" in row for row in text_of(app))


async def test_drills_never_make_a_major_incident(tmp_path: Path) -> None:
    practice = Project(tmp_path)
    practice.create()
    for incident in ("INC-1", "INC-2"):
        first, *rest = other(incident, "x", "P0", MOMENT - 60, "", {})
        assert isinstance(first.data, ev.IncidentDetected)
        first = replace(first, data=replace(first.data, drill=True))
        write_incident(practice.incidents, [first, *rest])
    async with home(practice) as (app, _):
        assert "2 open" in text_of(app)[0]
        assert not any("MAJOR" in row for row in text_of(app))


async def test_enter_opens_the_war_room_and_b_comes_back(project: Project) -> None:
    async with home(project) as (app, pilot):
        await pilot.press("down", "enter")
        await shown(app, pilot)
        assert isinstance(app.screen, WarRoom)
        assert app.screen.incident == "INC-2029"
        await pilot.press("b")
        await shown(app, pilot)
        assert app.board.chosen == "INC-2029", "the board is as it was left"
        await pilot.press("w")
        await shown(app, pilot)
        assert isinstance(app.screen, WarRoom)


async def test_what_a_war_room_showed_counts_as_read(project: Project) -> None:
    async with home(project) as (app, pilot):
        assert "new" in find(app, "UPDATE 11:48")[:77]
        await pilot.press("down", "enter")
        await shown(app, pilot)
        await pilot.press("b")
        await shown(app, pilot)
        assert "new" not in find(app, "UPDATE 11:48")[:77]
        marks = ReadMarks(project)
        assert marks.seen("INC-2029") > 0
        assert marks.seen("INC-2026") == 0


async def test_only_one_more_war_room_is_kept_besides_the_first(project: Project) -> None:
    async with home(project) as (app, pilot):
        for _ in range(3):
            await pilot.press("down", "enter")
            await shown(app, pilot)
            await pilot.press("b")
            await shown(app, pilot)
        assert len(app._rooms) == 1


async def test_a_promise_is_a_way_to_its_incident(project: Project) -> None:
    async with home(project) as (app, pilot):
        await pilot.press("tab", "enter")
        await shown(app, pilot)
        assert isinstance(app.screen, WarRoom)
        assert app.screen.incident == "INC-2026"


async def test_plain_words_open_the_intake_with_what_was_said(project: Project) -> None:
    async with home(project) as (app, pilot):
        await pilot.press("colon", *"search", "space", *"down", "enter")
        await shown(app, pilot)
        find(app, "What do users see?")
        assert "search down" in find(app, "title")


async def test_an_id_typed_goes_there(project: Project) -> None:
    async with home(project) as (app, pilot):
        await pilot.press("colon", *"inc-2027", "enter")
        await shown(app, pilot)
        assert app.screen.incident == "INC-2027"  # type: ignore[attr-defined]


async def test_approvals_typed_goes_to_the_incident_whose_approval_expires_first(
    project: Project,
) -> None:
    async with home(project) as (app, pilot):
        waits = [one for one in app.board.incidents.states() if _waits(one)]
        first = min(waits, key=lambda state: min(a.expires for a in _waits(state)))
        await pilot.press("colon", *"approvals", "enter")
        await shown(app, pilot)
        assert app.screen.incident == first.incident  # type: ignore[attr-defined]


def _waits(state: State) -> list[Any]:
    return [approval for approval in state.approvals.values() if approval.open]


@pytest.mark.parametrize("size", [(120, 40), (80, 24), (200, 60), (20, 5), (10, 2)])
async def test_it_is_drawn_at_every_size(project: Project, size: tuple[int, int]) -> None:
    async with home(project, size) as (app, _):
        assert len(text_of(app)) == size[1]
        if size[0] >= 80:
            find(app, "warroom")
            find(app, "INC-2031")


async def test_a_small_screen_has_tabs_and_says_major_in_the_command_row(project: Project) -> None:
    async with home(project, (80, 24)) as (app, pilot):
        assert "UPDATE INC-2031 08:43" in text_of(app)[0]
        assert "1 late" in text_of(app)[1]
        assert "MAJOR" in text_of(app)[-2]
        await pilot.press("tab")
        await shown(app, pilot)
        assert "m.sato" in find(app, "+04:10")


async def test_a_runner_that_is_down_is_said_above_everything(project: Project) -> None:
    async with home(project) as (app, pilot):
        app.fake.condition = Health(alive=False, silent_for=7.0)
        app.board.show()
        await pilot.pause()
        assert "MAJOR" in find(app, "RUNNER DOWN")
        find(app, "nobody keeps the clocks")


async def test_a_new_incident_appears_by_itself(project: Project) -> None:
    extra = project.incident("INC-2032")
    try:
        async with home(project) as (app, pilot):
            facts = other("INC-2032", "mail is late", "P2", MOMENT - 30, "", {})
            write_incident(project.incidents, facts, transcripts=False)
            app.board.beat()
            await shown(app, pilot)
            find(app, "mail is late")
    finally:
        for path in sorted(extra.path.rglob("*"), reverse=True):
            path.rmdir() if path.is_dir() else path.unlink()
        extra.path.rmdir()


def test_a_journal_that_cannot_be_read_is_said_and_the_others_are_shown(tmp_path: Path) -> None:
    project = Project(tmp_path)
    project.create()
    write_incident(project.incidents, other("INC-1", "fine", "P2", 0, "", {}))
    project.incident("INC-2").create()
    project.incident("INC-2").journal.write_text("no event\n")
    incidents = Incidents(project)
    assert len(list(incidents.load())) == 2
    assert "broken" in incidents.watched["INC-2"].trouble
    assert [state.incident for state in incidents.states()] == ["INC-1"]


def test_a_hundred_quiet_incidents_are_not_read_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    project = Project(tmp_path)
    project.create()
    for number in range(100):
        folder = project.incident(f"INC-{number:03d}")
        folder.create()
        writer = JournalWriter(folder.journal)
        writer.append(other(f"INC-{number:03d}", "x", "P3", 0, "", {}))
        writer.close()
    incidents = Incidents(project)
    assert len(list(incidents.load())) == 100
    read: list[Path] = []
    real = Tail.read

    def counted(tail: Tail) -> list[Event]:
        read.append(tail.path)
        return real(tail)

    monkeypatch.setattr(Tail, "read", counted)
    assert incidents.look() is False
    assert read == []
    _grow(project, "INC-042")
    assert incidents.look() is True
    assert [path.parent.name for path in read] == ["INC-042"]
    assert incidents.watched["INC-042"].recent[-1][1].text == "a note"


def _grow(project: Project, incident: str) -> None:
    """One more event, chained to those before."""
    folder = project.incident(incident)
    lines = folder.journal.read_text().splitlines()
    head = json.loads(lines[-1])
    writer = JournalWriter(folder.journal)
    writer.append([Event(head["seq"] + 1, "note/1", NOW, KIM, ev.NoteAdded("a note"))])
    writer.close()


def state_with(**deadlines: float) -> State:
    counting = {
        name.replace("_", "-"): Deadline(name.replace("_", "-"), "promise", T0, T0 + due, 1, T0)
        for name, due in deadlines.items()
    }
    return State(incident="INC-1", status="INVESTIGATING", detected_at=T0, deadlines=counting)


def test_promises_are_sorted_by_time_left_and_the_next_is_not_the_late_one() -> None:
    found = promises([state_with(update=60, resolve=600), state_with(engage=300)], T0 + 100)
    assert [one.name for one in found] == ["update", "engage", "resolve"]
    assert found[0].time == "+00:40"
    following = upcoming(found)
    assert following is not None
    assert following.name == "engage"


def test_what_the_flow_does_itself_nobody_owes() -> None:
    assert promises([state_with(tier2=60, tier3=60, validate=60)], T0) == []


def test_a_kept_a_held_and_a_sent_promise_no_longer_count() -> None:
    state = state_with(acknowledge=60, management=60, executive=60, resolve=60)
    state.acknowledged_at = T0 + 10
    state.held["executive"] = "the board knows"
    path = "communications/management-notification.md"
    state.messages[path] = Message(path, "sent", T0 + 20)
    assert [one.name for one in promises([state], T0 + 30)] == ["resolve"]
    state.messages[path] = replace(state.messages[path], state="due")
    assert [one.name for one in promises([state], T0 + 30)] == ["management", "resolve"]


def test_the_regulators_report_is_owed_by_legal() -> None:
    state = state_with(regulatory=60)
    state.roles = {"commander": "a.kim", "legal": "e.lawson"}
    assert [one.owner for one in promises([state], T0)] == ["e.lawson"]


def test_a_promise_is_owed_by_its_role_or_by_whoever_stands_in() -> None:
    state = State(roles={"commander": "a.kim", "on-call": "m.sato"})
    assert owner(state, "acknowledge") == "m.sato"
    assert owner(state, "update") == "a.kim"
    state.roles["communications-lead"] = "l.novak"
    assert owner(state, "update") == "l.novak"
    assert owner(State(), "resolve") == "UNKNOWN"


@pytest.mark.parametrize("text", ["00:00", "12:34", "+59:59", "1h36m", "14h56m"])
def test_large_digits_are_three_rows_of_one_width(text: str) -> None:
    rows = digits(text)
    assert len({len(row) for row in rows}) == 1
    assert all(letter in FACES for letter in text)


def test_the_figures_of_large_digits_are_told_apart() -> None:
    assert len({FACES[figure] for figure in "0123456789"}) == 10


def test_ages_take_few_letters() -> None:
    assert [age(s) for s in (59, 1380, 4320, 86400 * 2.5)] == ["0m", "23m", "1h12m", "2d"]


def test_read_marks_survive_a_file_that_is_broken(tmp_path: Path) -> None:
    project = Project(tmp_path)
    marks = ReadMarks(project)
    marks.mark("INC-1", 7)
    assert ReadMarks(project).seen("INC-1") == 7
    next((project.home / "console").glob("*.json")).write_text("{")
    assert ReadMarks(project).seen("INC-1") == 0
