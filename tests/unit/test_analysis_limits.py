"""What a diff does to limits, waiting times and the number of questions asked for one request."""

import time

import pytest

from orchestrator.evidence.analysis.factor import LIMIT, WORK
from orchestrator.evidence.analysis.risk import Risk
from tests.unit.test_analysis_changes import danger

EDGE = """\
# seconds until the service has to have answered
proxy_read_timeout = 5.0
keepalive = 60
max_body = 65536
"""


def edge(old: str, new: str) -> Risk:
    return danger("edge.toml", EDGE, EDGE.replace(old, new))


def kinds(found: Risk) -> set[str]:
    return {factor.kind for factor in found.factors if factor.weight >= 0.25}


def test_a_timeout_cut_to_a_fraction_stands_out_of_a_configuration() -> None:
    cut = edge("5.0", "0.08")
    assert cut.value > 0.7
    assert cut.factors[0].what == "proxy_read_timeout was lowered from 5 to 0.08"
    assert kinds(cut) == {LIMIT}


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("# seconds until", "# how long until"),
        ("# seconds until", "# proxy_read_timeout = 1\n# seconds until"),
        ("65536", "131072"),
        ("keepalive = 60", "keepalive = 75"),
        ("5.0", "10.0"),
        ("5.0", "4.5"),
    ],
)
def test_what_only_talks_or_gives_more_is_no_danger(old: str, new: str) -> None:
    assert edge(old, new).value < 0.25


@pytest.mark.parametrize(
    ("path", "before", "after"),
    [
        ("nginx.conf", "  proxy_read_timeout 60s;\n", "  proxy_read_timeout 2s;\n"),
        ("app.yaml", "request_timeout: 5s\n", "request_timeout: 200ms\n"),
        ("app.properties", "db.pool.timeout=30000ms\n", "db.pool.timeout=1s\n"),
        ("app.ini", "max_memory = 2g\n", "max_memory = 256mb\n"),
    ],
)
def test_numbers_are_compared_with_their_units(path: str, before: str, after: str) -> None:
    assert danger(path, before, after).value > 0.5
    assert danger(path, after, before).value < 0.5


ONE = """\
def export(conn, ids):
    page = rows(conn, "SELECT id FROM orders WHERE id > ? LIMIT 40", ids)
    return page
"""
EACH = """\
def export(conn, ids):
    page = rows(conn, "SELECT id FROM orders WHERE id > ? LIMIT 40", ids)
    sql = "SELECT label FROM parts WHERE order_id = ?"
    for each in page:
        each["parts"] = rows(conn, sql, (each["id"],))
    return page
"""


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (ONE, EACH),
        (
            "def f(c):\n    return one(c, 'SELECT a FROM b WHERE id = 1')\n",
            "def f(c):\n    return [one(c, 'SELECT a FROM b WHERE id = 1') for _ in range(9)]\n",
        ),
        (
            "def g(c):\n    return one(c, 'SELECT a FROM b')\ndef f(c, x):\n    return g(c)\n",
            "def g(c):\n    return one(c, 'SELECT a FROM b')\n"
            "def f(c, x):\n    return [g(c) for _ in x]\n",
        ),
        (
            "def f(c, n):\n    return rows(c, 'SELECT a FROM b WHERE x = ? LIMIT ?', n)\n",
            "def f(c, n):\n    sql = 'SELECT a FROM b LIMIT 60'\n    got = []\n"
            "    while len(got) < n and (page := rows(c, sql)):\n        got += page\n"
            "    return got\n",
        ),
    ],
)
def test_asking_once_a_round_is_work_whatever_the_helper_is_called(before: str, after: str) -> None:
    assert WORK in kinds(danger("orders.py", before, after))


@pytest.mark.parametrize(
    ("before", "after", "what"),
    [
        ("CREATE INDEX a ON b (c);\n", "\n", "an index is gone"),
        ("\n", "DROP INDEX a;\n", "an index is gone"),
        (
            "q = 'SELECT a FROM b WHERE c = 1 LIMIT 20'\n",
            "q = 'SELECT a FROM b WHERE c = 1'\n",
            "a query has no limit any more",
        ),
        (
            "q = 'SELECT a FROM b WHERE c = ?'\n",
            "q = 'SELECT a FROM b WHERE lower(c) = ?'\n",
            "a query compares what no index holds, and reads every row",
        ),
    ],
)
def test_a_query_that_reads_far_more_is_work(before: str, after: str, what: str) -> None:
    found = danger("schema.sql" if "INDEX" in before + after else "a.py", before, after)
    assert what in {factor.what for factor in found.factors}
    assert WORK in kinds(found)


def test_a_pool_cut_is_a_limit() -> None:
    found = danger("settings.py", "POOL_SIZE = 8\n", "POOL_SIZE = 3\n")
    assert kinds(found) == {LIMIT}


@pytest.mark.parametrize("part", ["a", "a_", "a-b."])
def test_a_line_without_end_is_read_in_no_time(part: str) -> None:
    line = part * (40_000 // len(part))
    began = time.monotonic()
    danger("bundle.json", f"{line}\n", f"{line}b\n")
    assert time.monotonic() - began < 3
