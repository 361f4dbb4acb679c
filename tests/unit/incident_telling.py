"""How an incident is told for tests: facts in any order, sorted and numbered at the end."""

import hashlib
from typing import Any

from orchestrator.model import events as ev
from orchestrator.model.events import FLOW, Actor, Event, Payload
from tests.unit.incident_reports import REPORTS
from tests.unit.incident_transcripts import SAID, transcript


class Telling:
    """Collects facts with their times; `events()` puts them in order and numbers them."""

    def __init__(self, begin: float) -> None:
        self.begin = begin
        self._facts: list[tuple[float, str, Payload, Actor]] = []
        self._revisions: dict[str, int] = {}

    def say(self, after: float, name: str, data: Payload, actor: Actor = FLOW) -> None:
        """One fact, `after` seconds from the beginning."""
        self._facts.append((round(self.begin + after, 3), name, data, actor))

    def events(self) -> list[Event]:
        """Everything told, in the order of time; equal times keep the order of telling."""
        ordered = sorted(self._facts, key=lambda fact: fact[0])
        return [
            Event(seq, name, at, actor, data)
            for seq, (at, name, data, actor) in enumerate(ordered, start=1)
        ]

    def work(
        self,
        key: str,
        role: str,
        title: str,
        begun: float,
        ended: float | None,
        *,
        kind: str = "agent",
        attempt: int = 1,
        outcome: str = "done",
        report: dict[str, Any] | None = None,
        inputs: dict[str, Any] | None = None,
        why: str = "",
        dropped: tuple[str, ...] = (),
    ) -> None:
        """A task from its request to its end; without an end it is still running."""
        step = key.split("/")[0]
        asked = ev.TaskRequested(key, attempt, kind, role, title, step, inputs or {})
        self.say(begun, f"{key}#{attempt}/requested", asked)
        if ended is None:
            return
        body = report if report is not None else REPORTS.get(key.split("@")[0], {})
        wrote = outcome == "done" and f"{key}#{attempt}" in SAID
        ended_fact = ev.TaskFinished(
            key=key,
            attempt=attempt,
            outcome=outcome,
            report=body if outcome == "done" else {},
            backend="rules" if kind == "agent" else "",
            why=why,
            transcript=f"transcripts/{key.replace('/', '-')}.ndjson" if wrote else "",
            transcript_sha256=hashlib.sha256(transcript(key, attempt).encode()).hexdigest()
            if wrote
            else "",
            dropped=dropped,
        )
        self.say(ended, f"{key}#{attempt}/finished", ended_fact, Actor("agent", role))

    def plan(
        self, name: str, at: float, seconds: float, *, kind: str = "promise", start: float = 0.0
    ) -> None:
        """A deadline planned, or planned again with a new time."""
        rev = self._revisions[name] = self._revisions.get(name, 0) + 1
        begin = self.begin + start
        fact = ev.DeadlinePlanned(name, kind, begin, begin + seconds, rev, "P0")
        self.say(at, f"deadline/{name}/plan/{rev}", fact)

    def met(self, name: str, at: float, took: float) -> None:
        """A promise kept."""
        rev = self._revisions[name]
        self.say(at, f"deadline/{name}/met/{rev}", ev.DeadlineMet(name, took))

    def drop(self, name: str, at: float, why: str) -> None:
        """A deadline that no longer applies."""
        rev = self._revisions[name]
        self.say(at, f"deadline/{name}/dropped/{rev}", ev.DeadlineDropped(name, why))
