"""How dangerous a change is by itself, read from its diff and its files before and after. Pure.

It knows ways of going wrong (keeping what was taken, lower limits, work repeated in a loop), and
nothing about any particular service.
"""

import ast
import re
from collections.abc import Sequence
from dataclasses import dataclass

from orchestrator.evidence.analysis import asking, limits
from orchestrator.evidence.analysis.factor import Factor
from orchestrator.evidence.analysis.holding import UNFORESEEN, WEIGHTS, Hold, holds
from orchestrator.evidence.analysis.names import called, gives, takes
from orchestrator.evidence.analysis.patch import FilePatch, find
from orchestrator.evidence.analysis.sameness import NAMES, SAME, TALK, sameness
from orchestrator.evidence.analysis.statements import functions
from orchestrator.evidence.analysis.tree import tree
from orchestrator.evidence.analysis.vocabulary import Vocabulary


@dataclass(frozen=True, slots=True)
class FileVersions:
    """One file of a change, before and after; `None` where it is not there or not readable."""

    patch: FilePatch
    before: str | None
    after: str | None


@dataclass(frozen=True, slots=True)
class Risk:
    """The whole of it: 0..1, and why, heaviest first."""

    value: float
    factors: tuple[Factor, ...]

    @property
    def holding(self) -> float:
        return max((f.weight for f in self.factors if f.holding), default=0.0)


NO_LONGER_CAREFUL = 0.7
"""Weight of giving back that is no longer guaranteed where it was."""

_DOCS = re.compile(r"(?i)(^|/)(docs?|documentation)/|\.(md|rst|adoc|txt)$|(^|/)(LICENSE|CHANGELOG|"
                   r"CODEOWNERS|AUTHORS|\.gitignore|\.editorconfig)")  # fmt: skip
_TESTS = re.compile(r"(?i)(^|/)(tests?|spec|__tests__|testdata|fixtures)/|(^|/)(test_[^/]*|"
                    r"conftest)\.py$|(_test|\.test|\.spec)\.\w+$|(^|/)\.?(github|ci)/")  # fmt: skip
_DEPENDENCIES = re.compile(
    r"(?i)(^|/)(requirements[^/]*\.txt|pyproject\.toml|[^/]*\.lock|package(-lock)?\.json"
    r"|go\.(mod|sum)|Cargo\.toml|pom\.xml|Gemfile|setup\.(py|cfg))$"
)
_MIGRATION = re.compile(r"(?i)\b(ALTER\s+TABLE|DROP\s+(TABLE|COLUMN|INDEX)|RENAME\s+(TO|COLUMN))\b")


def risk(files: Sequence[FileVersions], known: Vocabulary) -> Risk:
    """The risk of a change made of these files."""
    factors: list[Factor] = []
    before: list[Hold] = []
    after: list[tuple[FilePatch, Hold]] = []
    kept_before: dict[tuple[str, str], float] = {}
    careful: set[tuple[str, str]] = set()
    for file in files:
        path = file.patch.path
        if _TESTS.search(path) or (_DOCS.search(path) and not _DEPENDENCIES.search(path)):
            factors.append(Factor("documentation or tests only", 0.01, path))
            continue
        trees = _trees(file) if path.endswith(".py") else None
        if trees is None:
            factors.extend(_by_text(file.patch))
            continue
        old, new = trees
        same = sameness(old, new)
        if same:
            weight = {SAME: 0.01, TALK: 0.04, NAMES: 0.06}[same]
            factors.append(Factor(same, weight, path))
            continue
        for hold in holds(old, known):
            before.append(hold)
            key = (path, hold.function)
            kept_before[key] = kept_before.get(key, 0.0) + hold.weight
        careful |= {(path, name) for name in _careful(old, known)}
        after.extend((file.patch, hold) for hold in holds(new, known))
        factors.extend(_by_code(file.patch, old, new))
    factors.extend(_newly_held(before, after, kept_before, careful - kept_before.keys()))
    return _whole(factors)


def is_test(path: str) -> bool:
    """Whether a file only tests or checks others."""
    return _TESTS.search(path) is not None


