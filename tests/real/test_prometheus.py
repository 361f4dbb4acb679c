"""A real Prometheus server, with a real Alertmanager behind it: ranges, alerts, rules, targets."""

import asyncio
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from orchestrator.clock import WallClock
from orchestrator.evidence.sources import prometheus_looks, prometheus_state
from orchestrator.evidence.sources.prometheus_api import Prometheus
from orchestrator.evidence.sources.question import Reading
from orchestrator.evidence.sources.source import SourceError
from orchestrator.intake.alertmanager import read as read_notification
from orchestrator.settings import PrometheusQueries, Service
from tests.real.exporter import Exporter, exporting
from tests.real.servers import alertmanager, prometheus, until

pytestmark = pytest.mark.slow

PAGE = "# TYPE pool_in_use gauge\npool_in_use 12\n# TYPE idle gauge\nidle 0\n"
RULES = """\
groups:
  - name: own
    rules:
      - {alert: PoolFull, expr: pool_in_use > 11, labels: {service: orders}}
      - {alert: PoolFullForLong, expr: pool_in_use > 11, for: 10m}
      - {alert: NeverYet, expr: pool_in_use > 1000, labels: {service: orders}}
      - {alert: NotOurs, expr: pool_in_use > 11, labels: {job: stock}}
"""


@dataclass(frozen=True, slots=True)
class Lab:
    """What runs, and since when."""

    url: str
    exporter: Exporter
    began: float

    @property
    def server(self) -> Prometheus:
        return Prometheus(self.url)

    def service(self, **queries: str) -> Service:
        given = {"alerts": '{job="orders"}', **queries}
        return Service(name="orders", prometheus=PrometheusQueries(url=self.url, **given))

    def firing(self, name: str) -> bool:
        found = asyncio.run(prometheus_state.alerts(self.server))
        return any(one.name == name and one.state == "firing" for one in found)


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    folder: Path = tmp_path_factory.mktemp("prometheus")
    began = time.time()
    with (
        exporting(PAGE) as exporter,
        alertmanager(folder / "am", f"http://127.0.0.1:{exporter.port}/hook") as port,
        prometheus(folder / "prom", exporter.port, RULES, port) as url,
    ):
        lab = Lab(url, exporter, began)
        until(lambda: lab.firing("PoolFull"), "the rule fires")
        yield lab


def read(lab: Lab, name: str, **queries: str) -> Reading:
    service = lab.service(**queries)
    asked = prometheus_looks.first_look(service)
    asked += prometheus_looks.deep_look(service, lab.began, WallClock())
    return asyncio.run(next(one for one in asked if one.name == name).read())


def test_a_range_gives_the_course_of_what_was_scraped(lab: Lab) -> None:
    reading = read(lab, "saturation over time", saturation="pool_in_use")
    assert {line.split()[1] for line in reading.content.splitlines()} == {"12"}
    assert reading.remarks[0].text.startswith("saturation went from 12 to 12, at most 12")
    assert reading.from_at == lab.began


def test_a_zero_is_told_and_no_data_is_not_a_zero(lab: Lab) -> None:
    zero = read(lab, "errors over time", errors="idle")
    assert zero.content.splitlines()[-1].endswith(" 0")
    empty = read(lab, "errors over time", errors='pool_in_use{code="500"} / pool_in_use')
    assert empty.content.startswith("errors: no data from ")
    assert asyncio.run(lab.server.value("no_such_series")) is None
    assert asyncio.run(lab.server.course("no_such_series", lab.began, lab.began + 60)) == ()


def test_alerts_of_the_service_are_told_firing_first(lab: Lab) -> None:
    reading = read(lab, "alerts")
    lines = reading.content.splitlines()
    assert [line.split()[:2] for line in lines] == [
        ["firing", "PoolFull"],
        ["pending", "PoolFullForLong"],
    ]
    assert [remark.ill for remark in reading.remarks] == [True, False]
    assert "service=orders" in lines[0]
    found = asyncio.run(prometheus_state.alerts(lab.server))
    assert all(lab.began - 1 <= one.active_at <= time.time() for one in found)


def test_alerts_without_a_selection_are_those_with_a_label_that_names_the_service(lab: Lab) -> None:
    service = Service(name="stock", prometheus=PrometheusQueries(url=lab.url, errors="idle"))
    (asked,) = prometheus_looks.first_look(service)
    reading = asyncio.run(asked.read())
    assert reading.content.split()[:2] == ["firing", "NotOurs"]


def test_rules_are_told_with_what_they_wait_for(lab: Lab) -> None:
    reading = read(lab, "rules")
    assert "pending PoolFullForLong for 600 s, ok: pool_in_use > 11" in reading.content
    assert reading.remarks[-1].text == "3 of 4 alerting rules are pending or firing"
    rules = asyncio.run(prometheus_state.rules(lab.server))
    assert {one.name: one.state for one in rules}["NeverYet"] == "inactive"


def test_a_target_that_is_scraped_is_up(lab: Lab) -> None:
    reading = read(lab, "targets")
    assert reading.content == f"up http://127.0.0.1:{lab.exporter.port}/metrics\n"
    assert not reading.ill


def test_a_mistake_in_a_query_is_one_line_with_its_place(lab: Lab) -> None:
    with pytest.raises(SourceError, match=r"answers 400 bad_data: .*parse error") as caught:
        read(lab, "errors over time", errors="sum(rate(pool_in_use[1m])")
    assert "\n" not in str(caught.value)


def test_too_many_points_are_not_even_asked_for(lab: Lab) -> None:
    end = lab.began
    with pytest.raises(SourceError, match=r"at most 11000 points"):
        asyncio.run(lab.server.query_range("idle", end - 11_001, end, every=1))
    assert asyncio.run(lab.server.query_range("idle", end - 10_999, end, every=1)) == []
    assert asyncio.run(lab.server.query_range("idle", end - 86400 * 30, end)) == []


def test_a_real_alertmanager_sends_what_the_intake_understands(lab: Lab) -> None:
    until(lambda: any("PoolFull" in body for body in lab.exporter.posted), "the webhook comes")
    body = next(one for one in lab.exporter.posted if '"alertname":"PoolFull"' in one)
    (alarm,) = read_notification(body)
    assert (alarm.service, alarm.firing) == ("orders", True)
