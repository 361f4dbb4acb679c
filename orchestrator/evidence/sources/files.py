"""A part of a file, its end or from a moment on, in blocks: a huge file is never loaded whole."""

import os
import stat
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from orchestrator.evidence.sources.source import BYTES, SourceError

_BLOCK = 64 * 1024


@dataclass(frozen=True, slots=True)
class Tail:
    """Whole lines of a file; `truncated` when there are more before or after them."""

    text: str
    truncated: bool


def read_tail(
    path: Path,
    lines: int | None = None,
    limit: int = BYTES,
) -> Tail:
    """The last `lines` lines, at most `limit` bytes.

    SourceError when the file is missing, unreadable, not a plain file, or binary.
    """
    with _opened(path) as (descriptor, size):
        body, whole = _backwards(descriptor, size, lines, limit)
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


def read_from(path: Path, since: float, when: Callable[[str], float | None], limit: int) -> Tail:
    """At most `limit` bytes from the first line whose time, as `when` tells it, is not before.

    Lines must come in the order of time: the place is found by halving, not by reading.
    """
    with _opened(path) as (descriptor, size):
        low, high = 0, size
        while high - low > _BLOCK:
            middle = (low + high) // 2
            at = _time_near(descriptor, middle, min(high, middle + 8 * _BLOCK), when)
            if at is not None and at < since:
                low = middle
            else:
                high = middle
        body = _forward(descriptor, low, limit)
        whole = low + len(body) >= size
    if _binary(body):
        raise SourceError(f"{path.name}: is binary, not a text log")
    text = body.decode("utf-8", "replace")
    lines = text.split("\n")
    if not whole:
        lines = lines[:-1]
    for index, line in enumerate(lines):
        at = when(line)
        if at is not None and at >= since:
            return Tail("\n".join(lines[index:]), not whole)
    return Tail("", not whole)


@contextmanager
def _opened(path: Path) -> Iterator[tuple[int, int]]:
    """A plain file's descriptor and size; whatever goes wrong with it is a SourceError."""
    try:
        # without O_NONBLOCK a pipe with no writer would hang here
        descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    except OSError as error:
        raise SourceError(f"{path.name}: {(error.strerror or str(error)).lower()}") from None
    try:
        status = os.fstat(descriptor)
        if not stat.S_ISREG(status.st_mode):
            raise SourceError(f"{path.name}: is no plain file")
        yield descriptor, status.st_size
    except OSError as error:
        raise SourceError(f"{path.name}: {(error.strerror or str(error)).lower()}") from None
    finally:
        os.close(descriptor)


def _backwards(descriptor: int, size: int, lines: int | None, limit: int) -> tuple[bytes, bool]:
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
    return b"".join(reversed(blocks)), at == 0


def _forward(descriptor: int, at: int, limit: int) -> bytes:
    blocks: list[bytes] = []
    while limit > 0:
        block = os.pread(descriptor, min(_BLOCK, limit), at)
        if not block:
            break
        blocks.append(block)
        at, limit = at + len(block), limit - len(block)
    return b"".join(blocks)


def _time_near(
    descriptor: int, at: int, end: int, when: Callable[[str], float | None]
) -> float | None:
    """The time of the first whole line after `at` that has one; None up to `end`."""
    body = _forward(descriptor, at, end - at)
    for line in body.split(b"\n")[1:-1]:
        moment = when(line.decode("utf-8", "replace"))
        if moment is not None:
            return moment
    return None


def _binary(body: bytes) -> bool:
    sample = body[-8192:]
    if b"\0" in sample:
        return True
    text = sample.decode("utf-8", "ignore")
    return bool(sample) and len(text.encode()) < 0.7 * len(sample)
