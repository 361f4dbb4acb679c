"""What the review of a regression learns: who reviewed it, what found it, how many like it."""

from pathlib import Path
from typing import Any

import pytest

from orchestrator.documents.deepdive import deep_dive
from orchestrator.documents.register import change, pull_request
from orchestrator.model.gates import REGISTER
from tests.unit.fake_bench import FakeBench
from tests.unit.small_shop import Shop, git, open_shop
from tests.unit.test_rules_bisect import WORDS, run, with_test
from tests.unit.test_rules_shop import bench_of, cited_lines, perform
from tests.unit.turned_shop import turned_shop

ENTRY = """\
regression_id: "REG-2025-11-0{day}-1"
incident_id: "INC-OLD-{day}"
detection_date: "2025-11-0{day}"
regression_category: "{category}"
affected_functionality:
  component: "{component}"
detection_gap:
  reason: "The change came without any test of its own."
status: "ANALYZED"
"""


@pytest.fixture
def shop(tmp_path: Path) -> Shop:
    return open_shop(tmp_path)


def shelved(shop: Shop, *entries: tuple[str, str]) -> None:
    place = shop.root / REGISTER
    place.mkdir(parents=True)
    for day, (component, category) in enumerate(entries, start=1):
        text = ENTRY.format(day=day, component=component, category=category)
        (place / f"REG-2025-11-0{day}-1.yaml").write_text(text)


def judged(bench: FakeBench, **more: Any) -> FakeBench:
    known = {"verdict": "CONFIRMED", "culprit": "", **more}
    bench.state.regression = known
    return bench


def process(report: dict[str, Any]) -> list[str]:
    bone = next(one for one in report["bones"] if one["category"] == "Process")
    return [one["text"] for one in bone["factors"]]


def test_a_commit_that_names_no_review_is_said_to(shop: Shop) -> None:
    bench = bench_of(shop)
    report = perform(bench, "rca/ishikawa")
    assert any("names no review" in text for text in process(report))
    cited_lines(bench, report)
    headings = deep_dive(bench.state)
    assert any("names no review" in str(one["text"]) for one in headings["Code review"])


def test_a_reviewer_or_a_pull_request_is_named(tmp_path: Path) -> None:
    shop = open_shop(tmp_path)
    repo = tmp_path / "repo"
    git(repo, "reset", "-q", "--hard", shop.culprit)
    git(repo, "commit", "-q", "--amend", "-m", "answer empty baskets at once (#417)\n\nfaster")
    bad = git(repo, "rev-parse", "HEAD")
    log = tmp_path / "var/deploys.jsonl"
    log.write_text(log.read_text().replace(shop.bad, bad))
    bench = bench_of(shop)
    assert any("was reviewed: (#417)" in text for text in process(perform(bench, "rca/ishikawa")))


def test_what_the_bisect_found_belongs_to_the_test_gap(shop: Shop) -> None:
    bench = bench_of(with_test(shop, WORDS))
    perform(bench, "regression/verdict")
    run(bench)
    said = [str(one["text"]) for one in deep_dive(bench.state)["Test gap"]]
    assert any("fails the test" in text for text in said)


def test_earlier_regressions_of_the_service_are_counted_and_cited(shop: Shop) -> None:
    shelved(shop, ("shop", "availability"), ("stock", "performance"), ("shop", "performance"))
    bench = judged(bench_of(shop))
    report = perform(bench, "review/knowledge")
    said = [one["text"] for one in report["regressions"]]
    assert said[0] == (
        "2 of 3 earlier regressions were of shop: REG-2025-11-01-1, REG-2025-11-03-1."
    )
    line = bench.ledger.resolve(bench.state, report["regressions"][0]["evidence"][0])
    assert line.startswith("REG-2025-11-01-1 incident_id=INC-OLD-1")


def test_where_none_was_alike_that_is_said_and_an_empty_register_says_nothing(
    tmp_path: Path,
) -> None:
    first = open_shop(tmp_path / "a")
    shelved(first, ("stock", "performance"))
    said = perform(judged(bench_of(first)), "review/knowledge")["regressions"]
    assert said[0]["text"] == "None of 1 earlier regression was of this service or kind."
    second = judged(bench_of(open_shop(tmp_path / "b")))
    assert perform(second, "review/knowledge")["regressions"] == []


def test_what_is_no_regression_asks_the_register_nothing(shop: Shop) -> None:
    shelved(shop, ("shop", "availability"))
    bench = judged(bench_of(shop), verdict="UNLIKELY")
    assert perform(bench, "review/knowledge")["regressions"] == []


def test_the_entry_takes_the_commit_from_the_bisect_that_found_it(shop: Shop) -> None:
    bench = bench_of(with_test(shop, WORDS))
    perform(bench, "regression/verdict")
    report = run(bench)
    judged(bench, culprit=report["culprit"])
    assert change(bench.state)["subject"] == "better words"


def test_the_entry_of_a_flag_names_who_turned_it_and_when(tmp_path: Path) -> None:
    bench = judged(bench_of(turned_shop(tmp_path)))
    perform(bench, "regression/verdict")
    assert change(bench.state)["author"] == "k.ito"
    assert change(bench.state)["live"] > 0


def test_a_pull_request_that_a_person_names_is_taken(shop: Shop) -> None:
    bench = judged(bench_of(shop), culprit=shop.culprit)
    perform(bench, "regression/verdict")
    assert pull_request(bench.state) == 0
    bench.state.answers["pull request"] = "#512"
    assert pull_request(bench.state) == 512
