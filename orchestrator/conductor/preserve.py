"""Keeping evidence before it can change: the services' logs, byte for byte, with a manifest.

The copies hold whatever the logs hold, secrets too, for a copy that was changed proves nothing.
So they lie beside the incidents, read-only, and never within one: an incident's folder is read,
copied and handed on. What goes into the folder is the manifest, whose hash is in the journal.
"""

import json
import os
import shutil
from pathlib import Path
from typing import Any

from orchestrator.project import IncidentFolder, sha256_file, write_private
from orchestrator.settings import Settings

MANIFEST = "logs/manifest.json"
LIMIT = 256 * 1024 * 1024
"""Bytes of one file; a larger one is named in the manifest, with why it was not copied."""


def preserve(folder: IncidentFolder, settings: Settings, root: Path) -> dict[str, Any]:
    """Copy every log of every service; a second run keeps what the first kept.

    `files` have path (within the project), source, size and sha256; `manifest` and
    `manifest_sha256` are where that is written and what `verify` holds it to.
    """
    target = folder.root / ".aiwg" / "preserved" / folder.incident
    target.mkdir(parents=True, exist_ok=True, mode=0o700)
    files: list[dict[str, Any]] = []
    missing: list[dict[str, str]] = []
    for service in settings.services:
        found = sorted({path for pattern in service.logs for path in root.glob(pattern)})
        for path in found:
            if path.is_file():
                copy = target / service.name / path.relative_to(root)
                _keep(path, copy, folder.root, files, missing)
    manifest = folder.path / MANIFEST
    body = {"incident": folder.incident, "files": files, "missing": missing}
    write_private(manifest, json.dumps(body, indent=1, sort_keys=True) + "\n", sync=True)
    return {**body, "manifest": MANIFEST, "manifest_sha256": sha256_file(manifest)}


def _keep(
    path: Path,
    copy: Path,
    root: Path,
    files: list[dict[str, Any]],
    missing: list[dict[str, str]],
) -> None:
    try:
        if path.stat().st_size > LIMIT:
            missing.append({"source": path.name, "why": f"larger than {LIMIT} bytes"})
            return
        if not copy.exists():
            _copied(path, copy)
        files.append(
            {
                "path": copy.relative_to(root).as_posix(),
                "source": path.name,
                "size": copy.stat().st_size,
                "sha256": sha256_file(copy),
            }
        )
    except OSError as error:
        missing.append({"source": path.name, "why": str(error.strerror)})


def _copied(path: Path, copy: Path) -> None:
    """Whole or not at all: a copy that a crash cut short would pass for the log."""
    copy.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    beside = copy.with_name(f".{copy.name}.part")
    descriptor = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with path.open("rb") as source, os.fdopen(descriptor, "wb") as file:
        shutil.copyfileobj(source, file, 1 << 20)
        file.flush()
        os.fsync(file.fileno())
    beside.chmod(0o400)
    beside.replace(copy)
