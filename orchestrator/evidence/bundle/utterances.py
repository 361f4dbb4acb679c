"""What lines and spans say, one by one, and gathered so that equal things are counted together.

Bounded however much is said: of too many different things the rarest go, calm ones first.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import islice
from typing import NamedTuple

import re2  # type: ignore[import-untyped]

from orchestrator.evidence.analysis.masking import mask
from orchestrator.evidence.bundle.contents import Notes
from orchestrator.evidence.bundle.read import Json
from orchestrator.evidence.sources import timestamps
from orchestrator.evidence.sources.stamps import Stamps

KEPT = 400
"""Different things said that are kept in the end, and below: lines of each."""

SAMPLES = 50

GROUPS = 10_000
"""Different things that are counted at once."""

FIELDS = 20_000
"""Records held at once, over all groups, beside the first of each."""

_LONG, _MANY = 2_000, 64
"""Characters of a value and number of fields that are held of a record."""

_BAD = re.compile(r"(?i)\b(?:error|warn(?:ing)?|fatal|crit(?:ical)?|panic|alert|emerg)")
_BAD_WORDS = re2.compile(  # twenty times as fast as the standard library's on lines without any
    rb"(?i)error|exception|fail|panic|fatal|timed? ?out|refused|denied|exhaust|unavailable|unknown"
    rb"|missing|not found|invalid|reject|killed|overload|does not exist|deadline|expired"
)


@dataclass(frozen=True, slots=True)
class Utterance:
    """One thing said again and again since the trouble began, and what it rests on."""

    source: str
    """`logs.ndjson`, `traces.ndjson`, `log_patterns.json` or `bundle.json`"""
    service: str
    template: str
    sample: str
    count: int
    first_at: float
    line: int
    """the first of its lines in the source; 0 where it has none"""
    bad: bool
    fields: tuple[Json, ...] = ()
    """the records themselves, some of them"""


class Once(NamedTuple):
    """One line or one span: what it says of itself."""

    source: str
    service: str
    template: str
    sample: str
    at: float
    line: int
    bad: bool
    record: Json

    @property
    def key(self) -> tuple[str, str]:
        return self.service, self.template


def of_lines(records: Iterable[tuple[int, Json]]) -> Iterator[Once]:
    """Log lines that have a time and a message."""
    stamps = Stamps()
    for number, record in records:
        at, text = moment(record.get("timestamp"), stamps), str(record.get("message") or "")
        if at is None or not text:
            continue
        severity = str(record.get("severity") or "")
        bad = bool(_BAD.search(severity) or (not severity and _BAD_WORDS.search(_bytes(text))))
        service = str(record.get("service") or "")[:_LONG]
        yield Once("logs.ndjson", service, mask(text), text[:500], at, number, bad, record)


def of_spans(records: Iterable[tuple[int, Json]]) -> Iterator[Once]:
    """Failed calls, by what they say failed. Attributes count as fields of the span."""
    stamps = Stamps()
    for number, record in records:
        attributes = record.get("attributes")
        flat = {**record, **attributes} if isinstance(attributes, dict) else record
        at = moment(record.get("start"), stamps)
        words = (flat.get(name) for name in ("error", "error.type", "error.message"))
        text = "; ".join(str(word) for word in words if word and not isinstance(word, bool))
        if at is None:
            continue
        bad = bool(text) or str(record.get("status") or "").upper() in ("ERROR", "FAILED")
        said = f"{record.get('name') or ''}: {text}" if text else str(record.get("name") or "")
        service = str(record.get("service") or "")[:_LONG]
        template = f"{'failed' if bad else 'ok'} {mask(said)}"
        yield Once("traces.ndjson", service, template, said[:500], at, number, bad, flat)


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")


def moment(given: object, stamps: Stamps) -> float | None:
    """The time in a field, text by the stream's own format."""
    return stamps.of(given) if isinstance(given, str) else timestamps.value(given)


@dataclass(slots=True)
class _Group:
    first: Once
    count: int = 0
    bad: bool = False
    last: int = 0
    fields: list[Json] = field(default_factory=list)


class Gathered:
    """Equal things counted together, from a stream."""

    def __init__(self, groups: int = GROUPS, fields: int = FIELDS) -> None:
        self._groups: dict[tuple[str, str, str], _Group] = {}
        self._most, self._most_fields = groups, fields
        self._taken = self._held = self.dropped = self.thinned = 0

    def take(self, one: Once) -> None:
        self._taken += 1
        key = (one.source, one.service, one.template)
        group = self._groups.get(key)
        if group is None:
            if len(self._groups) >= self._most:
                self._prune()
            group = self._groups[key] = _Group(one._replace(record={}))
        elif (one.at, one.line) < (group.first.at, group.first.line):
            group.first = one._replace(record={})
        group.count += 1
        group.bad = group.bad or one.bad
        group.last = self._taken
        if not group.fields or (len(group.fields) < SAMPLES and self._held < self._most_fields):
            group.fields.append(_slim(one.record))
            self._held += 1
        elif len(group.fields) < SAMPLES:
            self.thinned += 1

    def utterances(self) -> tuple[Utterance, ...]:
        """Complaints first, then the most said; the rarest are left out where there are many."""
        found = [
            Utterance(g.first.source, g.first.service, g.first.template, g.first.sample, g.count,
                      g.first.at, g.first.line, g.bad, tuple(g.fields))
            for g in self._groups.values()
        ]  # fmt: skip
        found.sort(key=lambda o: (not o.bad, -o.count, o.source, o.service, o.template))
        return tuple(found[:KEPT])

    def say(self, notes: Notes, when: str) -> None:
        """Note what was left out."""
        more = self.dropped + max(0, len(self._groups) - KEPT)
        if more:
            notes.add(f"logs and traces: of all that was said {when}, {more} rarer things "
                      "were left out")  # fmt: skip
        if self.thinned:
            notes.add(f"logs and traces: of what was said {when}, {self.thinned} records were "
                      "counted but their fields not looked at")  # fmt: skip

    def _prune(self) -> None:
        order = sorted(self._groups.items(), key=lambda i: (i[1].bad, i[1].count, i[1].last))
        for key, group in order[: max(1, len(order) // 2)]:
            self._held -= len(group.fields)
            self.dropped += 1
            del self._groups[key]


def _slim(record: Json) -> Json:
    """Plain values, cut; what is nested in a record says nothing that is asked for."""
    return {
        name[:100]: given[:_LONG] if isinstance(given, str) else given
        for name, given in islice(record.items(), _MANY)
        if given is None or isinstance(given, str | int | float)
    }
