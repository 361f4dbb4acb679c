"""A person runs an incident from a shell alone: words in, verbs taken, what they add is kept."""

import json
import os
import sys
from pathlib import Path

import pytest

from orchestrator.evidence.ledger import Ledger
from orchestrator.journal.read import load_state
from orchestrator.model import events as ev
from orchestrator.project import Project
from tests.e2e.runners import Done, running, tell, until, warroom

NEEDS_HUMAN = 4


def said(project: Project, *words: str) -> Done:
    at = words.index("--") if "--" in words else len(words)
    return warroom(*words[:at], "--project", os.fspath(project.root), *words[at:])


def settled(project: Project) -> bool:
    """Every document is on disk as the journal has it."""
    return all(one["settled"] for one in tell(project, "status").data["incidents"])


@pytest.mark.slow
def test_an_incident_is_run_from_a_shell(tmp_path: Path) -> None:
    with running(tmp_path) as project:
        opened = said(project, "INC-5: orders down since 14:00, P0. Tight SLA", "--headless")
        assert opened.code == NEEDS_HUMAN, opened.err
        assert opened.err.startswith("Understood:\n  what       orders down\n")
        assert "guidance applied: tight sla" in opened.err
        until(project, "INC-5", lambda state: "mitigation" in state.questions)

        for words in (
            ("ack", "INC-5"),
            ("severity", "INC-5", "P1", "--why", "half of the users"),
            ("assign", "INC-5", "communications-lead", "l.novak"),
            ("answer", "INC-5", "mitigation", "wait for the vendor"),
            ("step", "INC-5", "1.5", "repeat", "--why", "a deploy was forgotten"),
            ("stop", "INC-5", "--why", "nobody touches anything"),
            ("assess", "INC-5", "the data is intact"),
            ("star", "INC-5"),
            ("evidence", "INC-5", "--", sys.executable, "-c", "print('vendor: degraded')"),
        ):
            done = said(project, *words)
            assert (done.code, done.err) == (0, ""), words
        refused = said(project, "undo", "INC-5")
        assert (refused.code, "nothing to take back" in refused.line) == (1, True)

        folder = project.incident("INC-5")
        (tmp_path / "mine.md").write_text("# Triage\n\nAs I saw it.\n")
        edited = said(
            project, "edit", "INC-5", "triage-assessment", "--file", f"{tmp_path}/mine.md"
        )
        assert (edited.code, edited.err) == (0, "")

        state, events = load_state(folder.journal)
        assert (state.severity, state.severity_by) == ("P1", state.acknowledged_by)
        assert state.roles["communications-lead"] == "l.novak"
        assert state.answers["mitigation"] == "wait for the vendor"
        assert "tight-sla" in state.themes
        assert (state.stopped, state.assessment) == ("", "the data is intact")
        assert state.repeats == {"regression": 1}
        assert len(state.stars) == 1
        assert set(state.edits) == {"triage-assessment.md"}
        mine = [item for item in state.evidence.values() if item.kind == "human"][-1]
        assert Ledger(folder).read(mine.path) == "vendor: degraded\n"
        assert any(isinstance(event.data, ev.CommandRefused) for event in events)

        shown = said(project, "evidence", "INC-5", f"{mine.eid}:1")
        assert shown.out == "▸      1  vendor: degraded\n"
        board = json.loads(said(project, "board", "--json").out)
        assert [one["incident"] for one in board["incidents"]] == ["INC-5"]

        assert said(project, "resolve", "INC-5", "--why", "the vendor is back").code == 0
        notice = "communications/resolution-notification.md"
        until(project, "INC-5", lambda state: notice in state.messages)
        assert said(project, "sent", "INC-5", notice, "--channel", "mail").code == 0
        until(project, "INC-5", lambda state: state.status == "CLOSED" and settled(project))
        assert "As I saw it." in (folder.path / "triage-assessment.md").read_text()
        assert said(project, "reopen", "INC-5", "--why", "again").code == 0
