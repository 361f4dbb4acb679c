"""What the agents of the told incident wrote while they worked, as timed lines by task attempt."""

import json
from pathlib import Path

from orchestrator.clock import FakeClock
from orchestrator.journal.transcript import TranscriptWriter
from tests.unit.incident_evidence import BAD, GOOD, T0

Said = tuple[float, str, str]
"""Seconds after detection, kind, text."""

SAID: dict[str, tuple[Said, ...]] = {
    "detect/record#1": (
        (0.4, "say", "Reading the metrics of orders for the last minutes.\n"),
        (1.2, "call", "GET /metrics (ring of orders, 60 s)"),
        (1.8, "evidence", "E1 errors 0 → 94 % from 13:59:22"),
        (2.1, "out", "13:59:20Z requests 22.0/s errors 0.000 p95 0.021s pool 6/8"),
        (2.1, "out", "13:59:22Z requests 22.2/s errors 0.060 p95 0.180s pool 6/8"),
        (2.4, "call", "tail -n 200 var/log/orders.log"),
        (2.9, "evidence", "E2 PoolTimeout in /orders/summary"),
        (3.6, "say", "Impact began at 13:59:22 [E1], 38 s before the alert. "),
        (4.8, "say", "Pages answer 503 after half a second [E2:2]. Affected users: UNKNOWN.\n"),
        (6.1, "end", "done"),
    ),
    "detect/alert#1": (
        (0.5, "say", "Writing the first alert for the incident channel.\n"),
        (2.6, "say", "Waiting for the first figures from the metrics [E1].\n"),
        (4.5, "end", "done"),
    ),
    "regression/verdict#1": (
        (7.0, "say", "What changed in the last 48 hours?\n"),
        (31.0, "call", "deploys of orders, 48 h"),
        (58.0, "evidence", "E3 b7e23c1 deployed 13:58:51 by ci"),
        (60.0, "say", "b7e23c1 went live 31 s before the first failure [E3:2].\n"),
        (64.0, "call", f"git log --numstat {GOOD[:7]}..{BAD[:7]}"),
        (71.0, "evidence", "E4 6 commits between 4d81f0a and b7e23c1"),
        (71.2, "out", "9c41d7e r.diaz   reuse the connection for the summary query"),
        (71.2, "out", "51f6c07 m.sato   pool: export db_pool_in_use"),
        (90.0, "call", "git show 9c41d7e"),
        (96.0, "evidence", "E5 9c41d7e: acquire without release on a path"),
        (103.0, "evidence", "E6 1 new error template, 412 times"),
        (131.0, "say", "You asked for the pool first: 51f6c07 only adds a gauge [E4:4].\n"),
        (150.0, "say", "388 of 412 new errors come through summary.py:41 [E6:2], "),
        (158.0, "say", "which 9c41d7e changed [E5]. Traffic stayed at 22 a second [E1].\n"),
        (181.5, "end", "done"),
    ),
    "regression/feasibility#1": (
        (184.0, "say", "Can 4d81f0a be put back?\n"),
        (190.0, "call", f"git diff --stat {GOOD[:7]}..{BAD[:7]}"),
        (204.0, "evidence", "E7 no migration, no changed contract"),
        (212.0, "say", "No migration lies between the versions [E7:7]: a rollback is SAFE.\n"),
        (220.5, "end", "done"),
    ),
    "triage/impact#1": (
        (223.0, "say", "How many requests fail now?\n"),
        (248.0, "evidence", "E8 84 % of requests fail now"),
        (270.0, "say", "84 % of requests fail [E8]; nobody knows how many users that is.\n"),
        (318.0, "end", "done"),
    ),
    "triage/urgency#1": (
        (223.5, "say", "How long does the error budget last?\n"),
        (262.0, "evidence", "E9 budget spent in 45 min at this rate"),
        (280.0, "say", "At 18.5 failed requests a second it lasts 45 min [E9:4].\n"),
        (339.0, "end", "done"),
    ),
    "tier1/data#1": (
        (341.0, "say", "Collecting health, logs, metrics and the state of the pool.\n"),
        (344.0, "call", "GET /healthz"),
        (346.0, "evidence", "E10 /healthz 200 in 4 ms, version b7e23c1"),
        (346.0, "out", '{"ok": true, "version": "b7e23c1"}'),
        (348.0, "call", "last 500 lines of var/log/orders.log"),
        (349.5, "evidence", "E11 431 of 500 lines belong to PoolTimeout"),
        (352.5, "evidence", "E12 pool 8/8 in use since 13:59:20"),
        (354.0, "say", "The process answers in 4 ms [E10]; it is the pool that is full: "),
        (360.0, "say", "8 of 8 connections since 13:59:20 [E12].\n"),
        (378.0, "say", "431 of the last 500 lines are PoolTimeout [E11]. No runbook covers it.\n"),
        (391.0, "end", "done"),
    ),
    "tier2/analysis#1": (
        (394.0, "say", "Taking over from tier 1: pool full [E12], process healthy [E10].\n"),
        (430.0, "call", "tracebacks since 13:59:22, by frame"),
        (452.0, "evidence", "E14 388 of 412 come through summary.py:41"),
        (455.0, "say", "H1: 9c41d7e leaks a connection for every empty summary.\n"),
        (470.0, "call", f"git show {BAD[:7]}:shop/summary.py"),
        (489.0, "evidence", "E15 summary.py:39 returns without release"),
        (489.4, "out", "    39    if not rows:"),
        (489.4, "out", "    40        return empty(customer)"),
        (
            500.0,
            "say",
            "The early return skips the release [E15:4]. H2, a slow query, refuted: ",
        ),
        (512.0, "say", "p95 was 21 ms until the pool was full [E1].\n"),
        (559.0, "end", "done"),
    ),
    "mitigation/strategy#1": (
        (342.5, "say", "Five ways out; the last version worked [E3] and is safe [E7].\n"),
        (351.0, "say", "Selected: rollback to 4d81f0a.\n"),
        (352.0, "end", "done"),
    ),
    "rca/5whys#1": (
        (562.0, "say", "Five times why, from the 503 down.\n"),
        (610.0, "say", "1. No connection was free [E6]. 2. All 8 never came back [E12]. "),
        (640.0, "say", "3. summary() returns without release [E15:4]. 4. 9c41d7e [E5:9]. "),
        (660.0, "say", "5. Why nobody saw it before release: UNKNOWN.\n"),
        (689.0, "end", "done"),
    ),
    "rca/ishikawa#1": (
        (562.5, "say", "People, process, technology, environment.\n"),
        (622.5, "warn", "no answer within 60 s"),
    ),
    "rca/ishikawa#2": (
        (624.0, "say", "Second attempt. Process: no test of an empty summary [E7].\n"),
        (650.0, "say", "Technology: acquire() works without a with block [E5]; pool of 8 [E12].\n"),
        (671.0, "end", "done"),
    ),
    "review/pir#1": (
        (1450.5, "say", "Reading the whole record again.\n"),
        (
            1470.0,
            "say",
            "Detected 38 s after the first failure [E1]; rolled back 14:08:39 [E16].\n",
        ),
        (1499.0, "end", "done"),
    ),
}
"""By key#attempt."""


def transcript(key: str, attempt: int) -> str:
    """The file of a task up to the end of an attempt, byte for byte as the writer leaves it."""
    lines: list[str] = []
    for number in range(1, attempt + 1):
        for at, kind, text in SAID.get(f"{key}#{number}", ()):
            body = {"t": round(T0 + at, 3), "attempt": number, "kind": kind, "text": text}
            lines.append(json.dumps(body, ensure_ascii=False) + "\n")
    return "".join(lines)


def write_transcript(path: Path, key: str, attempt: int) -> None:
    """One attempt of a task, written by the real writer under a clock that follows the lines."""
    said = SAID.get(f"{key}#{attempt}", ())
    if not said:
        return
    clock = FakeClock(T0)
    writer = TranscriptWriter(path, attempt, clock)
    for at, kind, text in said:
        clock.advance(T0 + at - clock.now())
        if kind == "say":
            writer.say(text)
            writer.flush()
        else:
            writer.line(kind, text)
    writer.close()
