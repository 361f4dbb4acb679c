"""Innocent commits that ride along: some dull, some touching the very lines a leak would touch.

None of them changes how many connections are lent out after a request. The frightening ones matter
most: whoever blames the nearest change to the pool, or any explicit acquire, is wrong here.
"""

from orchestrator.drills.edit import Change, Edit

_POOL = "$package/$pool_module.py"
_RESOURCE = "$package/$items.py"


def _change(name: str, messages: tuple[str, ...], *edits: tuple[str, str, str]) -> Change:
    return Change(name, messages, tuple(Edit(*edit) for edit in edits))


POOL = (
    _change(
        "newest-first",
        ("lend the most recently used connection first", "keep warm connections warm"),
        (_POOL, "self._idle.popleft() if", "self._idle.pop() if"),
    ),
    _change(
        "wait-seconds",
        ("count how long callers wait for a connection", "measure waits for a connection"),
        (
            _POOL,
            "        self._lent = 0\n        self._changed = threading.Condition()\n",
            "        self._lent = 0\n        self.waited = 0.0\n"
            "        self._changed = threading.Condition()\n",
        ),
        (
            _POOL,
            "                self._changed.wait(left)\n",
            "                before = time.monotonic()\n"
            "                self._changed.wait(left)\n"
            "                self.waited += time.monotonic() - before\n",
        ),
    ),
    _change(
        "ping",
        ("check a connection before it is lent", "never lend a dead connection"),
        (
            _POOL,
            "            self._lent += 1\n        return conn\n",
            '            self._lent += 1\n        conn.execute("SELECT 1").fetchone()\n'
            "        return conn\n",
        ),
    ),
    _change(
        "timeout-tweak",
        ("wait a little longer for a connection", "give slow callers 600 ms for a connection"),
        ("$package/settings.py", "ACQUIRE_TIMEOUT = 0.5\n", "ACQUIRE_TIMEOUT = 0.6\n"),
    ),
    _change(
        "busy-timeout",
        ("wait longer for a locked database", "raise the busy timeout"),
        (_POOL, "PRAGMA busy_timeout = 400", "PRAGMA busy_timeout = 600"),
    ),
    _change(
        "cache-size",
        ("more page cache per connection",),
        (
            _POOL,
            '        conn.execute("PRAGMA synchronous = NORMAL")\n',
            '        conn.execute("PRAGMA synchronous = NORMAL")\n'
            '        conn.execute("PRAGMA cache_size = -4000")\n',
        ),
    ),
    _change(
        "notify-outside",
        ("spell the with block of the pool out", "make $connection easier to step through"),
        (
            _POOL,
            "        conn = self.$acquire()\n        try:\n            yield conn\n",
            "        conn = self.$acquire()\n        lent = conn\n        try:\n"
            "            yield lent\n",
        ),
    ),
    _change(
        "close-order",
        ("forget connections once they are closed",),
        (
            _POOL,
            "        for conn in self._opened:\n            conn.close()\n",
            "        while self._opened:\n            self._opened.pop().close()\n",
        ),
    ),
)
"""Changes in or beside the pool: the frightening ones."""

