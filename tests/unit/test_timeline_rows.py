"""What the timeline says of each fact."""

import dataclasses

import pytest

from orchestrator.model import events as ev
from orchestrator.model.events import FLOW, Actor, Event, Payload
from orchestrator.model.timeline import KINDS, MARKS, Row, row
from orchestrator.model.wording import ids
from tests.unit.incident_delivery import delivered_story
from tests.unit.incident_others import control_story, trouble_story
from tests.unit.incident_story import story

KIM = Actor("human", "a.kim")


def line(data: Payload, actor: Actor = FLOW) -> Row:
    found = row(Event(1, "x", 1_763_906_400.0, actor, data))
    assert found is not None
    return found


def test_every_line_of_the_stories_uses_the_marks_and_kinds_of_the_screen() -> None:
    rows = [r for event in story() + trouble_story() + control_story() if (r := row(event))]
    assert {r.mark for r in rows} == set(MARKS)
    assert {r.kind for r in rows} <= set(KINDS)


def test_every_line_is_one_line_of_text_at_the_time_of_its_event() -> None:
    for event in story() + trouble_story():
        found = row(event)
        if found is not None:
            assert found.text
            assert "\n" not in found.text
            assert found.at == event.at


def test_no_line_speaks_in_keys() -> None:
    for event in story() + trouble_story() + control_story():
        found = row(event)
        if found is not None and not isinstance(event.data, ev.CommandRefused):
            assert "@" not in found.text
            assert "#" not in found.text
            assert "_" not in found.text.replace("db_pool", "")


def test_lines_without_a_reason_in_words_fit_a_narrow_column() -> None:
    told = [r.text for event in story() if (r := row(event)) and r.kind != "evidence"]
    own_words = [
        text for text in told if ":" not in text.replace("13:59:22", "") and "," not in text
    ]
    assert len(own_words) > 50
    assert max(map(len, own_words)) <= 34


@pytest.mark.parametrize(
    "data",
    [
        ev.StateHashed(7, "0" * 64),
        ev.DocumentWritten("timeline.md", "0" * 64, 9),
        ev.DeadlinePlanned("resolve", "promise", 0.0, 1.0, 2, "P0"),
        ev.DeadlineDropped("executive", "resolved"),
        ev.RunnerStarted(1, 0.0, "0.1.0"),
    ],
)
def test_facts_that_only_keep_the_record_give_no_line(data: Payload) -> None:
    assert row(Event(1, "x", 0.0, FLOW, data)) is None


def test_a_runner_that_was_away_is_said_so_with_how_long() -> None:
    found = line(ev.RunnerStarted(1, 125.0, "0.1.0"))
    assert (found.mark, found.who) == ("warn", "2 min 5 s")


def test_the_matrix_shows_as_impact_by_urgency() -> None:
    found = line(ev.SeveritySet("P0", "matrix", "HIGH × MEDIUM"))
    assert (found.text, found.who) == ("P0 assigned", "HIGH×MEDIUM")


def test_a_person_who_overrides_the_severity_is_named_with_the_reason() -> None:
    found = line(ev.SeveritySet("P1", "a.kim", "only one customer"), KIM)
    assert (found.mark, found.text, found.who) == ("warn", "P1 set: only one customer", "a.kim")


def test_impact_is_dated_at_its_own_time_of_day_in_utc() -> None:
    found = line(ev.ImpactDated(1_763_906_362.0, "metrics", ("E1",)))
    assert (found.text, found.who) == ("impact began 13:59:22", "E1")
    before = line(ev.ImpactDated(1_763_906_362.0 - 2 * 86400, "a bundle", ("E1",)))
    assert before.text == "impact began 13:59:22, 2 days earlier"


def test_an_escalation_names_its_first_reason_and_who_takes_it() -> None:
    found = line(ev.TierEscalated(2, "j.ortiz", ("code change needed", "no runbook"), "reason"))
    assert (found.text, found.who) == ("tier 2: code change needed", "j.ortiz")


def test_an_escalation_by_the_clock_says_so() -> None:
    assert line(ev.TierEscalated(2, "j.ortiz", (), "time")).text == "tier 2: time is up"


def test_finished_work_counts_the_claims_that_were_dropped() -> None:
    fact = ev.TaskFinished("tier2/analysis", 1, "done", {}, dropped=("a", "b"))
    assert line(fact).text == "tier 2 analysis, 2 claims dropped"


def test_work_that_failed_is_late_with_its_reason() -> None:
    found = line(ev.TaskFinished("rca/5whys@2", 1, "failed", {}, why="no answer"))
    assert (found.mark, found.text, found.who) == ("late", "5 Whys failed: no answer", "IR")


def test_a_broken_promise_is_late_and_a_trigger_only_warns() -> None:
    assert line(ev.DeadlineFired("resolve", 0.0)).mark == "late"
    assert line(ev.DeadlineFired("management", 0.0)).mark == "warn"


def test_a_deadline_nobody_watched_says_how_late_it_was_seen() -> None:
    found = line(ev.DeadlineMissed("engage", 0.0, 90.0))
    assert (found.mark, found.who) == ("late", "+1 min 30 s")


