"""One bad record again and again: what fails is always about the same thing, while others pass."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from orchestrator.evidence.bundle.utterances import Utterance

ENOUGH = 5
"""Failures under which repetition may be chance."""

MOST = 0.6
"""Share of the failures that must be about the same record."""

_KEY = (
    r"[a-z_.-]*(?:record|message|event|object|document|order|user|account|customer|tenant|item|row"
    r"|job|file|batch|payload)[_ .-]?(?:id|key|name|no)|[a-z_.]+[_.]id|offset|key|id"
)
_PAIR = re.compile(rf"(?i)\b({_KEY})\s?[=:#]\s?[\"']?([\w./:-]*\d[\w./:-]*)")
_NO_RECORD = re.compile(
    r"(?i)trace|span|request|req|correlation|session|thread|process|pod|node|instance|host|lock|txn|pid"
)


@dataclass(frozen=True, slots=True)
class Repeated:
    """A record that most failures are about."""

    key: str
    value: str
    share: float
    failures: int
    said: tuple[Utterance, ...]


def repeated(bad: Sequence[Utterance], before: Sequence[Utterance]) -> Iterator[Repeated]:
    """The record that stands out most; none where normal work was about it as well."""
    usual = {pair for one in before for record in one.fields for pair in _pairs(record, one)}
    counts: Counter[tuple[str, str]] = Counter()
    about: dict[tuple[str, str], list[Utterance]] = {}
    failures = 0
    for one in bad:
        held = [set(_pairs(record, one)) for record in one.fields]
        scale = one.count / max(1, len(held))
        keyed = [pairs for pairs in held if pairs]
        failures += round(scale * len(keyed))
        for pair in {pair for pairs in keyed for pair in pairs}:
            counts[pair] += round(scale * sum(pair in pairs for pairs in keyed))
            about.setdefault(pair, []).append(one)
    best = max(counts, key=lambda pair: (pair not in usual, counts[pair], pair), default=None)
    if best is None or best in usual or failures < ENOUGH or counts[best] < MOST * failures:
        return
    total = max(failures, sum(one.count for one in bad if one.service == about[best][0].service))
    yield Repeated(*best, counts[best] / total, failures, tuple(about[best]))


def _pairs(record: dict[str, object], one: Utterance) -> Iterator[tuple[str, str]]:
    text = str(record.get("message") or one.sample)
    for key, value in _PAIR.findall(text):
        if not _NO_RECORD.search(key):
            yield key.lower(), value.rstrip(".,;:")
    for key, given in record.items():
        if re.fullmatch(_KEY, key, re.IGNORECASE) and not _NO_RECORD.search(key):
            yield key.lower(), str(given)
