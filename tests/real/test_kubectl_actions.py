"""The kubectl adapter's commands, as the real kubectl runs them: query, dry run, change, undo."""

import asyncio
import json
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from orchestrator.actions.card import build
from orchestrator.environment import environment
from orchestrator.model.state import State
from orchestrator.settings import Settings
from tests.real.writable_cluster import Cluster, running

pytestmark = pytest.mark.slow

COMMON = {"adapter": "kubectl", "deployment": "orders", "namespace": "shop", "context": "blue"}


@pytest.fixture
def web(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Cluster]:
    if shutil.which("kubectl") is None:
        pytest.skip("kubectl is not installed")
    with running() as cluster:
        address = f"http://127.0.0.1:{cluster.server_port}"
        config = {
            "apiVersion": "v1",
            "kind": "Config",
            "clusters": [{"name": "c", "cluster": {"server": address}}],
            "contexts": [{"name": "blue", "context": {"cluster": "c", "user": "u"}}],
            "users": [{"name": "u", "user": {}}],
        }
        (tmp_path / "config").write_text(json.dumps(config))
        monkeypatch.setenv("KUBECONFIG", str(tmp_path / "config"))
        monkeypatch.setenv("HOME", str(tmp_path))
        yield cluster


def card(root: Path, kind: str, params: dict[str, str], **fields: Any) -> dict[str, Any]:
    table = {"id": "a", "kind": kind, "service": "orders", **COMMON, **fields}
    settings = Settings.model_validate({"services": [{"name": "orders"}], "actions": [table]})
    state = State(incident="INC-1", service="orders")
    return asyncio.run(build(settings, root, state, {"kind": kind, "params": params}))


def run(argv: list[str], root: Path) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        argv, cwd=root, env=environment(), capture_output=True, text=True, check=False
    )


def test_scaling_is_rehearsed_done_undone_and_refused_when_somebody_scaled_meanwhile(
    web: Cluster, tmp_path: Path
) -> None:
    made = card(tmp_path, "scaling", {"replicas": "5"}, do="scale", max_replicas=8)
    assert made["title"] == "scale orders from 2 to 5"
    assert made["pre_state"] == "2"
    assert made["dry_run"]["exit"] == 0, made["dry_run"]
    assert web.written == []
    assert run(made["argv"], tmp_path).returncode == 0
    assert web.deployment["spec"]["replicas"] == 5
    late = run(made["argv"], tmp_path)
    assert late.returncode == 1
    assert "Expected replicas to be 2, was 5" in late.stderr
    assert run(made["undo"], tmp_path).returncode == 0
    assert web.deployment["spec"]["replicas"] == 2


def test_an_image_is_set_and_taken_back(web: Cluster, tmp_path: Path) -> None:
    how = {"do": "image", "container": "app", "image": "orders"}
    made = card(tmp_path, "rollback", {"version": "1.8"}, **how)
    assert made["pre_state"] == "orders:1.9"
    assert made["dry_run"]["exit"] == 0, made["dry_run"]
    assert web.image == "orders:1.9"
    assert run(made["argv"], tmp_path).returncode == 0
    assert web.image == "orders:1.8"
    assert run(made["undo"], tmp_path).returncode == 0
    assert web.image == "orders:1.9"


def test_a_rollout_is_undone(web: Cluster, tmp_path: Path) -> None:
    made = card(tmp_path, "rollback", {}, do="undo")
    assert made["pre_state"] == "2"
    assert made["undo"][-1] == "--to-revision=2"
    assert made["dry_run"]["exit"] == 0, made["dry_run"]
    assert web.written == []
    assert run(made["argv"], tmp_path).returncode == 0
    assert web.image == "orders:1.8"


def test_a_restart_marks_the_pods_and_its_card_says_what_it_has_not(
    web: Cluster, tmp_path: Path
) -> None:
    made = card(tmp_path, "restart", {}, do="restart")
    assert (made["dry_run"], made["undo"]) == ({}, [])
    assert run(made["argv"], tmp_path).returncode == 0
    marks = web.deployment["spec"]["template"]["metadata"]["annotations"]
    assert "kubectl.kubernetes.io/restartedAt" in marks
