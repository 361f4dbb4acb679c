"""Marks as glyphs, and what stands for them on a terminal that has only ASCII."""

MARKS: dict[str, str] = {
    "open": "○",
    "now": "●",
    "done": "✓",
    "info": "·",
    "half": "•",
    "wait": "■",
    "warn": "▲",
    "late": "×",
    "star": "★",
    "none": "–",
}
"""The word for a state → its one-cell glyph. Timeline rows and steps use these words."""

TONES: dict[str, str] = {
    "open": "muted",
    "now": "accent",
    "done": "muted",
    "info": "muted",
    "half": "muted",
    "wait": "accent",
    "warn": "warn",
    "late": "breach",
    "star": "accent",
    "none": "muted",
}
"""The word for a state → the colour token of its glyph."""

PULSE = "·•●•"
"""What a working agent's one cell goes through, two frames a second."""

CARET = "▌"
SPARKS = "▁▂▃▄▅▆▇█"

SEVERITY: dict[str, str] = {
    "P0": " P0 CRITICAL ",
    "P1": " P1 HIGH ",
    "P2": "P2",
    "P3": "P3",
    "": "severity unknown",
}
"""Text of the severity chip; P0 and P1 are filled and carry their own padding."""

ASCII = str.maketrans(
    {
        "✓": "+",
        "·": ".",
        "●": "*",
        "★": "*",
        "○": "o",
        "•": ":",
        "▲": "!",
        "■": "#",
        "×": "x",
        "–": "-",
        "↓": "v",
        "↑": "^",
        "←": "<",
        "→": ">",
        "►": ">",
        "▌": "_",
        "│": "|",
        "─": "-",
        "━": "=",
        "╸": "-",
        "…": "~",
        "½": "h",
        "▁": "_",
        "▂": ".",
        "▃": ".",
        "▄": "-",
        "▅": "-",
        "▆": "=",
        "▇": "=",
        "█": "#",
        "┌": "+",
        "┐": "+",
        "└": "+",
        "┘": "+",
        "├": "+",
        "┤": "+",
        "┬": "+",
        "┴": "+",
        "┼": "+",
        "▊": "|",
        "▎": "|",
        "▔": "-",
        "▪": "-",
        "‣": ">",
        "⭑": "*",
        "◦": "o",
        "’": "'",
        "‘": "'",
        "“": '"',
        "”": '"',
        "—": "-",
    }
)
"""One cell for one cell, so that nothing moves when glyphs are replaced."""


def mark(word: str, fallback: str = "·") -> str:
    """The glyph of a mark's word."""
    return MARKS.get(word, fallback)


def severity_chip(severity: str, narrow: bool = False) -> str:
    """What the header shows for a severity; the bare code where room is short."""
    if narrow and severity:
        return f" {severity} " if severity in ("P0", "P1") else severity
    return SEVERITY.get(severity, severity)


CODES = {"devops-engineer": "DO"}
"""Roles whose code is not their initials."""


def role_code(role: str) -> str:
    """The two letters of a role."""
    return CODES.get(role) or "".join(word[:1] for word in role.split("-")).upper()[:2]
