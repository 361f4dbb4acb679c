"""Calling people: pages and their repeats, the chain of those who step in, a missing commander."""

from collections.abc import Mapping
from typing import Any

import pytest

from orchestrator.model import events as ev
from orchestrator.model.calling import leaderless, numbers
from orchestrator.model.codec import encode
from orchestrator.model.commands import Command
from tests.flow.crew import WOKEN, Crewed, by, lines, paged, refusal, silent
from tests.flow.simulate import PEOPLE, T0

pytestmark = pytest.mark.usefixtures("both_computations_of_the_gates_agree")


# --- pages ----------------------------------------------------------------------------------------


def test_without_page_addresses_nobody_is_paged() -> None:
    war = silent(PEOPLE)
    war.open()
    war.run(until=600)
    assert paged(war) == []


def test_a_page_repeats_and_then_goes_to_the_next_until_somebody_acknowledges() -> None:
    war = silent()
    war.open()
    war.run(until=900)
    assert paged(war)[:6] == [
        (0, "a.kim"),
        (120, "a.kim"),
        (240, "e.manager"),
        (360, "e.manager"),
        (480, "s.arch"),
        (600, "s.arch"),
    ]
    assert war.state.roles["on-call"] == "s.arch"
    assert "architect" not in war.state.crew.covers.get("on-call", "")
    assert war.state.crew.covers["on-call"] == "e.manager did not acknowledge 2 pages"
    blocked = [line for line in lines(war) if line.startswith("ESCALATION PATH BLOCKED")]
    assert [line.split(": ", 1)[1].split(" |")[0] for line in blocked[:2]] == [
        "on-call: a.kim did not acknowledge 2 pages",
        "on-call: e.manager did not acknowledge 2 pages",
    ]
    before = len(paged(war))
    war.give(by("s.arch", "note", war, text="I am here"))
    war.run(until=3600)
    assert len(paged(war)) == before


def test_an_acknowledgement_that_lapses_begins_the_pages_anew() -> None:
    war = silent()
    war.open()
    war.run(until=130)
    war.give(by("a.kim", "ack", war))
    war.run(until=670)
    assert paged(war) == [
        (0, "a.kim"),
        (120, "a.kim"),
        (422, "a.kim"),
        (542, "a.kim"),
        (662, "e.manager"),
    ]


def test_the_second_of_the_rotation_is_asked_before_the_managers() -> None:
    war = silent()
    duty = ({"role": "on-call", "people": ["j.ortiz", "m.sato"], "until": T0 + 9000},)
    war.duty = duty
    war.open()
    war.run(until=260)
    assert war.state.roles["on-call"] == "m.sato"
    assert paged(war) == [(0, "j.ortiz"), (120, "j.ortiz"), (240, "m.sato")]


def test_a_first_of_the_rotation_who_is_unavailable_is_passed_over_and_said() -> None:
    people = tuple({**one, "unavailable": one["name"] == "j.ortiz"} for one in WOKEN)
    war = silent(people)
    war.duty = ({"role": "on-call", "people": ["j.ortiz", "m.sato"], "until": T0 + 9000},)
    war.open()
    assert war.state.roles["on-call"] == "m.sato"
    blocked = "ESCALATION PATH BLOCKED: on-call: j.ortiz is unavailable | "
    assert blocked in lines(war)


def test_a_person_who_is_away_is_passed_over_at_once_and_the_timeline_says_why() -> None:
    war = silent()
    war.open()
    war.run(until=20)
    war.give(by("m.sato", "away", war, person="a.kim", why="on a plane"))
    assert war.state.roles["on-call"] == "e.manager"
    assert "a.kim is unavailable: on a plane | m.sato" in lines(war)
    assert any("a.kim is unavailable: on a plane" in one for one in lines(war) if "PATH" in one)
    assert refusal(war, by("m.sato", "away", war, person="a.kim", why="x")).startswith("a.kim is")


def test_a_page_that_is_not_delivered_goes_to_the_next_and_gives_the_number_to_call() -> None:
    war = silent()
    war.answer_pages(a_kim={"delivered": False, "why": "the service did not take it"})
    war.open()
    war.run(until=10)
    (failed,) = war.of(ev.PageFailed)
    assert (failed.person, failed.contact) == ("a.kim", "tel a.kim")
    assert paged(war) == [(0, "a.kim"), (2, "e.manager")]
    assert [(n.person, n.contact) for n in numbers(war.state, war.now)] == [("a.kim", "tel a.kim")]
    war.give(by("e.manager", "ack", war))
    assert numbers(war.state, war.now) == []


def test_a_page_whose_outcome_nobody_knows_counts_as_not_delivered() -> None:
    war = silent()
    war.answer_pages(a_kim={"__outcome__": "failed"})
    war.open()
    war.run(until=10)
    assert [one.person for one in war.of(ev.PageFailed)] == ["a.kim"]


