"""How the rules say things: names as they are, whole reasons, one count for one thing."""

from types import SimpleNamespace

import pytest

from orchestrator.agents.rules.findings import Findings
from orchestrator.agents.rules.impact import Impact
from orchestrator.agents.rules.incident_responder import _category
from orchestrator.agents.rules.reliability_engineer import _reasons
from orchestrator.agents.rules.strategy import _hotfix, _rollback
from orchestrator.agents.rules.words import opened
from orchestrator.evidence.analysis.patch import parse
from orchestrator.evidence.analysis.risk import _size
from orchestrator.evidence.sources.logs import Frame
from orchestrator.model.reports.tiers import Check


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("errors rose", "Errors rose"),
        ("p95 rose", "p95 rose"),
        ("aed2440b went live", "aed2440b went live"),
        ("db_pool_in_use fell", "db_pool_in_use fell"),
        ("", ""),
    ],
)
def test_a_sentence_begins_with_a_capital_but_an_id_stays_as_it_is(text: str, said: str) -> None:
    assert opened(text) == said


def test_one_changed_line_is_one_line() -> None:
    diff = "diff --git a/a.py b/a.py\n--- a/a.py\n+++ b/a.py\n@@ -1 +1,2 @@\n x = 1\n+y = 2\n"
    (patch,) = parse(diff)
    assert _size(patch).what == "1 line of code changed"


def test_a_change_that_triage_cleared_is_no_reason_for_tier_2() -> None:
    names = ("metrics", "logs", "what is in use", "host", "deployments")
    unsure = {"text": "seen", "evidence": [], "assumption": True}
    bad = {"metrics", "deployments"}
    checks = [
        Check.model_validate(
            {"name": name, "state": "bad" if name in bad else "ok", "finding": unsure}
        )
        for name in names
    ]
    assert "a code change is suspected" in _reasons(checks, "runbook.md", cleared=False)
    assert "a code change is suspected" not in _reasons(checks, "runbook.md", cleared=True)


def test_a_rollback_nobody_assessed_does_not_deny_that_a_good_version_is_known() -> None:
    action = SimpleNamespace(id="rollback", kind="rollback")
    said = _rollback(None, action, "203f415899d0")  # type: ignore[arg-type]
    assert not said.available
    assert said.why.text.startswith("Regression triage does not call for going back")
    said = _rollback(None, action, "UNKNOWN")  # type: ignore[arg-type]
    assert said.why.text == "No earlier version is known to go back to."


def test_a_hotfix_is_not_refused_by_a_change_that_explains_nothing() -> None:
    why = [{"text": "a.py: 5 lines of code changed", "evidence": ["E1"], "assumption": False}]
    assert _hotfix({"suspects": [{"confidence": 0.0, "why": why}]}).why.text == (
        "Where to fix is not known."
    )


@pytest.mark.parametrize(("share", "category"), [(0.9, "availability"), (0.0, "performance")])
def test_requests_that_fail_are_no_matter_of_performance(share: float, category: str) -> None:
    figures = SimpleNamespace(
        unreachable_since=lambda: None, now=lambda name: share, during=lambda name, since: share
    )
    slow = Impact(1.0, "p95 rose", ("E1",), "p95")
    assert _category("availability", slow, figures) == category  # type: ignore[arg-type]


def test_callers_are_own_functions_outside_of_the_file_where_it_fails() -> None:
    frames = (
        Frame("/app/shop/server.py", 71, "_run"),
        Frame("/app/shop/orders.py", 32, "load_order"),
        Frame("/usr/lib/python3.11/contextlib.py", 137, "__enter__"),
        Frame("/app/shop/pool.py", 59, "connection"),
        Frame("/app/shop/pool.py", 40, "acquire"),
    )
    template = SimpleNamespace(
        sample=SimpleNamespace(bad=True), records=[SimpleNamespace(frames=frames)]
    )
    change = SimpleNamespace(template=template, kind="new")
    found = Findings(log_changes=[(change, None)])  # type: ignore[list-item]
    assert found.callers() == {"load_order"}
