"""Changes that no deploy log tells: flags that were turned, and rollouts that a cluster keeps."""

import asyncio
import json
from pathlib import Path
from typing import Any

import pytest

from orchestrator.clock import iso
from orchestrator.evidence.sources import flags, rollouts
from orchestrator.evidence.sources.deploys import parse as deploys
from orchestrator.evidence.sources.source import SourceError
from tests.unit.small_shop import T0

HISTORY = """\
deployment.apps/orders
REVISION  CHANGE-CAUSE
1         <none>
2         kubectl set image deployment/orders app=orders:1.9
4         ship 2.0
"""


def flip(at: float, flag: str, before: Any, after: Any, **more: Any) -> str:
    return json.dumps({"at": iso(at), "flag": flag, "from": before, "to": after, **more}) + "\n"


def test_turns_come_oldest_first_and_say_by_whom() -> None:
    text = flip(T0 + 9, "fast", False, True, by="k.ito") + flip(T0, "fast", "10 %", "50 %")
    first, second = flags.parse(text).of("shop")
    assert (first.flag, first.before, first.after, first.line) == ("fast", "10 %", "50 %", 2)
    assert (second.before, second.after, second.by, second.at) == ("false", "true", "k.ito", T0 + 9)


def test_a_flag_of_another_service_or_set_to_what_it_was_changed_nothing() -> None:
    text = flip(T0, "a", "off", "on", service="stock") + flip(T0, "b", "on", "on")
    text += flip(T0, "c", 0, 1, service="shop")
    assert [one.flag for one in flags.parse(text).of("shop")] == ["c"]


@pytest.mark.parametrize(
    "line",
    ["nonsense", "{}", '{"at": 1, "flag": "", "from": 1, "to": 2}', "[]", "null",
     '{"at": "2025-11-23T14:00:00Z", "flag": "a", "from": {}, "to": 1}',
     '{"at": "soon", "flag": "a", "from": 0, "to": 1}'],
)  # fmt: skip
def test_a_line_that_is_no_turn_is_counted_and_never_fatal(line: str) -> None:
    log = flags.parse(line + "\n" + flip(T0, "a", 0, 1))
    assert (log.malformed, [one.line for one in log.flips]) == (1, [2])


def test_a_missing_flag_log_is_one_line(tmp_path: Path) -> None:
    with pytest.raises(SourceError) as caught:
        asyncio.run(flags.read(tmp_path / "flags.jsonl"))
    assert "flags.jsonl" in str(caught.value)


def revision(number: int, at: float, image: str, owner: str = "orders") -> dict[str, Any]:
    return {
        "metadata": {
            "creationTimestamp": iso(at),
            "annotations": {"deployment.kubernetes.io/revision": str(number)},
            "ownerReferences": [{"kind": "Deployment", "name": owner}],
        },
        "spec": {"template": {"spec": {"containers": [{"image": image}]}}},
    }


def test_rollouts_are_deploys_dated_by_what_keeps_them() -> None:
    kept = [
        revision(2, T0 + 60, "reg:5000/shop/orders:1.9"),
        revision(1, T0, "orders:1.8"),
        revision(7, T0 + 5, "stock:3", owner="stock"),
    ]
    log = rollouts.parse({"items": kept}, HISTORY, "orders", "orders")
    first, second = log.of("orders")
    assert (first.version, second.version, second.previous) == ("1.8", "1.9", "1.8")
    assert (second.at, second.kind) == (T0 + 60, "rollout")
    line = log.content.splitlines()[second.line - 1]
    assert "revision 2 reg:5000/shop/orders:1.9 kubectl set image" in line


def test_a_revision_that_was_rolled_back_to_dates_nothing_and_that_is_said() -> None:
    kept = [revision(2, T0 + 60, "orders:1.9"), revision(4, T0, "orders:1.8")]
    log = rollouts.parse({"items": kept}, HISTORY, "orders", "orders")
    assert [one.version for one in log.of("orders")] == ["1.9"]
    assert "revision 4 orders:1.8 ship 2.0 (an earlier one again" in log.content


def test_what_keeps_the_revisions_of_a_set_is_read_too() -> None:
    item = {
        "metadata": {"creationTimestamp": iso(T0), "ownerReferences": [{"name": "orders"}]},
        "revision": 3,
        "data": {"spec": {"template": {"spec": {"containers": [{"image": "orders@sha256:ab12"}]}}}},
    }
    (one,) = rollouts.parse({"items": [item]}, "", "orders", "orders").of("orders")
    assert one.version == "ab12"


def test_an_answer_in_another_form_is_one_line() -> None:
    bad = {"metadata": {"ownerReferences": [{"name": "orders"}], "creationTimestamp": "x"}}
    with pytest.raises(SourceError, match="not revisions'"):
        rollouts.parse({"items": [bad]}, "", "orders", "orders")


def test_a_deploy_log_may_say_how_long_it_took_and_that_it_configures() -> None:
    line = {"at": iso(T0), "service": "edge", "version": "c2", "kind": "configuration"}
    plain, timed = deploys(
        json.dumps(line) + "\n" + json.dumps({**line, "version": "c3", "seconds": 90}) + "\n"
    ).of("edge")
    assert (plain.took, timed.took, timed.configures) == (None, 90.0, True)
