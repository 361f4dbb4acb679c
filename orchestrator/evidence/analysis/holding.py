"""Whether a function gives back what it takes, on every path through it. Pure.

A small walk over the statements of one function. Its state is the set of places (`sites`) that may
still hold something. Loops are walked once, tests on the held variable itself are understood.
"""

import ast
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from orchestrator.evidence.analysis.names import called
from orchestrator.evidence.analysis.statements import (
    alias,
    binding,
    catches_all,
    finished,
    functions,
    own,
)
from orchestrator.evidence.analysis.vocabulary import (
    Function,
    Vocabulary,
    holds_while_yielding,
    names_in,
)

Held = frozenset[int]

UNFORESEEN = "not given back when something unforeseen is raised"

WEIGHTS = {
    "never given back": 1.0,
    "not given back on one way out": 0.95,
    "kept in something that outlives the call": 0.85,
    "not given back when it fails": 0.75,
    "kept by a generator nobody finishes": 0.9,
    "kept while a generator is not finished": 0.55,
    "taken while another is held": 0.5,
    UNFORESEEN: 0.35,
    "handed on to the caller": 0.2,
}
"""How much each way of holding on counts, 0..1."""


@dataclass(frozen=True, slots=True)
class Hold:
    """One place where something taken may stay taken."""

    function: str
    call: str
    """as written, such as `self.pool.acquire()`"""
    line: int
    how: str
    weight: float


@dataclass(slots=True)
class _Site:
    call: ast.Call
    sure: float
    names: set[str] = field(default_factory=set)
    ends: set[str] = field(default_factory=set)
    """the kinds of ways out on which it is still held"""
    freed: bool = False
    stored: bool = False
    returned: bool = False


@dataclass(slots=True)
class _Out:
    """What a block leads to: falling through its end, and other ways out with what is held."""

    through: Held | None
    ways: list[tuple[str, Held]]
    seen: Held
    """everything held at any moment in it: where an exception may strike"""


def holds(tree: ast.AST, known: Vocabulary) -> list[Hold]:
    """Every place of a module's functions where something taken may stay taken."""
    found: list[Hold] = []
    for name, function in functions(tree):
        found.extend(_Walk(name, function, known).holds())
    return found


