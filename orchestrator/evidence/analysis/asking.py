"""How often code asks a database or another service for one request, before and after. Pure.

Asking is told by the names libraries use, and by what is said: whoever passes a query asks.
"""

import ast
import re

from orchestrator.evidence.analysis.factor import WORK, Factor
from orchestrator.evidence.analysis.names import called
from orchestrator.evidence.analysis.patch import FilePatch
from orchestrator.evidence.analysis.statements import functions

_ASKS = frozenset({"execute", "executemany", "fetchone", "fetchall", "query", "request", "urlopen"})

QUERY = re.compile(
    r"""(?i)\b(select\b[^"']{1,400}\bfrom\b[^"']{0,400}|update\b[^"']{1,200}\bset\b[^"']{0,400}"""
    r"""|delete\s+from\b[^"']{0,400})"""
)
_MADE = re.compile(r"(?i)\bcreate\s+(?:unique\s+)?index\b")
_DROPPED = re.compile(r"(?i)\bdrop\s+index\b")
_BOUND = re.compile(r"(?i)\blimit\s+(?:\?|%s|:\w+|\$\d|\d+|\{)")
_WHERE = re.compile(r"(?i)\bwhere\b(.{0,300})")
_UNINDEXED = re.compile(
    r"(?i)\b(?:lower|upper|trim|substr|substring|cast|coalesce|ifnull|date|strftime|abs|hex"
    r"|printf|replace|instr|length)\s*\(\s*[a-z_{$]|like\s+(?:'%|\"%|'\s*%|\?|'%%)|\|\|\s*''"
    r"|[a-z_]\s*[+*]\s*0\b|\bnot in\s*\("
)


def by_code(patch: FilePatch, old: ast.Module, new: ast.Module) -> list[Factor]:
    """What code does more often than before."""
    found: list[Factor] = []
    at = _place(patch)
    if in_loops(new) > in_loops(old):
        what = "asks the database or a service once per round of a loop"
        found.append(Factor(what, 0.55, patch.path, at, kind=WORK))
    more = _questions(new, _queries_named(new)) - _questions(old, _queries_named(old))
    if more > 0:
        what = "asks the database or a service more often"
        found.append(Factor(what, 0.18, patch.path, at, kind=WORK))
    return found


def by_text(patch: FilePatch) -> list[Factor]:
    """Queries that read differently, and indexes that went."""
    added = "\n".join(line.text for line in patch.added)
    gone = "\n".join(line.text for line in patch.removed)
    found: list[Factor] = []
    lost = len(_MADE.findall(gone)) - len(_MADE.findall(added)) + len(_DROPPED.findall(added))
    if lost > 0:
        line = next((x.at for x in patch.added if _DROPPED.search(x.text)), 0)
        line = line or next((x.at for x in patch.removed if _MADE.search(x.text)), 0)
        found.append(Factor("an index is gone", 0.55, patch.path, line, kind=WORK))
    old = {query for line in patch.removed for query in QUERY.findall(line.text)}
    new = [(query, line.at) for line in patch.added for query in QUERY.findall(line.text)]
    changed = [(query, at) for query, at in new if query not in old]
    if old and changed:
        found.append(Factor("a query changed", 0.25, patch.path, changed[0][1], kind=WORK))
    if _unindexed(added) > _unindexed(gone):
        line = next((x.at for x in patch.added if _unindexed(x.text)), 0)
        what = "a query compares what no index holds, and reads every row"
        found.append(Factor(what, 0.5, patch.path, line, kind=WORK))
    if QUERY.search(added) and len(_BOUND.findall(gone)) > len(_BOUND.findall(added)):
        what = "a query has no limit any more"
        found.append(Factor(what, 0.5, patch.path, changed[0][1] if changed else 0, kind=WORK))
    return found


def _unindexed(text: str) -> int:
    return sum(len(_UNINDEXED.findall(part)) for part in _WHERE.findall(text))


def in_loops(tree: ast.AST) -> int:
    """Questions asked once a round, also by functions of the same file that ask for it."""
    queries = _queries_named(tree)
    asking = {
        name.rpartition(".")[2] for name, body in functions(tree) if _questions(body, queries)
    }
    count = 0
    for node in ast.walk(tree):
        inner: list[ast.AST] = []
        if isinstance(node, ast.For | ast.AsyncFor):
            inner = list(node.body)
        elif isinstance(node, ast.While):
            inner = [node.test, *node.body]
        elif isinstance(node, ast.DictComp):
            inner = [node.key, node.value]
        elif isinstance(node, ast.ListComp | ast.SetComp | ast.GeneratorExp):
            inner = [node.elt]
        for part in inner:
            count += sum(
                isinstance(call, ast.Call) and (_asks(call, queries) or called(call) in asking)
                for call in ast.walk(part)
            )
    return count


def _queries_named(tree: ast.AST) -> frozenset[str]:
    """Names that stand for a query."""
    return frozenset(
        target.id
        for node in ast.walk(tree)
        if isinstance(node, ast.Assign) and _says_query(node.value)
        for target in node.targets
        if isinstance(target, ast.Name)
    )


def _questions(tree: ast.AST, queries: frozenset[str]) -> int:
    return sum(isinstance(node, ast.Call) and _asks(node, queries) for node in ast.walk(tree))


def _asks(call: ast.Call, queries: frozenset[str]) -> bool:
    return called(call) in _ASKS or any(
        _says_query(arg) or (isinstance(arg, ast.Name) and arg.id in queries) for arg in call.args
    )


def _says_query(arg: ast.expr) -> bool:
    if isinstance(arg, ast.Constant) and isinstance(arg.value, str):
        return QUERY.search(arg.value) is not None
    if isinstance(arg, ast.JoinedStr):
        text = "".join(
            part.value if isinstance(part, ast.Constant) and isinstance(part.value, str) else "x"
            for part in arg.values
        )
        return QUERY.search(text) is not None
    return False


def _place(patch: FilePatch) -> int:
    """The added line that asks, else the first."""
    for line in patch.added:
        if QUERY.search(line.text) or any(f"{name}(" in line.text for name in _ASKS):
            return line.at
    return patch.added[0].at if patch.added else 0
