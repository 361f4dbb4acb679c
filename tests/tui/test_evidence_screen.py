"""The evidence: the ledger, the lines a citation names, searching, plots, and adding one's own."""

from pathlib import Path

import pytest
from textual.pilot import Pilot

from orchestrator.client import Answer
from tests.tui.rooms import Room, find, opened, settled, text_of
from tui.citations import cited_in, is_citation, parted
from tui.highlight import breaks, marked, runs_of_line, sliced
from tui.screens.add_evidence import MOST, CannotAdd, offered
from tui.screens.evidence import Evidence
from tui.series import plotted, resampled
from tui.widgets.evidence_view import EvidenceView
from tui.widgets.timeline import Timeline


async def at_evidence(app: Room, pilot: Pilot[int], *keys: str) -> EvidenceView:
    await pilot.press("e")
    await settled(app, pilot)
    await pilot.press(*keys)
    await settled(app, pilot)
    assert isinstance(app.screen, Evidence)
    return app.screen.query_one(EvidenceView)


@pytest.mark.parametrize("size", [(120, 40), (80, 24), (200, 60), (20, 5)])
async def test_it_is_drawn_at_every_size(tmp_path: Path, size: tuple[int, int]) -> None:
    async with opened(tmp_path, size=size) as (app, pilot):
        await at_evidence(app, pilot)
        assert len(text_of(app)) == size[1]


async def test_an_item_says_where_it_comes_from_with_its_whole_hash(tmp_path: Path) -> None:
    async with opened(tmp_path) as (app, pilot):
        view = await at_evidence(app, pilot, "down")
        item = app.feed.state.evidence["E2"]
        assert view.item is item
        assert item.command in find(app, "command  ")
        assert item.source in find(app, "source  ")
        assert "not trusted" in find(app, "size  ")
        shown = "".join(text_of(app)).replace(" ", "")
        assert item.sha256[:32] in shown
        assert item.sha256[32:] in shown


async def test_metric_evidence_is_plotted_over_its_lines(tmp_path: Path) -> None:
    async with opened(tmp_path) as (app, pilot):
        await at_evidence(app, pilot)
        assert "87 %" in find(app, " errors  ")
        assert "13:59:00" in find(app, "13:59:58")


async def test_a_citation_leads_to_its_line(tmp_path: Path) -> None:
    async with opened(tmp_path) as (app, pilot):
        app.action_show_evidence("E5:14")
        await settled(app, pilot)
        view = app.screen.query_one(EvidenceView)
        assert (view.item, view.cited) == (app.feed.state.evidence["E5"], 14)
        assert view.has_focus
        assert "return empty(customer)" in find(app, "▌14")


async def test_a_citation_of_what_is_not_there_says_so(tmp_path: Path) -> None:
    async with opened(tmp_path) as (app, pilot):
        app.action_show_evidence("E99:1")
        await settled(app, pilot)
        find(app, "E99 is not in the ledger")


async def test_enter_in_the_timeline_opens_what_the_row_cites(tmp_path: Path) -> None:
    async with opened(tmp_path) as (app, pilot):
        timeline = app.room.query_one(Timeline)
        await pilot.press("t")
        row = next(n for n, e in enumerate(timeline._shown) if e.line.evidence == ("E10",))
        await pilot.press(*["up"] * (len(timeline._shown) - 1 - row), "enter")
        await settled(app, pilot)
        assert isinstance(app.screen, Evidence)
        assert app.screen.query_one(EvidenceView).item is app.feed.state.evidence["E10"]


async def test_of_several_citations_the_person_chooses(tmp_path: Path) -> None:
    async with opened(tmp_path) as (app, pilot):
        timeline = app.room.query_one(Timeline)
        await pilot.press("t")
        rows = [n for n, e in enumerate(timeline._shown) if len(e.line.evidence) > 1]
        await pilot.press(*["up"] * (len(timeline._shown) - 1 - rows[-1]), "enter")
        await pilot.pause()
        await pilot.pause()
        find(app, "Which evidence?")
        await pilot.press("down", "enter")
        await settled(app, pilot)
        second = timeline._shown[rows[-1]].line.evidence[1]
        assert app.screen.query_one(EvidenceView).item is app.feed.state.evidence[second]


async def test_a_click_on_an_id_leads_there(tmp_path: Path) -> None:
    async with opened(tmp_path) as (app, pilot):
        rows = text_of(app)
        y = next(n for n, row in enumerate(rows) if " E12 " in row[78:])
        await pilot.click(offset=(rows[y].rindex("E12") + 1, y))
        await settled(app, pilot)
        assert app.screen.query_one(EvidenceView).item is app.feed.state.evidence["E12"]


async def test_searching_goes_from_hit_to_hit_and_escape_ends_it(tmp_path: Path) -> None:
    async with opened(tmp_path) as (app, pilot):
        view = await at_evidence(app, pilot, "down", "slash", *"traceback")
        assert len(view.hits) == 3
        find(app, "1 of 3")
        await pilot.press("enter", "down")
        await pilot.pause()
        find(app, "3 of 3")
        await pilot.press("up", "escape")
        assert view.hit == 1
        assert view.has_focus
        await pilot.press("escape")
        assert view.hits == []
        await pilot.press("escape")
        assert app.focused is not view


