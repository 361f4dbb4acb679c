"""Whatever an agent reads aloud, its pane and the rows of all regions stay within their columns."""

import unicodedata
from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st
from textual.strip import Strip

from orchestrator.journal.transcript import Line
from tests.tui.hostile import texts
from tests.tui.panes import START, TASK, pane
from tui.highlight import runs_of_line
from tui.ink import Ink, band, row
from tui.markdown_rows import rows_of_document
from tui.pane_text import PaneText
from tui.theme import DARK_NAME

KINDS = ("say", "call", "out", "warn", "evidence")
INKS = (Ink(DARK_NAME), Ink(DARK_NAME, colour=False), Ink(DARK_NAME, ascii_only=True))


def harmless(strip: Strip, width: int) -> None:
    """It has exactly its width, and no letter of it commands the terminal."""
    assert strip.cell_length == width == sum(segment.cell_length for segment in strip)
    commands = [
        letter
        for segment in strip
        for letter in segment.text
        if unicodedata.category(letter) in ("Cc", "Cf", "Cs", "Zl", "Zp")
    ]
    assert not commands


async def test_a_pane_paints_no_control_and_keeps_its_columns() -> None:
    async with pane(width=46, height=24) as (shown, _):

        @settings(max_examples=150, deadline=None)
        @given(st.lists(st.tuples(st.sampled_from(KINDS), texts()), max_size=6), texts())
        def whatever_comes(pieces: list[tuple[str, str]], title: str) -> None:
            shown.show(replace(TASK, title=title, role=title), PaneText(), START)
            shown.feed([Line(START, 1, kind, text) for kind, text in pieces])
            shown.flush()
            for y in range(shown.size.height):
                harmless(shown.render_line(y), 46)
            assert not shown._mishap.words

        whatever_comes()


async def test_a_strip_keeps_its_one_row() -> None:
    async with pane(width=46, height=1) as (shown, _):

        @settings(max_examples=60, deadline=None)
        @given(st.sampled_from(KINDS), texts())
        def whatever_comes(kind: str, text: str) -> None:
            shown.show(TASK, PaneText(), START)
            shown.feed([Line(START, 1, kind, text)])
            shown.flush()
            harmless(shown.render_line(0), 46)

        whatever_comes()


@given(texts(), texts(), st.integers(1, 60), st.sampled_from(INKS))
def test_a_row_of_any_region_is_harmless(left: str, right: str, width: int, ink: Ink) -> None:
    style = ink("text")
    harmless(row(ink, width, [(left, style)], [(right, style)]), width)
    harmless(band(ink, width, [(left, style)], [(right, style)], focused=False), width)
    harmless(band(ink, width, left, [(right, style)], focused=True), width)


@given(texts(), st.sampled_from(["log", "code"]))
def test_a_line_of_evidence_is_harmless(text: str, kind: str) -> None:
    ink = INKS[0]
    runs = [(piece, ink(token.rstrip("*"))) for piece, token in runs_of_line(text, kind)]
    harmless(row(ink, 40, runs), 40)


@settings(deadline=None)
@given(texts())
def test_a_document_is_harmless(text: str) -> None:
    ink = INKS[0]
    for line in rows_of_document(text, 38):
        harmless(row(ink, 40, [(piece, ink("text")) for piece, _ in line.runs]), 40)
