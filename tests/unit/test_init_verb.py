"""`warroom init` writes what it sees, suggests what it guesses, and never overwrites."""

import json
import os
import socket
from pathlib import Path

import pytest

from orchestrator.checkup import first_settings, survey
from orchestrator.checkup.survey import Survey
from orchestrator.cli import DONE, NOT_RESOLVED, WRONG_USE, main
from orchestrator.project import Project
from orchestrator.settings import load
from tests.unit.small_shop import commit, git

DEPLOY = {"at": "2026-11-23T09:00:00Z", "service": "orders", "version": "abc1234"}
COMPOSE = """\
# comment
services:
  web:
    image: x
    environment:
      A: b
  db: {image: y}
volumes:
  data:
"""
MANIFEST = """\
apiVersion: v1
kind: Service
metadata:
  name: front
---
apiVersion: apps/v1
kind: Deployment
metadata:
  labels:
    app: orders
  name: orders
"""


def put(path: Path, text: str = "", executable: bool = False) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    if executable:
        path.chmod(0o755)


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A project as they lie around."""
    root = tmp_path / "my shop"
    root.mkdir()
    git(root, "init", "-q")
    commit(root, "first", {"app.py": "x = 1\n"})
    put(root / "var/log/app.log", "2026-11-23T10:00:00Z INFO up\n")
    put(root / "var/log/app.log.1")
    put(root / "logs/worker", "2026-11-23T10:00:00Z INFO up\n")
    put(root / "var/deploys.jsonl", json.dumps(DEPLOY) + "\n")
    put(root / "deploys.log", "nothing that is a deploy\n")
    put(root / "bin/deploy", "#!/bin/sh\n", executable=True)
    put(root / "docs/runbooks/pool.md")
    put(root / "k8s/all.yaml", MANIFEST)
    put(root / "compose.yaml", COMPOSE)
    put(root / "Procfile", "web: gunicorn app\nworker: python -m work\n")
    put(root / "node_modules/x/logs/x.log")
    return root


def test_what_lies_in_a_project_is_found(root: Path) -> None:
    found = survey.survey(root)
    assert found.name == "my-shop"
    assert found.repositories == ["."]
    assert found.logs == ["logs/worker", "var/log/*.log"]
    assert found.deploy_logs == {"var/deploys.jsonl": ["orders"]}
    assert found.scripts == ["bin/deploy"]
    assert found.runbooks == "docs/runbooks"
    assert found.workloads == ["deployment/orders"]
    assert found.compose == ["web", "db"]
    assert found.procfile == ["web", "worker"]


def test_a_port_that_listens_here_is_only_suggested(root: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port = listening.getsockname()[1]
        assert port in [number for number, _ in survey.survey(root).listening]
    text = first_settings.written(Survey("x", listening=[(9100, "node\texporter")]), "a", 1)
    assert '#   metrics = "http://127.0.0.1:9100/metrics"' in text


def test_the_settings_written_hold_what_was_found(
    root: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["init", str(root)]) == DONE
    assert "services: orders" in capsys.readouterr().out
    settings = load(Project(root))
    (orders,) = settings.services
    assert (orders.name, orders.repo) == ("orders", ".")
    assert orders.deploy_log == "var/deploys.jsonl"
    assert orders.logs == ("logs/worker", "var/log/*.log")
    assert settings.runbooks.path == "docs/runbooks"
    assert settings.person_for_uid(os.getuid()) is not None
    # what may be changed is never guessed
    assert settings.actions == ()
    assert orders.metrics == ""
    text = (root / "warroom.toml").read_text()
    assert '# argv = ["bin/deploy", "{service}", "{version}"]' in text
    assert "deployment/orders" in text


def test_every_suggestion_is_good_settings_once_it_is_uncommented(root: Path) -> None:
    text = first_settings.written(survey.survey(root), "a.kim", 1000)
    prose = ("# Written", "# `war", "# to this", "# These", "#   ", "# The ", "# What", "# Docker",
             "# Kubernetes")  # fmt: skip
    lines = [line for line in text.split("\n") if not line.startswith(prose)]
    everything = "\n".join(line.removeprefix("# ") for line in lines)
    everything = everything.replace('"name of a person above"', '"b.lee"')
    everything = everything.replace('"name of whoever stands in"', '"b.lee"')
    (root / "warroom.toml").write_text(everything)
    put(root / "policy.toml")
    settings = load(Project(root))
    assert [action.id for action in settings.actions] == ["undo-rollout", "rollback"]
    assert [person.name for person in settings.people] == ["a.kim", "b.lee"]
    assert settings.services[0].prometheus.url
    assert settings.services[0].process.name == "gunicorn"


def test_settings_that_are_there_are_left_as_they_are(
    root: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (root / "warroom.toml").write_text("mine")
    assert main(["init", str(root)]) == WRONG_USE
    assert (root / "warroom.toml").read_text() == "mine"
    said = capsys.readouterr().err
    assert said.count("\n") == 1
    assert "is there already and is left as it is" in said
    (root / "warroom.toml").unlink()
    (root / "warroom.toml").symlink_to(root / "elsewhere.toml")
    assert main(["init", str(root)]) == WRONG_USE
    assert not (root / "elsewhere.toml").exists()


def test_a_folder_that_is_not_there_is_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["init", "/nowhere/at/all"]) == WRONG_USE
    assert capsys.readouterr().err == "warroom: /nowhere/at/all: no such folder\n"


def test_a_folder_that_takes_no_file_is_one_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def refuse(self: Path, *args: object, **kwargs: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "open", refuse)
    assert main(["init", str(tmp_path)]) == NOT_RESOLVED
    assert capsys.readouterr().err.endswith("warroom.toml: Permission denied\n")


def test_an_empty_folder_with_an_odd_name_gets_settings_that_load(tmp_path: Path) -> None:
    root = tmp_path / 'ö "x"'
    root.mkdir()
    assert main(["init", str(root)]) == DONE
    settings = load(Project(root))
    assert [service.name for service in settings.services] == ["x"]
    assert settings.services[0].repo == ""


def test_several_repositories_are_several_services(tmp_path: Path) -> None:
    for name in ("cart", "search"):
        git(tmp_path, "init", "-q", name)
        put(tmp_path / name / "log/a.log", "2026-11-23T10:00:00Z INFO up\n")
    assert main(["init", "--project", str(tmp_path)]) == DONE
    settings = load(Project(tmp_path))
    assert [(one.name, one.repo, one.logs) for one in settings.services] == [
        ("cart", "cart", ("cart/log/*.log",)),
        ("search", "search", ("search/log/*.log",)),
    ]
