"""Text from outside made harmless for a terminal: telemetry and commits may carry control codes."""

import re

from rich.cells import cell_len, set_cell_size

_SEQUENCES = re.compile(
    r"\x1b\[[0-?]*[ -/]*[@-~]"  # CSI: colours, cursor moves
    r"|\x1b[\]PX^_].*?(?:\x07|\x1b\\|\x9c|$)"  # OSC, DCS and the like: titles, clipboard, queries
    r"|\x1b[ -/]*[0-~]"  # other escapes
    r"|\x9b[0-?]*[ -/]*[@-~]",  # CSI as one C1 byte
    re.DOTALL,
)
_CONTROLS = dict.fromkeys((*range(0x20), *range(0x7F, 0xA0)))
_CONTROLS.update(dict.fromkeys((*range(0x202A, 0x202F), *range(0x2066, 0x206A), 0x200E, 0x200F)))
_CONTROLS.update(dict.fromkeys((0x200B, 0xFEFF, 0x2028, 0x2029)))
_LINE_CONTROLS = {**_CONTROLS, 0x0A: 0x20, 0x0D: None, 0x09: 0x20}
del _CONTROLS[0x0A], _CONTROLS[0x09]


def inert(text: str) -> str:
    """`text` without escape sequences, control codes and bidi overrides; newlines and tabs stay."""
    if text.isprintable():
        return text
    return _SEQUENCES.sub("", text).translate(_CONTROLS)


def inert_line(text: str) -> str:
    """The same for text that must stay on one row."""
    if text.isprintable():
        return text
    return _SEQUENCES.sub("", text).translate(_LINE_CONTROLS)


def fitted(text: str, width: int) -> str:
    """`text` cut to at most `width` cells, with an ellipsis where something was cut."""
    if width <= 0:
        return ""
    if cell_len(text) <= width:
        return text
    return set_cell_size(text, width - 1).rstrip() + "…"
