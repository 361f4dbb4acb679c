"""What an alert or a report says, filed as evidence where it speaks to agents.

Its words are in the journal's first line already. As an item of the ledger they are marked like any
log that tries to steer whoever reads it: in the timeline, in the list, with the lines it is about.
"""

from collections.abc import Iterator
from typing import Any

from orchestrator.agents.contract import Observation
from orchestrator.conductor.numbered import numbered
from orchestrator.conductor.opening import Reported
from orchestrator.evidence.instructions import instructions_in
from orchestrator.evidence.ledger import Ledger
from orchestrator.model.events import EvidenceAdded
from orchestrator.project import IncidentFolder


def marked(folder: IncidentFolder, reported: Reported) -> EvidenceAdded | None:
    """The stored text of a report that speaks to agents; None, and nothing stored, for others."""
    text = "\n".join(dict.fromkeys(_lines(reported))) + "\n"
    if not instructions_in(text):
        return None
    observation = Observation(
        kind="alert" if reported.alert else "report",
        source=reported.reporter or "whoever reported it",
        command="what was reported, as it was received",
        summary=reported.title,
        content=text,
        taint="outside",  # whoever sent it, nobody vouches for words like these
    )
    return numbered(observation, Ledger(folder).store(text), "")


def _lines(reported: Reported) -> Iterator[str]:
    """Each value on lines of its own, below its name: a detector looks at beginnings of lines."""
    yield from reported.title.splitlines()
    yield from reported.symptoms.splitlines()
    yield from _strings("alert", reported.alert)


def _strings(name: str, value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        for key, item in value.items():
            yield from _strings(f"{name}.{key}", item)
    elif isinstance(value, list):
        for number, item in enumerate(value):
            yield from _strings(f"{name}.{number}", item)
    elif isinstance(value, str) and value:
        yield f"{name}:"
        yield from value.splitlines()
