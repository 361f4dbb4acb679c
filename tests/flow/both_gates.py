"""The two computations of the quality gates side by side: from the state, and from raw lines."""

import json
from collections.abc import Iterable

from orchestrator.journal.lines import chained
from orchestrator.model.events import Event
from orchestrator.model.gates import gates
from orchestrator.model.state import State
from tests.flow.raw_gates import raw_gates

NAMES = [
    "Detected and logged",
    "Regression triage",
    "Triage",
    "Commander assigned",
    "Functional escalation",
    "Hierarchical escalation",
    "Root cause by 5 Whys and fishbone",
    "Mitigation deployed and validated",
    "Users informed",
    "Resolved within SLA",
    "Post-incident review",
    "Preventive actions tracked",
    "Runbooks and knowledge base",
    "Regression registered",
]


def assert_agree(state: State, journal: Iterable[Event]) -> None:
    """All 14 gates, in the order of the flow, with the same results from both sides."""
    computed = [(gate.name, gate.result) for gate in gates(state)]
    assert [name for name, _ in computed] == NAMES
    lines = [json.loads(chained(event, "")[1]) for event in journal]
    assert list(raw_gates(lines).items()) == computed
