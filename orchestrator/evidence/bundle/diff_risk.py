"""How dangerous a change is by itself, from textual hunks in any language. Pure.

It is the twin of `analysis.risk`, which has whole files of Python before and after. A message's
claim (`tidy`, `refactor`) counts nothing: only what the diff does.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from orchestrator.evidence.analysis.risk import is_test
from orchestrator.evidence.bundle.burdens import new_burdens
from orchestrator.evidence.bundle.edits import (
    Edit,
    edit,
    given_back,
    lost_protections,
    operators,
    switches,
)
from orchestrator.evidence.bundle.hunks import Hunk
from orchestrator.evidence.bundle.settings import Setting, settings
from orchestrator.evidence.bundle.versions import LOCK, MANIFEST, WEIGHTS, bumps

TRIFLE, TALK, SAME, UNREAD = 0.01, 0.03, 0.06, 0.06
NEW_CODE, REWRITTEN, GONE, PROTECTION, CONTRACT, FLIP = 0.2, 0.25, 0.4, 0.5, 0.5, 0.45
SCHEMA, QUERY, BURDEN = 0.45, 0.35, 0.35

SECOND = 0.3
"""Share that the second heaviest danger adds."""

_TRIFLES = re.compile(
    r"(?i)\.(md|mdx|rst|adoc|txt|css|scss|less|svg|png|jpe?g|gif|ico|woff2?|snap|golden)$"
    r"|(^|/)(docs?|documentation|testdata|fixtures|__snapshots__)/|(^|/)(LICENSE|CHANGELOG|CODEOWNERS"
    r"|AUTHORS|Makefile|\.[a-z]+ignore|\.editorconfig|\.golangci\.ya?ml|\.pre-commit-config\.ya?ml)"
    r"|(^|/)\.(github|circleci|gitlab|buildkite|vscode)(/|-)|(^|/)(theme|palette|colou?rs)\.\w+$"
)
_TEXTS = re.compile(r"(?i)(^|/)(requirements[^/]*|constraints[^/]*|CMakeLists)\.txt$")
_DECLARED = re.compile(
    r"(?i)\.(proto|avsc|thrift|graphql|ya?ml|json|toml|ini|conf|env|properties|tf)$"
)
_SCHEMA = re.compile(
    r"(?i)\b(alter\s+table|drop\s+(?:table|column|index|view)|rename\s+(?:to|column|table)"
    r"|create\s+(?:unique\s+)?index(?!\s+concurrently)|set\s+not\s+null|truncate\s+table|lock\s+table)"
)
_QUERY = re.compile(
    r"(?i)\bselect\b.+\bfrom\b|\bupdate\b.+\bset\b|\bdelete\s+from\b|\binsert\s+into\b"
)
_ASKS = re.compile(
    r"(?i)[.>](?:exec(?:ute|utemany)?|query\w*|fetch\w*|find\w*|get|post|do|call|invoke|send|publish)\("
)
_LOOP = re.compile(r"^\s*(?:for|while|foreach)\b|\.(?:map|forEach|each)\(")


@dataclass(frozen=True, slots=True)
class Danger:
    """One reason why a change may hurt; `line` is a line of its diff, 0 where none shows it."""

    what: str
    weight: float
    path: str
    line: int = 0
    setting: Setting | None = None
    module: str = ""
    """the dependency that a bump is about"""


@dataclass(frozen=True, slots=True)
class DiffRisk:
    """The whole of it: 0..1, and why, heaviest first."""

    value: float
    dangers: tuple[Danger, ...]


def diff_risk(found: Sequence[Hunk], files: Sequence[str]) -> DiffRisk:
    """The risk of a change made of these hunks; of its files' names alone where there are none."""
    dangers = [danger for hunk in found for danger in _dangers(hunk)]
    if not found:
        weight = TRIFLE if files and all(map(is_trifle, files)) else UNREAD
        dangers = [Danger("its diff is not given", weight, files[0] if files else "")]
    ordered = sorted(dangers, key=lambda d: (-d.weight, d.path, d.line, d.what))
    return DiffRisk(_whole([danger.weight for danger in ordered]), tuple(ordered))


def is_trifle(path: str) -> bool:
    """Whether a file cannot change what runs: tests, documents, styles, build settings."""
    return is_test(path) or bool(_TRIFLES.search(path) and not _TEXTS.search(path))


def _whole(weights: Sequence[float]) -> float:
    if not weights:
        return TRIFLE
    second = weights[1] if len(weights) > 1 else 0.0
    return round(min(0.95, weights[0] + SECOND * second * (1 - weights[0])), 4)


