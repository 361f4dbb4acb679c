"""What people answered is read with care, cited as theirs, and never outranks an instrument."""

from pathlib import Path

import pytest

from orchestrator.agents.rules.answers import breach_or_loss, budget, moment, share
from orchestrator.agents.rules.desk import assumed
from orchestrator.agents.rules.reported import Promise
from orchestrator.clock import parse_iso
from orchestrator.model.business import topics
from orchestrator.project import Project
from tests.unit.fake_bench import FakeBench
from tests.unit.resolved_shop import bench_of, perform, staffed
from tests.unit.small_shop import DETECTED, T0, Shop

NOON = parse_iso("2025-11-23T14:01:20Z")


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("35", 0.35),
        ("35 %", 0.35),
        ("about 12,5%", 0.125),
        ("10-50", 0.5),
        ("10 to 50 percent", 0.5),
        (">50", 0.501),
        ("more than 50 %", 0.501),
        ("<10", 0.099),
        ("less than 10 %", 0.099),
        ("P0 >50%", 0.501),
        ("everyone", 1.0),
        ("none", 0.0),
        ("100", 1.0),
        ("many", None),
        ("250", None),
        ("", None),
    ],
)
def test_percents_are_read_and_a_range_counts_by_its_upper_end(
    text: str, read: float | None
) -> None:
    assert share(text) == read


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("14:00", "2025-11-23T14:00:00Z"),
        ("since 13:59:58 or so", "2025-11-23T13:59:58Z"),
        ("14:30", "2025-11-22T14:30:00Z"),
        ("20 min ago", "2025-11-23T13:41:20Z"),
        ("2 hours ago", "2025-11-23T12:01:20Z"),
        ("2025-11-23T13:50:00Z", "2025-11-23T13:50:00Z"),
        ("2025-11-23 14:50:00+01:00", "2025-11-23T13:50:00Z"),
        ("2025-11-23T15:00:00Z", None),
        ("this morning", None),
        ("2025-13-99T99:99", None),
    ],
)
def test_times_are_read_as_the_past(text: str, read: str | None) -> None:
    assert moment(text, NOON) == (None if read is None else parse_iso(read))


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("no", (False, False)),
        ("none of it", (False, False)),
        ("data loss", (None, True)),
        ("data-loss", (None, True)),
        ("data_loss", (None, True)),
        ("orders were corrupted", (None, True)),
        ("we lost customer data", (None, True)),
        ("security", (True, None)),
        ("a breach, no data loss", (True, False)),
        ("security-related, no lost data", (True, False)),
        ("both", (True, True)),
        ("yes", (True, True)),
        ("security breach", (True, None)),
        ("security breach and data loss", (True, True)),
        ("we look into it", (None, None)),
    ],
)
def test_breach_and_loss_are_told_apart_and_negations_heard(
    text: str, read: tuple[bool | None, bool | None]
) -> None:
    assert breach_or_loss(text) == read


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("20 % left, breach in 30 min", (0.2, 1800.0)),
        ("80% of the budget left", (0.8, None)),
        ("2 h to breach", (None, 7200.0)),
        ("already breached", (0.0, 0.0)),
        ("not breached, 40 % left", (0.4, None)),
        ("fine", (None, None)),
    ],
)
def test_the_state_of_the_sla_is_read(text: str, read: tuple[float | None, float | None]) -> None:
    assert budget(text) == read


def test_what_an_answer_speaks_of_decides_where_it_belongs() -> None:
    assert topics("orders worth 2000 an hour are lost") == {"revenue"}
    assert topics("GDPR audit, press is calling") == {"compliance", "reputation"}
    assert topics("customers cannot pay") == topics("no orders since noon") == {"revenue"}
    assert topics("5 € a minute") == topics("checkout is down") == {"revenue"}


@pytest.mark.parametrize(
    "text",
    [
        "severe",
        "partners phone us",
        "no revenue impact",
        "no orders lost",
        "sales are not affected",
    ],
)
def test_words_that_speak_of_nothing_known_or_deny_it_belong_nowhere(text: str) -> None:
    assert topics(text) == frozenset()


def blind(root: Path, answers: dict[str, str], service: str = "") -> FakeBench:
    """The shop without metrics, logs and deploys: only people know."""
    shop = staffed(root, service=service)
    for path in (
        Project(root).metrics / "shop.ndjson",
        root / "var/log/shop.log",
        root / "var/deploys.jsonl",
    ):
        path.unlink()
    shop.state.answers = answers
    return bench_of(shop)


def seeing(root: Path, answers: dict[str, str]) -> tuple[Shop, FakeBench]:
    shop = staffed(root)
    shop.state.answers = answers
    return shop, bench_of(shop)


def test_a_persons_start_time_dates_the_impact_where_no_instrument_does(tmp_path: Path) -> None:
    bench = blind(tmp_path, {"q3": "14:00"})
    report = perform(bench, "detect/record")
    assert report["impact_started_at"] == T0
    cited = bench.state.evidence[report["impact_evidence"][0]]
    assert (cited.kind, cited.taint) == ("human", "human")
    assert bench.read(cited.eid) == "14:00\n"
    assert "impact start" not in {question["field"] for question in report["unknown"]}


def test_metrics_date_the_impact_whatever_a_person_says(tmp_path: Path) -> None:
    _, bench = seeing(tmp_path, {"q3": "13:00"})
    report = perform(bench, "detect/record")
    assert report["impact_started_at"] > T0
    assert bench.state.evidence[report["impact_evidence"][0].split(":")[0]].kind == "metric"


