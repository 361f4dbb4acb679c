"""The later reports over a real small project: what is told, proposed and kept after it is over."""

import dataclasses
import json
import subprocess
from pathlib import Path
from typing import Any

import pytest

from orchestrator.agents.rules import TASKS
from orchestrator.agents.rules.runbook_diff import proposal
from orchestrator.model.records import Deadline
from orchestrator.model.reports import SCHEMAS, checked
from orchestrator.project import Project
from orchestrator.settings import Settings, load
from tests.unit.fake_bench import FakeBench
from tests.unit.resolved_shop import (
    LATE,
    NEW,
    RUNBOOK,
    bench_of,
    claims,
    investigated,
    perform,
    resolved,
    staffed,
)
from tests.unit.small_shop import DETECTED, Shop

RUNBOOKS = '[runbooks]\npath = "runbooks"\n'
CODE = {"mitigation/validate", "mitigation/watch", "regression/bisect"}
"""What code reports itself, not an agent."""


def done(bench: FakeBench, keys: tuple[str, ...] = NEW) -> dict[str, dict[str, Any]]:
    """The later reports of an incident that is resolved."""
    return {key: perform(bench, key) for key in keys if key not in bench.state.tasks}


@pytest.fixture
def bench(tmp_path: Path) -> FakeBench:
    return bench_of(staffed(tmp_path))


def test_somebody_answers_for_every_report_an_agent_owes() -> None:
    assert set(TASKS) == set(SCHEMAS) - CODE


def test_every_later_report_cites_lines_that_exist_or_says_what_it_assumes(
    bench: FakeBench,
) -> None:
    resolved(bench)
    done(bench)
    for key in NEW:
        found = claims(bench.state.report(key))
        assert found
        for one in found:
            assert one["evidence"] or one["assumption"], f"{key}: {one['text']}"
            for item in one["evidence"]:
                assert bench.ledger.resolve(bench.state, item) is not None, f"{key}: {item}"


def test_in_an_empty_project_every_later_report_reads_unknown_and_none_fails(
    tmp_path: Path,
) -> None:
    shop = dataclasses.replace(staffed(tmp_path), settings=Settings())
    bench = bench_of(shop)
    for key in NEW:
        perform(bench, key)
    message = bench.state.report("notify/management")
    assert message is not None
    assert message["user_impact"]["text"] == message["cause"]["text"] == "UNKNOWN"
    asked = {question["field"] for question in message["unknown"]}
    assert {"user impact", "business impact", "eta"} <= asked
    actions = bench.state.report("review/actions")
    assert actions is not None
    assert actions["immediate"] == actions["short_term"] == actions["long_term"] == []


def test_a_claim_of_a_later_report_goes_with_the_evidence_it_cites(bench: FakeBench) -> None:
    resolved(bench)
    report = SCHEMAS["review/actions"].model_validate(perform(bench, "review/actions"))
    mended = next(one for one in claims(report.model_dump(mode="json")) if "Mend" in one["text"])
    gone = {item.partition(":")[0] for item in mended["evidence"]}
    kept, dropped = checked(report, bench.state.evidence.keys() - gone)
    assert mended["text"] in dropped
    assert mended["text"] not in kept.model_dump_json()


def test_tier_3_says_that_no_design_flaw_shows_where_one_change_is_to_blame(
    bench: FakeBench,
) -> None:
    investigated(bench)
    report = bench.state.report("tier3/architecture")
    assert report is not None
    assert report["summary"]["text"].startswith("No evidence of a design flaw")
    assert "design" in {question["field"] for question in report["unknown"]}
    assert "defect of one change" in report["design"][0]["text"]
    decided = {one["subject"]: one for one in report["decisions"]}
    assert decided["emergency change"]["decision"] == "approve with conditions"
    assert any("a person approves" in one for one in decided["emergency change"]["conditions"])
    assert decided["vendor escalation"]["decision"] == "not needed"
    assert decided["hotfix outside the process"]["decision"] == "not needed"


def test_tier_3_calls_it_capacity_where_traffic_explains_it(tmp_path: Path) -> None:
    bench = bench_of(staffed(tmp_path, leak=False))
    investigated(bench)
    tier2, tier3 = bench.state.report("tier2/analysis"), bench.state.report("tier3/architecture")
    assert tier2 is not None
    assert tier3 is not None
    assert any("capacity" in reason for reason in tier2["reasons"])
    assert any("at 82/s it is full" in one["text"] for one in tier3["capacity"])
    assert {one["decision"] for one in tier3["decisions"]} == {"not needed", "reject"}


