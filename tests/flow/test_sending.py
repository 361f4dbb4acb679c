"""Texts go out by a person's command or a channel's policy; what becomes of them is followed."""

from typing import Any

import pytest

from orchestrator.model import events as ev
from orchestrator.model.codec import encode
from orchestrator.model.commands import Command
from orchestrator.model.deadlines import next_due
from orchestrator.model.events import RUNNER
from orchestrator.model.messages import ALERT, MANAGEMENT, NOTICE, STATUS_PAGE, update_path
from orchestrator.model.records import Message
from orchestrator.model.sending import channels_for, in_doubt
from tests.flow.simulate import SHA, T0, War
from tests.flow.test_whole_flow import refusal

FIRST, SECOND = update_path(1), update_path(2)
OTHER = "b" * 64
MAIL = ("mail", "management", "update", "resolution")
CHAT = ("chat", "management", "update")
PAGE = ("page", "status-page")


def opened(*channels: tuple[str, ...], auto: tuple[str, ...] = (), **answers: Any) -> War:
    """A P0 one minute old, in which nobody approves or sends anything by themselves."""
    war = War(approves=False)
    war.answers |= {f"deliver/{name}": answer for name, answer in answers.items()}
    war.open()
    said = [
        {"name": name, "audiences": list(audiences), "auto": name in auto}
        for name, *audiences in channels
    ]
    war.give(Command("channels/1", "channels", war.now, RUNNER, {"channels": said}))
    war.run(until=60)
    return war


def send(war: War, path: str = MANAGEMENT, sha256: str = SHA, **more: Any) -> str:
    """Give the command; why it was refused, or nothing."""
    return refusal(war, war.human("send", path=path, sha256=sha256, **more))


def state_of(war: War, path: str = MANAGEMENT) -> str:
    return war.state.messages[path].state


# --- by a person ----------------------------------------------------------------------------------


def test_a_text_goes_to_every_channel_for_it_and_is_sent_once_each_has_it() -> None:
    war = opened(MAIL, CHAT, PAGE)
    assert send(war) == ""
    assert state_of(war) == "sending"
    asked = [t.key for t in war.of(ev.TaskRequested) if t.kind == "deliver"]
    assert asked == [
        "deliver/management-notification/1/mail",
        "deliver/management-notification/1/chat",
    ]
    war.run(until=70)
    assert [(d.channel, d.detail) for d in war.of(ev.MessageDelivered)] == [
        ("mail", "taken"),
        ("chat", "taken"),
    ]
    (sent,) = war.of(ev.MessageSent)
    assert (sent.path, sent.channel, sent.by) == (MANAGEMENT, "mail, chat", "a.kim")


def test_sending_engages_and_starts_the_time_of_the_updates_anew() -> None:
    war = opened(MAIL)
    war.run(until=600)
    send(war)
    war.run(until=610)
    assert war.state.engaged_by == "a.kim"
    assert war.state.deadlines["update"].due == war.state.messages[MANAGEMENT].at + 900
    assert war.state.deadlines["management"].outcome == "dropped"


def test_what_cannot_be_sent_says_why() -> None:
    war = opened(MAIL, PAGE)
    assert "there is no draft" in send(war, "nothing.md")
    assert "no channel is there for executive" in send(
        war, "communications/executive-notification.md"
    )
    assert "SHA-256 of the text that is shown" in send(war, sha256="")
    assert "'page' is no channel for management texts; use mail" in send(war, channels=["page"])
    assert send(war) == ""
    assert "on its way to mail already" in send(war)
    war.run(until=70)
    assert "was sent by a.kim" in send(war)


def test_a_channel_that_failed_is_told_and_it_is_due_again_for_that_channel_alone() -> None:
    war = opened(MAIL, CHAT, chat={"delivered": False, "detail": "answered 500"})
    send(war)
    war.run(until=70)
    assert state_of(war) == "due"
    assert war.state.messages[MANAGEMENT].why == "chat did not take it: answered 500"
    war.answers["deliver/chat"] = {"delivered": True}
    assert "mail has exactly these words already" in send(war, channels=["mail"])
    assert send(war) == ""
    war.run(until=80)
    again = [t.key for t in war.of(ev.TaskRequested) if "notification/2/" in t.key]
    assert again == ["deliver/management-notification/2/chat"]
    assert state_of(war) == "sent"


def test_other_words_go_to_every_channel_again() -> None:
    war = opened(MAIL, CHAT, chat={"delivered": False, "detail": "answered 500"})
    send(war)
    war.run(until=70)
    war.answers["deliver/chat"] = {"delivered": True}
    assert send(war, sha256=OTHER) == ""
    assert war.of(ev.SendRequested)[-1].channels == ("mail", "chat")


