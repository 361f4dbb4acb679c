"""What an agent said and did while it worked: timed lines beside the journal.

A line is `{t, attempt, kind, text}` with `t` in seconds since the epoch. Kinds: `say` (running
text, may end mid-word), `note` (the same of a model at work: nobody has checked it), `call` (a
command about to be run), `out` (its output), `evidence` (an id and its summary), `warn`, `end`. The
journal records the file's hash when the task ends.
"""

import contextlib
import json
import os
from dataclasses import dataclass
from pathlib import Path

from orchestrator.clock import Clock

RUNNING = ("say", "note")
"""Kinds that are running text."""

FLUSH_SECONDS = 0.1
"""Text is gathered for this long before it is written: readers look at most this often."""


@dataclass(frozen=True, slots=True)
class Line:
    """One piece of a transcript."""

    t: float
    attempt: int
    kind: str
    text: str


class TranscriptWriter:
    """Appends lines of one attempt; running text of a kind is joined until the next flush."""

    def __init__(self, path: Path, attempt: int, clock: Clock) -> None:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        self._attempt = attempt
        self._clock = clock
        self._held: list[str] = []
        self._kind = "say"
        self._since = 0.0

    def say(self, text: str) -> None:
        """Running text: gathered, and written at the latest with the next other line."""
        self._gather("say", text)

    def note(self, text: str) -> None:
        """Running text that nobody has checked; gathered in the same way."""
        self._gather("note", text)

    def _gather(self, kind: str, text: str) -> None:
        if kind != self._kind:
            self.flush()
            self._kind = kind
        now = self._clock.now()
        if not self._held:
            self._since = now
        self._held.append(text)
        if now - self._since >= FLUSH_SECONDS:
            self.flush()

    def line(self, kind: str, text: str) -> None:
        """A line of its own: a call, its output, an evidence id, a warning."""
        self.flush()
        self._write(kind, text)

    def flush(self) -> None:
        if self._held:
            text = "".join(self._held)
            self._held.clear()
            self._write(self._kind, text)

    def close(self) -> None:
        self.flush()
        os.close(self._descriptor)

    def _write(self, kind: str, text: str) -> None:
        body = {"t": self._clock.now(), "attempt": self._attempt, "kind": kind, "text": text}
        # a full disk costs text, which no decision rests on; it must not cost the work itself
        with contextlib.suppress(OSError):
            os.write(self._descriptor, (json.dumps(body, ensure_ascii=False) + "\n").encode())


class TranscriptTail:
    """New lines of a transcript since the last look; a torn or foreign line is skipped."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._offset = 0

    def read(self) -> list[Line]:
        try:
            with self.path.open("rb") as file:
                file.seek(self._offset)
                fresh = file.read()
        except FileNotFoundError:
            return []
        complete = fresh[: fresh.rfind(b"\n") + 1]
        self._offset += len(complete)
        return [line for raw in complete.splitlines() if (line := _line(raw)) is not None]


def read_transcript(path: Path) -> list[Line]:
    """Every whole line of a transcript."""
    return TranscriptTail(path).read()


def _line(raw: bytes) -> Line | None:
    try:
        body = json.loads(raw)
        return Line(float(body["t"]), int(body["attempt"]), str(body["kind"]), str(body["text"]))
    except (ValueError, KeyError, TypeError):
        return None
