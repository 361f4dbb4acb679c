"""Before a breach is touched its logs are kept byte for byte, and verify holds them to it."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from orchestrator.conductor.preserve import MANIFEST, preserve
from orchestrator.journal.preserved import preserved_findings, preserved_notes
from orchestrator.model.events import Actor, Event, TaskFinished
from orchestrator.project import IncidentFolder, Project, sha256_file
from orchestrator.settings import Settings, load

TOML = """\
[project]
name = "shop"
[[people]]
name = "a.kim"
roles = ["on-call", "commander"]
[[services]]
name = "orders"
logs = ["var/*/app.log", "var/a/*.log"]
"""


@pytest.fixture
def project(tmp_path: Path) -> tuple[IncidentFolder, Settings, Path]:
    root = tmp_path / "shop"
    for name in ("a", "b"):
        (root / "var" / name).mkdir(parents=True)
        (root / "var" / name / "app.log").write_text(f"{name} password=hunter2hunter\n")
    (root / "warroom.toml").write_text(TOML)
    made = Project(root)
    made.create()
    folder = made.incident("INC-1")
    folder.create()
    return folder, load(made), root


def ended(report: dict[str, Any]) -> list[Event]:
    data = TaskFinished("security/preserve", 1, "done", report)
    return [Event(1, "x", 0.0, Actor("runner", "runner"), data, "", "")]


def found(folder: IncidentFolder, report: dict[str, Any]) -> list[str]:
    return list(preserved_findings(folder, ended(report)))


def test_every_log_is_kept_as_it_was_once_outside_the_incidents_folder(
    project: tuple[IncidentFolder, Settings, Path],
) -> None:
    folder, settings, root = project
    kept = preserve(folder, settings, root)
    paths = [root / item["path"] for item in kept["files"]]
    assert [path.read_text() for path in paths] == [
        "a password=hunter2hunter\n",
        "b password=hunter2hunter\n",
    ]
    assert all(path.stat().st_mode & 0o777 == 0o400 for path in paths)
    assert not any(path.is_relative_to(folder.path) for path in paths)
    assert kept["manifest_sha256"] == sha256_file(folder.path / MANIFEST)
    listed = json.loads((folder.path / MANIFEST).read_text())["files"]
    assert [set(item) for item in listed] == [{"path", "source", "size", "sha256"}] * 2
    assert found(folder, kept) == []


def test_a_second_run_keeps_what_the_first_kept(
    project: tuple[IncidentFolder, Settings, Path],
) -> None:
    folder, settings, root = project
    first = preserve(folder, settings, root)
    (root / "var" / "a" / "app.log").write_text("overwritten\n")
    assert preserve(folder, settings, root)["files"] == first["files"]


def _altered(folder: IncidentFolder, kept: Path) -> None:
    kept.chmod(0o600)
    kept.write_text("other\n")


def _lost(folder: IncidentFolder, kept: Path) -> None:
    kept.unlink()


def _forged(folder: IncidentFolder, kept: Path) -> None:
    (folder.path / MANIFEST).write_text('{"files": []}')


def _gone(folder: IncidentFolder, kept: Path) -> None:
    (folder.path / MANIFEST).unlink()


@pytest.mark.parametrize(
    ("harm", "says"),
    [
        (_altered, "preserved file was altered"),
        (_lost, "preserved file is missing"),
        (_forged, "the manifest of preserved files was altered"),
        (_gone, "the manifest of preserved files is missing"),
    ],
)
def test_verify_names_what_is_no_longer_as_it_was_kept(
    project: tuple[IncidentFolder, Settings, Path],
    harm: Callable[[IncidentFolder, Path], None],
    says: str,
) -> None:
    folder, settings, root = project
    kept = preserve(folder, settings, root)
    harm(folder, root / kept["files"][0]["path"])
    (finding,) = found(folder, kept)
    assert says in finding


def test_a_copied_incident_says_that_the_files_stayed_behind(
    project: tuple[IncidentFolder, Settings, Path], tmp_path: Path
) -> None:
    folder, settings, root = project
    kept = preserve(folder, settings, root)
    copy = IncidentFolder(tmp_path / "copy")
    shutil.copytree(folder.path, copy.path)
    assert found(copy, kept) == []
    (note,) = preserved_notes(copy, ended(kept))
    assert "2 preserved file(s) are not in this copy" in note


def test_an_incident_of_an_earlier_release_has_no_manifest_to_check(tmp_path: Path) -> None:
    assert found(IncidentFolder(tmp_path), {"files": [{"name": "x"}]}) == []
