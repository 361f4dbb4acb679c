"""A band says who answers and what it costs; a model's notes never look like findings."""

from dataclasses import replace

import pytest

from orchestrator.journal.transcript import Line
from orchestrator.model.records import Spent
from tests.tui.panes import START, TASK, Host, pane, rows, say
from tui.messages import finished
from tui.pane_text import PaneText
from tui.widgets.agent_pane import AgentPane

RULES = replace(TASK, backend="rules")
CLAUDE = replace(TASK, backend="claude", model="claude-opus-5-5")
OVER = replace(RULES, taken_over="claude-opus-5-5: the connection was lost")
USED = Spent(turns=2, fresh=1_000, cached=9_000, output=2_000, usd=0.04)
NOTED = [("note", "I read the "), ("note", "pool [E12] first.\nThen the log.\n")]
FOUND = ("say", "\nThe pool is **full** [E12:3].\n")


def answered(shown: AgentPane, task: object = CLAUDE, spent: Spent = USED) -> str:
    assert isinstance(task, type(TASK))
    shown.bill(spent, True)
    shown.show(task, shown.text, START + 5)
    return rows(shown)[0]


@pytest.mark.parametrize(
    ("width", "said"),
    [
        (80, "3 CO component-owner  claude opus-5-5               12k tok $0.04  00:05"),
        (57, "3 CO component-owner  opus-5-5    12k tok $0.04  00:05"),
        (50, "3 CO component-owner  opus-5-5     $0.04  00:05"),
        (44, "3 CO component-owner  opus-5-5     00:05"),
        (30, "3 CO comp…  opus-5-5  00:05"),
    ],
)
async def test_the_band_says_as_much_of_who_and_how_much_as_it_has_room_for(
    width: int, said: str
) -> None:
    async with pane(width) as (shown, _):
        band = answered(shown).lstrip("▌")
        assert [word for word in band.split() if word not in "·•●"] == said.split()


async def test_a_band_names_the_rules_only_where_somebody_else_could_answer() -> None:
    async with pane() as (shown, _):
        assert "rules" in answered(shown, RULES, Spent())
        shown.bill(Spent(), False)
        assert "rules" not in rows(shown)[0]


async def test_what_a_turn_adds_is_on_the_band_while_the_agent_works() -> None:
    async with pane(80) as (shown, _):
        answered(shown, CLAUDE, Spent())
        assert "tok" not in rows(shown)[0]
        shown.bill(USED, True)
        assert "12k tok $0.04" in rows(shown)[0]


async def test_a_price_nobody_knows_is_not_nothing() -> None:
    async with pane(80) as (shown, _):
        assert "12k tok $?" in answered(shown, spent=replace(USED, usd=0.0, unpriced=2))
        assert "12k tok $0.04+?" in answered(shown, spent=replace(USED, unpriced=1))


@pytest.mark.parametrize("width", [34, 60, 90])
async def test_a_task_that_was_taken_over_says_so_in_words(width: int) -> None:
    async with pane(width) as (shown, _):
        assert "▲ taken over" in answered(shown, OVER, Spent())
        mark = [s.style for s in shown.render_line(0) if "taken over" in s.text]
        assert mark == [shown.ink("warn", "focus-band", bold=True)]


async def test_that_it_was_taken_over_is_read_without_glyphs_and_colours(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(Host, "ascii_only", True, raising=False)
    monkeypatch.setenv("NO_COLOR", "1")
    async with pane() as (shown, _):
        band = answered(shown, OVER, Spent())
        assert "! taken over" in band
        assert band.isascii()


async def test_as_a_strip_it_still_says_that_it_was_taken_over() -> None:
    async with pane(60, 1) as (shown, _):
        assert "▲ taken over" in answered(shown, OVER, Spent())


async def test_alone_it_says_what_it_used_why_it_was_taken_over_and_what_was_dropped() -> None:
    async with pane(100, 20) as (shown, _):
        shown.alone = True
        answered(shown, replace(OVER, dropped=("The database was restarted.",)))
        head = [row.strip() for row in rows(shown)[1:5]]
        assert head == [
            "tier 2 analysis",
            "answered by rules: 2 turns, 10k tokens read (90% from the cache), 2.0k written, $0.04",
            "▲ taken over from claude-opus-5-5: the connection was lost",
            "▲ dropped: The database was restarted.",
        ]
        shown.alone = False
        shown.tick(START + 6)
        assert not any("dropped" in row for row in rows(shown))


def text_of(*said: tuple[str, str], width: int = 40) -> PaneText:
    text = PaneText(width)
    text.feed([Line(START, 1, kind, words) for kind, words in said])
    text.settle()
    return text


def test_notes_are_named_indented_and_muted_whole() -> None:
    text = text_of(*NOTED)
    assert text.plain().split("\n") == [
        "  unchecked: I read the pool [E12]",
        "  first.",
        "  Then the log.",
    ]
    tokens = {token for n in range(len(text)) for run, token in text.row(n).runs if run.strip()}
    assert tokens == {"muted"}


def test_a_checked_sentence_after_notes_looks_as_it_would_without_them() -> None:
    alone, after = text_of(FOUND), text_of(*NOTED, FOUND)
    assert after.row(len(after) - 1).runs == alone.row(len(alone) - 1).runs
    assert after.row(len(after) - 2).plain == "", "a gap stands between them"


def test_notes_read_the_same_however_they_were_cut() -> None:
    whole = text_of(*NOTED, FOUND).plain()
    letters = [(kind, letter) for kind, words in (*NOTED, FOUND) for letter in words]
    piecewise = PaneText(40)
    for letter in letters:
        piecewise.feed([Line(START, 1, *letter)])
        piecewise.settle()
    assert piecewise.plain() == whole


def test_a_note_cut_off_by_a_finding_is_still_a_note() -> None:
    text = text_of(("note", "It may be the pool"), ("say", "UNKNOWN\n"))
    assert text.plain() == "  unchecked: It may be the pool\n\nUNKNOWN"


def test_every_run_of_notes_says_again_what_it_is() -> None:
    text = text_of(("note", "One.\n"), ("call", "ls"), ("note", "Two.\n\nThree.\n"))
    assert text.plain().count("unchecked:") == 2
    assert text.last_line == "unchecked: Three."


def test_no_mark_in_a_note_makes_it_look_like_more() -> None:
    text = text_of(("note", "# Root cause\n```\n| a | b |\n- **sure**\n"))
    assert {entry.kind for entry in text.entries} == {"note"}
    tokens = {token for n in range(len(text)) for run, token in text.row(n).runs if run.strip()}
    assert tokens == {"muted"}


def test_as_a_message_notes_are_a_quotation_apart_from_findings() -> None:
    text = text_of(*NOTED, FOUND)
    noted, found = finished(tuple(text.entries), running=False)
    assert noted.source == "> *unchecked:* I read the pool [E12] first.\n> Then the log."
    assert found.source == "The pool is **full** [E12:3]."


async def test_the_caret_follows_a_note_too() -> None:
    async with pane() as (shown, _):
        say(shown, "looking", kind="note")
        assert any(row.endswith("unchecked: looking▌") for row in rows(shown))


async def test_without_colours_an_unfocused_band_keeps_its_time(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    async with pane(52) as (shown, pilot):
        shown.blur()
        await pilot.pause()
        band = answered(shown)
        assert band.startswith("─ 3 CO component-owner  opus-5-5 ")
        assert band.endswith("─")
        assert "00:05" in band
