"""The key map: one list, no collisions, and one meaning for a key wherever it is pressed."""

from collections import Counter
from pathlib import Path

import pytest

from tui.keymap import GROUPS
from tui.keys import (
    ACT,
    ASK,
    BOARD,
    CARD,
    CONSOLE,
    FORM,
    LEDGER,
    LIST,
    METRICS,
    PANE,
    READING,
    REGION,
    REGISTRY,
    REPLAY,
    TEXT,
    TEXTS,
    WAR_ROOM,
    bindings,
    entries,
    footer_of,
)
from tui.keys_page import page

ON_A_SCREEN = {
    "war room": (CONSOLE, WAR_ROOM, ACT),
    "replay": (CONSOLE, REPLAY),
    "card": (CONSOLE, CARD),
    "reading": (CONSOLE, READING, REGION, LIST),
    "pane": (PANE, REGION, LIST),
    "evidence": (CONSOLE, LEDGER, REGION, LIST),
    "board": (CONSOLE, BOARD, REGION, LIST),
    "metrics": (CONSOLE, METRICS, REGION, LIST),
    "form": (CONSOLE, FORM),
    "question": (CONSOLE, ASK),
    "texts": (CONSOLE, TEXTS, REGION, LIST),
    "text": (CONSOLE, TEXT, REGION),
}


def test_every_entry_says_what_it_does() -> None:
    for key in REGISTRY:
        assert key.description
        assert key.sense
        assert key.tooltip.endswith("."), key.id


def test_ids_are_unique() -> None:
    assert max(Counter(key.id for key in REGISTRY).values()) == 1


@pytest.mark.parametrize("contexts", ON_A_SCREEN.values(), ids=ON_A_SCREEN.keys())
def test_no_key_is_taken_twice_on_one_screen(contexts: tuple[str, ...]) -> None:
    taken = Counter(name for key in entries(*contexts) for name in key.keys)
    assert [name for name, times in taken.items() if times > 1] == []


def test_a_key_means_the_same_wherever_it_exists() -> None:
    senses: dict[str, set[str]] = {}
    for key in REGISTRY:
        for name in key.keys:
            senses.setdefault(name, set()).add(key.sense)
    assert {name: sense for name, sense in senses.items() if len(sense) > 1} == {}


def test_decisions_exist_only_inside_a_card() -> None:
    for key in REGISTRY:
        if key.action in ("approve", "deny"):
            assert key.where == CARD


def test_a_later_context_decides_what_a_shared_key_does() -> None:
    actions = {binding.key: binding.action for binding in bindings(WAR_ROOM, REPLAY)}
    assert actions["a"] == "next_approval"
    assert actions["t"] == "timeline"


def test_digits_carry_themselves_into_the_action() -> None:
    actions = {binding.key: binding.action for binding in bindings(WAR_ROOM)}
    assert [actions[digit] for digit in "18"] == ["pane(1)", "pane(8)"]


def test_the_footer_keeps_its_order_and_ends_with_help() -> None:
    shown = [key.id for key in footer_of((CONSOLE, WAR_ROOM, ACT, PANE))]
    assert shown[0] == "approvals"
    assert shown[-1] == "help"
    without_pane = [key.id for key in footer_of((CONSOLE, WAR_ROOM, ACT))]
    assert without_pane == [key for key in shown if key not in ("stop-agent", "steer")]


def test_every_key_of_the_console_page_that_works_is_in_the_map() -> None:
    """Lower case looks, upper case acts; what has no function yet has no key."""
    names = {name for key in REGISTRY for name in key.keys}
    assert {*"bwaepfctqrm", *"ANSEIURXOMH", "plus", "asterisk", "colon", "slash"} <= names
    assert "d" not in names


def test_the_help_lists_every_group() -> None:
    assert {key.group for key in REGISTRY} == {group for group, _ in GROUPS}


def test_the_page_of_keys_is_current() -> None:
    written = Path(__file__).parents[2] / "docs" / "keys.md"
    assert written.read_text() == page(), "run: make keys"
