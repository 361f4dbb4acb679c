"""What was preserved before a breach was touched, against its manifest, and that against the
journal."""

import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from orchestrator.model import events as ev
from orchestrator.model.events import Event
from orchestrator.project import IncidentFolder, sha256_file

KEY = "security/preserve"


def preserved_findings(folder: IncidentFolder, events: Sequence[Event]) -> Iterator[str]:
    """One line for each preserved file, or manifest, that is not as it was kept."""
    found = _manifest(folder, events)
    if isinstance(found, str):
        yield found
    elif found is not None and _beside(folder):
        for item in found:
            place = folder.root / str(item["path"])
            yield from _file(place, item)


def preserved_notes(folder: IncidentFolder, events: Sequence[Event]) -> Iterator[str]:
    """That a copied incident came without what was preserved for it."""
    found = _manifest(folder, events)
    if isinstance(found, list) and found and not _beside(folder):
        yield f"{len(found)} preserved file(s) are not in this copy; their manifest was checked"


def _beside(folder: IncidentFolder) -> bool:
    """An incident in its project has its preserved files; a copy of its folder has not."""
    return folder.root != folder.path


def _manifest(folder: IncidentFolder, events: Sequence[Event]) -> list[dict[str, Any]] | str | None:
    """The files of the manifest in force, why it cannot be trusted, or None where there is none."""
    ended = [e.data for e in events if isinstance(e.data, ev.TaskFinished) and e.data.key == KEY]
    reports = [data.report for data in ended if data.outcome == "done"]
    if not reports or "manifest_sha256" not in reports[-1]:
        return None
    name, promised = str(reports[-1].get("manifest")), str(reports[-1]["manifest_sha256"])
    place = folder.path / name
    if not place.resolve().is_relative_to(folder.path.resolve()):
        return f"{name}: the manifest of preserved files lies outside the incident's folder"
    try:
        if (is_now := sha256_file(place)) != promised:
            return (
                f"{name}: the manifest of preserved files was altered (is {is_now[:12]}, "
                f"journalled as {promised[:12]})"
            )
        files = json.loads(place.read_bytes())["files"]
    except FileNotFoundError:
        return f"{name}: the manifest of preserved files is missing"
    except (OSError, ValueError, KeyError, TypeError):
        return f"{name}: the manifest of preserved files cannot be read"
    return [dict(item) for item in files]


def _file(place: Path, item: dict[str, Any]) -> Iterator[str]:
    try:
        size, is_now = place.stat().st_size, sha256_file(place)
    except FileNotFoundError:
        yield f"{item['path']}: preserved file is missing"
    except OSError as error:
        yield f"{item['path']}: preserved file cannot be read ({error.strerror})"
    else:
        if (size, is_now) != (item["size"], item["sha256"]):
            yield (
                f"{item['path']}: preserved file was altered (is {is_now[:12]}, "
                f"kept as {str(item['sha256'])[:12]})"
            )
