"""A saved incident becomes a drill: its evidence as a bundle, and what was confirmed as the truth.

Only what could be seen before the first change goes into the bundle: what was done about it, and
what it did, would give the answer away. Nothing is running in such a drill; it is a table-top one.
"""

import csv
import io
import json
import os
import shutil
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from orchestrator.clock import iso
from orchestrator.drills.scenarios import DrillError
from orchestrator.evidence.analysis import patch
from orchestrator.evidence.ledger import Ledger
from orchestrator.evidence.sources import deploys, logs
from orchestrator.evidence.sources.ring import Sample, parse_ring, read_ring
from orchestrator.journal.read import load_state
from orchestrator.model.state import State
from orchestrator.project import IncidentFolder, Project, write_private

SAVED = "saved"
"""The scenario's name in the truth of such a drill."""

NONE = "none"

SETTINGS = "[project]\ndrill = true\n"


@dataclass(frozen=True, slots=True)
class Material:
    """What a saved incident has to show, up to the moment of its first change."""

    state: State
    read: dict[str, str]
    """text of each item of evidence, by its number"""
    ring: list[Sample]
    """what the project still holds of the service's metrics; may be older or younger than it"""
    until: float

    def of(self, kind: str) -> Iterator[tuple[str, str]]:
        """Source and text of the items of one kind, whenever they were kept."""
        for eid, text in self.read.items():
            item = self.state.evidence[eid]
            if item.kind == kind:
                yield item.source, text


def convert(source: IncidentFolder, target: Path, culprit: str = "") -> Path:
    """Make the drill at `target`. DrillError where it cannot be one; nothing is left then.

    `culprit`: the guilty commit, or `none`, where the incident did not confirm its cause.
    """
    if target.exists():
        raise DrillError(f"{target} is there already; remove it to make it anew")
    material = _material(source)
    truth = _truth(material, culprit)
    files = _bundle(material)
    beside = target.with_name(f".{target.name}.partial")
    shutil.rmtree(beside, ignore_errors=True)  # of one that was cut short
    try:
        _write(beside, target, files, truth)
        beside.rename(target)
    except OSError as error:
        shutil.rmtree(beside, ignore_errors=True)
        raise DrillError(f"{target} cannot be made: {error.strerror}") from None
    return target


def _write(home: Path, target: Path, files: Mapping[str, str], truth: dict[str, Any]) -> None:
    """The folder as it will stand at `target`."""
    project = Project(home / "project")
    bundle = project.root / "bundle"
    bundle.mkdir(parents=True, mode=0o700)
    for name, text in files.items():
        write_private(bundle / name, text)
    write_private(project.settings, SETTINGS)
    mark = {"drill": SAVED, "seed": 0, "home": str(target.resolve())}
    project.drill_mark.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    write_private(project.drill_mark, json.dumps(mark) + "\n")
    write_private(home / "truth.json", json.dumps(truth, indent=1) + "\n")


def _material(source: IncidentFolder) -> Material:
    state, _ = load_state(source.journal)
    if not state.incident:
        raise DrillError(f"{source.path} holds no incident")
    if state.alert.get("bundle"):
        raise DrillError(
            f"{state.incident} was opened on {state.alert['bundle']}: drill on that folder with"
            " warroom respond --bundle"
        )
    began = [task.requested_at for task in state.tasks.values() if task.kind == "action"]
    until = min([*began, state.resolved_at or state.last_at])
    ledger = Ledger(source)
    texts = {}
    for eid, item in state.evidence.items():
        try:
            texts[eid] = ledger.read(item.path)
        except KeyError as error:
            raise DrillError(f"{state.incident}: {error.args[0]}") from None
    ring = read_ring(Project(source.path.parents[2]), state.service) if state.service else []
    return Material(state, texts, ring, until)


def _truth(material: Material, culprit: str) -> dict[str, Any]:
    """What a grade is held against: what the incident confirmed, or what a person says it was."""
    state = material.state
    confirmed = state.cause.get("verdict") == "CONFIRMED"
    if not culprit and not confirmed:
        raise DrillError(
            f"{state.incident} never confirmed its cause, so nothing could be graded: say what it"
            " was with --culprit SHA, or --culprit none"
        )
    guilty = culprit or str(state.cause.get("culprit") or NONE)
    known = {str(one["sha"]) for one in _suspects(state)}
    whole = [sha for sha in known if guilty != NONE and sha.startswith(guilty)]
    guilty = whole[0] if len(whole) == 1 else guilty
    return {
        "scenario": SAVED,
        "seed": 0,
        "service": state.service,
        "from": state.incident,
        "said_by": "a person" if culprit else "the incident, which confirmed it",
        "culprit": guilty,
        "verdict_class": "not-regression" if guilty == NONE else "regression",
        "right_kinds": [NONE],
        "decoys": sorted(known - {guilty}),
        "action": state.resolution_action,
    }


