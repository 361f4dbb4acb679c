"""The evidence of the told incident: what its sources would have given, word for word."""

import hashlib
from dataclasses import dataclass

T0 = 1_763_906_400.0
"""2025-11-23T14:00:00Z, when the incident is detected."""

GOOD = "4d81f0a9c2b7e6153fa0d8e94b7c21a6f35e8d90"
BAD = "b7e23c1f80d94a5be6172c3d4f90a8b1e5d7c642"
CULPRIT = "9c41d7e25b0f38a6d1c97e42f5083b6ea1d2740c"


@dataclass(frozen=True, slots=True)
class Item:
    """One observation as a source hands it over."""

    at: float
    """seconds after detection"""
    kind: str
    source: str
    command: str
    summary: str
    by: str
    content: str
    taint: str = "outside"

    @property
    def sha256(self) -> str:
        return hashlib.sha256(self.content.encode()).hexdigest()


def _samples(first: int, last: int, shape: str) -> str:
    """One line of the ring every two seconds, times relative to 14:00:00."""
    lines: list[str] = []
    for second in range(first, last, 2):
        at = 14 * 3600 + second
        clock = f"{at // 3600:02d}:{at // 60 % 60:02d}:{at % 60:02d}Z"
        bad = (second >= -38) if shape == "onset" else shape == "bad"
        share = min(0.94, 0.06 + 0.045 * (second + 38) / 2) if bad else 0.0
        slow = min(0.71, 0.18 + 0.03 * (second + 38) / 2) if bad else 0.021
        held = min(8, 2 + max(0, second + 52) // 8) if shape != "good" else 2
        lines.append(
            f"{clock} requests 22.{second % 10}/s errors {share:.3f} p95 {slow:.3f}s pool {held}/8"
        )
    return "\n".join(lines) + "\n"


_TRACEBACK = """{"t": "2025-11-23T13:59:22.417Z", "level": "error", "logger": "orders.http", \
"route": "/orders/summary", "code": 503, "error": "PoolTimeout"}
Traceback (most recent call last):
  File "shop/http.py", line 88, in handle
    return route(request)
  File "shop/summary.py", line 41, in summary
    connection = pool.acquire(timeout=0.5)
  File "shop/pool.py", line 57, in acquire
    raise PoolTimeout(f"no connection free after {timeout} s ({self.size} of {self.size} in use)")
shop.pool.PoolTimeout: no connection free after 0.5 s (8 of 8 in use)
"""

_DEPLOYS = f'''{{"at": "2025-11-21T09:12:40Z", "service": "orders", "version": "{GOOD}", \
"previous": null, "by": "ci", "kind": "deploy", "ok": true}}
{{"at": "2025-11-23T13:58:51Z", "service": "orders", "version": "{BAD}", \
"previous": "{GOOD}", "by": "ci", "kind": "deploy", "ok": true}}
'''

_LOG = f"""b7e23c1 2025-11-23 13:31 l.novak  docs: describe the retry header
e0931aa 2025-11-23 11:02 m.sato   rename Basket.total to Basket.sum
{CULPRIT[:7]} 2025-11-22 17:48 r.diaz   reuse the connection for the summary query
51f6c07 2025-11-22 15:20 m.sato   pool: export db_pool_in_use
a3c8d92 2025-11-22 10:05 l.novak  tests for the stock endpoint
77be014 2025-11-21 16:37 r.diaz   retry stock lookups once
"""

_DIFF = f"""commit {CULPRIT}
Author: r.diaz
Date:   2025-11-22 17:48:09 +0000

    reuse the connection for the summary query

--- a/shop/summary.py
+++ b/shop/summary.py
@@ -36,12 +36,13 @@ def summary(request):
     customer = request.query["customer"]
-    with pool.connection(timeout=0.5) as connection:
-        rows = connection.execute(SUMMARY, (customer,)).fetchall()
-        if not rows:
-            return empty(customer)
-        return page(rows)
+    connection = pool.acquire(timeout=0.5)
+    rows = connection.execute(SUMMARY, (customer,)).fetchall()
+    if not rows:
+        return empty(customer)
+    result = page(rows)
+    pool.release(connection)
+    return result
"""

_TEMPLATES = """new after 13:59:22
  412  PoolTimeout: no connection free after <num> s (<num> of <num> in use)   shop/pool.py:57
  388  frame shop/summary.py:41 in summary
   24  frame shop/stock.py:30 in lookup
vanished
    0  (before: 3/s)  summary served in <num> ms
unchanged
       request <id> <route> 200
"""

_STAT = """ README.md          |  4 ++--
 shop/basket.py     | 12 ++++++------
 shop/pool.py       |  3 +++
 shop/stock.py      |  9 +++++++--
 shop/summary.py    | 13 +++++++------
 tests/test_stock.py| 31 +++++++++++++++++++++++++++++++
 6 files changed, 54 insertions(+), 18 deletions(-)
no file under migrations/, no CREATE, ALTER or DROP in the range
"""

_DRY_RUN = f"""would stop orders {BAD[:7]}
would start orders {GOOD[:7]} from releases/{GOOD}
would wait for /healthz to answer with {GOOD[:7]}
"""

_ROLLED = f"""orders {BAD[:7]} stopped
orders {GOOD[:7]} started, pid 41877
/healthz answered {GOOD[:7]} after 1.3 s
"""

_SOURCE = """    36    customer = request.query["customer"]
    37    connection = pool.acquire(timeout=0.5)
    38    rows = connection.execute(SUMMARY, (customer,)).fetchall()
    39    if not rows:
    40        return empty(customer)
    41    result = page(rows)
    42    pool.release(connection)
    43    return result
"""

_BUDGET = """window 13:59:22Z .. 14:05:20Z, 7876 requests, 6617 failed
availability 0.160, target 0.999
30-day budget at this traffic: 57024 failed requests; spent 6617 (11.6 %)
at 18.5 failed/s the budget lasts 45 min 24 s more
"""

ITEMS: tuple[Item, ...] = (
    Item(
        1.8,
        "metric",
        "metrics of orders",
        "GET /metrics every 2 s",
        "errors 0 → 94 % from 13:59:22",
        "detect/record",
        _samples(-60, 0, "onset"),
    ),
    Item(
        2.9,
        "log",
        "var/log/orders.log",
        "last 200 lines of var/log/orders.log",
        "PoolTimeout in /orders/summary",
        "detect/record",
        _TRACEBACK * 3,
    ),
    Item(
        58.0,
        "deploy",
        "var/deploys.jsonl",
        "deploys of orders, 48 h",
        "b7e23c1 deployed 13:58:51 by ci",
        "regression/verdict",
        _DEPLOYS,
    ),
    Item(
        71.0,
        "change",
        "repo",
        "git log --numstat 4d81f0a..b7e23c1",
        "6 commits between 4d81f0a and b7e23c1",
        "regression/verdict",
        _LOG,
    ),
    Item(
        96.0,
        "code",
        "repo",
        "git show 9c41d7e",
        "9c41d7e: acquire without release on a path",
        "regression/verdict",
        _DIFF,
    ),
    Item(
        103.0,
        "analysis",
        "log templates",
        "templates of orders.log before and after 13:59:22",
        "1 new error template, 412 times",
        "regression/verdict",
        _TEMPLATES,
        "ours",
    ),
    Item(
        204.0,
        "code",
        "repo",
        "git diff --stat 4d81f0a..b7e23c1",
        "no migration, no changed contract",
        "regression/feasibility",
        _STAT,
    ),
    Item(
        248.0,
        "metric",
        "metrics of orders",
        "ring of orders 13:59:22..14:04:08",
        "84 % of requests fail now",
        "triage/impact",
        _samples(180, 240, "bad"),
    ),
    Item(
        262.0,
        "metric",
        "metrics of orders",
        "availability and budget since 13:59:22",
        "budget spent in 45 min at this rate",
        "triage/urgency",
        _BUDGET,
        "ours",
    ),
    Item(
        346.0,
        "health",
        "orders",
        "GET /healthz",
        "/healthz 200 in 4 ms, version b7e23c1",
        "tier1/data",
        '{"ok": true, "version": "b7e23c1"}\n',
    ),
    Item(
        349.5,
        "log",
        "var/log/orders.log",
        "last 500 lines of var/log/orders.log",
        "431 of 500 lines belong to PoolTimeout",
        "tier1/data",
        _TRACEBACK * 6,
    ),
    Item(
        352.5,
        "metric",
        "metrics of orders",
        "db_pool_in_use / db_pool_size",
        "pool 8/8 in use since 13:59:20",
        "tier1/data",
        _samples(-60, 60, "onset"),
    ),
    Item(
        354.8,
        "deploy",
        "bin/deploy",
        f"bin/deploy orders {GOOD} --dry-run",
        "dry run: exit 0, would start 4d81f0a",
        "mitigation/prepare@1",
        _DRY_RUN,
    ),
    Item(
        452.0,
        "log",
        "var/log/orders.log",
        "tracebacks since 13:59:22, by frame",
        "388 of 412 come through summary.py:41",
        "tier2/analysis",
        _TEMPLATES,
    ),
    Item(
        489.0,
        "code",
        "repo",
        "git show b7e23c1:shop/summary.py",
        "summary.py:39 returns without release",
        "tier2/analysis",
        _SOURCE,
    ),
    Item(
        519.2,
        "deploy",
        "bin/deploy",
        f"bin/deploy orders {GOOD} --rollback",
        "4d81f0a is live again, exit 0",
        "mitigation/execute@1",
        _ROLLED,
    ),
    Item(
        1448.0,
        "metric",
        "metrics of orders",
        "60 looks, 14:09:09..14:24:09",
        "60 looks in a row passed, errors 0.0 %",
        "mitigation/validate@1",
        _samples(1380, 1448, "good"),
    ),
)
"""In the order of their numbers: the first is E1."""
