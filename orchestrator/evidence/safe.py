"""Anything from outside, made fit to be kept and shown: without secrets, without control."""

import math
from typing import Any

from orchestrator.evidence.hygiene import clean
from orchestrator.evidence.redaction import redact

LONGEST_REASON = 500
"""Characters of a reason in the journal: enough for people, and no room for whoever wrote it."""


def safe_text(text: str) -> str:
    """`text` clean and without secrets."""
    return redact(clean(text))[0]


def safe_reason(text: str) -> str:
    """Why something happened, as one clipped line: it may repeat words from outside."""
    line = " ".join(safe_text(text).split())
    return line if len(line) <= LONGEST_REASON else f"{line[: LONGEST_REASON - 2]} …"


def safe(value: Any) -> Any:
    """Every string in a JSON value made safe; a name may give its value away as a secret."""
    if isinstance(value, str):
        return safe_text(value)
    if isinstance(value, dict):
        return {clean(str(name)): _named(clean(str(name)), item) for name, item in value.items()}
    if isinstance(value, list | tuple):
        return [safe(item) for item in value]
    if isinstance(value, float) and not math.isfinite(value):
        return str(value)  # a journal is JSON, which has no such number
    return value


def _named(name: str, value: Any) -> Any:
    if not isinstance(value, str):
        return safe(value)
    text = redact(f"{name}={clean(value)}")[0]
    return text[len(name) + 1 :] if text.startswith(f"{name}=") else safe(value)
