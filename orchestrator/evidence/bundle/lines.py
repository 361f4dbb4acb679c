"""Lines out of plain or packed files, however long, broken or wrongly encoded: never a crash."""

import gzip
import zlib
from collections.abc import Iterator
from io import BufferedReader
from pathlib import Path

LONGEST = 1 << 20
"""Bytes of one line; what is longer is cut and counted."""

LARGEST = 64 << 20
"""Bytes of a file that is read as a whole, unpacked; a larger one is left out."""

_PIECE = 1 << 16


class NoBundle(Exception):
    """Input that is no bundle: one line saying what and where."""


def find(folder: Path, name: str) -> Path | None:
    """The file, or its `.gz`; None where there is neither."""
    for path in (folder / name, folder / f"{name}.gz"):
        if path.is_file():
            return path
    return None


def lines(path: Path, wrong: dict[str, int]) -> Iterator[str]:
    """The lines of a file. What could not be read is counted in `wrong` by what it was."""
    with _opened(path) as file:
        rest, cut = b"", False
        while True:
            try:
                # a `read` of a torn pack would lose what it had unpacked before the tear
                piece = file.read1(_PIECE)
            except (EOFError, zlib.error, gzip.BadGzipFile, OSError):
                _count(wrong, f"{path.name}: ends in the middle, read as far as it goes")
                piece = b""
            if not piece:
                break
            head, *whole = (rest + piece).split(b"\n")
            if whole:
                if not cut:
                    yield _text(head, path, wrong)
                cut = False
                for line in whole[:-1]:
                    yield _text(line, path, wrong)
                rest = whole[-1]
            else:
                rest = head
            if len(rest) > LONGEST:
                if not cut:
                    _count(wrong, f"{path.name}: a line over {LONGEST >> 20} MiB left out")
                rest, cut = b"", True
        if rest and not cut:
            yield _text(rest, path, wrong)


def whole(path: Path, wrong: dict[str, int]) -> str | None:
    """A file that is one document, however long its lines; None where it is too large."""
    pieces: list[bytes] = []
    size = 0
    with _opened(path) as file:
        while True:
            try:
                piece = file.read1(_PIECE)
            except (EOFError, zlib.error, gzip.BadGzipFile, OSError):
                _count(wrong, f"{path.name}: ends in the middle, read as far as it goes")
                break
            if not piece:
                break
            pieces.append(piece)
            size += len(piece)
            if size > LARGEST:
                _count(wrong, f"{path.name}: larger than {LARGEST >> 20} MiB, left out")
                return None
    body = b"".join(pieces)
    try:
        return body.decode()
    except UnicodeDecodeError:
        _count(wrong, f"{path.name}: not UTF-8, read with marks")
        return body.decode("utf-8", "replace")


def _opened(path: Path) -> BufferedReader | gzip.GzipFile:
    try:
        return gzip.open(path, "rb") if path.suffix == ".gz" else path.open("rb")
    except OSError as error:
        raise NoBundle(f"{path}: cannot be read: {error.strerror}") from None


def _text(line: bytes, path: Path, wrong: dict[str, int]) -> str:
    try:
        return line.decode()
    except UnicodeDecodeError:
        _count(wrong, f"{path.name}: a line is not UTF-8, read with marks")
        return line.decode("utf-8", "replace")


def _count(wrong: dict[str, int], what: str) -> None:
    wrong[what] = wrong.get(what, 0) + 1