def _bundle(material: Material) -> dict[str, str]:
    """The files of the bundle, by name. DrillError where there is nothing to look at."""
    state = material.state
    samples = list(_samples(material))
    lines = list(_log_lines(material))
    if not samples and not lines:
        raise DrillError(f"{state.incident} kept neither a log nor a metric: no drill without")
    commits = list(_commits(material))
    began = state.impact_started_at or state.detected_at
    seen = [sample.t for sample in samples] + [at for at, _ in lines]
    first = min(seen)
    head: dict[str, Any] = {
        "id": f"{state.incident}-drill",
        "ask": "change" if commits else "service",
        "alert": {
            "service": state.service,
            "at": iso(state.detected_at),
            "severity": state.severity,
            "summary": state.title,
        },
    }
    if began < material.until:
        head["window"] = {"start": iso(began), "end": iso(material.until)}
    if first < began:
        head["baseline"] = [{"start": iso(first), "end": iso(began)}]
    changes = {"commits": commits, "deploys": list(_deploys(material))}
    files = {
        "bundle.json": json.dumps(head, indent=1) + "\n",
        "changes.json": json.dumps(changes, indent=1) + "\n",
    }
    if lines:
        ordered = sorted(lines, key=lambda line: line[0])
        files["logs.ndjson"] = "".join(json.dumps(body) + "\n" for _, body in ordered)
    if samples:
        files["metrics.csv"] = _rows(state.service, samples)
    return files


def _samples(material: Material) -> Iterator[Sample]:
    """Each look at the service once: of the evidence, and where that has none, of the ring."""
    kept = [sample for _, text in material.of("metric") for sample in parse_ring(text)]
    found = {one.t: one for one in kept or material.ring if one.ok and one.t < material.until}
    yield from (found[at] for at in sorted(found))


def _rows(service: str, samples: Iterable[Sample]) -> str:
    table = io.StringIO()
    write = csv.writer(table, lineterminator="\n").writerow
    write(("timestamp", "service", "metric", "value"))
    for sample in samples:
        for name, value in sorted(sample.values.items()):
            write((iso(sample.t), service, name, repr(value)))
    return table.getvalue()


def _log_lines(material: Material) -> Iterator[tuple[float, dict[str, Any]]]:
    """Each record once: the same log is read again and again in an incident."""
    seen: set[tuple[float, str]] = set()
    for source, text in material.of("log"):
        raw = text.split("\n")
        records = logs.parse(text)
        ends = [record.line for record in records[1:]] + [len(raw) + 1]
        for record, end in zip(records, ends, strict=True):
            whole = "\n".join(raw[record.line - 1 : end - 1]).rstrip()
            if record.at is None or record.at >= material.until or (record.at, whole) in seen:
                continue
            seen.add((record.at, whole))
            trace = whole.partition("\n")[2]
            yield (
                record.at,
                {
                    **{k: v for k, v in record.fields.items() if k not in ("ts", "msg", "level")},
                    "timestamp": iso(record.at),
                    "service": material.state.service,
                    "severity": record.level,
                    "message": f"{record.message}\n{trace}" if trace else record.message,
                    "file": os.path.basename(source),
                },
            )


def _suspects(state: State) -> list[dict[str, Any]]:
    return list(state.told("regression/verdict").get("suspects", ()))


def _commits(material: Material) -> Iterator[dict[str, Any]]:
    """The suspects of the triage, each with the diff that was filed for it."""
    diffs: dict[str, str] = {}
    for source, text in material.of("code"):
        # the guilty commit is looked at again later: its message, how it would revert
        if patch.parse(text):
            diffs.setdefault(source.rpartition(" ")[2], text)
    for one in sorted(
        _suspects(material.state), key=lambda suspect: (suspect["at"], suspect["sha"])
    ):
        diff = diffs.get(str(one["sha"])[:12], "")
        yield {
            "sha": one["sha"],
            "author": one["author"],
            "timestamp": iso(one["at"]),
            "message": one["subject"],
            "files_changed": [file.path for file in patch.parse(diff)],
            "diff": diff,
        }


def _deploys(material: Material) -> Iterator[dict[str, Any]]:
    seen: set[tuple[float, str, str]] = set()
    for _, text in material.of("deploy"):
        for one in deploys.parse(text).deploys:
            key = (one.at, one.service, one.version)
            if not one.ok or one.at >= material.until or key in seen:
                continue
            seen.add(key)
            yield {
                "timestamp": iso(one.at),
                "service": one.service,
                "commit_sha": one.version,
                "version": one.version[:12],
            }
