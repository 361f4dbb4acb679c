"""What was sent, and how far: kept beside the journal, so that a later runner finds it.

`outbox/<sha256>.json` holds the words of a letter; `outbox/deliver-.../trail.json` says how far one
delivery came. A trail is on the disk before the channel hears anything.
"""

import json
import os
from dataclasses import asdict, dataclass
from pathlib import Path

from orchestrator.comms.letter import Letter, decoded
from orchestrator.project import IncidentFolder, write_private


@dataclass(frozen=True, slots=True)
class Step:
    """How far a delivery came. `state`: "", handing, refused, delivered, failed or unknown."""

    state: str = ""
    attempt: int = 0
    detail: str = ""
    sha256: str = ""
    doubt: bool = False
    """an attempt before this one may have arrived"""


class Outbox:
    """The outgoing words of one incident."""

    def __init__(self, folder: IncidentFolder) -> None:
        self._folder = folder
        self._path = folder.path / "outbox"

    def keep(self, letter: Letter) -> str:
        """Keep the words; the hash that names them."""
        digest = letter.sha256
        _durable(self._path / f"{digest}.json", letter.encoded)
        return digest

    def read(self, sha256: str) -> Letter | None:
        """The words of that hash; None when they are not there as they were."""
        try:
            found = decoded((self._path / f"{sha256}.json").read_bytes())
        except (OSError, ValueError, TypeError):
            return None
        return found if found.sha256 == sha256 else None

    def trail(self, key: str) -> "Trail":
        return Trail(self._path / key.replace("/", "-") / "trail.json")


class Trail:
    """One delivery's steps, the last of which stands."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def read(self) -> Step:
        try:
            return Step(**json.loads(self._path.read_text()))
        except FileNotFoundError:
            return Step()
        except (OSError, ValueError, TypeError):
            # there was one, so something may have been handed over
            return Step("handing", 1, "its trail cannot be read")

    def write(self, step: Step) -> None:
        _durable(self._path, json.dumps(asdict(step)).encode())


def _durable(path: Path, body: bytes) -> None:
    """On the disk, name and all, before anything rests on it."""
    write_private(path, body, sync=True)
    for folder in (path.parent, path.parent.parent):
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