def test_a_doubt_is_a_question_and_both_answers_are_commands() -> None:
    for answer in ("arrived", "send"):
        war = opened(MAIL, CHAT, chat={"__outcome__": "unknown"})
        send(war)
        war.run(until=70)
        field = "delivery management-notification 1 chat"
        assert "Did the management notification arrive by chat?" in war.state.questions[field]
        assert state_of(war) == "sending"
        assert [one.channel for one in in_doubt(war.state)] == ["chat"]
        wrong = refusal(war, war.human("arrived", path=MANAGEMENT, channel="mail"))
        assert "'mail' does not wait for that word; there: chat" in wrong
        war.answers["deliver/chat"] = {"delivered": True}
        if answer == "arrived":
            war.give(war.human("arrived", path=MANAGEMENT, channel="chat"))
        else:
            assert send(war) == ""
        war.run(until=80)
        assert state_of(war) == "sent"
        assert field not in war.state.questions
        assert not in_doubt(war.state)
    assert "known everywhere" in refusal(war, war.human("arrived", path=MANAGEMENT, channel="chat"))


def test_sent_by_hand_settles_a_text_whatever_its_channels_say() -> None:
    war = opened(MAIL, mail={"__outcome__": "unknown"})
    send(war)
    war.run(until=70)
    war.give(war.human("sent", path=MANAGEMENT, channel="phone"))
    assert state_of(war) == "sent"
    assert war.state.messages[MANAGEMENT].channel == "phone"


def test_the_notice_goes_to_the_public_and_to_those_inside() -> None:
    war = opened(MAIL, CHAT, PAGE)
    assert [one.name for one in channels_for(war.state, NOTICE)] == ["mail", "page"]
    assert [one.name for one in channels_for(war.state, STATUS_PAGE)] == ["page"]


def test_what_is_on_its_way_when_an_incident_closes_still_ends() -> None:
    war = opened(MAIL)
    war.durations["deliver"] = 60.0
    war.give(war.human("resolve", why="over"))
    war.run(until=90)
    send(war, NOTICE)
    war.give(war.human("close", why="over"))
    (asked,) = war.state.outstanding()
    finished = ev.TaskFinished(asked.key, 1, "done", {"delivered": True})
    war.give(Command(f"{asked.id}/finished", "report", war.now, RUNNER, encode(finished)))
    assert (war.state.status, state_of(war, NOTICE)) == ("CLOSED", "sent")


def test_a_message_on_its_way_is_no_agent_to_stop() -> None:
    war = opened(MAIL)
    send(war)
    key = "deliver/management-notification/1/mail"
    assert "is a message on its way" in refusal(war, war.human("stop", key=key))


# --- by the policy --------------------------------------------------------------------------------


def test_nothing_goes_out_by_itself_where_no_channel_says_so() -> None:
    war = opened(MAIL, CHAT, PAGE)
    war.run(until=7000)
    assert state_of(war) == "due"
    assert not war.of(ev.SendRequested)


def test_an_automatic_channel_gets_what_is_due_after_a_countdown_of_a_minute() -> None:
    war = opened(MAIL, CHAT, auto=("chat",))
    war.run(until=1801)
    assert state_of(war) == "due"
    clock = war.state.deadlines["send management-notification"]
    assert (clock.kind, clock.due) == ("trigger", war.state.messages[MANAGEMENT].at + 60)
    war.run(until=1859)
    assert not [one for one in war.of(ev.SendRequested) if one.path == MANAGEMENT]
    war.run(until=1870)
    (asked,) = (one for one in war.of(ev.SendRequested) if one.path == MANAGEMENT)
    assert (asked.channels, asked.by, asked.sha256) == (("chat",), "the policy", "")
    assert state_of(war) == "sent"


def test_a_person_can_hold_it_back() -> None:
    war = opened(CHAT, auto=("chat",))
    war.run(until=1820)
    hold = war.human("hold", deadline="send management-notification", why="not this text")
    assert refusal(war, hold) == ""
    war.run(until=4000)
    assert state_of(war) == "due"
    assert not [one for one in war.of(ev.SendRequested) if one.path == MANAGEMENT]


def test_what_a_person_sends_first_does_not_go_out_again() -> None:
    war = opened(CHAT, auto=("chat",))
    war.run(until=1820)
    send(war)
    war.run(until=4000)
    asked = [one for one in war.of(ev.SendRequested) if one.path == MANAGEMENT]
    assert [one.by for one in asked] == ["a.kim"]
    assert war.state.deadlines["send management-notification"].outcome == "dropped"


