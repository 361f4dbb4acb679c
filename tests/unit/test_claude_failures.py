"""Every way in which a model's API fails: what is said of it in one line, whether it is tried
again, and what the task ends with."""

from typing import Any

import pytest

from orchestrator.agents.claude import conversation
from orchestrator.agents.claude.conversation import Conversation
from orchestrator.agents.claude.patience import PAUSES
from orchestrator.agents.claude.sdk import SdkClient
from orchestrator.agents.claude.turn import Hear, Kind, Turn, TurnFailed
from orchestrator.agents.claude.turn import Reply as Whole
from orchestrator.evidence.safe import safe_text
from tests.model_server import Answer, Reply, faults
from tests.model_server.reply import Thinking
from tests.model_server.server import ModelServer
from tests.unit.model_work import Found, PassingClock, Work, found_in, results, run, told

SILENCE = 0.3
"""Seconds of silence after which a connection counts as dead here"""

AGAIN: list[tuple[Answer, Kind, str]] = [
    (faults.rate_limited(1), "rate-limit", "the model's rate limit is reached (429)"),
    (faults.broken(), "server", "the model's server failed (500)"),
    (faults.overloaded(), "overloaded", "the model is overloaded (529)"),
    (faults.error_midway(), "overloaded", "the model is overloaded"),
    (faults.error_midway("rate_limit_error"), "rate-limit", "the model's rate limit is reached"),
    (faults.error_midway("api_error"), "server", "the model's server failed"),
    (faults.cut_short(), "cut", "the answer was cut off"),
    (faults.dropped(), "cut", "the connection to the model broke"),
    (faults.stalled(), "stalled", "nothing came from the model for too long"),
    (faults.Silence(), "stalled", "nothing came from the model for too long"),
    (faults.garbled(), "malformed", "the model's answer cannot be read"),
    (faults.arguments_no_json("read_logs"), "malformed", "the model's answer cannot be read"),
    (Reply.calls("read_logs", "[1]"), "malformed", "the model's call cannot be read"),
    (Reply.calls("read_logs", '{"minutes": 5'), "malformed", "the model's call cannot be read"),
    (Reply.calls("read_logs", "7"), "malformed", "the model's call cannot be read"),
]
"""What may go better the next time"""

NEVER: list[tuple[Answer, Kind, str]] = [
    (faults.bad_request("tools.3: no"), "request", "the request was not accepted (400): tools.3"),
    (faults.unauthenticated(), "key", "the key was not accepted (401): invalid bearer token"),
    (faults.forbidden(), "key", "the key was not accepted (403): Your API key may not use"),
    (faults.not_found("claude-x"), "unknown-model", "there is no such model or address (404)"),
    (faults.overloaded(should_retry=False), "overloaded", "the model is overloaded (529)"),
]
"""What is the same the next time, or not wanted again"""

TOO_LONG: list[Answer] = [
    faults.too_large(),
    faults.bad_request("prompt is too long: 1000001 tokens > 1000000 maximum"),
]


def named(case: tuple[Answer, Kind, str]) -> str:
    return f"{case[1]}: {case[2]}"


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> Found:
    return found_in(tmp_path_factory.mktemp("shop"), keys=("regression/verdict", "tier1/data"))


class _Raised(Exception):
    pass


async def raised(work: Work, answer: Answer) -> TurnFailed:
    """What the adapter raises when this is answered."""
    async with ModelServer(faults.always(answer)) as server:
        client = work.client(server.url, SILENCE)
        talk = Conversation(_Once(client), work.task, work.bench, work.rules, "claude")
        try:
            with pytest.raises(_Raised) as caught:
                await talk.run()
        finally:
            await client.close()
    error = caught.value.__cause__
    assert isinstance(error, TurnFailed)
    return error


class _Once:
    """The client, with what it raises kept from whoever would try again."""

    def __init__(self, client: SdkClient) -> None:
        self._client = client

    async def reply(self, turn: Turn, hear: Hear) -> Whole:
        try:
            return await self._client.reply(turn, hear)
        except TurnFailed as error:
            raise _Raised from error


