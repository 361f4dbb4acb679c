"""A bundle from its folder: every file but `bundle.json` may be missing, every line may be wrong.

Logs and traces stay on disk and are read as streams; the rest is small enough to be held.
"""

import json
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from orchestrator.evidence.bundle.columns import read_series
from orchestrator.evidence.bundle.contents import (
    Alert,
    Changes,
    Commit,
    Deploy,
    Flag,
    Graph,
    Notes,
    Pattern,
    Series,
    Span,
)
from orchestrator.evidence.bundle.lines import NoBundle, find, lines, whole
from orchestrator.evidence.sources import timestamps

KNOWN = frozenset({"bundle.json", "metrics.csv", "logs.ndjson", "traces.ndjson", "changes.json"}
                  | {"topology.json", "log_patterns.json"})  # fmt: skip

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Bundle:
    """What was observed around one incident: a folder, or what is held of it."""

    folder: Path | None
    """None where nothing is on disk and `held` has the lines"""
    id: str
    ask: str
    """`service` or `change`: what the person wants to know first"""
    alert: Alert
    window: Span | None
    baseline: tuple[Span, ...]
    series: tuple[Series, ...]
    changes: Changes
    graph: Graph
    patterns: tuple[Pattern, ...]
    notes: Notes
    held: Mapping[str, Sequence[Json]] = field(default_factory=dict)
    """lines by the name of the file they would stand in"""
    read: set[str] = field(default_factory=set)
    """files read before: what is wrong with their lines has been counted"""

    def records(self, name: str) -> Iterator[Json]:
        """The JSON objects of `logs.ndjson` or `traces.ndjson`; wrong lines are counted."""
        for _, record in self.numbered(name):
            yield record

    def numbered(self, name: str) -> Iterator[tuple[int, Json]]:
        """The same, each with the line it stands on."""
        if self.folder is None:
            yield from enumerate(self.held.get(name, ()), start=1)
        elif (path := find(self.folder, name)) is not None:
            notes = Notes() if name in self.read else self.notes
            self.read.add(name)
            yield from _objects(path, notes)


def read_bundle(folder: Path) -> Bundle:
    """Read what is there. NoBundle says in one line why it is none."""
    notes = Notes()
    head = _head(folder)
    alert = _alert(folder, head)
    for path in sorted(folder.iterdir()):
        if path.name.removesuffix(".gz") not in KNOWN:
            notes.add(f"{path.name}: not part of a bundle, left alone")
    ask = str(head.get("ask") or "service")
    if ask not in ("service", "change"):
        notes.add(f"bundle.json: ask {ask!r} is neither service nor change; taken as service")
        ask = "service"
    return Bundle(
        folder=folder,
        id=str(head.get("id") or folder.name),
        ask=ask,
        alert=alert,
        window=_span(head.get("window"), "window", notes),
        baseline=tuple(
            span
            for given in _listed(head.get("baseline"))
            if (span := _span(given, "baseline", notes)) is not None
        ),
        series=read_series(folder, notes),
        changes=_changes(folder, notes),
        graph=Graph.of(_edges(folder, notes)),
        patterns=_patterns(folder, notes),
        notes=notes,
    )


def alert_of(folder: Path) -> tuple[str, Alert]:
    """The id and the alert alone, to open an incident by. NoBundle as for the whole."""
    head = _head(folder)
    return str(head.get("id") or folder.name), _alert(folder, head)


def _head(folder: Path) -> Json:
    path = folder / "bundle.json"
    if not folder.is_dir():
        raise NoBundle(f"{folder}: no such folder")
    if not path.is_file():
        raise NoBundle(f"{folder}: no bundle.json in it; a bundle is a folder that has one")
    try:
        head = json.loads(path.read_bytes())
    except (ValueError, OSError) as error:
        raise NoBundle(f"{path}: not JSON ({error})") from None
    if not isinstance(head, dict):
        raise NoBundle(f"{path}: not a JSON object")
    return head


def _alert(folder: Path, head: Json) -> Alert:
    given = head.get("alert")
    if not isinstance(given, dict):
        raise NoBundle(f"{folder / 'bundle.json'}: no alert in it; it needs at least alert.at")
    at = timestamps.value(given.get("at"))
    if at is None:
        raise NoBundle(f"{folder / 'bundle.json'}: alert.at {given.get('at')!r} is no time")
    return Alert(
        at=at,
        service=_word(given, "service"),
        metric=_word(given, "metric"),
        severity=_word(given, "severity"),
        summary=_word(given, "summary"),
        observed=_number(given.get("observed")),
        threshold=_number(given.get("threshold")),
    )


