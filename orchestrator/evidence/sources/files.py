"""The end of a file, read backwards in blocks: a huge file is never loaded whole."""

import os
import stat
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from orchestrator.evidence.sources.source import BYTES, SourceError

_BLOCK = 64 * 1024


@dataclass(frozen=True, slots=True)
class Tail:
    """Whole lines from the end of a file; `truncated` when there are more before them."""

    text: str
    truncated: bool


def read_tail(
    path: Path,
    lines: int | None = None,
    limit: int = BYTES,
    enough: Callable[[str], bool] | None = None,
) -> Tail:
    """The last `lines` lines, at most `limit` bytes, back to the first line where `enough` says so.

    SourceError when the file is missing, unreadable, not a plain file, or binary.
    """
    try:
        # without O_NONBLOCK a pipe with no writer would hang here
        descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    except OSError as error:
        raise SourceError(f"{path.name}: {(error.strerror or str(error)).lower()}") from None
    try:
        status = os.fstat(descriptor)
        if not stat.S_ISREG(status.st_mode):
            raise SourceError(f"{path.name}: is no plain file")
        body, whole = _backwards(descriptor, status.st_size, lines, limit, enough)
    except OSError as error:
        raise SourceError(f"{path.name}: {(error.strerror or str(error)).lower()}") from None
    finally:
        os.close(descriptor)
    if _binary(body):
        raise SourceError(f"{path.name}: is binary, not a text log")
    if not whole:
        # the first line is only its end
        body = body[body.find(b"\n") + 1 :]
    text = body.decode("utf-8", "replace")
    if lines is not None:
        split = text.split("\n")
        kept = split[-(lines + 1) :] if split[-1] == "" else split[-lines:]
        return Tail("\n".join(kept), not whole or len(kept) < len(split))
    return Tail(text, not whole)


def _backwards(
    descriptor: int,
    size: int,
    lines: int | None,
    limit: int,
    enough: Callable[[str], bool] | None,
) -> tuple[bytes, bool]:
    blocks: list[bytes] = []
    at, read, newlines = size, 0, 0
    while at > 0 and read < limit:
        step = min(_BLOCK, at, limit - read)
        at -= step
        block = os.pread(descriptor, step, at)
        blocks.append(block)
        read += step
        newlines += block.count(b"\n")
        if lines is not None and newlines > lines:
            break
        if enough is not None:
            first = block[block.find(b"\n") + 1 :]
            if any(enough(line.decode("utf-8", "replace")) for line in first.split(b"\n")[:200]):
                break
    return b"".join(reversed(blocks)), at == 0


def _binary(body: bytes) -> bool:
    sample = body[-8192:]
    if b"\0" in sample:
        return True
    text = sample.decode("utf-8", "ignore")
    return bool(sample) and len(text.encode()) < 0.7 * len(sample)
