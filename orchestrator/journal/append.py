"""The writer's end of a journal: one write and one fsync a batch, and a torn last line mended.

Only the runner opens one. What it appended is on the disk when `append` returns, or the error says
that it is not (a full disk leaves the file as it was).
"""

import errno
import os
from collections.abc import Sequence
from pathlib import Path

from orchestrator.journal.lines import GENESIS, chained
from orchestrator.journal.read import read_journal
from orchestrator.model.events import Event


class JournalWriter:
    """The single writer of one journal. Not for two threads at once."""

    def __init__(self, path: Path, head: str = GENESIS, seq: int = 0) -> None:
        self.path = path
        self.head = head
        self.seq = seq
        self._descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o600)

    @classmethod
    def open(cls, path: Path) -> tuple["JournalWriter", list[Event]]:
        """Read what is there, cut a torn last line, and go on behind it.

        JournalBroken names the first line that is not what was written.
        """
        found = read_journal(path, chained=True)
        if found.torn_at is not None:
            with path.open("r+b") as file:
                file.truncate(found.torn_at)
                os.fsync(file.fileno())
        last = found.events[-1] if found.events else None
        writer = cls(path, last.hash if last else GENESIS, last.seq if last else 0)
        return writer, found.events

    def append(self, events: Sequence[Event]) -> list[Event]:
        """Chain, write and fsync a batch; its sealed events. OSError leaves the file as it was."""
        lines: list[str] = []
        sealed: list[Event] = []
        head = self.head
        for event in events:
            link, line = chained(event, head)
            sealed.append(link)
            lines.append(line)
            head = link.hash
        if not sealed:
            return sealed
        before = os.fstat(self._descriptor).st_size
        try:
            self._write("".join(lines).encode())
            os.fsync(self._descriptor)
        except OSError:
            os.ftruncate(self._descriptor, before)
            raise
        self.head, self.seq = head, sealed[-1].seq
        return sealed

    def _write(self, body: bytes) -> None:
        """All of it or, where the disk has no room for it, nothing: readers may look any time."""
        disk = os.fstatvfs(self._descriptor)
        if disk.f_bavail * disk.f_frsize < len(body) + disk.f_frsize:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        view = memoryview(body)
        while view:
            view = view[os.write(self._descriptor, view) :]

    def close(self) -> None:
        os.close(self._descriptor)
