"""Lines of one log as a bounded stream of what was said: when, by whom, how bad, in which words.

JSON lines and plain ones, in any mix. A traceback belongs to the line before it. Nothing is held
but the record that is being joined.
"""

import json
import re
from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

from orchestrator.evidence.hygiene import clean
from orchestrator.evidence.sources import timestamps
from orchestrator.evidence.sources.stamps import Stamps

TIMES = ("timestamp", "ts", "time", "@timestamp", "at", "asctime", "datetime", "t")
SERVICES = ("service", "service.name", "service_name", "app", "container")
LEVELS = ("severity", "level", "levelname", "lvl", "log.level")
MESSAGES = ("message", "msg", "event", "text", "@message", "body", "log", "req")
ERRORS = ("exc", "error", "exception", "error_type", "err")

JOINED = 8_000
"""Characters of one record at most; what follows of a traceback is left out."""

_KEY_LINES = 400
"""Lines; no private key is longer. Its lines are joined, so that it is seen and hidden as one."""

_BETWEEN = " \t])|,;-"
"""What stands between a time and what is said."""

_LEVEL = re.compile(
    r"(?i)\b(DEBUG|INFO|NOTICE|WARN(?:ING)?|ERROR|CRITICAL|FATAL|PANIC|ALERT|EMERG|SEVERE)\b"
)


_DECODE = json.JSONDecoder().decode


class Said(NamedTuple):
    """One thing said, with all lines it took; secrets are still in it."""

    at: float | None
    service: str
    severity: str
    text: str
    line: int
    """its first line, from 1"""


class Fields:
    """The names by which one stream calls one thing: what it used last is looked for first."""

    def __init__(self, names: tuple[str, ...]) -> None:
        self._names, self._any = names, frozenset(names)
        self._last = names[0]

    def of(self, record: dict[str, Any]) -> Any:
        """The value, None where there is none."""
        found = record.get(self._last)
        if found is not None and found != "":
            return found
        if self._any.isdisjoint(record):
            return None
        for name in self._names:
            found = record.get(name)
            if found is not None and found != "":
                self._last = name
                return found
        return None


class Stream:
    """Reads one log. `service` is whose it is where its lines do not say."""

    def __init__(self, service: str = "", written_at: float | None = None) -> None:
        self._service = service
        self._stamps = Stamps(written_at)
        self._times, self._services, self._levels = Fields(TIMES), Fields(SERVICES), Fields(LEVELS)
        self._messages, self._errors = Fields(MESSAGES), Fields(ERRORS)

    def read(self, lines: Iterable[str]) -> Iterator[Said]:
        """What the lines say, in their order; each record as soon as the next one begins."""
        pending: Said | None = None
        extra: list[str] = []
        size = key = 0
        for number, line in enumerate(lines, start=1):
            if not line or line.isspace():
                continue
            said = None
            within = key > 0
            if within:
                key = 0 if "-----END" in line else key - 1
            else:
                said = self._said(line, number)
                if "PRIVATE KEY" in line and "-----END" not in line:
                    key = _KEY_LINES
            if (
                said is None
                and pending is not None
                and (within or pending.at is not None or _goes_on(line))
            ):
                if size < JOINED:
                    extra.append(line)
                    size += len(line)
                continue
            if pending is not None:
                yield _joined(pending, extra)
                extra, size = [], 0
            pending = said or Said(None, self._service, "", line.strip(), number)
        if pending is not None:
            yield _joined(pending, extra)

    def _said(self, line: str, number: int) -> Said | None:
        if line[0] == "{" or line.lstrip()[:1] == "{":
            try:
                record = _DECODE(line)
            except (ValueError, RecursionError):
                record = None
            if isinstance(record, dict):
                return self._of_record(record, number)
        if "\x1b" in line:
            line = clean(line)
        at = self._stamps.of(line)
        if at is None:
            return None
        level = _LEVEL.search(line, 0, 120)
        said = line[self._stamps.end :].lstrip(_BETWEEN)
        return Said(at, self._service, level.group(1) if level is not None else "", said, number)

    def _of_record(self, record: dict[str, Any], number: int) -> Said:
        given = self._times.of(record)
        at = self._stamps.of(given) if isinstance(given, str) else timestamps.value(given)
        service = self._services.of(record)
        severity = self._levels.of(record)
        message = self._messages.of(record)
        text = message if isinstance(message, str) else "" if message is None else str(message)
        error = self._errors.of(record)
        if isinstance(error, str) and error not in text:
            text = f"{text}: {error[:300]}"
        return Said(
            at,
            service if isinstance(service, str) else self._service,
            severity if isinstance(severity, str) else "",
            text,
            number,
        )


def _goes_on(line: str) -> bool:
    """Whether a line is a part of the one before, where no line says a time."""
    return line[0].isspace() or line.startswith(("Traceback ", "Caused by", "}", "]", "-----"))


def _joined(said: Said, extra: list[str]) -> Said:
    return said._replace(text="\n".join((said.text, *extra))) if extra else said
