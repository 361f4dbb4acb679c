"""Parts of a log packed by gzip, unpacked as a stream: what is held is bounded by what is asked."""

import gzip
import zlib
from collections import deque
from collections.abc import Iterator
from pathlib import Path

from orchestrator.evidence.sources.files import Tail, When, binary, first_at, time_in
from orchestrator.evidence.sources.source import SourceError

MOST = 3 << 30
"""Bytes unpacked of one file at most: ten seconds' work, and no bomb goes on for ever."""

TIMEOUT = 60.0
"""Seconds that a reading may take where it has to unpack."""

_BLOCK = 256 * 1024
_LINE = 1024 * 1024
"""Bytes after which something without line ends is taken as a line all the same."""


def read_tail(path: Path, lines: int | None, limit: int) -> Tail:
    """The last `lines` lines, at most `limit` bytes."""
    end = _End(limit)
    for piece in _pieces(path):
        end.add(piece)
    text, split = end.text(path), end.text(path).split("\n")
    if lines is None:
        return Tail(text, end.dropped)
    kept = split[-(lines + 1) :] if split[-1] == "" else split[-lines:]
    return Tail("\n".join(kept), end.dropped or len(kept) < len(split))


def read_from(path: Path, since: float, when: When, limit: int) -> Tail:
    """At most `limit` bytes from the first line on that is not before `since`."""
    held = b""
    for piece in _pieces(path):
        held += piece if held else piece[_first_at(piece, since, when) :]
        if len(held) > limit:
            return Tail(_text(path, held[: held.rfind(b"\n", 0, limit) + 1]), True)
    return Tail(_text(path, held), False)


def read_until(path: Path, since: float, until: float, when: When, limit: int) -> Tail:
    """The last `limit` bytes of the lines from `since` on and before `until`."""
    end = _End(limit)
    for piece in _pieces(path):
        stop = _first_at(piece, until, when)
        begun = end.size > 0
        end.add(piece[0 if begun else _first_at(piece, since, when) : stop])
        if stop < len(piece):
            break
    return Tail(end.text(path), end.dropped)


def first_time(path: Path, when: When) -> float | None:
    """The time of the first line that has one; None where none near the beginning has."""
    return time_in(next(_pieces(path), b"").split(b"\n"), when)


class _End:
    """The last bytes of what was added, in whole lines."""

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._pieces: deque[bytes] = deque()
        self.size = 0
        self.dropped = False

    def add(self, piece: bytes) -> None:
        if piece:
            self._pieces.append(piece)
            self.size += len(piece)
        while self.size - len(self._pieces[0] if self._pieces else b"") >= self._limit > 0:
            self.size -= len(self._pieces.popleft())
            self.dropped = True

    def text(self, path: Path) -> str:
        body = b"".join(self._pieces)
        if len(body) > self._limit:
            body = body[-self._limit :]
            body, self.dropped = body[body.find(b"\n") + 1 :], True
        return _text(path, body)


def _first_at(piece: bytes, moment: float, when: When) -> int:
    """Where the first line begins that is not before `moment`; the piece's end without one."""
    last = time_in(reversed(piece.rstrip(b"\n").split(b"\n")[-100:]), when)
    if last is not None and last < moment:
        return len(piece)
    return first_at(piece, moment, when)


def _pieces(path: Path) -> Iterator[bytes]:
    """The content in pieces of whole lines."""
    unpacked, torn = 0, b""
    try:
        with gzip.open(path, "rb") as stream:
            while block := stream.read(_BLOCK):
                unpacked += len(block)
                if unpacked > MOST:
                    raise SourceError(f"{path.name}: more than {MOST >> 20} MB unpacked, left out")
                whole, newline, rest = (torn + block).rpartition(b"\n")
                torn = rest
                if newline:
                    yield whole + newline
                elif len(torn) > _LINE:
                    yield torn
                    torn = b""
    except OSError as error:
        raise SourceError(f"{path.name}: {(error.strerror or str(error)).lower()}") from None
    except (EOFError, zlib.error):
        raise SourceError(f"{path.name}: is cut off or damaged") from None
    if torn:
        yield torn


def _text(path: Path, body: bytes) -> str:
    if binary(body):
        raise SourceError(f"{path.name}: holds no text log")
    return body.decode("utf-8", "replace")
