"""Every pair of colours that carries text keeps the contrast the look promises."""

import pytest
from rich.color import Color, ColorSystem

from tui.glyphs import ASCII, MARKS, severity_chip
from tui.palettes import ANSI, CONTRAST, DARK, DARK_256, LIGHT, LIGHT_256, Tokens
from tui.theme import THEMES, contrast, tokens_of

BOTH = pytest.mark.parametrize("tokens", [DARK, LIGHT], ids=["dark", "light"])
GREYS = ("background", "surface", "panel")
ROLES = [name for name in DARK if name.startswith("role-")]


def test_black_on_white_has_the_contrast_the_standard_names() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21.0)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)


def test_both_themes_have_the_same_tokens() -> None:
    assert DARK.keys() == LIGHT.keys()


@BOTH
def test_body_text_is_far_above_the_floor(tokens: Tokens) -> None:
    assert contrast(tokens["text"], tokens["surface"]) >= 12.79
    assert contrast(tokens["muted"], tokens["surface"]) >= 6.55


@BOTH
@pytest.mark.parametrize("ground", [*GREYS, "wash", "focus-band", "breach-wash"])
def test_words_are_readable_on_every_ground(tokens: Tokens, ground: str) -> None:
    for token in ("text", "bright", "muted", "accent", "breach", "warn", "ok", "p1", "p2", "p3"):
        assert contrast(tokens[token], tokens[ground]) >= 4.5, token


@BOTH
def test_text_on_filled_chips_stands_out(tokens: Tokens) -> None:
    floor = 7.6 if tokens is DARK else 6.6
    for fill in ("p0", "p1", "warn", "breach"):
        assert contrast(tokens["on-sev"], tokens[fill]) >= floor, fill
    assert contrast(tokens["on-accent"], tokens["accent"]) >= floor
    assert contrast(tokens["on-replay"], tokens["replay"]) >= floor


@BOTH
@pytest.mark.parametrize("role", ROLES)
def test_role_codes_are_readable_on_the_greys(tokens: Tokens, role: str) -> None:
    floor = 8.0 if tokens is DARK else 5.3
    assert min(contrast(tokens[role], tokens[grey]) for grey in GREYS) >= floor


GROUNDS = (*GREYS, "wash", "focus-band", "breach-wash")
WORDS = ("text", "bright", "muted", "accent", "breach", "warn", "ok", "p1", "p2", "p3", *ROLES)


def test_high_contrast_has_no_words_below_seven_to_one() -> None:
    for token in WORDS:
        assert min(contrast(CONTRAST[token], CONTRAST[g]) for g in GROUNDS) >= 7.0, token
    for fill in ("p0", "p1", "warn", "breach"):
        assert contrast(CONTRAST["on-sev"], CONTRAST[fill]) >= 10.0, fill
    assert contrast(CONTRAST["line"], CONTRAST["surface"]) >= 4.5, "even lines are seen"


def nearest(colour: str) -> str:
    """What a terminal of 256 colours makes of it."""
    return Color.parse(colour).downgrade(ColorSystem.EIGHT_BIT).get_truecolor().hex


@pytest.mark.parametrize("tokens", [DARK_256, LIGHT_256], ids=["dark", "light"])
def test_with_256_colours_words_stay_readable_and_bands_stay_seen(tokens: Tokens) -> None:
    seen = {token: nearest(colour) for token, colour in tokens.items()}
    for token in WORDS:
        assert min(contrast(seen[token], seen[g]) for g in GROUNDS) >= 4.5, token
    assert len({seen[ground] for ground in GROUNDS}) == len(GROUNDS)


def test_the_terminals_own_colours_are_named_and_grounds_are_left_to_it() -> None:
    assert set(ANSI) == set(DARK)
    assert all(colour.startswith("ansi_") for colour in ANSI.values())
    assert {ANSI[ground] for ground in (*GREYS, "wash", "breach-wash")} == {"ansi_default"}


def test_every_token_is_a_variable_of_its_theme() -> None:
    for theme in THEMES:
        tokens = tokens_of(theme.name)
        assert {f"wr-{token}" for token in tokens} <= theme.variables.keys()
        assert theme.variables["wr-accent"] == tokens["accent"]


def test_glyphs_become_one_ascii_cell_each() -> None:
    for glyph in (*MARKS.values(), *"▌│─━╸…↓►½▁█"):
        replaced = glyph.translate(ASCII)
        assert len(replaced) == 1
        assert replaced.isascii()


def test_the_severity_code_is_always_in_the_chip() -> None:
    for severity in ("P0", "P1", "P2", "P3"):
        assert severity in severity_chip(severity)
        assert severity in severity_chip(severity, narrow=True)
    assert "unknown" in severity_chip("")
