"""The monitor alerts from counters alone, and its alerts look like Alertmanager's."""

import pytest

from orchestrator.drills import alertmanager
from orchestrator.drills.monitor import Monitor, Sample, quantile, sample
from orchestrator.drills.rules import Alert

PAGE = """\
# TYPE http_requests_total counter
http_requests_total{code="200",route="/a"} 90
http_requests_total{code="500",route="/a"} 8
http_requests_total{code="503",route="/b"} 2
http_request_duration_seconds_bucket{route="/a",le="0.1"} 50
http_request_duration_seconds_bucket{route="/b",le="0.1"} 30
http_request_duration_seconds_bucket{route="/a",le="+Inf"} 60
http_request_duration_seconds_bucket{route="/b",le="+Inf"} 40
db_pool_in_use 3
db_pool_size 7
"""


def _run(monitor: Monitor, shares: list[float], start: int = 0) -> None:
    """One sample a second at 20 requests/s, failing as `shares` say; all of them fast."""
    total, failed = 1000.0 + start * 20, 0.0
    for number, share in enumerate(shares):
        total, failed = total + 20, failed + 20 * share
        buckets = ((0.1, total), (float("inf"), total))
        monitor.add(Sample(start + number, total, failed, buckets, 1, 7))


def test_a_page_is_summed_over_its_routes() -> None:
    seen = sample(PAGE, 5.0)
    assert (seen.total, seen.failed, seen.in_use, seen.size) == (100, 10, 3, 7)
    assert seen.buckets == ((0.1, 80), (float("inf"), 100))


def test_a_quantile_is_interpolated_within_its_bucket() -> None:
    assert quantile(((0.1, 50), (0.2, 100), (float("inf"), 100)), 0.95) == pytest.approx(0.19)
    assert quantile(((0.1, 50), (float("inf"), 100)), 0.95) == 0.1
    assert quantile((), 0.95) == 0.0


def test_a_healthy_service_raises_nothing() -> None:
    monitor = Monitor("orders")
    _run(monitor, [0.0] * 60)
    assert monitor.alerts == {}


def test_errors_alert_only_after_they_have_lasted() -> None:
    monitor = Monitor("orders")
    _run(monitor, [0.0] * 10 + [1.0])
    assert monitor.alerts == {}
    _run(monitor, [0.0] * 10 + [1.0] * 5, start=100)
    assert monitor.alerts["HighErrorRatio"].firing


def test_an_alert_starts_when_it_fires_not_when_the_errors_began() -> None:
    monitor = Monitor("orders")
    _run(monitor, [0.0] * 10 + [1.0] * 8)
    assert monitor.alerts["HighErrorRatio"].starts_at >= 10 + 3


def test_a_short_pause_does_not_resolve_an_alert_but_a_long_one_does() -> None:
    monitor = Monitor("orders")
    _run(monitor, [0.0] * 10 + [1.0] * 10 + [0.0] * 6)
    assert monitor.alerts["HighErrorRatio"].firing
    monitor = Monitor("orders")
    _run(monitor, [0.0] * 10 + [1.0] * 10 + [0.0] * 20)
    assert not monitor.alerts["HighErrorRatio"].firing


def test_slow_answers_alert_without_any_error() -> None:
    monitor = Monitor("orders")
    for second in range(20):
        total = 20.0 * (second + 1)
        monitor.add(Sample(second, total, 0, ((0.5, 0), (1.0, total), (float("inf"), total)), 7, 7))
    assert list(monitor.alerts) == ["HighLatency"]


def test_a_restart_of_the_service_is_no_news() -> None:
    monitor = Monitor("orders")
    _run(monitor, [0.0] * 10)
    assert monitor.add(Sample(11, 5, 0, (), 0, 7)) is None
    assert monitor.alerts == {}


def test_silence_is_no_recovery() -> None:
    monitor = Monitor("orders")
    _run(monitor, [0.0] * 10 + [1.0] * 10)
    for second in range(20, 40):
        monitor.add(Sample(second, 1400, 200, (), 7, 7))
    assert monitor.alerts["HighErrorRatio"].firing


def test_the_body_has_the_shape_of_version_4() -> None:
    firing = Alert("HighErrorRatio", "critical", "all fails", "much", 1_763_906_400.25)
    cleared = Alert("HighLatency", "warning", "slow", "very", 1_763_906_401.0, 1_763_906_420.0)
    body = alertmanager.body("orders", [firing, cleared], "http://127.0.0.1:20001/metrics")
    assert body["version"] == "4"
    assert body["status"] == "firing"
    assert body["groupLabels"] == body["commonLabels"] == {"service": "orders"}
    first, second = body["alerts"]
    assert first["labels"] == {
        "alertname": "HighErrorRatio",
        "service": "orders",
        "severity": "critical",
    }
    assert (first["status"], first["endsAt"]) == ("firing", "0001-01-01T00:00:00Z")
    assert first["startsAt"] == "2025-11-23T14:00:00.250Z"
    assert (second["status"], second["endsAt"]) == ("resolved", "2025-11-23T14:00:20.000Z")
    assert first["fingerprint"] != second["fingerprint"]


def test_a_group_is_resolved_when_all_of_its_alerts_are() -> None:
    cleared = Alert("HighLatency", "warning", "slow", "very", 10.0, 20.0)
    body = alertmanager.body("orders", [cleared], "http://127.0.0.1:20001/metrics")
    assert body["status"] == "resolved"


def test_the_fingerprint_is_the_one_a_real_alertmanager_gave() -> None:
    labels = {
        "alertname": "PostgresIdleInTransaction",
        "datname": "checkout",
        "env": "lab",
        "region": "local",
        "service": "checkout-db",
        "severity": "warning",
        "team": "dba",
    }
    assert alertmanager.fingerprint(labels) == "d3f713915b691bf4"
