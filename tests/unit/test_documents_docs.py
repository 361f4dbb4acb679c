"""What the project's own docs say is what the code does."""

import ast
import re
from pathlib import Path

import pytest

from orchestrator.documents.catalogue import CATALOGUE
from orchestrator.model import events as ev
from orchestrator.model.durations import words
from orchestrator.model.gates import gates
from orchestrator.model.policy import TABLE
from orchestrator.model.state import State
from orchestrator.project import Project
from orchestrator.settings import load, policy

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"


def fenced(path: Path, language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", path.read_text(), re.DOTALL)


def test_the_settings_of_the_docs_load(tmp_path: Path) -> None:
    settings, ready_made, console, *rules = fenced(DOCS / "settings.md", "toml")
    models = fenced(DOCS / "models.md", "toml")[0]
    (tmp_path / "warroom.toml").write_text(f"{settings}\n{ready_made}\n{console}\n{models}")
    (tmp_path / "policy.toml").write_text("\n".join(rules))
    loaded = load(Project(tmp_path))
    in_force = policy(loaded, tmp_path)
    assert loaded.rollback_for("orders") is not None
    assert [one.do for one in loaded.actions if one.adapter != "script"] == ["scale", "revert"]
    assert in_force.triage_target == 600.0
    assert in_force.table["P1"].management is None
    assert in_force.business is not None
    assert [law.name for law in in_force.regulatory] == ["GDPR", "HIPAA"]


def test_every_document_and_gate_is_in_the_docs() -> None:
    text = (DOCS / "flow.md").read_text()
    assert [d.path for d in CATALOGUE if f"`{d.path}`" not in text] == []
    assert [gate.name for gate in gates(State()) if gate.name not in text] == []


@pytest.mark.parametrize("severity", TABLE)
def test_the_table_of_promises_in_the_docs_is_the_policy(severity: str) -> None:
    row = next(
        x for x in (DOCS / "flow.md").read_text().splitlines() if x.startswith(f"| {severity}")
    )
    promised = TABLE[severity]
    lengths = [
        promised.acknowledge,
        promised.engage,
        promised.resolve,
        promised.update,
        promised.tier2,
        promised.tier3,
        promised.management,
        promised.executive,
        promised.status_page,
        promised.review,
    ]
    said = [cell.strip() for cell in row.strip("|").split("|")[1:]]
    days = {"1 week": "7 d", "24 h": "1 d", "48 h": "2 d"}
    assert [days.get(cell, cell) for cell in said] == [
        "–" if length is None else words(length) for length in lengths
    ]


def test_the_kinds_of_event_named_in_the_docs_exist() -> None:
    named = re.findall(
        r'`([a-z]+\.[a-z_]+)`|"type":"([a-z]+\.[a-z_]+)"', (DOCS / "journal.md").read_text()
    )
    types = {a or b for a, b in named} - {"actor.kind"}
    assert len(types) >= 2
    assert types <= set(ev.PAYLOADS)


@pytest.mark.parametrize(
    "path", [*DOCS.glob("*.md"), ROOT / "CONTRIBUTING.md"], ids=lambda p: p.name
)
def test_links_and_files_named_in_the_docs_exist(path: Path) -> None:
    text = path.read_text()
    for target in re.findall(r"\]\((?!https?:)([^)#]+)\)", text):
        assert (path.parent / target).exists(), target
    for named in re.findall(r"`((?:orchestrator|tui|templates|tests)/[A-Za-z0-9_/.]*)`", text):
        assert (ROOT / named).exists(), named


@pytest.mark.parametrize("module", ["timeline", "wording", "durations", "gates"])
def test_the_pure_model_imports_the_standard_library_and_itself_only(module: str) -> None:
    tree = ast.parse((ROOT / "orchestrator" / "model" / f"{module}.py").read_text())
    names = [n.module or "" for n in ast.walk(tree) if isinstance(n, ast.ImportFrom)]
    ours = [name for name in names if name.startswith(("orchestrator", "tui"))]
    assert all(name.startswith("orchestrator.model") for name in ours)


def test_the_licence_is_the_whole_apache_2_text() -> None:
    text = (ROOT / "LICENSE").read_text()
    assert "Apache License" in text
    assert "END OF TERMS AND CONDITIONS" in text
