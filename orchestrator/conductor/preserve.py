"""Keeping evidence before it can change: the services' logs, copied with a SHA-256 manifest."""

import json
import shutil
from pathlib import Path
from typing import Any

from orchestrator.project import IncidentFolder, sha256_file, write_private
from orchestrator.settings import Settings

MANIFEST = "manifest.json"
LIMIT = 256 * 1024 * 1024
"""Bytes of one file; a larger one is named in the manifest, with why it was not copied."""


def preserve(folder: IncidentFolder, settings: Settings, root: Path) -> dict[str, Any]:
    """Copy every log of every service into `logs/`; a second run keeps what the first kept."""
    target = folder.path / "logs"
    target.mkdir(parents=True, exist_ok=True, mode=0o700)
    files: list[dict[str, Any]] = []
    missing: list[dict[str, str]] = []
    for service in settings.services:
        for pattern in service.logs:
            for path in sorted(root.glob(pattern)):
                _keep(path, target / f"{service.name}-{path.name}", files, missing)
    body = {"files": files, "missing": missing}
    write_private(target / MANIFEST, json.dumps(body, indent=1, sort_keys=True), sync=True)
    return body


def _keep(
    path: Path, copy: Path, files: list[dict[str, Any]], missing: list[dict[str, str]]
) -> None:
    try:
        if path.stat().st_size > LIMIT:
            missing.append({"name": path.name, "why": f"larger than {LIMIT} bytes"})
            return
        if not copy.exists():
            shutil.copyfile(path, copy)
            copy.chmod(0o400)
        files.append({"name": copy.name, "size": copy.stat().st_size, "sha256": sha256_file(copy)})
    except OSError as error:
        missing.append({"name": path.name, "why": str(error.strerror)})
