"""The files: documents live from the disk, edited as copies, adopted, and in conflict."""

import asyncio
import contextlib
import hashlib
import sys
from pathlib import Path

import pytest
from textual.pilot import Pilot

from orchestrator.model.records import Message
from orchestrator.model.state import State
from tests.tui.rooms import CLOSED, WAITING, Room, find, opened, settled, text_of
from tui.editor import NoEditor, argv_of, edited
from tui.screens.review import Files
from tui.shelf import Shelf, document_of
from tui.widgets.page import Page

RECORD = "incident-record.md"


async def at_files(app: Room, pilot: Pilot[int]) -> Files:
    await pilot.press("f")
    await settled(app, pilot)
    assert isinstance(app.screen, Files)
    return app.screen


def on_disk(app: Room) -> Path:
    return app.feed.folder.path / RECORD


def now_on_disk(app: Room, path: str = RECORD) -> None:
    """The story writes documents as they were at the end: take that as what was journalled."""
    state = app.feed.state
    for name in list(state.documents):
        place = Shelf(app.feed.folder)._place(name)
        if place.exists():
            sha = hashlib.sha256(place.read_bytes()).hexdigest()
            state.edits[name] = sha


async def changed_behind(app: Room, pilot: Pilot[int]) -> Files:
    now_on_disk(app)
    files = await at_files(app, pilot)
    on_disk(app).write_text("# Mine\n")
    for _ in range(3):
        files.look()
        await pilot.pause()
    return files


@pytest.mark.parametrize("size", [(120, 40), (80, 24), (200, 60), (20, 5)])
async def test_it_is_drawn_at_every_size(tmp_path: Path, size: tuple[int, int]) -> None:
    async with opened(tmp_path, size=size) as (app, pilot):
        await at_files(app, pilot)
        assert len(text_of(app)) == size[1]


async def test_a_change_on_the_disk_is_shown_as_it_happens(tmp_path: Path) -> None:
    async with opened(tmp_path) as (app, pilot):
        now_on_disk(app)
        files = await at_files(app, pilot)
        on_disk(app).write_text("# Rewritten\n\nby another hand\n")

        async def seen() -> None:
            while "by another hand" not in files.query_one(Page).text:
                await pilot.pause()

        await asyncio.wait_for(seen(), 10)


async def test_a_change_behind_the_console_is_shown_and_adopted_by_a_key(tmp_path: Path) -> None:
    async with opened(tmp_path) as (app, pilot):
        now_on_disk(app)
        files = await changed_behind(app, pilot)
        assert RECORD in find(app, "▲ changed")
        find(app, "O adopts it")
        await pilot.press("O")
        await settled(app, pilot)
        (told,) = app.fake.told
        assert (told["cmd"], told["path"], told["text"]) == ("edit", RECORD, "# Mine\n")
        assert told["sha256"] == hashlib.sha256(b"# Mine\n").hexdigest()
        app.feed.state.edits[RECORD] = hashlib.sha256(b"# Mine\n").hexdigest()
        files.look()
        await pilot.pause()
        find(app, "edited by hand")


async def test_a_document_just_being_written_is_not_called_changed(tmp_path: Path) -> None:
    async with opened(tmp_path) as (app, _):
        now_on_disk(app)
        shelf = Shelf(app.feed.folder)
        on_disk(app).write_text("new render")
        first = {paper.path: paper.standing for paper in shelf.look(app.feed.state)}
        assert first[RECORD] == "written"
        second = {paper.path: paper.standing for paper in shelf.look(app.feed.state)}
        assert second[RECORD] == "changed"


async def test_nothing_is_adopted_where_nothing_changed(tmp_path: Path) -> None:
    async with opened(tmp_path) as (app, pilot):
        now_on_disk(app)
        await at_files(app, pilot)
        await pilot.press("O")
        await settled(app, pilot)
        assert app.fake.told == []
        find(app, "nothing to adopt")