def _dangers(hunk: Hunk) -> Iterator[Danger]:
    path = hunk.path
    if LOCK.search(path) or is_trifle(path):
        yield Danger("tests, documents, styles or build settings only", TRIFLE, path)
        return
    if MANIFEST.search(path):
        yield from _bumped(hunk)
        return
    change = edit(hunk)
    if not change.removed and not change.added:
        if change.spoken:
            yield Danger("only logging, metrics or imports changed", TALK, path, _first(hunk))
        else:
            yield Danger("the code is the same, moved at most", SAME, path)
        return
    yield from _values(hunk, change)
    if change.rearranged:
        yield Danger("the code says what it said, in another shape", SAME, path, _first(hunk))
        return
    yield from _stored(hunk, change)
    yield from _logic(hunk, change)


def _bumped(hunk: Hunk) -> Iterator[Danger]:
    found = list(bumps(hunk))
    if not found and hunk.text:
        yield Danger("what it is built on changed", NEW_CODE, hunk.path, _first(hunk))
    for bump in found:
        moved = f"from {bump.old or 'nothing'} to {bump.new or 'nothing'}"
        what = f"the dependency {bump.module} went {moved} ({bump.size})"
        yield Danger(what, WEIGHTS[bump.size], hunk.path, bump.line, module=bump.module)


def _values(hunk: Hunk, change: Edit) -> Iterator[Danger]:
    for one in settings(hunk):
        way = "leaves less room: it" if one.tighter else "changed: it"
        what = f"{one.name} {way} went from {one.old:g} to {one.new:g}"
        yield Danger(what, round(one.weight, 3), hunk.path, one.line, setting=one)
    for name, value, line in switches(change):
        yield Danger(f"{name} was turned {value}", FLIP, hunk.path, line)
    other = operators(change)
    if other is not None:
        what = f"an operator changed: {other[0]} became {other[1]}"
        yield Danger(what, FLIP, hunk.path, other[2])


def _stored(hunk: Hunk, change: Edit) -> Iterator[Danger]:
    """Names that others rely on, schemas and queries."""
    lost = sorted(change.lost_literals)
    if not lost and _DECLARED.search(hunk.path):
        lost = sorted(word for word in change.lost if not word[0].isdigit())
    if lost:
        gained = sorted(change.gained_literals or change.gained)
        became = f" became {', '.join(gained[:3])}" if gained else " went"
        what = f"a name that others may rely on: {', '.join(lost[:3])}{became}"
        yield Danger(what, CONTRACT, hunk.path, _line_of(change, lost[0]))
    for one in change.added:
        if _SCHEMA.search(one.text):
            yield Danger("the schema of stored data changed", SCHEMA, hunk.path, one.line)
            break
    asked = [one for one in change.added if _QUERY.search(one.text)]
    if asked:
        yield Danger("a query is new or reads differently", QUERY, hunk.path, asked[0].line)
    loops = [one for one in change.added if _LOOP.search(one.text)]
    if loops and any(_ASKS.search(one.text) and one.line >= loops[0].line for one in change.added):
        what = "asks a store or a service once for each round of a loop"
        yield Danger(what, QUERY, hunk.path, loops[0].line)


def _logic(hunk: Hunk, change: Edit) -> Iterator[Danger]:
    for what, line in lost_protections(change):
        yield Danger(f"{what} went", PROTECTION, hunk.path, line)
    for what, line in new_burdens(change):
        yield Danger(f"it {what}", BURDEN, hunk.path, line)
    balance, line = given_back(change)
    if balance < 0:
        yield Danger("gives back less than before", PROTECTION, hunk.path, line)
    if change.only_numbers:
        if not settings(hunk):
            yield Danger("a number in a formula changed", REWRITTEN, hunk.path, _first(hunk))
        return
    if change.removed and not change.gained:
        yield Danger("code went and nothing took its place", GONE, hunk.path, _first(hunk))
    elif change.removed:
        weight = SAME + (REWRITTEN - SAME) * min(1.0, 2 * change.share)
        yield Danger("code was written anew", round(weight, 3), hunk.path, _first(hunk))
    else:
        weight = NEW_CODE * len(change.added) / (len(change.added) + hunk.moved)
        yield Danger("code is new", round(weight, 3), hunk.path, _first(hunk))


def _line_of(change: Edit, word: str) -> int:
    return next((one.line for one in change.removed if word in one.text), 0)


def _first(hunk: Hunk) -> int:
    return min((one.line for one in (*hunk.removed, *hunk.added)), default=0)
