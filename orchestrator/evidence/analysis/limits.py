"""Numbers given to the same name before and after a change: limits and waiting times. Pure.

In code, in TOML, YAML and properties, and in the words of proxies (`proxy_read_timeout 60s;`); what
only a comment says is no setting.
"""

import math
import re
from dataclasses import dataclass

from orchestrator.evidence.analysis.factor import LIMIT, Factor
from orchestrator.evidence.analysis.names import parts
from orchestrator.evidence.analysis.patch import FilePatch

_SETTING = re.compile(
    r"""([A-Za-z_][\w.-]{0,99})["']?\s*(?::\s*\w{1,99}\s*)?[:=]\s*["']?(\d[\d_]*(?:\.\d+)?)"""
    r"""(ms|us|s|m|min|h|d|k|kb|mb|gb|kib|mib|gib|g|%)?\b""",
    re.IGNORECASE,
)
_DIRECTIVE = re.compile(
    r"^\s*([a-z][a-z_]{0,60}_[a-z_]{1,60})\s+(\d+(?:\.\d+)?)(ms|s|m|h|d|k|g)?\s*;", re.IGNORECASE
)
_COMMENT = re.compile(r"^\s*(?:#|//|;|--)")
_CONFIGURATION = re.compile(r"(?i)\.(toml|ya?ml|ini|cfg|conf|properties|env|json)$")

LIMITS = frozenset(
    {"max", "maximum", "limit", "size", "pool", "capacity", "worker", "workers", "threads", "quota"}
    | {"connections", "buffer", "memory", "cpu", "replicas", "slots", "concurrency", "maxsize"}
)
PATIENCE = frozenset({"timeout", "deadline", "patience"})
"""Waiting times that fail whoever is slower."""

WAITS = PATIENCE | {"ttl", "wait", "interval", "delay", "backoff", "retries"}

_UNITS = {"ms": 0.001, "us": 1e-6, "s": 1.0, "min": 60.0, "h": 3600.0, "d": 86400.0,
          "k": 1024.0, "kb": 1024.0, "kib": 1024.0, "mb": 1024.0**2, "mib": 1024.0**2,
          "g": 1024.0**3, "gb": 1024.0**3, "gib": 1024.0**3}  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Number:
    value: float
    written: str


def changed(patch: FilePatch) -> list[Factor]:
    """Each number that became another one under a name that bounds something."""
    old = {name: one for line in patch.removed for name, one in _numbers(line.text)}
    found: list[Factor] = []
    for line in patch.added:
        for name, now in _numbers(line.text):
            was = old.get(name)
            if was is None or was.value == now.value:
                continue
            factor = _judged(patch.path, line.at, name, was, now)
            if factor is not None:
                found.append(factor)
    return found


def only_talk(patch: FilePatch) -> bool:
    """Whether a change of a configuration touches nothing but comments and empty lines."""
    lines = [*patch.added, *patch.removed]
    if not lines or not _CONFIGURATION.search(patch.path):
        return False
    return all(not line.text.strip() or _COMMENT.match(line.text) for line in lines)


def _numbers(text: str) -> list[tuple[str, _Number]]:
    if _COMMENT.match(text):
        return []
    told = _SETTING.findall(text) or _DIRECTIVE.findall(text)
    return [(name, _number(name, number, unit)) for name, number, unit in told]


def _number(name: str, number: str, unit: str) -> _Number:
    known = unit.lower()
    factor = _UNITS.get(known, 1.0)
    if known == "m":  # minutes of a time, megabytes of a size
        factor = 60.0 if set(parts(name)) & WAITS else 1024.0**2
    return _Number(float(number) * factor, f"{float(number):g}{unit}")


def _judged(path: str, at: int, name: str, was: _Number, now: _Number) -> Factor | None:
    said = set(parts(name))
    ratio = abs(math.log2(max(now.value, 1e-9) / max(was.value, 1e-9)))
    lowered = now.value < was.value
    change = f"from {was.written} to {now.written}"
    if said & PATIENCE and lowered:
        weight = round(min(0.8, 0.05 + 0.22 * ratio), 3)
        return Factor(f"{name} was lowered {change}", weight, path, at, kind=LIMIT)
    if said & LIMITS and not said & WAITS and lowered:
        weight = round(min(0.8, 0.1 + 0.25 * ratio), 3)
        return Factor(f"the limit {name} was lowered {change}", weight, path, at, kind=LIMIT)
    if said & (LIMITS | WAITS):
        weight = round(min(0.5, 0.08 + 0.08 * ratio), 3)
        return Factor(f"{name} changed {change}", weight, path, at)
    return None
