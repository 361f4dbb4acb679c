"""A part of a file, its end or from a moment on, in blocks: a huge file is never loaded whole."""

import os
import stat
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from orchestrator.evidence.sources.source import BYTES, SourceError

When = Callable[[str], float | None]
"""How a line tells its time."""

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
    _refuse_binary(path, body)
    if not whole:
        # the first line is only its end
        body = body[body.find(b"\n") + 1 :]
    text = body.decode("utf-8", "replace")
    if lines is not None:
        split = text.split("\n")
        kept = split[-(lines + 1) :] if split[-1] == "" else split[-lines:]
        return Tail("\n".join(kept), not whole or len(kept) < len(split))
    return Tail(text, not whole)


def read_from(path: Path, since: float, when: When, limit: int) -> Tail:
    """At most `limit` bytes from the first line whose time, as `when` tells it, is not before.

    Lines must come in the order of time: the place is found by halving, not by reading.
    """
    with _opened(path) as (descriptor, size):
        at = _place(descriptor, size, since, when)
        body = _forward(descriptor, at, limit)
        whole = at + len(body) >= size
    _refuse_binary(path, body)
    if not whole:
        body = body[: body.rfind(b"\n") + 1]
    return Tail(body[first_at(body, since, when) :].decode("utf-8", "replace"), not whole)


def read_until(path: Path, since: float, until: float, when: When, limit: int) -> Tail:
    """The last `limit` bytes of the lines from `since` on and before `until`; found as above."""
    with _opened(path) as (descriptor, size):
        body, whole = _backwards(descriptor, _place(descriptor, size, until, when), None, limit)
    _refuse_binary(path, body)
    if not whole:
        body = body[body.find(b"\n") + 1 :]
    start = first_at(body, since, when)
    return Tail(body[start:].decode("utf-8", "replace"), not whole and start == 0)


def first_time(path: Path, when: When) -> float | None:
    """The time of the first line that has one; None where none near the beginning has."""
    with _opened(path) as (descriptor, size):
        body = _forward(descriptor, _beginning(descriptor, size), 8 * _BLOCK)
    return time_in(body.split(b"\n"), when)


def time_in(lines: Iterable[bytes], when: When) -> float | None:
    """The first time in some lines."""
    told = (when(line.decode("utf-8", "replace")) for line in lines)
    return next((at for at in told if at is not None), None)


def _place(descriptor: int, size: int, moment: float, when: When) -> int:
    """Where the first line begins that is not before `moment`; earlier where lines tell none."""
    low, high = _beginning(descriptor, size), size
    whole = low == 0
    while high - low > _BLOCK:
        middle = (low + high) // 2
        body = _forward(descriptor, middle, min(high - middle, 8 * _BLOCK))
        at = time_in(body.split(b"\n")[1:-1], when)
        if at is not None and at < moment:
            low, whole = middle, False
        else:
            high = middle
    ahead = _forward(descriptor, low, 4 * _BLOCK)
    torn = 0 if whole else ahead.find(b"\n") + 1
    return low + torn + first_at(ahead[torn:], moment, when)


def _beginning(descriptor: int, size: int) -> int:
    """Where content begins: a log truncated under a writer that went on has a hole in front."""
    try:
        return os.lseek(descriptor, 0, os.SEEK_DATA) if size else 0
    except OSError:
        return 0


def first_at(body: bytes, moment: float, when: When) -> int:
    """Where in `body` the first line begins that is not before `moment`; its end without one."""
    at = 0
    while at < len(body):
        end = body.find(b"\n", at)
        end = len(body) if end < 0 else end + 1
        told = when(body[at:end].decode("utf-8", "replace").rstrip("\n"))
        if told is not None and told >= moment:
            return at
        at = end
    return len(body)


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


def _refuse_binary(path: Path, body: bytes) -> None:
    if binary(body):
        raise SourceError(f"{path.name}: is binary, not a text log")


def binary(body: bytes) -> bool:
    """Whether it is no text, told from its end."""
    sample = body[-8192:]
    if b"\0" in sample:
        return True
    text = sample.decode("utf-8", "ignore")
    return bool(sample) and len(text.encode()) < 0.7 * len(sample)
