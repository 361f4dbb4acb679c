"""Those who were told already are told again, once, when it gets worse after that."""

from typing import Any

import pytest

from orchestrator.comms.letter import letter
from orchestrator.documents.render import render
from orchestrator.model import events as ev
from orchestrator.model.commands import Command
from orchestrator.model.events import RUNNER
from orchestrator.model.fold import fold_all
from orchestrator.model.gates import gates
from orchestrator.model.messages import (
    EXECUTIVE,
    MANAGEMENT,
    STATUS_PAGE,
    audience_of,
    first_of,
    further_number,
    further_path,
)
from orchestrator.model.policy import HOUR
from orchestrator.model.sending import channels_for
from orchestrator.model.state import State
from tests.flow.simulate import SHA, T0, War
from tests.flow.test_exception_paths import war_of
from tui.letters import Shown, words

pytestmark = pytest.mark.usefixtures("both_computations_of_the_gates_agree")

EXECUTIVE_2, MANAGEMENT_2, PAGE_2 = (
    further_path(path, 2) for path in (EXECUTIVE, MANAGEMENT, STATUS_PAGE)
)
BROKEN = "the resolution promise is broken"


def unresolved(**given: Any) -> War:
    """A P0 in which nothing is approved, and only what a test sends is sent."""
    war = war_of(approves=False, **given)
    war.open()
    return war


def send_all(war: War) -> None:
    """A person sends every text that is due now."""
    for path, text in list(war.state.messages.items()):
        if text.state == "due":
            war.give(war.human("sent", path=path, channel="mail"))


def due(war: War, path: str) -> list[str]:
    return [one.why for one in war.of(ev.MessageDue) if one.path == path]


def test_leaders_told_at_their_time_are_told_again_once_the_resolution_promise_is_broken() -> None:
    war = unresolved()
    war.run(until=HOUR)
    send_all(war)
    assert war.state.messages[EXECUTIVE].state == "sent"
    war.run(until=2 * HOUR - 60)
    assert EXECUTIVE_2 not in war.state.messages
    war.run(until=3 * HOUR)
    for path in (EXECUTIVE_2, MANAGEMENT_2):
        assert due(war, path) == [BROKEN]
        assert war.state.messages[path].due_at == pytest.approx(T0 + 2 * HOUR, abs=10)
    assert PAGE_2 not in war.state.messages
    send_all(war)
    war.run(until=9 * HOUR)
    assert war.state.messages[EXECUTIVE_2].state == "sent"
    assert further_path(EXECUTIVE, 3) not in war.state.messages


def test_who_was_told_nothing_yet_gets_the_first_text_alone() -> None:
    war = unresolved()
    war.run(until=3 * HOUR)
    assert EXECUTIVE_2 not in war.state.messages
    send_all(war)
    war.run(until=4 * HOUR)
    assert EXECUTIVE_2 not in war.state.messages


def test_a_failed_rollback_is_told_to_executives_and_the_public_who_were_told_before() -> None:
    war = unresolved()
    war.answers["mitigation/execute"] = {"exit": 1, "why": "health check failed"}
    war.run(until=60)
    war.now = T0 + 60
    for path in (MANAGEMENT, EXECUTIVE, STATUS_PAGE):
        war.give(war.human("sent", path=path, channel="mail"))
    war.now = T0 + 90
    (card,) = (one for one in war.state.approvals.values() if one.open)
    war.give(war.human("approve", approval=card.approval, sha256=card.sha256))
    war.run(until=600)
    assert "rollback-failed" in war.state.exceptions
    assert due(war, EXECUTIVE_2) == ["the rollback failed"]
    assert due(war, PAGE_2) == ["the rollback failed"]
    assert MANAGEMENT_2 not in war.state.messages
    public = letter(render(PAGE_2, war.state, war.journal))
    assert "Extended outage, team working on resolution." in public.public
    assert public.public in words(war.state, Shown(PAGE_2, public))
    assert "ROLLBACK FAILED" in render(EXECUTIVE_2, war.state, war.journal)
    assert "Extended outage" not in render(STATUS_PAGE, war.state, war.journal)


