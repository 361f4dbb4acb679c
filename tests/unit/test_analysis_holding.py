"""Whether a function gives back what it takes is read from its paths, whatever its names."""

import ast

import pytest

from orchestrator.evidence.analysis.holding import holds
from orchestrator.evidence.analysis.vocabulary import learn

SOUND = [
    "with pool.acquire() as c:\n    return c.read()",
    "c = pool.acquire()\ntry:\n    return c.read()\nfinally:\n    pool.release(c)",
    "c = pool.acquire()\ntry:\n    if x:\n        return 1\n    c.read()\nfinally:\n    c.close()",
    "with closing(pool.acquire()) as c:\n    return c.read()",
    "with ExitStack() as stack:\n    c = stack.enter_context(pool.acquire())\n    return c.read()",
    "c = None\ntry:\n    c = pool.acquire()\n    c.read()\nfinally:\n"
    "    if c is not None:\n        pool.release(c)",
    "for n in range(3):\n    with pool.acquire() as c:\n        c.read()",
    "with pool.acquire() as c:\n    return [row for row in c.read()]",
]
LEAKS = [
    ("c = pool.acquire()\nreturn c.read()", "never given back"),
    ("rows = pool.acquire().read()\nreturn rows", "never given back"),
    (
        "c = pool.acquire()\nif x:\n    return None\nrows = c.read()\npool.release(c)\nreturn rows",
        "not given back on one way out",
    ),
    (
        "c = pool.acquire()\ntry:\n    rows = c.read()\nexcept ValueError:\n    return []\n"
        "pool.release(c)\nreturn rows",
        "not given back on one way out",
    ),
    (
        "c = pool.acquire()\nif x:\n    raise ValueError(x)\nc.read()\npool.release(c)",
        "not given back when it fails",
    ),
    (
        "c = pool.acquire()\ntry:\n    rows = c.read()\nexcept ValueError:\n    pool.release(c)\n"
        "    raise\nreturn rows",
        "not given back on one way out",
    ),
    ("c = pool.acquire()\nself.kept[x] = c\nreturn c.read()", "kept in something"),
    ("self.kept[x] = pool.acquire()\nreturn 1", "kept in something"),
    ("c = pool.acquire()\nkept.append(c)", "kept in something"),
    ("c = pool.acquire()\nc.read()\npool.release(c)", "not given back when something unforeseen"),
    (
        "with pool.acquire() as c:\n    with pool.acquire() as d:\n        d.write(c.read())",
        "taken while another is held",
    ),
    ("with pool.acquire() as c:\n    for row in c.read():\n        yield row", "kept while a gen"),
    (
        "while True:\n    c = pool.acquire()\n    if c.read():\n        break\n    pool.release(c)",
        "not given back on one way out",
    ),
]


def found(body: str, around: str = "") -> list[str]:
    lines = "".join(f"    {line}\n" for line in body.split("\n"))
    module = ast.parse(f"{around}\ndef work(self, x):\n{lines}")
    return [hold.how for hold in holds(module, learn([module])) if hold.weight >= 0.3]


@pytest.mark.parametrize("body", SOUND)
def test_sound_code_holds_on_to_nothing(body: str) -> None:
    assert found(body) == []


@pytest.mark.parametrize(("body", "how"), LEAKS)
def test_each_way_of_holding_on_is_named(body: str, how: str) -> None:
    assert any(said.startswith(how) for said in found(body))


@pytest.mark.parametrize(("body", "how"), LEAKS[:4])
def test_names_nobody_has_seen_are_learned_from_the_code_around(body: str, how: str) -> None:
    around = "def other(hub):\n    z = hub.zorb()\n    try:\n        z.go()\n    finally:\n"
    around += "        hub.unzorb(z)\n"
    strange = body.replace("acquire", "zorb").replace("release", "unzorb")
    assert any(said.startswith(how) for said in found(strange, around))
    assert found(strange) == []


def test_a_generator_that_holds_is_a_leak_where_nobody_finishes_it() -> None:
    rows = "def rows(self):\n    with pool.acquire() as c:\n        yield from c.read()\n"
    assert "kept by a generator nobody finishes" in found("return next(rows(self))", rows)
    assert "kept by a generator nobody finishes" not in found("return list(rows(self))", rows)


def test_a_context_manager_of_ones_own_holds_nothing() -> None:
    own = "@contextmanager\ndef lent(pool):\n    c = pool.acquire()\n    try:\n        yield c\n"
    own += "    finally:\n        pool.release(c)\n"
    assert found("with lent(pool) as c:\n    return c.read()", own) == []
    assert found("c = lent(pool)\nreturn c.read()", own)


def test_a_function_that_hands_on_makes_its_callers_responsible() -> None:
    around = "def fresh(pool):\n    return pool.acquire()\n"
    assert "never given back" in found("c = fresh(pool)\nreturn c.read()", around)
