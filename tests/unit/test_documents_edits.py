"""Documents a person changed, on a real disk: merged, proposed, adopted, healed, never lost."""

import stat
from pathlib import Path

import pytest

from orchestrator.documents.edits import (
    RENDERS,
    Rendered,
    Written,
    behind,
    digest,
    merge_into,
    proposal,
    where,
)
from orchestrator.journal.verify import verify
from orchestrator.model import events as ev
from orchestrator.model.events import Event
from orchestrator.model.records import Document
from orchestrator.model.state import State
from orchestrator.project import IncidentFolder
from tests.unit.incident_story import leak_story, write_incident

PATH = "incident-record.md"
FIRST = "# Record\n\n- Status: DETECTED\n\n- Severity: P1\n\n- Issue: errors\n"
SECOND = FIRST.replace("DETECTED", "TRIAGED")
THIRD = SECOND.replace("P1", "P0")
FOURTH = THIRD.replace("errors", "5xx")


class Desk:
    """An incident's folder with what the conductor does around a document."""

    def __init__(self, root: Path) -> None:
        self.folder = IncidentFolder(root / ".aiwg" / "incidents" / "INC-1")
        self.folder.create()
        self.state = State(incident="INC-1")

    def due(self, text: str) -> bool:
        return behind(self.folder, self.state, Rendered(PATH, text, digest(text)))

    def render(self, text: str) -> Written:
        written = merge_into(self.folder, self.state, Rendered(PATH, text, digest(text)))
        if not written.conflict:
            self.state.documents[PATH] = Document(PATH, digest(written.text), 0.0, 1)
        return written

    def edit(self, text: str) -> None:
        """By key: written and journalled."""
        self.scribble(text)
        self.state.edits[PATH] = digest(text)

    def scribble(self, text: str) -> None:
        """Behind the console's back."""
        where(self.folder, PATH).write_text(text)

    @property
    def text(self) -> str:
        return where(self.folder, PATH).read_text()

    @property
    def proposed(self) -> str:
        found = proposal(self.folder, PATH)
        return found.read_text() if found.exists() else ""


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    made = Desk(tmp_path)
    made.render(FIRST)
    return made


def test_an_unedited_document_is_simply_written_again(desk: Desk) -> None:
    assert desk.due(SECOND)
    assert desk.render(SECOND) == Written(PATH, SECOND, False)
    assert desk.text == SECOND
    assert not desk.due(SECOND)


def test_two_edits_survive_three_later_renders(desk: Desk) -> None:
    desk.edit(FIRST.replace("errors\n", "errors\n\nSeen by support first.\n"))
    assert not desk.render(SECOND).conflict
    desk.edit(desk.text.replace("# Record\n", "# Record\n\nRead me first.\n"))
    for text in (THIRD, FOURTH, FOURTH + "\n- Resolved: yes\n"):
        desk.render(text)
    assert "Seen by support first." in desk.text
    assert "Read me first." in desk.text
    for told in ("TRIAGED", "P0", "Resolved: yes"):
        assert told in desk.text + desk.proposed


def test_a_merged_document_is_not_due_again(desk: Desk) -> None:
    desk.edit(FIRST + "\nA remark.\n")
    assert desk.due(SECOND)
    assert desk.render(SECOND).text.endswith("A remark.\n")
    assert not desk.due(SECOND)


def test_an_edit_alone_makes_nothing_due(desk: Desk) -> None:
    desk.edit(FIRST + "\nA remark.\n")
    assert not desk.due(FIRST)


def test_a_conflict_leaves_the_file_and_puts_a_proposal_beside_it(desk: Desk) -> None:
    mine = FIRST.replace("DETECTED", "calm")
    desk.edit(mine)
    assert desk.render(SECOND) == Written(PATH, mine, True)
    assert desk.text == mine
    assert "- Status: calm" in desk.proposed
    assert "- Status: TRIAGED" in desk.proposed
    assert not desk.due(SECOND)


def test_a_later_render_renews_the_proposal(desk: Desk) -> None:
    desk.edit(FIRST.replace("DETECTED", "calm"))
    desk.render(SECOND)
    assert desk.due(THIRD)
    desk.render(THIRD)
    assert "P0" in desk.proposed
    assert not desk.due(THIRD)


def test_an_edit_after_the_proposal_settles_it(desk: Desk) -> None:
    desk.edit(FIRST.replace("DETECTED", "calm"))
    desk.render(SECOND)
    desk.edit(SECOND.replace("TRIAGED", "TRIAGED, calm"))
    assert desk.due(SECOND)
    assert not desk.render(SECOND).conflict
    assert desk.proposed == ""
    desk.render(THIRD)
    assert "TRIAGED, calm" in desk.text
    assert "P0" in desk.text


