"""The colours of the console: every token of the look, dark and light, and nothing but these.

Blue is you; amber and red are time or danger; teal is a check that passed; all else is grey.
"""

from textual.theme import Theme

Tokens = dict[str, str]

DARK: Tokens = {
    "background": "#0d1014",
    "surface": "#14181d",
    "panel": "#1e242b",
    "wash": "#182633",
    "focus-band": "#1f3346",
    "breach-wash": "#2b1618",
    "line": "#2c343d",
    "track": "#3a4450",
    "bar": "#6c7886",
    "text": "#d6dbe1",
    "bright": "#f3f5f7",
    "muted": "#949eaa",
    "accent": "#7fb8f0",
    "on-accent": "#08131d",
    "p0": "#ff7782",
    "breach": "#ff7782",
    "p1": "#f79a55",
    "p2": "#dcc15a",
    "p3": "#949eaa",
    "on-sev": "#17090a",
    "ok": "#5fc9b4",
    "warn": "#f0b746",
    "replay": "#c3a6f2",
    "on-replay": "#150b22",
    "role-ir": "#eaa7c0",
    "role-re": "#88d0b0",
    "role-co": "#86c7ed",
    "role-ad": "#bcb5f1",
    "role-pm": "#daabdc",
    "role-do": "#77cfd3",
    "role-ra": "#b1c88b",
    "role-sg": "#a0bef5",
}

LIGHT: Tokens = {
    "background": "#e4e8ec",
    "surface": "#fafbfc",
    "panel": "#d9dfe5",
    "wash": "#dbe9f8",
    "focus-band": "#c3daf2",
    "breach-wash": "#fbe4e3",
    "line": "#bcc5ce",
    "track": "#b4bdc7",
    "bar": "#7b8794",
    "text": "#1d242c",
    "bright": "#05080b",
    "muted": "#505b67",
    "accent": "#0a58a6",
    "on-accent": "#ffffff",
    "p0": "#a8103c",
    "breach": "#a8103c",
    "p1": "#9a4300",
    "p2": "#6f5600",
    "p3": "#505b67",
    "on-sev": "#ffffff",
    "ok": "#006064",
    "warn": "#7a5400",
    "replay": "#6a3cb0",
    "on-replay": "#ffffff",
    "role-ir": "#7c3855",
    "role-re": "#006344",
    "role-co": "#005a81",
    "role-ad": "#524785",
    "role-pm": "#6e3d71",
    "role-do": "#006268",
    "role-ra": "#465c12",
    "role-sg": "#335189",
}

DARK_NAME, LIGHT_NAME = "warroom-dark", "warroom-light"


def _theme(name: str, tokens: Tokens, dark: bool) -> Theme:
    """Textual's own names point at our tokens, so stock widgets cannot fall out of the look."""
    return Theme(
        name=name,
        primary=tokens["accent"],
        secondary=tokens["muted"],
        accent=tokens["accent"],
        warning=tokens["warn"],
        error=tokens["breach"],
        success=tokens["ok"],
        foreground=tokens["text"],
        background=tokens["background"],
        surface=tokens["surface"],
        panel=tokens["panel"],
        dark=dark,
        variables={
            **{f"wr-{token}": colour for token, colour in tokens.items()},
            "input-cursor-background": tokens["accent"],
            "input-cursor-foreground": tokens["on-accent"],
            "input-selection-background": tokens["focus-band"],
            "screen-selection-background": tokens["focus-band"],
        },
    )


THEMES = (_theme(DARK_NAME, DARK, True), _theme(LIGHT_NAME, LIGHT, False))
"""Register both with `App.register_theme`; each token is then `$wr-<token>` in a stylesheet."""


def tokens_of(theme: str) -> Tokens:
    """The tokens of one of our themes; the dark ones for any other name."""
    return LIGHT if theme == LIGHT_NAME else DARK


def luminance(colour: str) -> float:
    """Relative luminance of `#rrggbb` as WCAG 2 defines it."""
    channels = (int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5))
    red, green, blue = (
        c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    """WCAG 2 contrast of two colours, 1..21."""
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)
