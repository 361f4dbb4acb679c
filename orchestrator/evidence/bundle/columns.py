"""Series from `metrics.csv`, row by row: of very many points every second one goes, in all series.

A point costs sixteen bytes, so that a bundle of hundreds of series fits where a list would not.
"""

import csv
import math
from array import array
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from orchestrator.evidence.bundle.contents import Notes, Series
from orchestrator.evidence.bundle.lines import find, lines
from orchestrator.evidence.sources import timestamps

MOST_POINTS = 5_000_000
"""Points held at once, over all series."""

MOST_SERIES = 50_000
"""Series held; points of later ones are left out."""

_REMEMBERED = 100_000
_COLUMNS = ("timestamp", "service", "metric", "value")


@dataclass(slots=True)
class _Column:
    at: "array[float]" = field(default_factory=lambda: array("d"))
    values: "array[float]" = field(default_factory=lambda: array("d"))
    seen: int = 0


def read_series(folder: Path, notes: Notes, most: int = MOST_POINTS) -> tuple[Series, ...]:
    """All series, ascending in time; rows that are none are counted."""
    path = find(folder, "metrics.csv")
    if path is None:
        return ()
    found: dict[tuple[str, str], _Column] = {}
    every, points = 1, 0
    for key, at, value in _rows(path, notes):
        column = found.get(key)
        if column is None:
            if len(found) >= MOST_SERIES:
                notes.add(f"{path.name}: a point of one series too many, left out")
                continue
            column = found[key] = _Column()
        column.seen += 1
        if (column.seen - 1) % every:
            continue
        column.at.append(at)
        column.values.append(value)
        points += 1
        if points > most:
            every *= 2
            for one in found.values():
                one.at, one.values = one.at[::2], one.values[::2]
            points = sum(len(one.at) for one in found.values())
    if every > 1:
        notes.add(f"{path.name}: more than {most:,} points; one of {every} is looked at")
    return tuple(_ordered(key, column) for key, column in sorted(found.items()))


def _rows(path: Path, notes: Notes) -> Iterator[tuple[tuple[str, str], float, float]]:
    rows = csv.reader(lines(path, notes.said))
    times: dict[str, float | None] = {}
    try:
        columns = {name.strip(): n for n, name in enumerate(next(rows, []))}
        wanted = [columns[name] for name in _COLUMNS]
    except (KeyError, csv.Error):
        notes.add(f"{path.name}: no header {','.join(_COLUMNS)}; left out")
        return
    when, whose, which, what = wanted
    while True:
        try:
            row = next(rows, None)
        except csv.Error:
            notes.add(f"{path.name}: a malformed row")
            continue
        if row is None:
            return
        try:
            stamp, value = row[when], float(row[what])
            key = row[whose], row[which]
        except (IndexError, ValueError):
            if any(row):
                notes.add(f"{path.name}: a malformed row")
            continue
        if stamp not in times:
            if len(times) >= _REMEMBERED:
                times.clear()
            times[stamp] = timestamps.value(stamp)
        at = times[stamp]
        if at is None or not math.isfinite(value):
            notes.add(f"{path.name}: a row without a time or a finite value")
            continue
        yield key, at, value


def _ordered(key: tuple[str, str], column: _Column) -> Series:
    """Ascending; of several values at one time the last one given."""
    times, worth = np.frombuffer(column.at), np.frombuffer(column.values)
    order = np.argsort(times, kind="stable")
    times, worth = times[order], worth[order]
    last = np.append(times[1:] != times[:-1], True)
    return Series(*key, times[last], worth[last])
