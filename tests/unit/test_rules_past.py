"""Past incidents are cited when they look alike by error or file, and only then."""

import asyncio
import dataclasses
import os
from pathlib import Path
from typing import Any

import pytest

from orchestrator.agents.rules.desk import Desk
from orchestrator.agents.rules.likeness import (
    _PATTERN,
    ALIKE,
    CATEGORY,
    KIND,
    SERVICE,
    WORDS,
    alike,
    telling,
    traits,
)
from orchestrator.agents.rules.past import LOOKED_AT, Past, related
from orchestrator.journal.lines import GENESIS, chained
from orchestrator.model.codec import encode
from orchestrator.model.events import (
    Actor,
    CauseConcluded,
    Event,
    IncidentDetected,
    Payload,
    TaskFinished,
    TaskRequested,
)
from orchestrator.model.policy import Policy
from orchestrator.model.state import State
from orchestrator.project import Project
from tests.unit.fake_bench import FakeBench, task
from tests.unit.resolved_shop import bench_of, perform, resolved, staffed
from tests.unit.small_shop import T0

ERROR = 'DepotTimeout "GET /total" is new: 9 times since, 0 before.'
CAUSE = 'Commit 01234567 "faster": depot.rent() is not given back (baskets.py).'


def write(
    root: Path,
    incident: str,
    at: float = T0 - 86400,
    pattern: str = ERROR,
    cause: str = CAUSE,
    service: str = "shop",
) -> Path:
    """The journal of a past incident that tier 2 and the root cause were worked out for."""
    detected = IncidentDetected(
        incident=incident,
        title="shop: errors",
        service=service,
        symptoms="",
        reporter="",
        method="automated-alert",
        severity="",
        category="",
        project="p",
        alert={},
        policy=encode(Policy()),
        people=(),
    )
    report: dict[str, Any] = {"patterns": [{"text": pattern, "evidence": ["E1"]}]}
    data: list[Payload] = [
        detected,
        TaskRequested("tier2/analysis", 1, "agent", "component-owner", "", "tiers", {}),
        TaskFinished("tier2/analysis", 1, "done", report, "rules", "", "", ""),
        CauseConcluded("CONFIRMED", cause, "0123456789", ("E1",), "CONFIRMED", "")
        if cause
        else CauseConcluded("INCONCLUSIVE", "UNKNOWN", "", (), "INCONCLUSIVE", ""),
    ]
    folder = Project(root).incident(incident)
    folder.create()
    prev, lines = GENESIS, []
    for seq, payload in enumerate(data, start=1):
        event = Event(seq, f"e{seq}", at + seq, Actor("flow", "flow"), payload, "")
        sealed, line = chained(event, prev)
        prev = sealed.hash
        lines.append(line)
    folder.journal.write_text("".join(lines))
    return folder.journal


@pytest.fixture
def bench(tmp_path: Path) -> FakeBench:
    bench = bench_of(staffed(tmp_path))
    resolved(bench)
    return bench


def found(bench: FakeBench) -> list[str]:
    report = perform(bench, "review/knowledge")
    for one in report["claims"]:
        for item in one["evidence"]:
            assert bench.ledger.resolve(bench.state, item).startswith(one["text"].split()[0])
    return list(report["related"])


def test_an_incident_with_the_same_error_and_file_is_cited(bench: FakeBench) -> None:
    write(bench.root, "INC-OLD")
    assert found(bench) == ["INC-OLD"]
    report = bench.state.report("review/knowledge")
    assert report is not None
    said = report["claims"][0]["text"]
    assert "errors DepotTimeout" in said
    assert "files baskets.py" in said


def test_without_a_past_there_is_none(bench: FakeBench) -> None:
    assert found(bench) == []


def test_the_same_service_alone_is_no_likeness(bench: FakeBench) -> None:
    write(bench.root, "INC-OLD", pattern='DiskFull "write" is new: 9 times since.', cause="")
    assert found(bench) == []


