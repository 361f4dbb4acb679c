"""What follows an incident from a shell: actions and tickets of a closed one, and the report."""

import json
import os
from pathlib import Path

import pytest

from orchestrator.journal.read import load_state
from orchestrator.journal.verify import verify
from orchestrator.project import Project
from tests.e2e.runners import Done, running, tell, until, warroom
from tests.unit.incident_story import INCIDENT, story, write_incident
from tests.unit.issue_server import TOKEN, keeping_issues

FIRST = f"{INCIDENT}/A1"


def said(project: Project, *words: str) -> Done:
    return warroom(*words, "--project", os.fspath(project.root))


@pytest.mark.slow
def test_actions_of_a_closed_incident_move_on_and_its_documents_follow(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_incident(Project(tmp_path).incidents, story())
    monkeypatch.setenv("GITHUB_TOKEN", TOKEN)
    with keeping_issues() as web, running(tmp_path) as project:
        with project.settings.open("a") as file:
            file.write(f'\n[tickets]\nrepo = "acme/shop"\nbase_url = "{web.address()}"\n')
        folder = project.incident(INCIDENT)
        for words in (
            ("tickets", INCIDENT),
            ("actions", "done", FIRST, "--why", "the rule is live"),
            ("actions", "assign", f"{INCIDENT}/A2", "m.sato"),
            ("actions", "due", f"{INCIDENT}/A2", "2099-01-31"),
            ("tickets", INCIDENT),
        ):
            done = said(project, *words)
            assert (done.code, done.err) == (0, ""), words
        assert len(web.issues) == 5
        again = said(project, "actions", "done", FIRST)
        assert (again.code, f"{FIRST} is DONE already" in again.line) == (1, True)

        state, _ = load_state(folder.journal)
        item, other = state.follow_up[FIRST], state.follow_up[f"{INCIDENT}/A2"]
        assert (item.status, item.why, item.ticket) == (
            "DONE",
            "the rule is live",
            "https://github.example/acme/shop/issues/1",
        )
        assert (other.owner, other.moved, state.status) == ("m.sato", 1, "CLOSED")
        until(project, INCIDENT, lambda _: settled(project))
        written = (folder.path / "preventive-actions.md").read_text()
        assert "| Done |" in written
        assert "issues/1" in written
        assert TOKEN not in folder.journal.read_text()
        report = json.loads(said(project, "report", "--json").out)
        found = next(one for one in report["metrics"] if one["id"] == "actions")
        assert found["of"] == 5
        assert found["n"] >= 1
    head = project.heads / f"{INCIDENT}.json"
    assert verify(folder, head).findings == ()


def settled(project: Project) -> bool:
    """Every document is on disk as the journal has it."""
    return all(one["settled"] for one in tell(project, "status").data["incidents"])
