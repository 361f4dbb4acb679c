"""Copy and save: what leaves the console, where a file of it lies, and what is said of it."""

import stat
from pathlib import Path

import pytest
from textual.pilot import Pilot

from orchestrator.model.fold import fold_all
from orchestrator.model.state import State
from tests.tui.rooms import Room, find, opened
from tests.unit.incident_story import story
from tui.copying import NothingToCopy
from tui.copying import find as found
from tui.summary import summary


def private(path: Path) -> str:
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    return path.read_text()


async def type_in(app: Room, pilot: Pilot[int], words: str) -> None:
    """A command as it is typed; it is carried out once the line is left again."""
    await pilot.press("colon", *words, "enter")
    for _ in range(3):
        await pilot.pause()


async def test_a_copied_summary_is_in_the_clipboard_and_in_a_private_file(tmp_path: Path) -> None:
    async with opened(tmp_path) as (app, pilot):
        await type_in(app, pilot, "copy summary")
        text = app.clipboard
        assert text.startswith("INC-2031 P0 INVESTIGATING: orders answers 5xx\n")
        assert "mitigation: roll orders back to 4d81f0a, waits for a decision" in text
        assert private(app.project.home / "copied.txt") == text
        find(app, f"copied the summary of INC-2031, {len(text)} characters; also in ")


async def test_copy_takes_the_pane_that_has_the_focus(tmp_path: Path) -> None:
    async with opened(tmp_path) as (app, pilot):
        await pilot.press("7")
        await type_in(app, pilot, "copy")
        assert "The process answers in 4 ms [E10]" in app.clipboard
        find(app, "copied pane 7 reliability-engineer")


async def test_ctrl_c_copies_a_selection_and_does_not_ask_what_to_stop(tmp_path: Path) -> None:
    async with opened(tmp_path) as (app, pilot):
        await pilot.press("7")
        app.screen.text_select_all()
        await pilot.press("ctrl+c")
        await app.workers.wait_for_complete()
        await pilot.pause()
        assert app.screen is app.room
        assert "GET /healthz" in app.clipboard
        find(app, "copied the selection")


async def test_an_item_of_evidence_carries_where_it_came_from(tmp_path: Path) -> None:
    async with opened(tmp_path) as (app, _):
        piece = found(app, "E10")
        assert piece.name == "E10"
        assert app.feed.state.evidence["E10"].sha256 in piece.text
        with pytest.raises(NothingToCopy, match="E99 is not in the ledger"):
            found(app, "e99")


async def test_saving_writes_a_file_of_its_own_and_never_over_another(tmp_path: Path) -> None:
    target = tmp_path / "for-the-chat.txt"
    async with opened(tmp_path, size=(200, 50)) as (app, pilot):
        await type_in(app, pilot, f"save summary {target}")
        find(app, f"in {target}")
        before = private(target)
        await type_in(app, pilot, f"save summary {target}")
        find(app, "is there already")
        assert target.read_text() == before
        await type_in(app, pilot, "save summary")
        (kept,) = (app.project.home / "saved").iterdir()
        assert private(kept).startswith("INC-2031 P0")


async def test_what_cannot_be_copied_is_one_line(tmp_path: Path) -> None:
    async with opened(tmp_path) as (app, pilot):
        await type_in(app, pilot, "copy everything")
        find(app, "'everything' cannot be copied; there are selection, pane, summary")
        await type_in(app, pilot, "copy selection")
        find(app, "nothing is selected")
        await type_in(app, pilot, "copy document nothing.md")
        find(app, "no document of that name")


def test_a_summary_says_what_is_known_and_unknown_of_what_is_not() -> None:
    events = story()
    early = fold_all(State(), events[:3])
    text = summary(early, events[2].at)
    assert "cause: UNKNOWN" in text
    assert "mitigation: none proposed yet" in text
    late = summary(fold_all(State(), events), events[-1].at)
    assert "cause: CONFIRMED: 9c41d7e takes a connection" in late
    assert "[E5 E12 E14]" in late
    assert "mitigation: roll orders back to 4d81f0a, approved by a.kim, done 14:08:39" in late
    assert "next: nothing is due" in late
    assert all(len(line) < 200 for line in late.splitlines())
