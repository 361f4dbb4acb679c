"""Two serious incidents in one real runner: users, leaders and the board are told at once."""

from pathlib import Path

import pytest

from orchestrator.model.messages import EXECUTIVE, STATUS_PAGE
from orchestrator.project import Project
from tests.e2e.runners import running, tell, until, warroom

GRAVE = {"title": "orders fail", "service": "orders", "reporter": "user", "severity": "P0"}
BOTH = ("INC-1", "INC-2")


@pytest.mark.slow
def test_two_serious_incidents_at_once_are_told_to_everybody(tmp_path: Path) -> None:
    with running(tmp_path) as project:
        for incident in BOTH:
            assert tell(project, "open", incident=incident, report=GRAVE).accepted
        states = [until(project, n, lambda s: "major-incident" in s.exceptions) for n in BOTH]
        for state in states:
            major = state.exceptions["major-incident"]
            assert major["why"] == "open at once: INC-1, INC-2"
            assert float(major["at"]) - states[1].detected_at <= 1.0
        board = warroom("board", "--project", str(project.root))
        assert "MAJOR INCIDENT: INC-1, INC-2" in board.out
        told = until(
            project, "INC-2", lambda s: EXECUTIVE in s.messages and s.messages[EXECUTIVE].due_at
        )
        assert told.messages[EXECUTIVE].why == "several serious incidents at once"
        until(project, "INC-2", lambda s: STATUS_PAGE in s.documents)
        assert "Multiple service disruptions" in page(project)


def page(project: Project) -> str:
    return (project.incident("INC-2").path / STATUS_PAGE).read_text()


@pytest.mark.slow
def test_two_drills_at_once_are_no_major_incident(tmp_path: Path) -> None:
    project = Project(tmp_path)
    project.create()
    project.drill_mark.write_text("{}\n")
    with running(tmp_path, drill=True) as project:
        for incident in BOTH:
            assert tell(project, "open", incident=incident, report=GRAVE).accepted
        for incident in BOTH:
            state = until(project, incident, lambda s: STATUS_PAGE in s.documents)
            assert state.drill
            assert "major-incident" not in state.exceptions
        assert "Multiple service disruptions" not in page(project)
        assert "MAJOR" not in warroom("board", "--project", str(project.root)).out
