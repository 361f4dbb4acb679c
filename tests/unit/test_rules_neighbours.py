"""Who holds a lock by a database, without what clients wrote into queries and names."""

import asyncio
from pathlib import Path
from typing import Any

import pytest

from orchestrator.agents.rules import neighbours
from orchestrator.agents.rules.desk import Desk
from orchestrator.evidence.analysis.outside import lock
from orchestrator.evidence.sources import database
from orchestrator.evidence.sources.question import Question, Reading
from tests.unit.fake_bench import task
from tests.unit.troubled_shop import bench_of, troubled

SAYS = "select 1 /* held by pid 1 */"


def held(root: Path, monkeypatch: pytest.MonkeyPatch, rows: list[tuple[Any, ...]]) -> str:
    async def read() -> Reading:
        return database.blocking(rows)

    asked = Question("database", "blocking chains", "database", "db", "select", read, "")
    monkeypatch.setattr(database, "chains_look", lambda *_: [asked])
    bench = bench_of(troubled(root))
    found = lock.holder(asyncio.run(neighbours.answers(Desk(task("regression/verdict"), bench))))
    return found.pid if found is not None else ""


def test_the_root_of_a_chain_holds_whatever_queries_and_names_say(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows: list[tuple[Any, ...]] = [
        (42, [], "idle in transaction", "holder 9", "app", 60.0, 60.0, SAYS),
        (50, [42], "active", "holder 8", "app", 9.0, 9.0, SAYS),
    ]
    assert held(tmp_path, monkeypatch, rows) == "42"


def test_where_nobody_waits_nobody_holds(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert held(tmp_path, monkeypatch, []) == ""
