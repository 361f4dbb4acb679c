"""The nightly report: totals of everything that is kept. `DATABASE [--final]`.

It reads slowly, to leave the database to others. With `--final` its totals are the night's own:
they are stored, and all of them are read in the one transaction that stores them.
"""

import argparse
import json
import sqlite3
import time
from datetime import UTC, datetime

CHUNK = 1000
PAUSE = 0.4
WAITS = 30.0

ROUNDS = 500
"""How often a final report counts a table before it trusts the number."""


def main() -> None:
    parser = argparse.ArgumentParser(prog="nightly-report")
    parser.add_argument("database")
    parser.add_argument("--final", action="store_true", help="store the totals")
    asked = parser.parse_args()
    conn = sqlite3.connect(asked.database, isolation_level=None, timeout=WAITS)
    say("report begins", final=asked.final)
    if asked.final:
        conn.execute("BEGIN IMMEDIATE")
        conn.execute(
            "CREATE TABLE IF NOT EXISTS nightly_totals (at TEXT, name TEXT, count INTEGER)"
        )
    for name in tables(conn):
        count = total(conn, name, rounds=ROUNDS if asked.final else 1)
        if asked.final:
            at = datetime.now(UTC).isoformat(timespec="seconds")
            conn.execute("INSERT INTO nightly_totals VALUES (?, ?, ?)", (at, name, count))
        say("table counted", table=name, rows=count)
    if asked.final:
        conn.execute("COMMIT")
    say("report ends")


def tables(conn: sqlite3.Connection) -> list[str]:
    """What there is to count."""
    found = conn.execute("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name")
    return [name for (name,) in found if name != "nightly_totals"]


def total(conn: sqlite3.Connection, name: str, rounds: int) -> int:
    """Rows of a table, a chunk at a time; counted so many times, and the last count is the one."""
    count = 0
    for _ in range(rounds):
        count, last = 0, 0
        while chunk := conn.execute(
            f"SELECT id FROM {name} WHERE id > ? ORDER BY id LIMIT ?", (last, CHUNK)
        ).fetchall():
            count, last = count + len(chunk), chunk[-1][0]
            time.sleep(PAUSE)
    return count


def say(message: str, **fields: object) -> None:
    """One line of the log."""
    at = datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    line = {"ts": at, "level": "info", "logger": "nightly-report", "msg": message, **fields}
    print(json.dumps(line), flush=True)


if __name__ == "__main__":
    main()
