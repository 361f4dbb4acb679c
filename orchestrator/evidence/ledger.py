"""Where evidence is kept: content under its hash, clean and without secrets. Numbering is not here.

The journal gives an item its number (`E12`) and this ledger its content; neither is ever changed.
"""

import hashlib
from dataclasses import dataclass
from pathlib import Path

from orchestrator.evidence.hygiene import clean
from orchestrator.evidence.instructions import instructions_in
from orchestrator.evidence.redaction import redact
from orchestrator.model.state import State
from orchestrator.project import IncidentFolder, sha256_file, write_private

LIMIT = 32 * 1024 * 1024
"""Bytes kept of one item; of a longer one its head and its tail."""


@dataclass(frozen=True, slots=True)
class Stored:
    """What the journal records about stored content."""

    sha256: str
    size: int
    lines: int
    path: str
    """relative to the incident's folder"""
    redactions: int
    left_out: int
    """bytes of its middle that are kept nowhere"""
    instructions: tuple[str, ...] = ()
    """lines that read like instructions to an agent"""

    @property
    def truncated(self) -> bool:
        return self.left_out > 0


class Ledger:
    """The evidence folder of one incident."""

    def __init__(self, folder: IncidentFolder, limit: int = LIMIT) -> None:
        self._folder = folder
        self._limit = limit

    def store(self, content: str) -> Stored:
        """Keep `content`. The same content is kept once."""
        text, redactions = redact(clean(content))
        text, left_out = capped(text, self._limit)
        spoken = tuple(str(one) for one in instructions_in(text))
        body = text.encode()
        digest = hashlib.sha256(body).hexdigest()
        path = self._folder.evidence / f"{digest}.txt"
        if not path.exists() or sha256_file(path) != digest:
            write_private(path, body, sync=True)
        relative = path.relative_to(self._folder.path).as_posix()
        lines = len(text.splitlines())
        return Stored(digest, len(body), lines, relative, redactions, left_out, spoken)

    def read(self, path: str) -> str:
        """The content at a path that the journal gave. KeyError when it is not there."""
        name = Path(path).name
        try:
            return (self._folder.evidence / name).read_text(encoding="utf-8", errors="replace")
        except OSError as error:
            raise KeyError(f"evidence {path} cannot be read: {error.strerror}") from None

    def resolve(self, state: State, citation: str) -> str:
        """The line that `E12:340` names; for `E12` alone its summary. KeyError when neither is."""
        eid, _, line = citation.partition(":")
        item = state.evidence.get(eid)
        if item is None:
            raise KeyError(f"there is no evidence {eid}")
        if not line:
            return item.summary
        lines = self.read(item.path).splitlines()
        if not line.isdecimal() or not 1 <= int(line) <= len(lines):
            raise KeyError(f"{eid} has lines 1 to {len(lines)}, not {line}")
        return lines[int(line) - 1]


def capped(text: str, limit: int) -> tuple[str, int]:
    """The first and the last whole lines of `text` within `limit` bytes, with a line that says so
    between them, and how many bytes were left out."""
    body = text.encode()
    if len(body) <= limit:
        return text, 0
    half = limit // 2
    head = body[:half].decode("utf-8", "ignore")
    tail = body[-half:].decode("utf-8", "ignore")
    head = head[: head.rfind("\n") + 1] or head
    tail = tail[tail.find("\n") + 1 :] or tail
    left_out = len(body) - len(head.encode()) - len(tail.encode())
    gap = "" if head.endswith("\n") else "\n"
    return f"{head}{gap}[... {left_out} bytes left out here ...]\n{tail}", left_out
