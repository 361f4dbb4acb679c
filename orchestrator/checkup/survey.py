"""What lies in a project's folder, for its first settings. Looks only; nothing is run or called."""

import os
import re
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

import psutil

from orchestrator.evidence.sources import deploys, rotated
from orchestrator.evidence.sources.files import read_tail
from orchestrator.evidence.sources.source import SourceError

_DEPTH, _ENTRIES = 4, 20_000
_SKIPPED = frozenset({"node_modules", "__pycache__", "venv", "vendor", "target", "dist", "build"})
_LOG_FOLDERS = frozenset({"log", "logs"})
_DEPLOYS = re.compile(r"(?i)(deploy|release)\w*\.(jsonl|ndjson|log)")
_SCRIPT = re.compile(r"(?i)(deploy|release|rollback)[\w.-]*")
_COMPOSE = ("compose.yaml", "compose.yml", "docker-compose.yaml", "docker-compose.yml")
_RUNBOOKS = frozenset({"runbooks", "runbook", "playbooks"})
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
_LOOPBACK = ("127.0.0.1", "0.0.0.0", "::1", "::")
"""Addresses that are reached from this host."""

_PROCFILE = re.compile(r"([A-Za-z0-9_-]+):\s*\S")
_DEPLOYMENT = re.compile(r"(?m)^kind:\s*(Deployment|StatefulSet|DaemonSet)\s*$")
_METADATA_NAME = re.compile(r"(?m)^metadata:\s*\n(?:[ ]+.*\n)*?[ ]+name:\s*([A-Za-z0-9.-]+)\s*$")


@dataclass(slots=True)
class Survey:
    """What was found, by its path within the project."""

    name: str
    repositories: list[str] = field(default_factory=list)
    logs: list[str] = field(default_factory=list)
    """patterns"""
    deploy_logs: dict[str, list[str]] = field(default_factory=dict)
    """deploy log → the services it names"""
    scripts: list[str] = field(default_factory=list)
    """programs that look as if they deploy"""
    runbooks: str = ""
    policy: str = ""
    dockerfile: bool = False
    compose: list[str] = field(default_factory=list)
    """services that docker compose names"""
    workloads: list[str] = field(default_factory=list)
    """what Kubernetes manifests deploy, as `deployment/orders`"""
    procfile: list[str] = field(default_factory=list)
    listening: list[tuple[int, str]] = field(default_factory=list)
    """ports open on this host's loopback, and whose they are"""


def survey(root: Path) -> Survey:
    """Look around in a folder, a few levels deep."""
    found = Survey(_as_name(root.name))
    folders: set[str] = set()
    for path in _walk(root):
        relative = path.relative_to(root).as_posix()
        if not relative.isprintable():
            continue
        if path.name == ".git":
            found.repositories.append(path.parent.relative_to(root).as_posix())
        elif path.is_dir():
            if path.name.lower() in _RUNBOOKS and not found.runbooks:
                found.runbooks = relative
        elif _DEPLOYS.fullmatch(path.name):
            _deploy_log(path, relative, found)
        elif path.suffix == ".log":
            folders.add(path.parent.relative_to(root).as_posix())
        elif path.parent.name.lower() in _LOG_FOLDERS and _is_base_log(path):
            found.logs.append(relative)
        elif _SCRIPT.fullmatch(path.name) and os.access(path, os.X_OK):
            found.scripts.append(relative)
        elif path.suffix in (".yaml", ".yml") and path.name not in _COMPOSE:
            found.workloads += _workloads(path)
    found.logs = sorted(found.logs + [f"{f}/*.log".removeprefix("./") for f in folders])
    found.repositories.sort(key=lambda path: (path.count("/"), path))
    found.dockerfile = (root / "Dockerfile").is_file()
    found.policy = "policy.toml" if (root / "policy.toml").is_file() else ""
    found.compose = next((_compose(root / n) for n in _COMPOSE if (root / n).is_file()), [])
    found.procfile = _PROCFILE.findall(_text(root / "Procfile"))
    found.listening = _listening()
    return found


def _walk(root: Path) -> Iterator[Path]:
    """Folders and files near the top, without what is hidden, made or fetched."""
    seen = 0
    waiting = [(root, 0)]
    while waiting:
        folder, depth = waiting.pop(0)
        try:
            entries = sorted(folder.iterdir())
        except OSError:
            continue
        for path in entries:
            seen += 1
            if seen > _ENTRIES:
                return
            if path.name == ".git":
                yield path
            if path.name.startswith(".") or path.name in _SKIPPED:
                continue
            yield path
            if path.is_dir() and not path.is_symlink() and depth + 1 < _DEPTH:
                waiting.append((path, depth + 1))


def _is_base_log(path: Path) -> bool:
    """A plain file of a log folder that is nobody's rotated part and no packed one."""
    if path.suffix in (".gz", ".bz2", ".xz", ".zst", ".jsonl", ".ndjson", ".md"):
        return False
    siblings = [one for one in path.parent.iterdir() if one != path]
    return path in rotated.current([path, *siblings])


def _deploy_log(path: Path, relative: str, found: Survey) -> None:
    """Taken for one only where its lines are deploys."""
    with suppress(SourceError):
        log = deploys.parse(read_tail(path, lines=200).text)
        if log.deploys:
            names = dict.fromkeys(deploy.service for deploy in log.deploys)
            found.deploy_logs[relative] = [name for name in names if _NAME.fullmatch(name)]


def _workloads(path: Path) -> list[str]:
    text = _text(path)
    found = []
    for document in re.split(r"(?m)^---\s*$", text):
        kind, name = _DEPLOYMENT.search(document), _METADATA_NAME.search(document)
        if kind is not None and name is not None:
            found.append(f"{kind.group(1).lower()}/{name.group(1)}")
    return found


def _compose(path: Path) -> list[str]:
    """The names below `services:`, told by their indentation."""
    names: list[str] = []
    inside, depth = False, ""
    for line in _text(path).splitlines():
        key = re.fullmatch(r"( *)([A-Za-z0-9._-]+):.*", line)
        if key is None:
            continue
        if not key.group(1):
            inside, depth = key.group(2) == "services", ""
        elif inside:
            depth = depth or key.group(1)
            if key.group(1) == depth:
                names.append(key.group(2))
    return names


def _listening() -> list[tuple[int, str]]:
    found: dict[int, str] = {}
    with suppress(psutil.Error, OSError, RuntimeError):
        for one in psutil.net_connections(kind="tcp"):
            if one.status == psutil.CONN_LISTEN and one.laddr and one.laddr.ip in _LOOPBACK:
                found[one.laddr.port] = _program(one.pid) or found.get(one.laddr.port, "")
    return sorted(found.items())


def _program(pid: int | None) -> str:
    with suppress(psutil.Error, OSError):
        name = psutil.Process(pid).name() if pid else ""
        return name if name.isprintable() else ""
    return ""


def _text(path: Path) -> str:
    try:
        return read_tail(path, limit=256 * 1024).text
    except SourceError:
        return ""


def _as_name(text: str) -> str:
    name = re.sub(r"[^A-Za-z0-9._-]+", "-", text).strip("-._")[:64]
    return name or "service"
