"""Prometheus text: the samples of a page, and selectors such as `name{code=~"5.."}`. Pure."""

import math
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

_NAME = r"[a-zA-Z_:][a-zA-Z0-9_:]*"
_SAMPLE = re.compile(rf"^({_NAME})(?:\{{(.*)\}})?\s+(\S+)(?:\s+-?\d+)?\s*$")
_LABEL = re.compile(r'\s*([a-zA-Z_][a-zA-Z0-9_]*)\s*=\s*"((?:[^"\\]|\\.)*)"\s*(?:,|$)')
_SELECTOR = re.compile(rf"^\s*({_NAME})\s*(?:\{{(.*)\}})?\s*$")
_MATCHER = re.compile(r'\s*([a-zA-Z_][a-zA-Z0-9_]*)\s*(=~|!~|!=|=)\s*"((?:[^"\\]|\\.)*)"\s*(?:,|$)')
_ESCAPES = {"\\\\": "\\", '\\"': '"', "\\n": "\n"}


@dataclass(frozen=True, slots=True)
class PageSample:
    """One line of a metrics page."""

    name: str
    labels: Mapping[str, str]
    value: float


@dataclass(frozen=True, slots=True)
class Matcher:
    """One condition on a label; regular expressions match the whole value, as Prometheus does."""

    label: str
    operator: str
    value: str
    pattern: re.Pattern[str] | None = None

    def holds(self, labels: Mapping[str, str]) -> bool:
        actual = labels.get(self.label, "")
        hit = actual == self.value if self.pattern is None else bool(self.pattern.fullmatch(actual))
        return hit != self.operator.startswith("!")


@dataclass(frozen=True, slots=True)
class Selector:
    """Which samples of a page are meant."""

    name: str
    matchers: tuple[Matcher, ...] = ()

    def with_suffix(self, suffix: str) -> "Selector":
        return Selector(self.name + suffix, self.matchers)

    def of(self, samples: Iterable[PageSample]) -> list[PageSample]:
        return [
            sample
            for sample in samples
            if sample.name == self.name and all(m.holds(sample.labels) for m in self.matchers)
        ]


def selector(text: str) -> Selector:
    """`name{label="v", label=~"regex"}`. ValueError says what is wrong with it."""
    match = _SELECTOR.match(text)
    if match is None:
        raise ValueError(f'{text!r} is no metric selection; write name or name{{label="value"}}')
    matchers: list[Matcher] = []
    rest = match.group(2) or ""
    at = 0
    while rest[at:].strip():
        found = _MATCHER.match(rest, at)
        if found is None:
            raise ValueError(f"{text!r}: cannot read the labels at {rest[at:].strip()!r}")
        label, operator, raw = found.groups()
        value = _unescaped(raw)
        try:
            pattern = re.compile(value) if operator.endswith("~") else None
        except re.error as error:
            raise ValueError(f"{text!r}: {value!r} is no regular expression: {error}") from error
        matchers.append(Matcher(label, operator, value, pattern))
        at = found.end()
    return Selector(match.group(1), tuple(matchers))


def parse(page: str) -> list[PageSample]:
    """The samples of a page in its order; comments and lines that are no sample are left out."""
    samples: list[PageSample] = []
    for line in page.splitlines():
        if not line or line[0] == "#":
            continue
        match = _SAMPLE.match(line)
        if match is None:
            continue
        name, labels, raw = match.groups()
        value = number(raw)
        if value is None:
            continue
        pairs = {key: _unescaped(text) for key, text in _LABEL.findall(labels)} if labels else {}
        samples.append(PageSample(name, pairs, value))
    return samples


def number(raw: str) -> float | None:
    """A Prometheus number (`+Inf` and `NaN` too); None when it is none."""
    try:
        return float(raw)
    except ValueError:
        return None


def total(samples: Iterable[PageSample]) -> float | None:
    """The sum of the samples that are numbers; None when there are none: no data is not zero."""
    values = [sample.value for sample in samples if not math.isnan(sample.value)]
    return sum(values) if values else None


def _unescaped(raw: str) -> str:
    if "\\" not in raw:
        return raw
    return re.sub(r"\\[\\\"n]", lambda found: _ESCAPES[found.group()], raw)