@pytest.mark.parametrize("case", [*AGAIN, *NEVER], ids=named)
def test_each_failure_has_its_kind_and_one_line(
    found: Found, case: tuple[Answer, Kind, str]
) -> None:
    answer, kind, why = case
    error = run(raised(Work(found), answer))
    assert error.kind == kind
    assert str(error).startswith(why)
    assert "\n" not in str(error)
    assert error.again == (case in AGAIN)


@pytest.mark.parametrize("case", AGAIN, ids=named)
def test_a_turn_that_failed_is_tried_again_and_counted_once(
    found: Found, case: tuple[Answer, Kind, str]
) -> None:
    work = Work(found)
    answer = work.answered(faults.times(1, case[0], work.hands_in().using(input_tokens=7)), SILENCE)
    work.joined(answer)
    assert len(work.requests) == 2
    assert work.requests[0].body == work.requests[1].body
    assert [(one.turn, one.fresh) for one in work.bench.spent] == [(1, 7)]
    assert f"{case[2]}; again in " in work.warned()


@pytest.mark.parametrize("case", AGAIN, ids=named)
def test_a_model_that_always_fails_leaves_the_rules_report_marked(
    found: Found, case: tuple[Answer, Kind, str]
) -> None:
    work = Work(found)
    answer = work.answered(faults.always(case[0]), SILENCE)
    work.stands(answer, case[2])
    assert len(work.requests) == 1 + len(PAUSES)
    assert work.bench.spent == []


@pytest.mark.parametrize("case", NEVER, ids=named)
def test_what_will_not_go_better_is_asked_once(
    found: Found, case: tuple[Answer, Kind, str]
) -> None:
    work = Work(found)
    work.stands(work.answered(faults.always(case[0])), case[2])
    assert len(work.requests) == 1
    assert isinstance(work.clock, PassingClock)
    assert work.clock.waited == []


def test_an_event_nobody_knows_yet_is_passed_over(found: Found) -> None:
    work = Work(found)
    work.joined(work.answered(faults.always(faults.with_unknown_event(work.hands_in()))))


def test_nobody_at_the_address_is_said_so(found: Found) -> None:
    work = Work(found)

    async def asking() -> Any:
        async with ModelServer(faults.always(faults.Silence())) as server:
            client = work.client(server.url)
        return await work.by(client)

    work.stands(run(asking()), "the model cannot be reached")


def test_a_key_that_no_header_can_hold_is_not_repeated(found: Found) -> None:
    for key in ("sk-ant-api03-secret-of-ours\x07", "sk-ant-api03-secret-öf-ours", "a\nsecret"):
        work = Work(found)
        client = SdkClient(work.client("http://127.0.0.1:9")._table, {"ANTHROPIC_API_KEY": key})
        work.stands(run(work.by(client)), "ANTHROPIC_API_KEY holds what no key can")
        assert "secret" not in str([work.bench.engaged, work.shown])


def test_without_a_key_the_variable_is_named(found: Found) -> None:
    work = Work(found)
    client = SdkClient(work.client("http://127.0.0.1:9")._table, {})
    work.stands(run(work.by(client)), "ANTHROPIC_API_KEY is not set")


def test_a_secret_in_an_error_text_is_not_repeated(found: Found) -> None:
    work = Work(found)
    secret = "sk-ant-api03-" + "A1b2C3d4" * 8
    said = faults.bad_request(f"header Authorization: Bearer {secret} is not valid")
    work.stands(work.answered(faults.always(said)), "the request was not accepted (400)")
    assert secret not in str([work.bench.engaged, work.shown])


def test_a_refusal_is_shown_and_without_a_fallback_the_rules_stand(found: Found) -> None:
    work = Work(found, fallback="")
    work.stands(work.answered(faults.always(faults.refusal())), "refuses to answer (cyber)")
    assert len(work.requests) == 1
    assert "claude-haiku-5-5 refuses to answer (cyber)" in work.warned()


@pytest.mark.parametrize("answer", [*TOO_LONG, faults.context_exceeded()])
def test_a_conversation_that_cannot_be_shortened_ends(found: Found, answer: Answer) -> None:
    work = Work(found)
    work.stands(work.answered(faults.always(answer)), "does not fit into the model's context")
    assert len(work.requests) == 1


