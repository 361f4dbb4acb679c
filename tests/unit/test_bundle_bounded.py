"""A bundle of any size is a stream: what is held has an end, and what is left out is said."""

import gzip
import json
import time
import tracemalloc
from pathlib import Path
from typing import Any

import pytest

from orchestrator.evidence.bundle import columns
from orchestrator.evidence.bundle.analyze import analyze
from orchestrator.evidence.bundle.calls import Called, calls, spans
from orchestrator.evidence.bundle.contents import Notes, Windows
from orchestrator.evidence.bundle.flow import Course
from orchestrator.evidence.bundle.lines import LARGEST, LONGEST
from orchestrator.evidence.bundle.read import read_bundle
from orchestrator.evidence.bundle.thinning import Thinned
from orchestrator.evidence.bundle.utterances import Gathered, of_lines
from tests.unit.small_bundle import calm, clock, commit, course, deploy, failing, write

GUARD = "@@ app.py @@\n-    if order is None:\n-        return missing()\n     charge(order)\n"
SHA = "c0ffee" + "0" * 34


def traced(traces: int) -> list[dict[str, Any]]:
    """Calls from `shop` to `cart`; from the hundredth second on the calls take longer."""
    found = []
    for n in range(traces):
        at, slow = 100.0 * n / traces * 2, n >= traces / 2
        took = 10.0 + n % 7 + (200.0 if slow else 0.0)
        common = {"trace_id": f"t{n}", "start": 1.9e9 + at, "status": "OK"}
        found.append({**common, "span_id": f"p{n}", "service": "shop", "name": "buy",
                      "duration_ms": took, "parent_id": None})  # fmt: skip
        found.append({**common, "span_id": f"c{n}", "service": "cart", "name": "get",
                      "duration_ms": 5.0, "parent_id": f"p{n}"})  # fmt: skip
    return found


WINDOWS = Windows((1.9e9 + 100, 1.9e9 + 200), ((1.9e9, 1.9e9 + 99.9),))


def test_of_too_many_spans_whole_traces_are_looked_at_and_it_is_said() -> None:
    everything, notes = spans(traced(2_000)), Notes()
    share = spans(traced(2_000), most=500)
    share.say(notes)
    assert len(share.calls.kept) <= 500
    assert {one.trace for one in share.calls if one.service == "shop"} == {
        one.trace for one in share.calls if one.service == "cart"
    }
    full, part = (calls(one.calls.kept, WINDOWS).edges[0] for one in (everything, share))
    assert (part.caller, part.callee) == (full.caller, full.callee) == ("shop", "cart")
    assert part.during == pytest.approx(full.during, rel=0.1)
    assert any("one trace of 16" in line or "one trace of 8" in line for line in notes.lines())


def test_few_spans_are_all_looked_at_and_nothing_is_said() -> None:
    found, notes = spans(traced(50)), Notes()
    found.say(notes)
    assert len(found.calls.kept) == 100
    assert notes.lines() == []


def test_one_endless_trace_ends_and_it_is_said() -> None:
    one = [dict(span, trace_id="only", span_id=f"s{n}") for n, span in enumerate(traced(100))]
    found, notes = spans(one, most=50), Notes()
    found.say(notes)
    assert len(found.calls.kept) <= 50
    assert notes.lines()


def test_a_share_is_the_same_in_whatever_order_things_come() -> None:
    def kept(numbers: range) -> set[str]:
        share: Thinned[int] = Thinned(100, lambda key, _: key)
        for number in numbers:
            share.add(str(number), number)
        return set(share.kept)

    forth, back = kept(range(1_000)), kept(range(999, -1, -1))
    assert forth == back
    assert 0 < len(forth) <= 100


def test_the_beginning_of_a_span_that_was_thinned_out_is_not_compared() -> None:
    found = spans(traced(2_000), most=500)
    known = sum(bool(found.start(f"p{n}")) for n in range(2_000))
    assert 0 < known < 2_000
    assert found.start("p0") in ("", "buy start")


