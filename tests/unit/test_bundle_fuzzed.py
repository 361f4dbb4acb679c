"""Whatever a bundle holds, it is analyzed: no crash, and the same bytes for the same input."""

import gzip
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from orchestrator.evidence.bundle.analyze import analyze
from tests.unit.small_bundle import clock, commit, course, deploy, failing, write

SHA = "c0ffee" + "0" * 34
NAMES = st.sampled_from(["shop", "cart", "pay", "ghost", ""])
ODD = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=9)
NESTED = ODD | st.lists(ODD, max_size=2) | st.dictionaries(st.text(max_size=3), ODD, max_size=2)
STAMPS = (
    st.floats(-90, 30).map(clock)
    | st.floats(-90, 30).map(lambda m: clock(m).replace("+00:00", "Z"))
    | st.floats(-90, 30).map(lambda m: clock(m).replace("+00:00", "+05:30"))
    | st.floats(-90, 30).map(lambda m: clock(m).replace("+00:00", ""))
    | st.integers(1_930_000_000, 1_930_500_000)
    | st.sampled_from(["Mar  4 12:00:01", "04/Mar/2031:12:00:00 +0000", "", "soon", None])
)
IDS = st.sampled_from(["a", "b", "c", "", None, "\ud800"])
LOGS = st.fixed_dictionaries(
    {"timestamp": STAMPS | NESTED, "message": st.text(max_size=60) | NESTED},
    optional={"service": NAMES | NESTED, "severity": st.sampled_from(["ERROR", "INFO"]) | NESTED,
              "span_id": IDS | NESTED, "trace_id": IDS, "order_id": NESTED},
)  # fmt: skip
SPANS = st.fixed_dictionaries(
    {"start": STAMPS | NESTED, "span_id": IDS | NESTED, "service": NAMES | NESTED,
     "duration_ms": st.floats() | st.integers() | NESTED},
    optional={"parent_id": IDS, "trace_id": IDS | NESTED, "name": NESTED, "error": NESTED,
              "status": NESTED, "attributes": NESTED},
)  # fmt: skip
EDGES = st.lists(st.tuples(NAMES, NAMES), max_size=8)
POINTS = st.tuples(
    STAMPS, NAMES, st.sampled_from(["error_ratio", "latency_ms", "requests", "cpu"]),
    st.floats() | st.sampled_from([0.0, 1.0, "", "NaN", "-inf", "1e999", "x"]),
)  # fmt: skip
COMMITS = st.fixed_dictionaries(
    {"sha": st.sampled_from([SHA, "beef", ""]) | NESTED, "timestamp": STAMPS | NESTED},
    optional={"message": NESTED, "files_changed": NESTED | st.just(["a.py"]), "diff": NESTED,
              "author": NESTED},
)  # fmt: skip
DEPLOYS = st.fixed_dictionaries(
    {"timestamp": STAMPS, "service": NAMES | NESTED, "commit_sha": st.just(SHA) | NESTED},
    optional={"version": NESTED},
)

many = settings(max_examples=120, deadline=None, suppress_health_check=list(HealthCheck))


def same_bytes_twice(folder: Path) -> dict[str, Any]:
    first, second = analyze(folder).as_json(), analyze(folder).as_json()
    assert first == second
    said: dict[str, Any] = json.loads(first)
    return said


def lines(records: list[dict[str, Any]]) -> str:
    return "\n".join(json.dumps(one) for one in records)


@many
@given(
    logs=st.lists(LOGS, max_size=25), spans=st.lists(SPANS, max_size=25), edges=EDGES,
    points=st.lists(POINTS, max_size=25), commits=st.lists(COMMITS, max_size=4),
    deploys=st.lists(DEPLOYS, max_size=4), judged=st.booleans(), steady=st.booleans(),
)  # fmt: skip
def test_no_content_of_a_bundle_can_break_it(
    tmp_path_factory: pytest.TempPathFactory,
    logs: list[dict[str, Any]],
    spans: list[dict[str, Any]],
    edges: list[tuple[str, str]],
    points: list[tuple[object, str, str, object]],
    commits: list[dict[str, Any]],
    deploys: list[dict[str, Any]],
    judged: bool,
    steady: bool,
) -> None:
    folder = tmp_path_factory.mktemp("bundle")
    rows = [",".join(map(str, point)) for point in points]
    rows += course("shop", "error_ratio", 0.01, 0.9) if steady else []
    write(folder, series=rows)
    (folder / "logs.ndjson").write_text(lines(logs))
    (folder / "traces.ndjson").write_text(lines(spans))
    (folder / "topology.json").write_text(json.dumps({"edges": edges}))
    if judged:
        body = {"commits": commits, "deploys": deploys, "flags": commits}
        (folder / "changes.json").write_text(json.dumps(body))
    else:
        (folder / "changes.json").unlink()
    same_bytes_twice(folder)