async def test_letters_typed_into_the_search_are_no_keys(tmp_path: Path) -> None:
    async with opened(tmp_path) as (app, pilot):
        view = await at_evidence(app, pilot, "slash", *"bewq")
        assert view.wanted == "bewq"
        find(app, "not found")


async def test_long_lines_are_wrapped_or_cut_and_the_place_is_kept(tmp_path: Path) -> None:
    async with opened(tmp_path) as (app, pilot):
        view = await at_evidence(app, pilot, "down", "tab", "end")
        line, rows = view._line_at(view.top), len(view._laid)
        await pilot.press("l")
        await pilot.pause()
        assert len(view._laid) < rows
        assert view._line_at(view.top) <= line
        await pilot.press("l")
        assert len(view._laid) == rows


async def test_pasted_text_becomes_evidence_with_its_source(tmp_path: Path) -> None:
    async with opened(tmp_path) as (app, pilot):
        await at_evidence(app, pilot)
        await pilot.press("P", *"pool", "space", *"odd", "ctrl+s")
        await settled(app, pilot)
        (told,) = app.fake.told
        assert (told["cmd"], told["text"], told["source"]) == ("evidence", "pool odd", "pasted")
        find(app, "evidence: accepted")


async def test_a_file_is_added_from_the_command_line(tmp_path: Path) -> None:
    async with opened(tmp_path) as (app, pilot):
        (tmp_path / "dump.txt").write_text("seen by hand\n")
        await pilot.press("colon", *"evidence", "space", "@", *"dump.txt", "enter")
        await settled(app, pilot)
        assert app.fake.told[0]["text"] == "seen by hand\n"
        assert app.fake.told[0]["source"].endswith("dump.txt")


async def test_a_refused_item_says_why(tmp_path: Path) -> None:
    async with opened(tmp_path) as (app, pilot):
        app.fake.says = Answer(False, "the incident is closed", {})
        await at_evidence(app, pilot)
        await pilot.press("P", "x", "ctrl+s")
        await settled(app, pilot)
        find(app, "refused: the incident is closed")


def test_what_cannot_be_evidence_is_refused_in_one_line(tmp_path: Path) -> None:
    (tmp_path / "binary").write_bytes(b"\xff\xfe\x00")
    (tmp_path / "large").write_bytes(b"x" * (MOST + 1))
    for text, source, why in (
        ("", "", "paste something"),
        ("", "missing", "No such file"),
        ("", "binary", "no text"),
        ("", "large", "larger than"),
        ("x" * (MOST + 1), "", "longer than"),
    ):
        with pytest.raises(CannotAdd, match=why):
            offered(text, source, tmp_path)


def test_citations_are_found_wherever_they_stand() -> None:
    assert cited_in("see [E12:340], E4-E6 and [E12:340, E7]") == ["E12:340", "E4", "E6", "E7"]
    assert parted("E12:340") == ("E12", 340)
    assert parted("E12") == ("E12", 0)
    assert is_citation("E4-E6 E9…")
    assert is_citation("[E1, E2:3]")
    assert not is_citation("E12 says so")
    assert not is_citation("Error E1")


def test_lines_are_coloured_without_changing_a_letter() -> None:
    line = '2025-11-23T13:59:22.417Z ERROR PoolTimeout warn "x"'
    runs = runs_of_line(line, "log")
    assert "".join(text for text, _ in runs) == line
    assert ("ERROR", "breach") in runs
    assert ("PoolTimeout", "bright*") in runs
    assert runs_of_line("+added", "code") == [("+added", "ok")]
    assert runs_of_line("+added", "log") == [("+added", "text")]


def test_hostile_lines_stay_text() -> None:
    runs = runs_of_line("\x1b]0;owned\x07a\x1b[31mb", "log")
    assert "".join(text for text, _ in runs) == "ab"


@pytest.mark.parametrize("width", [3, 8, 40])
def test_breaking_a_line_loses_nothing(width: int) -> None:
    text = "ab漢字cdef ghij漢klmnopq"
    parts = breaks(text, width)
    assert "".join(text[start:end] for start, end in parts) == text


def test_a_hit_keeps_the_text_around_it() -> None:
    runs = marked([("Pool", "bright*"), ("Timeout in pool", "text")], "POOL")
    assert [text for text, token in runs if token == "hit*"] == ["Pool", "pool"]
    assert "".join(text for text, _ in runs) == "PoolTimeout in pool"
    assert sliced([("abc", "x"), ("def", "y")], 2, 4) == [("c", "x"), ("d", "y")]


def test_samples_become_series_in_one_unit_with_gaps() -> None:
    lines = [
        "13:59:00 requests 22/s errors 0.0 % p95 21 ms",
        "13:59:02 no data",
        "13:59:04 requests 22/s errors 94 % p95 1.62 s",
    ]
    found = plotted(lines)
    assert found is not None
    series = {one.name: list(one.values) for one in found.series}
    assert series["errors"][1] is None, "no data is a gap, never zero"
    known = {one.name: one.known for one in found.series}
    assert known["errors"] == pytest.approx([0.0, 0.94])
    assert known["p95"] == pytest.approx([0.021, 1.62])
    assert (found.begin, found.end) == ("13:59:00", "13:59:04")
    assert plotted(["a line", "another"]) is None


def test_resampling_fills_every_cell_and_keeps_gaps() -> None:
    assert resampled([1.0, 3.0, None, None], 2) == [2.0, None]
    assert resampled([1.0, 2.0], 4) == [1.0, 1.0, 2.0, 2.0]
