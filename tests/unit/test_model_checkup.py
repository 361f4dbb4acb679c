"""`warroom doctor` says which backend answers, and why a model cannot be asked."""

import asyncio

from orchestrator.checkup.found import Found
from orchestrator.checkup.model import check
from orchestrator.settings import Settings
from tests.model_server import ModelServer
from tests.model_server.scripted import drill

KEY = {"ANTHROPIC_API_KEY": "test"}


def settings(**model: object) -> Settings:
    return Settings.model_validate({"model": model})


def by_name(found: list[Found]) -> dict[str, Found]:
    return {one.name: one for one in found}


def test_without_a_key_the_rules_answer_alone_and_that_is_well() -> None:
    found = asyncio.run(check(settings(), {}))
    assert [(one.state, one.said) for one in found] == [
        ("ok", "rules answer alone (ANTHROPIC_API_KEY is not set)")
    ]


def test_claude_that_is_asked_for_needs_its_key() -> None:
    found = by_name(asyncio.run(check(settings(backend="claude", key_env="TEAM_KEY"), {})))
    assert found["key"].state == "bad"
    assert found["key"].said == "TEAM_KEY is not set"


def test_a_model_nobody_can_reach_is_wrong() -> None:
    found = by_name(asyncio.run(check(settings(base_url="http://127.0.0.1:9"), KEY)))
    assert found["claude-opus-5-5"].state == "bad"
    assert "cannot be reached" in found["claude-opus-5-5"].said


def test_a_gateway_that_knows_no_such_question_leaves_it_unsure() -> None:
    async def asked() -> list[Found]:
        async with ModelServer(drill()) as server:
            return await check(settings(base_url=server.url), KEY)

    found = by_name(asyncio.run(asked()))
    assert {found[name].state for name in found if name.startswith("claude-")} == {"warn"}


def test_a_model_without_a_price_is_named() -> None:
    found = by_name(asyncio.run(check(settings(small="local", base_url="http://127.0.0.1:9"), KEY)))
    assert found["price of local"].state == "warn"
    assert "[model.known" in found["price of local"].mend
    assert "price of claude-opus-5-5" not in found