def test_removing_the_proposal_means_that_the_edit_stands(desk: Desk) -> None:
    desk.edit(FIRST.replace("DETECTED", "calm"))
    desk.render(SECOND)
    proposal(desk.folder, PATH).unlink()
    desk.render(THIRD)
    assert "calm" in desk.text
    assert "P0" in desk.text
    assert desk.proposed == ""


def test_a_change_nobody_journalled_is_neither_lost_nor_blessed(desk: Desk) -> None:
    mine = FIRST + "\nBehind your back.\n"
    desk.scribble(mine)
    assert desk.render(SECOND) == Written(PATH, mine, True)
    assert desk.text == mine
    assert "TRIAGED" in desk.proposed
    assert "Behind your back." in desk.proposed
    assert not desk.due(SECOND)


def test_once_adopted_such_a_change_is_merged(desk: Desk) -> None:
    desk.scribble(FIRST + "\nBehind your back.\n")
    desk.render(SECOND)
    desk.edit(desk.text)
    assert desk.due(SECOND)
    assert desk.render(SECOND).text == SECOND + "\nBehind your back.\n"
    assert desk.proposed == ""


def test_a_proposal_for_an_unadopted_change_comes_back_when_it_is_removed(desk: Desk) -> None:
    desk.scribble(FIRST + "\nBehind your back.\n")
    desk.render(SECOND)
    proposal(desk.folder, PATH).unlink()
    assert desk.due(SECOND)
    desk.render(SECOND)
    assert "TRIAGED" in desk.proposed


def test_a_document_somebody_removed_is_written_again(desk: Desk) -> None:
    where(desk.folder, PATH).unlink()
    assert desk.due(FIRST)
    assert desk.render(FIRST).text == FIRST


@pytest.mark.parametrize("written", [False, True])
def test_a_kill_in_the_middle_of_writing_is_no_edit(desk: Desk, written: bool) -> None:
    kept = desk.folder.path / RENDERS
    (kept / f"{PATH}.left").write_text(SECOND)
    (kept / f"{PATH}.next").write_text(SECOND)
    if written:
        desk.scribble(SECOND)
    assert desk.due(THIRD)
    assert desk.render(THIRD) == Written(PATH, THIRD, False)
    assert desk.proposed == ""


def test_a_merge_written_but_not_journalled_is_journalled_at_the_next_look(desk: Desk) -> None:
    desk.edit(FIRST + "\nA remark.\n")
    journalled = dict(desk.state.documents)
    merged = desk.render(SECOND).text
    desk.state.documents = journalled
    assert desk.due(SECOND)
    assert desk.render(SECOND) == Written(PATH, merged, False)
    assert not desk.due(SECOND)


def test_documents_of_an_earlier_release_have_no_render_kept(desk: Desk) -> None:
    for kept in (desk.folder.path / RENDERS).iterdir():
        kept.unlink()
    assert desk.render(SECOND) == Written(PATH, SECOND, False)


def test_without_a_render_to_compare_with_an_edit_is_proposed_to_not_overwritten(
    desk: Desk,
) -> None:
    for kept in (desk.folder.path / RENDERS).iterdir():
        kept.unlink()
    desk.edit(FIRST + "\nA remark.\n")
    assert desk.render(SECOND).conflict
    assert "A remark." in desk.text
    assert "TRIAGED" in desk.proposed


def test_bytes_that_are_no_text_survive_a_merge(desk: Desk) -> None:
    place = where(desk.folder, PATH)
    place.write_bytes(FIRST.encode() + b"\nM\xfcller was here.\n")
    desk.state.edits[PATH] = digest(place.read_bytes().decode("utf-8", "surrogateescape"))
    assert not desk.render(SECOND).conflict
    assert b"M\xfcller was here." in place.read_bytes()
    assert b"TRIAGED" in place.read_bytes()


def test_an_edit_that_was_journalled_is_no_alteration(tmp_path: Path) -> None:
    events = leak_story(400)
    mine = "# My own words\n"
    edited = ev.DocumentEdited(PATH, digest(mine), "0" * 64)
    more = Event(len(events) + 1, "edit/1", events[-1].at, events[0].actor, edited)
    folder = write_incident(tmp_path, [*events, more], transcripts=False)
    where(folder, PATH).write_text(mine)
    assert not [found for found in verify(folder).findings if PATH in found]
    where(folder, PATH).write_text("# Other words\n")
    assert [found for found in verify(folder).findings if f"{PATH}: edited document was" in found]


def test_everything_it_writes_is_for_its_owner_only(desk: Desk) -> None:
    desk.edit(FIRST.replace("DETECTED", "calm"))
    desk.render(SECOND)
    where(desk.folder, PATH).chmod(0o600)
    files = [path for path in desk.folder.path.rglob("*") if path.is_file()]
    assert len(files) >= 5
    assert {stat.S_IMODE(path.stat().st_mode) for path in files} == {0o600}
