"""An Alertmanager body becomes alarms by each alert's own status, or one line of complaint."""

import copy
import json
from typing import Any

import pytest

from orchestrator.clock import parse_iso
from orchestrator.intake.alertmanager import AlertError, parse, read, read_body

BODY: dict[str, Any] = {
    "version": "4",
    "groupKey": '{}:{service="shop"}',
    "status": "firing",
    "receiver": "warroom",
    "groupLabels": {"service": "shop"},
    "commonLabels": {"service": "shop"},
    "commonAnnotations": {},
    "externalURL": "http://127.0.0.1:9093",
    "alerts": [
        {
            "status": "resolved",
            "labels": {"alertname": "Probe", "severity": "warning"},
            "annotations": {"summary": "probe fails"},
            "startsAt": "2026-11-23T14:00:00Z",
            "endsAt": "2026-11-23T14:01:00Z",
            "generatorURL": "",
            "fingerprint": "aa",
        },
        {
            "status": "firing",
            "labels": {"alertname": "Errors", "severity": "critical"},
            "annotations": {"summary": "many errors", "description": "40 % of requests fail"},
            "startsAt": "2026-11-23T16:02:00.5+02:00",
            "endsAt": "0001-01-01T00:00:00Z",
            "generatorURL": "",
            "fingerprint": "bb",
        },
    ],
}


def changed(*path: str | int, to: object) -> dict[str, Any]:
    body: Any = copy.deepcopy(BODY)
    at = body
    for part in path[:-1]:
        at = at[part]
    at[path[-1]] = to
    return dict(body)


def test_each_alert_counts_by_its_own_status() -> None:
    firing, resolved = parse(BODY)
    assert (firing.title, firing.firing) == ("many errors", True)
    assert (resolved.title, resolved.firing) == ("probe fails", False)
    assert firing.service == "shop"
    assert firing.severity == "P1"
    assert firing.symptoms == "40 % of requests fail"
    assert firing.starts_at == parse_iso("2026-11-23T14:02:00.500Z")
    assert all(not alarm.firing for alarm in parse(changed("alerts", to=BODY["alerts"][:1])))


def test_the_same_trouble_has_the_same_key_in_every_notification() -> None:
    again = parse(changed("alerts", 1, "status", to="resolved"))
    assert {alarm.key for alarm in again} == {alarm.key for alarm in parse(BODY)}
    assert len({alarm.key for alarm in again}) == 2
    other = parse(changed("groupKey", to="other"))
    assert not {alarm.key for alarm in other} & {alarm.key for alarm in again}


def test_without_a_fingerprint_the_labels_tell_alerts_apart() -> None:
    body = changed("alerts", 0, "fingerprint", to="")
    body["alerts"][1]["fingerprint"] = ""
    assert len({alarm.key for alarm in parse(body)}) == 2


def test_an_incident_is_opened_for_the_gravest_alert_that_fires() -> None:
    body = copy.deepcopy(BODY)
    minor = copy.deepcopy(body["alerts"][1])
    minor["labels"]["severity"], minor["fingerprint"] = "warning", "cc"
    body["alerts"].insert(0, minor)
    assert read_body(json.dumps(body)).severity == "P1"
    assert read_body(json.dumps(changed("alerts", 1, "status", to="resolved"))).firing is False


@pytest.mark.parametrize(("label", "expected"), [("sev1", "P0"), ("P2", "P2"), ("odd", "")])
def test_severity_is_what_the_label_says_or_nothing(label: str, expected: str) -> None:
    assert read_body(json.dumps(changed("alerts", 1, "labels", "severity", to=label))).severity == (
        expected
    )


def test_text_from_outside_becomes_one_safe_line() -> None:
    evil = "\x1b[31mred\x1b[0m\nsecond\u202e line"
    assert parse(changed("alerts", 1, "annotations", "summary", to=evil))[0].title == (
        "red second line"
    )


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (changed("alerts", 0, "labels", to=[]), "alerts[0].labels: input should be a valid dict"),
        (changed("alerts", 1, "status", to="on"), "alerts[1].status: input should be 'firing' or"),
        (changed("alerts", 1, "startsAt", to="soon"), "alerts[1].startsAt: 'soon' is no time"),
        (changed("alerts", to=[]), "alerts: tuple should have at least 1 item"),
        (changed("version", to="3"), "version: input should be '4'"),
        ({"version": "4", "alerts": []}, "groupKey: is missing"),
        ([1], "alert: must be a JSON object as Alertmanager posts it"),
    ],
)
def test_a_mistake_is_named_by_its_place(body: object, expected: str) -> None:
    with pytest.raises(AlertError) as caught:
        parse(body)
    assert str(caught.value).startswith(expected)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (b"{\n nope", "alert line 2: is no JSON"),
        (b"\xff\xfe{", "alert: is no UTF-8 text"),
        (b"", "alert line 1: is no JSON"),
        (b"[" * 100_000, "alert: is nested too deeply"),
    ],
)
def test_what_is_no_json_is_said_so(text: bytes, expected: str) -> None:
    with pytest.raises(AlertError) as caught:
        read(text)
    assert str(caught.value).startswith(expected)
