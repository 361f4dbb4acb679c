"""Service logs: JSON lines and plain ones, each traceback joined to the record it belongs to."""

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from orchestrator.evidence.hygiene import clean
from orchestrator.evidence.sources import packed, rotated
from orchestrator.evidence.sources.source import BYTES, TIMEOUT, SourceError, within
from orchestrator.evidence.sources.timestamps import leading, value

_TIMES = ("ts", "time", "timestamp", "@timestamp", "at", "asctime", "datetime", "t")
_LEVELS = ("level", "levelname", "severity", "lvl", "log.level")
_MESSAGES = ("message", "msg", "event", "text", "@message")
_TRACES = ("exc_info", "exception", "traceback", "stack", "stack_trace", "exc_text")
_PLAIN_LEVEL = re.compile(
    r"\b(DEBUG|INFO|NOTICE|WARN(?:ING)?|ERROR|CRITICAL|FATAL|PANIC|ALERT|EMERG)\b", re.IGNORECASE
)
_FRAME = re.compile(r'^\s*File "([^"]{1,400})", line (\d{1,7}), in (\S{1,200})')
_ERROR_LINE = re.compile(r"^((?:[A-Za-z_]\w*\.)*[A-Z]\w*(?:Error|Exception|Timeout|Warning|Exit|"
                         r"Interrupt|Failure|Exhausted|Refused)?)(?::\s?(.*))?$")  # fmt: skip
_LEVEL_NAMES = {"WARN": "WARNING", "FATAL": "CRITICAL", "PANIC": "CRITICAL", "ERR": "ERROR"}
_BAD = ("ERROR", "CRITICAL", "ALERT", "EMERG")
_FRAMES_KEPT, _EXTRA_KEPT = 60, 200


@dataclass(frozen=True, slots=True)
class Frame:
    """One level of a traceback, outermost first."""

    file: str
    line: int
    function: str


@dataclass(frozen=True, slots=True)
class Record:
    """One thing a program said, with all lines it took."""

    line: int
    """its first line in the content read, from 1"""
    at: float | None
    level: str
    location: str
    """where in the code it was logged, when the line prints that"""
    message: str
    frames: tuple[Frame, ...] = ()
    error: str = ""
    """type of the exception, without its module"""
    error_text: str = ""
    fields: dict[str, Any] = field(default_factory=dict)

    @property
    def bad(self) -> bool:
        return self.level in _BAD or bool(self.frames)


@dataclass(frozen=True, slots=True)
class LogReading:
    """One log file as read."""

    path: str
    content: str
    records: tuple[Record, ...]
    truncated: bool
    parts: tuple[str, ...] = ()
    """the files it was read from, oldest first: more than one when it was rotated meanwhile"""
    notes: tuple[str, ...] = ()
    """what could not be read of it, and why"""


async def read(
    path: Path,
    name: str,
    lines: int | None = 500,
    since: float | None = None,
    limit: int = BYTES,
    timeout: float = TIMEOUT,
    about: float | None = None,
) -> LogReading:
    """The last `lines` lines of a log, or what follows a moment. SourceError says why it is not.

    What was rotated away is read where the log itself does not reach back far enough. `about` is
    the moment that matters: of a log too large to be read whole, half of what is read follows it.

    `name` is how the log is cited, usually its path within the project. The content is already
    clean, so that line numbers stay what they are when it is stored.
    """

    def work() -> LogReading:
        if since is None:
            read = rotated.read_tail(path, lines, limit)
        else:
            read = rotated.read_range(path, since, about, _time_of, limit)
        content = clean(read.text)
        records = tuple(parse(content))
        return LogReading(name, content, records, read.truncated, read.parts, read.notes)

    try:
        older = await within(timeout, name, lambda: rotated.older(path))
        packs = any(part.suffix == ".gz" for part in older)
        return await within(max(timeout, packed.TIMEOUT) if packs else timeout, name, work)
    except SourceError as error:
        raise SourceError(str(error).replace(f"{path.name}:", f"{name}:", 1)) from None


def find(root: Path, patterns: Sequence[str]) -> list[Path]:
    """The log files that names and patterns of the settings mean, newest first.

    A file that was rotated away from another one found is part of that one, not a log of its own.
    """
    found: dict[Path, float] = {}
    for pattern in patterns:
        given = Path(pattern)
        base = Path(given.anchor) if given.is_absolute() else root
        relative = str(given.relative_to(given.anchor)) if given.is_absolute() else pattern
        paths = list(base.glob(relative)) if any(c in pattern for c in "*?[") else [base / relative]
        for path in paths:
            try:
                found[path] = path.stat().st_mtime
            except OSError:
                found[path] = 0.0
    return sorted(rotated.current(found), key=lambda path: (-found[path], str(path)))