def test_a_further_text_is_drafted_from_a_report_of_its_own_and_anew_when_it_is_overtaken() -> None:
    war = unresolved()
    war.run(until=HOUR)
    send_all(war)
    war.run(until=3 * HOUR)
    asked = [t for t in war.of(ev.TaskRequested) if t.inputs.get("path") == EXECUTIVE_2]
    assert [t.inputs["why"] for t in asked] == [""]
    assert [one.path for one in war.of(ev.MessageRedrafted) if one.path == EXECUTIVE_2] == []
    war.give(war.human("assign", role="commander", person="e.manager", why="a.kim sleeps"))
    war.run(until=3 * HOUR + 60)
    anew = [one.why for one in war.of(ev.MessageRedrafted) if one.path == EXECUTIVE_2]
    assert anew == ["e.manager commands, was a.kim"]


def test_what_went_wrong_while_a_text_was_on_its_way_is_not_in_it_and_told_after_it() -> None:
    war = unresolved()
    war.answers["deliver/mail"] = {"delivered": True, "detail": "taken"}
    war.durations["deliver/mail"] = 600.0
    channels = [{"name": "mail", "audiences": ["executive"], "auto": False}]
    war.give(war.human("note", text="here"))
    war.give(Command("channels/1", "channels", war.now, RUNNER, {"channels": channels}))
    war.run(until=2 * HOUR - 60)
    war.now = T0 + 2 * HOUR - 60
    war.give(war.human("send", path=EXECUTIVE, sha256=SHA))
    war.run(until=2 * HOUR + 60)
    assert war.state.messages[EXECUTIVE].state == "sending"
    assert EXECUTIVE_2 not in war.state.messages
    war.run(until=3 * HOUR)
    assert due(war, EXECUTIVE_2) == [BROKEN]
    assert [one.name for one in channels_for(war.state, EXECUTIVE_2)] == ["mail"]


def test_after_the_resolution_nobody_is_told_again() -> None:
    war = unresolved()
    war.run(until=HOUR)
    send_all(war)
    war.durations["notify/executive"] = 600.0
    war.run(until=2 * HOUR + 60)
    war.give(war.human("resolve", why="it went away"))
    war.run(until=3 * HOUR)
    assert EXECUTIVE_2 not in war.state.messages


def test_a_further_text_that_nobody_sent_fails_the_gate_of_the_escalation() -> None:
    war = unresolved()
    war.run(until=HOUR / 2)
    send_all(war)
    war.run(until=2 * HOUR + 60)
    war.give(war.human("resolve", why="it went away"))
    war.give(war.human("close", why="nothing is left"))
    (gate,) = (one for one in gates(war.state) if one.name == "Hierarchical escalation")
    assert (gate.result, gate.why) == ("FAIL", "management was due and not told again")


def test_a_crash_between_the_exception_and_the_text_tells_it_once() -> None:
    for torn in range(10):
        war = unresolved()
        war.run(until=HOUR)
        send_all(war)
        war.run(until=2 * HOUR + 1)
        war.crash(5.0, torn=torn)
        war.run(until=3 * HOUR)
        assert due(war, EXECUTIVE_2) == [BROKEN]
        assert fold_all(State(), war.journal).messages[EXECUTIVE_2].state == "due"


def test_a_further_text_is_for_the_readers_of_the_first() -> None:
    assert further_path(EXECUTIVE, 12) == "communications/executive-notification-12.md"
    assert first_of(further_path(EXECUTIVE, 12)) == EXECUTIVE
    assert further_number(further_path(STATUS_PAGE, 3)) == 3
    assert audience_of(PAGE_2) == "status-page"
    for path in ("communications/handoff-2.md", "communications/update-2.md", EXECUTIVE):
        assert first_of(path) == path
        assert further_number(path) == 0
    assert first_of("communications/executive-notification-1.md") != EXECUTIVE
