"""Dependency bumps: how far each version moved, and which module it was."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from orchestrator.evidence.bundle.hunks import Hunk

MANIFEST = re.compile(
    r"(?i)(^|/)(requirements[^/]*\.(txt|in)|pyproject\.toml|setup\.(py|cfg)|Pipfile|package\.json"
    r"|go\.mod|Cargo\.toml|pom\.xml|build\.gradle(\.kts)?|libs\.versions\.toml|Gemfile|composer\.json"
    r"|Chart\.yaml|Dockerfile[^/]*|[^/]+\.csproj|mix\.exs)$"
)
LOCK = re.compile(
    r"(?i)(^|/)(go\.sum|[^/]*[.-]lock(\.json|\.yaml)?|package-lock\.json|Gemfile\.lock)$"
)
_VERSION = re.compile(r"v?(\d+)\.(\d+)(?:\.(\d+))?[\w.+-]*")
_MODULE = re.compile(r"[A-Za-z@][\w@./:-]*[A-Za-z0-9]")

PATCH, MINOR, MAJOR, OTHER = "patch", "minor", "major", "other"
WEIGHTS = {PATCH: 0.06, MINOR: 0.35, MAJOR: 0.5, OTHER: 0.3}


CONFLICT = re.compile(
    r"(?i)incompatib|version (?:conflict|mismatch|skew)|conflicting version|duplicate regist"
    r"|no ?such ?(?:method|field|symbol)|undefined symbol|unresolved|symbol not found|importerror"
    r"|cannot (?:find|import|load)|module ?not ?found|no module named|classnotfound|noclassdef"
    r"|linkage|\babi\b|deprecat|has no attribute|is not a function|peer dep"
)
"""What errors say when parts that run together were not built for each other."""


@dataclass(frozen=True, slots=True)
class Bump:
    """One dependency that moved from a version to another; `old` is empty when it is new."""

    module: str
    old: str
    new: str
    size: str
    line: int


def bumps(hunk: Hunk) -> Iterator[Bump]:
    """The bumps of a manifest. A zero major promises nothing: its minor counts as a major."""
    old = {module: (version, line) for module, version, line in _versions(hunk, removed=True)}
    for module, version, line in _versions(hunk, removed=False):
        was, _ = old.pop(module, ("", 0))
        yield Bump(module, was, version, _size(was, version), line)
    for module, (version, line) in old.items():
        yield Bump(module, version, "", OTHER, line)


def _versions(hunk: Hunk, removed: bool) -> Iterator[tuple[str, str, int]]:
    for one in hunk.removed if removed else hunk.added:
        version = _VERSION.search(one.text)
        rest = one.text[: version.start()] if version else one.text
        modules = [name for name in _MODULE.findall(rest) if len(name) > 1]
        if version and modules:
            yield max(modules, key=len), version.group(), one.line


def _size(old: str, new: str) -> str:
    was, now = _VERSION.search(old), _VERSION.search(new)
    if was is None or now is None:
        return OTHER
    if was.group(1) != now.group(1):
        return MAJOR
    if was.group(2) != now.group(2):
        return MAJOR if now.group(1) == "0" else MINOR
    return PATCH