@many
@given(
    body=st.binary(max_size=300),
    cut=st.integers(0, 60),
    name=st.sampled_from(["logs.ndjson", "traces.ndjson", "metrics.csv", "changes.json",
                          "topology.json", "log_patterns.json"]),
)  # fmt: skip
def test_half_written_packed_files_of_any_bytes_are_notes(
    tmp_path_factory: pytest.TempPathFactory, body: bytes, cut: int, name: str
) -> None:
    folder = tmp_path_factory.mktemp("bundle")
    write(folder, logs=failing("shop", "no"))
    (folder / name).unlink(missing_ok=True)
    packed = gzip.compress(body, mtime=0)
    (folder / f"{name}.gz").write_bytes(packed[: len(packed) - cut])
    said = same_bytes_twice(folder)
    if 8 < cut < len(packed) - 12:
        assert any("ends in the middle" in note for note in said["notes"])


def test_a_cyclic_topology_ends(tmp_path: Path) -> None:
    write(tmp_path, series=course("a", "error_ratio", 0.01, 0.9))
    edges = [["shop", "a"], ["a", "b"], ["b", "shop"], ["b", "b"]]
    (tmp_path / "topology.json").write_text(json.dumps({"edges": edges}))
    assert same_bytes_twice(tmp_path)["services"][0]["service"] == "a"


def test_commits_without_diffs_are_judged_by_what_else_is_known(tmp_path: Path) -> None:
    write(
        tmp_path,
        commits=[commit(SHA, -9, "charge without a check", "shop/charge.py", None)],
        deploys=[deploy(SHA, -5, "shop")],
        logs=failing("shop", "charge failed: order {n} is None"),
    )
    said = same_bytes_twice(tmp_path)
    assert [one["sha"] for one in said["changes"]] in ([SHA], [])
    assert said["culprit_change"] in (SHA, "none")


@pytest.mark.parametrize("skew", [-4.0, 4.0])
def test_clocks_of_services_that_differ_do_not_hide_the_trouble(
    tmp_path: Path, skew: float
) -> None:
    late = [{**one, "timestamp": clock(skew + n / 4)} for n, one in
            enumerate(failing("shop", "charge failed: order is None", count=40))]  # fmt: skip
    guard = "@@ app.py @@\n-    if order is None:\n-        return missing()\n     charge(order)\n"
    write(
        tmp_path,
        commits=[commit(SHA, -9, "tidy charge", "shop/app.py", guard)],
        deploys=[deploy(SHA, -6, "shop")],
        logs=late,
        series=course("shop", "error_ratio", 0.01, 0.9),
    )
    assert same_bytes_twice(tmp_path)["culprit_change"] == SHA


def test_the_order_of_lines_does_not_matter_to_the_symptoms(tmp_path: Path) -> None:
    logs = failing("shop", "charge failed: order is None", count=40)
    said = []
    for number, order in enumerate((logs, logs[::-1], [*logs, *logs[:0]])):
        folder = tmp_path / str(number)
        folder.mkdir()
        write(folder, logs=order)
        said.append([one["service"] for one in same_bytes_twice(folder)["services"]])
    assert said[0] == said[1] == said[2]


@pytest.mark.parametrize(
    "rows",
    [
        [],
        [f"{clock(0)},shop,error_ratio,1"],
        [f"{clock(m)},shop,error_ratio,5" for m in range(-60, 12)],
        [f"{clock(0)},shop,error_ratio,{n}" for n in range(80)],
        [f"{clock(m)},shop,error_ratio,NaN" for m in range(-60, 12)],
        course("shop", "error_ratio", 0.01, 0.9)[::-1],
    ],
    ids=["empty", "one point", "constant", "one time", "not a number", "backwards"],
)
def test_series_that_say_little_say_it_without_a_crash(tmp_path: Path, rows: list[str]) -> None:
    write(tmp_path, series=rows)
    said = same_bytes_twice(tmp_path)
    if any("NaN" in row for row in rows):
        assert any("without a time or a finite value" in note for note in said["notes"])


def test_lines_that_are_not_utf_8_are_read_with_marks(tmp_path: Path) -> None:
    write(tmp_path)
    line = json.dumps({"timestamp": clock(0), "service": "shop", "message": "caf@"}).encode()
    (tmp_path / "logs.ndjson").write_bytes(line.replace(b"@", b"\xe9"))
    assert any("not UTF-8" in note for note in same_bytes_twice(tmp_path)["notes"])
