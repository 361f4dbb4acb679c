"""What a task and an incident may use of a model: near a limit it hands in."""

from typing import Any

import pytest

from orchestrator.model.events import RUNNER, Event, TurnSpent
from orchestrator.model.fold import fold
from orchestrator.settings_model import Known
from tests.model_server import Body, Reply, faults
from tests.unit.model_work import Found, Work, due, found_in, results

LOOK = {"id": "E1"}


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> Found:
    return found_in(tmp_path_factory.mktemp("shop"), keys=("regression/verdict", "tier1/data"))


def looking_on(body: Body, number: int) -> Reply:
    """A model that looks at something new each time, and never hands in."""
    return Reply.calls("read_evidence", {"id": f"E{number}"})


def test_a_model_that_calls_in_the_wrap_up_turn_runs_nothing_and_is_told_once(
    found: Found,
) -> None:
    work = Work(found, task={"turns": 4})
    work.stands(work.answered(looking_on), "4 turns are used up")
    assert [due(one.body) for one in work.requests] == [False, False, False, True]
    ran = [text for kind, text in work.shown if kind == "call"]
    assert ran == ["read_evidence id=E1", "read_evidence id=E2", "read_evidence id=E3"]


def test_a_limit_of_one_turn_is_a_report_at_once(found: Found) -> None:
    work = Work(found, task={"turns": 1})
    work.joined(work.answered(faults.always(work.hands_in())))
    assert [due(one.body) for one in work.requests] == [True]


def test_tokens_near_their_limit_make_the_report_due(found: Found) -> None:
    work = Work(found, task={"tokens": 100_000})
    used = Reply.calls("read_evidence", LOOK).using(
        input_tokens=80_000, cache_read_input_tokens=0, cache_creation_input_tokens=0
    )
    work.joined(work.answered(faults.in_order(used, work.hands_in())))
    assert due(work.requests[1].body)


def test_tokens_past_their_limit_end_the_task(found: Found) -> None:
    work = Work(found, task={"tokens": 1000})
    answers = faults.always(Reply.calls("read_evidence", LOOK).using(input_tokens=1000))
    work.stands(work.answered(answers), "the task's 1,000 tokens are used up")
    assert len(work.requests) == 1


def test_seconds_near_their_limit_make_the_report_due(found: Found) -> None:
    work = Work(found)

    def slow(body: Body, number: int) -> Reply:
        if number > 1:
            return work.hands_in()
        work.clock.advance(200)
        return Reply.calls("read_evidence", LOOK)

    work.joined(work.answered(slow))
    assert due(work.requests[1].body)


def many(count: int, first: int = 1) -> Reply:
    """One answer with calls that all differ."""
    reply = Reply(stop_reason="tool_use")
    for number in range(first, first + count):
        given = {"id": "E1", "first_line": number}
        reply += Reply.calls("read_evidence", given, f"toolu_{number}")
    return reply


def slow_tools(work: Work, seconds: float) -> None:
    """Each reading takes that long."""
    read = work.bench.read

    def slowly(eid: str) -> str:
        work.clock.advance(seconds)
        return read(eid)

    work.bench.read = slowly  # type: ignore[method-assign]


def calls_run(work: Work) -> int:
    return len([text for kind, text in work.shown if kind == "call"])


def test_calls_for_which_no_time_is_left_are_not_run_and_the_report_still_comes(
    found: Found,
) -> None:
    work = Work(found, task={"seconds": 100})
    slow_tools(work, 42)
    work.joined(work.answered(faults.in_order(many(6), work.hands_in())))
    assert calls_run(work) == 2
    back = results(work.requests[1].body)
    assert [one["tool_use_id"] for one in back] == [f"toolu_{n}" for n in range(1, 7)]
    said = [one["content"] for one in back if one.get("is_error")]
    assert said == ["not run: no time left"] * 4
    assert due(work.requests[1].body)
    assert "4 of 6 calls were not run: no time left" in work.warned()


