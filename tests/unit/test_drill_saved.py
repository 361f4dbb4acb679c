"""A saved incident becomes a drill that shows what could be seen, and hides how it ended."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from orchestrator.cli import DONE, WRONG_USE, main
from orchestrator.drills import DrillError
from orchestrator.drills import saved as saved_drill
from orchestrator.drills.saved import convert
from orchestrator.evidence.bundle.read import read_bundle
from orchestrator.model.events import Event
from orchestrator.project import IncidentFolder
from tests.unit.incident_evidence import CULPRIT
from tests.unit.incident_story import leak_story, story, write_incident


def saved(root: Path, events: list[Event] | None = None) -> IncidentFolder:
    """The story of the leak, in a project of its own as the runner leaves it."""
    return write_incident(root / ".aiwg" / "incidents", events or story())


def text_of(folder: Path) -> str:
    return "\n".join(path.read_text("utf-8") for path in sorted(folder.iterdir()))


def test_its_bundle_holds_what_was_seen_before_the_first_change(tmp_path: Path) -> None:
    made = convert(saved(tmp_path), tmp_path / "drill")
    bundle = read_bundle(made / "project" / "bundle")
    assert bundle.alert.service == "orders"
    assert CULPRIT in [commit.sha for commit in bundle.changes.commits]
    assert bundle.ask == "change"
    began, until = bundle.window or (0.0, 0.0)
    assert began < until
    assert all(deploy.at < until for deploy in bundle.changes.deploys)


def test_nothing_in_the_project_tells_how_it_ended(tmp_path: Path) -> None:
    source = saved(tmp_path)
    project = convert(source, tmp_path / "drill") / "project"
    said = text_of(project / "bundle")
    for answer in ("CONFIRMED", "RESOLVED", "rolled back", "--rollback"):
        assert answer not in said


def test_the_truth_beside_it_is_what_the_incident_confirmed(tmp_path: Path) -> None:
    made = convert(saved(tmp_path), tmp_path / "drill")
    truth = json.loads((made / "truth.json").read_text("utf-8"))
    assert truth["culprit"] == CULPRIT
    assert truth["said_by"] == "the incident, which confirmed it"
    assert truth["right_kinds"] == ["none"]
    assert CULPRIT not in truth["decoys"]


def test_files_with_incident_data_are_their_owners_alone(tmp_path: Path) -> None:
    made = convert(saved(tmp_path), tmp_path / "drill")
    files = [path for path in made.rglob("*") if path.is_file()]
    assert {path.stat().st_mode & 0o777 for path in files} == {0o600}


def test_a_cause_that_was_never_confirmed_has_to_be_said(tmp_path: Path) -> None:
    source = saved(tmp_path, leak_story(600.0))
    with pytest.raises(DrillError, match="--culprit"):
        convert(source, tmp_path / "drill")
    assert not (tmp_path / "drill").exists()
    made = convert(source, tmp_path / "drill", culprit=CULPRIT[:10])
    truth = json.loads((made / "truth.json").read_text("utf-8"))
    assert truth["culprit"] == CULPRIT
    assert truth["said_by"] == "a person"


def test_a_drill_that_is_there_already_is_left_alone(tmp_path: Path) -> None:
    source = saved(tmp_path)
    convert(source, tmp_path / "drill")
    before = text_of(tmp_path / "drill" / "project" / "bundle")
    with pytest.raises(DrillError, match="is there already"):
        convert(source, tmp_path / "drill", culprit="none")
    assert text_of(tmp_path / "drill" / "project" / "bundle") == before


def test_from_the_shell_it_says_how_to_run_it(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    source = saved(tmp_path)
    words = ["drill", "from", str(source.path), "--root", str(tmp_path / "drills")]
    assert main(words) == DONE
    assert f"warroom drill run {tmp_path / 'drills'}/saved-{source.incident}" in (
        capsys.readouterr().out
    )


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["from"], "warroom drill from needs an incident"),
        (["from", "nowhere"], "nowhere has no journal.jsonl"),
        (["grade", "nowhere"], "nowhere is no drill"),
        (["run", "flood"], "there is no drill scenario 'flood'"),
        (["clean", "leak"], "warroom drill clean takes no name: leak"),
    ],
)
def test_what_cannot_be_is_said_in_one_line(
    words: list[str], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["drill", *words]) == WRONG_USE
    errors = capsys.readouterr().err
    assert said in errors
    assert errors.count("\n") == 1


def test_a_later_look_at_a_commit_does_not_take_its_diff_away(tmp_path: Path) -> None:
    material = saved_drill._material(saved(tmp_path))
    evidence, named = material.state.evidence, f"repo {CULPRIT[:12]}"
    shown = next(eid for eid, text in material.read.items() if text.startswith(f"commit {CULPRIT}"))
    evidence[shown] = replace(evidence[shown], source=named)
    material.read[shown] += "diff --git a/shop/summary.py b/shop/summary.py\n"
    evidence["E99"] = replace(evidence[shown], eid="E99")
    material.read["E99"] = "reuse the connection within a request\n"
    diffs = {one["sha"]: one["diff"] for one in saved_drill._commits(material)}
    assert diffs[CULPRIT] == material.read[shown]


def test_a_making_that_was_cut_short_is_no_drill_and_no_hindrance(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = saved(tmp_path)

    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr("orchestrator.drills.saved.write_private", full)
        with pytest.raises(DrillError, match="No space left on device"):
            convert(source, tmp_path / "drills" / "one")
    assert list((tmp_path / "drills").iterdir()) == []
    assert (convert(source, tmp_path / "drills" / "one") / "truth.json").is_file()
