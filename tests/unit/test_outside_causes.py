"""Causes outside the changes: each by its own evidence, and each trap that looks like one."""

import dataclasses
import time

import pytest

from orchestrator.evidence.analysis.outside import (
    dependency,
    edge,
    intrusion,
    lock,
    reachable,
    storage,
)
from orchestrator.evidence.analysis.outside.cause import Line, Said
from orchestrator.evidence.analysis.outside.dependency import Part
from orchestrator.evidence.analysis.outside.episodes import of_looks, of_times
from orchestrator.evidence.analysis.outside.families import EXHAUSTED, FULL, LOCKED
from orchestrator.evidence.analysis.outside.intrusion import Access
from orchestrator.evidence.analysis.outside.primary import primary

T = 1000.0


def said(text: str, count: int = 10, place: str = "E1:1", since: float = T) -> Said:
    return Said(text, count, tuple(since + n * 0.2 for n in range(count)), place)


REFUSED = "unhandled error DependencyError: rates at 127.0.0.1:7001: Connection refused"
POOL = "unhandled error PoolTimeout: no connection within 0.5 s (size 6, in use 6)"


def looks(*down: tuple[float, float], until: float = T + 30) -> tuple[tuple[float, bool], ...]:
    """One look a second, failing between the moments given."""
    at = T - 20
    found = []
    while at <= until:
        found.append((at, not any(start <= at <= end for start, end in down)))
        at += 1
    return tuple(found)


@pytest.mark.parametrize(
    "text",
    [
        "OperationalError: database is locked",
        "sqlite3.OperationalError: database table is locked: orders",
        "canceling statement due to lock timeout",
        "ERROR: deadlock detected",
        "could not obtain lock on row in relation",
        "(1205, 'Lock wait timeout exceeded; try restarting transaction')",
        "Deadlock found when trying to get lock",
    ],
)
def test_databases_say_in_their_own_words_that_something_is_locked(text: str) -> None:
    assert LOCKED.search(text)


@pytest.mark.parametrize(
    "text",
    [
        "OSError: [Errno 28] No space left on device",
        "OSError: [Errno 27] File too large",
        "[Errno 122] Disk quota exceeded",
        "OSError: [Errno 30] Read-only file system: '/data/a'",
        "database or disk is full",
        "could not extend file base/1/2: No space left on device",
        "write error: disk full",
    ],
)
def test_systems_say_in_their_own_words_that_there_is_no_room(text: str) -> None:
    assert FULL.search(text)


@pytest.mark.parametrize(
    "text",
    [
        POOL,
        "QueuePool limit of size 5 overflow 10 reached",
        "FATAL: sorry, too many clients already",
        "DepotTimeout: nothing to rent within 0.5 s",
    ],
)
def test_that_something_ran_out_is_told_apart_from_why(text: str) -> None:
    assert EXHAUSTED.search(text)
    assert not primary([said(text)])


def test_errors_that_name_what_is_needed_and_see_it_refuse_are_its_failure() -> None:
    part = Part("rates", frozenset({"127.0.0.1:7001"}), looks((T - 1, T + 99)), "E2")
    (found,) = dependency.causes([part], [said(REFUSED)], T, T + 30)
    assert (found.kind, found.part, found.explains, found.independent) == (
        "dependency",
        "rates",
        True,
        True,
    )
    assert found.lasting
    assert {sign.place for sign in found.signs} == {"E1:1", "E2"}
    assert found.covers == ("E1:1",)


def test_an_address_stands_for_the_part_behind_it() -> None:
    part = Part("prices", frozenset({"10.0.0.7:80"}))
    (found,) = dependency.causes([part], [said("ConnectError: 10.0.0.7:80 refused")], T, T + 5)
    assert found.part == "prices"


def test_an_address_is_no_part_of_a_longer_one() -> None:
    part = Part("rates", frozenset({"10.0.0.7:80"}))
    for other in ("10.0.0.7:8080", "110.0.0.7:80", "a-10.0.0.7:80"):
        assert dependency.causes([part], [said(f"ConnectError: {other} refused")], T, T + 5) == []


def test_what_a_part_refuses_by_its_own_rules_is_an_answer() -> None:
    part = Part("rates", looks=looks(), place="E2", well=True)
    text = "CardError: rates refused the card: amount must be in cents"
    assert dependency.causes([part], [said(text)], T, T + 30) == []


def test_a_part_that_nobody_names_and_that_answers_is_no_cause() -> None:
    part = Part("rates", frozenset({"127.0.0.1:7001"}), looks(), "E2", well=True)
    assert not dependency.causes([part], [said("ValueError: rates are odd")], T, T + 30)
    assert not dependency.causes([part], [said("ValueError: no such column")], T, T + 30)


