"""Where everything of a project lies on disk, and how its files are made.

Incident data is for its owner only: files 0600, folders 0700.
"""

import errno
import hashlib
import os
import stat
import tempfile
import threading
from dataclasses import dataclass
from pathlib import Path

SOCKET_PATH_LIMIT = 100
"""Bytes; Linux allows 107 for a Unix socket address."""


@dataclass(frozen=True, slots=True)
class IncidentFolder:
    """One incident on disk: a copy of this folder is the whole incident."""

    path: Path

    @property
    def incident(self) -> str:
        return self.path.name

    @property
    def journal(self) -> Path:
        return self.path / "journal.jsonl"

    @property
    def snapshots(self) -> Path:
        return self.path / "snapshots"

    @property
    def evidence(self) -> Path:
        return self.path / "evidence"

    @property
    def transcripts(self) -> Path:
        return self.path / "transcripts"

    @property
    def actions(self) -> Path:
        return self.path / "actions"

    def transcript(self, key: str) -> Path:
        """All attempts of one task share one file of timed lines."""
        return self.transcripts / f"{key.replace('/', '-')}.ndjson"

    @property
    def root(self) -> Path:
        """The project it lies in; the folder itself when it was copied elsewhere."""
        incidents = self.path.parent
        inside = incidents.name == "incidents" and incidents.parent.name == ".aiwg"
        return incidents.parent.parent if inside else self.path

    def document(self, path: str) -> Path:
        """A document's file. Paths from `.aiwg/` on are the project's, all others its own."""
        return self.root / path if path.startswith(".aiwg/") else self.path / path

    def create(self) -> None:
        for folder in ("", "logs", "diagnostics", "communications", "actions", "evidence"):
            (self.path / folder).mkdir(parents=True, exist_ok=True, mode=0o700)
        self.snapshots.mkdir(exist_ok=True, mode=0o700)
        self.transcripts.mkdir(exist_ok=True, mode=0o700)


@dataclass(frozen=True, slots=True)
class Project:
    """A folder with a `warroom.toml` (or without one: then only words and evidence are known)."""

    root: Path

    @property
    def settings(self) -> Path:
        return self.root / "warroom.toml"

    @property
    def home(self) -> Path:
        return self.root / ".aiwg"

    @property
    def incidents(self) -> Path:
        return self.home / "incidents"

    @property
    def lock(self) -> Path:
        return self.home / "runner.lock"

    @property
    def runner(self) -> Path:
        """The runner's own word: pid, socket, heartbeat."""
        return self.home / "runner.json"

    @property
    def runner_log(self) -> Path:
        return self.home / "runner.log"

    @property
    def engine(self) -> Path:
        return self.home / "engine.sqlite"

    @property
    def heads(self) -> Path:
        return self.home / "heads"

    @property
    def metrics(self) -> Path:
        return self.home / "metrics"

    @property
    def drill_mark(self) -> Path:
        """Only a drill's project carries it; the autopilot refuses any other."""
        return self.home / "drill.json"

    @property
    def socket(self) -> Path:
        """In the project, or in the user's run folder where the project's path is too long."""
        inside = self.home / "runner.sock"
        if len(os.fsencode(inside)) <= SOCKET_PATH_LIMIT:
            return inside
        digest = hashlib.sha256(os.fsencode(self.root)).hexdigest()[:16]
        run = os.environ.get("XDG_RUNTIME_DIR") or tempfile.gettempdir()
        return Path(run) / f"warroom-{os.getuid()}" / f"{digest}.sock"

    def incident(self, incident: str) -> IncidentFolder:
        return IncidentFolder(self.incidents / incident)

    def all_incidents(self) -> list[IncidentFolder]:
        """Every incident with a journal, oldest name first."""
        if not self.incidents.is_dir():
            return []
        return [
            IncidentFolder(path)
            for path in sorted(self.incidents.iterdir())
            if (path / "journal.jsonl").exists()
        ]

    def create(self) -> None:
        for folder in (self.home, self.incidents, self.heads, self.metrics):
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        self.socket.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        self.check_socket_folder()

    def check_socket_folder(self) -> None:
        """PermissionError for a run folder that somebody else made or may look into.

        Its name can be told in advance, and who has it could play the runner.
        """
        folder = self.socket.parent
        if folder == self.home or not os.path.lexists(folder):
            return
        found = folder.lstat()
        private = stat.S_ISDIR(found.st_mode) and not found.st_mode & 0o077
        if not private or found.st_uid != os.getuid():
            why = "must be a folder of your own that only you may enter (chmod 700, or remove it)"
            raise PermissionError(errno.EACCES, why, str(folder))


def write_private(path: Path, content: str | bytes, sync: bool = False) -> None:
    """Replace `path` in one step: a reader sees the old content or the new, never half of it."""
    body = content.encode() if isinstance(content, str) else content
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    beside = path.with_name(f".{path.name}.{os.getpid()}.{threading.get_native_id()}.tmp")
    descriptor = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(body)
            if sync:
                file.flush()
                os.fsync(file.fileno())
        beside.replace(path)
    except BaseException:
        beside.unlink(missing_ok=True)
        raise


def sha256_file(path: Path) -> str:
    """SHA-256 of a file's bytes, read in pieces."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
