"""An action named in a shell is held against the catalogue before anything is asked for."""

import pytest

from orchestrator.cli.chosen import unfit, values
from orchestrator.settings import Settings

SETTINGS = Settings.model_validate(
    {
        "services": [
            {"name": "orders", "dependencies": ["edge", "a vendor"]},
            {"name": "edge"},
            {"name": "mail"},
        ],
        "actions": [
            {
                "id": "deploy",
                "kind": "redeploy",
                "service": "orders",
                "title": "deploy {version}",
                "argv": ["bin/deploy", "{version}"],
            },
            {
                "id": "restart-edge",
                "kind": "restart",
                "service": "edge",
                "title": "r",
                "argv": ["r"],
            },
            {
                "id": "restart-mail",
                "kind": "restart",
                "service": "mail",
                "title": "r",
                "argv": ["r"],
            },
        ],
    }
)


def said(action: str, **params: str) -> str:
    return unfit(SETTINGS, "orders", action, params)


def test_an_action_with_all_its_values_fits() -> None:
    assert said("deploy", version="1.2.3") == ""


def test_so_does_one_of_what_the_service_depends_on() -> None:
    assert said("restart-edge") == ""


def test_one_of_a_stranger_does_not_and_those_there_are_are_named() -> None:
    assert said("restart-mail") == (
        "the catalogue has no action 'restart-mail' for orders; there: deploy, restart-edge"
    )


@pytest.mark.parametrize(
    ("params", "why"),
    [
        ({}, "deploy needs a value: version=..."),
        ({"version": "1", "size": "4"}, "deploy asks for no value 'size'; it asks for: version"),
        ({"version": "a b"}, "deploy: version=a b does not fit"),
    ],
)
def test_a_value_that_is_missing_strange_or_wrong_is_named(
    params: dict[str, str], why: str
) -> None:
    assert why in said("deploy", **params)


def test_values_are_written_with_an_equals_sign() -> None:
    assert values(["version=1.2.3", "note=a=b"]) == {"version": "1.2.3", "note": "a=b"}
    with pytest.raises(ValueError, match="write name=value"):
        values(["version"])
