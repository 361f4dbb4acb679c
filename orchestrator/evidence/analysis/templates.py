"""Log lines grouped by what they say, whatever numbers and names they say it about."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from orchestrator.evidence.analysis.masking import mask
from orchestrator.evidence.sources.logs import Record


@dataclass(slots=True)
class Template:
    """One thing that is said again and again, and how often on each side of a moment."""

    key: str
    text: str
    level: str
    before: int = 0
    after: int = 0
    first_line: int = 0
    """its first line after the moment (else its first at all) in the content read"""
    first_at: float | None = None
    error: str = ""
    sample: Record | None = None
    records: list[Record] = field(default_factory=list)
    """a few of them"""


@dataclass(frozen=True, slots=True)
class Change:
    """A template whose rate changed across the moment."""

    template: Template
    kind: str
    """new | vanished | more | less"""
    factor: float


def key_of(record: Record) -> str:
    """Where it was logged, if that is printed, else its masked text; errors also by their type."""
    text = mask(record.message or record.error_text)
    return f"{record.location or text}|{record.error}"


def mine(records: Iterable[Record], moment: float) -> list[Template]:
    """Templates with their counts before and after a moment, the loudest after it first."""
    found: dict[str, Template] = {}
    for record in records:
        key = key_of(record)
        template = found.get(key)
        if template is None:
            text = mask(record.message or record.error_text)
            template = Template(key, text, record.level, error=record.error)
            found[key] = template
        after = record.at is not None and record.at >= moment
        if (after and not template.after) or template.sample is None:
            template.first_line, template.first_at = record.line, record.at
            template.sample = record
        template.after += after
        template.before += not after
        if len(template.records) < 20 and (after or len(template.records) < 5):
            template.records.append(record)
    return sorted(found.values(), key=lambda t: (-t.after, t.key))


def changes(
    templates: Sequence[Template], seconds_before: float, seconds_after: float
) -> list[Change]:
    """What is new, gone, or said at a clearly different rate, the strongest first."""
    found: list[Change] = []
    for template in templates:
        expected = template.before * seconds_after / seconds_before if seconds_before > 0 else 0.0
        factor = (template.after + 0.5) / (expected + 0.5)
        # a Poisson count strays by its square root; four of those are no chance
        surprise = abs(template.after - expected) > 4 * max(1.0, expected) ** 0.5
        if template.before == 0 and template.after > 0:
            found.append(Change(template, "new", factor))
        elif template.after == 0 and expected >= 5:
            found.append(Change(template, "vanished", factor))
        elif surprise and (factor >= 2 or factor <= 0.5):
            found.append(Change(template, "more" if factor > 1 else "less", factor))
    return sorted(found, key=lambda c: (-_weight(c), c.template.key))


def _weight(change: Change) -> float:
    bad = 10.0 if change.template.sample is not None and change.template.sample.bad else 1.0
    return bad * max(change.template.after, change.template.before)
