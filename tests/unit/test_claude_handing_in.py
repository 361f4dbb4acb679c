"""The report a model hands in: mended once, held to its evidence, or not taken at all."""

import json
from typing import Any

import pytest

from tests.model_server import Reply, faults
from tests.unit.model_work import Found, Work, found_in, results, told

LOOK = Reply.calls("read_evidence", {"id": "E1"})


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> Found:
    return found_in(tmp_path_factory.mktemp("shop"))


def claim(text: str, *evidence: str, assumption: bool = False) -> dict[str, Any]:
    return {"text": text, "evidence": list(evidence), "assumption": assumption}


DEEP = '{"summary": ' + '{"text": ' * 100_000
INVALID = [
    ("I think it is the database.", "it is no JSON object"),
    ('{"summary": ', "it is no JSON object"),
    ("{}", "summary: Field required"),
    ('{"summary": {"text": ""}}', "summary.text: String should have at least 1 character"),
    ('{"summary": "the pool"}', "summary: Input should be"),
    ('{"summary": NaN}', "it is no JSON object: NaN is no number"),
    (DEEP + "}" * 100_000, "it is no JSON object"),
]


@pytest.mark.parametrize(("text", "why"), INVALID)
def test_a_report_that_is_none_is_asked_for_once_more_with_what_is_wrong(
    found: Found, text: str, why: str
) -> None:
    work = Work(found)
    long = Reply.says(text).paced(100_000)
    work.joined(work.answered(faults.in_order(long, work.hands_in())))
    second = work.requests[1].body
    assert f"Your report was not accepted: {why}" in told(second)
    assert second["tool_choice"] == {"type": "none"}
    assert [message["role"] for message in second["messages"]] == ["user", "assistant", "user"]
    assert "asked once to mend it" in work.warned()


def test_a_report_that_is_none_twice_leaves_the_rules_report(found: Found) -> None:
    work = Work(found)
    answer = work.answered(faults.always(Reply.says('{"summary": "x"}')))
    work.stands(answer, "the report does not fit its schema: summary: Input should be")
    assert len(work.requests) == 2
    assert len(work.bench.spent) == 2


def test_five_whys_are_five_or_mended(found: Found) -> None:
    work = Work(found, "rca/5whys")
    four = work.hands_in(whys=work.rules["whys"][:4])
    answer = work.answered(faults.in_order(four, work.hands_in()))
    assert "whys: exactly 5 are wanted, not 4" in told(work.requests[1].body)
    assert answer.report["whys"] == work.rules["whys"]
    assert work.bench.engaged[-1][0] == "claude"


def test_an_answer_that_says_it_calls_and_does_not_is_mended(found: Found) -> None:
    work = Work(found)
    empty = Reply.says("I call a tool.").stopping("tool_use")
    work.joined(work.answered(faults.in_order(empty, work.hands_in())))
    assert "Your report was not accepted" in told(work.requests[1].body)


def test_an_answer_without_a_word_is_asked_for_once_more(found: Found) -> None:
    work = Work(found)
    mute = Reply.thinks("I have nothing to say.") + Reply.says("")
    work.joined(work.answered(faults.in_order(mute, work.hands_in())))
    assert [message["role"] for message in work.requests[1].body["messages"]] == ["user"]


def test_a_field_the_schema_has_not_is_mended(found: Found) -> None:
    work = Work(found)
    answers = faults.in_order(work.hands_in(severity="SEV1"), work.hands_in())
    work.joined(work.answered(answers))
    assert "severity: Extra inputs are not permitted" in told(work.requests[1].body)


@pytest.mark.parametrize("wrap", ["```json\n%s\n```", "Here is my report:\n%s\nThat is all.", "%s"])
def test_a_report_in_a_fence_or_a_sentence_is_read(found: Found, wrap: str) -> None:
    work = Work(found)
    said = Reply.says(wrap % json.dumps(work.report()))
    work.joined(work.answered(faults.always(said)))
    assert len(work.requests) == 1


def test_fields_that_code_computes_are_not_the_models_to_set(found: Found) -> None:
    for body in (
        {"confirmed": "no", "runbook": "rm -rf", "checks": []},
        {"confirmed": 17, "runbook": None, "checks": "none"},
    ):
        work = Work(found)
        answer = work.answered(faults.always(work.hands_in(**body)))
        work.joined(answer)
        for name in body:
            assert answer.report[name] == work.rules[name]