def _span(given: object, what: str, notes: Notes) -> Span | None:
    if given is None:
        return None
    if isinstance(given, dict):
        start, end = timestamps.value(given.get("start")), timestamps.value(given.get("end"))
        if start is not None and end is not None and start < end:
            return start, end
    notes.add(f"bundle.json: {what} is no span of time, left out")
    return None


def _changes(folder: Path, notes: Notes) -> Changes:
    given = _json(folder, "changes.json", notes)
    if not isinstance(given, dict):
        return Changes()
    commits, deploys, flags = [], [], []
    for one in _objects_in(given, "commits", notes):
        at, sha = timestamps.value(one.get("timestamp")), _word(one, "sha")
        if at is None or not sha:
            notes.add("changes.json: a commit without a sha or a time")
            continue
        files = tuple(str(name) for name in _listed(one.get("files_changed")))
        author, message = _word(one, "author"), _word(one, "message")
        commits.append(Commit(sha, at, author, message, files, _word(one, "diff")))
    for one in _objects_in(given, "deploys", notes):
        at = timestamps.value(one.get("timestamp"))
        if at is None:
            notes.add("changes.json: a deploy without a time")
            continue
        service, sha, version = (_word(one, n) for n in ("service", "commit_sha", "version"))
        deploys.append(Deploy(at, service, sha, version))
    for one in _objects_in(given, "flags", notes):
        at = timestamps.value(one.get("timestamp"))
        if at is None:
            notes.add("changes.json: a flag without a time")
            continue
        flag, service, change, actor = (
            _word(one, n) for n in ("flag", "service", "change", "actor")
        )
        flags.append(Flag(at, flag, service, change, actor))
    return Changes(
        tuple(sorted(commits, key=lambda c: (c.at, c.sha))),
        tuple(sorted(deploys, key=lambda d: (d.at, d.service, d.sha))),
        tuple(sorted(flags, key=lambda f: (f.at, f.flag))),
        judged=True,
    )


def _edges(folder: Path, notes: Notes) -> list[tuple[str, str]]:
    given = _json(folder, "topology.json", notes)
    found = []
    for edge in _listed(given.get("edges") if isinstance(given, dict) else None):
        if isinstance(edge, list) and len(edge) == 2:
            found.append((str(edge[0]), str(edge[1])))
        else:
            notes.add("topology.json: an edge that is no pair")
    return found


def _patterns(folder: Path, notes: Notes) -> tuple[Pattern, ...]:
    given = _json(folder, "log_patterns.json", notes)
    found = []
    for one in _listed(given):
        if not isinstance(one, dict):
            notes.add("log_patterns.json: an entry that is no object")
            continue
        found.append(
            Pattern(
                signature=_word(one, "signature"),
                service=_word(one, "service"),
                count=_number(one.get("count")) or 0.0,
                delta=_number(one.get("delta_vs_baseline")) or 0.0,
                negative=one.get("sentiment") == "negative",
            )
        )
    return tuple(found)


def _objects(path: Path, notes: Notes) -> Iterator[tuple[int, Json]]:
    for number, line in enumerate(lines(path, notes.said), start=1):
        if not line or line.isspace():
            continue
        try:
            record = json.loads(line)
        except (ValueError, RecursionError):
            record = None
        if isinstance(record, dict):
            yield number, record
        else:
            notes.add(f"{path.name}: a malformed line")


def _json(folder: Path, name: str, notes: Notes) -> Any:
    path = find(folder, name)
    if path is None:
        return None
    body = whole(path, notes.said)
    if body is None:
        return None
    try:
        return json.loads(body)
    except (ValueError, RecursionError):
        notes.add(f"{path.name}: not JSON, left out")
        return None


def _objects_in(given: Json, name: str, notes: Notes) -> Iterator[Json]:
    for one in _listed(given.get(name)):
        if isinstance(one, dict):
            yield one
        else:
            notes.add(f"changes.json: an entry of {name} that is no object")


def _listed(given: object) -> list[Any]:
    return given if isinstance(given, list) else []


def _word(given: Json, name: str) -> str:
    return str(given.get(name) or "")


def _number(given: object) -> float | None:
    if not isinstance(given, str | int | float):
        return None
    try:
        number = float(given)
    except (ValueError, OverflowError):
        return None
    return number if math.isfinite(number) else None
