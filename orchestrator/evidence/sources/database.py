"""What a PostgreSQL server is asked in an incident: who is connected, who waits for whom, and which
statements are slow. Views as in the documentation of PostgreSQL 12 and later.
"""

from collections.abc import Callable

from orchestrator.clock import Clock
from orchestrator.evidence.hygiene import clean
from orchestrator.evidence.sources.postgres import (
    ROWS,
    TIMEOUT,
    Full,
    Postgres,
    Row,
    Session,
    address_of,
)
from orchestrator.evidence.sources.question import Checked, Question, Reading, Remark
from orchestrator.evidence.sources.source import SourceError
from orchestrator.evidence.sources.waiting import Waiting, chains
from orchestrator.settings import Service

IDLE = 30.0
"""Seconds a transaction may be idle before it is worth a word."""

_MANY = 5
"""From this many sessions on, half of all idle in transaction is a leak, not a moment."""

_TEXT = 160

CONNECTIONS = """\
select coalesce(state, ''), coalesce(application_name, ''), coalesce(usename, ''), count(*),
  coalesce(max(extract(epoch from clock_timestamp() - xact_start)), 0)::float8,
  coalesce(max(extract(epoch from clock_timestamp() - state_change)), 0)::float8,
  current_setting('max_connections')::int
from pg_stat_activity
where coalesce(backend_type, 'client backend') = 'client backend' and datid is not null
  and pid <> pg_backend_pid()
group by 1, 2, 3 order by 4 desc, 1, 2, 3"""
BLOCKING = """\
with waiting as (
  select distinct pid, pg_blocking_pids(pid) as blockers from pg_locks where not granted
)
select a.pid, coalesce(w.blockers, '{}'), coalesce(a.state, ''),
  coalesce(a.application_name, ''), coalesce(a.usename, ''),
  coalesce(extract(epoch from clock_timestamp() - a.xact_start), 0)::float8,
  coalesce(extract(epoch from clock_timestamp() - a.state_change), 0)::float8,
  coalesce(a.query, '')
from pg_stat_activity a left join waiting w using (pid)
where a.pid in (select pid from waiting union select unnest(blockers) from waiting)
order by a.pid"""
LOCKS = """\
select l.pid, l.locktype, l.mode, coalesce(l.relation::regclass::text, ''),
  coalesce(a.application_name, ''),
  coalesce(extract(epoch from clock_timestamp() - a.state_change), 0)::float8,
  coalesce(a.query, '')
from pg_locks l left join pg_stat_activity a using (pid)
where not l.granted order by 6 desc"""
STATEMENTS = """\
select calls, mean_exec_time, max_exec_time, total_exec_time, rows, query
from pg_stat_statements s join pg_database d on d.oid = s.dbid
where d.datname = current_database() order by mean_exec_time desc limit 15"""
_RIGHTS = """\
select usesuper, pg_has_role(usename, 'pg_monitor', 'member'),
  exists (select from pg_extension where extname = 'pg_stat_statements')
from pg_user where usename = current_user"""

_Tell = Callable[[list[Row]], Reading]


def first_look(service: Service, clock: Clock) -> list[Question]:
    """What Tier 1 collects: connections, and who waits for whom."""
    kinds = [("connections", CONNECTIONS, connections), ("blocking chains", BLOCKING, blocking)]
    return [_question(service, clock, *kind) for kind in kinds] if _given(service) else []


def chains_look(service: Service, clock: Clock) -> list[Question]:
    """Who waits for whom, and nothing else."""
    kind = ("blocking chains", BLOCKING, blocking)
    return [_question(service, clock, *kind)] if _given(service) else []


def deep_look(service: Service, clock: Clock) -> list[Question]:
    """What Tier 2 reads: chains as they are by then, waiting locks, and slow statements."""
    kinds = [
        ("blocking chains", BLOCKING, blocking),
        ("waiting locks", LOCKS, locks),
        ("slow statements", STATEMENTS, statements),
    ]
    return [_question(service, clock, *kind) for kind in kinds] if _given(service) else []


def _given(service: Service) -> str:
    return service.postgres.get_secret_value()


def _question(service: Service, clock: Clock, name: str, query: str, tell: _Tell) -> Question:
    slow = query is STATEMENTS

    def ask(session: Session) -> list[Row]:
        if slow:
            _has_statistics(session)
        old = session.version < 130000
        return session.rows(query.replace("_exec_time", "_time") if slow and old else query)

    async def read() -> Reading:
        server = Postgres(address_of(_given(service)))
        begun = clock.now()
        try:
            told = tell(await server.ask(ask))
        except Full as error:
            told = Reading(f"{error}\n", (Remark(str(error), 1, ill=True),))
        return Reading(told.content, told.remarks, told.truncated, begun, clock.now())

    async def check() -> Checked:
        reading = await read()
        if name != "connections":
            return Checked(f"{name}: {reading.remarks[0].text}")
        return await _rights(Postgres(address_of(_given(service))), reading)

    return Question(
        about="database",
        name=name,
        kind="database",
        source=_source(service),
        command=" ".join(query.split()),
        reader=read,
        checker=check,
        mend="create extension pg_stat_statements" if slow else "correct postgres",
        timeout=TIMEOUT,
        optional=slow,
    )


