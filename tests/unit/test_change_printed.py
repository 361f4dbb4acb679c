"""What a change prints is one numbered item of the evidence, and its report cites it."""

import asyncio
from pathlib import Path

from orchestrator.clock import FakeClock
from orchestrator.conductor.printed import printed
from orchestrator.model.state import State
from orchestrator.settings import Settings
from tests.unit.fake_bench import FakeBench

CARD = {"action": "rollback", "title": "roll orders back", "argv": ["bin/deploy", "a b"]}


def bench(root: Path) -> FakeBench:
    return FakeBench(root, Settings(), State(incident="INC-1"), FakeClock())


def test_output_and_probes_are_one_item_that_the_summary_cites(tmp_path: Path) -> None:
    made = bench(tmp_path)
    probe = {"name": "locks", "state": "pass", "said": "nobody waits"}
    done = {"exit": 0, "output": "now at 1111111", "probes": [probe]}
    summary = asyncio.run(printed(made, CARD, done))["summary"]
    assert summary["text"] == "roll orders back: ended with exit 0"
    assert summary["evidence"] == ["E1"]
    item = made.state.evidence["E1"]
    assert (item.kind, item.command) == ("action", "bin/deploy 'a b'")
    assert made.ledger.read(item.path) == "now at 1111111\npass locks: nobody waits"


def test_a_change_that_prints_nothing_brings_no_item(tmp_path: Path) -> None:
    made = bench(tmp_path)
    assert asyncio.run(printed(made, CARD, {"exit": 0, "output": ""})) == {}
    assert made.state.evidence == {}


def test_one_that_was_cut_short_says_so(tmp_path: Path) -> None:
    done = {"exit": -15, "output": "half", "cancelled": True}
    summary = asyncio.run(printed(bench(tmp_path), CARD, done))["summary"]
    assert summary["text"] == "roll orders back: was cancelled"
