"""The edge's rules know its own failures from the service's, and one taker from many users."""

import json
from pathlib import Path

import pytest

from orchestrator.clock import FakeClock, iso
from orchestrator.drills import DrillHome, create
from orchestrator.drills.edge_monitor import EdgeMonitor, Passed
from orchestrator.drills.notices import Notices
from orchestrator.drills.rules import Alert
from orchestrator.drills.silences import silenced

SECOND = 20
"""Requests in one."""


def _second(monitor: EdgeMonitor, at: float, failed: int = 0, upstream: str = "timeout") -> None:
    """One second of twenty clients, so many requests of which the edge answered itself."""
    for number in range(SECOND):
        result = upstream if number < failed else "ok"
        monitor.add(Passed(at + number / SECOND, f"192.0.2.{number}", 200, 300, result))
    monitor.look(at + 1)


def test_a_quiet_edge_raises_nothing() -> None:
    monitor = EdgeMonitor()
    for second in range(40):
        _second(monitor, second)
    assert monitor.alerts == {}


def test_a_restart_behind_it_is_no_alert() -> None:
    monitor = EdgeMonitor()
    for second in range(30):
        _second(monitor, second, SECOND if 10 <= second < 14 else 0, "refused")
    assert monitor.alerts == {}


def test_answers_that_stay_late_are_an_alert_within_twelve_seconds() -> None:
    monitor = EdgeMonitor()
    for second in range(22):
        _second(monitor, second, 8 if second >= 10 else 0)
    alert = monitor.alerts["GatewayErrors"]
    assert alert.firing
    assert alert.service == "edge"
    assert "answers 40% of requests itself" in alert.summary


def test_errors_of_the_service_itself_are_not_the_edges_alert() -> None:
    monitor = EdgeMonitor()
    for second in range(30):
        for number in range(SECOND):
            monitor.add(Passed(second + number / SECOND, "192.0.2.1", 500, 300, "ok"))
        monitor.look(second + 1)
    assert "GatewayErrors" not in monitor.alerts


def test_one_address_that_takes_far_more_than_the_others_is_a_matter_of_security() -> None:
    monitor = EdgeMonitor()
    for second in range(20):
        _second(monitor, second)
        for _ in range(10):
            monitor.add(Passed(second + 0.5, "203.0.113.9", 200, 3000, "ok"))
    alert = monitor.alerts["UnusualEgress"]
    assert alert.firing
    assert ("category", "security") in alert.labels
    assert "203.0.113.9" in alert.description
    assert "GatewayErrors" not in monitor.alerts


def test_many_refusals_of_one_address_take_nothing_and_are_no_alert() -> None:
    monitor = EdgeMonitor()
    for second in range(20):
        _second(monitor, second)
        for _ in range(10):
            monitor.add(Passed(second + 0.5, "203.0.113.9", 403, 120, ""))
    assert monitor.alerts == {}


def test_more_of_everybody_is_no_unusual_egress() -> None:
    monitor = EdgeMonitor()
    for second in range(20):
        for _ in range(6):
            _second(monitor, second)
    assert monitor.alerts == {}


@pytest.fixture
def home(tmp_path: Path) -> DrillHome:
    return create("leak", 4, tmp_path, FakeClock())


def _alert(service: str, ends_at: float = 0.0) -> Alert:
    return Alert("HighErrorRatio", "critical", "all fails", "much", 10.0, ends_at, service)


def _pages(home: DrillHome) -> dict[str, str]:
    return {name: f"http://127.0.0.1:1/{name}" for name in (home.service, "edge")}


def test_each_part_has_notifications_of_its_own_and_none_is_lost(home: DrillHome) -> None:
    notices = Notices(home, FakeClock())
    both = [_alert(home.service), _alert("edge")]
    notices.give(both, _pages(home))
    notices.give(both, _pages(home))
    notices.give([_alert(home.service, 20.0), _alert("edge")], _pages(home))
    bodies = home.alerts()
    said = [(body["groupLabels"]["service"], body["status"]) for body in bodies]
    assert said == [(home.service, "firing"), ("edge", "firing"), (home.service, "resolved")]
    assert home.alerts(2) == [home.alert()]


def test_what_is_silenced_is_told_when_the_silence_ends(home: DrillHome) -> None:
    clock = FakeClock()
    notices = Notices(home, clock)
    until = {home.service: iso(clock.now() + 60)}
    (home.project / "var" / "silences.json").write_text(json.dumps(until), "utf-8")
    notices.give([_alert(home.service)], _pages(home))
    assert home.alert() is None
    clock.advance(61)
    notices.give([_alert(home.service)], _pages(home))
    assert home.alert() is not None


def test_a_broken_file_of_silences_silences_nothing(tmp_path: Path) -> None:
    assert silenced(tmp_path, 0.0) == frozenset()
    (tmp_path / "var").mkdir()
    (tmp_path / "var" / "silences.json").write_text("[]", "utf-8")
    assert silenced(tmp_path, 0.0) == frozenset()
