"""The four signals of a service as the ring on disk has them: bounded, read as they grow."""

import json
import os
from bisect import bisect_right
from collections import deque
from dataclasses import dataclass
from pathlib import Path

FIRST_READ = 512 * 1024
KEEP = 7_200


@dataclass(frozen=True, slots=True)
class Sample:
    """One scrape. `values` is empty when the service did not answer."""

    t: float
    values: dict[str, float]


class Ring:
    """One service's samples; `read` takes in what was added since the last look."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.samples: deque[Sample] = deque(maxlen=KEEP)
        self._offset = 0
        self._inode = 0

    def read(self) -> bool:
        """True when there is something new. A ring that was rewritten is read again."""
        try:
            found = os.stat(self.path)
            if found.st_ino != self._inode or found.st_size < self._offset:
                self._inode, self._offset = found.st_ino, max(0, found.st_size - FIRST_READ)
                self.samples.clear()
            if found.st_size == self._offset:
                return False
            with self.path.open("rb") as file:
                file.seek(self._offset)
                fresh = file.read()
        except OSError:
            return False
        whole = fresh[: fresh.rfind(b"\n") + 1]
        self._offset += len(whole)
        for line in whole.splitlines():
            sample = _sample(line)
            if sample is not None:
                self.samples.append(sample)
        return bool(whole)

    def between(self, start: float, end: float) -> list[Sample]:
        """Samples of a span of time, the end included."""
        times = [sample.t for sample in self.samples]
        first, last = bisect_right(times, start), bisect_right(times, end)
        return list(self.samples)[first:last]


def _sample(line: bytes) -> Sample | None:
    try:
        body = json.loads(line)
        values = body.get("values") if body.get("ok") else None
        return Sample(
            float(body["t"]), {k: float(v) for k, v in (values or {}).items() if v is not None}
        )
    except (ValueError, KeyError, TypeError, AttributeError):
        return None


def buckets(
    samples: list[Sample], name: str, start: float, end: float, cells: int
) -> list[float | None]:
    """Means of a signal over `cells` equal spans; None where there was no data."""
    sums, counts = [0.0] * cells, [0] * cells
    width = max(end - start, 0.001) / max(cells, 1)
    for sample in samples:
        if name in sample.values:
            index = min(cells - 1, max(0, int((sample.t - start) / width)))
            sums[index] += sample.values[name]
            counts[index] += 1
    return [total / count if count else None for total, count in zip(sums, counts, strict=True)]
