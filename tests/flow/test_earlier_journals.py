"""Journals of earlier releases under today's flow: a closed one is left alone, an open one goes on.

`0.1-closed.jsonl` is a real drill of release 0.1; `0.1-open.jsonl` is the same one, cut while its
tiers were at work. Their people and services are made up by the drill.
"""

from pathlib import Path

import pytest

from orchestrator.flow.handle import handle
from orchestrator.journal.read import read_journal
from orchestrator.model.fold import fold_all, state_hash
from orchestrator.model.state import State

JOURNALS = Path(__file__).parent.parent / "data" / "journals"

EXPECTED = {
    "task.requested",
    "deadline.planned",
    "deadline.fired",
    "deadline.missed",
    "approval.expired",
    "approval.voided",
    "question.opened",
    "role.assigned",
    "state.hashed",
    "tier.escalated",
}
"""What an open incident of an earlier release may draft when a runner of today takes it up."""


def folded(name: str) -> State:
    return fold_all(State(), read_journal(JOURNALS / name).events)


def test_an_earlier_journal_still_reads_and_its_chain_still_holds() -> None:
    assert len(read_journal(JOURNALS / "0.1-closed.jsonl", chained=True).events) == 156


@pytest.mark.parametrize("later", [0.0, 3600.0, 30 * 86400.0])
def test_a_closed_incident_of_an_earlier_release_drafts_nothing(later: float) -> None:
    state = folded("0.1-closed.jsonl")
    assert state.status == "CLOSED"
    assert [event.type for event in handle(state, None, state.last_at + later).events] == []


@pytest.mark.parametrize("later", [1.0, 7200.0])
def test_an_open_incident_of_an_earlier_release_goes_on_as_expected(later: float) -> None:
    state = folded("0.1-open.jsonl")
    drafted = handle(state, None, state.last_at + later)
    types = {event.type for event in drafted.events}
    assert types
    assert types <= EXPECTED, types - EXPECTED
    assert state_hash(fold_all(state, drafted.events)) == state_hash(drafted.state)