RESOURCE = (
    _change(
        "explicit-summary",
        ("hold the connection of the $item summary explicitly", "unroll the $item summary"),
        (
            _RESOURCE,
            """    with $pool.$connection() as conn:
        totals = one(
            conn,
            "SELECT count(*) AS count, sum($amount) AS total FROM ${items} WHERE $owner = ?",
            ($owner,),
        )
""",
            """    conn = $pool.$acquire()
    try:
        totals = one(
            conn,
            "SELECT count(*) AS count, sum($amount) AS total FROM ${items} WHERE $owner = ?",
            ($owner,),
        )
""",
        ),
        (
            _RESOURCE,
            """            ($owner,),
        )
    return {"$owner": $owner, "totals": totals, "states": states}
""",
            """            ($owner,),
        )
    finally:
        $pool.$release(conn)
    return {"$owner": $owner, "totals": totals, "states": states}
""",
        ),
    ),
    _change(
        "explicit-list",
        ("list $items without the context manager", "log-friendly connection for lists of $items"),
        (
            _RESOURCE,
            """    with $pool.$connection() as conn:
        found = rows(
            conn,
            f"SELECT {COLUMNS} FROM ${items} WHERE ? IN ('', $owner) ORDER BY id DESC LIMIT ?",
            ($owner, limit),
        )
    return found
""",
            """    conn = $pool.$acquire()
    try:
        return rows(
            conn,
            f"SELECT {COLUMNS} FROM ${items} WHERE ? IN ('', $owner) ORDER BY id DESC LIMIT ?",
            ($owner, limit),
        )
    finally:
        $pool.$release(conn)
""",
        ),
    ),
    _change(
        "with-instead",
        ("use the context manager in ${add}_${item}", "check a new $item before it is stored"),
        (
            _RESOURCE,
            """    conn = $pool.$acquire()
    try:
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
    with $pool.$connection() as conn:
        ${item}_id = write(
            conn,
            "INSERT INTO ${items} ($owner, $amount, state) VALUES (?, ?, ?)",
            ($owner, value, "$first_state"),
        )
    return {"id": ${item}_id, "state": "$first_state"}
""",
        ),
    ),
    _change(
        "early-answer",
        ("answer for an unknown $item outside of the transaction",),
        (
            _RESOURCE,
            """        if found is None:
            return None
        if state not in NEXT[found["state"]]:
            raise Conflict(f"{found['state']} cannot become {state!r}")
""",
            """        if found is None:
            return None
        was = found["state"]
        if state not in NEXT[was]:
            raise Conflict(f"{was} cannot become {state!r}")
""",
        ),
    ),
    _change(
        "bigger-page",
        ("show 25 $items by default",),
        (_RESOURCE, "\nPAGE = 20\n", "\nPAGE = 25\n"),
    ),
    _change(
        "export-page",
        ("smaller pages for the export of $items",),
        (_RESOURCE, "EXPORT_PAGE = 40\n", "EXPORT_PAGE = 30\n"),
    ),
    _change(
        "limit-cap",
        ("never list more than 100 $items",),
        (
            _RESOURCE,
            '        limit = call.number("limit", PAGE)\n',
            '        limit = min(call.number("limit", PAGE), 100)\n',
        ),
    ),
    _change(
        "docstring",
        ("say what an export of $items is for",),
        (
            _RESOURCE,
            '    """One page of the export and where the next one begins."""\n',
            '    """One page of the export, for nightly reports, and where the next begins."""\n',
        ),
    ),
    _change(
        "clearer-refusal",
        ("say which $item is missing",),
        (
            _RESOURCE,
            """    def shown(call: Call) -> Reply:
        found = ${find}_${item}($pool, call.params["id"])
        return Reply(404, {"error": "no such $item"}) if found is None else Reply(200, found)
""",
            """    def shown(call: Call) -> Reply:
        ${item}_id = call.params["id"]
        found = ${find}_${item}($pool, ${item}_id)
        if found is None:
            return Reply(404, {"error": f"no $item {${item}_id}"})
        return Reply(200, found)
""",
        ),
    ),
    _change(
        "index",
        ("index $items by $owner",),
        (
            "$package/schema.py",
            "CREATE INDEX IF NOT EXISTS ${item}_${parts}_of ",
            "CREATE INDEX IF NOT EXISTS ${items}_$owner ON ${items} ($owner);\n"
            "CREATE INDEX IF NOT EXISTS ${item}_${parts}_of ",
        ),
    ),
)
"""Changes to one of the resources; put in once for a resource that the seed picks."""

