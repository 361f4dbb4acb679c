"""Whatever a text holds, nothing of it commands the terminal or moves a column."""

import unicodedata

from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from tests.tui.hostile import HOSTILE, texts
from tui.inert import fitted, inert, inert_line, last_written
from tui.wrapping import broken

COMMANDING = ("Cc", "Cf", "Cs", "Zl", "Zp")


def test_every_code_point_that_commands_or_hides_is_dropped_or_replaced() -> None:
    kept = [
        hex(code)
        for code in range(0x110000)
        if unicodedata.category(chr(code)) in COMMANDING
        and chr(code) not in "\n\t"
        and inert(chr(code)) not in ("", "\ufffd")
    ]
    assert kept == []


@given(texts())
def test_no_control_reaches_a_row(text: str) -> None:
    for shown in (inert_line(text), last_written(text.replace("\n", " ").replace("\t", " "))):
        assert not [c for c in shown if unicodedata.category(c) in COMMANDING]


@given(texts(), st.integers(0, 40))
def test_cells_add_up_wherever_a_text_is_parted(text: str, at: int) -> None:
    line = inert_line(text)
    assert cell_len(line[:at]) + cell_len(line[at:]) == cell_len(line)


@given(texts(), st.integers(2, 30), st.integers(0, 8))
def test_rows_fit_and_together_are_the_text(text: str, width: int, hang: int) -> None:
    line = inert_line(text).replace("\t", " ")
    rows = broken([(line, "text")], width, hang)
    indent = min(hang, width // 2, width - 2)
    plain = ["".join(piece for piece, _ in runs) for _, runs in rows]
    assert all(cell_len(row) <= width for row in plain)
    joined = plain[0] + "".join(
        glue + row[indent:] for (glue, _), row in zip(rows[1:], plain[1:], strict=True)
    )
    assert joined.rstrip() == line.rstrip()


def test_joined_emoji_tints_and_flags_are_taken_apart() -> None:
    assert inert("\U0001f469\u200d\U0001f467") == "\U0001f469\U0001f467"
    assert inert("\U0001f44d\U0001f3fd\ufe0f") == "\U0001f44d"
    assert inert("\U0001f1e9\U0001f1ea") == "DE"


def test_a_sequence_without_an_end_takes_its_own_line_alone() -> None:
    assert inert("a \x1b]0;no end\nb") == "a \nb"


def test_what_a_progress_bar_wrote_over_is_marked() -> None:
    assert last_written("10%\r50%\r100%") == "… 100%"
    assert last_written("plain\r") == "plain"
    assert last_written("50%\x1b[K\r\x1b[K") == "50%"


def test_hostile_texts_leave_their_words() -> None:
    for text in HOSTILE:
        assert fitted(inert_line(text), 60).startswith("before")
