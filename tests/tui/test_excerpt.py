"""A long item is shown by its head, its tail and what is cited, with the numbers of the file."""

from pathlib import Path

import pytest

from tui.excerpt import AROUND, SHOWN, excerpt

LINES = 60_000


@pytest.fixture
def long(tmp_path: Path) -> Path:
    path = tmp_path / "long.txt"
    path.write_text("".join(f"this is line {n}\n" for n in range(1, LINES + 1)))
    assert path.stat().st_size > SHOWN
    return path


def test_a_short_item_is_shown_whole(tmp_path: Path) -> None:
    path = tmp_path / "short.txt"
    path.write_text("one\ntwo\n")
    assert excerpt(path) == [(1, "one"), (2, "two")]


@pytest.mark.parametrize("cited", [0, 1, 30_000, 9_000, LINES])
def test_every_line_shown_has_its_own_number(long: Path, cited: int) -> None:
    shown = excerpt(long, cited)
    assert shown[0] == (1, "this is line 1")
    assert shown[-1] == (LINES, f"this is line {LINES}")
    numbers = [number for number, _ in shown if number]
    assert numbers == sorted(set(numbers))
    assert all(text == f"this is line {number}" for number, text in shown if number)
    assert not cited or cited in numbers


def test_what_is_not_shown_is_named_by_its_lines(long: Path) -> None:
    shown = excerpt(long, 30_000)
    gaps = [text for number, text in shown if not number]
    assert len(gaps) == 2
    assert gaps[0].endswith(f"to {30_000 - AROUND - 1:,} are kept, not shown: cite one to see it …")


def test_a_last_line_without_an_end_counts(tmp_path: Path) -> None:
    path = tmp_path / "long.txt"
    path.write_text("x\n" * SHOWN + "last")
    assert excerpt(path)[-1] == (SHOWN + 1, "last")