def test_a_part_that_went_down_long_before_does_not_explain_it() -> None:
    part = Part("rates", looks=looks((T - 19, T - 15)), place="E2")
    assert not dependency.causes([part], [said("KeyError: total")], T, T + 30)


def test_errors_of_a_part_that_is_well_now_are_over() -> None:
    part = Part("rates", looks=looks((T, T + 6)), place="E2", well=True)
    (found,) = dependency.causes([part], [said(REFUSED, 20)], T, T + 30)
    assert not found.lasting


def test_what_comes_and_goes_three_times_flaps() -> None:
    down = [(T + n * 14, T + n * 14 + 6) for n in range(3)]
    part = Part("rates", looks=looks(*down, until=T + 45), place="E2", well=True)
    (found,) = dependency.causes([part], [said(REFUSED)], T, T + 45)
    assert found.kind == "flapping"
    assert "3 separate stretches" in found.text


def test_twice_is_not_yet_a_pattern() -> None:
    part = Part("rates", looks=looks((T, T + 6), (T + 14, T + 20)), place="E2", well=True)
    (found,) = dependency.causes([part], [said(REFUSED)], T, T + 30)
    assert found.kind == "dependency"


def test_errors_alone_tell_stretches_apart_where_nobody_looked() -> None:
    times = [T + start + n for start in (0, 20, 40) for n in range(4)]
    assert len(of_times(times, 5.0, T + 60)) == 3
    assert not of_times(times, 5.0, T + 60)[-1].open
    assert [one.open for one in of_looks([(1, False), (2, False), (3, False)])] == [True]


def test_who_holds_a_lock_is_read_from_what_a_command_prints() -> None:
    for text, pid in (
        ("holder 4242 report since 18:01", "4242"),
        ("write lock held by pid 77 (report), 12 s", "77"),
        ("pid 99 (nightly) holds the write lock", "99"),
        ("3 sessions wait behind pid 123 (report as app), idle in transaction", "123"),
        ("pid 7 is the holder, 4 sessions wait", "7"),
    ):
        held = lock.holder([Line(text, "E3:1")])
        assert held is not None
        assert held.pid == pid
    waiter = "pid 77 (shop as app) waits 12 s for ShareLock: update orders set owner = 'x'"
    nobody = ("no holder: nobody keeps the write lock", "waits 5 shop since 18:00", "depth 40")
    for text in (*nobody, waiter):
        assert lock.holder([Line(text, "E3:1")]) is None


def test_only_who_keeps_a_lock_is_in_the_way() -> None:
    def seen(text: str) -> list[Line]:
        return [Line(text, "E3:1")]

    none: frozenset[str] = frozenset()
    assert lock.kept(seen("holder 7 report"), seen("holder 7 report"), "shop", none)
    assert not lock.kept(seen("holder 7 shop"), seen("holder 7 shop"), "shop", none)
    assert not lock.kept(seen("holder 7 a"), seen("holder 8 a"), "shop", none)
    assert not lock.kept(seen("holder 7 a"), seen("holder 7 a"), "shop", frozenset({"7"}))


HELD = lock.Held("4242", Line("holder 4242 report", "E3:1"))


def test_a_pool_that_fills_behind_a_lock_is_its_consequence() -> None:
    found = lock.cause("shop", [said("database is locked", 5), said(POOL, 60, "E1:9")], HELD)
    assert found is not None
    assert found.explains
    assert found.independent
    assert dict(found.params) == {"holder": "4242"}
    assert "process 4242 holds it" in found.text


def test_a_lock_that_is_kept_explains_a_full_pool_before_the_first_writer_gives_up() -> None:
    found = lock.cause("shop", [said(POOL, 60)], HELD)
    assert found is not None
    assert found.explains


def test_a_full_pool_alone_is_no_lock() -> None:
    assert lock.cause("shop", [said(POOL, 60)], None) is None
    assert lock.cause("shop", [said("KeyError: x"), said(POOL, 60)], HELD) is None


def test_no_room_left_is_found_with_how_full_it_is() -> None:
    lines = [Line("audit.log: 4096 of 4096 bytes (100.0%), full", "E4:1")]
    found = storage.cause("shop", [said("OSError: [Errno 27] File too large")], lines)
    assert found is not None
    assert (found.kind, found.explains, found.independent) == ("storage", True, True)
    assert {sign.place for sign in found.signs} == {"E1:1", "E4:1"}


