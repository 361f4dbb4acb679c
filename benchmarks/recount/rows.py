"""Lines of the timeline, each held against the one line of the journal that it tells."""

import re
from collections.abc import Iterator
from typing import Any

from benchmarks.recount.lines import Line, Lines, at
from benchmarks.recount.words import cited, clock, length, moment, one_line, plain

_LENGTHS = ("took", "late", "down")
_LENGTH = re.compile(r"\+?(?:\d+ (?:d|h|min|s) ?)+")
NUMBER = re.compile(r"\d+(?:[.,:]\d+)*")
SILENT = {"deadline.planned", "deadline.dropped", "channels.known", "document.written",
          "state.hashed", "evidence.added", "task.spent"}  # fmt: skip
TASKS = {"task.requested", "task.finished", "task.engaged", "report.refused", "action.started",
         "question.opened", "runner.started", "action_item.tracked"}  # fmt: skip
"""Told where the review is comprehensive, and only there."""

OWED: dict[str, tuple[str, ...]] = {
    "incident.detected": (),
    "status.changed": ("status",),
    "severity.set": ("severity",),
    "impact.dated": (),
    "regression.judged": (),
    "cause.concluded": ("verdict",),
    "resolution.decided": (),
    "incident.acknowledged": (),
    "acknowledgement.lapsed": ("by",),
    "incident.engaged": (),
    "approval.requested": ("action",),
    "approval.granted": (),
    "approval.denied": ("why",),
    "approval.expired": (),
    "approval.voided": ("why",),
    "line.stopped": ("why",),
    "line.released": ("assessment",),
    "undo.requested": (),
    "exception.declared": ("why",),
    "message.sent": ("channel",),
    "message.due": ("why",),
    "command.refused": ("why",),
    "note.added": ("text",),
    "question.answered": ("text",),
    "deadline.fired": (),
    "deadline.missed": (),
    "deadline.met": (),
    "tier.escalated": (),
    "role.assigned": ("person",),
    "step.overridden": ("why",),
}
"""What no timeline may leave out, and the fields whose words its line must have."""


def check_rows(rows: list[str], j: Lines, comprehensive: bool) -> Iterator[str]:
    """What is wrong with the rows after those from before the detection."""
    waiting = [
        line
        for line in j.lines
        if line["type"] not in SILENT and (comprehensive or line["type"] not in TASKS)
    ]
    for row in rows:
        place = next((n for n, line in enumerate(waiting) if _tells(row, line)), None)
        if place is None:
            yield f"no line of the journal says this: {row}"
            continue
        for line in waiting[:place]:
            if line["type"] in OWED:
                yield f"left out: {line['seq']} {line['type']}"
        waiting = waiting[place + 1 :]
    for line in waiting:
        if line["type"] in OWED:
            yield f"left out: {line['seq']} {line['type']}"


def before_detection(j: Lines) -> list[tuple[str, str, tuple[str, ...]]]:
    """Moment, words and evidence of what came before anybody knew."""
    found: list[tuple[float, str, tuple[str, ...]]] = []
    verdict = j.report("regression/verdict")
    after = tuple(
        item
        for sign in verdict.get("indicators", [])
        if sign["name"] == "after-deployment"
        for item in sign["why"]["evidence"]
    )
    for deploy in verdict.get("deploys", []):
        ours = deploy["version"] in (verdict["bad_version"], verdict["good_version"])
        if ours and deploy["at"] < j.begun:
            text = f"{deploy['kind']} of {j.first['service']} {deploy['version'][:12]}"
            found.append((deploy["at"], text, after))
    dated = j.last("impact.dated")
    if dated and dated["data"]["started_at"]:
        evidence = tuple(dated["data"]["evidence"])
        found.append((dated["data"]["started_at"], "users first hit", evidence))
    ordered = sorted(found, key=lambda one: one[0])
    return [(moment(when), text, evidence) for when, text, evidence in ordered]


def cells(row: str) -> list[str]:
    return [cell.strip() for cell in re.split(r"(?<!\\)\|", row)[1:-1]]


def _tells(row: str, line: Line) -> bool:
    when, text, actor, note = cells(row)
    if when != moment(at(line)):
        return False
    note, evidence = cited(note)
    said = f"{plain(text)} {plain(note)} {plain(actor)}"
    if line["type"] == "status.changed" and line["data"]["status"] not in said:
        return False
    wanted = [one_line(str(line["data"][name])) for name in OWED.get(line["type"], ())]
    if not all(word in said for word in wanted):
        return False
    owed = line["data"].get("evidence")
    if owed is not None and line["type"] != "evidence.added":
        if evidence and evidence != tuple(dict.fromkeys(owed)):
            return False
    elif not set(evidence) <= set(_evidence(line["data"])):
        return False
    if line["type"] == "tier.escalated" and line["data"]["tier"] > 1:
        reason = line["data"]["reasons"][:1] or ["time is up"] * (line["data"]["by"] == "time")
        wanted = [f"tier {line['data']['tier']}", *map(one_line, reason)]
        if plain(text) != ": ".join(wanted):
            return False
    lengths = {length(line["data"][name]) for name in _LENGTHS if name in line["data"]}
    if _LENGTH.fullmatch(plain(note)) and plain(note).removeprefix("+") not in lengths:
        return False
    return set(NUMBER.findall(said)) <= _numbers(line)


def _evidence(data: Any) -> Iterator[str]:
    if isinstance(data, dict):
        for key, value in data.items():
            if "evidence" in key and isinstance(value, list):
                yield from (str(item) for item in value)
            yield from _evidence(value)
    elif isinstance(data, list):
        for value in data:
            yield from _evidence(value)


def _numbers(line: Line) -> set[str]:
    """Every number that a line can be told with: those in it, and what is counted from it."""
    data = line["data"]
    tier = re.fullmatch(r"tier(\d)", str(data.get("name", "")))
    if tier and line["type"].startswith("deadline."):
        return {tier[1] if line["type"] == "deadline.met" else str(int(tier[1]) - 1),
                *NUMBER.findall(length(data.get("took", data.get("late"))))}  # fmt: skip
    said = [*_texts(data), line["actor"]["name"]]
    for name in _LENGTHS:
        if name in data:
            said.append(length(data[name]))
    for name in ("due", "started_at", "expires"):
        if isinstance(data.get(name), (int, float)):
            said += [clock(data[name]), str(abs(int(at(line)) // 86400 - int(data[name]) // 86400))]
    if line["type"] == "resolution.decided":
        good = sum(1 for check in data["checks"] if check["state"] == "pass")
        said += [str(good), str(len(data["checks"]))]
    if line["type"] == "task.finished":
        said.append(str(len(data["dropped"])))
    return {found for text in said for found in NUMBER.findall(text)}


def _texts(data: Any) -> Iterator[str]:
    if isinstance(data, dict):
        for value in data.values():
            yield from _texts(value)
    elif isinstance(data, list):
        for value in data:
            yield from _texts(value)
    elif isinstance(data, str):
        yield one_line(data)
        yield " ".join(re.findall(r"\d+", data))
    elif isinstance(data, (int, float)) and not isinstance(data, bool):
        yield f"{data:g}"
