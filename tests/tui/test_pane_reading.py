"""Reading in a pane: the tail, or a place that stays; folds; and what is copied."""

from textual.geometry import Offset
from textual.selection import Selection

from orchestrator.journal.transcript import Line
from tests.tui.panes import START, lines, pane, rows, say
from tui.pane_text import PaneText
from tui.widgets.agent_pane import AgentPane

LONG = "The early return skips the release, so each failed charge keeps one connection of the pool."


def body(shown: AgentPane) -> str:
    return "\n".join(rows(shown)[3:])


async def test_scrolling_away_stops_following_and_counts_what_is_new() -> None:
    async with pane() as (shown, pilot):
        say(shown, *(f"line {n}\n" for n in range(100)))
        shown.focus()
        await pilot.press("pageup")
        before = rows(shown)[3:6]
        say(shown, *(f"line {n}\n" for n in range(100, 137)))
        assert rows(shown)[3:6] == before, "what is being read does not move"
        assert "not following" in rows(shown)[-1]
        assert "↓ 37 new" in rows(shown)[-1]
        await pilot.press("end")
        assert shown.following
        assert rows(shown)[-1].strip() == "line 136▌"


async def test_scrolling_down_to_the_end_follows_again() -> None:
    async with pane() as (shown, pilot):
        say(shown, *(f"line {n}\n" for n in range(100)))
        shown.focus()
        await pilot.press("up", "up", "down", "down", "down")
        assert shown.following


async def test_another_size_keeps_the_tail_in_sight() -> None:
    async with pane() as (shown, pilot):
        say(shown, *(f"a rather long line with the number {n} in it\n" for n in range(60)))
        for size in ((30, 9), (100, 30), (8, 3), (60, 14)):
            await pilot.resize_terminal(*size)
            await pilot.pause()
            assert shown.following
        assert "number 59" in rows(shown)[-1]


async def test_what_is_read_stays_at_the_top_at_any_width() -> None:
    async with pane(height=20) as (shown, pilot):
        say(shown, *(f"{n}: {LONG}\n" for n in range(80)))
        shown.focus()
        shown.move(next(n for n in range(500) if shown.text.row(n).plain.startswith("40:")))
        for width in (31, 100, 45, 8, 200, 60):
            await pilot.resize_terminal(width, 20)
            await pilot.pause()
            assert rows(shown)[3].strip().startswith("40:"), width
            assert not shown.following
            assert shown.has_focus


async def test_a_place_inside_a_paragraph_is_found_again_without_drift() -> None:
    async with pane(height=20) as (shown, pilot):
        say(shown, *(f"{n}: {LONG * 6}\n" for n in range(9)))
        shown.move(33)
        before = rows(shown)[3:]
        for width in (31, 100, 45, 13, 60):
            await pilot.resize_terminal(width, 20)
            await pilot.pause()
        assert rows(shown)[3:] == before


async def test_a_resize_forgets_nothing_that_is_new() -> None:
    async with pane() as (shown, pilot):
        say(shown, *(f"line {n}\n" for n in range(50)))
        shown.move(5)
        say(shown, *(f"line {n}\n" for n in range(50, 57)))
        await pilot.resize_terminal(90, 14)
        await pilot.pause()
        assert shown.unseen == 7


async def test_rows_that_leave_at_the_top_move_nothing_that_is_read() -> None:
    async with pane() as (shown, _):
        shown.take(PaneText(max_rows=100))
        say(shown, *(f"line {n}\n" for n in range(100)))
        shown.move(60)
        before = rows(shown)[3:6]
        say(shown, *(f"line {n}\n" for n in range(100, 150)))
        assert rows(shown)[3:6] == before
        assert shown.unseen == 50
        say(shown, *(f"line {n}\n" for n in range(150, 300)))
        assert rows(shown)[3].strip() == "line 200", "the oldest there is"


async def test_long_output_is_folded_and_a_key_unfolds_it_in_place() -> None:
    async with pane(height=30) as (shown, pilot):
        say(shown, "git log", kind="call")
        say(shown, "\n".join(f"commit {n}" for n in range(20)), kind="out")
        say(shown, "E12 the log", kind="evidence", at=START + 0.4)
        say(shown, "Two of them touch the pool.")
        assert "… 14 more lines, u unfolds, enter opens E12" in body(shown)
        assert "commit 6" not in body(shown)
        shown.focus()
        await pilot.press("u")
        assert "commit 19" in body(shown)
        assert "Two of them touch the pool." in body(shown)
        assert "u folds it" in body(shown)
        await pilot.press("u")
        assert "… 14 more lines" in body(shown)


