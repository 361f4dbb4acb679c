"""One agent alone on the screen: its finished messages as Markdown, its running words below."""

import unicodedata
from pathlib import Path

import pytest
from hypothesis import given
from textual.pilot import Pilot

from orchestrator.journal.transcript import Line
from tests.tui.hostile import HOSTILE, texts
from tests.tui.rooms import Room, find, opened, settled, text_of
from tui.citations import CitationChosen
from tui.inert import inert
from tui.messages import finished
from tui.pane_text import PaneText
from tui.widgets.agent_pane import AgentPane
from tui.widgets.message_markdown import MessageMarkdown, citing_parser
from tui.widgets.pane_grid import TICKS_A_MESSAGE

WORDS = """## What the pool does

| state | count |
|---|---:|
| idle | 238 |

```python
conn = pool.getconn()
```

It is full [E11:4].
"""


def told(pane: AgentPane, *pieces: tuple[str, str]) -> None:
    attempt = pane.text.attempt
    pane.feed([Line(pane.now, attempt, kind, text) for kind, text in pieces])
    pane.flush()


async def zoomed(app: Room, pilot: Pilot[int]) -> AgentPane:
    """The working agent alone."""
    pane = next(pane for pane in app.room.grid.shown() if pane.running)
    await pilot.press(str(pane.number), "z")
    await pilot.pause()
    return pane


async def messages(app: Room, pilot: Pilot[int], steps: int = 1) -> None:
    """Time for that many more messages."""
    for _ in range(steps):
        for _ in range(TICKS_A_MESSAGE):
            app.room.frames.tick()
        await settled(app, pilot)


def built(app: Room) -> list[str]:
    return [shown.source for shown in app.room.grid.reader.query(MessageMarkdown)]


# --- which messages -------------------------------------------------------------------------------


def text_of_pieces(*pieces: tuple[str, str]) -> PaneText:
    text = PaneText(40)
    text.feed([Line(float(n), 1, kind, words) for n, (kind, words) in enumerate(pieces)])
    text.settle()
    return text


PIECES = (
    ("say", "One.\n\nTwo.\n"),
    ("call", "git `log`"),
    ("out", "a\n```\nb"),
    ("say", "Three.\n"),
)


def test_words_between_commands_are_one_message_and_a_command_has_its_output() -> None:
    text = text_of_pieces(*PIECES)
    assert [message.source for message in finished(text.entries, running=False)] == [
        "One.\n\nTwo.",
        "`` $ git `log` ``\n\n````text\na\n```\nb\n````",
        "Three.",
    ]


def test_the_message_an_agent_is_at_is_not_finished() -> None:
    text = text_of_pieces(*PIECES)
    assert len(finished(text.entries, running=True)) == 2
    text.feed([Line(9.0, 1, "call", "ls"), Line(9.0, 1, "say", "It is")])
    text.settle()
    assert len(finished(text.entries, True, text.speaking)) == 4


def test_only_the_newest_messages_are_read_back() -> None:
    text = PaneText(40)
    for number in range(300):
        text.feed([Line(0, 1, "say", "x" * 900 + "\n"), Line(0, 1, "call", f"cat {number}")])
    text.settle()
    found = finished(text.entries, running=False)
    assert sum(len(message.source) for message in found) <= 24_000
    assert found[-1].source == "`$ cat 299`"


@given(texts())
def test_markdown_of_a_hostile_text_holds_no_control(text: str) -> None:
    for token in citing_parser().parse(inert(text).expandtabs(4)):
        for child in (token, *(token.children or ())):
            assert child.type not in ("image", "html_inline", "html_block")
            assert not [
                letter
                for letter in child.content
                if unicodedata.category(letter) in ("Cc", "Cf", "Cs") and letter != "\n"
            ]


# --- on the screen --------------------------------------------------------------------------------


async def test_finished_messages_are_real_markdown_and_the_rest_stays_live(tmp_path: Path) -> None:
    async with opened(tmp_path) as (app, pilot):
        pane = next(pane for pane in app.room.grid.shown() if pane.running)
        told(
            pane, ("say", WORDS), ("call", "git log"), ("out", "four commits"), ("say", "Next: the")
        )
        await zoomed(app, pilot)
        await messages(app, pilot, 2)
        reader = app.room.grid.reader
        for kind in ("MarkdownH2", "MarkdownTable", "MarkdownFence"):
            assert reader.query(kind), kind
        assert "Next: the▌" in find(app, "Next: the")
        told(pane, ("say", " rest"))
        await settled(app, pilot)
        find(app, "Next: the rest▌")


async def test_messages_come_one_at_a_time_and_at_most_two_a_second(tmp_path: Path) -> None:
    async with opened(tmp_path) as (app, pilot):
        pane = await zoomed(app, pilot)
        await messages(app, pilot, 4)
        before = len(built(app))
        for number in range(3):
            told(pane, ("call", f"cat {number}"), ("say", f"Read {number}.\n"))
        told(pane, ("call", "cat last"))
        for _ in range(TICKS_A_MESSAGE):
            app.room.frames.tick()
        await settled(app, pilot)
        assert len(built(app)) == before + 1
        await messages(app, pilot, 6)
        assert "Read 2." in built(app)[-1]