def test_the_vendor_is_called_where_new_errors_name_it(tmp_path: Path) -> None:
    shop = staffed(tmp_path, service='dependencies = ["paypoint"]\n')
    log = shop.root / "var/log/shop.log"
    log.write_text(log.read_text().replace("nothing to rent", "paypoint refused to rent"))
    bench = bench_of(shop)
    investigated(bench)
    tier2, tier3 = bench.state.report("tier2/analysis"), bench.state.report("tier3/architecture")
    assert tier2 is not None
    assert tier3 is not None
    assert "errors name a system outside: paypoint" in tier2["reasons"]
    calling = next(d for d in tier3["decisions"] if d["subject"] == "vendor escalation")
    assert calling["decision"] == "initiate"
    line = bench.ledger.resolve(bench.state, calling["why"]["evidence"][0])
    assert "GET /total" in line


def test_scaling_is_chosen_where_traffic_explains_it_and_the_catalogue_can(tmp_path: Path) -> None:
    more = '[[actions]]\nid = "grow"\nkind = "scaling"\ntitle = "grow"\nargv = ["bin/grow"]\n'
    shop = staffed(tmp_path, leak=False)
    (shop.root / "warroom.toml").write_text((shop.root / "warroom.toml").read_text() + more)
    bench = bench_of(staffed_again(shop))
    investigated(bench)
    strategy = bench.state.report("mitigation/strategy")
    assert strategy is not None
    assert (strategy["selected"], strategy["action"]) == ("scaling", "grow")
    assert strategy["rationale"]["evidence"]


def staffed_again(shop: Shop) -> Shop:
    """The shop with the settings that its file says now."""
    return dataclasses.replace(shop, settings=load(Project(shop.root)))


def test_every_preventive_action_rests_on_a_finding_and_has_the_owner_of_the_settings(
    bench: FakeBench,
) -> None:
    resolved(bench)
    report = perform(bench, "review/actions")
    listed = [*report["immediate"], *report["short_term"], *report["long_term"]]
    assert all(one["action"]["evidence"] for one in listed)
    said = {one["action"]["text"].partition(".")[0].partition(":")[0] for one in listed}
    assert any("Write a test that fails on" in text for text in said)
    assert "Release fewer changes at a time" in said
    assert "Write a runbook for shop" in said
    assert {one["owner"] for one in report["immediate"]} == {"r.diaz"}
    batch = next(o for o in report["short_term"] if "fewer changes" in o["action"]["text"])
    assert batch["owner"] == "m.boss"


def test_nothing_is_listed_that_was_not_found(tmp_path: Path) -> None:
    bench = bench_of(staffed(tmp_path, leak=False))
    resolved(bench, action="")
    bench.state.alert = {"labels": {"alertname": "CapacityGone"}}
    report = perform(bench, "review/actions")
    assert report["immediate"] == []
    texts = [one["action"]["text"] for one in (*report["short_term"], *report["long_term"])]
    assert [text.split(":")[0].split(".")[0] for text in texts] == [
        "Write a runbook for shop",
        "Decide what shop does under such load",
    ]


def test_broken_promises_and_late_detection_become_actions(bench: FakeBench) -> None:
    resolved(bench)
    state = bench.state
    state.impact_started_at = DETECTED - 1800
    late = Deadline("acknowledge", "promise", DETECTED, DETECTED + 60, 1, DETECTED, "fired")
    state.deadlines["acknowledge"] = dataclasses.replace(late, ended_at=DETECTED + 60)
    state.exceptions["rollback-failed"] = {"why": "exit 1", "actions": [], "at": DETECTED + 50}
    report = perform(bench, "review/actions")
    text = json.dumps(report)
    assert "users were hit 30 min before detection" in text
    assert "Rehearse the rollback of shop" in text
    line = next(
        one["action"]["evidence"][0]
        for one in report["short_term"]
        if "acknowledge it in time" in one["action"]["text"]
    )
    assert "acknowledgement overdue" in bench.ledger.resolve(state, line)


def test_nobody_is_made_an_owner_whom_the_settings_do_not_name(tmp_path: Path) -> None:
    shop = staffed(tmp_path)
    alone = shop.settings.model_copy(update={"people": ()})
    bench = bench_of(dataclasses.replace(shop, settings=alone))
    resolved(bench)
    bench.state.roles.clear()
    report = perform(bench, "review/actions")
    assert {one["owner"] for one in report["immediate"]} == {"UNKNOWN"}
    assert "owner of preventive actions" in {one["field"] for one in report["unknown"]}


def with_runbook(root: Path, content: bytes) -> FakeBench:
    shop = staffed(root, more=RUNBOOKS)
    (root / "runbooks").mkdir()
    (root / "runbooks/shop.md").write_bytes(content)
    return bench_of(shop)


