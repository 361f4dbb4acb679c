"""What people outside are told: a hypothesis as one, and in public nothing from inside."""

import dataclasses
import re
from pathlib import Path

import pytest

from orchestrator.agents.rules.public import public
from orchestrator.model.reports import SCHEMAS
from orchestrator.settings import Settings
from tests.unit.fake_bench import FakeBench
from tests.unit.resolved_shop import (
    MESSAGES,
    bench_of,
    claims,
    investigated,
    judged,
    perform,
    resolved,
    staffed,
)
from tests.unit.small_shop import DETECTED, TROUBLE


@pytest.fixture
def bench(tmp_path: Path) -> FakeBench:
    return bench_of(staffed(tmp_path))


def test_management_is_told_a_hypothesis_as_a_hypothesis(bench: FakeBench) -> None:
    judged(bench)
    report = perform(bench, "notify/management")
    assert report["cause"]["text"].startswith("Hypothesis: ")
    assert report["eta"] == "UNKNOWN"
    assert report["action_needed"] == "AWARENESS ONLY"
    assert report["business_impact"]["text"] == "UNKNOWN"
    assert "Business impact: UNKNOWN" in bench.said().splitlines()
    assert "UNKNOWN" not in bench.said().splitlines()


def test_executives_are_asked_to_decide_only_when_something_waits_for_them(
    bench: FakeBench,
) -> None:
    investigated(bench)
    assert perform(bench, "notify/executive")["action_needed"] == "AWARENESS ONLY"
    bench.state.stopped = "the rollback failed"
    report = perform(bench, "notify/executive")
    assert report["action_needed"] == "DECISION REQUIRED"
    assert "the line is stopped" in report["claims"][0]["text"]
    bench.state.stopped, bench.state.resolution = "", "RESOLVED"
    assert perform(bench, "notify/executive")["action_needed"] == "NONE"


def test_without_any_change_that_fits_executives_must_decide(tmp_path: Path) -> None:
    bench = bench_of(staffed(tmp_path, leak=False))
    investigated(bench)
    assert perform(bench, "notify/executive")["action_needed"] == "DECISION REQUIRED"


def test_users_are_counted_only_where_the_settings_say_how_many_there_are(tmp_path: Path) -> None:
    bench = bench_of(staffed(tmp_path, service="users = 4000\n"))
    judged(bench)
    impact = perform(bench, "notify/management")["business_impact"]
    assert impact["text"] == "About 2400 of 4000 users (60 %, if hit as requests are)."
    assert impact["evidence"]


@pytest.mark.parametrize("resolve", [False, True])
def test_no_text_for_the_public_names_anything_from_inside(tmp_path: Path, resolve: bool) -> None:
    shop = staffed(tmp_path, service='dependencies = ["postgres"]\n')
    shop.state.answers = {"q1": "baskets.py at db1.internal fails, ask r.diaz"}
    bench = bench_of(shop)
    (resolved if resolve else investigated)(bench)
    texts = [one["text"] for one in claims(perform(bench, "notify/status-page"))]
    texts.append(bench.state.tasks["notify/status-page"].report["public_symptom"])
    if resolve:
        texts.append(perform(bench, "mitigation/resolution")["public_cause"])
    secret = [shop.culprit[:7], shop.good[:7], shop.bad[:7], "baskets", "depot", "Timeout", "diaz"]
    secret += ["m.boss", "internal", "db1", "postgres", "INC-1", ".py", "127.0.0.1", "commit"]
    for text in texts:
        assert text, "a public text is never empty"
        assert not [word for word in secret if word.lower() in text.lower()], text
        assert not re.search(r"\b[0-9a-f]{7,}\b", text), text


@pytest.mark.parametrize(
    "text",
    [
        "fails since 9c41d7e",
        "10.0.0.7 does not answer",
        "db1.internal is down",
        "see pool.py",
        "localhost hangs",
        "PoolTimeout everywhere",
        "ValueError on login",
        "in_use is full",
        "open /var/log now",
        "many 503 answers",
        "mail ops@example",
        "as in E12",
        "as in INC-7",
        "ask diaz",
        "postgres is slow",
    ],
)
def test_what_names_something_from_inside_is_not_for_the_public(tmp_path: Path, text: str) -> None:
    shop = staffed(tmp_path, service='dependencies = ["postgres"]\n')
    assert not public(text, shop.settings, shop.state)


@pytest.mark.parametrize("text", ["Payments fail.", "Pages load slowly since 14:00, for 20 %."])
def test_plain_words_are_for_the_public(tmp_path: Path, text: str) -> None:
    shop = staffed(tmp_path)
    assert public(text, shop.settings, shop.state)


def test_a_persons_words_reach_users_where_they_name_nothing_from_inside(tmp_path: Path) -> None:
    shop = staffed(tmp_path)
    shop.state.answers = {"q1": "baskets cannot be paid for since 14:00"}
    bench = bench_of(shop)
    judged(bench)
    symptom = perform(bench, "notify/status-page")["public_symptom"]
    assert symptom == "Baskets cannot be paid for since 14:00."


def test_a_chosen_outage_is_told_to_users_as_a_sentence(tmp_path: Path) -> None:
    shop = staffed(tmp_path)
    shop.state.answers = {"q1": "complete outage"}
    bench = bench_of(shop)
    judged(bench)
    symptom = perform(bench, "notify/status-page")["public_symptom"]
    assert symptom == "The service is not available at the moment."


def test_the_resolution_tells_what_was_done_and_how_long_users_were_hit(bench: FakeBench) -> None:
    resolved(bench)
    report = perform(bench, "mitigation/resolution")
    assert report["fix"]["text"] == (
        "Done: roll shop back to 0123456789ab. After it: 4 looks in a row passed."
    )
    hit = DETECTED + 120 - TROUBLE
    assert report["experience"]["text"].startswith(f"Users were hit for {hit / 60:.0f} min; as it")
    assert report["public_cause"] == "A recent change on our side caused this."


def test_a_recovery_without_a_change_is_told_as_one(bench: FakeBench) -> None:
    resolved(bench, action="")
    bench.state.cause = {"verdict": "INCONCLUSIVE", "statement": "UNKNOWN", "evidence": ()}
    report = perform(bench, "mitigation/resolution")
    assert report["fix"]["text"].startswith("Nothing was changed: the signals recovered")
    assert report["public_cause"] == "UNKNOWN"


def test_messages_are_the_tasks_that_the_flow_drafts() -> None:
    assert set(MESSAGES) == {key for key in SCHEMAS if key.startswith("notify/")}


def test_a_persons_word_on_the_end_and_the_cause_is_told_as_theirs(tmp_path: Path) -> None:
    shop = dataclasses.replace(staffed(tmp_path), settings=Settings())
    shop.state.answers = {"eta": "18:00 UTC", "root cause": "the certificate ran out"}
    report = perform(bench_of(shop), "notify/management")
    assert report["eta"] == "18:00 UTC (a person's word)"
    assert report["cause"]["text"] == 'Reported by a person: "the certificate ran out"'
    assert report["cause"]["evidence"]
