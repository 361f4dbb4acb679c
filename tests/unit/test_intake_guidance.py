"""Guidance is read for themes by its words: whole words, denials respected, doubt counted."""

import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orchestrator.intake.guidance import EFFECTS, themes


def names(text: str) -> tuple[str, ...]:
    return tuple(theme.name for theme in themes(text))


@pytest.mark.parametrize(
    ("text", "theme", "word"),
    [
        ("this is security-related", "security", "security"),
        ("somebody hacked the login", "security", "hacked"),
        ("leaked credentials on a public page", "security", "leaked credentials"),
        ("everything is very slow", "performance", "slow"),
        ("p95 latency doubled", "performance", "p95"),
        ("GDPR applies here", "compliance", "gdpr"),
        ("revenue is at stake", "revenue", "revenue"),
        ("we lose $4,000 a minute", "revenue", "$4,000"),
        ("customers cannot pay", "revenue", "cannot pay"),
        ("possible data-loss", "data-loss", "data loss"),
        ("rows were deleted", "data-loss", "rows were deleted"),
        ("tight SLA", "tight-sla", "tight sla"),
        ("the SLA is nearly breached", "tight-sla", "sla is nearly breached"),
        ("error budget almost gone", "tight-sla", "error budget almost gone"),
        ("new team on this service", "new-team", "new team"),
        ("our first P0", "new-team", "first p0"),
        ("hourly updates are enough", "updates-hourly", "hourly updates"),
        ("update management every hour", "updates-hourly", "update management every hour"),
        ("updates every 15 minutes", "updates-15-min", "updates every 15 minutes"),
        ("15-min updates", "updates-15-min", "15 min updates"),
    ],
)
def test_a_theme_is_found_by_its_words_and_says_which(text: str, theme: str, word: str) -> None:
    found = {one.name: one for one in themes(text)}
    assert word in found[theme].words
    assert found[theme].effect == EFFECTS[theme]


@pytest.mark.parametrize(
    "text",
    [
        "no data loss",
        "there is no known data loss",
        "without data loss or corruption",
        "data loss: none",
        "data loss is ruled out",
        "not a security issue",
        "this isn't security-related",
        "it doesn't look like a breach",
        "nothing security-related",
        "no revenue impact",
        "performance is fine",
        "not our first P0",
        "the SLA is not at risk",
        "no hourly updates",
        "hourly updates are not enough",
        "at least hourly updates",
    ],
)
def test_what_is_denied_is_no_theme(text: str) -> None:
    assert names(text) == ()


@pytest.mark.parametrize(
    ("text", "theme"),
    [
        ("not sure about data loss", "data-loss"),
        ("data loss cannot be excluded", "data-loss"),
        ("data loss is not ruled out", "data-loss"),
        ("we can't rule out a breach", "security"),
        ("no idea whether data was lost", "data-loss"),
        ("no doubt a security problem", "security"),
        ("not only slow", "performance"),
    ],
)
def test_what_is_only_doubted_counts(text: str, theme: str) -> None:
    assert theme in names(text)


def test_a_denial_ends_with_its_part_of_the_sentence() -> None:
    assert names("no data loss, a security breach is likely") == ("security",)
    assert names("no data loss and revenue is falling") == ("revenue",)
    assert names("Not slow. Data was lost.") == ("data-loss",)
    assert names("no outage but data loss") == ("data-loss",)


@pytest.mark.parametrize(
    "text",
    ["insecurity", "an audition", "classical music", "memory leak", "wholesale", "islands", ""],
)
def test_only_whole_words_count(text: str) -> None:
    assert names(text) == ()


def test_a_breached_sla_is_no_breach_of_security() -> None:
    assert names("SLA breach in 20 minutes") == ("tight-sla",)
    assert names("breach of the SLA") == ("tight-sla",)
    assert names("a breach of customer data") == ("security",)


def test_each_theme_is_told_once_in_a_fixed_order() -> None:
    text = "New team. Revenue falls, revenue matters. Slow, security, slow."
    assert names(text) == ("security", "performance", "revenue", "new-team")
    assert {one.name: one.words for one in themes(text)}["performance"] == ("slow",)


@given(st.text(alphabet=string.printable + "éß’—", max_size=300))
def test_any_text_is_read_without_an_error_and_into_known_themes(text: str) -> None:
    assert set(names(text)) <= set(EFFECTS)


@given(st.sampled_from(["data loss", "security breach", "revenue loss", "gdpr"]), st.integers(1, 3))
def test_a_denied_phrase_never_becomes_a_theme_however_often_it_is_said(
    phrase: str, times: int
) -> None:
    assert names(" ".join([f"There is no {phrase}."] * times)) == ()
