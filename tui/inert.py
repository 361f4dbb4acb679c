"""Text from outside made harmless for a terminal: telemetry and commits may carry control codes.

Also made measurable: what terminals draw at different widths (joined emoji, variation selectors,
flags) is taken apart, so that the cells we count are the cells that are drawn.
"""

import re

from rich.cells import cell_len, set_cell_size

_SEQUENCES = re.compile(
    r"\x1b\[[0-?]*[ -/]*[@-~]"  # CSI: colours, cursor moves
    r"|(?:\x1b[\]PX^_]|[\x90\x98\x9d-\x9f])[^\n]*?"  # OSC, DCS: titles, clipboard, links, queries
    r"(?:\x07|\x1b\\|\x9c|(?=\n)|$)"
    r"|\x1b[ -/]*[0-~]"  # other escapes
    r"|\x9b[0-?]*[ -/]*[@-~]"  # CSI as one C1 byte
)

INVISIBLE = (
    *((0x00, 0x08), (0x0B, 0x1F), (0x7F, 0x9F)),  # C0 and C1, but tab and newline
    *((0xAD, 0xAD), (0x34F, 0x34F), (0x600, 0x605), (0x61C, 0x61C), (0x6DD, 0x6DD)),
    *((0x70F, 0x70F), (0x890, 0x891), (0x8E2, 0x8E2), (0x180B, 0x180F)),
    *((0x200B, 0x200F), (0x2028, 0x202E), (0x2060, 0x206F)),  # zero width, bidi
    *((0x20E3, 0x20E3), (0xFE00, 0xFE0F), (0xFEFF, 0xFEFF), (0xFFF9, 0xFFFB)),
    *((0x110BD, 0x110BD), (0x110CD, 0x110CD), (0x13430, 0x1343F), (0x1BCA0, 0x1BCA3)),
    *((0x1D173, 0x1D17A), (0x1F3FB, 0x1F3FF)),  # musical beams; the tints of emoji
    (0xE0000, 0xE01EF),  # tags, which can hide a whole text; more variation selectors
)
"""Ranges of code points that are dropped: controls, formats, joiners, selectors."""

_SURROGATES = (0xD800, 0xDFFF)
_FLAGS = (0x1F1E6, 0x1F1FF)
_CHANGED = re.compile(
    "[" + "".join(f"\\U{a:08x}-\\U{b:08x}" for a, b in (*INVISIBLE, _SURROGATES, _FLAGS)) + "]"
)


def _harmless(found: re.Match[str]) -> str:
    code = ord(found[0])
    if _SURROGATES[0] <= code <= _SURROGATES[1]:
        return "\ufffd"
    if _FLAGS[0] <= code <= _FLAGS[1]:
        return chr(code - _FLAGS[0] + ord("A"))
    return ""


def inert(text: str) -> str:
    """`text` without escape sequences, control codes, bidi and joiners; newlines and tabs stay."""
    if text.isascii() and text.isprintable():
        return text
    return _CHANGED.sub(_harmless, _SEQUENCES.sub("", text))


def inert_line(text: str) -> str:
    """The same for text that must stay on one row."""
    if text.isascii() and text.isprintable():
        return text
    return inert(text).replace("\n", " ").replace("\t", " ")


def last_written(line: str) -> str:
    """A line made harmless; written over with carriage returns, as progress bars are, its end.

    A leading ellipsis says that something stood there before: nothing disappears unsaid.
    """
    if "\r" not in line:
        return inert(line)
    states = [state for state in map(inert, line.split("\r")) if state.strip()]
    return f"… {states[-1]}" if len(states) > 1 else "".join(states)


def fitted(text: str, width: int) -> str:
    """`text` cut to at most `width` cells, with an ellipsis where something was cut."""
    if width <= 0:
        return ""
    if cell_len(text) <= width:
        return text
    return set_cell_size(text, width - 1).rstrip() + "…"