def _whole(factors: list[Factor]) -> Risk:
    ordered = sorted(factors, key=lambda f: (-f.weight, f.path, f.what))
    if not ordered:
        return Risk(0.02, ())
    first = ordered[0].weight
    second = ordered[1].weight if len(ordered) > 1 else 0.0
    return Risk(round(min(0.99, first + 0.3 * second * (1 - first)), 4), tuple(ordered))


def _newly_held(
    before: list[Hold],
    after: list[tuple[FilePatch, Hold]],
    kept_before: dict[tuple[str, str], float],
    careful: set[tuple[str, str]],
) -> list[Factor]:
    """What this change made worse. What was moved or renamed counts nothing: the sum decides."""
    worse = sum(hold.weight for _, hold in after) - sum(hold.weight for hold in before)
    if worse <= 0.05:
        return []
    known = {(hold.function, hold.call, hold.how) for hold in before}
    best: Factor | None = None
    for patch, hold in after:
        if (hold.function, hold.call, hold.how) in known:
            continue
        kept = kept_before.get((patch.path, hold.function), 0.0)
        weight = min(hold.weight, max(worse, hold.weight - kept))
        if hold.how == UNFORESEEN and (patch.path, hold.function) in careful:
            # code that was careful and no longer is differs from code that never was
            weight = max(weight, NO_LONGER_CAREFUL * hold.weight / WEIGHTS[UNFORESEEN])
        line = _where(patch, hold.call)
        what = f"{hold.call} in {hold.function} is {hold.how}"
        if best is None or weight > best.weight:
            best = Factor(what, round(weight, 3), patch.path, line, holding=True)
    return [best] if best is not None else []


_GUARANTEE = re.compile(r"^\s*(?:async\s+)?(?:with\b|finally\b|defer\b|using\b)")


def _where(patch: FilePatch, call: str) -> int:
    """The diff's line that shows it best: the call itself, else the guarantee that went."""
    gone = (line.at for line in patch.removed if _GUARANTEE.match(line.text))
    return (
        find(patch, call) or find(patch, call.partition("(")[0] + "(") or next(gone, _first(patch))
    )


def _careful(tree: ast.AST, known: Vocabulary) -> set[str]:
    """Functions that take something in a `with`, or give something back in a `finally`."""
    return {
        name
        for name, function in functions(tree)
        for node in ast.walk(function)
        if (
            isinstance(node, ast.With | ast.AsyncWith)
            and any(known.takes(c) for i in node.items for c in calls(i.context_expr))
        )
        or (
            isinstance(node, ast.Try)
            and any(known.gives(called(c)) for part in node.finalbody for c in calls(part))
        )
    }


def calls(node: ast.AST) -> list[ast.Call]:
    """All calls in a piece of code."""
    return [inner for inner in ast.walk(node) if isinstance(inner, ast.Call)]


def _trees(file: FileVersions) -> tuple[ast.Module, ast.Module] | None:
    old, new = tree(file.before or ""), tree(file.after or "")
    return (old, new) if old is not None and new is not None else None


def _by_code(patch: FilePatch, old: ast.Module, new: ast.Module) -> list[Factor]:
    found = [_size(patch), *limits.changed(patch), *_guards(patch), *asking.by_text(patch)]
    found += [*asking.by_code(patch, old, new), *_migrates(patch)]
    for what, weight, count in (
        ("sleeps", 0.35, _sleeps),
        ("grows without bound: it is written to and never emptied", 0.35, _grows),
        ("cleans up less on the way out", 0.4, _cleanup),
        ("leaves early from a function that gives something back", 0.7, _early_from_giving),
    ):
        more = count(new) - count(old)
        if more > 0:
            found.append(Factor(what, weight, patch.path, patch.added[0].at if patch.added else 0))
    return found


