"""300 generated incidents with torn batches, repeated commands, lost state and down times.

Whatever happens, no deadline is lost and none is stated twice, no event id appears twice, and the
journal alone gives the state that was live.
"""

from collections import Counter

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from orchestrator.model import events as ev
from orchestrator.model.fold import fold_all, state_hash
from orchestrator.model.state import State
from tests.flow.simulate import T0, War

CRASHES = st.lists(
    st.tuples(
        st.floats(min_value=0, max_value=2400),
        st.floats(min_value=0.1, max_value=5000),
        st.integers(min_value=0, max_value=4),
    ),
    max_size=4,
)
WORDS = st.lists(
    st.tuples(
        st.floats(min_value=0, max_value=7000),
        st.sampled_from(["ack", "note", "severity", "approve-twice", "deny-late"]),
        st.sampled_from(["P0", "P1", "P2", "P3"]),
    ),
    max_size=5,
)


@settings(max_examples=300, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    crashes=CRASHES,
    words=WORDS,
    ack=st.one_of(st.none(), st.floats(min_value=1, max_value=4000)),
    share=st.sampled_from([0.9, 0.3, 0.01, None]),
    works=st.booleans(),
    approves=st.booleans(),
)
def test_no_deadline_is_lost_and_none_is_stated_twice(
    crashes: list[tuple[float, float, int]],
    words: list[tuple[float, str, str]],
    ack: float | None,
    share: float | None,
    works: bool,
    approves: bool,
) -> None:
    war = War(acknowledges_after=ack, approves=approves)
    war.answers["triage/impact"] = {"affected_share": share, "data_loss": "no"}
    if not works:
        war.answers["mitigation/execute"] = {"exit": 1, "why": "broke"}
    war.open()
    for at, word, level in words:
        command = (
            war.human("severity", severity=level, why="seen otherwise")
            if word == "severity"
            else war.human("approve", approval="rollback@1", sha256="a" * 64)
            if word == "approve-twice"
            else war.human("deny", approval="rollback@1", why="not now")
            if word == "deny-late"
            else war.human(word, text="looking")
        )
        war.later(at, command)
        war.later(at + 1.0, command)
    for at, down, torn in sorted(crashes):
        war.run(until=at)
        war.crash(down=down, torn=min(torn, len(war.journal) - 3))
    war.run(until=8000)
    _nothing_twice(war)
    _nothing_lost(war)
    assert state_hash(fold_all(State(), war.journal)) == state_hash(war.state)


def _nothing_twice(war: War) -> None:
    ids = Counter(event.id for event in war.journal)
    assert [i for i, n in ids.items() if n > 1] == []
    assert [e.seq for e in war.journal] == list(range(1, len(war.journal) + 1))
    ended = [(d.name, d.due) for d in war.of(ev.DeadlineFired)]
    ended += [(d.name, d.due) for d in war.of(ev.DeadlineMissed)]
    over, planned = Counter(ended), Counter((d.name, d.due) for d in war.of(ev.DeadlinePlanned))
    assert [name for name, n in over.items() if n > planned[name]] == []
    granted = Counter(data.approval for data in war.of(ev.ApprovalGranted))
    assert all(n == 1 for n in granted.values())


def _nothing_lost(war: War) -> None:
    """Every promise whose time has passed says how it ended."""
    for deadline in war.state.deadlines.values():
        if deadline.due < war.now and war.now > T0:
            assert deadline.outcome, f"{deadline.name} was due and says nothing"
