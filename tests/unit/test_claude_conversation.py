"""A task's talk with a model over a real server: what its calls get, and what ends the looking."""

import dataclasses
import json
from typing import Any

import pytest

from tests.model_server import Reply, faults
from tests.model_server.reply import ToolUse
from tests.unit.model_work import Found, Work, due, found_in, results, told

LOOK = {"id": "E1"}


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> Found:
    return found_in(tmp_path_factory.mktemp("shop"))


def both(*calls: tuple[str, dict[str, Any]]) -> Reply:
    """One answer with several calls."""
    made = [ToolUse(name, json.dumps(a), f"toolu_{n}") for n, (name, a) in enumerate(calls)]
    return Reply(tuple(made), stop_reason="tool_use")


def first_result(found: Found, call: Reply) -> tuple[Work, Any]:
    """What the first call of a model gets back; it hands in after that."""
    work = Work(found)
    work.joined(work.answered(faults.in_order(call, work.hands_in())))
    return work, results(work.requests[1].body)[0]


def test_what_a_tool_reads_is_numbered_evidence_quoted_line_by_line(found: Found) -> None:
    work, result = first_result(found, Reply.calls("read_logs", {}))
    heading, *lines = result["content"].splitlines()
    eid = heading.split(" ")[0]
    item = work.bench.state.evidence[eid]
    assert heading.startswith(f"{eid} (log, {item.lines} lines, from outside")
    content = work.bench.read(eid).splitlines()
    quoted = [line for line in lines if line.startswith(f"{eid}:")]
    assert len(quoted) > 10
    for line in quoted:
        mark, _, text = line.partition(" ")
        assert json.loads(text) == content[int(mark.split(":")[1]) - 1]
    assert ("call", "tail -n 500 var/log/shop.log") in work.shown


def test_all_results_of_an_answer_go_back_in_one_message_in_order(found: Found) -> None:
    work = Work(found)
    calls = both(("read_evidence", LOOK), ("list_commits", {"limit": 3}), ("read_deploys", {}))
    work.joined(work.answered(faults.in_order(calls, work.hands_in())))
    back = results(work.requests[1].body)
    assert [one["tool_use_id"] for one in back] == ["toolu_0", "toolu_1", "toolu_2"]
    assert not [one for one in back if one.get("is_error")]
    assert "say what the shop is" in back[1]["content"]


@pytest.mark.parametrize(
    ("name", "given", "why"),
    [
        ("run_command", {"argv": "rm"}, "there is no tool"),
        ("read_logs", {"minutes": -1}, "read_logs was not called: minutes"),
        ("read_logs", {"minutes": "all"}, "read_logs was not called: minutes"),
        ("read_logs", {"minutes": 5, "host": "db"}, "read_logs was not called: host"),
        ("read_diff", {"sha": "HEAD; rm -rf /"}, "read_diff was not called: sha"),
        ("read_diff", {"sha": "--output=x"}, "read_diff was not called: sha"),
        ("read_diff", {}, "read_diff was not called: sha"),
        ("read_evidence", {"id": "../../etc/passwd"}, "read_evidence was not called: id"),
        ("list_commits", {"limit": 10_000}, "list_commits was not called: limit"),
    ],
)
def test_what_is_no_call_is_refused_before_anything_is_read(
    found: Found, name: str, given: dict[str, Any], why: str
) -> None:
    work, result = first_result(found, Reply.calls(name, given))
    assert result["is_error"] is True
    assert result["content"].startswith(why)
    assert "\n" not in result["content"]
    assert work.bench.state.evidence == found.state.evidence
    assert len([text for kind, text in work.shown if kind == "call"]) == 1


@pytest.mark.parametrize(
    ("name", "given", "why"),
    [
        ("read_evidence", {"id": "E9999"}, "there is no evidence E9999"),
        ("read_evidence", {"id": "E1", "first_line": 100_000}, "E1 has "),
        ("search_evidence", {"words": "nothing of the kind"}, "no evidence has the words"),
        ("check_health", {"service": "nobody"}, "the settings know no service"),
        ("earlier_report", {"task": "tier9/none"}, "no report of"),
        ("read_runbook", {}, "no runbook applies"),
        ("read_diff", {"sha": "0123456789"}, "read_diff: not available, because"),
    ],
)
def test_a_tool_that_has_no_answer_says_why(
    found: Found, name: str, given: dict[str, Any], why: str
) -> None:
    _, result = first_result(found, Reply.calls(name, given))
    assert result["is_error"] is True
    assert result["content"].startswith(why)