def test_a_pause_is_sent_back_and_goes_on(found: Found) -> None:
    work = Work(found)
    paused = Reply.thinks("a while yet") + faults.paused(Reply.says("I read on."))
    work.joined(work.answered(faults.in_order(paused, work.hands_in())))
    went_back = work.requests[1].body["messages"][1]["content"]
    assert [block["type"] for block in went_back] == ["thinking", "text"]


def test_pauses_without_end_end_at_the_limit_of_turns(found: Found) -> None:
    work = Work(found, task={"turns": 3})
    work.stands(work.answered(faults.always(faults.paused())), "3 turns are used up")
    assert len(work.requests) == 3


CUT = [
    faults.out_of_tokens(Reply.says('{"summary": {"text": "half')),
    faults.out_of_tokens(Reply.says("")),
    faults.out_of_tokens(Reply.thinks("a thought that is wh")),
    Reply((Thinking("a thought that is cut", ""),), stop_reason="max_tokens"),
    faults.arguments_cut("read_evidence", '{"id": "E1", "first_li'),
    faults.arguments_cut("read_logs", '{"minutes": 1'),
    faults.arguments_cut("read_logs", '{"minutes": 1}'),
]


@pytest.mark.parametrize("answer", CUT)
def test_what_was_cut_at_the_most_tokens_runs_nothing_and_is_asked_for_once_more(
    found: Found, answer: Answer
) -> None:
    work = Work(found)
    before = dict(work.bench.state.evidence)
    work.joined(work.answered(faults.in_order(answer, work.hands_in())))
    second = work.requests[1].body
    assert "cut off" in told(second)
    assert second["tool_choice"] == {"type": "none"}
    assert results(second) == []
    assert not [text for kind, text in work.shown if kind == "call"]
    assert work.bench.state.evidence == before


def test_what_is_cut_twice_is_not_asked_for_again(found: Found) -> None:
    work = Work(found)
    work.stands(work.answered(faults.always(faults.out_of_tokens())), "cut off")
    assert len(work.requests) == 2
    assert len(work.bench.spent) == 2


def test_a_reason_to_stop_nobody_knows_ends_with_the_rules(found: Found) -> None:
    work = Work(found)
    work.stands(work.answered(faults.always(Reply.says("x").stopping("tired"))), "stopped with")


def test_the_pane_says_that_half_an_answer_is_discarded(found: Found) -> None:
    work = Work(found)
    half = faults.dropped(Reply.thinks("The pool of connections ran dry at two past ten."))
    work.joined(work.answered(faults.times(1, half, work.hands_in())))
    assert "The pool" in work.bench.noted()
    assert "what was said since is discarded" in work.warned()


def test_a_secret_that_comes_in_pieces_reaches_the_pane_in_one(found: Found) -> None:
    """Only then can whoever writes the pane down see that it is one."""
    work = Work(found)
    secret = "ghp_" + "a1B2c3D4e5F6" * 3
    thought = Reply.thinks(f"In the log stands {secret} and I do not use it.")
    work.joined(work.answered(faults.always((thought + work.hands_in()).paced(5))))
    said = [text for kind, text in work.shown if kind == "note"]
    assert any(secret in text for text in said)
    assert secret not in "".join(safe_text(text) for text in said)
    assert len(said) > 5


def test_a_bug_of_ours_ends_with_the_rules_report_and_is_logged(
    found: Found, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(*_: object) -> None:
        raise LookupError("of ours")

    for name in ("opening", "system", "read", "told_since"):
        with monkeypatch.context() as patched:
            patched.setattr(conversation, name, broken)
            work = Work(found)
            answer = work.answered(faults.always(work.hands_in()))
        work.stands(answer, "LookupError")
        assert "of ours" in caplog.text
        caplog.clear()


def test_a_key_that_looks_like_none_is_not_repeated_either(found: Found) -> None:
    work = Work(found)
    key = "opaque words of a gateway"

    async def asking() -> Any:
        said = faults.bad_request(f"'{key}' is not for this address")
        async with ModelServer(faults.always(said)) as server:
            client = SdkClient(work.client(server.url)._table, {"ANTHROPIC_API_KEY": key})
            try:
                return await work.by(client)
            finally:
                await client.close()

    work.stands(run(asking()), "(400): '[the key]' is not for this address")
    assert key not in str([work.bench.engaged, work.shown])