def test_without_pages_the_numbers_to_call_appear_when_the_promise_is_broken() -> None:
    people = tuple({**one, "contact": "tel"} for one in PEOPLE)
    war = silent(people)
    war.open()
    war.run(until=59)
    assert numbers(war.state, war.now) == []
    war.run(until=61)
    assert [one.person for one in numbers(war.state, war.now)] == ["a.kim"]
    war.run(until=180)
    assert [one.person for one in numbers(war.state, war.now)] == ["a.kim", "e.manager"]


def test_a_long_stop_of_the_runner_releases_no_storm_of_pages() -> None:
    war = silent()
    war.open()
    war.run(until=10)
    war.crash(3600.0)
    assert len(paged(war)) == 2
    war.run(until=3600 + 100)
    assert len(paged(war)) == 2


def test_nobody_is_paged_more_than_ten_times() -> None:
    war = silent((WOKEN[0],))
    war.open()
    war.run(until=4 * 3600.0)
    assert len(paged(war)) == 10


def test_a_p2_wakes_nobody() -> None:
    war = silent(severity="P2")
    war.answers["triage/impact"] = {"affected_share": 0.2, "data_loss": "no"}
    war.answers["triage/urgency"] = {"level": "MEDIUM"}
    war.open()
    war.run(until=60)
    assert paged(war) == []


def test_a_shift_that_begins_before_anybody_answers_is_asked_and_later_is_only_said() -> None:
    war = silent()
    war.duty = ({"role": "on-call", "people": ["a.kim", "j.ortiz"], "until": T0 + 60},)
    war.open()
    war.run(until=60)
    fact = encode(ev.OnCallResolved("on-call", ("j.ortiz", "a.kim"), T0 + 9000))
    war.give(Command("oncall/1", "oncall", war.now, ev.RUNNER, fact))
    assert war.state.roles["on-call"] == "j.ortiz"
    assert paged(war)[-1] == (60, "j.ortiz")
    war.give(by("j.ortiz", "ack", war))
    fact = encode(ev.OnCallResolved("on-call", ("m.sato",), T0 + 99000))
    war.give(Command("oncall/2", "oncall", war.now, ev.RUNNER, fact))
    assert war.state.roles["on-call"] == "j.ortiz"
    assert "on call shift began | m.sato" in lines(war)


# --- somebody who answered is gone ----------------------------------------------------------------

TWO_ON_CALL: tuple[Mapping[str, Any], ...] = (
    *PEOPLE,
    {
        "name": "b.lee",
        "roles": ["on-call", "technical-lead", "commander"],
        "paged": True,
        "contact": "tel b.lee",
    },
)


def answered(people: tuple[Mapping[str, Any], ...] = TWO_ON_CALL) -> Crewed:
    """A P0 that a.kim acknowledged and works on, with every leading role filled."""
    war = silent(people)
    war.open()
    war.run(until=20)
    war.give(by("a.kim", "ack", war))
    war.give(by("a.kim", "note", war, text="I look at it"))
    war.run(until=120)
    war.now = T0 + 120
    return war


def changes(war: Crewed) -> list[tuple[str, str, str, str]]:
    """Who took a role over from whom, and how."""
    said = war.of(ev.RoleAssigned)
    return [(one.role, one.before, one.person, one.how) for one in said if one.before]


def test_whoever_is_gone_after_the_acknowledgement_is_relieved_and_the_relief_is_paged() -> None:
    war = answered()
    war.give(by("m.sato", "away", war, person="a.kim", why="on a plane"))
    assert changes(war) == [
        ("on-call", "a.kim", "b.lee", "cover"),
        ("commander", "a.kim", "b.lee", "cover"),
    ]
    war.give(by("m.sato", "away", war, person="j.ortiz", why="fell ill"))
    war.run(until=1500)
    # b.lee commands now: the manager leads the technical work, though b.lee could
    assert changes(war)[2:] == [("technical-lead", "j.ortiz", "e.manager", "cover")]
    assert paged(war) == [(120, "b.lee")]
    told = "commander changed, was a.kim: a.kim is unavailable: on a plane | b.lee"
    assert [line for line in lines(war) if line.startswith("commander changed")] == [told]
    blocked = [line.split(": ")[1] for line in lines(war) if line.startswith("ESCALATION PATH")]
    assert blocked == ["on-call", "commander", "technical-lead", "tier2"]
    assert not leaderless(war.state)