def test_evidence_that_is_gone_from_the_disk_is_no_answer_and_no_failure(found: Found) -> None:
    work = Work(found)
    kept = work.bench.state.evidence["E1"]
    work.bench.state.evidence["E1"] = dataclasses.replace(kept, path="gone")
    looks = both(
        ("read_evidence", LOOK),
        ("search_evidence", {"words": "rent", "id": "E1"}),
        ("search_evidence", {"words": "rent"}),
    )
    work.joined(work.answered(faults.in_order(looks, work.hands_in())))
    back = results(work.requests[1].body)
    assert [one.get("is_error", False) for one in back] == [True, True, False]
    assert "the content of E1 is not there any more" in back[0]["content"]
    assert "depot.rent()" in back[2]["content"]


def test_a_call_of_endless_words_is_shown_in_one_short_line(found: Found) -> None:
    work, _ = first_result(found, Reply.calls("search_evidence", {"words": "x\n" * 5000}))
    shown = [text for kind, text in work.shown if kind in ("call", "warn")]
    assert max(len(text) for text in shown) < 700
    assert not [text for text in shown if "\n" in text]


def test_a_call_made_before_is_not_run_again_and_a_second_time_the_report_is_due(
    found: Found,
) -> None:
    work = Work(found)
    look = Reply.calls("list_commits", {"limit": 5})
    work.joined(work.answered(faults.in_order(look, look, look, work.hands_in())))
    ran = [text for kind, text in work.shown if kind == "call" and "git -C repo log" in text]
    assert len(ran) == 1
    again = results(work.requests[2].body)[0]
    assert (again["is_error"], again["content"]) == (
        True,
        "this call was made before; its result stands above",
    )
    assert [due(one.body) for one in work.requests] == [False, False, False, True]
    assert "it asks for the same again" in told(work.requests[3].body)


def test_three_turns_that_bring_nothing_new_are_enough(found: Found) -> None:
    work = Work(found)
    looks = [Reply.calls("read_evidence", {"id": "E1", "first_line": n}) for n in (1, 2, 3, 4)]
    work.joined(work.answered(faults.in_order(*looks, work.hands_in())))
    assert [due(one.body) for one in work.requests] == [False] * 4 + [True]
    assert "3 turns brought nothing new" in told(work.requests[4].body)
    assert "asked to hand in: 3 turns brought nothing new" in work.warned()


def test_decisive_evidence_of_two_kinds_ends_the_looking(found: Found) -> None:
    kinds = {item.kind: eid for eid, item in found.state.evidence.items()}
    assert found.reports["tier2/analysis"]["hypotheses"][0]["confidence"] >= 0.9
    work = Work(found, "tier2/analysis")
    looks = [Reply.calls("read_evidence", {"id": kinds[kind]}) for kind in ("log", "code")]
    work.joined(work.answered(faults.in_order(*looks, work.hands_in())))
    assert [due(one.body) for one in work.requests] == [False, False, True]
    assert "the evidence is decisive" in told(work.requests[2].body)


def test_one_kind_of_evidence_is_not_decisive(found: Found) -> None:
    log = next(eid for eid, item in found.state.evidence.items() if item.kind == "log")
    work = Work(found, "tier2/analysis")
    looks = [
        Reply.calls("read_evidence", {"id": log}),
        Reply.calls("search_evidence", {"words": "rent", "id": log}),
    ]
    work.joined(work.answered(faults.in_order(*looks, work.hands_in())))
    assert [due(one.body) for one in work.requests] == [False, False, False]


def test_thinking_goes_back_as_it_came_and_into_the_pane(found: Found) -> None:
    work = Work(found)
    thought = Reply.thinks("The log first, then the change.") + Reply.thinks("")
    call = thought + Reply.calls("read_evidence", LOOK)
    work.joined(work.answered(faults.in_order(call, work.hands_in())))
    went_back = work.requests[1].body["messages"][1]["content"]
    assert [block["type"] for block in went_back] == ["thinking", "thinking", "tool_use"]
    assert "The log first, then the change." in work.bench.noted()


def test_a_task_that_is_asked_for_again_keeps_its_prompt_and_schema(found: Found) -> None:
    first, again = Work(found), Work(found)
    again.bench.state.tasks["tier1/data@2"] = dataclasses.replace(again.task, key="tier1/data@2")
    again.key = "tier1/data@2"
    for work in (first, again):
        work.joined(work.answered(faults.always(work.hands_in())))
    one, other = (work.requests[0].body for work in (first, again))
    assert one["system"] == other["system"]
    assert one["output_config"] == other["output_config"]
    assert again.bench.spent[0].key == "tier1/data@2"
