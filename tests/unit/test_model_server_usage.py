"""What a request is billed follows from the requests before it."""

from typing import Any

import pytest

from tests.model_server.usage import Usage, prompt, tokens_of, usage

MARK = {"type": "ephemeral"}
TOOLS = [{"name": "read_evidence", "description": "x" * 400, "input_schema": {"type": "object"}}]


def body(*turns: str, **more: Any) -> dict[str, Any]:
    """A conversation that begins with the user."""
    messages = [
        {"role": ("user", "assistant")[at % 2], "content": turn} for at, turn in enumerate(turns)
    ]
    return {"model": "m", "tools": TOOLS, "system": "s" * 400, "messages": messages, **more}


def billed(asked: dict[str, Any], *earlier: dict[str, Any]) -> Usage:
    return usage(prompt(asked), [prompt(other) for other in earlier])


def test_without_a_mark_everything_is_plain_input() -> None:
    asked = body("What broke?")
    bill = billed(asked, asked)
    assert bill == Usage(tokens_of(prompt(asked).units), 0, 0)
    assert bill.input_tokens > 200


def test_a_first_marked_request_is_written_to_the_cache_whole() -> None:
    bill = billed(body("What broke?", cache_control=MARK))
    assert (bill.input_tokens, bill.cache_read_input_tokens) == (0, 0)
    assert bill.cache_creation_input_tokens > 200


def test_a_second_turn_reads_the_first_and_writes_what_is_new() -> None:
    first = body("What broke?", cache_control=MARK)
    second = body("What broke?", "The pool.", "Why?", cache_control=MARK)
    bill = billed(second, first)
    assert bill.cache_read_input_tokens == billed(first).cache_creation_input_tokens
    assert 0 < bill.cache_creation_input_tokens < 50
    assert bill.input_tokens == 0
    assert bill.all_input == tokens_of(prompt(second).units)


def test_what_follows_the_last_breakpoint_is_plain_input() -> None:
    system = [{"type": "text", "text": "s" * 400, "cache_control": MARK}]
    first, second = (body(asked, system=system) for asked in ("What broke?", "Who is on call?"))
    bill = billed(second, first)
    assert bill.cache_read_input_tokens == billed(first).cache_creation_input_tokens
    assert bill.cache_creation_input_tokens == 0
    assert bill.input_tokens > 0


def test_what_lies_behind_the_last_breakpoint_is_never_read() -> None:
    system = [{"type": "text", "text": "s" * 400, "cache_control": MARK}]
    whole = body("What broke?", system=system, cache_control=MARK)
    bill = billed(body("What broke?", system=system), whole)
    assert bill == billed(body("What broke?", system=system), body("Who?", system=system))
    assert bill.cache_creation_input_tokens == 0


def test_a_common_beginning_is_shared_only_where_it_was_marked() -> None:
    first, second = (body(asked, cache_control=MARK) for asked in ("What broke?", "Who?"))
    assert billed(second, first).cache_read_input_tokens == 0


@pytest.mark.parametrize(
    "changed",
    [
        {"model": "another"},
        {"system": "t" * 400},
        {"tools": [{**TOOLS[0], "description": "y" * 400}]},
        {"tools": [dict(reversed(TOOLS[0].items()))]},
    ],
    ids=["model", "system", "tools", "order of keys"],
)
def test_a_changed_beginning_is_not_read(changed: dict[str, Any]) -> None:
    first = body("What broke?", cache_control=MARK)
    assert billed(first, first).cache_read_input_tokens > 0
    assert billed({**first, **changed}, first).cache_read_input_tokens == 0


def test_a_mark_that_moves_on_leaves_the_beginning_as_it_was() -> None:
    def said(text: str, marked: bool) -> dict[str, Any]:
        block = {"type": "text", "text": text}
        return {"role": "user", "content": [{**block, "cache_control": MARK} if marked else block]}

    first = {**body(), "messages": [said("What broke?", True)]}
    second = {**body(), "messages": [said("What broke?", False), said("Why?", True)]}
    assert billed(second, first).cache_read_input_tokens == tokens_of(prompt(first).units)


def test_text_as_a_string_and_as_a_block_are_one_prompt() -> None:
    blocks = [{"type": "text", "text": "What broke?"}]
    as_blocks = {**body(), "messages": [{"role": "user", "content": blocks}]}
    assert prompt(as_blocks).units == prompt(body("What broke?")).units


def test_a_tool_result_may_carry_the_mark() -> None:
    result = {"type": "tool_result", "tool_use_id": "t", "content": "E3", "cache_control": MARK}
    marked = prompt({**body(), "messages": [{"role": "user", "content": [result]}]})
    assert marked.breakpoints == (3,)


def test_arguments_of_a_tool_that_look_like_a_mark_are_left_alone() -> None:
    call = {"type": "tool_use", "id": "t", "name": "n", "input": {"cache_control": "x"}}
    asked = prompt({**body(), "messages": [{"role": "assistant", "content": [call]}]})
    assert asked.breakpoints == ()
    assert b'"input":{"cache_control":"x"}' in asked.units[-1]