def _by_text(patch: FilePatch) -> list[Factor]:
    """For what is no Python, or does not parse: counts of words that take and give."""
    path = patch.path
    if _DEPENDENCIES.search(path):
        lines = [line for line in patch.added if not line.text.lstrip().startswith("#")]
        return [Factor("a dependency changed", 0.25 if lines else 0.02, path, _first(patch))]
    if limits.only_talk(patch):
        return [Factor("only comments changed", 0.01, path)]
    found = [_size(patch), *limits.changed(patch), *_guards(patch), *asking.by_text(patch)]
    found += _migrates(patch)
    names = re.compile(r"\b([A-Za-z_]\w*)\s*\(")
    taken = given = 0
    for lines, sign in ((patch.added, 1), (patch.removed, -1)):
        for line in lines:
            for name in names.findall(line.text):
                taken += sign * takes(name)
                given += sign * gives(name)
    if taken > given and taken > 0:
        found.append(Factor("takes more than it gives back", 0.5, path, _first(patch), True))
    elif given < 0 and taken >= 0:
        found.append(Factor("gives back less than before", 0.6, path, _first(patch), True))
    return found


def _migrates(patch: FilePatch) -> list[Factor]:
    """That stored data takes another form."""
    at = next((line.at for line in patch.added if _MIGRATION.search(line.text)), 0)
    if not at and "migration" not in patch.path.lower():
        return []
    return [Factor("the schema of stored data changed", 0.35, patch.path, at or _first(patch))]


def _size(patch: FilePatch) -> Factor:
    weight = 0.08 + min(0.1, patch.size / 500)
    lines = "1 line" if patch.size == 1 else f"{patch.size} lines"
    return Factor(f"{lines} of code changed", round(weight, 3), patch.path, _first(patch))


_GUARD = re.compile(r"^\s*(?:if\b.*:|assert\b|raise\b|except\b|catch\b|if\s*\()")


def _guards(patch: FilePatch) -> list[Factor]:
    gone = [line for line in patch.removed if _GUARD.match(line.text)]
    come = [line for line in patch.added if _GUARD.match(line.text)]
    if len(gone) <= len(come):
        return []
    what = f"{len(gone) - len(come)} fewer checks than before"
    return [Factor(what, 0.2, patch.path, gone[0].at)]


def _first(patch: FilePatch) -> int:
    return (patch.added or patch.removed)[0].at if patch.size else 0


def _sleeps(tree: ast.AST) -> int:
    return sum(isinstance(n, ast.Call) and called(n) == "sleep" for n in ast.walk(tree))


def _grows(tree: ast.AST) -> int:
    """Attributes and module names that functions write into, and that nothing ever empties."""
    body = tree.body if isinstance(tree, ast.Module) else []
    shared = {name.id for node in body if isinstance(node, ast.Assign) for name in node.targets
              if isinstance(name, ast.Name)}  # fmt: skip
    written: set[str] = set()
    emptied: set[str] = set()
    unbounded = 0
    for node in ast.walk(tree):
        if isinstance(node, ast.Assign):
            written |= {
                ast.unparse(target.value)
                for target in node.targets
                if isinstance(target, ast.Subscript) and not isinstance(target.slice, ast.Constant)
                if isinstance(target.value, ast.Attribute)
                or (isinstance(target.value, ast.Name) and target.value.id in shared)
            }
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            owner = ast.unparse(node.func.value)
            outlives = "." in owner or owner in shared
            if called(node) in ("append", "add", "setdefault") and outlives:
                written.add(owner)
            elif called(node) in ("pop", "popitem", "clear", "remove", "discard", "popleft"):
                emptied.add(owner)
        elif isinstance(node, ast.Delete):
            emptied |= {ast.unparse(t.value) for t in node.targets if isinstance(t, ast.Subscript)}
        elif isinstance(node, ast.keyword) and node.arg == "maxsize":
            unbounded += isinstance(node.value, ast.Constant) and node.value.value is None
    return len(written - emptied) + unbounded


def _cleanup(tree: ast.AST) -> int:
    """Fewer statements in `finally`, counted downwards, unless a `with` took their place."""
    finals = sum(len(node.finalbody) for node in ast.walk(tree) if isinstance(node, ast.Try))
    withs = sum(len(n.items) for n in ast.walk(tree) if isinstance(n, ast.With | ast.AsyncWith))
    return -(finals + withs)


def _early_from_giving(tree: ast.AST) -> int:
    return sum(
        isinstance(inner, ast.Return)
        for name, function in functions(tree)
        if gives(name.rpartition(".")[2])
        for node in ast.walk(function)
        if isinstance(node, ast.If)
        for inner in node.body
    )
