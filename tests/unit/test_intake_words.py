"""Plain words become a report: what they say is understood, what they do not say stays empty."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orchestrator.clock import iso, parse_iso
from orchestrator.intake.guidance import themes, union
from orchestrator.intake.moments import moment
from orchestrator.intake.words import TITLE_LIMIT, is_sentence, understood

NOW = parse_iso("2025-11-23T15:30:00Z")
SERVICES = ("orders", "payments", "orders-api", "search")


def since(text: str) -> str:
    at = understood(text, SERVICES, NOW).since
    return iso(at)[:16] if at is not None else ""


def test_the_sentence_of_the_manual() -> None:
    said = understood("payments down since 14:00, P0", SERVICES, NOW)
    assert (said.title, said.severity, said.service) == ("payments down", "P0", "payments")
    assert said.since == parse_iso("2025-11-23T14:00:00Z")
    assert (said.guidance, said.incident) == ("", "")


@pytest.mark.parametrize(
    ("text", "when"),
    [
        ("down since 14:00", "2025-11-23T14:00"),
        ("down since 16:00", "2025-11-22T16:00"),
        ("down since 14:00 UTC", "2025-11-23T14:00"),
        ("down since 2pm", "2025-11-23T14:00"),
        ("down since noon", "2025-11-23T12:00"),
        ("down since yesterday 23:10", "2025-11-22T23:10"),
        ("down since 23:10 yesterday", "2025-11-22T23:10"),
        ("down since 2025-11-23T13:05Z", "2025-11-23T13:05"),
        ("down since 2025-11-23 14:05+01:00", "2025-11-23T13:05"),
        ("down for 20 minutes", "2025-11-23T15:10"),
        ("down for about an hour", "2025-11-23T14:30"),
        ("down half an hour ago", "2025-11-23T15:00"),
        ("it began 3h ago", "2025-11-23T12:30"),
        ("down since the release", ""),
        ("down since 2099-01-01T00:00Z", ""),
        ("down for a long time", ""),
        ("down from 10 regions", ""),
    ],
)
def test_when_it_began(text: str, when: str) -> None:
    assert since(text) == when


@pytest.mark.parametrize(
    ("text", "severity"),
    [
        ("payments down P0", "P0"),
        ("payments down, sev2", "P1"),
        ("payments down SEV-3", "P2"),
        ("p95 of payments is high", ""),
        ("payments down P7", ""),
        ("payments down", ""),
    ],
)
def test_a_severity_is_taken_only_where_one_is_said(text: str, severity: str) -> None:
    assert understood(text, SERVICES, NOW).severity == severity


@pytest.mark.parametrize(
    ("text", "title"),
    [
        ("handle incident: checkout is broken, SEV2", "checkout is broken"),
        ("production issue: checkout is broken", "checkout is broken"),
        ("production issue in checkout", "production issue in checkout"),
        ("emergency response: checkout is broken", "checkout is broken"),
        ("P0 incident", "P0 incident"),
        ("service down", "service down"),
        ("handle incident INC-42 payments failing", "payments failing"),
        ("payments down (since 14:00), P0", "payments down"),
    ],
)
def test_the_title_is_what_is_wrong(text: str, title: str) -> None:
    assert understood(text, SERVICES, NOW).title == title


def test_the_longest_name_that_fits_is_the_service_and_the_others_are_said() -> None:
    said = understood("orders-api fails because payment is down", SERVICES, NOW)
    assert (said.service, said.also) == ("orders-api", ("payments",))
    assert understood("borders fail", SERVICES, NOW).service == ""


def test_an_id_in_the_words_is_the_incident() -> None:
    assert understood("handle incident inc-42: payments fail", (), NOW).incident == "INC-42"


def test_words_with_a_theme_are_guidance_as_well() -> None:
    text = "payments down. No data loss. Revenue at stake"
    assert understood(text, SERVICES, NOW).guidance == text
    assert understood("payments down. Ask Kim first", SERVICES, NOW).guidance == "Ask Kim first"


def test_a_quoted_sentence_or_a_trigger_is_a_report_and_a_mistyped_verb_is_not() -> None:
    assert is_sentence(["payments down since 14:00, P0"])
    assert is_sentence(["system", "outage", "in", "payments"])
    assert not is_sentence(["frobnicate"])
    assert not is_sentence(["aprove", "INC-42", "P1"])
    assert not is_sentence([])


@given(st.text(max_size=400))
def test_any_words_give_a_title_that_fits_and_a_start_in_the_past(text: str) -> None:
    said = understood(text, SERVICES, NOW)
    assert len(said.title) <= TITLE_LIMIT
    assert bool(said.title) == bool(" ".join(text.split()))
    assert said.since is None or said.since <= NOW


@given(st.integers(0, 23), st.integers(0, 59), st.floats(0, 4e9))
def test_a_time_of_day_is_its_last_occurrence(hour: int, minute: int, now: float) -> None:
    at = moment(f"{hour:02d}:{minute:02d}", now)
    assert at is not None
    assert now - 86400 < at <= now
    assert at % 86400 == hour * 3600 + minute * 60


def test_the_themes_of_the_words_and_of_the_guidance_beside_them_are_understood_with_them() -> None:
    said = understood("payments slow, no data loss", SERVICES, NOW, "SLA at risk. slow as ever")
    assert [theme.name for theme in said.themes] == ["performance", "tight-sla"]
    assert said.themes == union(themes("payments slow"), themes("SLA at risk. slow as ever"))
    assert (said.by, said.why, said.reader) == ("parser", "", "parser")
    assert understood("payments down", SERVICES, NOW).themes == ()


def test_no_reader_takes_away_what_another_saw() -> None:
    one, other = themes("hackers. it is slow"), themes("attack! hackers! money is lost")
    both = union(one, other)
    assert [theme.name for theme in both] == ["security", "performance", "revenue"]
    assert both[0].words == ("hackers", "attack")
    assert union(one, ()) == one
    assert union((), other) == other
