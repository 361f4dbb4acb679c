"""A change of the schema at start-up that the release before it cannot work with."""

from orchestrator.drills.edit import Change, Edit
from orchestrator.drills.leaks import MODULE

RENAMED = Change(
    "rename-column",
    ("$items: say that the $amount is in cents", "name the column of the $amount by its unit"),
    (
        Edit(
            "$package/schema.py",
            "        conn.executescript(TABLES)\n",
            "        conn.executescript(TABLES)\n        _cents(conn)\n",
        ),
        Edit(
            "$package/schema.py",
            "def _fill(conn: sqlite3.Connection, name: str, part: str) -> None:\n",
            """def _cents(conn: sqlite3.Connection) -> None:
    columns = [row[1] for row in conn.execute("PRAGMA table_info($items)")]
    if "$amount" in columns:
        conn.execute("ALTER TABLE $items RENAME COLUMN $amount TO ${amount}_cents")


def _fill(conn: sqlite3.Connection, name: str, part: str) -> None:
""",
        ),
        Edit(
            MODULE,
            'COLUMNS = "id, $owner, $amount, state"\n',
            'COLUMNS = "id, $owner, ${amount}_cents AS $amount, state"\n',
        ),
        Edit(
            MODULE,
            '"INSERT INTO ${items} ($owner, $amount, state) VALUES (?, ?, ?)"',
            '"INSERT INTO ${items} ($owner, ${amount}_cents, state) VALUES (?, ?, ?)"',
        ),
        Edit(
            MODULE,
            "sum($amount) AS total FROM ${items} WHERE",
            "sum(${amount}_cents) AS total FROM ${items} WHERE",
        ),
    ),
)
"""Goes forward by itself; the code before it asks for a column that is no longer there."""
