"""Waking one person: a page goes out at least once, and what became of it is on the disk.

The intent is written before, the outcome after. After a kill between the two nobody knows whether
the page went out, so it goes out again: two pages are better than none, and the report says so.
"""

import asyncio
import json
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from orchestrator.evidence.redaction import redact
from orchestrator.model.records import Task
from orchestrator.model.state import State
from orchestrator.project import write_private
from orchestrator.settings import Settings

TIMEOUT = 20.0
"""Seconds a page may take before it counts as not delivered."""


class Pager(Protocol):
    """The seam to whatever wakes a person."""

    async def send(self, address: str, title: str, body: str) -> str:
        """Why it did not go out; empty when it did."""


class Apprise:
    """Pages over any service that apprise knows, by its address."""

    async def send(self, address: str, title: str, body: str) -> str:
        return await asyncio.to_thread(self._send, address, title, body)

    def _send(self, address: str, title: str, body: str) -> str:
        import apprise  # 0.4 s that only a page needs

        out = apprise.Apprise()
        if not out.add(address):
            return "its address is none that apprise knows"
        sent = out.notify(title=title, body=body)
        return "" if sent else "the service did not take it"


@dataclass(frozen=True, slots=True)
class Page:
    """One page, and where its traces go."""

    folder: Path
    person: str
    title: str
    body: str
    key: str

    @classmethod
    def of(cls, state: State, task: Task, folder: Path) -> "Page":
        """What somebody reads who has just been woken: how bad, what, and what to do now."""
        severity = state.severity or "severity not known yet"
        title = f"{severity} {state.incident}: {state.title}"
        number, asked = task.inputs["number"], task.inputs["asked"]
        drill = "This is a drill. " if state.drill else ""
        body = (
            f"{drill}Page {number} to {task.inputs['person']}. {state.service or state.symptoms}\n"
            f"Please {asked}: warroom open {state.incident}, or warroom ack {state.incident}"
        )
        return cls(folder, str(task.inputs["person"]), title, body, f"{state.incident}/{task.key}")


async def page(what: Page, settings: Settings, pager: Pager) -> dict[str, Any]:
    """Send it, or take what an earlier runner found: `{"delivered", "why", "repeated"}`."""
    what.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    outcome, intent = what.folder / "outcome.json", what.folder / "intent.json"
    if outcome.exists():
        found: dict[str, Any] = json.loads(outcome.read_text())
        return found
    repeated = intent.exists()
    body = {"key": what.key, "person": what.person, "title": what.title}
    await asyncio.to_thread(write_private, intent, json.dumps(body))
    why = await _sent(what, settings, pager)
    again = "it was sent again: whether it went out before is not known" if repeated else ""
    report = {"delivered": not why, "why": why or again, "repeated": repeated}
    await asyncio.to_thread(write_private, outcome, json.dumps(report))
    return report


async def _sent(what: Page, settings: Settings, pager: Pager) -> str:
    address = address_of(settings, what.person)
    if not address:
        return "no page address is set"
    try:
        async with asyncio.timeout(TIMEOUT):
            return await pager.send(address, what.title, what.body)
    except TimeoutError:
        return f"no answer within {TIMEOUT:g} s"
    except Exception as error:  # whatever a service does, somebody has to be called
        return redact(" ".join(f"{type(error).__name__}: {error}".split())[:200])[0]


def address_of(settings: Settings, person: str) -> str:
    """Where somebody is paged; the settings may name an environment variable that holds it."""
    known = settings.person(person)
    said = known.page.get_secret_value().strip() if known is not None else ""
    return said if "://" in said else os.environ.get(said, "") if said else ""
