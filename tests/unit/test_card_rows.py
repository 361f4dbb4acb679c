"""What will run is shown as it is: quoted, wrapped, nothing hidden."""

import shlex

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orchestrator.clock import FakeClock
from tui.screens.card_arming import Arming
from tui.screens.card_rows import command_lines, eights, visible, wrapped

WORD = st.text(st.characters(codec="utf-8", exclude_categories=["Cs"]), min_size=1, max_size=60)


@given(argv=st.lists(WORD, min_size=1, max_size=6), width=st.integers(0, 120))
def test_a_wrapped_command_loses_nothing_but_its_wrapping(argv: list[str], width: int) -> None:
    lines = command_lines(argv, width)
    whole = "".join(line.removesuffix("\\").strip(" ") for line in lines).replace(" ", "")
    shown = " ".join(visible(shlex.quote(word)) for word in argv)
    assert whole.replace("\\", "") == shown.replace(" ", "").replace("\\", "")
    assert all(line.isprintable() for line in lines)


@pytest.mark.parametrize(
    ("hidden", "shown"),
    [("\x1b[2J", r"\x1b[2J"), ("\u202e", r"\u202e"), ("a\nb", r"a\nb"), ("\u200b", r"\u200b")],
)
def test_what_a_terminal_would_swallow_is_written_out(hidden: str, shown: str) -> None:
    assert visible(hidden) == shown


@given(text=st.text(max_size=300), width=st.integers(-5, 80))
def test_prose_keeps_every_visible_character(text: str, width: int) -> None:
    kept = "".join(wrapped(text, width)).replace(" ", "")
    lines = [visible(line.expandtabs(4).rstrip()) for line in text.splitlines()]
    assert kept == "".join(lines).replace(" ", "")


def test_a_hash_is_shown_in_groups_of_eight() -> None:
    assert eights("0123456789abcdef" * 4).split(" ") == ["01234567", "89abcdef"] * 4


def looked(arming: Arming, clock: FakeClock, tenths: int, content: object = "a card") -> bool:
    """Look ten times a second."""
    for _ in range(tenths):
        arming.look(content)
        clock.advance(0.1)
    arming.look(content)
    return arming.armed


def test_content_that_stood_for_seven_tenths_of_a_second_arms() -> None:
    clock = FakeClock()
    arming = Arming(clock)
    assert not looked(arming, clock, 6)
    assert looked(arming, clock, 1)


def test_other_content_begins_anew() -> None:
    clock = FakeClock()
    arming = Arming(clock)
    assert looked(arming, clock, 9)
    assert not looked(arming, clock, 6, "another card")
    assert looked(arming, clock, 1, "another card")


def test_coming_into_sight_again_begins_anew() -> None:
    clock = FakeClock()
    arming = Arming(clock)
    assert looked(arming, clock, 9)
    arming.begin()
    assert not arming.armed
    assert not looked(arming, clock, 6)


@pytest.mark.parametrize("leap", [60.0, 0.5, -30.0])
def test_a_console_that_froze_and_a_clock_that_leapt_begin_anew(leap: float) -> None:
    clock = FakeClock()
    arming = Arming(clock)
    looked(arming, clock, 4)
    clock.advance(leap)
    assert not arming.armed
    arming.look("a card")
    assert not arming.armed
    assert not looked(arming, clock, 6)
    assert looked(arming, clock, 1)


def test_an_armed_card_on_a_frozen_console_is_not_armed() -> None:
    clock = FakeClock()
    arming = Arming(clock)
    assert looked(arming, clock, 9)
    clock.advance(2)
    assert not arming.armed
