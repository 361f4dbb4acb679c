"""The ways a release loses connections: each replaces one sound function of a resource module.

Every leak looks like a change somebody makes on purpose, runs, and answers rightly until the pool
is empty. `trigger` names the request that loses a connection, as `traffic.py` calls it.
"""

from dataclasses import dataclass

from orchestrator.drills.edit import Change, Edit

MODULE = "$package/$items.py"


@dataclass(frozen=True, slots=True)
class Leak:
    """One shape of leak, before the seed's words are put in."""

    shape: str
    function: str
    trigger: str
    change: Change


def _leak(
    shape: str, function: str, trigger: str, messages: tuple[str, ...], *edits: tuple[str, str]
) -> Leak:
    change = Change(shape, messages, tuple(Edit(MODULE, old, new) for old, new in edits))
    return Leak(shape, function, trigger, change)


LEAKS = (
    _leak(
        "early-return",
        "${find}_${item}",
        "unknown",
        ("read the $item and its $parts in one go", "flatten the lookup of the $item"),
        (
            """    with $pool.$connection() as conn:
        found = one(conn, f"SELECT {COLUMNS} FROM ${items} WHERE id = ?", (${item}_id,))
        if found is None:
            return None
        found["$parts"] = rows(
            conn, "SELECT id, label FROM ${item}_${parts} WHERE ${item}_id = ?", (${item}_id,)
        )
        return found
""",
            """    conn = $pool.$acquire()
    found = one(conn, f"SELECT {COLUMNS} FROM ${items} WHERE id = ?", (${item}_id,))
    if found is None:
        return None
    found["$parts"] = rows(
        conn, "SELECT id, label FROM ${item}_${parts} WHERE ${item}_id = ?", (${item}_id,)
    )
    $pool.$release(conn)
    return found
""",
        ),
    ),
    _leak(
        "second-connection",
        "${find}_${item}",
        "held",
        ("always show the current $parts of a $held_state $item", "read $parts of $items afresh"),
        (
            """    with $pool.$connection() as conn:
        found = one(conn, f"SELECT {COLUMNS} FROM ${items} WHERE id = ?", (${item}_id,))
        if found is None:
            return None
        found["$parts"] = rows(
            conn, "SELECT id, label FROM ${item}_${parts} WHERE ${item}_id = ?", (${item}_id,)
        )
        return found
""",
            """    with $pool.$connection() as conn:
        found = one(conn, f"SELECT {COLUMNS} FROM ${items} WHERE id = ?", (${item}_id,))
    if found is None:
        return None
    sql = "SELECT id, label FROM ${item}_${parts} WHERE ${item}_id = ?"
    if found["state"] == "$held_state":
        return {**found, "$parts": rows($pool.$acquire(), sql, (${item}_id,))}
    with $pool.$connection() as conn:
        found["$parts"] = rows(conn, sql, (${item}_id,))
    return found
""",
        ),
    ),
    _leak(
        "release-out-of-finally",
        "${add}_${item}",
        "rejected",
        ("simplify ${add}_${item}", "less nesting where the $item is stored"),
        (
            """    try:
        $owner = text(body, "$owner")
        value = amount(body, "$amount")
        ${item}_id = write(
            conn,
            "INSERT INTO ${items} ($owner, $amount, state) VALUES (?, ?, ?)",
            ($owner, value, "$first_state"),
        )
        return {"id": ${item}_id, "state": "$first_state"}
    finally:
        $pool.$release(conn)
""",
            """    $owner = text(body, "$owner")
    value = amount(body, "$amount")
    ${item}_id = write(
        conn,
        "INSERT INTO ${items} ($owner, $amount, state) VALUES (?, ?, ?)",
        ($owner, value, "$first_state"),
    )
    $pool.$release(conn)
    return {"id": ${item}_id, "state": "$first_state"}
""",
        ),
    ),
    _leak(
        "exception-path",
        "${move}_${item}",
        "refused",
        ("log which ${items} change their state", "say which $item was moved"),
        (
            """    with $pool.$connection() as conn:
        found = one(conn, "SELECT state FROM ${items} WHERE id = ?", (${item}_id,))
        if found is None:
            return None
        if state not in NEXT[found["state"]]:
            raise Conflict(f"{found['state']} cannot become {state!r}")
        write(conn, "UPDATE ${items} SET state = ? WHERE id = ?", (state, ${item}_id))
        return {"id": ${item}_id, "state": state}
""",
            """    conn = $pool.$acquire()
    found = one(conn, "SELECT state FROM ${items} WHERE id = ?", (${item}_id,))
    if found is None:
        $pool.$release(conn)
        return None
    if state not in NEXT[found["state"]]:
        raise Conflict(f"{found['state']} cannot become {state!r}")
    write(conn, "UPDATE ${items} SET state = ? WHERE id = ?", (state, ${item}_id))
    $pool.$release(conn)
    logs.info("$item moved", id=${item}_id, was=found["state"], now=state)
    return {"id": ${item}_id, "state": state}
""",
        ),
        (
            "from $package.$pool_module import $Pool\n",
            "from $package import logs\nfrom $package.$pool_module import $Pool\n",
        ),
    ),
    _leak(
        "iterator-kept",
        "export_${items}",
        "export",
        ("let an export of $items go on where it stopped", "exports of $items need no second scan"),
        (
            """EXPORT_PAGE = 40
""",
            """EXPORT_PAGE = 40
_exports: dict[int, Iterator[dict[str, Any]]] = {}
""",
        ),
        (
            """    with closing(each_${item}($pool, after)) as found:
        page = list(islice(found, EXPORT_PAGE))
    return {"$items": page, "next": page[-1]["id"] if page else None}
""",
            """    found = _exports.pop(after, None) or each_${item}($pool, after)
    page = list(islice(found, EXPORT_PAGE))
    if page:
        _exports[page[-1]["id"]] = found
    return {"$items": page, "next": page[-1]["id"] if page else None}
""",
        ),
        ("from contextlib import closing\n", ""),
    ),
    _leak(
        "connection-kept",
        "${items}_summary",
        "summary",
        ("reuse the connection for the summary query", "warm summaries of $items"),
        (
            "from collections.abc import Iterator\n",
            "import sqlite3\nfrom collections.abc import Iterator\n",
        ),
        (
            """COLUMNS = "id, $owner, $amount, state"
""",
            """COLUMNS = "id, $owner, $amount, state"
_warm: dict[str, sqlite3.Connection] = {}
""",
        ),
        (
            """    with $pool.$connection() as conn:
        totals = one(
            conn,
            "SELECT count(*) AS count, sum($amount) AS total FROM ${items} WHERE $owner = ?",
            ($owner,),
        )
        states = rows(
            conn,
            "SELECT state, count(*) AS count FROM ${items} WHERE $owner = ? GROUP BY state",
            ($owner,),
        )
""",
            """    conn = _warm.get($owner)
    if conn is None:
        conn = _warm[$owner] = $pool.$acquire()
    totals = one(
        conn,
        "SELECT count(*) AS count, sum($amount) AS total FROM ${items} WHERE $owner = ?",
        ($owner,),
    )
    states = rows(
        conn,
        "SELECT state, count(*) AS count FROM ${items} WHERE $owner = ? GROUP BY state",
        ($owner,),
    )
""",
        ),
    ),
    _leak(
        "empty-page",
        "list_${items}",
        "empty",
        ("answer an empty list of $items at once", "skip the rest when a $owner has no $items"),
        (
            """    with $pool.$connection() as conn:
        found = rows(
            conn,
            f"SELECT {COLUMNS} FROM ${items} WHERE ? IN ('', $owner) ORDER BY id DESC LIMIT ?",
            ($owner, limit),
        )
    return found
""",
            """    conn = $pool.$acquire()
    found = rows(
        conn,
        f"SELECT {COLUMNS} FROM ${items} WHERE ? IN ('', $owner) ORDER BY id DESC LIMIT ?",
        ($owner, limit),
    )
    if not found:
        return []
    $pool.$release(conn)
    return found
""",
        ),
    ),
)
