"""Nowhere left to write: a full disk, a quota, a limit on the size of a file."""

import re
from collections.abc import Sequence

from orchestrator.evidence.analysis.outside.cause import (
    ENOUGH,
    Cause,
    Line,
    Said,
    Sign,
    began,
    share,
)
from orchestrator.evidence.analysis.outside.families import FULL

ALMOST = 0.95
"""Share in use from which a place counts as full."""

_PERCENT = re.compile(r"\b(\d{1,3}(?:\.\d+)?) ?%")
_OF = re.compile(
    r"(?i)\b(\d+(?:\.\d+)?) ?([kmgt]i?b?|b|bytes)? ?(?:of|/|out of) ?(\d+(?:\.\d+)?) ?"
    r"([kmgt]i?b?|b|bytes)?\b"
)
_SIZE = re.compile(r"(?i)\b(?:size|used|usage)\b[\s:=\"']{1,4}(\d+(?:\.\d+)?)")
_LIMIT = re.compile(r"(?i)\b(?:limit|capacity|quota|max|total)\b[\s:=\"']{1,4}(\d+(?:\.\d+)?)")
_PLACE = re.compile(
    r"(?i)\b(?:full|used|usage|bytes|disks?|volume|file ?system|mount(?:ed)?|quota|inodes?)\b|/"
)
_ELSE = re.compile(r"(?i)\b(?:cache|hits?|cpu|memory|heap|connections?|requests?|errors?)\b")
"""Of what else a percentage may speak."""

_LEFT = re.compile(r"(?i)^\W{0,3}(?:is )?(?:free|available|left)\b")
_POWERS = {"k": 1024.0, "m": 1024.0**2, "g": 1024.0**3, "t": 1024.0**4}


def cause(service: str, primary: Sequence[Said], answers: Sequence[Line]) -> Cause | None:
    """The place that is full, with how full where an answer tells."""
    failing = [one for one in primary if FULL.search(one.text)]
    if not failing:
        return None
    part_of = share(failing, primary)
    count = sum(one.count for one in failing)
    told = [(part, line) for line in answers if (part := used(line.text)) is not None]
    worst = max(told, key=lambda one: one[0], default=None)
    seen = worst is not None and worst[0] >= ALMOST
    signs = [Sign(f"{one.count} new errors say that nothing more can be written", one.place)
             for one in sorted(failing, key=lambda one: -one.count)[:2]]  # fmt: skip
    if worst is not None and seen:
        signs.append(Sign(f"it is {worst[0]:.0%} full: {worst[1].text.strip()[:120]}",
                          worst[1].place))  # fmt: skip
    where = f" ({worst[1].text.strip()[:100]})" if worst is not None and seen else ""
    score = min(1.0, 0.65 * min(1.0, part_of / 0.5) + (0.3 if seen else 0.0))
    return Cause(
        kind="storage",
        part=service,
        score=round(score, 3),
        text=f"the place it writes to is full{where}: {count} new errors say so",
        signs=tuple(signs),
        refuted_by="writes still fail once there is room",
        began_at=began(failing),
        explains=part_of >= ENOUGH,
        independent=seen,
        words=frozenset({"write", "append", "rotate", "retention", "open", "flush"}),
        covers=tuple(one.place for one in failing),
    )


def used(text: str) -> float | None:
    """How full a line says that a place is, 0..1 and beyond; None where it says nothing of one."""
    if _ELSE.search(text):
        return None
    percent = _PERCENT.search(text)
    if percent is not None and _PLACE.search(text):
        part = float(percent.group(1)) / 100
        return 1 - part if _LEFT.search(text[percent.end() :][:12]) else part
    pair = _OF.search(text)
    if pair is not None:
        return _ratio(_bytes(pair.group(1), pair.group(2) or pair.group(4)),
                      _bytes(pair.group(3), pair.group(4) or pair.group(2)))  # fmt: skip
    size, limit = _SIZE.search(text), _LIMIT.search(text)
    if size is not None and limit is not None:
        return _ratio(float(size.group(1)), float(limit.group(1)))
    return None


def _ratio(part: float, whole: float) -> float | None:
    return part / whole if whole > 0 else None


def _bytes(number: str, unit: str | None) -> float:
    return float(number) * _POWERS.get((unit or "b").lower()[:1], 1.0)
