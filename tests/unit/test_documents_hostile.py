"""Text from outside stays text: in every document, whatever it contains."""

from collections import Counter
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from orchestrator.documents.inert import block, code, inert, plain
from orchestrator.documents.write import current
from orchestrator.model import events as ev
from orchestrator.model.codec import decode, encode
from orchestrator.model.events import FLOW, Event
from orchestrator.model.fold import fold_all
from orchestrator.model.state import State
from tests.unit.incident_escalated import escalated_story

MARKDOWN = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"])

HOSTILE = [
    "<script>alert(1)</script>",
    "![x](http://evil.example/x.png)",
    "[click](javascript:alert(1))",
    "`closed` ```` and open `",
    "a | b || c |",
    "\n\n# heading\n\n",
    "\n---\n\n***\n",
    "\n```\nfence\n",
    "- - - list 1. list > quote",
    "**bold** __bold__ *i* _i_ ~~gone~~",
    "&lt;b&gt; &#60;b&#62; &amp;",
    "<https://evil.example> https://evil.example www.evil.example",
    "{{ 7 * 7 }}{% for x in y %}",
    "\x1b[31mred\x07 \u202eevil\u2066 zero\u200bwidth",
    "\\` \\| \\",
    "[E99]: http://evil.example",
]

STRUCTURE = {
    "heading_open", "table_open", "tr_open", "td_open", "fence", "code_block", "hr",
    "bullet_list_open", "ordered_list_open", "list_item_open", "blockquote_open", "paragraph_open",
}  # fmt: skip


def poisoned(value: Any, hostile: str) -> Any:
    """Every text of several words, at any depth, with `hostile` before and after it.

    The name of an open question stays: by it the question finds its place in a document.
    """
    if isinstance(value, str):
        return f"{hostile} {value} {hostile}" if " " in value.strip() else value
    if isinstance(value, dict):
        return {k: v if k == "field" else poisoned(v, hostile) for k, v in value.items()}
    if isinstance(value, list):
        return [poisoned(item, hostile) for item in value]
    return value


RUNBOOK = "runbook-update-recommendation.md"
"""Its diff is shown byte for byte, or not at all."""


def told(hostile: str = "") -> list[Event]:
    """The longest story without its documents; with a text, all of its free text is poisoned."""
    events = [
        e for e in escalated_story() if not isinstance(e.data, (ev.DocumentWritten, ev.StateHashed))
    ]
    if not hostile:
        return events
    return [
        replace(e, data=decode(type(e.data), poisoned(encode(e.data), hostile))) for e in events
    ]


def documents(events: list[Event]) -> dict[str, str]:
    found = current(fold_all(State(), events), events)
    return {made.path: made.text for made in found if made.path.endswith(".md")}


def structure(text: str) -> Counter[str]:
    return Counter(token.type for token in MARKDOWN.parse(text) if token.type in STRUCTURE)


def inline(text: str) -> Counter[str]:
    children = (token.children or () for token in MARKDOWN.parse(text))
    return Counter(child.type for inner in children for child in inner)


@pytest.fixture(scope="module")
def clean() -> dict[str, str]:
    return documents(told())


@pytest.mark.parametrize("hostile", HOSTILE, ids=range(len(HOSTILE)))
def test_hostile_text_changes_no_structure_of_any_document(
    hostile: str, clean: dict[str, str]
) -> None:
    made = documents(told(hostile))
    assert made.keys() == clean.keys()
    for path, text in made.items():
        if path == RUNBOOK and "\x1b" in hostile:
            assert "Not shown: there are control characters" in text
            continue
        assert structure(text) == structure(clean[path]), path
        found = inline(text)
        assert not {"html_inline", "link_open", "image", "s_open", "em_open"} & found.keys(), path
        assert found["strong_open"] == inline(clean[path])["strong_open"], path
        assert not {t.type for t in MARKDOWN.parse(text)} & {"html_block"}, path


@pytest.mark.parametrize("hostile", HOSTILE, ids=range(len(HOSTILE)))
def test_no_control_or_direction_character_reaches_a_document(hostile: str) -> None:
    for text in documents(told(hostile)).values():
        assert not [c for c in text if c != "\n" and (ord(c) < 32 or c in "\x7f\u202e\u2066\u200b")]


@pytest.mark.parametrize("hostile", HOSTILE, ids=range(len(HOSTILE)))
def test_the_name_of_an_open_question_is_no_way_in_either(hostile: str) -> None:
    events = told()
    asked = ev.QuestionOpened(f"{hostile} field", f"{hostile} who?")
    events.append(Event(len(events) + 1, "question/x", events[-1].at, FLOW, asked))
    text = documents(events)["post-incident-review.md"]
    assert "field" in text
    assert not {"html_inline", "link_open", "image"} & inline(text).keys()


def read(text: str) -> str:
    """What a reader sees of one paragraph, list item or cell."""
    tokens = [token for token in MARKDOWN.parse(text) if token.type == "inline"]
    return "".join(child.content for child in tokens[-1].children or ())


TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=60) | st.text(
    "`|*_[]()<>&#;~\\!-+=.:1 a\n", max_size=40
)


@given(TEXT)
def test_inert_text_reads_as_itself_in_a_sentence(text: str) -> None:
    assert read(f"Said {inert(text)}, end") == f"Said {plain(text)}, end"


@given(TEXT.filter(lambda text: plain(text) != ""))
def test_inert_text_reads_as_itself_at_the_start_of_a_list_item(text: str) -> None:
    made = f"- {inert(text)}"
    assert [t.type for t in MARKDOWN.parse(made)][:3] == [
        "bullet_list_open",
        "list_item_open",
        "paragraph_open",
    ]
    assert read(made) == plain(text)


@given(TEXT.filter(lambda text: plain(text) != ""))
def test_inert_text_reads_as_itself_in_a_table(text: str) -> None:
    assert read(f"| a | b |\n|---|---|\n| x | {inert(text)} |") == plain(text)


@given(TEXT)
def test_a_fenced_block_cannot_be_closed_from_inside(text: str) -> None:
    made = f"{block(text)}\n\nafter\n"
    assert [t.type for t in MARKDOWN.parse(made)] == [
        "fence",
        "paragraph_open",
        "inline",
        "paragraph_close",
    ]


@given(TEXT.filter(lambda text: plain(text).strip() != "" and "|" not in text and "\\" not in text))
def test_inline_code_shows_a_command_as_it_is(text: str) -> None:
    tokens = [t for t in MARKDOWN.parse(f"Run {code(text)} now") if t.type == "inline"]
    shown = [child for child in tokens[0].children or () if child.type == "code_inline"]
    assert [child.content.strip() for child in shown] == [plain(text)]
