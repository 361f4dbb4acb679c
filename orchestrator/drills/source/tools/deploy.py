"""Deploy one version of a part: `deploy NAME VERSION [--rollback] [--dry-run]`.

Exports the commit, switches `current`, has it restarted (the edge reads its configuration anew),
waits until it answers with that version, and adds one line to its log (var/deploys.jsonl; of the
edge var/edge.jsonl). `deploy NAME --current` prints what runs now.
Ends with 0 when the version runs, 1 when it does not, 2 when it was called wrongly.
"""

import argparse
import contextlib
import fcntl
import getpass
import io
import json
import os
import shutil
import subprocess
import tarfile
import time
import urllib.request
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from .asking import HEALTHY_WITHIN, ROOT, Failed, manager, told

EDGE = "edge"
"""Deployed from a repository of its own, with a log of its own."""


def main() -> int:
    parser = argparse.ArgumentParser(prog="deploy", description="deploy one version of a service")
    parser.add_argument("service")
    parser.add_argument("version", nargs="?", default="")
    parser.add_argument("--rollback", action="store_true", help="log it as a rollback")
    parser.add_argument("--dry-run", action="store_true", help="say what would be done")
    parser.add_argument("--current", action="store_true", help="print the version that runs now")
    asked = parser.parse_args()
    return told("deploy", lambda: run(asked))


def run(asked: argparse.Namespace) -> str:
    """Do what was asked and say it in a line or a few."""
    service: str = asked.service
    if not (ROOT / "releases" / service).is_dir():
        raise Failed(f"there is no service {service!r} here", 2)
    if asked.current:
        now = current(service)
        if not now:
            raise Failed(f"{service} has not been deployed yet")
        return now
    if not asked.version:
        raise Failed("which version? give a commit, or --current", 2)
    version = commit(service, asked.version)
    if asked.dry_run:
        return preview(service, version)
    with lock():
        return deploy(service, version, "rollback" if asked.rollback else "deploy")


def log_of(service: str) -> Path:
    """Where its deploys are written down."""
    return ROOT / "var" / ("edge.jsonl" if service == EDGE else "deploys.jsonl")


def repository(service: str) -> Path:
    """What its versions are commits of."""
    return ROOT / ("config" if service == EDGE else "repo")


def current(service: str) -> str:
    """The version that `current` points to; empty before the first deploy."""
    link = ROOT / "releases" / service / "current"
    return link.readlink().name if link.is_symlink() else ""


def commit(service: str, version: str) -> str:
    """The full id of the commit a version names."""
    found = git(service, "rev-parse", "--verify", "--quiet", f"{version}^{{commit}}")
    if found is None or version.startswith("-"):
        raise Failed(f"the repository has no version {version!r}", 2)
    return found.decode().strip()


def git(service: str, *arguments: str) -> bytes | None:
    """What git answers; None when it refuses."""
    own = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
    asked = subprocess.run(
        ["git", "-C", str(repository(service)), *arguments],
        capture_output=True,
        check=False,
        env=own,
    )
    return asked.stdout if asked.returncode == 0 else None


def preview(service: str, version: str) -> str:
    """What a deploy would change, without changing anything."""
    before = current(service)
    if before == version:
        return f"{service} is already at {version}: nothing would be done"
    lines = [f"would replace {before[:12] or 'nothing'} of {service} by {version[:12]}"]
    for sign, span in (("-", f"{version}..{before}"), ("+", f"{before}..{version}")):
        listed = git(service, "log", "--format=%h %s", span) if before else None
        lines += [f"  {sign} {line}" for line in (listed or b"").decode().splitlines()]
    return "\n".join(lines)


@contextlib.contextmanager
def lock() -> Iterator[None]:
    """Only one deploy at a time; the lock goes with the process, however that ends."""
    with (ROOT / "var" / "run" / "deploy.lock").open("a") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise Failed("another deploy is running; wait until it has ended") from None
        yield


def deploy(service: str, version: str, kind: str) -> str:
    """Make `version` the one that runs. What an interrupted deploy left undone is done now."""
    before, logged = current(service), last_logged(service)
    if before == version == logged:
        return f"{service} is already at {version}"
    manager({"op": "status"})
    export(service, version)
    point(service, version)
    well = restart(service, version)
    if not well and before and before != version:
        point(service, before)
        restart(service, before)
    entry = {
        "at": datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z"),
        "service": service,
        "version": version,
        "previous": logged or None,
        "by": os.environ.get("DEPLOY_BY") or who(),
        "kind": kind,
        "ok": well,
    }
    append(entry)
    if not well:
        back = f"{before[:12]} runs again" if before and before != version else "it stays down"
        raise Failed(f"{version[:12]} of {service} did not become healthy; {back}")
    verb = "rolled back to" if kind == "rollback" else "now at"
    return f"{service} {verb} {version} (was {logged or 'not deployed'})"


def export(service: str, version: str) -> None:
    """The files of a commit in a folder of their own, complete or not at all."""
    target = ROOT / "releases" / service / version
    if target.is_dir():
        return
    archive = git(service, "archive", "--format=tar", version)
    if archive is None:
        raise Failed(f"git cannot export {version[:12]}")
    partial = target.with_name(f".{version}.partial")
    shutil.rmtree(partial, ignore_errors=True)
    with tarfile.open(fileobj=io.BytesIO(archive)) as tar:
        if hasattr(tarfile, "data_filter"):
            tar.extraction_filter = tarfile.data_filter
        tar.extractall(partial)
    partial.rename(target)


def point(service: str, version: str) -> None:
    """Let `current` point to a release, in one step."""
    folder = ROOT / "releases" / service
    beside = folder / ".current.new"
    beside.unlink(missing_ok=True)
    beside.symlink_to(version)
    beside.replace(folder / "current")


def restart(service: str, version: str) -> bool:
    """Have the service restarted; True when it then answers with that version."""
    answer = manager({"op": "restart", "service": service})
    ends = time.monotonic() + HEALTHY_WITHIN
    while time.monotonic() < ends:
        if running(answer["health"]) == version:
            return True
        time.sleep(0.05)
    return False


def running(health: str) -> str:
    """The version that answers at the health address; empty when none does."""
    try:
        with urllib.request.urlopen(health, timeout=2) as reply:
            return str(json.load(reply)["version"])
    except (OSError, ValueError):
        return ""


def last_logged(service: str) -> str:
    """The version of the last deploy that worked, as the log has it."""
    log = log_of(service)
    if not log.exists():
        return ""
    for line in reversed(log.read_text("utf-8").splitlines()):
        entry = json.loads(line)
        if entry["service"] == service and entry["ok"]:
            return str(entry["version"])
    return ""


def who() -> str:
    """The user's name, or number where there is no name for it."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return f"uid {os.getuid()}"


def append(entry: dict[str, Any]) -> None:
    """One write, so that no reader and no crash sees half a line."""
    descriptor = os.open(log_of(entry["service"]), os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    try:
        os.write(descriptor, json.dumps(entry).encode() + b"\n")
    finally:
        os.close(descriptor)
