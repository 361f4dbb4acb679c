"""Ready-made actions become argument lists, and say in words what they cannot be made from."""

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from orchestrator.actions import git_revert
from orchestrator.settings import Action, Settings

ORDERS = {
    "id": "a",
    "kind": "scaling",
    "adapter": "kubectl",
    "deployment": "orders",
    "namespace": "shop",
    "context": "prod eu",
}
KUBECTL = ("kubectl", "--request-timeout=20s", "--context=prod eu", "--namespace=shop")


def action(**fields: Any) -> Action:
    return Action.model_validate({**ORDERS, **fields})


def test_a_deployment_is_scaled_from_the_count_it_was_offered_at() -> None:
    scale = action(do="scale", max_replicas=8)
    to = (*KUBECTL, "scale", "deployment/orders")
    assert scale.argv == (*to, "--current-replicas={current}", "--replicas={replicas}")
    assert scale.dry_run == (*scale.argv, "--dry-run=server")
    assert scale.undo == (*to, "--replicas={current}")
    assert scale.pre_state[-1] == "custom-columns=V:.spec.replicas"
    assert scale.params["replicas"].wrong("9") == "is not between 1 and 8"
    assert scale.unknown_placeholder() is None


def test_an_image_is_set_and_its_undo_is_the_one_that_ran() -> None:
    put = action(kind="rollback", do="image", container="app", image="reg.example/orders")
    assert put.argv[-1] == "app=reg.example/orders:{version}"
    assert put.undo[-1] == "app={current}"
    assert "version" in put.params
    assert put.unknown_placeholder() is None


def test_a_rollout_is_undone_and_its_undo_names_the_revision_that_was_left() -> None:
    back = action(kind="rollback", do="undo", title="back")
    assert back.argv[-3:] == ("rollout", "undo", "deployment/orders")
    assert back.undo[-1] == "--to-revision={current}"
    assert back.title == "back"


def test_a_restart_has_neither_a_dry_run_nor_an_undo_and_says_so() -> None:
    again = action(kind="restart", do="restart")
    assert (again.dry_run, again.undo) == ((), ())


@pytest.mark.parametrize(
    ("fields", "why"),
    [
        ({"do": "scale"}, "max_replicas must be a whole number from 1 to 1000"),
        ({"do": "delete"}, "do must be undo, image, scale, restart where adapter is kubectl"),
        ({"do": "image", "container": "app"}, "image is missing"),
        ({"do": "undo", "deployment": "../x"}, "deployment must be the name of one"),
        ({"do": "undo", "namespace": "--all"}, "namespace cannot be used in a command"),
        ({"do": "undo", "argv": ["x"]}, "argv comes from the adapter"),
        ({"adapter": "helm", "do": "undo"}, "adapter must be script, kubectl or git"),
        ({"adapter": "script", "argv": ["x"]}, "deployment, namespace, context: only an adapter"),
        ({"adapter": "git", "do": "revert"}, "branch is missing"),
    ],
)
def test_what_an_adapter_cannot_be_made_from_is_said(fields: dict[str, Any], why: str) -> None:
    with pytest.raises(ValidationError) as caught:
        action(title="t", **fields)
    assert why in str(caught.value)


def git(where: Path, *words: str) -> str:
    argv = ["git", "-C", str(where), *words]
    return subprocess.run(argv, check=True, capture_output=True, text=True).stdout.strip()


@pytest.fixture
def cloned(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[Path, str]:
    """A clone with three commits on its remote, and the second one's hash."""
    for name in ("AUTHOR", "COMMITTER"):
        monkeypatch.setenv(f"GIT_{name}_NAME", "a.kim")
        monkeypatch.setenv(f"GIT_{name}_EMAIL", "kim@example.org")
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", "/dev/null")
    remote, clone = tmp_path / "remote.git", tmp_path / "clone"
    git(tmp_path, "init", "-q", "--bare", "-b", "main", str(remote))
    git(tmp_path, "clone", "-q", str(remote), str(clone))
    git(clone, "checkout", "-q", "-B", "main")
    for name in ("one", "two", "three"):
        (clone / name).write_text(name)
        git(clone, "add", name)
        git(clone, "commit", "-q", "-m", name)
    git(clone, "push", "-q", "origin", "main")
    git(clone, "remote", "set-url", "origin", "../remote.git")  # relative to the checkout
    return clone, git(clone, "rev-parse", "HEAD~1")


def told(argv: tuple[str, ...], **values: str) -> list[str]:
    return [part.format(**values) for part in argv]


def run(argv: list[str]) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(argv, capture_output=True, text=True, check=False)


def test_a_commit_is_reverted_on_the_remote_and_the_checkout_is_not_touched(
    cloned: tuple[Path, str],
) -> None:
    clone, two = cloned
    (clone / "mine").write_text("not committed")
    plain = {"id": "r", "kind": "revert", "adapter": "git", "do": "revert"}
    revert = Action.model_validate({**plain, "repo": str(clone), "branch": "main"})
    head = git(clone, "rev-parse", "HEAD")
    current = run(told(revert.pre_state)).stdout.strip()
    assert current == head
    rehearsed = run(told(revert.dry_run, commit=two[:9], current=current))
    assert rehearsed.returncode == 0, rehearsed.stderr
    assert git(clone, "ls-remote", "origin", "main").split()[0] == head
    done = run(told(revert.argv, commit=two[:9], current=current))
    assert done.returncode == 0, done.stderr
    git(clone, "fetch", "-q")
    assert git(clone, "ls-tree", "--name-only", "origin/main").split() == ["one", "three"]
    assert git(clone, "rev-parse", "HEAD") == head
    assert git(clone, "status", "--porcelain") == "?? mine"
    assert len(git(clone, "worktree", "list").splitlines()) == 1
    late = run(told(revert.argv, commit=two, current=current))
    assert late.returncode == 1
    assert late.stderr.startswith("main is at ")
    assert run(told(revert.undo, commit=two)).returncode == 0
    git(clone, "fetch", "-q")
    assert git(clone, "ls-tree", "--name-only", "origin/main").split() == ["one", "three", "two"]


def test_what_git_cannot_revert_is_said_in_one_line(
    cloned: tuple[Path, str], capsys: pytest.CaptureFixture[str]
) -> None:
    clone, two = cloned
    where = [str(clone), "origin", "main"]
    head = git(clone, "rev-parse", "HEAD")
    first = git(clone, "rev-parse", "HEAD~2")
    assert git_revert.main([*where, "revert", first, head]) == 1
    assert git_revert.main([*where, "restore", two]) == 1
    assert git_revert.main([str(clone), "nowhere", "main", "head"]) == 1
    said = capsys.readouterr().err.splitlines()
    assert said[0] == f"{first} is a merge or the first commit: revert it by hand"
    assert said[1] == f"{two[:12]} was not reverted on the branch"
    assert said[2].startswith("git ls-remote: ")
    assert git_revert.main(["x"]) == 2


def test_a_settings_file_takes_an_adapter_and_its_probes() -> None:
    table = {**ORDERS, "do": "restart", "probes": ["http://127.0.0.1/healthz"], "service": "orders"}
    settings = Settings.model_validate({"services": [{"name": "orders"}], "actions": [table]})
    assert settings.actions[0].probes == ("http://127.0.0.1/healthz",)
    assert sys.executable not in settings.actions[0].argv
