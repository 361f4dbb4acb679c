"""Which change is suspected, and how dangerous each kind of change is by itself."""

import ast

import pytest

from orchestrator.evidence.analysis import patch
from orchestrator.evidence.analysis.changes import Candidate, Symptoms, rank
from orchestrator.evidence.analysis.risk import FileVersions, Risk, risk
from orchestrator.evidence.analysis.vocabulary import Vocabulary, learn
from tests.unit.small_shop import BASKETS, DEPOT, LEAKING

KNOWN = learn([ast.parse(DEPOT), ast.parse(BASKETS)])


def versions(path: str, before: str, after: str) -> FileVersions:
    """A change of one file, with the diff that says so (whole lines, no context)."""
    diff = [f"diff --git a/{path} b/{path}", f"--- a/{path}", f"+++ b/{path}", "@@ -1 +1 @@"]
    old, new = before.splitlines(), after.splitlines()
    diff += [f"-{line}" for line in old if line not in new]
    diff += [f"+{line}" for line in new if line not in old]
    (found,) = patch.parse("\n".join(diff))
    return FileVersions(found, before, after)


def danger(path: str, before: str, after: str, known: Vocabulary = KNOWN) -> Risk:
    return risk([versions(path, before, after)], known)


@pytest.mark.parametrize(
    ("path", "before", "after", "least", "most"),
    [
        ("README.md", "a\n", "b\n", 0.0, 0.05),
        ("tests/test_a.py", "x = 1\n", "pool.acquire()\n", 0.0, 0.05),
        ("a.py", "def f(x):\n    return x\n", 'def f(x: int):\n    "X"\n    return x\n', 0, 0.05),
        ("a.py", "def f(x):\n    return x\n", "def g(y):\n    return y\n", 0.0, 0.1),
        ("a.py", "def f(x):\n    return x\n", "def f(x):\n    log.info(1)\n    return x\n", 0, 0.1),
        ("a.py", "def f(x):\n    return x\n", "def f(x):\n    return x + 1\n", 0.05, 0.2),
        ("requirements.txt", "a==1\n", "a==2\n", 0.2, 0.3),
        ("a.yaml", "pool_size: 12\n", "pool_size: 2\n", 0.6, 0.85),
        ("a.yaml", "timeout: 500\n", "timeout: 450\n", 0.05, 0.2),
        ("a.py", "POOL_SIZE = 12\nX = 1\n", "POOL_SIZE = 2\nX = 2\n", 0.6, 0.85),
        ("m/001.sql", "", "ALTER TABLE a ADD COLUMN b;\n", 0.3, 0.5),
        ("a.go", "c := pool.Get()\ndefer pool.Put(c)\n", "c := pool.Get()\n", 0.5, 0.8),
        ("baskets.py", BASKETS, LEAKING, 0.9, 1.0),
        ("baskets.py", LEAKING, BASKETS, 0.0, 0.25),
    ],
)  # fmt: skip
def test_each_kind_of_change_has_its_danger(
    path: str, before: str, after: str, least: float, most: float
) -> None:
    assert least <= danger(path, before, after).value <= most


def test_going_from_a_with_to_try_and_finally_is_no_danger() -> None:
    before = "def f(p):\n    with p.acquire() as c:\n        return c.go()\n"
    after = "def f(p):\n    c = p.acquire()\n    try:\n        return c.go()\n"
    after += "    finally:\n        p.release(c)\n"
    assert danger("a.py", before, after).value < 0.3
    assert danger("a.py", after, before).value < 0.3


def test_code_that_stops_being_careful_counts_more_than_code_that_never_was() -> None:
    careful = "def f(p):\n    c = p.acquire()\n    try:\n        c.go()\n"
    careful += "    finally:\n        p.release(c)\n"
    plain = "def f(p):\n    c = p.acquire()\n    c.go()\n    p.release(c)\n"
    other = "def g(p):\n    return 1\n"
    assert danger("a.py", careful, plain).value >= 0.6
    assert danger("a.py", other, other + plain).value < 0.4


def test_a_leak_that_moves_to_another_file_is_nobodys_new_leak() -> None:
    leak = "def f(p):\n    c = p.acquire()\n    return c.go()\n"
    moved = risk([versions("a.py", leak, ""), versions("b.py", "", leak)], KNOWN)
    assert moved.holding == 0.0


