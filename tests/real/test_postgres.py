"""A real PostgreSQL server: who is connected, who waits for whom, what is slow; only looked at."""

import asyncio
import contextlib
import threading
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from pydantic import SecretStr

from orchestrator.agents.rules import RulesBackend
from orchestrator.checkup import surroundings
from orchestrator.clock import WallClock
from orchestrator.evidence.sources import database
from orchestrator.evidence.sources.postgres import Postgres
from orchestrator.evidence.sources.question import Question, Reading
from orchestrator.evidence.sources.source import SourceError
from orchestrator.settings import Service
from tests.real.servers import Database, postgres, until
from tests.unit.fake_bench import FakeBench, task
from tests.unit.small_shop import DETECTED, open_shop
from tests.unit.troubled_shop import PassingClock

pytestmark = pytest.mark.slow

PASSWORD = "cork-and-42/bottles"  # a made-up one: it must turn up nowhere
ESCAPED = "cork-and-42%2Fbottles"


@pytest.fixture(scope="module")
def server() -> Iterator[Database]:
    with postgres() as running:
        with running.connect() as connection:
            connection.execute("create table orders (id int primary key, note text)")
            connection.execute("insert into orders select n, 'x' from generate_series(1, 100) n")
            connection.execute("create role onlooker login")
            connection.execute("grant pg_monitor to onlooker")
            connection.execute("create role blind login")
            connection.execute(f"create role secret login password '{PASSWORD}'")
        yield running


def question(server: Database, name: str, user: str = "onlooker", address: str = "") -> Question:
    service = Service(name="orders", postgres=SecretStr(address or server.address(user)))
    asked = database.first_look(service, WallClock()) + database.deep_look(service, WallClock())
    return next(one for one in asked if one.name == name)


def read(server: Database, name: str, user: str = "onlooker", address: str = "") -> Reading:
    return asyncio.run(question(server, name, user, address).read())


@contextlib.contextmanager
def in_background(server: Database, application: str, statement: str) -> Iterator[None]:
    """A session of its own that runs one statement, which somebody else lets go on."""

    def run() -> None:
        with server.connect(application) as connection:
            connection.execute(statement)

    thread = threading.Thread(target=run)
    thread.start()
    try:
        yield
    finally:
        thread.join()


def waiting(server: Database, count: int) -> bool:
    with server.connect() as connection:
        found = connection.execute("select count(*) from pg_locks where not granted").fetchone()
    return found is not None and found[0] == count


@contextlib.contextmanager
def chain_of_three(server: Database) -> Iterator[int]:
    """A report holds its lock, a migration waits for it, a reader behind that; the report's pid."""
    with server.connect("nightly-report") as holder, contextlib.ExitStack() as behind:
        holder.execute("select count(*) from orders")
        alter = "alter table orders add column if not exists c int"
        behind.enter_context(in_background(server, "migrate-2", alter))
        # callbacks run before the threads are waited for, whatever fails in between
        behind.callback(holder.rollback)
        until(lambda: waiting(server, 1), "the migration waits")
        behind.enter_context(in_background(server, "app", "select note from orders"))
        behind.callback(holder.rollback)
        until(lambda: waiting(server, 2), "the reader waits behind the migration")
        yield holder.info.backend_pid


def test_a_chain_of_three_is_told_from_the_one_that_holds_them_all(server: Database) -> None:
    with chain_of_three(server) as pid:
        chains = read(server, "blocking chains")
        locks = read(server, "waiting locks")
        blind = read(server, "blocking chains", user="blind")
    lines = chains.content.splitlines()
    assert [line.split("(")[1].split(" ")[0] for line in lines] == [
        "nightly-report",
        "migrate-2",
        "app",
    ]
    assert [len(line) - len(line.lstrip()) for line in lines] == [0, 2, 4]
    (remark,) = chains.remarks
    assert remark.ill
    assert remark.line == 1
    assert remark.text.startswith(f"2 sessions wait behind pid {pid} (nightly-report")
    assert "idle in transaction" in remark.text
    # who may not see what others do still sees that they wait
    assert blind.remarks[0].text.startswith(f"2 sessions wait behind pid {pid} (")
    assert "state hidden" in blind.content
    assert locks.ill
    assert len(locks.content.splitlines()) == 2
    assert "AccessExclusiveLock on orders: alter table orders" in locks.content


def test_twelve_sessions_that_keep_their_transactions_are_a_leak(server: Database) -> None:
    with contextlib.ExitStack() as sessions:
        for _ in range(12):
            session = sessions.enter_context(server.connect("checkout@1.9"))
            session.execute("select 1")
        reading = read(server, "connections")
    (remark,) = [one for one in reading.remarks if one.ill]
    assert remark.text.startswith("12 sessions of checkout@1.9 are idle in transaction")
    line = reading.content.splitlines()[remark.line - 1]
    assert line.startswith("12 × idle in transaction: checkout@1.9 as postgres")
    assert "of 40 connections are taken" in reading.content


def test_a_quiet_server_is_well(server: Database) -> None:
    assert not read(server, "connections").ill
    chains = read(server, "blocking chains")
    assert (chains.ill, chains.content) == (False, "nobody waits for another\n")
    assert read(server, "waiting locks").remarks[0].text == "no lock is waited for"


