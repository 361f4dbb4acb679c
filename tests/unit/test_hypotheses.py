"""Ranked causes argued: what is for each and against it, what is missing, what would settle it."""

import json
from collections.abc import Sequence
from pathlib import Path

import pytest

from orchestrator.cli import main
from orchestrator.evidence.bundle.analyze import analyze
from orchestrator.evidence.bundle.hypotheses import LIKELY, UNLIKELY, Hypothesis
from tests.unit.small_bundle import (
    Json,
    calm,
    clock,
    commit,
    course,
    deploy,
    failing,
    write,
)

LOWER = "@@\n-  pool_size: 40\n+  pool_size: 5"
BAD = commit("bad", -9, "tidy up", "services/shop/config/db.yaml", LOWER)
FULL = failing("shop", "pool exhausted: no connection after {n} ms")


def argued(folder: Path, **given: object) -> dict[str, Hypothesis]:
    """Hypotheses by their name."""
    return {one.name: one for one in analyze(write(folder, **given)).hypotheses}  # type: ignore[arg-type]


def texts(points: Sequence[object]) -> str:
    return "; ".join(getattr(point, "text", str(point)) for point in points)


def test_a_change_that_explains_it_is_likely_for_what_it_did_and_has_a_test(tmp_path: Path) -> None:
    found = argued(tmp_path, commits=[BAD], deploys=[deploy("bad", -5, "shop")],
                   logs=[*calm("shop"), *FULL])  # fmt: skip
    one = found["bad"]
    assert (one.kind, one.verdict) == ("change", LIKELY)
    assert "went from 40 to 5" in texts(one.supporting)
    assert all(point.evidence for point in one.supporting)
    assert one.test.startswith("set pool_size back to 40 on shop: shop error_ratio comes back to")
    assert found["none"].verdict == UNLIKELY


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"deploys": [deploy("bad", 1.5, "shop")]}, "after the first sign"),
        ({"commits": [commit("bad", -9, "tidy", "services/stock/open.go", LOWER)],
          "deploys": [deploy("bad", -5, "stock")]}, "stock, where it went live, is quiet"),
        ({"commits": [{**BAD, "timestamp": clock(-200)}], "deploys": [deploy("bad", -190, "shop")]},
         "was live 190 min before without trouble"),
        ({"commits": [{**BAD, "diff": None}]}, "is under the"),
        ({"logs": failing("shop", "timeout from payments.example.com")},
         "an outside cause speaks: provider"),
    ],
    ids=["late", "quiet service", "long before", "weak", "outside"],
)  # fmt: skip
def test_what_speaks_against_a_change_is_told(
    tmp_path: Path, given: dict[str, list[Json]], words: str
) -> None:
    usual: dict[str, object] = {"commits": [BAD], "deploys": [deploy("bad", -5, "shop")]}
    found = argued(tmp_path, **{**usual, "logs": [*calm("shop"), *FULL], **given})
    assert words in texts(found["bad"].refuting)


def test_what_was_never_recorded_is_told_as_missing(tmp_path: Path) -> None:
    found = argued(tmp_path, commits=[{**BAD, "diff": None}])
    said = texts(found["bad"].missing)
    assert "its diff" in said
    assert "a deploy that carried it" in said
    assert "any log" in said
    assert "any trace" in said


def test_a_recorded_source_is_not_told_as_missing(tmp_path: Path) -> None:
    found = argued(tmp_path, commits=[BAD], logs=FULL)
    assert "any log" not in texts(found["bad"].missing)
    assert "its diff" not in texts(found["bad"].missing)


def test_two_services_that_are_as_bad_speak_against_each_other(tmp_path: Path) -> None:
    found = argued(tmp_path, series=[*course("shop", "error_ratio", 0.01, 0.9),
                                     *course("cart", "error_ratio", 0.01, 0.9)])  # fmt: skip
    assert "cart is as suspect" in texts(found["shop"].refuting)
    assert "shop is as suspect" in texts(found["cart"].refuting)


def test_a_flag_is_settled_by_turning_it_back_and_has_no_calibrated_confidence(
    tmp_path: Path,
) -> None:
    flag = {"timestamp": clock(-2), "flag": "strict_address", "service": "shop",
            "change": "off->on", "actor": "a"}  # fmt: skip
    found = argued(tmp_path, flags=[flag], logs=failing("shop", "strict address check refused"))
    one = found["strict_address"]
    assert one.kind == "flag"
    assert one.confidence is None
    assert one.test.startswith("turn strict_address back: shop error_ratio comes back")


def test_every_number_that_an_argument_cites_is_there(tmp_path: Path) -> None:
    found = analyze(write(tmp_path, commits=[BAD], deploys=[deploy("bad", -5, "shop")],
                          logs=[*calm("shop"), *FULL]))  # fmt: skip
    points = [p for one in found.hypotheses for p in (*one.supporting, *one.refuting)]
    assert {eid for point in points for eid in point.evidence} <= set(found.evidence)


def test_arguments_are_for_people_and_no_part_of_the_json(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write(tmp_path, commits=[BAD], deploys=[deploy("bad", -5, "shop")], logs=FULL)
    assert main(["analyze", str(tmp_path)]) == 0
    said = capsys.readouterr().out
    assert "  test     set pool_size back to 40 on shop" in said
    assert "  missing  any trace" in said
    assert main(["analyze", str(tmp_path), "--json"]) == 0
    assert sorted(json.loads(capsys.readouterr().out)) == [
        "changes", "culprit_change", "evidence", "external", "id", "notes", "onset", "services",
        "verdict",
    ]  # fmt: skip


def test_a_message_cannot_bring_control_characters_or_secrets_into_a_statement(
    tmp_path: Path,
) -> None:
    secret = "_".join(("sk", "live", "a1b2c3d4e5f6a7b8c9d0"))
    found = argued(tmp_path, commits=[{**BAD, "message": f"\x1b[31mtoken={secret}"}], logs=FULL)
    assert "\x1b" not in found["bad"].statement
    assert secret not in found["bad"].statement
