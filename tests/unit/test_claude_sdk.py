"""What goes over the wire: the same bytes in front, nothing forced, the key in one header alone."""

import json
import subprocess
import sys
from itertools import pairwise, takewhile
from typing import Any

import anthropic
import pytest

from orchestrator.agents.claude.handing_in import COMPUTED
from orchestrator.agents.claude.sdk import SdkClient
from orchestrator.settings_model import Known, ModelTable
from tests.model_server import Body, Reply, faults
from tests.unit.model_work import KEY, ROLES, Found, Work, found_in, run

LOOK = {"id": "E1"}

MOSTLY = 0.8
"""Share of what later turns send that a cache may read."""


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> Found:
    return found_in(tmp_path_factory.mktemp("shop"))


def talk(found: Found, key: str = "tier1/data", **model: Any) -> Work:
    """Three turns: two that look, and the report."""
    work = Work(found, key, **model)
    looks = [Reply.calls("read_evidence", {"id": f"E{n}"}) for n in (1, 2)]
    work.answered(faults.in_order(*looks, work.hands_in(), work.hands_in()))
    return work


def written(body: dict[str, Any]) -> str:
    """What a cache reads, in its order: tools, system, messages; without the end of the list."""
    parts = (body["tools"], body["system"], body["messages"])
    return "".join(json.dumps(part).rstrip("]") for part in parts)


def bodies(work: Work) -> list[Body]:
    return [one.body for one in work.requests]


@pytest.mark.parametrize("key", ROLES)
def test_a_request_samples_nothing_and_forces_nothing(found: Found, key: str) -> None:
    for body in bodies(talk(found, key)):
        assert not {"temperature", "top_p", "top_k", "thread"} & body.keys()
        assert body.get("tool_choice") in (None, {"type": "none"})
        assert body["thinking"] == {"type": "adaptive", "display": "summarized"}
        assert body["stream"] is True
        assert body["output_config"]["format"]["type"] == "json_schema"
        assert body["cache_control"] == {"type": "ephemeral"}


def test_system_and_tools_are_the_same_bytes_in_every_turn_and_the_tools_in_every_task(
    found: Found,
) -> None:
    of_tools = set()
    for key in ROLES:
        one, other = (bodies(talk(found, key)) for _ in range(2))
        assert len({json.dumps(body["system"]) for body in [*one, *other]}) == 1
        assert len({json.dumps(body["output_config"]) for body in [*one, *other]}) == 1
        of_tools |= {json.dumps(body["tools"]) for body in [*one, *other]}
    assert len(of_tools) == 1


def test_each_turn_begins_with_the_messages_of_the_one_before(found: Found) -> None:
    sent = [body["messages"] for body in bodies(talk(found))]
    for before, after in pairwise(sent):
        assert [json.dumps(m) for m in after[: len(before)]] == [json.dumps(m) for m in before]


def test_system_and_tools_hold_nothing_of_the_incident(found: Found) -> None:
    body = bodies(talk(found))[0]
    for word in ("INC-1", "shop", found.shop.culprit[:8], "2025"):
        assert word not in json.dumps([body["system"], body["tools"]])


def test_what_is_cached_is_read_from_the_second_turn_on(found: Found) -> None:
    spent = talk(found).bench.spent
    assert spent[0].written > 0
    assert all(one.cached >= spent[0].written for one in spent[1:])


def test_from_the_second_turn_on_most_of_what_is_sent_was_sent_before(found: Found) -> None:
    """Bytes stand for tokens: what counts is the part that is the same to the byte."""
    same = sent = 0
    for key in ROLES:
        texts = [written(body) for body in bodies(talk(found, key))]
        for before, after in pairwise(texts):
            pairs = zip(before, after, strict=False)
            same += sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], pairs))
            sent += len(after)
    assert same / sent >= MOSTLY, f"{same / sent:.1%}"


