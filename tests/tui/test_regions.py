"""What the regions say, computed without a screen."""

import json
from pathlib import Path

import pytest

from orchestrator.model.fold import fold_all
from orchestrator.model.records import Deadline, Message
from orchestrator.model.state import State
from tests.unit.incident_evidence import T0
from tests.unit.incident_story import leak_story
from tui.alarms import Alarms
from tui.ink import Ink
from tui.notices import Health, notice_of
from tui.samples import Ring, buckets
from tui.theme import DARK_NAME
from tui.widgets.deadline_strip import bar, shown, standing_now, time_of
from tui.widgets.header import elapsed
from tui.widgets.signals import figure, spark
from tui.widgets.steps import steps

INK = Ink(DARK_NAME)


def at(seconds: float) -> State:
    return fold_all(State(), leak_story(seconds))


def facts(seconds: float) -> dict[str, tuple[str, str]]:
    return {step.name: (step.mark, step.fact) for step in steps(at(seconds), T0 + seconds)}


def test_steps_begin_run_and_end() -> None:
    assert facts(1)["Detection"] == ("now", "00:00")
    assert facts(1)["Mitigation"][0] == "open"
    assert facts(60)["Detection"] == ("done", "0:06")
    assert facts(60)["Regression"] == ("now", "00:53")


def test_a_waiting_approval_makes_its_step_wait() -> None:
    assert facts(400)["Mitigation"] == ("wait", "waits")


def test_at_the_end_every_step_is_done_or_not_required() -> None:
    assert {mark for mark, _ in facts(1502).values()} <= {"done", "none"}


def test_notifying_says_what_is_drafted_due_and_sent() -> None:
    state = State(status="INVESTIGATING")

    def notify(*standings: str) -> tuple[str, str]:
        state.messages = {
            f"communications/{n}.md": Message(f"{n}", word, T0) for n, word in enumerate(standings)
        }
        return {s.name: (s.mark, s.fact) for s in steps(state, T0)}["Notify"]

    assert notify() == ("none", "by hand")
    assert notify("drafted", "drafted") == ("open", "2 drafted")
    assert notify("sent", "due", "drafted") == ("warn", "1 due")
    assert notify("sent", "drafted") == ("open", "1 drafted")
    assert notify("sent", "not_required") == ("done", "1 sent")
    assert notify("not_required") == ("none", "not required")


def test_a_stopped_line_is_said_at_its_step() -> None:
    state = at(400)
    state.stopped = "the rollback failed"
    assert {s.name: s.fact for s in steps(state, T0 + 400)}["Mitigation"] == "STOP"


def test_elapsed_time_stands_still_once_it_is_resolved() -> None:
    assert elapsed(at(400), T0 + 400) == "00:06:40"
    assert elapsed(at(1502), T0 + 99_999) == "00:24:09"
    assert elapsed(State(), T0) == "--:--:--"


def deadline(outcome: str = "", kind: str = "promise", ended: float = 0.0) -> Deadline:
    return Deadline("update", kind, T0, T0 + 600, 1, T0, outcome, ended)


@pytest.mark.parametrize(
    ("seconds", "word", "time"),
    [
        (0, "calm", "10:00"),
        (299, "calm", "05:01"),
        (300, "half", "05:00"),
        (480, "near", "02:00"),
        (599, "near", "00:01"),
        (600, "late", "+00:00"),
        (648, "late", "+00:48"),
        (7_000, "late", "+1h46m"),
    ],
)
def test_a_promise_gets_louder_as_its_time_runs_out(seconds: int, word: str, time: str) -> None:
    state = State(status="INVESTIGATING")
    assert standing_now(deadline(), state, T0 + seconds) == word
    assert time_of(deadline(), state, T0 + seconds) == time


def test_a_kept_promise_says_how_long_it_took() -> None:
    state = State(status="INVESTIGATING")
    kept = deadline("met", ended=T0 + 42)
    assert (standing_now(kept, state, T0 + 900), time_of(kept, state, T0 + 900)) == ("met", "0:42")


def test_a_trigger_that_came_is_due_and_no_broken_promise() -> None:
    state = State(status="INVESTIGATING")
    assert standing_now(deadline(kind="trigger"), state, T0 + 700) == "due"


