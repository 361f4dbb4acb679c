"""What a pane shows: wrapped by cells, bounded, and harmless whatever an agent reads aloud."""

import pytest
from rich.cells import cell_len

from orchestrator.journal.transcript import Line
from tui.inert import fitted, inert, inert_line
from tui.pane_rows import runs_of
from tui.pane_text import PaneText
from tui.wrapping import wrap


def said(*pieces: tuple[str, str], attempt: int = 1) -> list[Line]:
    return [Line(float(n), attempt, kind, text) for n, (kind, text) in enumerate(pieces)]


def rows(text: PaneText) -> list[str]:
    text.settle()
    return [text.row(n).plain for n in range(text.dropped, len(text))]


def shown(*pieces: tuple[str, str], width: int = 30) -> list[str]:
    text = PaneText(width)
    text.feed(said(*pieces))
    return rows(text)


def test_words_are_wrapped_at_spaces() -> None:
    assert shown(("say", "the pool is empty after ten failures"), width=16) == [
        "the pool is",
        "empty after ten",
        "failures",
    ]


def test_a_word_longer_than_the_pane_is_broken() -> None:
    assert shown(("say", "x" * 25), width=10) == ["x" * 10, "x" * 10, "x" * 5]


def test_wide_letters_count_as_two_cells() -> None:
    lines = shown(("say", "数据库连接池已经满了请检查"), width=10)
    assert all(cell_len(line) <= 10 for line in lines)
    assert "".join(lines) == "数据库连接池已经满了请检查"


def test_text_arriving_mid_word_is_joined() -> None:
    assert shown(("say", "the po"), ("say", "ol is"), ("say", " full")) == ["the pool is full"]


def test_what_was_said_in_pieces_equals_what_was_said_at_once() -> None:
    whole = "One line [E1].\n\nAnother **bold** line that is long enough to wrap twice over."
    at_once = shown(("say", whole), width=20)
    piecewise = PaneText(20)
    for letter in whole:
        piecewise.feed(said(("say", letter)))
        piecewise.settle()
    assert rows(piecewise) == at_once


def test_paragraphs_are_one_blank_row_apart_however_many_newlines_came() -> None:
    assert shown(("say", "one\n\n\n\ntwo\nthree\n")) == ["one", "", "two", "three"]


def test_a_command_stands_apart_and_its_output_belongs_to_it() -> None:
    assert shown(("say", "Look:"), ("call", "git log"), ("out", "a\nb"), ("say", "Two.")) == [
        "Look:",
        "",
        "$ git log",
        "│ a",
        "│ b",
        "",
        "Two.",
    ]


def test_an_evidence_id_goes_to_the_command_that_gave_it() -> None:
    text = PaneText(40)
    text.feed(said(("call", "git log"), ("evidence", "E7 four commits"), ("out", "abc")))
    text.settle()
    call = text.row(0)
    assert (call.eid, call.took) == ("E7", 1.0)
    assert rows(text) == ["$ git log", "│ abc"]


def test_evidence_without_a_command_has_its_own_row() -> None:
    assert shown(("evidence", "E3 pool gauge"), width=40) == ["E3 pool gauge"]


def test_a_later_attempt_replaces_what_the_earlier_one_said() -> None:
    text = PaneText(30)
    text.feed(said(("say", "first try")))
    text.settle()
    text.feed([Line(9.0, 2, "say", "second try"), Line(9.5, 1, "say", "late words of the first")])
    assert rows(text) == ["second try"]


def test_citations_lose_no_letter_and_are_marked() -> None:
    assert runs_of("full [E12:3].") == [
        ("full ", "text"),
        ("[", "muted"),
        ("E12:3", "accent"),
        ("]", "muted"),
        (".", "text"),
    ]


def test_unknown_is_muted_and_marks_of_emphasis_disappear() -> None:
    assert runs_of("**bold** `code` UNKNOWN") == [
        ("bold", "bright*"),
        (" ", "text"),
        ("code", "bright"),
        (" ", "text"),
        ("UNKNOWN", "muted"),
    ]


def test_a_citation_is_not_torn_from_the_stop_behind_it() -> None:
    wrapped = wrap(runs_of("aaaa bbbb [E12]."), 12)
    assert ["".join(text for text, _ in line) for line in wrapped] == ["aaaa bbbb", "[E12]."]


def test_list_items_hang_under_their_text() -> None:
    assert shown(("say", "- one two three four"), width=12) == ["- one two", "  three four"]


def test_only_the_newest_rows_are_kept_and_their_numbers_stay() -> None:
    text = PaneText(20, max_rows=100)
    for number in range(1_000):
        text.feed(said(("say", f"line {number}\n")))
    text.settle()
    assert len(text) == 1_000
    assert text.dropped == 900
    assert text.row(999).plain == "line 999"
    assert text.row(899).plain == ""


def test_another_width_lays_the_same_words_out_again() -> None:
    text = PaneText(40)
    text.feed(said(("say", "The early return skips the release of the connection.\n")))
    wide = rows(text)
    text.rewrap(12)
    assert " ".join(rows(text)) == " ".join(wide)
    assert all(cell_len(line) <= 12 for line in rows(text))


HOSTILE = {
    "colours": "\x1b[31mred\x1b[0m",
    "title": "\x1b]0;owned\x07text",
    "clipboard": "a\x1b]52;c;ZXZpbA==\x1b\\b",
    "one-byte CSI": "a\x9b2Jb",
    "cursor": "a\x1b[2J\x1b[Hb",
    "bidi": "abc\u202edef\u2066",
    "nul and bell": "a\x00\x07\x08b",
    "cut off": "text \x1b]0;no end",
}


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE.keys())
def test_control_codes_never_reach_the_terminal(text: str) -> None:
    for kind in ("say", "call", "out", "warn", "evidence"):
        for line in shown((kind, text), width=60):
            assert line.isprintable(), line
    assert inert_line(text).isprintable()


def test_harmless_text_is_left_as_it_is() -> None:
    assert inert("Größe 12 → 数\n\tx") == "Größe 12 → 数\n\tx"
    assert inert_line("two\nlines") == "two lines"


def test_what_does_not_fit_ends_in_an_ellipsis() -> None:
    assert fitted("rollback proposed", 9) == "rollback…"
    assert fitted("数据库连接", 6) == "数据…"
    assert fitted("short", 9) == "short"
    assert fitted("anything", 0) == ""
