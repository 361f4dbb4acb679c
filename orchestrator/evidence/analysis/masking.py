"""What a line says without what it says it about: ordered masks, each run once."""

import re

LONGEST = 300
"""Characters of a message that are looked at: what follows is its particulars."""

# (what must stand in a text, how often, for the mask to be tried; the pattern; what stands for it)
MASKS: tuple[tuple[str, int, re.Pattern[str], str], ...] = (
    ("-", 4, re.compile(r"\b[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}\b"), "<uuid>"),
    (":", 2, re.compile(
        r"\b\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d[.,\d]{0,10}(?:Z|[+-]\d\d:?\d\d)?"), "<time>"),
    (".", 3, re.compile(r"\b\d{1,3}(?:\.\d{1,3}){3}(?::\d{1,5})?\b"), "<ip>"),
    ("0x", 1, re.compile(r"\b0x[0-9a-fA-F]+\b"), "<hex>"),
    ("", 0, re.compile(r"\b(?=[a-f]*\d)[0-9a-f]{7,64}\b"), "<hex>"),
    ("", 0, re.compile(r"\"[^\"]{0,200}\"|'[^']{0,200}'"), "<text>"),
    ("", 0, re.compile(
        r"(?i)(?<![a-z])[-+]?\d+(?:\.\d+)?(?:ms|us|ns|s|m|h|kb|mb|gb|%)?(?![a-z])"), "<n>"),
    ("", 0, re.compile(r"(?<=[A-Za-z_/-])\d+"), "<n>"),
)  # fmt: skip


def mask(text: str) -> str:
    """What a message says, without what it says it about."""
    text = text[:LONGEST]
    for needed, times, pattern, name in MASKS:
        if not times or text.count(needed) >= times:
            text = pattern.sub(name, text)
    return " ".join(text.split())