async def test_o_edits_a_copy_and_sends_the_change(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    editor = tmp_path / "editor.py"
    editor.write_text(
        "import pathlib, sys\np = pathlib.Path(sys.argv[1])\n"
        "p.write_text(p.read_text() + 'by hand\\n')\n"
    )
    monkeypatch.setenv("VISUAL", f"{sys.executable} {editor}")
    async with opened(tmp_path) as (app, pilot):
        now_on_disk(app)
        before = on_disk(app).read_text()
        await at_files(app, pilot)
        monkeypatch.setattr(app, "suspend", contextlib.nullcontext)
        await pilot.press("o")
        await settled(app, pilot)
        (told,) = app.fake.told
        assert told["text"] == before + "by hand\n"
        assert told["sha256"] == app.feed.state.edits[RECORD]
        assert on_disk(app).read_text() == before, "only the runner writes documents"


async def test_an_edit_that_changes_nothing_sends_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("VISUAL", "true")
    async with opened(tmp_path) as (app, pilot):
        await at_files(app, pilot)
        monkeypatch.setattr(app, "suspend", contextlib.nullcontext)
        await pilot.press("o")
        await settled(app, pilot)
        assert app.fake.told == []
        find(app, "nothing was changed")


async def test_a_terminal_that_cannot_be_handed_over_is_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("VISUAL", "true")
    async with opened(tmp_path) as (app, pilot):
        await at_files(app, pilot)
        await pilot.press("o")
        await settled(app, pilot)
        find(app, "cannot be handed to an editor")


async def test_after_the_close_no_document_is_changed(tmp_path: Path) -> None:
    async with opened(tmp_path, CLOSED) as (app, pilot):
        await at_files(app, pilot)
        await pilot.press("o", "O")
        await settled(app, pilot)
        assert app.fake.told == []
        find(app, "the incident is closed")


async def test_a_conflict_lies_beside_its_document_as_a_diff(tmp_path: Path) -> None:
    async with opened(tmp_path) as (app, pilot):
        now_on_disk(app)
        place = app.feed.folder.path / f"{RECORD}.proposed.md"
        place.write_text(on_disk(app).read_text() + "one more line\n")
        await at_files(app, pilot)
        find(app, "▲ conflict")
        await pilot.press("end")
        await settled(app, pilot)
        find(app, "+one more line")


def test_a_proposal_knows_its_document() -> None:
    assert document_of("a/b.md.proposed.md") == "a/b.md"
    assert document_of("a/b.proposed.md") == "a/b.md"


async def test_messages_say_whether_they_are_drafted_due_or_sent(tmp_path: Path) -> None:
    async with opened(tmp_path) as (app, pilot):
        now_on_disk(app)
        path = "communications/initial-alert.md"
        app.feed.state.edits.pop(path)
        document = app.feed.state.documents[path]
        sha = hashlib.sha256((app.feed.folder.path / path).read_bytes()).hexdigest()
        object.__setattr__(document, "sha256", sha)
        app.feed.state.messages[path] = Message(path, "due", 0.0, "30 minutes are over")
        await at_files(app, pilot)
        assert path in find(app, "▲ due")


def test_an_editor_is_taken_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    assert argv_of({"EDITOR": "vim -n"}) == ["vim", "-n"]
    assert argv_of({"EDITOR": "vim", "VISUAL": "code --wait"}) == ["code", "--wait"]
    monkeypatch.setattr("tui.editor.shutil.which", lambda name: None)
    with pytest.raises(NoEditor, match="set EDITOR"):
        argv_of({})


def test_an_editor_that_fails_gives_nothing_to_send() -> None:
    with pytest.raises(NoEditor, match="ended with 1"):
        edited("a.md", "x", {"EDITOR": "false"})
    with pytest.raises(NoEditor, match="cannot be started"):
        edited("a.md", "x", {"EDITOR": "no-such-editor-here"})


async def test_a_replay_compares_nothing(tmp_path: Path) -> None:
    async with opened(tmp_path, WAITING) as (app, _):
        shelf = Shelf(app.feed.folder)
        for _ in range(3):
            papers = shelf.look(app.feed.state, live=False)
        assert {paper.standing for paper in papers} == {"written"}


def test_an_empty_shelf_is_no_papers(tmp_path: Path) -> None:
    from orchestrator.project import IncidentFolder

    assert Shelf(IncidentFolder(tmp_path / "p" / ".aiwg" / "incidents" / "i")).look(State()) == []