@pytest.mark.parametrize(
    "content",
    [RUNBOOK.encode(), RUNBOOK.encode() + b"\n", RUNBOOK.replace("\n", "\r\n").encode()],
    ids=["no newline at the end", "plain", "CRLF"],
)
def test_the_runbooks_diff_applies_to_the_runbook(tmp_path: Path, content: bytes) -> None:
    bench = with_runbook(tmp_path, content)
    resolved(bench)
    report = perform(bench, "review/runbook")
    assert report["existing"] == "runbooks/shop.md"
    (tmp_path / "u.diff").write_bytes(report["diff"].encode())
    argv = ["git", "apply", "--whitespace=nowarn", "u.diff"]
    subprocess.run(argv, cwd=tmp_path, check=True, env={"PATH": "/usr/bin:/bin"})
    after = (tmp_path / "runbooks/shop.md").read_bytes()
    assert after.startswith(content.rstrip(b"\r\n"))
    assert b"## shop: many errors" in after
    assert b"UNKNOWN" not in after
    assert (b"\r\n" in after) == (b"\r\n" in content)
    assert after.count(b"\r\n") in (0, after.count(b"\n"))


def test_the_runbooks_diagnosis_is_what_was_really_run(tmp_path: Path) -> None:
    bench = with_runbook(tmp_path, RUNBOOK.encode())
    resolved(bench)
    report = perform(bench, "review/runbook")
    run = {item.command for item in bench.state.evidence.values()}
    assert report["diagnosis"]
    assert set(report["diagnosis"]) <= run
    shown = [command for command in report["diagnosis"] if command.startswith("git -C repo show")]
    assert len(shown) == 1, "the commits that told nothing are left out"


def test_a_section_that_is_there_already_is_not_proposed_again(tmp_path: Path) -> None:
    bench = with_runbook(tmp_path, RUNBOOK.encode() + b"\n\nAs in INC-1.\n")
    resolved(bench)
    report = perform(bench, "review/runbook")
    assert (report["existing"], report["diff"]) == ("runbooks/shop.md", "")


def test_without_a_runbook_a_new_one_is_proposed_and_somebody_is_asked(bench: FakeBench) -> None:
    resolved(bench)
    report = perform(bench, "review/runbook")
    assert report["existing"] == ""
    assert "--- /dev/null\n+++ b/runbooks/shop.md\n" in report["diff"]
    assert not (bench.root / "runbooks").exists()
    assert "runbook" in {question["field"] for question in report["unknown"]}
    assert report["symptoms"]


def test_a_runbook_outside_the_project_is_not_read(tmp_path: Path) -> None:
    (tmp_path / "other.md").write_text("secret of others")
    bench = bench_of(staffed(tmp_path / "project"))
    resolved(bench)
    tier1 = bench.state.tasks["tier1/data"]
    report = {**tier1.report, "runbook": "../other.md"}
    bench.state.tasks["tier1/data"] = dataclasses.replace(tier1, report=report)
    assert perform(bench, "review/runbook")["existing"] == ""
    assert "secret of others" not in str(bench.shown)


def test_a_secret_beside_the_new_section_is_not_shown() -> None:
    diff = proposal("r.md", "# R\n\npassword=hunter2hunter2\n", ["## New"])
    assert "hunter2" not in diff
    assert "+## New" in diff


def test_the_findings_are_the_same_for_all_who_use_them(bench: FakeBench) -> None:
    resolved(bench)
    reports = done(bench, LATE)
    actions = reports["review/actions"]
    listed = [
        one["action"]["text"]
        for term in ("immediate", "short_term", "long_term")
        for one in actions[term]
    ]
    assert [one["text"] for one in reports["review/runbook"]["prevention"]] == listed
    assert [one["text"] for one in reports["review/knowledge"]["prevention"]] == listed


def test_the_runbook_says_what_to_do_and_what_was_done_here(bench: FakeBench) -> None:
    resolved(bench)
    text = perform(bench, "review/runbook")["immediate"]["text"]
    assert text.startswith("Go back to the version that ran before; here: roll shop back to")


def test_the_article_tells_cause_and_mechanism_with_what_both_rest_on(bench: FakeBench) -> None:
    resolved(bench)
    report = perform(bench, "review/knowledge")
    assert "something takes and does not give back" in report["cause"]["text"]
    assert "answer empty baskets at once" in report["cause"]["text"]
    assert len({item.split(":")[0] for item in report["cause"]["evidence"]}) >= 3
    assert report["steps"][-1].startswith("Check: ")
    assert {"shop", "DepotTimeout", "baskets.py"} <= set(report["keywords"])