def test_a_call_that_outlasts_the_seconds_is_the_last_one(found: Found) -> None:
    work = Work(found, task={"seconds": 20})
    slow_tools(work, 30)
    work.stands(work.answered(faults.always(many(6))), "the task's 20 s are over")
    assert calls_run(work) == 1
    assert len(work.requests) == 1


def test_of_many_calls_in_one_answer_eight_are_run_and_the_others_may_be_asked_for_again(
    found: Found,
) -> None:
    work = Work(found)
    work.joined(work.answered(faults.in_order(many(60), many(8, first=9), work.hands_in())))
    first, again = (results(one.body) for one in work.requests[1:])
    assert [one["tool_use_id"] for one in first] == [f"toolu_{n}" for n in range(1, 61)]
    refused = [one for one in first if one.get("is_error")]
    assert first[8:] == refused
    assert {one["content"] for one in refused} == {"not run: too many calls in one turn, ask again"}
    assert not [one for one in again if one.get("is_error")]
    assert calls_run(work) == 16


def priced(**limits: Any) -> dict[str, Any]:
    """A model that costs a dollar for a million tokens read."""
    return {"known": {"claude-haiku-5-5": Known(input=1.0, output=0.0)}, **limits}


def million(reply: Reply) -> Reply:
    return reply.using(
        input_tokens=1_000_000, cache_read_input_tokens=0, cache_creation_input_tokens=0
    )


ROOM = {"tokens": 100_000_000}


def test_dollars_of_a_task_near_their_limit_make_the_report_due_and_past_it_end_it(
    found: Found,
) -> None:
    work = Work(found, **priced(task={**ROOM, "usd": 1.2}))
    look = million(Reply.calls("read_evidence", LOOK))
    work.joined(work.answered(faults.in_order(look, work.hands_in())))
    assert due(work.requests[1].body)
    assert work.bench.spent[0].usd == 1.0
    work = Work(found, **priced(task={**ROOM, "usd": 1.0}))
    work.stands(work.answered(faults.always(look)), "the task's budget of $1 is spent")


def spent_already(work: Work, dollars: float) -> None:
    """What other tasks of the incident used, as the fold has it."""
    fact = TurnSpent(work.key, 1, 1, "m", 0, 0, 0, 0, dollars, 0.0)
    event = Event(work.bench.state.seq + 1, "spent", work.clock.now(), RUNNER, fact)
    work.bench.state = fold(work.bench.state, event)


def test_an_incident_whose_money_is_spent_asks_no_model(found: Found) -> None:
    work = Work(found, incident_usd=2.0)
    spent_already(work, 2.0)
    work.stands(work.answered(faults.always(faults.Silence())), "incident's budget of $2 is spent")
    assert work.requests == []


def test_an_incident_whose_money_is_nearly_spent_has_one_turn(found: Found) -> None:
    work = Work(found, incident_usd=2.0)
    spent_already(work, 1.7)
    work.joined(work.answered(faults.always(work.hands_in())))
    assert [due(one.body) for one in work.requests] == [True]


def test_what_others_spend_meanwhile_counts(found: Found) -> None:
    work = Work(found, incident_usd=2.0)

    def meanwhile(body: Body, number: int) -> Reply:
        spent_already(work, 2.0)
        return Reply.calls("read_evidence", LOOK)

    work.stands(work.answered(meanwhile), "the incident's budget of $2 is spent")
    assert len(work.requests) == 1


def test_a_task_that_is_left_to_the_rules_asks_no_model_and_is_not_taken_over(
    found: Found,
) -> None:
    work = Work(found, tasks={"tier1/data": {"ask": False}})
    answer = work.answered(faults.always(faults.Silence()))
    assert answer.report == work.rules
    assert work.requests == []
    assert [why for _, _, why in work.bench.engaged if why] == []
