"""What a log says is counted as a stream, and two windows of it are compared."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from orchestrator.evidence.analysis.grouping import Grouping
from orchestrator.evidence.analysis.mining import Miner
from orchestrator.evidence.analysis.stream import Said, Stream

NORMAL, INCIDENT = [(0.0, 600.0)], (600.0, 900.0)
SECRET = "-".join(("sk_live", "a1b2c3d4e5f6a7b8c9d0")).replace("-", "_", 1)


def test_what_is_new_gone_or_said_at_another_rate_is_told_apart() -> None:
    miner = Miner()
    for second in range(900):
        miner.add(second, "shop", "INFO", f"handled order {second} in {second % 7} ms")
        if second < 600:
            miner.add(second, "shop", "INFO", f"cache hit for customer {second}")
        if second % 60 == 0 or second >= 600:
            miner.add(second, "cart", "WARN", f"retry {second} of payment")
        if second > 700:
            miner.add(second, "pay", "ERROR", f"no connection within {second} ms", line=second)
    found = {(one.service, one.kind): one for one in miner.shifts(NORMAL, INCIDENT)}
    assert set(found) == {("pay", "new"), ("shop", "vanished"), ("cart", "more")}
    fresh = found["pay", "new"]
    assert (fresh.template, fresh.bad, fresh.before, fresh.after) == (
        "no connection within <n> ms", True, 0, 199)  # fmt: skip
    assert (fresh.first_at, fresh.line) == (701.0, 701)
    assert miner.shifts(NORMAL, INCIDENT)[0] is not None
    assert miner.shifts(NORMAL, INCIDENT)[0].service == "pay"


def test_a_rate_that_strays_by_chance_is_no_change() -> None:
    miner = Miner()
    for second in range(0, 900, 10):
        miner.add(second, "shop", "INFO", "tick")
    for second in (610, 650, 700):
        miner.add(second, "shop", "INFO", "tick")
    assert miner.shifts(NORMAL, INCIDENT) == []


def test_a_printed_place_is_the_key_whatever_the_text() -> None:
    grouping = Grouping()
    one = grouping.key("12:00 INFO shop.Cart#17 order [a b c] stored")
    assert one == grouping.key("12:01 INFO shop.Cart#17 something else") == "shop.Cart#17"
    assert grouping.key("at app.py:12 failed") == "app.py:12"


def test_a_complaint_and_a_calm_line_are_never_one_template() -> None:
    grouping = Grouping()
    calm = grouping.key("connection to the store was closed")
    loud = grouping.key("connection to the store was refused", bad=True)
    assert calm != loud
    assert grouping.template(loud) == "connection to the store was refused"


def test_words_that_vary_become_one_template() -> None:
    grouping = Grouping()
    keys = {grouping.key(f"the customer {name} has signed in") for name in ("ann", "bob", "cyd")}
    assert len(keys) == 1
    assert grouping.template(keys.pop()) == "the customer <*> has signed in"


def test_no_secret_is_kept_in_a_sample_or_a_template() -> None:
    miner = Miner()
    for second in range(50):
        miner.add(second, "shop", "INFO", "calm")
        miner.add(800 + second, "shop", "ERROR", f"charge failed token={SECRET} for {second}")
    found = miner.shifts(NORMAL, INCIDENT)
    assert found
    assert SECRET not in repr(found)
    assert miner.secrets == 50


def test_lines_without_a_time_are_said_to_be_left_out() -> None:
    miner = Miner()
    miner.add(None, "shop", "", "x")
    miner.add(float("nan"), "shop", "", "x")
    miner.add(float("inf"), "shop", "", "x")
    assert miner.notes() == ["3 lines without a time were not counted"]
    assert miner.shifts(NORMAL, INCIDENT) == []


def test_of_too_many_templates_the_rarest_go_and_it_is_said() -> None:
    miner = Miner(entries=20)
    for number in range(200):
        miner.add(number, f"service-{number}", "INFO", "only once")
        miner.add(number, "shop", "INFO", "again and again")
    miner.add(700, "shop", "ERROR", "broken")
    kinds = {(one.service, one.kind) for one in miner.shifts(NORMAL, INCIDENT)}
    assert ("shop", "new") in kinds
    assert any("rarely said were left out" in note for note in miner.notes())


def test_a_long_log_is_counted_in_longer_steps_and_it_is_said() -> None:
    miner = Miner(entries=10, cells=20)
    for second in range(900):
        miner.add(second, "shop", "INFO", "steady")
        if second >= 640:
            miner.add(second, "shop", "ERROR", "broken")
    assert [one.kind for one in miner.shifts(NORMAL, INCIDENT)] == ["new"]
    assert any("in steps of" in note for note in miner.notes())


def test_templates_heard_again_and_again_outlive_a_flood_of_others() -> None:
    grouping = Grouping(most=50)
    steady = grouping.key("the pool is exhausted, waiting", bad=True)
    for number in range(20_000):
        odd = "".join(chr(97 + int(digit)) for digit in str(number))
        grouping.key(f"{odd} {odd}x {odd}y {odd}z")
        assert grouping.key("the pool is exhausted, waiting", bad=True) == steady
    assert grouping.forgotten > 0


LINES = st.lists(
    st.tuples(
        st.floats(0, 900) | st.just(None) | st.just(float("nan")),
        st.sampled_from(["a", "b", ""]),
        st.sampled_from(["", "INFO", "ERROR", "?"]),
        st.text(max_size=80),
    ),
    max_size=60,
)


@settings(deadline=None)
@given(LINES)
def test_any_lines_give_an_answer_and_always_the_same_one(
    lines: list[tuple[float | None, str, str, str]],
) -> None:
    said = []
    for _ in range(2):
        miner = Miner(entries=8, cells=16, grouping=Grouping(most=5))
        for line in lines:
            miner.add(*line)
        said.append(repr((miner.shifts(NORMAL, INCIDENT), miner.notes())))
    assert said[0] == said[1]


def read(*lines: str) -> list[Said]:
    return list(Stream("app", 1_796_083_200.0).read(lines))


def test_json_and_plain_lines_may_be_mixed() -> None:
    found = read(
        '{"ts": "2026-11-23T07:38:48Z", "level": "ERROR", "service": "pay", "msg": "no"}',
        "2026-11-23 07:38:49 WARN slow",
        '{"time": 1795419530, "message": "failed", "error": "PoolTimeout"}',
    )
    assert [(one.at, one.service, one.severity, one.text) for one in found] == [
        (1795419528.0, "pay", "ERROR", "no"),
        (1795419529.0, "app", "WARN", "WARN slow"),
        (1795419530.0, "app", "", "failed: PoolTimeout"),
    ]


def test_a_traceback_belongs_to_the_line_before_it() -> None:
    found = read(
        "2026-11-23 07:38:48 ERROR broken", "Traceback (most recent call last):",
        '  File "a.py", line 1, in f', "ValueError: no", "2026-11-23 07:38:49 INFO on",
    )  # fmt: skip
    assert [one.line for one in found] == [1, 5]
    assert found[0].text.endswith("ValueError: no")


def test_where_no_line_has_a_time_each_is_a_record_but_what_is_indented() -> None:
    assert [one.text for one in read("up", "broken", "  at a.b(c)", "down")] == [
        "up", "broken\n  at a.b(c)", "down"]  # fmt: skip


def test_a_time_amidst_a_line_stays_in_it() -> None:
    line = '10.0.0.1 - - [23/Nov/2026:07:38:48 +0000] "GET / HTTP/1.1" 200'
    assert [(one.at, one.text) for one in read(line)] == [(1795419528.0, line)]


def test_a_private_key_over_many_lines_is_hidden_as_one() -> None:
    begin, end = (f"-----{word} RSA PRIVATE KEY-----" for word in ("BEGIN", "END"))
    body = ["MIIEpAIBAAKCAQEA7f0Kx1fQ2mP8dG4nZ3rWc5yVtB6uJ9sLhE0oXqRpTiUaYbNk"] * 3
    miner = Miner()
    for said in read(f"2026-11-23 07:38:48 INFO key {begin}", *body, end, "no time here"):
        miner.add(*said)
    assert miner.lines == 1
    assert miner.secrets == 1
    assert body[0][:20] not in repr(miner._heard)


@pytest.mark.parametrize("line", ["{", "{}", "[]", '{"message": 7}', '{"ts": {}}', "\x00", "{" * 9])
def test_odd_lines_are_still_lines(line: str) -> None:
    assert len(read(line)) == 1
