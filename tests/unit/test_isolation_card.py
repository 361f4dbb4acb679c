"""The isolation of the catalogue as a real card: what it runs, and what it rests on."""

import asyncio
import dataclasses
from pathlib import Path

from orchestrator.actions.card import build
from orchestrator.clock import FakeClock
from orchestrator.model import events as ev
from orchestrator.model.events import RUNNER, Event
from orchestrator.model.state import State
from orchestrator.model.timeline import row
from orchestrator.project import Project
from orchestrator.settings import load
from tests.unit.fake_bench import task
from tests.unit.rooms import opened, shop

ISOLATE = """
[[actions]]
id = "cut-off"
kind = "isolation"
service = "orders"
title = "take {service} off the network"
argv = ["bin/cut-off", "{service}"]
"""
SEEN = {"summary": {"text": "Rows left by an unknown address.", "evidence": ["E1:4", "E1:9", "E2"]}}


def breached(root: Path) -> State:
    """An incident whose gatekeeper has reported."""
    project, settings = shop(root)
    room = asyncio.run(opened(project, settings, FakeClock()))
    done = dataclasses.replace(task("security/assessment"), outcome="done", report=SEEN)
    room.state.tasks[done.key] = done
    return room.state


def test_the_card_runs_the_catalogues_own_and_rests_on_what_the_gatekeeper_saw(
    tmp_path: Path,
) -> None:
    state = breached(tmp_path)
    path = tmp_path / "warroom.toml"
    path.write_text(path.read_text() + ISOLATE)
    wanted = {"kind": "isolation", "params": {}}
    card = asyncio.run(build(load(Project(tmp_path)), tmp_path, state, wanted))
    assert card["argv"] == ["bin/cut-off", "orders"]
    assert card["kind"] == "isolation"
    assert [why["text"] for why in card["why"]] == ["Rows left by an unknown address."]
    assert [why["evidence"] for why in card["why"]] == [["E1", "E2"]]


def test_an_isolation_that_failed_is_not_told_as_done() -> None:
    ended = ev.TaskFinished("security/isolate@1", 1, "done", {"exit": 1, "why": "no route"})
    told = row(Event(1, "x", 0.0, RUNNER, ended))
    assert told is not None
    assert told.text == "isolation failed, exit 1: no route"
    assert told.mark == "late"
