"""Real log lines of any number: what was recorded, again and again, later each time.

The recordings are no part of the project: the folder is `../shared/eval`, or the one that is named.
"""

import gzip
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import chain, count, zip_longest
from pathlib import Path

from orchestrator.evidence.analysis.grouping import place

FOLDER = Path(__file__).parents[2] / "shared" / "eval"

A_BUNDLE = 2_000
"""Lines that are taken of one bundle, so that no family drowns the others."""

_TIME = re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d")
_ID = re.compile(r"(?<=\")[0-9a-f]{4}(?=[0-9a-f]{8,28}\")")


def recorded(folder: Path) -> list[str]:
    """The lines of all log files, one of each in turn; empty where there are none."""
    files = [*sorted(folder.glob("bundles/*/logs.ndjson*"))]
    files += sorted(folder.glob("lab-recordings/*/*.log"))
    turns = zip_longest(*(_lines(path)[:A_BUNDLE] for path in files))
    return [line for line in chain.from_iterable(turns) if line]


def placeless(lines: Iterable[str]) -> list[str]:
    """Those that do not print where in the code they were logged."""
    return [line for line in lines if not place(_message(line))]


def _message(line: str) -> str:
    """Enough of a line to see whether its message begins with a place."""
    return line.partition('"message": "')[2] or line


def _lines(path: Path) -> list[str]:
    packed = path.suffix == ".gz"
    body = gzip.decompress(path.read_bytes()) if packed else path.read_bytes()
    return body.decode("utf-8", "replace").splitlines()


@dataclass(frozen=True, slots=True)
class _Line:
    """A line without its time and the first digits of its ids."""

    before: str
    at: datetime
    after: tuple[str, ...]


def repeated(lines: Sequence[str], size: int) -> Iterator[str]:
    """Lines of `size` bytes together: every round an hour later, with other trace and span ids."""
    taken = [_taken(line) for line in lines]
    written = 0
    for turn in count():
        shift, tag = timedelta(hours=turn), f"{turn % 65_536:04x}"
        for one in taken:
            if isinstance(one, str):
                line = one
            else:
                at = (one.at + shift).isoformat()
                line = f"{one.before}{at}{tag.join(one.after)}"
            written += len(line) + 1
            yield line
            if written >= size:
                return


def _taken(line: str) -> _Line | str:
    found = _TIME.search(line, 0, 200)
    if found is None:
        return line
    at = datetime.fromisoformat(found.group())
    return _Line(line[: found.start()], at, tuple(_ID.split(line[found.end() :])))
