"""The eight questions: checked answers from a file, a form or a terminal, and what they change."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orchestrator.clock import parse_iso
from orchestrator.intake.effects import effects, reported, tight
from orchestrator.intake.guidance import themes
from orchestrator.intake.questions import (
    BY_NAME,
    LIMIT,
    QUESTIONS,
    AnswerError,
    Question,
    answer,
    from_form,
    from_toml,
)
from orchestrator.model.deadlines import due
from orchestrator.model.state import State

NOW = parse_iso("2025-11-23T15:30:00Z")

WHOLE = """\
impact = "outage"
percent = 60
start = "14:00"
changes = ["deployment", "a new certificate"]
security = "no"
business = "revenue"
team = "new"
sla = "12 %, 40 min"
"""


def line(body: str) -> str:
    with pytest.raises(AnswerError) as raised:
        from_toml(body, "answers.toml", NOW)
    assert "\n" not in str(raised.value)
    return str(raised.value)


def test_a_file_may_name_the_questions_or_number_them() -> None:
    named = from_toml(WHOLE, "a", NOW)
    numbered = WHOLE
    for question in QUESTIONS:
        numbered = numbered.replace(f"{question.name} =", f"{question.key} =")
    assert from_toml(numbered, "a", NOW) == named
    assert named == {
        "q1": "complete outage",
        "q2": "60",
        "q3": "2025-11-23T14:00:00.000Z",
        "q4": "deployment, a new certificate",
        "q5": "no",
        "q6": "revenue",
        "q7": "new team or first P0",
        "q8": "12 %, 40 min",
    }


def test_a_form_gives_the_same_answers_as_a_file() -> None:
    form = {
        "q1": "complete outage",
        "q2": "60 %",
        "q3": "14:00",
        "q4": "deployment, a new certificate",
        "q5": "no",
        "q6": "revenue",
        "q7": "new",
        "q8": "12 %, 40 min",
    }
    assert from_form(form, NOW) == from_toml(WHOLE, "a", NOW)


@pytest.mark.parametrize(
    ("body", "says"),
    [
        ("q1 = 'outage'\nq2 = 120", "answers.toml line 2: q2: must be a number from 0 to 100"),
        ("percent = 'many'", "answers.toml line 1: percent: must be a number from 0 to 100"),
        ("percent = true", "answers.toml line 1: percent: must be 0 to 100, not bool"),
        ("q3 = 'soon'", "answers.toml line 1: q3: 'soon' is no time in the past; write 14:00"),
        ("q3 = 2025-11-23", "answers.toml line 1: q3: must be 14:00"),
        ("q3 = 2099-01-01T00:00:00Z", "line 1: q3: '2099-01-01T00:00:00+00:00' is no time in"),
        ("q5 = 'perhaps'", "line 1: q5: must be one of no, security, data-loss, both, unknown"),
        ("q4 = [1, 2]", "answers.toml line 1: q4: must be a list of texts"),
        ("q7 = 3", "answers.toml line 1: q7: must be one of experienced, some, new, not int"),
        ("\nq9 = 'x'", "answers.toml line 2: q9: is no question; there are q1 (impact), q2"),
        ("q2 = 5\npercent = 6", "answers.toml line 2: percent: q2 (percent) is answered twice"),
        ("q2 = ", "answers.toml line 1: "),
        (f"q1 = '{'x' * (LIMIT + 1)}'", f"line 1: q1: is longer than {LIMIT} letters"),
    ],
)
def test_what_is_wrong_with_a_file_is_one_line_with_its_key(body: str, says: str) -> None:
    assert says in line(body)


def test_toml_times_are_times() -> None:
    assert from_toml("q3 = 14:00:00", "a", NOW)["q3"] == "2025-11-23T14:00:00.000Z"
    stamp = from_toml("q3 = 2025-11-23T15:00:00+01:00", "a", NOW)["q3"]
    assert stamp == "2025-11-23T14:00:00.000Z"


def test_every_question_may_be_skipped() -> None:
    assert from_form({question.key: " " for question in QUESTIONS}, NOW) == {}
    nothing = effects({})
    assert (nothing.severity, nothing.themes, nothing.guidance) == ("", (), "")
    assert (nothing.mitigation, nothing.depth) == ("investigation", "standard")


def test_a_choice_is_taken_by_word_answer_or_number() -> None:
    question = BY_NAME["team"]
    same = {answer(question, text, NOW) for text in ("new", "NEW", "3", "new team or first P0")}
    assert same == {"new team or first P0"}
    assert answer(BY_NAME["q4"], "1, deployment", NOW) == "none, deployment"


@pytest.mark.parametrize(
    ("percent", "severity"),
    [("100", "P0"), ("50.1", "P0"), ("50", "P1"), ("10", "P1"), ("9.9", "P2"), ("0", "P2")],
)
def test_the_share_of_users_gives_the_first_severity(percent: str, severity: str) -> None:
    assert effects({"q2": percent}).severity == severity


def test_lost_data_outranks_a_small_share() -> None:
    assert effects({"q2": "1", "q5": "data loss"}).severity == "P0"
    assert effects({"q2": "1", "q5": "no"}).severity == "P2"


@pytest.mark.parametrize(
    ("answers", "theme"),
    [
        ({"q1": "slow responses"}, "performance"),
        ({"q5": "security breach"}, "security"),
        ({"q5": "data loss"}, "data-loss"),
        ({"q6": "revenue"}, "revenue"),
        ({"q6": "compliance, reputation"}, "compliance"),
        ({"q7": "new team or first P0"}, "new-team"),
        ({"q8": "breached"}, "tight-sla"),
        ({"q8": "at risk"}, "tight-sla"),
        ({"q8": "20 % left"}, "tight-sla"),
        ({"q8": "80 %, breach in 30 min"}, "tight-sla"),
        ({"q6": "payments fail"}, "revenue"),
        ({"q6": "customers cannot place orders"}, "revenue"),
        ({"q6": "no orders since noon"}, "revenue"),
        ({"q6": "we lose $4,000 a minute"}, "revenue"),
        ({"q1": "hourly updates, please"}, "updates-hourly"),
    ],
)
def test_an_answer_has_the_effect_of_its_theme(answers: dict[str, str], theme: str) -> None:
    assert effects(answers).themes == (theme,)


@pytest.mark.parametrize(
    "answers",
    [
        {"q1": "complete outage"},
        {"q2": "60"},
        {"q3": "2025-11-23T14:00:00.000Z"},
        {"q4": "none"},
        {"q4": "deployment"},
        {"q5": "no"},
        {"q5": "unknown"},
        {"q6": "none"},
        {"q6": "partners phone us"},
        {"q6": "the support desk is overrun"},
        {"q6": "no revenue impact"},
        {"q6": "payments are not affected"},
        {"q6": "annoying, but no orders lost"},
        {"q7": "experienced"},
        {"q8": "not at risk"},
        {"q8": "80 %, 6 h"},
    ],
)
def test_an_answer_without_a_theme_has_none(answers: dict[str, str]) -> None:
    assert effects(answers).themes == ()


def test_a_tight_sla_prefers_the_rollback_and_a_new_team_writes_more_and_oftener() -> None:
    assert effects({"q8": "at risk"}).mitigation == "rollback"
    new = effects({"q7": "new team or first P0"})
    assert (new.depth, new.update_seconds, new.mitigation) == (
        "comprehensive",
        900.0,
        "investigation",
    )
    calm = effects({"q2": "20", "q7": "experienced"})
    assert (calm.depth, calm.update_seconds, calm.urgency) == ("standard", 1800.0, "MEDIUM")
    assert effects({"q2": "5"}).urgency == "LOW"
    assert effects({"q6": "revenue"}).urgency == "HIGH"


def test_the_pace_of_updates_is_the_one_the_clocks_will_keep() -> None:
    for answers, seconds in (
        ({"q2": "90"}, 900.0),
        ({"q2": "20"}, 1800.0),
        ({"q2": "20", "q7": "new team or first P0"}, 900.0),
        ({"q2": "20", "q8": "at risk"}, 900.0),
        ({"q2": "20", "q6": "revenue"}, 1800.0),
        ({"q2": "5"}, 86400.0),
        ({"q2": "5", "q6": "revenue"}, 3600.0),
        ({"q2": "90", "q8": "fine, hourly updates are enough"}, 3600.0),
    ):
        known = effects(answers)
        assert known.update_seconds == seconds
        state = State(severity=known.severity, status="DETECTED", detected_at=NOW)
        state.themes = dict.fromkeys(known.themes, "")
        update = next(plan for plan in due(state.policy, state) if plan.name == "update")
        assert update.due - update.start == known.update_seconds
    assert effects({"q6": "revenue"}, given="P3").update_seconds is None


def test_an_sla_with_time_left_is_not_tight() -> None:
    assert tight("5 %")
    assert tight("59 minutes")
    assert not tight("26 %, 61 min")
    assert not tight("not at risk")


def test_what_somebody_said_to_go_by_comes_first_and_a_given_severity_stays() -> None:
    report = reported({"q2": "60", "q5": "no"}, guidance="Ask Kim.", severity="P2")
    assert report["severity"] == "P2"
    assert report["guidance"].startswith("Ask Kim. Affected: 60 % of users.")
    assert report["answers"] == {"q2": "60", "q5": "no"}


ANSWERS = st.fixed_dictionaries(
    {},
    optional={
        question.key: st.sampled_from([choice.answer for choice in question.choices])
        if question.choices
        else st.just("60" if question.kind == "percent" else "2025-11-23T14:00:00.000Z")
        for question in QUESTIONS
    },
)


@given(ANSWERS)
def test_the_guidance_text_alone_has_the_same_themes_as_the_answers(
    answers: dict[str, str],
) -> None:
    known = effects(answers)
    assert tuple(theme.name for theme in themes(known.guidance)) == known.themes
    assert ("data-loss" in known.themes) == ("data loss" in answers.get("q5", ""))
    assert ("security" in known.themes) == ("security" in answers.get("q5", ""))


@given(ANSWERS)
def test_kept_answers_are_kept_again_as_they_are(answers: dict[str, str]) -> None:
    assert from_form(answers, NOW) == dict(sorted(answers.items()))


@given(st.sampled_from(QUESTIONS), st.text(max_size=400))
def test_any_typed_text_is_an_answer_or_one_line(question: Question, text: str) -> None:
    said = ""
    try:
        kept = answer(question, text, NOW)
    except AnswerError as error:
        kept, said = "", str(error)
    assert not said or said.startswith(f"{question.name}: ")
    assert len(kept) <= 2 * LIMIT
