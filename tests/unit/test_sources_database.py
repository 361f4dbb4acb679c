"""Rows of a database become lines: chains from their root, leaks, and nothing of the password."""

import asyncio

import pytest
from pydantic import SecretStr

from orchestrator.clock import FakeClock
from orchestrator.evidence.sources import database
from orchestrator.evidence.sources.postgres import address_of, shown
from orchestrator.evidence.sources.source import SourceError
from orchestrator.evidence.sources.waiting import Chain, Waiting, chains
from orchestrator.settings import Service


def session(pid: int, *blockers: int) -> Waiting:
    return Waiting(pid, blockers, "active", f"app{pid}", "u", 1.0, 1.0, "select 1")


def pids(chain: Chain) -> list[tuple[int, int]]:
    return [(session.pid, depth) for session, depth in chain.steps]


def test_a_chain_begins_with_who_waits_for_nobody() -> None:
    (chain,) = chains([session(3, 2), session(2, 1), session(1)])
    assert pids(chain) == [(1, 0), (2, 1), (3, 2)]


def test_who_waits_for_two_stands_behind_the_later_one() -> None:
    (chain,) = chains([session(1), session(2, 1), session(3, 1, 2)])
    assert pids(chain) == [(1, 0), (2, 1), (3, 2)]


def test_the_longest_chain_comes_first() -> None:
    found = chains([session(1), session(2, 1), session(5), session(6, 5), session(7, 6)])
    assert [chain.root.pid for chain in found] == [5, 1]


def test_sessions_that_wait_in_a_circle_are_told_once() -> None:
    (chain,) = chains([session(4, 5), session(5, 4)])
    assert pids(chain) == [(4, 0), (5, 1)]


def test_a_circle_behind_a_root_is_told_and_ends() -> None:
    (chain,) = chains([session(1), session(2, 1, 3), session(3, 2)])
    assert sorted(pid for pid, _ in pids(chain)) == [1, 2, 3]


def test_a_prepared_transaction_can_be_the_root() -> None:
    (chain,) = chains([session(2, 0)])
    assert chain.root.told() == "a prepared transaction, which no session holds"


def row(state: str, count: int, since: float, most: int = 100) -> tuple[object, ...]:
    return (state, "app", "u", count, since, since, most)


@pytest.mark.parametrize(
    ("rows", "ill"),
    [
        ([row("active", 3, 1.0), row("idle in transaction", 2, 1.0)], False),
        ([row("active", 9, 1.0), row("idle in transaction", 6, 1.0)], False),
        ([row("active", 3, 1.0), row("idle in transaction", 6, 1.0)], True),
        ([row("active", 3, 1.0), row("idle in transaction", 1, 31.0)], True),
        ([row("idle in transaction (aborted)", 1, 31.0)], True),
        ([row("idle", 91, 1.0)], True),
        ([row("idle", 50, 900.0)], False),
    ],
)
def test_sessions_that_keep_transactions_or_take_all_there_is_are_ill(
    rows: list[tuple[object, ...]], ill: bool
) -> None:
    reading = database.connections(rows)
    assert reading.ill == ill
    assert reading.remarks[0].ill == ill


def test_a_statement_is_cut_to_one_line() -> None:
    reading = database.statements([(3, 20.0, 30.0, 60.0, 3, "select\n  " + "x" * 400)])
    assert reading.content.count("\n") == 2
    assert "…" in reading.content


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("postgresql://u:p@db:5432/shop?sslmode=require", "postgresql://u@db:5432/shop"),
        ("postgres://db/shop", "postgresql://db/shop"),
        ("postgresql://u:p@[::1]:5432/shop", "postgresql://u@[::1]:5432/shop"),
        ("postgresql:///shop?host=/run&password=p", "postgresql:///shop"),
    ],
)
def test_an_address_is_shown_without_password_and_options(address: str, expected: str) -> None:
    assert shown(address) == expected


def test_an_address_may_be_held_by_a_variable(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SHOP_DSN", "postgresql://u:p@db/shop")
    assert address_of("SHOP_DSN") == "postgresql://u:p@db/shop"
    monkeypatch.setenv("SHOP_DSN", "host=db password=p")
    with pytest.raises(SourceError, match=r"SHOP_DSN holds no postgresql:// address$"):
        address_of("SHOP_DSN")
    monkeypatch.delenv("SHOP_DSN")
    service = Service(name="a", postgres=SecretStr("SHOP_DSN"))
    (asked, *_) = database.first_look(service, FakeClock())
    assert asked.source == "the database of a"
    with pytest.raises(SourceError, match=r"SHOP_DSN is not set where the runner runs$"):
        asyncio.run(asked.read())


def test_the_settings_do_not_show_a_password() -> None:
    service = Service(name="a", postgres=SecretStr("postgresql://u:opensesame@db/shop"))
    assert "opensesame" not in repr(service) + str(service.model_dump()) + service.model_dump_json()
    (asked, *_) = database.first_look(service, FakeClock())
    assert "opensesame" not in repr(asked)


def test_nothing_is_asked_where_no_database_is_named() -> None:
    assert database.first_look(Service(name="a"), FakeClock()) == []
    assert database.deep_look(Service(name="a"), FakeClock()) == []
