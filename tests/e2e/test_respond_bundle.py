"""An incident is opened on a folder of evidence: the whole flow runs on it, and on nothing else."""

import json
from pathlib import Path

import pytest

from orchestrator.evidence.ledger import Ledger
from orchestrator.project import Project
from tests.e2e.runners import running, until, warroom
from tests.unit.small_bundle import calm, clock, commit, deploy, failing, write

NEEDS_HUMAN, BROKEN_INPUT, WRONG_USE = 4, 3, 2

LEAK = """\
--- a/services/shop/pool.py
+++ b/services/shop/pool.py
@@ -4,9 +4,6 @@
 def charge(order):
     conn = pool.acquire()
-    try:
-        conn.execute(order.sql)
-    finally:
-        pool.release(conn)
+    conn.execute(order.sql)
     return order
"""
STYLE = """\
--- a/services/shop/page.css
+++ b/services/shop/page.css
@@ -1 +1 @@
-body { color: black }
+body { color: #222 }
"""
CULPRIT, DECOY = "a" * 40, "b" * 40


def bundle(folder: Path) -> Path:
    folder.mkdir()
    said = "PoolTimeout in charge (pool.py:12): no connection from pool after {n} ms"
    return write(
        folder,
        commits=[
            commit(CULPRIT, -40, "simplify charge", "services/shop/pool.py", LEAK),
            commit(DECOY, -8, "softer black", "services/shop/page.css", STYLE),
        ],
        deploys=[deploy(CULPRIT, -30, "shop"), deploy(DECOY, -5, "shop")],
        logs=[*calm("shop"), *failing("shop", said)],
    )


@pytest.mark.slow
def test_the_flow_runs_on_the_bundle_alone_and_names_its_change(tmp_path: Path) -> None:
    folder = bundle(tmp_path / "evidence")
    (tmp_path / "project").mkdir()
    with running(tmp_path / "project") as project:
        done = warroom("respond", "INC-7", "--bundle", str(folder), "--headless",
                       "--project", str(project.root))  # fmt: skip
        assert done.code == NEEDS_HUMAN, done.err
        state = until(project, "INC-7", lambda it: bool(it.cause))
        assert (state.cause["verdict"], state.cause["culprit"]) == ("LIKELY", CULPRIT)
        assert state.impact_how.startswith("by the evidence handed in, from 2031-03-04T12:00")
        kinds = {state.evidence[e.partition(":")[0]].kind for e in state.cause["evidence"]}
        assert kinds >= {"code", "deploy"}
        assert not {"health", "host"} & {item.kind for item in state.evidence.values()}
        assert not state.approvals
        quoted(project, (state.report("rca/5whys") or {})["root_cause"]["evidence"])


def quoted(project: Project, cited: tuple[str, ...]) -> None:
    """Every line that the cause rests on stands in the ledger, with its figures."""
    state = until(project, "INC-7", lambda it: bool(it.cause))
    ledger = Ledger(project.incident("INC-7"))
    for place in cited:
        line = ledger.resolve(state, place)
        figures = line[line.index("{") :]
        assert json.loads(figures), line


def test_a_folder_that_is_no_bundle_opens_nothing(tmp_path: Path) -> None:
    done = warroom("respond", "--bundle", str(tmp_path), "--headless", "--project", str(tmp_path))
    assert done.code == BROKEN_INPUT
    assert "no bundle.json in it" in done.err
    assert not list(Project(tmp_path).all_incidents())


def test_two_reports_at_once_are_refused(tmp_path: Path) -> None:
    words = ("respond", "--bundle", str(tmp_path), "--alert", "-", "--project", str(tmp_path))
    done = warroom(*words)
    assert done.code == WRONG_USE
    assert "a bundle holds its own alert" in done.err


def test_the_alert_of_a_bundle_is_the_report(tmp_path: Path) -> None:
    folder = bundle(tmp_path / "evidence")
    (tmp_path / "project").mkdir()
    with running(tmp_path / "project") as project:
        warroom("respond", "INC-7", "--bundle", str(folder), "--json",
                "--project", str(project.root))  # fmt: skip
        state = until(project, "INC-7", lambda it: it.status != "DETECTED")
        assert (state.title, state.service) == ("shop is failing", "shop")
        assert state.alert["bundle"] == str(folder)
        assert state.alert["at"] == clock(3).replace("+00:00", ".000Z")
