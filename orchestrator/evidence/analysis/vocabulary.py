"""Which calls of a code base take and which give back, learned from the code itself. Pure.

Names differ from project to project; structure does not: what stands in a `with`, what is given
back in a `finally`, and functions that only pass such a thing on, tell it.
"""

import ast
from collections.abc import Iterable
from dataclasses import dataclass

from orchestrator.evidence.analysis.names import NO_RESOURCE, called, gives, receiver, takes

Function = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """Learned names, on top of those that everybody uses."""

    taking: frozenset[str] = frozenset()
    """calls whose result is given back somewhere"""
    managed: frozenset[str] = frozenset()
    """calls that stand in a `with` somewhere"""
    giving: frozenset[str] = frozenset()
    holding: frozenset[str] = frozenset()
    """generators that keep something while they are not finished"""

    def takes(self, call: ast.Call) -> float:
        """0..1: how sure it is that this call hands out what must be given back."""
        name = called(call)
        if not name or name in NO_RESOURCE:
            return 0.0
        if name in self.taking or name == "__enter__":
            return 1.0
        if takes(name, receiver(call)):
            return 1.0 if name in self.managed else 0.9
        return 0.6 if name in self.managed else 0.0

    def gives(self, name: str) -> bool:
        return name in self.giving or name == "__exit__" or gives(name)


def learn(trees: Iterable[ast.AST]) -> Vocabulary:
    """The vocabulary of a code base from its syntax trees."""
    functions = [node for tree in trees for node in ast.walk(tree) if isinstance(node, Function)]
    managed: set[str] = set()
    taking: set[str] = set()
    giving: set[str] = set()
    for function in functions:
        managed |= {
            called(item.context_expr)
            for node in ast.walk(function)
            if isinstance(node, ast.With | ast.AsyncWith)
            for item in node.items
            if isinstance(item.context_expr, ast.Call)
        }
        if any("contextmanager" in ast.unparse(mark) for mark in function.decorator_list):
            managed.add(function.name)
        finals = _given_back(function)
        for name, value in _bound_calls(function):
            if name in finals:
                taking.add(called(value))
                giving |= finals[name]
    for _ in range(2):
        known = Vocabulary(frozenset(taking), frozenset(managed), frozenset(giving))
        for function in functions:
            if _passes_on(function, known):
                taking.add(function.name)
            if _gives_own_parameter(function, known):
                giving.add(function.name)
    taking -= NO_RESOURCE | {""}
    known = Vocabulary(frozenset(taking), frozenset(managed - {""}), frozenset(giving))
    holding = frozenset(f.name for f in functions if holds_while_yielding(f, known))
    return Vocabulary(known.taking, known.managed, known.giving, holding)


def holds_while_yielding(function: Function, known: Vocabulary) -> bool:
    """A generator (no context manager) that yields from within a `with` over something taken."""
    if any("contextmanager" in ast.unparse(mark) or "fixture" in ast.unparse(mark)
           for mark in function.decorator_list):  # fmt: skip
        return False
    return any(
        isinstance(inner, ast.Yield | ast.YieldFrom)
        for node in ast.walk(function)
        if isinstance(node, ast.With | ast.AsyncWith)
        and any(
            isinstance(item.context_expr, ast.Call) and known.takes(item.context_expr)
            for item in node.items
        )
        for inner in ast.walk(node)
    )


def names_in(node: ast.AST) -> set[str]:
    return {inner.id for inner in ast.walk(node) if isinstance(inner, ast.Name)}


def _bound_calls(function: Function) -> list[tuple[str, ast.Call]]:
    return [
        (node.targets[0].id, node.value)
        for node in ast.walk(function)
        if isinstance(node, ast.Assign)
        and isinstance(node.targets[0], ast.Name)
        and isinstance(node.value, ast.Call)
    ]


def _given_back(function: Function) -> dict[str, set[str]]:
    """Variables that a `finally` hands to a call or calls something on, with the calls' names."""
    found: dict[str, set[str]] = {}
    for node in ast.walk(function):
        if not isinstance(node, ast.Try):
            continue
        for statement in node.finalbody:
            for call in ast.walk(statement):
                if not isinstance(call, ast.Call) or not called(call):
                    continue
                given = {a.id for a in call.args if isinstance(a, ast.Name)}
                on_itself = isinstance(call.func, ast.Attribute) and isinstance(
                    call.func.value, ast.Name
                )
                if on_itself and gives(called(call)):
                    given |= names_in(call.func)
                if given and (gives(called(call)) or isinstance(call.func, ast.Attribute)):
                    for name in given:
                        found.setdefault(name, set()).add(called(call))
    # a log line in a finally is no giving back
    return {
        name: kept
        for name, calls in found.items()
        if (kept := {call for call in calls if gives(call)} or (calls - _TALK))
    }


_TALK = frozenset({"info", "debug", "warning", "error", "log", "observe", "append", "print", "inc"})


def _passes_on(function: Function, known: Vocabulary) -> bool:
    """Whether it returns what it took."""
    taken = {name for name, call in _bound_calls(function) if known.takes(call) >= 0.9}
    for node in ast.walk(function):
        if isinstance(node, ast.Return) and node.value is not None:
            if isinstance(node.value, ast.Name) and node.value.id in taken:
                return True
            if isinstance(node.value, ast.Call) and known.takes(node.value) >= 0.9:
                return True
    return False


def _gives_own_parameter(function: Function, known: Vocabulary) -> bool:
    own = {arg.arg for arg in function.args.args} - {"self", "cls"}
    return any(
        isinstance(node, ast.Call) and known.gives(called(node)) and _given(node) & own
        for node in ast.walk(function)
    )


def _given(call: ast.Call) -> set[str]:
    """`pool.release(conn)` gives conn; `conn.close()` gives conn."""
    if call.args:
        return {arg.id for arg in call.args if isinstance(arg, ast.Name)}
    return names_in(call.func)
