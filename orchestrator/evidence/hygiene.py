"""Text from outside, made safe to show: nothing in it moves a cursor, hides or reorders letters."""

import re

_ANSI = re.compile(
    r"\x1b\[[0-?]{0,64}[ -/]{0,8}[@-~]"  # CSI: colours, cursor
    r"|\x1b\][^\x07\x1b\n]{0,4096}(?:\x07|\x1b\\)"  # OSC: titles, links, clipboard
    r"|\x1b[PX^_][^\x1b\n]{0,4096}\x1b\\"  # DCS, SOS, PM, APC
    r"|\x1b[ -/]{0,8}[0-~]"
    r"|\x9b[0-?]{0,64}[ -/]{0,8}[@-~]"
)
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")
_INVISIBLE = re.compile(
    "[\u00ad\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\U000e0000-\U000e007f]"
)
_SEPARATORS = re.compile("[\u2028\u2029]")


def clean(text: str) -> str:
    """`text` without control, ANSI, bidirectional and zero-width characters; lines end in `\\n`."""
    if text.isprintable():
        return text
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    if _plain(text):
        return text
    return "\n".join(line if _plain(line) else _stripped(line) for line in text.split("\n"))


def _plain(text: str) -> bool:
    """Nothing to take out: by far the fastest question that settles nearly every line."""
    return text.replace("\n", " ").replace("\t", " ").isprintable()


def _stripped(line: str) -> str:
    line = _CONTROL.sub("", _ANSI.sub("", line))
    line = _SEPARATORS.sub(" ", _INVISIBLE.sub("", line))
    # a lone surrogate cannot be written as UTF-8
    return line.encode("utf-8", "replace").decode("utf-8")
