"""A saved incident is drilled again: the war room works on its evidence alone, and is graded."""

import json
from pathlib import Path

import pytest

from tests.e2e.runners import warroom
from tests.unit.incident_evidence import CULPRIT
from tests.unit.incident_story import story, write_incident

DONE = 0


@pytest.mark.slow
def test_a_saved_incident_is_drilled_and_graded_from_the_shell(tmp_path: Path) -> None:
    source = write_incident(tmp_path / ".aiwg" / "incidents", story())
    made = warroom("drill", "from", str(source.path), "--root", str(tmp_path / "drills"), "--json")
    assert made.code == DONE, made.err
    drill = json.loads(made.out)["drill"]
    ran = warroom("drill", "run", drill, "--headless")
    assert "waits for you" in ran.out
    assert ran.out.rstrip().endswith(("PASSED", "NOT PASSED"))
    again = warroom("drill", "grade", drill, "--json")
    marks = json.loads(again.out)["marks"]
    assert marks["cause"]["result"] in ("right", "open")
    assert CULPRIT[:8] in marks["cause"]["said"]
    assert marks["actions"]["result"] == "right"
