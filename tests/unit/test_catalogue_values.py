"""What may be put into a command: each type says what is wrong with a value, in words."""

from typing import Any

import pytest
from pydantic import ValidationError

from orchestrator.settings import Action, Parameter


@pytest.mark.parametrize(
    ("table", "value", "why"),
    [
        ({}, "v1.2.3-rc1", ""),
        ({}, "../x", "does not fit [0-9A-Za-z][0-9A-Za-z._+-]{0,63}"),
        ({"pattern": "[a-f]+"}, "abc", ""),
        ({"pattern": "[a-f]+"}, "abz", "does not fit [a-f]+"),
        ({"type": "integer", "min": 2, "max": 5}, "3", ""),
        ({"type": "integer", "min": 2, "max": 5}, "6", "is not between 2 and 5"),
        ({"type": "integer"}, "-1", "is no whole number"),
        ({"type": "integer"}, "٣", "is no whole number"),
        ({"type": "choice", "choices": ["on", "off"]}, "on", ""),
        ({"type": "choice", "choices": ["on", "off"]}, "On", "is none of on, off"),
        ({"type": "address"}, "198.51.100.7", ""),
        ({"type": "address"}, "198.51.100.0/24", ""),
        ({"type": "address"}, "2001:db8::1", ""),
        ({"type": "address"}, "0.0.0.0/0", "is wider than /16"),
        ({"type": "address"}, "::/0", "is wider than /48"),
        (
            {"type": "address"},
            "198.51.100.7/24",
            "is no address, and no network in the form 192.0.2.0/24",
        ),
        ({"type": "name"}, "report-3", ""),
        ({"type": "name"}, "a b", "is no name"),
        ({"type": "text"}, "any words; $(at all)", ""),
        ({"type": "text"}, "two\nlines", "holds a control character"),
        ({"type": "text"}, "  ", "is empty"),
        ({"type": "text", "pattern": "[a-z ]+"}, "Big", "does not fit [a-z ]+"),
        ({"type": "text"}, "x" * 257, "is longer than 256 characters"),
    ],
)
def test_a_value_fits_or_what_is_wrong_is_said(table: dict[str, Any], value: str, why: str) -> None:
    assert Parameter.model_validate(table).wrong(value) == why


@pytest.mark.parametrize(
    ("table", "why"),
    [
        ({"type": "choice"}, "needs choices"),
        ({"choices": ["a"]}, "needs choices"),
        ({"min": 3}, "only type = "),
        ({"type": "integer", "min": 5, "max": 2}, "a min of 5 above its max of 2"),
        ({"type": "date"}, "Input should be"),
    ],
)
def test_a_parameter_that_makes_no_sense_is_refused(table: dict[str, Any], why: str) -> None:
    with pytest.raises(ValidationError) as caught:
        Parameter.model_validate(table)
    assert why in str(caught.value)


def test_what_is_wanted_is_said_in_words() -> None:
    assert Parameter(type="integer", max=9).wanted == "a whole number from 0 to 9"
    assert Parameter(type="choice", choices=("on", "off")).wanted == "one of on, off"
    assert Parameter(pattern="[0-9a-f]+").wanted == "[0-9a-f]+"
    assert Parameter(type="name", pattern="r.*").wanted.endswith("that fits r.*")


@pytest.mark.parametrize(
    ("fields", "why"),
    [
        ({"env": ["token=abc"]}, "is no name of a variable"),
        ({"env": ["WARROOM_TOKEN"]}, "no command gets it"),
        ({"may_approve": ["boss"]}, "Input should be"),
        ({"probes": ["ftp://x"]}, "must be an http address"),
    ],
)
def test_an_entry_that_makes_no_sense_is_refused(fields: dict[str, Any], why: str) -> None:
    table = {"id": "a", "kind": "restart", "title": "t", "argv": ["x"], **fields}
    with pytest.raises(ValidationError) as caught:
        Action.model_validate(table)
    assert why in str(caught.value)