def test_usage_is_read_in_several_forms() -> None:
    assert storage.used("/dev/sda1 92% /") == 0.92
    assert storage.used("3.5 of 4 GB") == 0.875
    assert storage.used("size=980 limit=1000") == 0.98
    assert storage.used("nothing to see") is None


def test_certificates_and_names_are_causes_of_their_own() -> None:
    found = reachable.causes(
        "shop",
        [
            said("SSLError: certificate verify failed: certificate has expired", 8),
            said("gaierror: [Errno -2] Name or service not known", 4, "E1:2"),
        ],
    )
    assert {(one.kind, one.explains) for one in found} == {("certificate", True), ("name", False)}


def visits(client: str, *what: tuple[int, int, float]) -> list[Access]:
    """`(status, how often, bytes each)` of one client."""
    return [
        Access(client, status, size, T + n, f"E5:{n + 1}")
        for status, count, size in what
        for n in range(count)
    ]


USERS = [one for n in range(1, 6) for one in visits(f"192.0.2.{n}", (200, 20, 800.0))]


def test_one_client_refused_often_and_then_served_much_is_an_intruder() -> None:
    lines = visits("203.0.113.9", (403, 30, 0.0), (200, 60, 4000.0))
    found = intrusion.cause("edge", [*USERS, *lines])
    assert found is not None
    assert dict(found.params) == {"address": "203.0.113.9"}
    assert found.score > 0.9
    assert found.signs[0].place == "E5:1"


def test_refusals_alone_and_many_clients_alike_are_no_intruder() -> None:
    assert intrusion.cause("edge", [*USERS, *visits("203.0.113.9", (403, 30, 0.0))]) is None
    assert intrusion.cause("edge", USERS) is None
    refused = [
        one for n in range(1, 6) for one in visits(f"192.0.2.{n}", (401, 10, 0), (200, 9, 9))
    ]
    assert intrusion.cause("edge", refused) is None


@pytest.mark.parametrize("name", ["; rm -rf /", "fe80::1%;reboot", "fe80::1%eth0"])
def test_a_name_that_is_no_address_is_never_given_to_an_action(name: str) -> None:
    lines = visits(name, (403, 30, 0.0), (200, 60, 4000.0))
    found = intrusion.cause("edge", [*USERS, *lines])
    assert found is not None
    assert found.params == ()


def test_a_log_of_very_many_clients_is_judged_in_no_time() -> None:
    crowd = [Access(f"c{n}", 200, 100.0, T + n, f"E5:{n}") for n in range(20_000)]
    lines = visits("203.0.113.9", (403, 30, 0.0), (200, 60, 400_000.0))
    began = time.monotonic()
    found = intrusion.cause("edge", [*crowd, *lines])
    assert time.monotonic() - began < 3
    assert found is not None
    assert found.score > 0.9


def test_the_edge_makes_the_errors_where_what_is_behind_it_is_well() -> None:
    ill = [(T + n, 0.3) for n in range(5)]
    well = [(T + n, 0.0) for n in range(5)]
    assert edge.cause(edge.Between("edge", "shop", ill, well, "E1", "E2"), T) is not None
    assert edge.cause(edge.Between("edge", "shop", ill, ill, "E1", "E2"), T) is None
    assert edge.cause(edge.Between("edge", "shop", well, well, "E1", "E2"), T) is None


def test_what_answers_too_late_behind_an_edge_is_not_well() -> None:
    ill = [(T + n, 0.4 if n >= 0 else 0.0) for n in range(-20, 20)]
    well = [(T + n, 0.0) for n in range(-20, 20)]
    slow = [(T + n, 30.0 if n >= 0 else 0.02) for n in range(-20, 20)]
    same = [(T + n, 0.02) for n in range(-20, 20)]
    seen = edge.Between("edge", "shop", ill, well, "E1", "E2")
    assert edge.cause(dataclasses.replace(seen, behind_pace=slow), T) is None
    assert edge.cause(dataclasses.replace(seen, behind_pace=same), T) is not None


@pytest.mark.parametrize(
    ("said", "part"),
    [
        ("cache hit ratio 99.1 %", None),
        ("cpu 98 % of /proc", None),
        ("/var is 98% free", 0.02),
        ("volume data: 97 % used", 0.97),
        ("/dev/sda1 50G 49G 1G 98% /var", 0.98),
        ("99.5 %", None),
    ],
)
def test_a_percentage_says_how_full_a_place_is_only_where_it_speaks_of_one(
    said: str, part: float | None
) -> None:
    found = storage.used(said)
    assert found == (part if part is None else pytest.approx(part))