def test_of_too_many_different_complaints_the_rarest_go_and_it_is_said() -> None:
    def records() -> Any:
        for n in range(3_000):
            word = "".join(chr(97 + int(digit)) for digit in str(n))
            line = {"timestamp": 1.9e9 + n, "service": "shop", "severity": "INFO"}
            yield 2 * n + 1, {**line, "message": f"calm {word}"}
            if n % 3 == 0:
                yield 2 * n + 2, {**line, "severity": "ERROR", "message": "the store is full"}

    gathered, notes = Gathered(groups=100, fields=200), Notes()
    for one in of_lines(records()):
        gathered.take(one)
    gathered.say(notes, "since the trouble began")
    first = gathered.utterances()[0]
    assert (first.sample, first.count, first.bad) == ("the store is full", 1_000, True)
    assert gathered._held <= 200 + 100
    assert any("rarer things were left out" in line for line in notes.lines())


def test_a_statement_given_up_for_newer_ones_is_no_crash() -> None:
    from orchestrator.evidence.analysis.grouping import Grouping

    course_of = Course(lambda _: "a span start", WINDOWS, Grouping(most=5))
    for n in range(400):
        word = "".join(chr(97 + int(digit)) for digit in str(n))
        course_of.take(1.9e9 + n / 2, "shop", f"s{n}", "", f"{word} {word}b {word}c")
    assert course_of.flow(Notes()) is not None


def test_of_too_many_points_a_share_of_every_series_is_looked_at(tmp_path: Path) -> None:
    rows = [row for name in ("a", "b", "c") for row in course(name, "error_ratio", 0.0, 1.0)]
    write(tmp_path, series=rows)
    notes = Notes()
    found = columns.read_series(tmp_path, notes, most=100)
    assert sum(len(one.times) for one in found) <= 110
    assert {one.service for one in found} == {"a", "b", "c"}
    assert all(one.values[-1] > 0.9 for one in found)
    assert any("more than 100 points; one of" in line for line in notes.lines())


def peak(folder: Path) -> tuple[list[str], float, float]:
    """Notes of an analysis, its seconds, and the megabytes it had at once."""
    analyze(folder)  # what is imported once is not of the analysis
    tracemalloc.start()
    begun = time.perf_counter()
    found = analyze(folder)
    took = time.perf_counter() - begun
    most = tracemalloc.get_traced_memory()[1] / 1e6
    tracemalloc.stop()
    return list(found.notes), took, most


@pytest.mark.parametrize("name", ["logs.ndjson", "traces.ndjson", "metrics.csv"])
def test_a_line_of_a_hundred_megabytes_is_left_out_with_a_note(tmp_path: Path, name: str) -> None:
    write(tmp_path, logs=failing("shop", "no"))
    before = (tmp_path / name).read_bytes()
    with (tmp_path / name).open("wb") as file:
        file.write(before + b"\n")
        file.truncate(len(before) + 1 + 100_000_000)  # sparse: zeros without a line's end
        file.seek(0, 2)
        file.write(b"\n" + before)
    notes, took, most = peak(tmp_path)
    assert f"{name}: a line over {LONGEST >> 20} MiB left out" in notes
    assert most < 30
    assert took < 10


def test_a_packed_line_of_a_hundred_megabytes_is_left_out_with_a_note(tmp_path: Path) -> None:
    write(tmp_path, logs=failing("shop", "no"))
    (tmp_path / "logs.ndjson").unlink()
    with gzip.open(tmp_path / "logs.ndjson.gz", "wb", compresslevel=1) as file:
        for _ in range(100):
            file.write(b'{"message": "' + b"x" * 1_000_000)
    notes, _, most = peak(tmp_path)
    assert any("logs.ndjson.gz: a line over" in note for note in notes)
    assert most < 30