def test_every_tool_is_strict_and_closed(found: Found) -> None:
    for tool in bodies(talk(found))[0]["tools"]:
        assert tool["strict"] is True
        assert tool["input_schema"]["additionalProperties"] is False


def test_effort_and_model_are_those_of_the_settings(found: Found) -> None:
    own = {"tier1/data": {"model": "claude-opus-5-5", "effort": "max"}}
    body = bodies(talk(found, tasks=own))[0]
    assert (body["model"], body["output_config"]["effort"]) == ("claude-opus-5-5", "max")


def test_a_model_without_effort_and_thinking_is_not_asked_for_them(found: Found) -> None:
    plain = {"claude-haiku-5-5": Known(effort=False, thinking=False, most_output=900)}
    body = bodies(talk(found, known=plain))[0]
    assert "effort" not in body["output_config"]
    assert "thinking" not in body
    assert body["max_tokens"] == 900


def test_the_key_is_in_the_authorization_header_and_nowhere_else(found: Found) -> None:
    work = talk(found)
    assert len(work.requests) == 3
    for one in work.requests:
        assert [name for name, value in one.headers.items() if KEY in value] == ["authorization"]
        assert one.headers["authorization"] == f"Bearer {KEY}"
        assert KEY not in json.dumps(one.body)
    assert KEY not in str([work.shown, work.bench.engaged, work.bench.spent])


@pytest.mark.parametrize("key", ROLES)
def test_the_schema_of_a_report_lacks_what_code_computes(found: Found, key: str) -> None:
    schema = bodies(talk(found, key))[0]["output_config"]["format"]["schema"]
    assert not set(COMPUTED.get(key, ())) & schema["properties"].keys()
    assert schema["additionalProperties"] is False
    for closed in [schema, *schema.get("$defs", {}).values()]:
        if closed.get("type") == "object":
            assert closed["additionalProperties"] is False


@pytest.mark.parametrize(
    "module", ["orchestrator.cli", "orchestrator.conductor.runner", "tui", "tui.__main__"]
)
def test_nothing_imports_the_sdk_before_it_is_needed(module: str) -> None:
    code = f"import sys, {module}; print([m for m in ('anthropic', 'httpx2') if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def made_by(table: ModelTable) -> Any:
    return SdkClient(table, {"ANTHROPIC_API_KEY": KEY})._make()


def test_the_provider_of_the_settings_is_the_client_that_is_made() -> None:
    """Making one needs no extra and no network; asking does."""
    plain = made_by(ModelTable(base_url="http://127.0.0.1:9"))
    bedrock = made_by(ModelTable(provider="bedrock", region="eu-central-1"))
    vertex = made_by(ModelTable(provider="vertex", region="europe-west1", cloud_project="shop"))
    assert type(plain) is anthropic.AsyncAnthropic
    assert str(plain.base_url).startswith("http://127.0.0.1:9")
    assert type(bedrock) is anthropic.AsyncAnthropicBedrock
    assert bedrock.aws_region == "eu-central-1"
    assert type(vertex) is anthropic.AsyncAnthropicVertex
    assert (vertex.region, vertex.project_id) == ("europe-west1", "shop")
    clients: list[Any] = [plain, bedrock, vertex]
    for made in clients:
        assert made.max_retries == 0
        assert (made.timeout.read, made.timeout.connect) == (60.0, 5.0)


@pytest.mark.parametrize(
    ("provider", "package", "why"),
    [
        ("bedrock", "botocore", "the provider's extra is not installed (botocore"),
        ("vertex", "google", "missing required dependency `google-auth`"),
    ],
)
def test_without_its_extra_a_provider_is_one_line_and_the_rules_stand(
    found: Found, provider: str, package: str, why: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, package, None)
    work = Work(found)
    table = ModelTable.model_validate(
        {"provider": provider, "region": "eu-central-1", "cloud_project": "shop"}
    )
    work.bench.settings = work.bench.settings.model_copy(update={"model": table})
    work.stands(run(work.by(SdkClient(table, {}))), why)
