"""A broken template, a broken disk, a journal that begins in the middle: one line each."""

import stat
from collections.abc import Iterator
from pathlib import Path

import pytest
from jinja2 import ChoiceLoader, FileSystemLoader

from orchestrator.documents.render import DocumentError, environment, render
from orchestrator.documents.write import Rendered, current, drafts, due, store
from orchestrator.model.fold import fold_all
from orchestrator.model.state import State
from orchestrator.project import IncidentFolder
from tests.unit.incident_story import story, write_incident

TEMPLATE = "root-cause-analysis.md.j2"
PATH = "root-cause-analysis.md"


@pytest.fixture
def broken(tmp_path: Path) -> Iterator[Path]:
    """A folder whose templates stand before the real ones for one test."""
    made = environment()
    real = made.loader
    assert real is not None
    folder = tmp_path / "templates" / "documents"
    folder.mkdir(parents=True)
    made.loader = ChoiceLoader([FileSystemLoader(folder), real])
    yield folder
    made.loader = real


def fault() -> str:
    with pytest.raises(DocumentError) as caught:
        render(PATH, fold_all(State(), story()), story())
    return str(caught.value)


def test_a_name_that_does_not_exist_is_named_with_its_template_and_line(
    broken: Path,
) -> None:
    (broken / TEMPLATE).write_text("# Title\n\n{{ state.incident }}\n{{ state.no_such_field }}\n")
    said = fault()
    assert said.startswith("templates/documents/root-cause-analysis.md.j2 line 4: ")
    assert "no_such_field" in said
    assert "\n" not in said


def test_a_syntax_error_is_named_with_its_template_and_line(broken: Path) -> None:
    (broken / TEMPLATE).write_text("# Title\n{% if %}\n")
    assert fault().startswith("templates/documents/root-cause-analysis.md.j2 line 2: ")


def test_any_other_fault_of_a_template_is_one_line_too(broken: Path) -> None:
    (broken / TEMPLATE).write_text("# Title\n\n{{ 1 / 0 }}\n")
    assert "line 3: ZeroDivisionError: division by zero" in fault()


def test_a_missing_template_is_named(broken: Path) -> None:
    (broken / TEMPLATE).write_text('{% include "nowhere.md.j2" %}')
    assert "nowhere.md.j2" in fault()


def test_a_fault_in_a_macro_names_the_file_the_macro_is_in(broken: Path) -> None:
    (broken / "_own.md.j2").write_text("{% macro m() %}\n{{ missing }}\n{% endmacro %}")
    (broken / TEMPLATE).write_text('{% from "_own.md.j2" import m with context %}\n{{ m() }}')
    assert fault().startswith("templates/documents/_own.md.j2 line 2: ")


def test_one_broken_template_does_not_keep_the_others_back(broken: Path) -> None:
    (broken / TEMPLATE).write_text("{{ state.no_such_field }}")
    failed: list[DocumentError] = []
    state = fold_all(State(), story())
    made = {rendered.path for rendered in current(state, story(), failed.append)}
    assert PATH not in made
    assert made | {PATH} == set(state.documents)
    assert len(failed) == 1


def test_a_failed_template_is_logged_when_nobody_asked_for_it(
    broken: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (broken / TEMPLATE).write_text("{{ state.no_such_field }}")
    drafts(fold_all(State(), story()), story())
    assert "root-cause-analysis.md.j2 line 1" in caplog.text


def test_a_journal_that_begins_in_the_middle_writes_no_half_a_timeline() -> None:
    with pytest.raises(DocumentError, match="from its first event on"):
        render("timeline.md", fold_all(State(), story()), story()[10:])


def test_an_unknown_document_is_refused() -> None:
    with pytest.raises(DocumentError, match="no document of an incident"):
        render("passwords.md", State(), [])


def test_nothing_is_due_when_every_document_is_as_journalled(tmp_path: Path) -> None:
    folder = write_incident(tmp_path)
    assert due(fold_all(State(), story()), story(), folder) == []


def test_a_document_lost_from_the_disk_is_due_again(tmp_path: Path) -> None:
    folder = write_incident(tmp_path)
    (folder.path / PATH).unlink()
    state = fold_all(State(), story())
    again = due(state, story(), folder)
    assert [made.path for made in again] == [PATH]
    assert again[0].sha256 == state.documents[PATH].sha256


def test_a_document_is_stored_whole_for_its_owner_only(tmp_path: Path) -> None:
    folder = IncidentFolder(tmp_path / "INC-1")
    store(folder, Rendered("communications/initial-alert.md", "first\n", ""))
    store(folder, Rendered("communications/initial-alert.md", "second\n", ""))
    path = folder.path / "communications" / "initial-alert.md"
    assert path.read_text() == "second\n"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert [p.name for p in path.parent.iterdir()] == ["initial-alert.md"]
