"""Log lines become templates, and what changed across a moment stands out."""

import pytest

from orchestrator.evidence.analysis.masking import mask
from orchestrator.evidence.analysis.templates import changes, mine
from orchestrator.evidence.analysis.tokens import overlap, rarity, words
from orchestrator.evidence.sources.logs import Record


def said(at: float, message: str, level: str = "INFO", location: str = "") -> Record:
    return Record(1 + int(at), at, level, location, message)


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("took 12.5ms for order 4711", "took <n> for order <n>"),
        ("user 'bob' from 10.0.0.7:443", "user <text> from <ip>"),
        ("id 3f2504e0-4f89-11d3-9a0c-0305e82c3301 ok", "id <uuid> ok"),
        ("commit 0123456789abcdef done", "commit <hex> done"),
        ("at 2026-11-23T14:00:01.5Z it began", "at <time> it began"),
        ("worker-12 of pool_3", "worker-<n> of pool_<n>"),
        ("no numbers at all", "no numbers at all"),
    ],
)
def test_what_a_line_is_about_is_masked(line: str, expected: str) -> None:
    assert mask(line) == expected


def test_new_vanished_and_changed_rates_are_told_apart() -> None:
    before = [said(n, f"GET /{n} ok") for n in range(100)]
    before += [said(n, "cache warm") for n in range(0, 100, 4)]
    after = [said(100 + n, f"GET /{n} ok") for n in range(50)]
    after += [said(100 + n, "no slot within 5 s", "ERROR") for n in range(40)]
    kinds = {c.template.text: c.kind for c in changes(mine([*before, *after], 100.0), 100.0, 50.0)}
    assert kinds == {"no slot within <n> s": "new", "cache warm": "vanished"}
    loudest = changes(mine([*before, *after], 100.0), 100.0, 50.0)[0].template
    assert (loudest.before, loudest.after, loudest.first_line) == (0, 40, 101)


def test_an_error_said_twice_as_often_by_chance_is_no_change() -> None:
    records = [said(10, "slow"), said(60, "slow"), said(70, "slow")]
    assert changes(mine(records, 50.0), 50.0, 50.0) == []


def test_a_printed_location_is_the_key_whatever_the_text() -> None:
    records = [said(1, "a b", location="x.py:7"), said(2, "c d", location="x.py:7")]
    assert len(mine(records, 0.0)) == 1


def test_names_in_any_style_are_the_same_words() -> None:
    assert words("PoolTimeout") == words("pool_timeout") == words("pool timeout")
    assert "connection" in words("connections")
    assert words("self return x1 io") == set()


def test_rare_words_tell_more() -> None:
    telling = rarity([{"common", "rare"}, {"common"}, {"common"}])
    assert telling["rare"] > telling["common"]
    left = {"common", "rare"}
    assert overlap(left, {"rare"}, telling) > overlap(left, {"common"}, telling)
    assert overlap(set(), {"rare"}, telling) == 0.0