AROUND = (
    _change(
        "retry-refactor",
        ("turn the retry of locked writes around", "retry writes in one place"),
        (
            "$package/statements.py",
            """    for attempt in range(ATTEMPTS):
        try:
            return conn.execute(sql, args).lastrowid or 0
        except sqlite3.OperationalError:
            if attempt == ATTEMPTS - 1:
                raise
            time.sleep(PAUSE)
    return 0
""",
            """    for pause in [PAUSE] * (ATTEMPTS - 1):
        try:
            return conn.execute(sql, args).lastrowid or 0
        except sqlite3.OperationalError:
            time.sleep(pause)
    return conn.execute(sql, args).lastrowid or 0
""",
        ),
    ),
    _change(
        "one-row",
        ("fetch one row without building a list",),
        (
            "$package/statements.py",
            "    found = rows(conn, sql, args)\n    return found[0] if found else None\n",
            "    return next(stream(conn, sql, args), None)\n",
        ),
    ),
    _change(
        "request-id",
        ("answer with the duration", "send Server-Timing"),
        (
            "$package/server.py",
            '        self.send_header("Content-Length", str(len(content)))\n',
            '        self.send_header("Content-Length", str(len(content)))\n'
            '        self.send_header("Server-Timing", "app")\n',
        ),
    ),
    _change(
        "quiet-reset",
        ("treat an aborted client like a closed one",),
        (
            "$package/server.py",
            "except (BrokenPipeError, ConnectionResetError):",
            "except (BrokenPipeError, ConnectionResetError, ConnectionAbortedError):",
        ),
    ),
    _change(
        "log-service",
        ("log the thread that wrote the line",),
        (
            "$package/logs.py",
            '"msg": message, **fields})\n',
            '"msg": message, **fields, "thread": threading.current_thread().name})\n',
        ),
    ),
    _change(
        "finer-buckets",
        ("a finer bucket between 200 and 300 ms",),
        ("$package/metrics.py", "0.2, 0.3, ", "0.2, 0.25, 0.3, "),
    ),
    _change(
        "max-body",
        ("accept bodies up to 128 KiB",),
        ("$package/settings.py", "MAX_BODY = 65536\n", "MAX_BODY = 131072\n"),
    ),
    _change(
        "amount-limit",
        ("raise the highest amount", "allow larger amounts"),
        ("$package/checks.py", "MAX_AMOUNT = 100_000\n", "MAX_AMOUNT = 250_000\n"),
    ),
    _change(
        "strip-once",
        ("strip a text only once",),
        (
            "$package/checks.py",
            """    value = body.get(name)
    if not isinstance(value, str) or not value.strip():
        raise Rejected(f"{name} is missing")
    return value.strip()
""",
            """    value = body.get(name)
    stripped = value.strip() if isinstance(value, str) else ""
    if not stripped:
        raise Rejected(f"{name} is missing")
    return stripped
""",
        ),
    ),
    _change(
        "readme",
        ("docs: how to run the tests", "readme: say where the metrics are"),
        (
            "README.md",
            "`/healthz` says which version runs, `/metrics` what it has served.\n",
            "`/healthz` says which version runs, `/metrics` what it has served.\n"
            "The tests need nothing but the standard library.\n",
        ),
    ),
    _change(
        "runbook",
        ("runbook: what to do when callers wait", "docs: first aid"),
        (
            "docs/runbook.md",
            "- Deploy: ",
            "- First look at the last deploy, then at the log.\n- Deploy: ",
        ),
    ),
    _change(
        "another-test",
        ("test that a connection is lent twice in a row",),
        (
            "tests/test_pool.py",
            '\n\nif __name__ == "__main__":\n',
            """
    def test_a_connection_is_lent_again(self) -> None:
        for _ in range(3):
            with self.pool.$connection() as conn:
                self.assertEqual(conn.execute("SELECT 1").fetchone(), (1,))


if __name__ == "__main__":
""",
        ),
    ),
    _change(
        "python",
        ("say which Python the service needs", "require Python 3.11"),
        ("pyproject.toml", "", '[project]\nname = "$service"\nrequires-python = ">=3.11"\n'),
    ),
)
"""Changes anywhere else."""