@pytest.mark.parametrize("seconds", [0, 1, 100, 299, 300, 599, 600, 10_000])
@pytest.mark.parametrize("width", [1, 7, 18, 40])
def test_a_bar_always_has_the_width_of_its_cell(seconds: int, width: int) -> None:
    pieces = bar(INK, deadline(), State(status="INVESTIGATING"), T0 + seconds, width)
    assert sum(len(text) for text, _ in pieces) == width


def test_the_bar_fills_half_a_cell_at_a_time() -> None:
    def filled(seconds: float) -> str:
        state = State(status="INVESTIGATING")
        return bar(INK, deadline(), state, T0 + seconds, 10)[0][0]

    assert filled(0) == ""
    assert filled(30) == "╸"
    assert filled(60) == "━"
    assert filled(600) == "━" * 10


def test_the_strip_shows_at_most_six_in_fixed_order() -> None:
    names = [d.name for d in shown(at(400))]
    assert names == ["acknowledge", "engage", "update", "management", "executive", "resolve"]
    assert len(shown(at(1502))) == 6
    assert shown(at(1502))[-1].name == "review"


def test_the_worst_news_takes_the_banner() -> None:
    state = at(1502)
    calm = notice_of(state, Health(), "", review_read=False)
    assert calm is not None
    assert not calm.loud
    assert notice_of(state, Health(), "", review_read=True) is None
    state.status, state.stopped = "STOPPED", "rollback failed"
    down, full = Health(alive=False, silent_for=3), Health(disk_full=True)
    chips = [
        notice_of(state, health, trouble, False)
        for health, trouble in ((down, "line 12 is broken"), (down, ""), (full, ""), (Health(), ""))
    ]
    assert [notice.chip for notice in chips if notice] == [
        "JOURNAL",
        "RUNNER DOWN",
        "DISK FULL",
        "STOP",
    ]


def test_a_runner_is_not_missed_once_the_incident_is_closed() -> None:
    assert notice_of(at(1502), Health(alive=False), "", review_read=True) is None


def test_values_are_written_as_people_read_them() -> None:
    assert figure("errors", 0.943) == "94 %"
    assert figure("errors", 0.002) == "0.2 %"
    assert figure("p95", 0.0412) == "41 ms"
    assert figure("p95", 9.8) == "9.80 s"
    assert figure("requests", 41.2) == "41/s"
    assert figure("p95", None) == "no data"


def test_missing_data_is_a_gap_and_never_a_zero() -> None:
    assert spark([0.0, None, 1.0], 1, 1.0) == ["▁ █"]
    assert spark([0.5, None, 1.0], 2, 1.0) == ["  █", "█ █"]


def ring(path: Path, times: range) -> None:
    with path.open("a") as file:
        for t in times:
            file.write(json.dumps({"t": t, "ok": True, "values": {"requests": float(t)}}) + "\n")


def test_a_ring_is_read_as_it_grows_and_again_when_it_was_rewritten(tmp_path: Path) -> None:
    path = tmp_path / "orders.ndjson"
    samples = Ring(path)
    assert samples.read() is False
    ring(path, range(10))
    assert samples.read() is True
    assert samples.read() is False
    ring(path, range(10, 12))
    with path.open("a") as file:
        file.write('{"t": 12, "ok": tr')
    assert samples.read() is True
    assert [sample.t for sample in samples.between(8, 100)] == [9, 10, 11]
    path.unlink()
    ring(path, range(50, 52))
    samples.read()
    assert [sample.t for sample in samples.samples] == [50, 51]


def test_failed_scrapes_and_broken_lines_give_no_value(tmp_path: Path) -> None:
    path = tmp_path / "orders.ndjson"
    path.write_text('{"t": 1, "ok": false, "why": "timeout"}\nnot json\n[]\n{"ok": true}\n')
    samples = Ring(path)
    samples.read()
    assert [sample.values for sample in samples.samples] == [{}]
    assert buckets(list(samples.samples), "errors", 0, 10, 3) == [None, None, None]


def test_the_bell_rings_once_for_what_is_new() -> None:
    alarms = Alarms()
    assert alarms.ring([at(300)], T0 + 300) is False, "what was there at the opening is not new"
    assert alarms.ring([at(400)], T0 + 400) is True, "a rollback waits"
    assert alarms.ring([at(400)], T0 + 401) is False
    assert alarms.ring([at(512)], T0 + 512) is False, "it was approved"
    assert alarms.ring([at(600)], T0 + 1_300) is True, "an update is late"