def test_changes_on_one_long_line_are_read(tmp_path: Path) -> None:
    padding = [commit(f"{n:040x}", -600, "docs", "README.md", "x" * 50_000) for n in range(40)]
    write(
        tmp_path,
        commits=[*padding, commit(SHA, -9, "tidy charge", "shop/app.py", GUARD)],
        deploys=[deploy(SHA, -5, "shop")],
        logs=[*calm("shop"), *failing("shop", "charge failed: order is None")],
    )
    assert (tmp_path / "changes.json").stat().st_size > LONGEST
    assert len(read_bundle(tmp_path).changes.commits) == 41


def test_a_document_that_is_too_large_is_left_out_with_a_note(tmp_path: Path) -> None:
    write(tmp_path)
    with (tmp_path / "topology.json").open("wb") as file:
        file.truncate(LARGEST + 1)
    assert any("topology.json: larger than" in note for note in analyze(tmp_path).notes)


def test_a_wrong_line_is_counted_once_however_often_the_file_is_read(tmp_path: Path) -> None:
    write(tmp_path, logs=failing("shop", "no"))
    body = (tmp_path / "logs.ndjson").read_text()
    (tmp_path / "logs.ndjson").write_text(f"{body}\nnot json\n")
    assert "logs.ndjson: a malformed line" in analyze(tmp_path).notes


def test_a_half_written_gz_is_read_as_far_as_it_goes(tmp_path: Path) -> None:
    write(tmp_path, logs=[*calm("shop"), *failing("shop", "order {n} failed", count=400)])
    packed = gzip.compress((tmp_path / "logs.ndjson").read_bytes())
    (tmp_path / "logs.ndjson").unlink()
    (tmp_path / "logs.ndjson.gz").write_bytes(packed[: len(packed) * 2 // 3])
    found = analyze(tmp_path)
    assert any("ends in the middle" in note for note in found.notes)
    assert any(one["kind"] == "log" for one in found.evidence.values())


def test_a_service_that_exists_only_in_logs_is_ranked(tmp_path: Path) -> None:
    logs = [*calm("ghost"), *failing("ghost", "no space left, order {n} lost", count=60)]
    write(tmp_path, service="shop", logs=logs, series=course("shop", "error_ratio", 0.01, 0.01))
    head = json.loads((tmp_path / "bundle.json").read_text())
    (tmp_path / "bundle.json").write_text(json.dumps({**head, "ask": "service"}))
    found = analyze(tmp_path)
    assert found.services[0].name == "ghost"
    shown = [found.evidence[eid] for eid in found.services[0].evidence]
    assert any("no space left, order <n> lost" in one["summary"] for one in shown)
    assert any("(new)" in one["summary"] for one in shown)


def test_a_service_that_falls_silent_is_seen(tmp_path: Path) -> None:
    steady = [{"timestamp": clock(m / 2), "service": "shop", "severity": "INFO", "message": "tick"}
              for m in range(-110, 40)]  # fmt: skip
    gone = [{"timestamp": clock(m / 4), "service": "mail", "severity": "INFO", "message": "sent"}
            for m in range(-220, -40)]  # fmt: skip
    write(tmp_path, logs=[*steady, *gone], series=course("shop", "error_ratio", 0.01, 0.01))
    found = analyze(tmp_path)
    assert found.services[0].name == "mail"
    assert any("(vanished)" in one["summary"] for one in found.evidence.values())


def test_a_span_holds_no_more_than_is_asked_of_it() -> None:
    assert set(Called.__slots__) == {"trace", "service", "parent", "at", "took"}


def test_calls_over_more_edges_than_are_held_are_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("orchestrator.evidence.bundle.calls.MOST_EDGES", 1)
    known = {
        "root": Called("t", "front", "", 10.0, 9.0),
        "first": Called("t", "cart", "root", 10.0, 1.0),
        "second": Called("t", "stock", "root", 10.0, 1.0),
    }
    notes = Notes()
    calls(known, WINDOWS, notes)
    assert notes.lines() == ["traces.ndjson: a call beyond 1 edges was left out"]