class _Walk:
    def __init__(self, name: str, function: Function, known: Vocabulary) -> None:
        self._name = name
        self._function = function
        self._known = known
        self._sites: list[_Site] = []
        self._nested: list[ast.Call] = []
        self._with_depth = 0

    def holds(self) -> list[Hold]:
        name = self._function.name
        if self._known.gives(name) and not self._known.takes(_as_call(name)):
            return []
        out = self._block(self._function.body, frozenset())
        for kind, held in [*out.ways, *([("end", out.through)] if out.through else [])]:
            for site in held:
                self._sites[site].ends.add(kind)
        found = [self._hold(site) for site in self._sites]
        kept = [hold for hold in found if hold is not None]
        for call in self._nested:
            kept.append(self._made(call, "taken while another is held", self._known.takes(call)))
        kept.extend(self._generators())
        return kept

    def _hold(self, site: _Site) -> Hold | None:
        normal = site.ends & {"return", "end"}
        if site.stored:
            how = "kept in something that outlives the call"
        elif site.returned and not normal:
            how = "handed on to the caller"
        elif normal and not site.freed:
            how = "never given back"
        elif normal:
            how = "not given back on one way out"
        elif "raise" in site.ends:
            how = "not given back when it fails"
        elif "exception" in site.ends:
            how = UNFORESEEN
        else:
            return None
        return self._made(site.call, how, site.sure)

    def _made(self, call: ast.Call, how: str, sure: float) -> Hold:
        text = ast.unparse(call)
        text = text if len(text) <= 80 else text[:77] + "..."
        return Hold(self._name, text, call.lineno, how, round(WEIGHTS[how] * sure, 3))

    def _generators(self) -> Iterator[Hold]:
        if holds_while_yielding(self._function, self._known):
            call = next(self._taken_in_with(self._function), None)
            if call is not None:
                how = "kept while a generator is not finished"
                yield self._made(call, how, self._known.takes(call))
        iterated = {
            id(inner)
            for node in ast.walk(self._function)
            for inner in finished(node)
            if isinstance(inner, ast.Call)
        }
        for node in ast.walk(self._function):
            if (
                isinstance(node, ast.Call)
                and called(node) in self._known.holding
                and id(node) not in iterated
            ):
                yield self._made(node, "kept by a generator nobody finishes", 1.0)

    def _taken_in_with(self, node: ast.AST) -> Iterator[ast.Call]:
        for inner in ast.walk(node):
            if isinstance(inner, ast.With | ast.AsyncWith):
                for item in inner.items:
                    call = item.context_expr
                    if isinstance(call, ast.Call) and self._known.takes(call):
                        yield call

    # --- statements -------------------------------------------------------------------------------

    def _block(self, body: Iterable[ast.stmt], held: Held) -> _Out:
        out = _Out(held, [], held)
        for statement in body:
            if out.through is None:
                break
            step = self._statement(statement, out.through)
            out = _Out(step.through, out.ways + step.ways, out.seen | step.seen)
        return out

    def _statement(self, node: ast.stmt, held: Held) -> _Out:
        match node:
            case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef():
                return _Out(held, [], held)
            case ast.Return() | ast.Raise():
                return self._leaving(node, held)
            case ast.Break() | ast.Continue():
                return _Out(None, [("loop", held)], held)
            case ast.If():
                return self._if(node, held)
            case ast.For() | ast.AsyncFor() | ast.While():
                return self._loop(node, held)
            case ast.With() | ast.AsyncWith():
                return self._with(node, held)
            case ast.Try():
                return self._try(node, held)
            case ast.Match():
                outs = [self._block(case.body, held) for case in node.cases]
                return _joined([*outs, _Out(held, [], held)])
            case _:
                return self._simple(node, held)

    def _simple(self, node: ast.stmt, held: Held) -> _Out:
        risky = any(isinstance(inner, ast.Call) for inner in ast.walk(node))
        freed = self._freed(node, held)
        after = self._taken(node, freed)
        # a call that gives back does not count as one that may fail before it did
        ways = [("exception", freed)] if risky and freed and freed == held else []
        return _Out(after, ways, held | after)

    def _leaving(self, node: ast.Return | ast.Raise, held: Held) -> _Out:
        value = node.value if isinstance(node, ast.Return) else node.exc
        after = held
        if value is not None:
            after = self._taken(node, self._freed(node, held))
            if isinstance(node, ast.Return):
                after = self._returned(value, after)
        kind = "return" if isinstance(node, ast.Return) else "raise"
        return _Out(None, [(kind, after)], held | after)

    def _returned(self, value: ast.expr, held: Held) -> Held:
        """What the value itself is, or carries, becomes the caller's."""
        carried = value.elts if isinstance(value, ast.Tuple | ast.List) else [value]
        for part in carried:
            for index in tuple(held):
                site = self._sites[index]
                if part is site.call or (isinstance(part, ast.Name) and part.id in site.names):
                    site.returned = True
                    held -= {index}
        return held

    def _if(self, node: ast.If, held: Held) -> _Out:
        held = self._taken(node.test, self._freed(node.test, held))
        yes, no = self._block(node.body, held), self._block(node.orelse, held)
        # `if conn is not None: release(conn)`: where the test is about the held thing itself,
        # the other branch is the one where there is nothing to give back
        tested = names_in(node.test)
        about = frozenset(site for site in held if self._sites[site].names & tested)
        for one, other in ((yes, no), (no, yes)):
            given = about - (one.through if one.through is not None else frozenset())
            given &= frozenset(site for site in about if self._sites[site].freed)
            if one.through is not None and other.through is not None and given:
                other.through -= given
        return _joined([yes, no])

    def _loop(self, node: ast.For | ast.AsyncFor | ast.While, held: Held) -> _Out:
        head = node.test if isinstance(node, ast.While) else node.iter
        held = self._taken(head, self._freed(head, held))
        body = self._block(node.body, held)
        ends = [state for kind, state in body.ways if kind == "loop"]
        endless = isinstance(node, ast.While) and isinstance(node.test, ast.Constant)
        through = frozenset().union(*ends, *([] if endless else [held]))
        if body.through is not None and not endless:
            through |= body.through
        # what was held before and given back in the body is given back in general
        if body.through is not None:
            through -= held - body.through - frozenset().union(*ends)
        ways = [(kind, state) for kind, state in body.ways if kind != "loop"]
        after: Held | None = through
        if endless and not any(isinstance(n, ast.Break) for n in ast.walk(node)):
            after = None
        out = _Out(after, ways, held | body.seen)
        if not node.orelse or out.through is None:
            return out
        last = self._block(node.orelse, out.through)
        return _Out(last.through, out.ways + last.ways, out.seen | last.seen)

    def _with(self, node: ast.With | ast.AsyncWith, held: Held) -> _Out:
        managed: set[int] = set()
        depth = 0
        for item in node.items:
            call = item.context_expr
            inner = call.args[0] if isinstance(call, ast.Call) and call.args else call
            names = names_in(call)
            managed |= {site for site in held if self._sites[site].names & names}
            if isinstance(call, ast.Call) and self._known.takes(call) >= 0.9:
                if self._with_depth:
                    self._nested.append(call)
                depth += 1
            elif isinstance(inner, ast.Call) and inner is not call:
                continue  # closing(take()) is given back by closing
        self._with_depth += depth
        for site in managed:
            self._sites[site].freed = True
        body = self._block(node.body, held - managed)
        self._with_depth -= depth
        return body

    def _try(self, node: ast.Try, held: Held) -> _Out:
        body = self._block(node.body, held)
        struck = body.seen
        ways = body.ways
        outs = []
        if node.handlers:
            # foreseen exceptions go to the handlers, with whatever was held at any moment
            raised = [state for kind, state in ways if kind in ("raise", "exception")]
            struck = frozenset().union(held, *raised)
            broad = any(catches_all(handler) for handler in node.handlers)
            ways = [
                way for way in ways if way[0] != "raise" and (way[0] != "exception" or not broad)
            ]
            outs = [self._block(handler.body, struck) for handler in node.handlers]
        if body.through is not None and node.orelse:
            rest = self._block(node.orelse, body.through)
            body = _Out(rest.through, [], body.seen | rest.seen)
            ways = ways + rest.ways
        out = _joined([_Out(body.through, ways, body.seen), *outs])
        return self._finally(node.finalbody, out) if node.finalbody else out

    def _finally(self, final: list[ast.stmt], out: _Out) -> _Out:
        """It runs on every way out of what it guards."""

        def after(state: Held) -> Held:
            through = self._block(final, state).through
            return frozenset() if through is None else through

        ways = [(kind, after(state)) for kind, state in out.ways]
        through = None if out.through is None else after(out.through)
        if self._block(final, out.seen).through is None:
            return _Out(None, [("return", frozenset())], out.seen)
        return _Out(through, [way for way in ways if way[1] or way[0] != "exception"], out.seen)

    # --- taking and giving ------------------------------------------------------------------------

    def _taken(self, node: ast.AST, held: Held) -> Held:
        """What a statement takes, and in whose name."""
        aliases = alias(node)
        if aliases is not None:
            new, old = aliases
            for index in held:
                if old in self._sites[index].names:
                    self._sites[index].names.add(new)
        self._store(node, held)
        for call in [inner for inner in own(node) if isinstance(inner, ast.Call)]:
            sure = self._known.takes(call)
            if sure <= 0.0 or self._entered(node, call) or self._known.gives(called(call)):
                continue
            index = self._site(call, sure)
            site = self._sites[index]
            names, stored = binding(node, call)
            site.names |= names
            site.stored = site.stored or stored
            if stored and not names:
                continue
            if self._with_depth and sure >= 0.9:
                self._nested.append(call)
            held |= {index}
        return held

    def _site(self, call: ast.Call, sure: float) -> int:
        for index, site in enumerate(self._sites):
            if site.call is call:
                return index
        self._sites.append(_Site(call, sure))
        return len(self._sites) - 1

    def _entered(self, node: ast.AST, call: ast.Call) -> bool:
        """`stack.enter_context(take())` and `closing(take())` give it back by themselves."""
        return any(
            isinstance(outer, ast.Call)
            and called(outer) in ("enter_context", "enter_async_context", "closing", "push")
            and call in outer.args
            for outer in ast.walk(node)
        )

    def _store(self, node: ast.AST, held: Held) -> None:
        """`self.x = conn`, `kept[key] = conn`, `kept.append(conn)`: it outlives the call."""
        kept: list[ast.expr] = []
        if isinstance(node, ast.Assign) and any(
            isinstance(target, ast.Attribute | ast.Subscript) for target in node.targets
        ):
            kept.append(node.value)
        for call in own(node):
            if isinstance(call, ast.Call) and called(call) in ("append", "add", "setdefault"):
                kept.extend(call.args)
        for value in kept:
            parts = value.elts if isinstance(value, ast.Tuple | ast.List) else [value]
            for part in parts:
                for index in held:
                    if isinstance(part, ast.Name) and part.id in self._sites[index].names:
                        self._sites[index].stored = True

    def _freed(self, node: ast.AST, held: Held) -> Held:
        for call in [inner for inner in own(node) if isinstance(inner, ast.Call)]:
            if not self._known.gives(called(call)):
                continue
            named = {arg.id for arg in call.args if isinstance(arg, ast.Name)}
            if isinstance(call.func, ast.Attribute) and isinstance(call.func.value, ast.Name):
                named.add(call.func.value.id)
            for index in held:
                if self._sites[index].names & named:
                    self._sites[index].freed = True
                    held -= {index}
        return held


def _joined(outs: list[_Out]) -> _Out:
    through = [out.through for out in outs if out.through is not None]
    return _Out(
        frozenset().union(*through) if through else None,
        [way for out in outs for way in out.ways],
        frozenset().union(*(out.seen for out in outs)),
    )


def _as_call(name: str) -> ast.Call:
    return ast.Call(ast.Name(name, ast.Load()), [], [])
