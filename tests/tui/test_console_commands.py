"""Words typed into the command line become one command, or one line that says what is missing."""

from typing import Any

import pytest

from tui.commands import RUNNER, parse


def key_of(number: int) -> str:
    return {1: "tier1/data", 2: "tier2/analysis"}.get(number, "")


@pytest.mark.parametrize(
    ("text", "name", "args"),
    [
        ("ack", "ack", {}),
        ("acknowledge", "ack", {}),
        ("note pool was odd  yesterday", "note", {"text": "pool was odd  yesterday"}),
        ("stop 2", "stop", {"key": "tier2/analysis"}),
        ("stop tier1/data", "stop", {"key": "tier1/data"}),
        ("steer 1 look at the pool", "steer", {"key": "tier1/data", "text": "look at the pool"}),
        ("assess earlier version is next", "assess", {"text": "earlier version is next"}),
        ("severity P1 fewer users", "severity", {"severity": "P1", "why": "fewer users"}),
        ("assign commander m.sato", "assign", {"role": "commander", "person": "m.sato"}),
        ("escalate tier3 db is stuck", "escalate", {"target": "tier3", "why": "db is stuck"}),
        ("hold management told them", "hold", {"deadline": "management", "why": "told them"}),
        ("step 5 skip known", "step", {"step": "root-cause", "what": "skip", "why": "known"}),
        ("step review start now", "step", {"step": "review", "what": "start", "why": "now"}),
        ("halt two deploys at once", "halt", {"why": "two deploys at once"}),
        ("freeze one at a time", "freeze", {"why": "one at a time"}),
        ("coordinate j.ortiz", "coordinate", {"person": "j.ortiz"}),
        (
            "choose deploy-orders version=1.2.3: it ran well",
            "choose",
            {"action": "deploy-orders", "params": {"version": "1.2.3"}, "why": "it ran well"},
        ),
        (
            "choose restart --why it helped last time",
            "choose",
            {"action": "restart", "params": {}, "why": "it helped last time"},
        ),
        ("resolve users confirm", "resolve", {"why": "users confirm"}),
        ("reopen it is back", "reopen", {"why": "it is back"}),
        ("close reviewed", "close", {"why": "reviewed"}),
        ("answer affected users: 12 %", "answer", {"field": "affected users", "text": "12 %"}),
        (
            "sent communications/a.md #ops",
            "sent",
            {"path": "communications/a.md", "channel": "#ops"},
        ),
    ],
)
def test_a_full_command_goes_to_the_runner(text: str, name: str, args: dict[str, Any]) -> None:
    typed = parse(text, key_of)
    assert (typed.name, typed.args, typed.for_runner, typed.error) == (name, args, True, "")


@pytest.mark.parametrize(
    "text",
    [
        "note",
        "stop",
        "stop 9",
        "steer",
        "steer 1",
        "severity P1",
        "step 5 skip",
        "escalate x y",
        "answer a",
        "step 5 jump x",
        "choose restart",
        "choose restart four: why",
    ],
)
def test_half_a_command_says_how_to_write_it(text: str) -> None:
    typed = parse(text, key_of)
    assert not typed.name
    assert "write:" in typed.error


def test_an_unknown_word_names_the_words_there_are() -> None:
    error = parse("frobnicate it", key_of).error
    assert "frobnicate" in error
    assert all(name in error for name in RUNNER)


@pytest.mark.parametrize("text", ["approve", "deny no", "APPROVE rollback@1"])
def test_production_cannot_be_decided_by_typing(text: str) -> None:
    typed = parse(text, key_of)
    assert not typed.for_runner
    assert "card" in typed.error


def test_words_for_the_screen_stay_on_the_screen() -> None:
    assert parse("files", key_of).for_runner is False
    assert parse("theme light", key_of).args == {"argument": "light"}
    assert parse("quit", key_of).name == "leave"


def test_evidence_and_the_board_are_opened_by_words_too() -> None:
    assert parse("board", key_of).for_runner is False
    assert parse("metrics", key_of).name == "metrics"
    assert parse("evidence @dump.txt", key_of).args == {"argument": "@dump.txt"}
    assert parse("new", key_of).name == "new"
