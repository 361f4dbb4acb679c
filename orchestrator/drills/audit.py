"""The audit file before the drill begins: years of lines that nobody rotated away.

The file has a hole where its old lines were, so that its size is real and its place on disk is not.
"""

import json
import os
from pathlib import Path

from orchestrator.clock import iso

NAME = "audit.log"
LIMIT = 64 * 1024 * 1024
"""What the kernel lets a file of the service grow to."""

ROOM = 24 * 1024 * 1024
"""What is left of it when nothing is wrong."""

WRITES, LINE = 0.25, 118
"""Share of requests that write a line, and about how many bytes that takes."""

DAY = 86400.0


def room(rps: float, seconds: float) -> int:
    """What has to be left so that the limit is reached after that long."""
    return int(rps * WRITES * LINE * seconds)


def prepare(path: Path, left: int, now: float, service: str) -> None:
    """Make the file with `left` bytes of room; one that is there stays as it is."""
    if path.exists():
        return
    lines = "".join(
        json.dumps(
            {"at": iso(now - DAY + 60 * number), "service": service, "route": "/", "wrote": {}}
        )
        + "\n"
        for number in range(40)
    ).encode()
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT, 0o600)
    try:
        os.pwrite(descriptor, b"\n" + lines, LIMIT - left - len(lines) - 1)
    finally:
        os.close(descriptor)