async def test_a_click_on_the_fold_unfolds_that_output_alone() -> None:
    async with pane(width=80, height=40) as (shown, pilot):
        for name in "ab":
            say(shown, f"cat {name}", kind="call")
            say(shown, "\n".join(f"{name}{n}" for n in range(20)), kind="out")
        y = next(y for y, row in enumerate(rows(shown)) if "more lines" in row)
        await pilot.click(AgentPane, offset=(12, y))
        text = shown.text.plain()
        assert "a19" in text
        assert "b19" not in text


async def test_output_that_a_row_would_show_is_not_folded() -> None:
    async with pane(height=30) as (shown, _):
        say(shown, "\n".join(f"row {n}" for n in range(7)), kind="out")
        assert "more line" not in body(shown)
        say(shown, "row 7", kind="out")
        assert "… 2 more lines" in body(shown)


def test_an_endless_output_is_counted_and_not_kept() -> None:
    text = PaneText(40)
    text.feed(lines("call", "tail -f log"))
    for _ in range(100):
        text.feed(lines("out", "\n".join(["x" * 30] * 1_000)))
    text.settle()
    assert "… 99,997 more lines" in text.plain()
    assert sum(len(entry.lines) for entry in text.entries) <= 400


# --- copying --------------------------------------------------------------------------------------


def whole(text: PaneText) -> Selection:
    return Selection(Offset(0, text.dropped), Offset(200, len(text) - 1))


async def test_wrapped_rows_are_copied_as_the_line_they_are() -> None:
    async with pane(width=30) as (shown, _):
        say(shown, f"{LONG}\n- {LONG}\n")
        copied = shown.get_selection(whole(shown.text))
        assert copied == (f"{LONG}\n- {LONG}", "\n")


async def test_a_long_word_is_copied_without_a_break() -> None:
    async with pane(width=30) as (shown, _):
        say(
            shown, "https://example.invalid/" + "a" * 80 + "\n数据库连接池" * 1 + "数据库连接池" * 9
        )
        copied = shown.get_selection(whole(shown.text))
        assert copied is not None
        assert copied[0] == "https://example.invalid/" + "a" * 80 + "\n" + "数据库连接池" * 10


async def test_output_is_copied_without_its_bar_and_a_command_whole() -> None:
    async with pane(width=30) as (shown, _):
        command = "psql -c 'select state, count(*) from pg_stat_activity'"
        say(shown, command, kind="call")
        say(shown, "    indented output that is wider than the pane is", kind="out")
        assert shown.get_selection(Selection(None, None)) == (
            f"$ {command}\n    indented output that is wider than the pane is",
            "\n",
        )


async def test_a_drag_selects_and_copies_through_the_screen() -> None:
    async with pane() as (shown, pilot):
        say(shown, "数据库 is full\nsecond line here\n")
        await pilot.mouse_down(AgentPane, offset=(8, 3))
        await pilot.hover(AgentPane, offset=(7, 4))
        await pilot.mouse_up(AgentPane, offset=(7, 4))
        assert shown.screen.get_selected_text() == "is full\nsecond"


async def test_what_is_selected_is_painted_where_it_stands() -> None:
    async with pane() as (shown, pilot):
        say(shown, "数据库 is full\n")
        shown.screen.selections = {shown: Selection(Offset(5, 0), Offset(7, 0))}
        await pilot.pause()
        chosen = [
            segment.text
            for segment in shown.render_line(3)
            if segment.style is not None
            and segment.style.bgcolor == shown.ink("bright", "focus-band").bgcolor
        ]
        assert chosen == ["is"]


def test_the_place_of_every_row_is_found_again() -> None:
    text = PaneText(33)
    for n in range(20):
        text.feed(lines("say", f"{n} {LONG}\n\n"))
        text.feed([Line(START, 1, "call", f"cat {n}"), Line(START, 1, "out", LONG)])
    text.settle()
    for number in range(text.dropped, len(text)):
        assert text.row_of(text.place_of(number)) == number
