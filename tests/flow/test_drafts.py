"""Unsent texts are drafted anew once for each change that matters, and sent ones never."""

from orchestrator.model import events as ev
from orchestrator.model.events import FLOW, Event
from orchestrator.model.fold import fold_all
from orchestrator.model.records import Task
from orchestrator.model.state import State
from tests.flow.simulate import FAILED, War

MANAGEMENT = "communications/management-notification.md"
EXECUTIVE = "communications/executive-notification.md"
PAGE = "communications/status-page-update.md"


def waiting(**durations: float) -> War:
    """A P0 in which nothing is approved or sent by itself, one minute old."""
    war = War(approves=False, durations={"mitigation/watch": 1800.0, **durations})
    war.open()
    war.run(until=60)
    return war


def redrafts(war: War, path: str = MANAGEMENT) -> list[str]:
    return [said.why for said in war.of(ev.MessageRedrafted) if said.path == path]


def asked(war: War, key: str = "notify/management") -> list[str]:
    return [
        f"{task.key}#{task.attempt}"
        for task in war.of(ev.TaskRequested)
        if task.key.split("@")[0] == key
    ]


def set_severity(war: War, severity: str) -> None:
    war.give(war.human("severity", severity=severity, why="seen"))


def test_a_cause_that_becomes_known_redrafts_every_unsent_text_once_under_a_new_id() -> None:
    war = waiting(**{"tier2/analysis": 100.0})
    assert redrafts(war) == []
    war.run(until=600)
    for path in (MANAGEMENT, EXECUTIVE, PAGE):
        assert redrafts(war, path) == ["root cause LIKELY"]
    assert asked(war) == ["notify/management#1", "notify/management@2#1"]
    assert war.state.messages[MANAGEMENT].state == "drafted"


def test_a_new_draft_says_when_it_was_written() -> None:
    war = waiting()
    first = war.state.messages[MANAGEMENT].at
    set_severity(war, "P1")
    war.run(until=90)
    assert redrafts(war)[-1] == "severity P1, was P0"
    assert war.state.messages[MANAGEMENT].at > first


def test_a_mitigation_that_runs_redrafts_the_texts() -> None:
    war = waiting(**{"mitigation/validate": 300.0})
    approval = war.state.approvals["rollback@1"]
    war.give(war.human("approve", approval=approval.approval, sha256=approval.sha256))
    war.run(until=120)
    assert war.state.status == "MITIGATING"
    assert redrafts(war)[-1] == "a mitigation is running"


def test_changes_that_come_at_once_or_while_a_draft_is_written_make_one_redraft() -> None:
    war = waiting(**{"notify/management": 60.0})
    war.run(until=200)
    before = len(asked(war))
    set_severity(war, "P1")
    set_severity(war, "P0")
    set_severity(war, "P1")
    war.run(until=210)
    assert asked(war)[before:] == ["notify/management@3#1"]
    war.answers["mitigation/validate"] = FAILED
    approval = war.state.approvals["rollback@1"]
    war.give(war.human("approve", approval=approval.approval, sha256=approval.sha256))
    war.run(until=400)
    assert war.state.stopped
    assert redrafts(war)[-3:] == [
        "severity P1, was P0",
        "a mitigation is running",
        "severity P0, was P1, the line is stopped",
    ]


def test_what_changes_nothing_of_the_texts_redrafts_nothing() -> None:
    war = waiting()
    war.run(until=600)
    before = len(asked(war))
    war.give(war.human("note", text="looked again"))
    war.give(war.human("assign", role="commander", person="j.ortiz"))
    set_severity(war, "P0")
    war.run(until=1200)
    assert len(asked(war)) == before


def test_a_sent_text_is_never_drafted_anew() -> None:
    war = waiting()
    war.run(until=300)
    war.give(war.human("sent", path=MANAGEMENT, channel="mail"))
    before = len(asked(war))
    set_severity(war, "P1")
    war.run(until=400)
    assert len(asked(war)) == before
    assert war.state.messages[MANAGEMENT].state == "sent"
    assert redrafts(war, PAGE)[-1] == "severity P1, was P0"


def test_a_text_that_is_due_stays_due_while_it_is_drafted_anew() -> None:
    war = waiting()
    war.run(until=1801)
    due = war.state.messages[MANAGEMENT]
    assert due.state == "due"
    war.give(war.human("resolve", why="restarted by hand"))
    war.run(until=1900)
    assert redrafts(war)[-2:] == ["it is resolved", "root cause CONFIRMED"]
    assert war.state.messages[MANAGEMENT] == due


def test_at_resolution_what_never_fell_due_is_settled_and_not_drafted_anew() -> None:
    war = waiting()
    war.run(until=600)
    before = len(asked(war))
    war.give(war.human("resolve", why="restarted by hand"))
    war.run(until=700)
    assert war.state.messages[MANAGEMENT].state == "not_required"
    assert len(asked(war)) == before


def test_a_redraft_that_fails_is_tried_once_more_and_then_left() -> None:
    war = waiting()
    war.run(until=300)

    def fails(task: Task, state: State) -> dict[str, object]:
        return {"__outcome__": "failed"}

    war.answers["notify/management"] = fails
    set_severity(war, "P1")
    war.run(until=900)
    number = max(int(name.partition("@")[2].partition("#")[0] or 1) for name in asked(war))
    assert asked(war)[-2:] == [f"notify/management@{number}#{n}" for n in (1, 2)]
    assert "severity P1, was P0" not in redrafts(war)


def test_a_person_who_repeats_the_step_gets_a_new_draft_under_the_next_number() -> None:
    war = waiting()
    war.run(until=300)
    before = len(asked(war))
    war.give(war.human("step", step="notify", what="repeat", why="too vague"))
    war.run(until=400)
    assert len(asked(war)) == before + 1
    assert redrafts(war)[-1] == "asked for again"
    assert len(set(asked(war))) == len(asked(war))


def test_a_crash_between_change_and_redraft_asks_for_nothing_twice() -> None:
    war = waiting()
    war.run(until=300)
    set_severity(war, "P1")
    war.crash(down=30.0, torn=1)
    war.run(until=600)
    assert redrafts(war).count("severity P1, was P0") == 1
    assert len(set(asked(war))) == len(asked(war))


def test_a_draft_of_an_earlier_release_that_does_not_say_what_it_was_written_under_is_left() -> (
    None
):
    war = waiting()
    key = "notify/management"
    plain = ev.TaskRequested(
        key, 1, "agent", "project-manager", "management notification", "notify", {}
    )
    war.journal = [
        Event(e.seq, e.id, e.at, FLOW, plain)
        if isinstance(e.data, ev.TaskRequested) and e.data.key == key
        else e
        for e in war.journal
        if not e.id.startswith(f"{key}@") and "/redrafted/" not in e.id
    ]
    war.state = fold_all(State(), war.journal)
    set_severity(war, "P1")
    war.run(until=300)
    assert asked(war) == [f"{key}#1"]
