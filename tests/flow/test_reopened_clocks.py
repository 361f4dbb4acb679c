"""The clocks of an incident that is reopened: what a resolution had met is promised again."""

from collections import Counter

import pytest

from orchestrator.model import events as ev
from orchestrator.model.commands import Command
from orchestrator.model.messages import NOTICE
from orchestrator.model.state import State
from tests.flow.simulate import FAILED, SHA, T0, War

pytestmark = pytest.mark.usefixtures("both_computations_of_the_gates_agree")

HOUR = 3600.0


def resolved() -> War:
    """A P0 that was resolved after half a minute; whatever is looked at afterwards is ill."""
    war = War()
    war.open()
    war.run(stop=lambda state: state.status == "RESOLVED")
    assert war.state.deadlines["resolve"].outcome == "met"
    war.answers["mitigation/watch"] = war.answers["mitigation/validate"] = FAILED
    return war


def reopened(war: War, after: float) -> War:
    war.approves = False
    war.now = T0 + after
    war.give(war.human("reopen", why="it is back"))
    assert war.state.open
    return war


def ends(war: War, name: str) -> list[str]:
    """How a clock ended, each time it did; that it no longer applied is no end."""
    types = (ev.DeadlineMet, ev.DeadlineFired, ev.DeadlineMissed)
    said = [e for e in war.journal if isinstance(e.data, types) and e.data.name == name]
    return [event.type.removeprefix("deadline.") for event in said]


def test_reopened_before_the_breach_the_promise_to_resolve_runs_on_and_breaks() -> None:
    war = reopened(resolved(), 0.5 * HOUR)
    clock = war.state.deadlines["resolve"]
    assert (clock.counting, clock.start, clock.due) == (True, T0, T0 + 2 * HOUR)
    war.run(until=2 * HOUR - 1)
    assert "sla-exceeded" not in war.state.exceptions
    war.run(until=6 * HOUR)
    assert ends(war, "resolve") == ["met", "fired"]
    assert "sla-exceeded" in war.state.exceptions
    assert ends(war, "resolve at risk") == ["fired"]


def test_reopened_after_the_breach_it_is_broken_at_once_and_nothing_warns_of_it() -> None:
    war = reopened(resolved(), 3 * HOUR)
    assert ends(war, "resolve") == ["met", "fired"]
    assert "sla-exceeded" in war.state.exceptions
    war.run(until=9 * HOUR)
    assert ends(war, "resolve") == ["met", "fired"]
    assert ends(war, "resolve at risk") == []
    war.give(war.human("resolve", why="the pool was made larger"))
    assert ends(war, "resolve") == ["met", "fired"]


def test_resolved_again_in_time_it_is_met_again() -> None:
    war = reopened(resolved(), 0.5 * HOUR)
    war.run(until=HOUR)
    war.give(war.human("resolve", why="the pool was made larger"))
    assert ends(war, "resolve") == ["met", "met"]
    assert war.of(ev.DeadlineMet)[-1].took == war.state.resolved_at - T0


def test_what_people_did_before_the_reopening_stays_done() -> None:
    war = reopened(resolved(), 0.5 * HOUR)
    war.run(until=6 * HOUR)
    assert ends(war, "acknowledge") == ["met"]
    assert ends(war, "engage") == ["met"]


def test_no_end_of_a_clock_is_stated_twice() -> None:
    war = reopened(resolved(), 0.5 * HOUR)
    war.run(until=HOUR)
    war.give(war.human("resolve", why="the pool was made larger"))
    reopened(war, 1.5 * HOUR)
    war.run(until=6 * HOUR)
    assert ends(war, "resolve") == ["met", "met", "fired"]
    assert [name for name, times in Counter(e.id for e in war.journal).items() if times > 1] == []
    plans = Counter((plan.name, plan.rev) for plan in war.of(ev.DeadlinePlanned))
    assert set(plans.values()) == {1}


def test_a_review_that_was_written_is_due_again_but_what_was_published_in_time_was() -> None:
    war = resolved()
    war.run(until=300, stop=notice_sent)
    _reviewed(war)
    assert war.state.deadlines["review"].outcome == "met"
    assert war.state.deadlines["published review"].outcome == "met"
    reopened(war, 72 * HOUR)
    war.give(war.human("resolve", why="the pool was made larger"))
    assert war.state.deadlines["review"].counting
    assert war.state.deadlines["review"].due == war.state.resolved_at + 24 * HOUR
    assert ends(war, "published review") == ["met"]


def notice_sent(state: State) -> bool:
    notice = state.messages.get(NOTICE)
    return notice is not None and notice.state == "sent"


def _reviewed(war: War) -> None:
    war.run(until=600, stop=lambda state: state.report("review/knowledge") is not None)
    written = {"path": "post-incident-review.md", "sha256": SHA, "bytes": 10}
    war.give(Command("document/review", "document", war.now, ev.RUNNER, written))
    assert war.state.reviewed_at