def test_the_policy_tries_once_and_then_it_is_a_persons() -> None:
    war = opened(CHAT, auto=("chat",), chat={"delivered": False, "detail": "answered 500"})
    war.run(until=9000)
    asked = [one for one in war.of(ev.SendRequested) if one.path == MANAGEMENT]
    assert len(asked) == 1
    assert state_of(war) == "due"


def test_the_alert_is_a_text_where_a_channel_is_there_for_it() -> None:
    war = opened(("pager", "alert"), auto=("pager",))
    assert state_of(war, ALERT) == "due"
    war.run(until=200)
    assert state_of(war, ALERT) == "sent"
    assert ALERT not in opened(MAIL).state.messages


# --- periodic updates -----------------------------------------------------------------------------


def test_an_update_is_drafted_at_half_of_its_time_and_due_at_its_end() -> None:
    war = opened(MAIL)
    war.run(until=449)
    assert FIRST not in war.state.messages
    assert next_due(war.state) == pytest.approx(T0 + 450)
    war.run(until=451)
    assert state_of(war, FIRST) == "drafted"
    war.run(until=899)
    assert state_of(war, FIRST) == "drafted"
    war.run(until=901)
    assert state_of(war, FIRST) == "due"
    assert war.state.messages[FIRST].why == "an update is promised every 15 min"


def test_one_update_waits_at_a_time_however_long_nobody_sends_it() -> None:
    war = opened(MAIL)
    war.run(until=6000)
    assert [p for p in war.state.messages if p.startswith("communications/update-")] == [FIRST]
    assert len([d for d in war.of(ev.MessageDue) if d.path == FIRST]) == 1


def test_sending_it_resets_the_clock_and_the_next_one_has_the_next_number() -> None:
    war = opened(MAIL)
    war.run(until=700)
    assert send(war, FIRST) == ""
    war.run(until=710)
    at = war.state.messages[FIRST].at
    assert war.state.deadlines["update"].due == at + 900
    war.run(until=at - T0 + 451)
    assert state_of(war, SECOND) == "drafted"


def test_another_text_that_goes_out_resets_the_clock_too_and_the_draft_stays() -> None:
    war = opened(MAIL)
    war.run(until=700)
    send(war)
    war.run(until=1300)
    assert state_of(war, FIRST) == "drafted"


def test_too_soon_is_refused_without_a_reason_and_taken_with_one() -> None:
    war = opened(MAIL)
    war.run(until=920)  # the first is due, and unsent
    send(war, FIRST)
    war.run(until=930)
    at = war.state.messages[FIRST].at
    war.state.messages[SECOND] = Message(SECOND, "drafted", at)
    war.now = at + 100
    why = send(war, SECOND)
    assert "the last update went out 1 min 40 s ago" in why
    assert "say why this one cannot wait" in why
    assert send(war, SECOND, why="the cause is known") == ""
    assert war.of(ev.SendRequested)[-1].why == "the cause is known"


def test_what_was_not_sent_while_it_lasted_is_not_required() -> None:
    war = opened(MAIL)
    war.run(until=700)
    war.give(war.human("resolve", why="over"))
    assert state_of(war, FIRST) == "not_required"


def test_channels_are_news_only_when_they_change() -> None:
    war = opened(MAIL)
    said = [{"name": "mail", "audiences": list(MAIL[1:]), "auto": False}]
    assert not war.give(Command("channels/2", "channels", war.now, RUNNER, {"channels": said}))
    assert war.give(Command("channels/3", "channels", war.now, RUNNER, {"channels": []}))
    assert war.state.channels == ()


def test_an_incident_does_not_close_over_a_text_of_which_nobody_knows_whether_it_arrived() -> None:
    war = opened(MAIL, mail={"__outcome__": "unknown"})
    war.give(war.human("resolve", why="over"))
    war.run(until=400)
    send(war, NOTICE)
    war.run(until=500)
    args = {"path": "post-incident-review.md", "sha256": SHA, "bytes": 10}
    war.give(Command("document/pir", "document", war.now, RUNNER, args))
    war.run(until=4000)
    assert war.state.status == "REVIEWED"
    war.give(war.human("arrived", path=NOTICE, channel="mail"))
    assert war.state.status == "CLOSED"


def test_an_alert_nobody_sent_while_it_lasted_keeps_nothing_open() -> None:
    war = opened(("pager", "alert"))
    war.give(war.human("resolve", why="over"))
    assert state_of(war, ALERT) == "not_required"


def test_a_resolution_stops_agents_and_no_message_on_its_way() -> None:
    war = opened(MAIL)
    war.durations["deliver"] = 60.0
    send(war)
    war.give(war.human("resolve", why="over"))
    key = "deliver/management-notification/1/mail"
    assert key not in {one.key for one in war.of(ev.StopRequested)}
    war.run(until=200)
    assert state_of(war) == "sent"
