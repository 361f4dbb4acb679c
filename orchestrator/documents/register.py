"""The regression register: one YAML file per regression, and the page that sums them up.

Both belong to the project, not to one incident. An entry's number counts within its day, so it is
taken from the folder once, by creating the file; the incident's journal then keeps it.
"""

import json
import os
import re
from collections.abc import Mapping
from typing import Any

from orchestrator.clock import iso
from orchestrator.documents.catalogue import registered
from orchestrator.documents.deepdive import deep_dive
from orchestrator.documents.inert import inert, plain
from orchestrator.documents.sheet import UNKNOWN, answered, unknown
from orchestrator.model.durations import durations, words
from orchestrator.model.follow_up import items, settled
from orchestrator.model.gates import REGISTER
from orchestrator.model.state import State
from orchestrator.project import IncidentFolder

_PULL_REQUEST = re.compile(r"\(#(\d{1,9})\)|[Pp]ull request #(\d{1,9})")
_ENTRY = re.compile(r"REG-\d{4}-\d\d-\d\d-\d+\.yaml")
SIZE = 64_000
"""Bytes of an entry that are read; one is a few hundred."""


def reserve(folder: IncidentFolder, state: State) -> str:
    """The path of the incident's entry, from the journal, the folder, or a number taken now."""
    known = registered(state)
    if known in state.documents:
        return known
    day = iso(state.detected_at)[:10]
    place = folder.document(REGISTER)
    place.mkdir(parents=True, exist_ok=True, mode=0o700)
    for name, text in shelf(folder).items():
        if name.startswith(f"REG-{day}-") and entry(text).get("incident_id") == state.incident:
            return f"{REGISTER}{name}"
    number = 1
    while True:
        name = f"REG-{day}-{number}.yaml"
        try:
            made = os.open(place / name, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        except FileExistsError:
            number += 1
            continue
        with os.fdopen(made, "w", encoding="utf-8") as file:
            file.write(stub(state))
        return f"{REGISTER}{name}"


def stub(state: State) -> str:
    """An entry whose number is taken and that is not written yet."""
    return f"incident_id: {_scalar(state.incident)}\n"


def shelf(folder: IncidentFolder) -> dict[str, str]:
    """Every entry of the project's register, by file name."""
    place = folder.document(REGISTER)
    if not place.is_dir():
        return {}
    found: dict[str, str] = {}
    for path in sorted(place.iterdir()):
        if _ENTRY.fullmatch(path.name) and path.is_file():
            with path.open(encoding="utf-8", errors="replace") as file:
                found[path.name] = file.read(SIZE)
    return found


def regression(path: str, state: State) -> str:
    """The incident's entry as YAML; a value nobody knows reads UNKNOWN."""
    judged = state.regression
    verdict = state.told("regression/verdict")
    record = state.report("detect/record") or {}
    brought = change(state)
    took = durations(state)
    gap = next((str(claim["text"]) for claim in deep_dive(state)["Test gap"]), UNKNOWN)
    body: dict[str, Any] = {
        "regression_id": path.rsplit("/", 1)[-1].removesuffix(".yaml"),
        "incident_id": state.incident,
        "detection_date": iso(state.detected_at)[:10],
        "severity": state.severity or UNKNOWN,
        "introducing_change": {
            "commit_sha": judged.get("culprit") or UNKNOWN,
            "pr_number": pull_request(state) or UNKNOWN,
            "author": brought.get("author") or UNKNOWN,
            "merge_date": _moment(brought.get("at")),
            "deployment_date": _moment(brought.get("live", verdict.get("bad_since"))),
        },
        "regression_category": record.get("category") or state.category or UNKNOWN,
        "affected_functionality": {
            "component": state.service or UNKNOWN,
            "feature": answered(state, "feature") or UNKNOWN,
            "user_facing": state.impact_started_at > 0 or UNKNOWN,
        },
        "detection_gap": {
            "escaped_testing": not _seen_before(verdict),
            "detection_time": words(took.detection),
            "reason": gap,
        },
        "mitigation_action": state.resolution_action or UNKNOWN,
        "mitigation_time": _moment(state.restored_at),
        "preventive_actions": [item.text for item in items(state) if not unknown(item.text)],
        "status": _status(state),
    }
    return "".join(f"{line}\n" for line in _yaml(body))


def change(state: State) -> Mapping[str, Any]:
    """What brought it, by whichever report knows it: author, subject, when written, when live."""
    verdict = state.told("regression/verdict")
    culprit = state.regression.get("culprit")
    tested = state.report("regression/bisect") or {}
    if culprit and tested.get("culprit") == culprit:
        return tested
    for one in verdict.get("changes", ()):
        if one["nearest"] and not culprit:
            return {"author": one["by"], "live": one["at"]}
    return next((s for s in verdict.get("suspects", ()) if s["sha"] == culprit), {})


def pull_request(state: State) -> int:
    """The pull request that the commit's subject names, or a person; 0 where nobody does."""
    told = answered(state, "pull request")
    found = _PULL_REQUEST.search(str(change(state).get("subject", "")))
    number = (found.group(1) or found.group(2)) if found else told.strip().lstrip("#")
    return int(number) if number.isdecimal() and len(number) < 10 else 0


def _seen_before(verdict: Mapping[str, Any]) -> bool:
    """Whether staging or a canary showed it: then it was not testing that it escaped."""
    signs = verdict.get("indicators", ())
    return any(one["name"] == "seen-in-staging" and one["holds"] == "yes" for one in signs)


def _status(state: State) -> str:
    """An entry closes when the incident is closed and none of its actions is open any more."""
    if state.status in ("CLOSED", "REVIEWED"):
        return "CLOSED" if state.status == "CLOSED" and settled(state) else "ANALYZED"
    return "MITIGATED" if state.resolution == "RESOLVED" else "OPEN"


def _moment(at: Any) -> str:
    known = isinstance(at, int | float) and not isinstance(at, bool) and at > 0
    return f"{iso(float(at))[:19]}Z" if known else UNKNOWN


def _scalar(value: Any) -> str:
    """A JSON scalar, which is a YAML one; text always in quotes."""
    return json.dumps(plain(value) if isinstance(value, str) else value, ensure_ascii=False)


def _yaml(body: Mapping[str, Any], indent: str = "") -> list[str]:
    lines: list[str] = []
    for key, value in body.items():
        if isinstance(value, Mapping):
            lines += [f"{indent}{key}:", *_yaml(value, f"{indent}  ")]
        elif isinstance(value, list):
            lines.append(f"{indent}{key}:" + ("" if value else " []"))
            lines += [f"{indent}  - {_scalar(item)}" for item in value]
        else:
            lines.append(f"{indent}{key}: {_scalar(value)}")
    return lines


def entry(text: str) -> dict[str, Any]:
    """The single values of an entry, by name; what is not written as we write it is left out."""
    values: dict[str, Any] = {}
    for line in text.splitlines():
        found = re.fullmatch(r" *([a-z_]+): (.+)", line)
        if found:
            try:
                values[found.group(1)] = json.loads(found.group(2))
            except ValueError:
                values[found.group(1)] = found.group(2).strip().strip("'\"")
    return values


def summary(entries: Mapping[str, str]) -> str:
    """The register on one page, newest first."""
    read = {name.removesuffix(".yaml"): entry(text) for name, text in entries.items()}
    order = sorted(read, key=_newest, reverse=True)
    lines = [
        "# Regression register",
        "",
        f"- **Regressions**: {len(read)}",
        f"- **By status**: {_counts(read, 'status')}",
        f"- **By severity**: {_counts(read, 'severity')}",
        f"- **By category**: {_counts(read, 'regression_category')}",
        f"- **By component**: {_counts(read, 'component')}",
        "",
        "| Regression | Incident | Detected | Severity | Component | Change | Well again "
        "| Status |",
        "|---|---|---|---|---|---|---|---|",
    ]
    for name in order:
        values = read[name]
        sha = str(values.get("commit_sha", UNKNOWN))
        cells = [
            name,
            values.get("incident_id", UNKNOWN),
            values.get("detection_date", UNKNOWN),
            values.get("severity", UNKNOWN),
            values.get("component", UNKNOWN),
            sha[:12],
            values.get("mitigation_time", UNKNOWN),
            values.get("status", UNKNOWN),
        ]
        lines.append(f"| {' | '.join(inert(cell) for cell in cells)} |")
    return "\n".join(lines) + "\n"


def _newest(name: str) -> tuple[str, int]:
    day, _, number = name.rpartition("-")
    return day, int(number)


def _counts(read: Mapping[str, Mapping[str, Any]], key: str) -> str:
    counts: dict[str, int] = {}
    for values in read.values():
        value = str(values.get(key, UNKNOWN))
        counts[value] = counts.get(value, 0) + 1
    return ", ".join(f"{inert(value)} {count}" for value, count in sorted(counts.items())) or "none"


def is_entry(path: str) -> bool:
    return path.startswith(REGISTER) and _ENTRY.fullmatch(path.removeprefix(REGISTER)) is not None
