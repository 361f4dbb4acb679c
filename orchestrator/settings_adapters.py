"""Ready-made actions: a few fields of `[[actions]]` that become whole argument lists. Pure.

What comes out is an action like one written by hand, and the card shows it in full. kubectl is
asked for columns, not for jsonpath, because jsonpath's braces would be read as placeholders.
"""

import re
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

Fields = dict[str, Any]

KUBECTL = ("deployment", "container", "image", "namespace", "context", "max_replicas")
GIT = ("repo", "remote", "branch")

_LABEL = re.compile(r"[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?")
_PLAIN = re.compile(r"[^\s\x00-\x1f\x7f{}-][^\x00-\x1f\x7f{}]{0,199}")
_REVISION = r".metadata.annotations.deployment\.kubernetes\.io/revision"

_REVERTER = Path(__file__).parent / "actions" / "git_revert.py"


def expanded(data: Fields) -> Fields:
    """The action with its adapter's fields made into argument lists. ValueError in words."""
    adapter = data.get("adapter", "script")
    own = {name: value for name, value in data.items() if name in (*KUBECTL, *GIT, "do")}
    if adapter == "script":
        if own:
            raise ValueError(f"{', '.join(own)}: only an adapter has that; set adapter")
        return data
    ways = _WAYS.get(str(adapter))
    if ways is None:
        raise ValueError(f"adapter must be script, {' or '.join(_WAYS)}")
    way = ways.get(str(data.get("do", "")))
    if way is None:
        raise ValueError(f"do must be {', '.join(ways)} where adapter is {adapter}")
    for name in ("argv", "dry_run", "pre_state", "undo"):
        if name in data:
            raise ValueError(f"{name} comes from the adapter; drop it, or drop adapter")
    made = way(own)
    params = {**made.pop("params", {}), **data.get("params", {})}
    kept = {name: value for name, value in data.items() if name not in own or name == "do"}
    return {**made, **kept, "params": params}


def _kubectl_undo(own: Fields) -> Fields:
    back = [*_kubectl(own), "rollout", "undo", _deployment(own)]
    return {
        "title": "roll {service} back to the revision before",
        "argv": back,
        "dry_run": [*back, "--dry-run=server"],
        "pre_state": _column(own, _REVISION),
        "undo": [*back, "--to-revision={current}"],
        "blast": "replaces the pods of {service} one after the other",
    }


def _kubectl_image(own: Fields) -> Fields:
    container, image = _plain(own, "container"), _plain(own, "image")
    runs = f'.spec.template.spec.containers[?(@.name=="{container}")].image'
    put = [*_kubectl(own), "set", "image", _deployment(own)]
    return {
        "title": "run {service} {version}",
        "argv": [*put, f"{container}={image}:{{version}}"],
        "dry_run": [*put, f"{container}={image}:{{version}}", "--dry-run=server"],
        "pre_state": _column(own, runs),
        "undo": [*put, f"{container}={{current}}"],
        "blast": "replaces the pods of {service} one after the other",
    }


def _kubectl_scale(own: Fields) -> Fields:
    most = own.get("max_replicas")
    if not isinstance(most, int) or isinstance(most, bool) or not 0 < most <= 1000:
        raise ValueError("max_replicas must be a whole number from 1 to 1000")
    scale = [*_kubectl(own), "scale", _deployment(own)]
    # with the count it was offered at: kubectl refuses when somebody scaled meanwhile
    to = [*scale, "--current-replicas={current}", "--replicas={replicas}"]
    return {
        "title": "scale {service} from {current} to {replicas}",
        "argv": to,
        "dry_run": [*to, "--dry-run=server"],
        "pre_state": _column(own, ".spec.replicas"),
        "undo": [*scale, "--replicas={current}"],
        "blast": "starts or ends pods of {service}",
        "params": {"replicas": {"type": "integer", "min": 1, "max": most}},
    }


def _kubectl_restart(own: Fields) -> Fields:
    """kubectl has neither a dry run nor an undo for it; both are shown as missing."""
    return {
        "title": "restart {service}",
        "argv": [*_kubectl(own), "rollout", "restart", _deployment(own)],
        "pre_state": _column(own, _REVISION),
        "blast": "replaces the pods of {service} one after the other",
    }


def _git_revert(own: Fields) -> Fields:
    repo, remote = str(own.get("repo") or "."), str(own.get("remote") or "origin")
    for name, value in (("repo", repo), ("remote", remote)):
        if not _PLAIN.fullmatch(value):
            raise ValueError(f"{name} cannot be used in a command")
    common = [sys.executable, "-I", str(_REVERTER), repo, remote, _plain(own, "branch")]
    return {
        "title": "revert {commit} on " + _plain(own, "branch"),
        "argv": [*common, "revert", "{commit}", "{current}"],
        "dry_run": [*common, "rehearse", "{commit}", "{current}"],
        "pre_state": [*common, "head"],
        "undo": [*common, "restore", "{commit}"],
        "blast": "a new commit on the branch; what deploys from it will deploy it",
        "params": {"commit": {"type": "version", "pattern": "[0-9a-f]{7,40}"}},
        "timeout": 120.0,
    }


def _kubectl(own: Fields) -> list[str]:
    argv = ["kubectl", "--request-timeout=20s"]
    for name in ("context", "namespace"):
        if own.get(name):
            argv.append(f"--{name}={_plain(own, name)}")
    return argv


def _deployment(own: Fields) -> str:
    name = str(own.get("deployment", ""))
    if not _LABEL.fullmatch(name):
        raise ValueError("deployment must be the name of one, as orders")
    return f"deployment/{name}"


def _column(own: Fields, path: str) -> list[str]:
    return [
        *_kubectl(own),
        "get",
        _deployment(own),
        "--no-headers",
        "-o",
        f"custom-columns=V:{path}",
    ]


def _plain(own: Fields, name: str) -> str:
    value = str(own.get(name, ""))
    if not _PLAIN.fullmatch(value):
        raise ValueError(
            f"{name} is missing" if not value else f"{name} cannot be used in a command"
        )
    return value


_WAYS: Mapping[str, Mapping[str, Callable[[Fields], Fields]]] = {
    "kubectl": {
        "undo": _kubectl_undo,
        "image": _kubectl_image,
        "scale": _kubectl_scale,
        "restart": _kubectl_restart,
    },
    "git": {"revert": _git_revert},
}
"""Adapter, and what it does → its argument lists."""
