"""What a line says without what it says it about: ordered masks, each run once."""

import re

LONGEST = 300
"""Characters of a message that are looked at: what follows is its particulars."""

_UUID = re.compile(r"\b[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}\b")
_TIME = re.compile(r"\b\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d[.,\d]{0,10}(?:Z|[+-]\d\d:?\d\d)?")
_IP = re.compile(r"\b\d{1,3}(?:\.\d{1,3}){3}(?::\d{1,5})?\b")
_HEX = re.compile(r"\b0x[0-9a-fA-F]+\b")
_HASH = re.compile(r"\b(?=[a-f]*\d)[0-9a-f]{7,64}\b")
_TEXT = re.compile(r"\"[^\"]{0,200}\"|'[^']{0,200}'")
_NUMBER = re.compile(r"(?i)(?<![a-z])[-+]?\d+(?:\.\d+)?(?:ms|us|ns|s|m|h|kb|mb|gb|%)?(?![a-z])")
_TAIL = re.compile(r"(?<=[A-Za-z_/-])\d+")
_DIGIT = re.compile(r"\d")

MASKS = (
    (_UUID, "<uuid>"), (_TIME, "<time>"), (_IP, "<ip>"), (_HEX, "<hex>"), (_HASH, "<hex>"),
    (_TEXT, "<text>"), (_NUMBER, "<n>"), (_TAIL, "<n>"),
)  # fmt: skip
"""Patterns in the order in which they are tried, and what stands for what they match."""


def mask(text: str) -> str:
    """What a message says, without what it says it about."""
    text = text[:LONGEST]
    if _DIGIT.search(text) is None and text.count("-") < 4:
        if '"' in text or "'" in text:
            text = _TEXT.sub("<text>", text)
        return " ".join(text.split())
    # each is tried only where something stands without which it cannot match
    if text.count("-") >= 4:
        text = _UUID.sub("<uuid>", text)
    if text.count(":") >= 2 and text.count("-") >= 2:
        text = _TIME.sub("<time>", text)
    if text.count(".") >= 3:
        text = _IP.sub("<ip>", text)
    if "0x" in text:
        text = _HEX.sub("<hex>", text)
    text = _HASH.sub("<hex>", text)
    if '"' in text or "'" in text:
        text = _TEXT.sub("<text>", text)
    return " ".join(_TAIL.sub("<n>", _NUMBER.sub("<n>", text)).split())