def test_slow_statements_come_by_their_mean_time_without_their_values(server: Database) -> None:
    with pytest.raises(SourceError, match=r"pg_stat_statements is not installed in this database"):
        read(server, "slow statements")
    with server.connect() as connection:
        connection.execute("create extension pg_stat_statements")
        connection.execute("select pg_stat_statements_reset()")
    try:
        with server.connect() as connection:
            for _ in range(3):
                connection.execute("select pg_sleep(0.2), 'a value nobody should read'")
        reading = read(server, "slow statements")
    finally:
        with server.connect() as connection:
            connection.execute("drop extension pg_stat_statements")
    first = reading.content.splitlines()[0]
    assert first.endswith("3 rows: select pg_sleep($1), $2")
    assert "3 calls" in first
    assert float(first.split()[1]) >= 200
    assert reading.remarks[0].text.startswith("slowest: mean 2")


def test_a_session_of_ours_can_change_nothing_and_waits_for_nobody_long(server: Database) -> None:
    asked = Postgres(server.address(), timeout=2.0)
    with pytest.raises(SourceError, match=r"cannot execute DELETE in a read-only transaction"):
        asyncio.run(asked.ask(lambda session: session.rows("delete from orders")))
    with pytest.raises(SourceError, match=r"canceling statement due to statement timeout"):
        asyncio.run(asked.ask(lambda session: session.rows("select pg_sleep(30)")))
    found = asyncio.run(
        asked.ask(lambda session: session.rows("select current_setting('application_name')"))
    )
    assert found == [("warroom",)]


def test_a_server_that_is_full_is_evidence_not_a_failed_source(server: Database) -> None:
    with contextlib.ExitStack() as sessions:
        with contextlib.suppress(psycopg.OperationalError):
            for _ in range(60):
                sessions.enter_context(server.connect("crowd"))
        reading = read(server, "connections")
    assert reading.ill
    assert any(part in reading.remarks[0].text for part in ("too many clients", "connection slots"))


def test_the_password_is_used_and_turns_up_nowhere(server: Database) -> None:
    right = f"postgresql://secret:{ESCAPED}@127.0.0.1:{server.port}/postgres?application_name=x"
    asked = question(server, "blocking chains", address=right)
    assert asyncio.run(asked.read()).remarks
    assert asked.source == f"postgresql://secret@127.0.0.1:{server.port}/postgres"
    wrong = right.replace(ESCAPED, ESCAPED + "x")
    with pytest.raises(SourceError, match="password authentication failed") as caught:
        read(server, "blocking chains", address=wrong)
    broken = f"{right}&no_such_option=1"
    with pytest.raises(SourceError, match="invalid URI query parameter") as other:
        read(server, "blocking chains", address=broken)
    for said in (asked.command, asked.source, repr(asked), str(caught.value), str(other.value)):
        assert "bottles" not in said
        assert "\n" not in said


def test_a_server_that_is_not_there_is_named(server: Database) -> None:
    address = "postgresql://onlooker@127.0.0.1:9/postgres"
    with pytest.raises(SourceError, match=r"^postgresql://onlooker@127\.0\.0\.1:9/postgres: "):
        read(server, "connections", address=address)


def test_tier_1_calls_for_help_with_the_database_and_cites_who_holds_it_up(
    server: Database, tmp_path: Path
) -> None:
    shop = open_shop(tmp_path)
    (service,) = shop.settings.services
    changed = service.model_copy(update={"postgres": SecretStr(server.address("onlooker"))})
    settings = shop.settings.model_copy(update={"services": (changed,)})
    bench = FakeBench(shop.root, settings, shop.state, PassingClock(DETECTED + 1))
    with chain_of_three(server) as pid:
        report = asyncio.run(RulesBackend().perform(task("tier1/data"), bench)).report
        deep = asyncio.run(RulesBackend().perform(task("tier2/analysis"), bench)).report
    checks = {check["name"]: check for check in report["checks"]}
    found = checks["database: blocking chains"]
    assert (found["state"], checks["database: connections"]["state"]) == ("bad", "ok")
    line = bench.ledger.resolve(bench.state, found["finding"]["evidence"][0])
    assert line.startswith(f"pid {pid} (nightly-report as postgres), idle in transaction")
    assert "the database or its connection pool is suspected" in report["reasons"]
    item = bench.state.evidence[found["finding"]["evidence"][0].partition(":")[0]]
    assert (item.kind, item.command[:12]) == ("database", "with waiting")
    assert item.from_at == DETECTED + 1
    told = [one for one in deep["hypotheses"] if "sessions wait behind" in one["statement"]]
    assert [one["status"] for one in told] == ["supported"]
    assert any(
        text.startswith("slow statements not available, because ") for _, text in bench.shown
    )


def checked(server: Database, user: str) -> dict[str, str]:
    service = Service(name="orders", postgres=SecretStr(server.address(user)))
    found = asyncio.run(surroundings.check("service orders", service, Path("/"), WallClock()))
    return {one.state: one.said for one in found if "postgresql://" in one.said}


def test_doctor_says_what_a_role_may_not_see_or_should_not_be(server: Database) -> None:
    with server.connect("app"):
        assert "connections are taken" in checked(server, "onlooker")["ok"]
    assert checked(server, "postgres")["warn"].endswith(": the role is a superuser")
    assert "no member of pg_monitor" in checked(server, "blind")["warn"]


def test_what_a_role_may_not_see_is_said(server: Database) -> None:
    with server.connect("app"):
        reading = read(server, "connections", user="blind")
    assert "grant pg_monitor" in " ".join(remark.text for remark in reading.remarks)