def _source(service: Service) -> str:
    try:
        return Postgres(address_of(_given(service))).shown
    except SourceError:
        return f"the database of {service.name}"


def _has_statistics(session: Session) -> None:
    if not session.rows("select from pg_extension where extname = 'pg_stat_statements'"):
        raise SourceError("the extension pg_stat_statements is not installed in this database")


async def _rights(server: Postgres, reading: Reading) -> Checked:
    """What the role may see, and whether it may do more than look."""
    (role,) = await server.ask(lambda session: session.rows(_RIGHTS)) or [(False, False, False)]
    said = f"{server.shown}: {reading.remarks[0].text}"
    mend = "grant pg_monitor to a role of its own, without further rights, and use that"
    if role[0]:
        return Checked(said, f"{server.shown}: the role is a superuser", mend)
    if not role[1]:
        why = "the role is no member of pg_monitor, so what others run is hidden from it"
        return Checked(said, f"{server.shown}: {why}", mend)
    return Checked(said)


def connections(rows: list[Row]) -> Reading:
    """Sessions by state and application, the most first."""
    if not rows:
        return Reading("no client is connected\n", (Remark("no client is connected"),))
    total, most = sum(row[3] for row in rows), rows[0][6]
    lines = [f"{total} of {most} connections are taken"]
    remarks = [Remark(lines[0], 1, ill=total >= 0.9 * most)]
    idle = 0
    for state, application, user, count, transaction, since, _ in rows:
        who = f"{application or 'no application name'} as {user or 'unknown'}"
        lines.append(
            f"{count} × {state or 'state hidden'}: {who}, oldest transaction {transaction:.0f} s"
        )
        if state.startswith("idle in transaction"):
            idle += count
            if since >= IDLE or (count >= _MANY and 2 * count >= total):
                text = f"{count} sessions of {application or user} are {state}"
                remarks.append(Remark(f"{text}, the longest for {since:.0f} s", len(lines), True))
    if any(not row[0] for row in rows):
        remarks.append(Remark("the state of other roles' sessions is hidden: grant pg_monitor", 2))
    remarks.sort(key=lambda remark: not remark.ill)
    return _reading(lines, remarks, rows)


def blocking(rows: list[Row]) -> Reading:
    """Chains of waiting sessions, each from the one that nobody blocks on down to the last."""
    sessions = [_waiting(*row) for row in rows]
    lines: list[str] = []
    remarks: list[Remark] = []
    for chain in chains(sessions):
        waits = len(chain.steps) - 1
        behind = "1 session waits" if waits == 1 else f"{waits} sessions wait"
        text = f"{behind} behind {chain.root.told()}"
        remarks.append(Remark(text, len(lines) + 1, ill=True))
        lines += [f"{'  ' * depth}{session.told()}" for session, depth in chain.steps]
    if not lines:
        lines, remarks = ["nobody waits for another"], [Remark("nobody waits for another")]
    return _reading(lines, remarks, rows)


def _waiting(
    pid: int,
    blockers: list[int],
    state: str,
    application: str,
    user: str,
    transaction: float,
    since: float,
    query: str,
) -> Waiting:
    given = (state, application, user, transaction, since)
    return Waiting(pid, tuple(blockers), *given, _short(query))


def locks(rows: list[Row]) -> Reading:
    """Locks that are waited for, the longest wait first."""
    lines = [
        f"pid {pid} ({application or 'no application name'}) waits {since:.0f} s for {mode} "
        f"on {relation or kind}: {_short(query)}"
        for pid, kind, mode, relation, application, since, query in rows
    ]
    first = Remark(lines[0], 1, ill=True) if lines else Remark("no lock is waited for")
    return _reading(lines or [first.text], [first], rows)


def statements(rows: list[Row]) -> Reading:
    """Statements by their mean time; only what was completed is counted by the server."""
    lines = [
        f"mean {mean:.0f} ms, most {most:.0f} ms, {calls} calls, {total / 1000:.1f} s in all, "
        f"{count} rows: {_short(query)}"
        for calls, mean, most, total, count, query in rows
    ]
    if not lines:
        return _reading(["no statement is counted"], [Remark("no statement is counted")], rows)
    first = Remark(f"slowest: {lines[0]}", 1)
    lines.append("what a statement_timeout cancelled is not counted here")
    return _reading(lines, [first], rows)


def _reading(lines: list[str], remarks: list[Remark], rows: list[Row]) -> Reading:
    truncated = len(rows) >= ROWS
    if truncated:
        lines = [*lines, f"[... cut here: more than {ROWS} rows ...]"]
    return Reading(clean("\n".join(lines)) + "\n", tuple(remarks), truncated)


def _short(query: str) -> str:
    said = " ".join(query.split())
    return said if len(said) <= _TEXT else said[: _TEXT - 1] + "…"
