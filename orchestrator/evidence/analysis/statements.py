"""Reading single statements: what they bind, store, pass on and finish. Pure."""

import ast
from collections.abc import Iterator

from orchestrator.evidence.analysis.names import called
from orchestrator.evidence.analysis.vocabulary import Function


def functions(tree: ast.AST, prefix: str = "") -> Iterator[tuple[str, Function]]:
    """All functions with their dotted names."""
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, Function):
            yield prefix + node.name, node
            yield from functions(node, f"{prefix}{node.name}.")
        elif isinstance(node, ast.ClassDef):
            yield from functions(node, f"{prefix}{node.name}.")
        elif isinstance(node, ast.If | ast.Try):
            yield from functions(node, prefix)


def own(node: ast.AST) -> Iterator[ast.AST]:
    """A node and what is in it, but not what inner functions and lambdas do later."""
    yield node
    for child in ast.iter_child_nodes(node):
        if not isinstance(child, Function | ast.Lambda):
            yield from own(child)


def binding(node: ast.AST, call: ast.Call) -> tuple[set[str], bool]:
    """The variables a taken thing is bound to, and whether it is stored beyond the function."""
    names: set[str] = set()
    stored = False
    for inner in own(node):
        if isinstance(inner, ast.NamedExpr) and inner.value is call:
            names.add(inner.target.id)
        if isinstance(inner, ast.Call) and inner is not call and call in inner.args:
            stored = stored or called(inner) in ("append", "add", "setdefault")
    targets: list[ast.expr] = []
    if isinstance(node, ast.Assign) and _is_or_awaits(node.value, call):
        targets = node.targets
    elif isinstance(node, ast.AnnAssign) and node.value is not None:
        targets = [node.target] if _is_or_awaits(node.value, call) else []
    for target in targets:
        for part in target.elts if isinstance(target, ast.Tuple) else [target]:
            if isinstance(part, ast.Name):
                names.add(part.id)
            elif isinstance(part, ast.Attribute | ast.Subscript):
                stored = True
    return names, stored


def _is_or_awaits(value: ast.expr, call: ast.Call) -> bool:
    if isinstance(value, ast.Await):
        value = value.value
    if isinstance(value, ast.IfExp):
        return value.body is call or value.orelse is call
    if isinstance(value, ast.BoolOp):
        return any(part is call for part in value.values)
    return value is call


def alias(node: ast.AST) -> tuple[str, str] | None:
    """`new = old` as (new, old)."""
    match node:
        case ast.Assign(targets=[ast.Name(id=new)], value=ast.Name(id=old)):
            return new, old
    return None


def finished(node: ast.AST) -> Iterator[ast.AST]:
    """Calls whose generator is surely run to its end right there, or handed on."""
    if isinstance(node, ast.For | ast.AsyncFor):
        leaves = any(isinstance(n, ast.Break | ast.Return) for b in node.body for n in ast.walk(b))
        if not leaves:
            yield node.iter
    elif isinstance(node, ast.comprehension):
        yield node.iter
    elif isinstance(node, ast.YieldFrom | ast.Return | ast.Starred):
        if node.value is not None:
            yield node.value
    elif isinstance(node, ast.Call) and called(node) in _WHOLE:
        yield from node.args


_WHOLE = frozenset(
    {"list", "tuple", "set", "dict", "sorted", "sum", "max", "min", "frozenset", "join", "extend"}
    | {"closing", "fsum", "deque", "Counter"}
)


def catches_all(handler: ast.ExceptHandler) -> bool:
    """Whether no exception gets past it."""
    return handler.type is None or ast.unparse(handler.type) in ("Exception", "BaseException")
