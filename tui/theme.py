"""The themes of the console, by the names people choose them by."""

from textual.theme import BUILTIN_THEMES, Theme

from tui.palettes import ANSI, CONTRAST, DARK, DARK_256, LIGHT, LIGHT_256, Tokens

_NAME = "warroom-{}"
_FEW = "-256"
_PALETTES: dict[str, Tokens] = {
    "dark": DARK,
    "light": LIGHT,
    "contrast": CONTRAST,
    "ansi": ANSI,
    f"dark{_FEW}": DARK_256,
    f"light{_FEW}": LIGHT_256,
}
DARK_NAME, ANSI_NAME = _NAME.format("dark"), _NAME.format("ansi")


def _theme(name: str, tokens: Tokens) -> Theme:
    """Textual's own names point at our tokens, so stock widgets cannot fall out of the look."""
    ansi = tokens is ANSI
    chosen = {"background": "ansi_bright_blue", "foreground": "ansi_black"}
    if not ansi:
        chosen = {"background": tokens["focus-band"], "foreground": tokens["bright"]}
    return Theme(
        name=_NAME.format(name),
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
        dark=not name.startswith("light"),
        ansi=ansi,
        variables={
            **(BUILTIN_THEMES["ansi-dark"].variables if ansi else {}),
            **{f"wr-{token}": colour for token, colour in tokens.items()},
            "wr-veil": "ansi_default" if ansi else f"{tokens['background']} 60%",
            "input-cursor-background": tokens["accent"],
            "input-cursor-foreground": "ansi_black" if ansi else tokens["on-accent"],
            "input-selection-background": chosen["background"],
            "input-selection-foreground": chosen["foreground"],
            "screen-selection-background": chosen["background"],
            "screen-selection-foreground": chosen["foreground"],
        },
    )


THEMES = tuple(_theme(name, tokens) for name, tokens in _PALETTES.items())
"""Register all with `App.register_theme`; each token is then `$wr-<token>` in a stylesheet."""


def theme_name(name: str, few_colours: bool = False) -> str:
    """Textual's name of the theme a person calls `name`, for a terminal with few colours too."""
    own = f"{name}{_FEW}"
    return _NAME.format(own if few_colours and own in _PALETTES else name)


def plain_name(theme: str) -> str:
    """What a person calls one of our themes."""
    return theme.removeprefix(_NAME.format("")).removesuffix(_FEW)


def tokens_of(theme: str) -> Tokens:
    """The tokens of one of our themes; the dark ones for any other name."""
    return _PALETTES.get(theme.removeprefix(_NAME.format("")), DARK)


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
