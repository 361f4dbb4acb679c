"""`warroom analyze`: the same bytes for the same bundle, one line for what is none."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from orchestrator.cli import main
from orchestrator.evidence.bundle.analyze import analyze
from orchestrator.evidence.bundle.lines import NoBundle
from tests.unit.small_bundle import clock, commit, course, deploy, failing, write

GUARD = "@@ app.py @@\n-    if order is None:\n-        return missing()\n     charge(order)\n"
SECRET = "-".join(("sk_live", "a1b2c3d4e5f6a7b8c9d0")).replace("-", "_", 1)


FILES = (
    "metrics.csv",
    "metrics.csv.gz",
    "logs.ndjson",
    "logs.ndjson.gz",
    "traces.ndjson",
    "changes.json",
    "topology.json",
    "log_patterns.json",
)


@pytest.fixture
def bundle(tmp_path: Path) -> Path:
    write(
        tmp_path,
        commits=[commit("c0ffee" + "0" * 34, -9, "tidy charge", "shop/app.py", GUARD)],
        deploys=[deploy("c0ffee" + "0" * 34, -5, "shop")],
        logs=failing("shop", f"charge failed: order is None token={SECRET} n={{n}}"),
        series=[
            *course("shop", "error_ratio", 0.01, 0.6),
            *course("other", "error_ratio", 0.01, 0.01),
        ],
    )
    return tmp_path


def test_the_same_bundle_gives_the_same_bytes(
    bundle: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    said = []
    for _ in range(2):
        assert main(["analyze", str(bundle), "--json"]) == 0
        said.append(capsys.readouterr().out)
    assert said[0] == said[1]
    body = json.loads(said[0])
    assert body["services"][0]["service"] == "shop"
    assert list(body) == sorted(body)


def test_every_cited_number_is_there_and_nothing_is_confirmed(bundle: Path) -> None:
    found = analyze(bundle)
    cited = {eid for one in (*found.services, *found.changes) for eid in one.evidence}
    assert cited
    assert cited <= set(found.evidence)
    assert found.verdict in ("LIKELY", "INCONCLUSIVE", "HEALTHY")


def test_a_secret_in_a_log_is_not_told(bundle: Path) -> None:
    assert SECRET not in analyze(bundle).as_json()


def test_calm_series_are_called_healthy(tmp_path: Path) -> None:
    write(tmp_path, series=course("shop", "error_ratio", 0.01, 0.01))
    assert analyze(tmp_path).verdict == "HEALTHY"


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda folder: None, "no bundle.json"),
        (lambda folder: (folder / "bundle.json").write_text("{"), "not JSON"),
        (lambda folder: (folder / "bundle.json").write_text("[]"), "not a JSON object"),
        (lambda folder: (folder / "bundle.json").write_text("{}"), "no alert"),
    ],
)
def test_what_is_no_bundle_is_one_line_and_exit_3(
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    make: Callable[[Path], object],
    words: str,
) -> None:
    make(tmp_path)
    assert main(["analyze", str(tmp_path)]) == 3
    said = capsys.readouterr().err
    assert words in said
    assert said.count("\n") == 1


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    body=st.binary(max_size=400),
    name=st.sampled_from(FILES),
)
def test_no_file_of_a_bundle_can_break_it(
    tmp_path_factory: pytest.TempPathFactory, body: bytes, name: str
) -> None:
    folder = tmp_path_factory.mktemp("bundle")
    (folder / "bundle.json").write_text(json.dumps({"alert": {"at": clock(0)}}))
    (folder / name).write_bytes(body)
    assert analyze(folder).as_json()


ODD = st.floats(allow_nan=True, allow_infinity=True) | st.sampled_from(["", "x", "1e999", "7"])


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(rows=st.lists(st.tuples(st.floats(-90, 30), ODD), max_size=30), one=st.booleans())
def test_no_series_can_break_it(
    tmp_path_factory: pytest.TempPathFactory, rows: list[tuple[float, object]], one: bool
) -> None:
    folder = tmp_path_factory.mktemp("bundle")
    lines = [f"{clock(0 if one else at)},shop,error_ratio,{value}" for at, value in rows]
    write(folder, series=lines)
    try:
        assert analyze(folder).as_json()
    except NoBundle:  # pragma: no cover - a bundle it is, whatever its series hold
        pytest.fail("called no bundle")
