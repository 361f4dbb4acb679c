"""What a change of a Python file cannot have changed: told by syntax trees made equal. Pure."""

import ast
import copy

from orchestrator.evidence.analysis.names import called, parts

_TALKS = frozenset({"log", "logger", "logging", "logs", "print", "warn", "metrics", "metric"})
_TELLS = frozenset(
    {"info", "debug", "warning", "error", "exception", "critical", "inc", "observe", "set", "gauge"}
)

SAME = "the code does what it did: comments, layout, docstrings or type hints only"
TALK = "only logging or metrics changed"
NAMES = "only names changed"


def sameness(before: ast.Module, after: ast.Module) -> str:
    """The weakest of the three sentences above that holds; empty when none does."""
    old, new = _plain(before), _plain(after)
    if _dump(old) == _dump(new):
        return SAME
    quiet_old, quiet_new = _quiet(old), _quiet(new)
    if _dump(quiet_old) == _dump(quiet_new):
        return TALK
    if _dump(_Renamed().visit(quiet_old)) == _dump(_Renamed().visit(quiet_new)):
        return NAMES
    return ""


def _dump(tree: ast.AST) -> str:
    return ast.dump(tree, annotate_fields=False)


def _plain(tree: ast.Module) -> ast.Module:
    """Without docstrings and annotations."""
    twin: ast.Module = _Plain().visit(copy.deepcopy(tree))
    return twin


def _quiet(tree: ast.Module) -> ast.Module:
    twin: ast.Module = _Quiet().visit(copy.deepcopy(tree))
    return twin


class _Plain(ast.NodeTransformer):
    def visit_arg(self, node: ast.arg) -> ast.arg:
        node.annotation = None
        return node

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.AST:
        node.returns = None
        return self.generic_visit(node)

    def visit_AsyncFunctionDef(self, node: ast.AsyncFunctionDef) -> ast.AST:
        node.returns = None
        return self.generic_visit(node)

    def visit_AnnAssign(self, node: ast.AnnAssign) -> ast.AST | None:
        if node.value is None:
            return None
        return self.generic_visit(ast.Assign([node.target], node.value))

    def visit_Expr(self, node: ast.Expr) -> ast.AST | None:
        return None if isinstance(node.value, ast.Constant) else self.generic_visit(node)

    def visit_ImportFrom(self, node: ast.ImportFrom) -> ast.AST | None:
        return None if node.module in ("typing", "__future__", "collections.abc") else node


class _Quiet(ast.NodeTransformer):
    def visit_Expr(self, node: ast.Expr) -> ast.AST | None:
        if isinstance(node.value, ast.Call) and _talks(node.value):
            return None
        return self.generic_visit(node)

    def visit_Import(self, node: ast.Import) -> None:
        return None

    def visit_ImportFrom(self, node: ast.ImportFrom) -> None:
        return None

    def visit_Assign(self, node: ast.Assign) -> ast.AST | None:
        made = node.value
        if isinstance(made, ast.Call) and called(made) in ("getLogger", "get_logger", "Counter"):
            return None
        return self.generic_visit(node)


def _talks(call: ast.Call) -> bool:
    name = called(call)
    if not isinstance(call.func, ast.Attribute):
        return bool(_TALKS & set(parts(name)))
    on = set(parts(ast.unparse(call.func.value).rpartition(".")[2]))
    return (name in _TELLS and bool(on & _TALKS)) or name in ("inc", "observe")


class _Renamed(ast.NodeTransformer):
    """Every own name becomes its number of first appearance."""

    def __init__(self) -> None:
        self._numbers: dict[str, str] = {}

    def _number(self, name: str) -> str:
        return self._numbers.setdefault(name, f"n{len(self._numbers)}")

    def visit_Name(self, node: ast.Name) -> ast.AST:
        node.id = self._number(node.id)
        return node

    def visit_arg(self, node: ast.arg) -> ast.AST:
        node.arg = self._number(node.arg)
        return node

    def visit_keyword(self, node: ast.keyword) -> ast.AST:
        node.arg = self._number(node.arg) if node.arg else node.arg
        return self.generic_visit(node)

    def visit_Attribute(self, node: ast.Attribute) -> ast.AST:
        self.generic_visit(node)
        node.attr = self._number(node.attr)
        return node

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.AST:
        node.name = self._number(node.name)
        return self.generic_visit(node)

    def visit_AsyncFunctionDef(self, node: ast.AsyncFunctionDef) -> ast.AST:
        node.name = self._number(node.name)
        return self.generic_visit(node)

    def visit_ClassDef(self, node: ast.ClassDef) -> ast.AST:
        node.name = self._number(node.name)
        return self.generic_visit(node)
