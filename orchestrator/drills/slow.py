"""A release that asks the database too often, and with too few connections for that.

Two commits: one makes a single kind of request need many statements, the other cuts the pool. Each
alone would be felt; together they empty the pool.
"""

from dataclasses import dataclass

from orchestrator.drills.edit import Change, Edit
from orchestrator.drills.leaks import MODULE


@dataclass(frozen=True, slots=True)
class Slow:
    """One way to ask too often, before the seed's words are put in."""

    shape: str
    trigger: str
    change: Change


def _slow(shape: str, trigger: str, messages: tuple[str, ...], *edits: tuple[str, str]) -> Slow:
    change = Change(shape, messages, tuple(Edit(MODULE, old, new) for old, new in edits))
    return Slow(shape, trigger, change)


SLOW = (
    _slow(
        "filtered-here",
        "list",
        ("list $items the same way for all and for one $owner", "one query for lists of $items"),
        (
            """    with $pool.$connection() as conn:
        found = rows(
            conn,
            f"SELECT {COLUMNS} FROM ${items} WHERE ? IN ('', $owner) ORDER BY id DESC LIMIT ?",
            ($owner, limit),
        )
    return found
""",
            """    sql = f"SELECT {COLUMNS} FROM ${items} WHERE id < ? ORDER BY id DESC LIMIT 60"
    found: list[dict[str, Any]] = []
    before = 2**62
    with $pool.$connection() as conn:
        while len(found) < limit and (page := rows(conn, sql, (before,))):
            found += [each for each in page if $owner in ("", each["$owner"])]
            before = page[-1]["id"]
    return found[:limit]
""",
        ),
    ),
    _slow(
        "one-by-one",
        "export",
        ("export $items with their $parts", "an export of $items holds the $parts too"),
        (
            """        page = list(islice(found, EXPORT_PAGE))
    return {"$items": page, "next": page[-1]["id"] if page else None}
""",
            """        page = list(islice(found, EXPORT_PAGE))
    sql = "SELECT id, label FROM ${item}_${parts} WHERE ${item}_id = ?"
    with $pool.$connection() as conn:
        for each in page:
            each["$parts"] = rows(conn, sql, (each["id"],))
    return {"$items": page, "next": page[-1]["id"] if page else None}
""",
        ),
    ),
)


def pool_cut(pool_size: int) -> Change:
    """Fewer connections than before: enough for what the stable release asks, and no more."""
    left = 2 if pool_size < 7 else 3
    return Change(
        "pool-cut",
        (f"{left} connections are enough", "leave connections to the others on this database"),
        (Edit("$package/settings.py", "POOL_SIZE = $pool_size\n", f"POOL_SIZE = {left}\n"),),
    )