def test_what_grows_and_is_never_emptied_is_noticed() -> None:
    before = "class A:\n    def f(self, k):\n        return k\n"
    after = "class A:\n    def f(self, k):\n        self.kept[k] = 1\n        return k\n"
    emptied = after + "    def g(self):\n        self.kept.clear()\n"
    assert any("grows" in factor.what for factor in danger("a.py", before, after).factors)
    assert not any("grows" in factor.what for factor in danger("a.py", before, emptied).factors)


def test_a_taken_thing_kept_in_a_shared_table_is_a_leak_in_async_code_too() -> None:
    before = "async def f(n):\n    async with pool.connection() as c:\n        await c.execute(n)\n"
    after = "kept = {}\nasync def f(n):\n    c = await pool.getconn()\n    kept[n] = c\n"
    found = danger("a.py", before, after + "    await c.execute(n)\n")
    assert "kept in something that outlives the call" in found.factors[0].what
    assert found.value > 0.7


def test_a_query_that_reads_differently_is_noticed() -> None:
    before = "def f(c):\n    return c.run('select a from b where x = 1')\n"
    found = danger("a.py", before, before.replace("x = 1", "lower(x) = 1"))
    assert {"a query changed", "a query compares what no index holds, and reads every row"} <= {
        factor.what for factor in found.factors
    }


def test_python_that_does_not_parse_is_judged_by_its_text() -> None:
    found = danger("a.py", "with p.acquire() as c:\n  (\n", "c = p.acquire()\n  (\n")
    assert found.value > 0.0


def candidate(sha: str, file: FileVersions, live_at: float = 1000.0) -> Candidate:
    return Candidate(sha, f"subject of {sha}", 900.0, live_at, "", (file,))


LEAK = versions("baskets.py", BASKETS, LEAKING)
DOCS = versions("README.md", "a\n", "b\n")
LIMIT = versions("depot.py", DEPOT, DEPOT.replace("0.5", "0.45"))


def symptoms(starved: bool = True, external: float = 0.0) -> Symptoms:
    return Symptoms(
        words=frozenset({"rent", "timeout"}),
        places=frozenset({"basket", "total"}),
        paths=frozenset({"/srv/baskets.py"}),
        began_at=1010.0,
        starved=starved,
        external=external,
    )


def test_the_leak_leads_with_a_clear_margin_and_says_why() -> None:
    first, *rest = rank(
        [candidate("d", DOCS), candidate("x", LEAK), candidate("l", LIMIT)], symptoms(), KNOWN
    )
    assert first.candidate.sha == "x"
    assert first.confidence > 0.8
    assert all(one.confidence < 0.1 for one in rest)
    assert first.in_traceback == ("baskets.py",)
    assert first.reason is not None
    assert first.reason.holding


def test_harmless_changes_alone_give_no_confidence() -> None:
    found = rank([candidate("d", DOCS), candidate("l", LIMIT)], symptoms(), KNOWN)
    assert all(one.score < 0.12 for one in found)
    assert all(one.confidence < 0.2 for one in found)


def test_an_outside_cause_takes_confidence_away() -> None:
    sure = rank([candidate("x", LEAK)], symptoms(), KNOWN)[0].confidence
    assert rank([candidate("x", LEAK)], symptoms(external=0.8), KNOWN)[0].confidence < 0.3 * sure


def test_a_change_that_went_live_after_the_trouble_is_innocent() -> None:
    late = candidate("x", LEAK, live_at=1020.0)
    assert rank([late], symptoms(), KNOWN)[0].score == 0.0


def test_the_order_does_not_depend_on_the_order_given() -> None:
    some = [candidate("d", DOCS), candidate("x", LEAK), candidate("l", LIMIT)]
    assert rank(some, symptoms(), KNOWN) == rank(some[::-1], symptoms(), KNOWN)


def test_nothing_to_rank_is_an_empty_ranking() -> None:
    assert rank([], symptoms(), KNOWN) == []


def test_a_diff_is_taken_apart_with_the_lines_to_cite() -> None:
    diff = (
        "diff --git a/x y.py b/x y.py\nindex 1..2\n--- a/x y.py\n+++ b/x y.py\n"
        "@@ -1,2 +1,2 @@ def f\n same\n-old\n+new\n--- not a header\n"
        "diff --git a/b.bin b/b.bin\nBinary files a/b.bin and b/b.bin differ\n"
    )
    text, binary = patch.parse(diff)
    assert text.path == "x y.py"
    assert [(line.text, line.at) for line in text.removed] == [("old", 7), ("-- not a header", 9)]
    assert patch.find(text, "new") == 8
    assert patch.find(text, "absent") == 0
    assert binary.binary