def test_a_persons_share_of_users_stands_where_metrics_know_nothing(tmp_path: Path) -> None:
    answers = {"q1": "checkout hangs", "q2": "10-50", "q5": "data loss"}
    bench = blind(tmp_path, answers, service="users = 4000\n")
    report = perform(bench, "triage/impact")
    assert report["affected_share"] == 0.5
    assert report["affected_users"] == "10-50 % of users, about 2000 of 4000 (a person's word)"
    assert report["data_loss"] == "yes"
    assert {bench.state.evidence[eid].taint for eid in report["why"]["evidence"]} == {"human"}
    assert "affected users" not in {question["field"] for question in report["unknown"]}
    assert "checkout hangs" in perform(bench, "detect/record")["user_impact"]["text"]


def test_the_measured_share_stands_above_a_persons_word(tmp_path: Path) -> None:
    _, bench = seeing(tmp_path, {"q2": "5 %"})
    report = perform(bench, "triage/impact")
    assert report["affected_share"] == 0.6
    assert '"5 %"' in report["why"]["text"]


def test_nobody_knowing_stays_unknown(tmp_path: Path) -> None:
    bench = blind(tmp_path, {"q1": "unknown", "q2": "?", "q5": "not sure", "q6": ""})
    report = perform(bench, "triage/impact")
    assert report["affected_share"] is None
    assert report["data_loss"] == report["revenue"] == report["affected_users"] == "UNKNOWN"
    assert bench.state.evidence == {}


def test_business_words_go_where_they_belong_and_nowhere_else(tmp_path: Path) -> None:
    bench = blind(tmp_path, {"q6": "a GDPR duty may arise"})
    report = perform(bench, "triage/impact")
    assert report["compliance"] == 'named by a person: "a GDPR duty may arise"'
    assert report["revenue"] == report["reputation"] == "UNKNOWN"


def test_other_business_words_are_kept_as_business_impact_and_are_no_revenue(
    tmp_path: Path,
) -> None:
    bench = blind(tmp_path, {"q6": "partners phone us"})
    assert perform(bench, "triage/impact")["revenue"] == "UNKNOWN"
    message = perform(bench, "notify/executive")
    assert message["business_impact"]["text"] == 'Reported by a person: "partners phone us"'


def test_revenue_comes_from_a_persons_word_alone(tmp_path: Path) -> None:
    bench = blind(tmp_path, {"q6": "2000 orders an hour"})
    revenue = perform(bench, "triage/impact")["revenue"]
    assert revenue == 'named by a person: "2000 orders an hour"'
    message = perform(bench, "notify/executive")
    assert message["business_impact"]["text"] == 'Reported by a person: "2000 orders an hour"'
    assert message["business_impact"]["evidence"]


def test_a_near_breach_makes_it_urgent_and_a_far_one_less_so(tmp_path: Path) -> None:
    near = perform(blind(tmp_path / "a", {"q8": "breach in 30 min"}), "triage/urgency")
    assert (near["level"], near["breach_in"]) == ("HIGH", 1800.0)
    far = perform(blind(tmp_path / "b", {"q8": "breach in 9 h, 80 % left"}), "triage/urgency")
    assert (far["level"], far["budget_left"]) == ("MEDIUM", 0.8)
    calm = perform(blind(tmp_path / "d", {"q8": "not at risk"}), "triage/urgency")
    assert calm["level"] == "MEDIUM"
    risky = perform(blind(tmp_path / "e", {"q8": "at risk"}), "triage/urgency")
    assert risky["level"] == "HIGH"
    none = perform(blind(tmp_path / "c", {}), "triage/urgency")
    assert (none["level"], none["breach_in"]) == ("HIGH", None)


def test_an_empty_budget_is_a_breach_whoever_measures() -> None:
    said = assumed("a person's word")
    assert Promise(0.0, None, calm=False, said=said).near
    assert not Promise(0.4, None, calm=False, said=said).near


def test_a_person_who_says_that_nothing_changed_is_heard_where_no_log_tells(
    tmp_path: Path,
) -> None:
    bench = blind(tmp_path, {"q4": "no changes"})
    report = perform(bench, "regression/verdict")
    holds = {one["name"]: one["holds"] for one in report["indicators"]}
    assert holds["after-deployment"] == "no"
    other = blind(tmp_path / "b", {"q4": "new release at noon"})
    report = perform(other, "regression/verdict")
    holds = {one["name"]: one["holds"] for one in report["indicators"]}
    assert holds["after-deployment"] == "unknown"
    assert "new release at noon" in report["summary"]["text"]


def test_a_deploy_log_stands_above_a_persons_word(tmp_path: Path) -> None:
    _, bench = seeing(tmp_path, {"q4": "no changes"})
    report = perform(bench, "regression/verdict")
    holds = {one["name"]: one["holds"] for one in report["indicators"]}
    assert holds["after-deployment"] == "yes"


def test_an_answered_question_is_not_asked_again(tmp_path: Path) -> None:
    _, bench = seeing(tmp_path, {"dashboard": "grafana/shop"})
    report = perform(bench, "detect/alert")
    assert "dashboard" not in {question["field"] for question in report["unknown"]}


def test_secrets_in_an_answer_do_not_reach_a_report(tmp_path: Path) -> None:
    bench = blind(tmp_path, {"q1": "login fails with password=hunter2hunter2"})
    report = perform(bench, "detect/record")
    assert "hunter2" not in str(report)
    assert "hunter2" not in "".join(text for _, text in bench.shown)
    assert bench.state.detected_at == DETECTED