def parse(content: str) -> list[Record]:
    """Records from lines. A line that begins nothing new belongs to the record before it."""
    records: list[Record] = []
    begun: Record | None = None
    extra: list[str] = []
    for number, line in enumerate(content.split("\n"), start=1):
        if not line.strip():
            continue
        record = _json_record(line, number) if line.lstrip()[:1] == "{" else None
        if record is None:
            record = _plain_record(line, number)
        if record is None and begun is not None:
            if len(extra) < _EXTRA_KEPT or not line[:1].isspace():
                extra.append(line)
            continue
        if begun is not None:
            records.append(_joined(begun, extra))
        extra = []
        # what stands before the first record of all (the end of a traceback, say) is one, too
        begun = record or Record(number, None, "", "", line.strip(), fields={"raw": line})
        if record is None:
            extra.append(line)
    if begun is not None:
        records.append(_joined(begun, extra))
    return records


def _joined(record: Record, extra: Sequence[str]) -> Record:
    lines = [*record.fields.get("traceback_lines", ()), *extra]
    if not lines:
        return record
    frames: list[Frame] = []
    error, text = record.error, record.error_text
    for line in lines:
        frame = _FRAME.match(line)
        if frame is not None:
            frames.append(Frame(frame.group(1), int(frame.group(2)), frame.group(3)))
        elif line[:1] not in (" ", "\t"):
            named = _ERROR_LINE.match(line.strip())
            if named is not None and named.group(1) != "Traceback":
                error, text = named.group(1).rpartition(".")[2], (named.group(2) or "").strip()
    fields = {k: v for k, v in record.fields.items() if k not in ("traceback_lines", "raw")}
    return Record(
        line=record.line,
        at=record.at,
        level=record.level or ("ERROR" if frames else ""),
        location=record.location,
        message=record.message,
        frames=tuple(frames[-_FRAMES_KEPT:]) or record.frames,
        error=error,
        error_text=text,
        fields=fields,
    )


def _json_record(line: str, number: int) -> Record | None:
    try:
        data = json.loads(line)
    except (ValueError, RecursionError):
        return None
    if not isinstance(data, dict):
        return None
    trace = _first(data, _TRACES)
    fields: dict[str, Any] = dict(data)
    if isinstance(trace, str) and "\n" in trace:
        fields["traceback_lines"] = trace.split("\n")
    error = data.get("error_type") or data.get("exc_type") or data.get("error") or ""
    error = error if isinstance(error, str) else ""
    named = _ERROR_LINE.match(error.strip()) if error else None
    return _joined(
        Record(
            line=number,
            at=value(_first(data, _TIMES)),
            level=level(str(_first(data, _LEVELS) or "")),
            location=_location(data),
            message=str(_first(data, _MESSAGES) or ""),
            error=named.group(1).rpartition(".")[2] if named is not None else "",
            error_text=(named.group(2) or "").strip() if named is not None else error[:300],
            fields=fields,
        ),
        (),
    )


def _plain_record(line: str, number: int) -> Record | None:
    at = leading(line)
    if at is None:
        return None
    found = _PLAIN_LEVEL.search(line[:120])
    word = level(found.group(1)) if found is not None else ""
    return Record(number, at, word, "", line.strip())


def level(word: str) -> str:
    """A level as one of the usual words in capitals."""
    upper = word.upper()
    return _LEVEL_NAMES.get(upper, upper)


def _location(data: dict[str, Any]) -> str:
    for file, line in (("file", "line"), ("pathname", "lineno"), ("filename", "lineno")):
        if isinstance(data.get(file), str) and data.get(line) is not None:
            return f"{Path(data[file]).name}:{data[line]}"
    for key in ("caller", "source", "location"):
        if isinstance(data.get(key), str):
            return str(data[key])
    return ""


def _first(data: dict[str, Any], keys: Sequence[str]) -> Any:
    return next((data[key] for key in keys if data.get(key) not in (None, "")), None)


def _time_of(line: str) -> float | None:
    if line.lstrip()[:1] != "{":
        return leading(line)
    record = _json_record(line, 0)
    return record.at if record is not None else None