def test_a_statement_counts_only_where_its_evidence_is(found: Found) -> None:
    work = Work(found)
    lines = work.bench.state.evidence["E1"].lines
    claims = [
        claim("It cites an item.", "E1"),
        claim("It cites the last line.", f"E1:{lines}"),
        claim("It cites a line past the end.", f"E1:{lines + 1}"),
        claim("It cites line zero.", "E1:0"),
        claim("It cites a word for a line.", "E1:first"),
        claim("It cites an item nobody filed.", "E9999"),
        claim("It cites one that is there and one that is not.", "E1", "E9999:1"),
        claim("It cites nothing."),
        claim("It is an assumption and says so.", assumption=True),
        claim("It is an assumption on what is not there.", "E9999", assumption=True),
    ]
    answer = work.answered(faults.always(work.hands_in(claims=claims)))
    work.joined(answer)
    kept = [one["text"] for one in answer.report["claims"]]
    assert kept == [
        "It cites an item.",
        "It cites the last line.",
        "It is an assumption and says so.",
    ]
    fallen = {one["text"] for one in claims} - set(kept)
    assert set(answer.dropped) == fallen
    for text in fallen:
        assert f"dropped: {text}" in work.warned()


def test_a_summary_without_evidence_leaves_the_rules_own(found: Found) -> None:
    work = Work(found)
    said = work.hands_in(summary=claim("All is well.", "E9999"))
    answer = work.answered(faults.always(said))
    assert answer.report["summary"] == work.rules["summary"]
    assert answer.dropped == ("All is well.",)
    assert "All is well." not in work.bench.said()


def test_what_the_rules_escalate_no_model_calls_off(found: Found) -> None:
    for key in ("tier1/data", "tier2/analysis"):
        work = Work(found, key)
        if not work.rules["escalate"]:
            work.rules = {**work.rules, "escalate": True, "reasons": ["a code change"]}
        answer = work.answered(faults.always(work.hands_in(escalate=False, reasons=["calm"])))
        work.joined(answer)
        assert answer.report["escalate"] is True
        assert answer.report["reasons"] == [*work.rules["reasons"], "calm"]


def test_a_model_may_call_for_the_next_tier(found: Found) -> None:
    work = Work(found, "tier2/analysis")
    work.rules = {**work.rules, "escalate": False, "reasons": []}
    answer = work.answered(faults.always(work.hands_in(escalate=True, reasons=["it spreads"])))
    assert (answer.report["escalate"], answer.report["reasons"]) == (True, ["it spreads"])


def test_a_refusal_is_shown_and_another_model_is_asked_without_the_thoughts(found: Found) -> None:
    work = Work(found)
    thinking = Reply.thinks("I look at the log.") + LOOK
    answers = faults.in_order(thinking, faults.refusal(), work.hands_in())
    work.joined(work.answered(answers))
    assert [one.body["model"] for one in work.requests] == [
        "claude-haiku-5-5",
        "claude-haiku-5-5",
        "claude-sonnet-5-5",
    ]
    asked = work.requests[2].body["messages"]
    assert "thinking" not in {block["type"] for one in asked for block in one["content"]}
    assert results(work.requests[2].body)
    assert "claude-haiku-5-5 refuses to answer (cyber)" in work.warned()
    assert work.bench.engaged[-1] == ("claude", "claude-sonnet-5-5", "")
    assert [one.model for one in work.bench.spent] == [one.body["model"] for one in work.requests]


def test_a_second_refusal_leaves_the_rules_report(found: Found) -> None:
    work = Work(found)
    answer = work.answered(faults.always(faults.refusal(None)))
    work.stands(answer, "claude-sonnet-5-5: claude-sonnet-5-5 refuses to answer")
    assert len(work.requests) == 2


@pytest.mark.parametrize(
    "long",
    [
        faults.context_exceeded(),
        faults.too_large(),
        faults.bad_request("prompt is too long: 1000001 tokens > 1000000 maximum"),
        faults.bad_request("input length and `max_tokens` exceed context limit: 1 > 0"),
    ],
)
def test_a_conversation_too_long_goes_on_without_its_older_results(
    found: Found, long: Reply | faults.Status
) -> None:
    work = Work(found)
    again = Reply.calls("read_evidence", {"id": "E1"})
    other = Reply.calls("read_evidence", {"id": "E2"})
    answers = faults.in_order(again, other, long, again, work.hands_in())
    work.joined(work.answered(answers))
    assert "older results are left out" in work.warned()
    before, after = (work.requests[at].body["messages"] for at in (2, 3))
    assert "read it again by its number" in after[2]["content"][0]["content"]
    assert after[4:] == before[4:]
    assert after[0] == before[0]
    read_again = results(work.requests[4].body)[0]
    assert "is_error" not in read_again


def test_a_report_that_breaks_its_own_schema_when_joined_is_not_handed_on(
    found: Found, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    from orchestrator.agents.claude import weighing

    work = Work(found)
    monkeypatch.setattr(weighing, "joined", lambda *_: {"summary": "x"})
    work.stands(work.answered(faults.always(work.hands_in())), "its part failed")
    assert "validation error" in caplog.text


def test_characters_that_cannot_be_sent_do_not_fail_the_task(found: Found) -> None:
    work = Work(found)
    work.bench.state.title = "half \ud83d of a pair"
    answer = work.answered(faults.always(work.hands_in()))
    work.stands(answer, "the request holds characters that cannot be sent")
    assert work.requests == []