def test_the_relief_is_relieved_in_turn_and_paged_as_well() -> None:
    war = answered(tuple({**one, "paged": True} for one in TWO_ON_CALL))
    war.give(by("m.sato", "away", war, person="a.kim", why="on a plane"))
    war.run(until=300)
    war.give(by("m.sato", "away", war, person="b.lee", why="no connection"))
    war.run(until=1500)
    assert war.state.roles["on-call"] == "e.manager"
    assert paged(war)[-2:] == [(120, "b.lee"), (122, "e.manager")]


def test_where_nobody_is_left_the_role_is_asked_for_once_and_the_answer_stands() -> None:
    war = answered(PEOPLE[:3])
    war.give(by("m.sato", "away", war, person="j.ortiz", why="fell ill"))
    war.run(until=600)
    asked = "j.ortiz is unavailable: fell ill. Who takes over as technical lead?"
    assert war.state.questions["technical-lead"] == asked
    assert [one.field for one in war.of(ev.QuestionOpened)].count("technical-lead") == 1
    war.give(by("a.kim", "assign", war, role="technical-lead", person="m.sato"))
    war.run(until=900)
    assert war.state.roles["technical-lead"] == "m.sato"
    assert "technical-lead" not in war.state.questions


def test_who_is_assigned_by_hand_though_unavailable_keeps_the_role() -> None:
    war = answered()
    war.give(by("m.sato", "away", war, person="j.ortiz", why="in a meeting"))
    assert war.state.roles["technical-lead"] == "b.lee"
    war.give(by("a.kim", "assign", war, role="technical-lead", person="j.ortiz", why="is back"))
    war.run(until=900)
    assert war.state.roles["technical-lead"] == "j.ortiz"


def test_a_relief_is_found_again_after_a_crash_in_the_middle() -> None:
    for torn in range(8):
        war = answered()
        before = len(war.journal)
        war.give(by("m.sato", "away", war, person="a.kim", why="on a plane"))
        war.crash(5.0, torn=min(torn, len(war.journal) - before - 1))
        war.run(until=600)
        assert war.state.roles["on-call"] == war.state.roles["commander"] == "b.lee"
        assert [name for _, name in paged(war)] == ["b.lee"]
        assert len(war.of(ev.PersonAway)) == 1


def test_after_the_resolution_nobody_is_called_in() -> None:
    war = answered()
    war.give(by("a.kim", "resolve", war, why="it went away"))
    war.give(by("m.sato", "away", war, person="a.kim", why="asleep"))
    war.run(until=3600)
    assert changes(war) == []
    assert paged(war) == []


# --- nobody commands ------------------------------------------------------------------------------

NO_COMMANDER = (
    {"name": "a.kim", "roles": ["on-call"]},
    {"name": "d.puty", "roles": ["deputy"], "paged": True},
    {"name": "e.manager", "roles": ["engineering-manager"]},
)


def test_a_p0_without_a_commander_is_a_broken_promise_and_the_deputy_is_asked() -> None:
    war = Crewed(approves=False, people=NO_COMMANDER)
    war.answer_pages()
    war.open()
    war.run(until=400)
    assert war.state.deadlines["commander"].outcome == "fired"
    (sought,) = war.of(ev.CommanderSought)
    assert (sought.person, sought.role) == ("d.puty", "deputy")
    assert next(name for _, name in paged(war)) == "d.puty"
    before = len(paged(war))
    war.give(by("a.kim", "assign", war, role="commander", person="e.manager"))
    war.run(until=2000)
    assert len(paged(war)) == before


def test_a_commander_who_cannot_be_had_is_missed_like_none() -> None:
    deputy = {"name": "d.puty", "roles": ["deputy"], "paged": True}
    war = silent((*(one for one in WOKEN if one["name"] != "s.arch"), deputy))
    war.open()
    war.run(until=20)
    war.give(by("a.kim", "note", war, text="here"))
    war.run(until=100)
    assert not leaderless(war.state)
    war.give(by("m.sato", "away", war, person="e.manager", why="on leave"))
    war.give(by("m.sato", "away", war, person="a.kim", why="fell ill"))
    assert leaderless(war.state)
    assert war.state.roles["commander"] == "a.kim"
    asked = "a.kim is unavailable: fell ill. Who takes over as commander?"
    assert war.state.questions["commander"] == asked
    war.run(until=500)
    assert [one.person for one in war.of(ev.CommanderSought)] == ["d.puty"]
    war.give(by("m.sato", "assign", war, role="commander", person="j.ortiz", why="a.kim is ill"))
    assert not leaderless(war.state)
    assert "commander" not in war.state.questions


def test_a_commander_named_in_time_keeps_that_promise() -> None:
    war = Crewed(approves=False, people=NO_COMMANDER)
    war.answer_pages()
    war.open()
    war.run(until=100)
    war.give(by("a.kim", "assign", war, role="commander", person="e.manager"))
    assert war.state.deadlines["commander"].outcome == "met"
    assert not war.of(ev.CommanderSought)