async def test_scrolling_away_counts_new_messages_and_end_follows(tmp_path: Path) -> None:
    async with opened(tmp_path) as (app, pilot):
        pane = await zoomed(app, pilot)
        told(pane, *[("say", f"{n} {'word ' * 99}\n\n") for n in range(9)], ("call", "ls"))
        told(pane, ("say", "On.\n"))
        await messages(app, pilot, 4)
        await pilot.press("home")
        assert not app.room.grid.reader.following
        told(pane, ("call", "ls 2"), ("say", "More.\n"))
        await messages(app, pilot, 3)
        assert "new" in find(app, "not following")
        assert app.room.grid.reader.scroll_y == 0
        await pilot.press("end")
        await settled(app, pilot)
        assert not [row for row in text_of(app) if "not following" in row]


@pytest.mark.parametrize("key", ["z", "escape"])
async def test_the_way_back_restores_where_one_was_reading(tmp_path: Path, key: str) -> None:
    async with opened(tmp_path) as (app, pilot):
        pane = next(pane for pane in app.room.grid.shown() if pane.running)
        told(pane, *[("say", f"line {n}\n") for n in range(60)])
        await pilot.press(str(pane.number), "pageup", "pageup")
        await pilot.pause()
        before = [pane.render_line(y).text for y in range(2, pane.size.height - 1)]
        await pilot.press("z")
        await messages(app, pilot)
        assert pane.size.width == app.size.width
        assert "line 59" in "\n".join(text_of(app)), "alone it follows"
        await pilot.press(key)
        await settled(app, pilot)
        assert [pane.render_line(y).text for y in range(2, pane.size.height - 1)] == before
        assert not pane.following
        assert pane.has_focus
        assert built(app) == []


async def test_another_agent_takes_the_screen_by_its_number(tmp_path: Path) -> None:
    async with opened(tmp_path) as (app, pilot):
        pane = await zoomed(app, pilot)
        other = next(
            one
            for one in app.room.grid.panes
            if not one.display and one.task_shown is not None and len(one.text)
        )
        await pilot.press(str(other.number))
        await messages(app, pilot, 2)
        assert other.has_focus
        assert other.size.width == app.size.width
        assert not pane.display
        assert built(app)


async def test_an_agent_without_words_shows_its_report_alone_too(tmp_path: Path) -> None:
    async with opened(tmp_path) as (app, pilot):
        silent = next(one for one in app.room.grid.panes if one._summary and not len(one.text))
        await pilot.press(str(silent.number), "z")
        await messages(app, pilot)
        find(app, silent._summary[:40])
        assert built(app) == []


async def test_a_citation_is_opened_by_key_and_by_mouse(tmp_path: Path) -> None:
    chosen: list[tuple[str, ...]] = []

    class Listening(Room):
        def on_citation_chosen(self, message: CitationChosen) -> None:  # type: ignore[override]
            chosen.append(message.cited)

    app = Listening(tmp_path, 400.0)
    async with app.run_test(size=(120, 40)) as pilot:
        await settled(app, pilot)
        pane = await zoomed(app, pilot)
        told(pane, ("call", "ls"), ("say", "Full, see [E11:4].\n"), ("call", "cat"))
        await messages(app, pilot, 3)
        rows = text_of(app)
        y = next(y for y, row in enumerate(rows) if "see [E11:4]" in row and y < 30)
        await pilot.click(offset=(rows[y].index("E11"), y))
        await pilot.pause()
        assert chosen == [("E11:4",)]
        await pilot.press("enter")
        await pilot.pause()
        assert "E11:4" in chosen[-1]


async def test_hostile_messages_paint_nothing_that_commands(tmp_path: Path) -> None:
    async with opened(tmp_path) as (app, pilot):
        pane = await zoomed(app, pilot)
        told(pane, ("say", "\n\n".join(HOSTILE) + "\n"))
        told(pane, ("call", HOSTILE[0]), ("out", "\n".join(HOSTILE)), ("evidence", HOSTILE[1]))
        told(pane, ("say", "```" + HOSTILE[2] + "\n" + "\n".join(HOSTILE) + "\n```\n"))
        told(pane, ("warn", HOSTILE[3]), ("call", "ls"))
        await messages(app, pilot, 6)
        assert "before after" in "".join(built(app))
        for _ in range(6):
            for strip in app.screen._compositor.render_strips():
                assert strip.cell_length == app.size.width
                for segment in strip:
                    assert not [
                        letter
                        for letter in segment.text
                        if unicodedata.category(letter) in ("Cc", "Cf", "Cs")
                    ]
            await pilot.press("pageup")