def test_a_decided_regression_is_starred_and_an_innocent_change_is_not() -> None:
    blamed = ev.RegressionJudged(
        "CONFIRMED", "HIGH", 1.0, "SAFE", "HIGH", "ROLLBACK", "IMMEDIATE", "", 0.0, "", "", ("E3",)
    )
    cleared = ev.RegressionJudged(
        "NOT_REGRESSION", "LOW", 0.0, "BLOCKED", "LOW", "", "", "", 0.0, "", "", ()
    )
    assert (line(blamed).mark, line(blamed).text) == ("star", "regression CONFIRMED")
    assert (line(cleared).mark, line(cleared).text) == ("info", "not a regression")
    found = dataclasses.replace(blamed, culprit="badf00d1", bisected=True, suspected="c0ffee12")
    assert line(found).text == "regression CONFIRMED, bisect names badf00d1, not c0ffee12"


@pytest.mark.parametrize(
    ("data", "mark", "text", "who"),
    [
        (
            ev.GuidanceApplied("tight-sla", "rollback first"),
            "info",
            "guidance applied: tight sla: rollback first",
            "guidance",
        ),
        (
            ev.QuestionAnswered("affected_users", "900"),
            "done",
            "affected users answered: 900",
            "a.kim",
        ),
        (
            ev.MessageDrafted("communications/executive-notification.md"),
            "info",
            "executive notification drafted",
            "not sent",
        ),
        (
            ev.MessageRedrafted("communications/status-page-update.md", "root cause LIKELY"),
            "info",
            "status page update drafted anew: root cause LIKELY",
            "not sent",
        ),
        (
            ev.MessageDue("communications/status-page-update.md", "time"),
            "warn",
            "status page update due: time",
            "",
        ),
        (
            ev.MessageSent("communications/resolution-notification.md", "mail", "l.novak"),
            "done",
            "resolution notice sent: mail",
            "l.novak",
        ),
        (
            ev.MessageNotRequired("communications/management-notification.md", "over"),
            "info",
            "management notification not required: over",
            "",
        ),
        (ev.EscalationRequested("tier2", "stuck"), "warn", "escalated to tier 2: stuck", "a.kim"),
        (
            ev.DeadlineHeld("executive", "they know"),
            "warn",
            "held back, executive notification due: they know",
            "a.kim",
        ),
        (
            ev.StepOverridden("root-cause", "skip", "later"),
            "warn",
            "root cause skipped: later",
            "a.kim",
        ),
        (
            ev.StepOverridden("tiers", "repeat", "new"),
            "warn",
            "tiers asked for again: new",
            "a.kim",
        ),
        (ev.EventStarred("tier/2"), "star", "a moment was starred", "a.kim"),
        (
            ev.UndoRequested("mitigation/execute@1"),
            "warn",
            "undo of the last change asked for",
            "a.kim",
        ),
        (
            ev.ExceptionDeclared("major-incident", "two P0", ()),
            "late",
            "MAJOR INCIDENT: two P0",
            "",
        ),
        (ev.DocumentEdited("timeline.md", "0", "1"), "info", "timeline edited", "a.kim"),
    ],
)
def test_what_people_did_and_were_told_has_its_line(
    data: Payload, mark: str, text: str, who: str
) -> None:
    found = line(data, KIM)
    assert (found.mark, found.text, found.who) == (mark, text, who)


def test_hostile_line_breaks_in_a_note_stay_on_the_line() -> None:
    assert line(ev.NoteAdded("first\n\n# second\t third"), KIM).text == "first # second third"


def test_a_fact_of_another_release_is_still_named() -> None:
    assert line(ev.Unknown("weather.changed", {})).text == "weather changed"


@pytest.mark.parametrize(
    ("cited", "shown"),
    [
        ((), ""),
        (("E3",), "E3"),
        (("E7", "E3"), "E3 E7"),
        (("E4", "E5", "E6", "E7", "E8"), "E4-E8"),
        (("E4:10", "E4:20", "E5"), "E4 E5"),
        (("E9", "E10", "E11", "E20"), "E9-E11 E20"),
        (("nonsense", "E1"), "E1"),
    ],
)
def test_evidence_ids_are_sorted_and_runs_joined(cited: tuple[str, ...], shown: str) -> None:
    assert ids(cited) == shown


def test_a_text_on_its_way_has_a_line_for_each_channel_and_none_for_the_work_behind_it() -> None:
    told = [made for event in delivered_story()[-5:] if (made := row(event)) is not None]
    assert [(one.mark, one.text, one.who) for one in told] == [
        ("now", "update 1 goes out to mail, chat, pager", "a.kim"),
        ("done", "update 1 delivered", "mail"),
        ("late", "update 1 not delivered: answered 500", "chat"),
        ("warn", "update 1 may have arrived or not: the runner was cut short", "pager"),
        ("done", "update 1 delivered by pager, as a person saw", "a.kim"),
    ]
    asked = ev.TaskRequested("deliver/update-1/1/mail", 1, "deliver", "x", "x", "deliver", {})
    assert row(Event(1, "x", 0.0, ev.FLOW, asked)) is None