def test_the_most_alike_comes_first(bench: FakeBench) -> None:
    write(bench.root, "INC-A", cause="")
    write(bench.root, "INC-B")
    assert found(bench) == ["INC-B", "INC-A"]


def test_a_later_incident_and_this_one_are_not_past(bench: FakeBench) -> None:
    write(bench.root, "INC-NEXT", at=T0 + 86400)
    write(bench.root, bench.state.incident)
    assert found(bench) == []


def test_a_broken_journal_is_left_out_and_the_others_are_read(bench: FakeBench) -> None:
    write(bench.root, "INC-OLD")
    write(bench.root, "INC-ILL").write_text("not JSON\n")
    assert found(bench) == ["INC-OLD"]


def test_no_more_than_the_newest_journals_are_read(bench: FakeBench) -> None:
    path = write(bench.root, "INC-OLD")
    folder = Project(bench.root).incidents
    for number in range(LOOKED_AT):
        (folder / f"INC-{number:03d}").mkdir()
        (folder / f"INC-{number:03d}" / "journal.jsonl").write_text("")
    os.utime(path, (1, 1))
    assert found(bench) == []


def test_a_likeness_is_by_what_is_shared(bench: FakeBench) -> None:
    mine = traits(bench.state)
    assert mine.errors == {"DepotTimeout"}
    assert "baskets.py" in mine.files
    assert alike(mine, State(service="shop", category=""), {}) is None
    again = alike(mine, dataclasses.replace(bench.state.copy(), incident="INC-2"), {})
    assert again is not None
    assert again.score > 4
    assert f"commit {mine.commit[:12]}" in again.shared


def test_all_that_is_weak_together_is_no_likeness() -> None:
    assert SERVICE + CATEGORY + KIND + WORDS < ALIKE


def test_rare_words_of_the_symptoms_order_those_that_look_alike(bench: FakeBench) -> None:
    bench.state.symptoms = "baskets vanish at checkout"
    mine = traits(bench.state)
    twin = dataclasses.replace(bench.state.copy(), incident="INC-2")
    other = dataclasses.replace(twin, incident="INC-3", symptoms="slow")
    rare = telling([bench.state, twin, other])
    near, far = alike(mine, twin, rare), alike(mine, other, rare)
    assert near is not None
    assert far is not None
    assert near.score > far.score
    assert any(one.startswith("words ") and "basket" in one for one in near.shared)


def test_the_article_says_how_often_it_came_before_and_why_each_is_named(bench: FakeBench) -> None:
    for number in range(7):
        write(bench.root, f"INC-OLD-{number}", at=T0 - (number + 3) * 86400)
    write(bench.root, "INC-OTHER", pattern='DiskFull "write" is new: 9 times.', cause="")
    report = perform(bench, "review/knowledge")
    assert (
        "7 of 8 earlier incidents look alike, the last 3 days before" in report["summary"]["text"]
    )
    assert len(report["related"]) == 5
    assert all("same service shop" in one["text"] for one in report["claims"])


def test_the_same_past_gives_the_same_answer(bench: FakeBench) -> None:
    for number in range(4):
        write(bench.root, f"INC-OLD-{number}")
    first = perform(bench, "review/knowledge")
    assert perform(bench, "review/knowledge") == first
    assert first["related"] == [f"INC-OLD-{number}" for number in range(4)]


def test_templates_without_a_type_are_told_by_their_words() -> None:
    pattern = _PATTERN.match('error "cannot reach <text>" is more: 90 times since, 2 before.')
    assert pattern is not None
    assert pattern["text"] == "cannot reach <text>"


def test_nothing_is_filed_where_nothing_looks_alike(bench: FakeBench) -> None:
    before = set(bench.state.evidence)
    desk = Desk(task("review/knowledge"), bench)
    assert asyncio.run(related(desk)) == Past(0)
    assert set(bench.state.evidence) == before
