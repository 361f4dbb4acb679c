"""Which documents are due, and how they reach the disk: whole, 0600, never half of one."""

import hashlib
import logging
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from orchestrator.documents.catalogue import CATALOGUE
from orchestrator.documents.render import DocumentError, render
from orchestrator.model.events import Event
from orchestrator.model.state import State
from orchestrator.project import IncidentFolder, write_private

Failed = Callable[[DocumentError], None]


@dataclass(frozen=True, slots=True)
class Rendered:
    """A document as it should now be."""

    path: str
    """relative to the incident's folder"""
    text: str
    sha256: str


def _log(error: DocumentError) -> None:
    logging.getLogger(__name__).error("%s", error)


def current(state: State, events: Sequence[Event], failed: Failed = _log) -> Iterator[Rendered]:
    """Every document that can be written now; one whose template fails is told to `failed`."""
    for document in CATALOGUE:
        if not document.ready(state):
            continue
        try:
            text = render(document.path, state, events)
        except DocumentError as error:
            failed(error)
        else:
            yield Rendered(document.path, text, hashlib.sha256(text.encode()).hexdigest())


def drafts(state: State, events: Sequence[Event], failed: Failed = _log) -> list[Rendered]:
    """Documents that differ from what was journalled last."""
    return [made for made in current(state, events, failed) if _changed(state, made)]


def due(
    state: State, events: Sequence[Event], folder: IncidentFolder, failed: Failed = _log
) -> list[Rendered]:
    """`drafts`, and those that are as journalled but are no longer on the disk."""
    return [
        made
        for made in current(state, events, failed)
        if _changed(state, made) or not (folder.path / made.path).exists()
    ]


def store(folder: IncidentFolder, rendered: Rendered) -> None:
    """Write one document in one step, readable by its owner only. OSError when it cannot be."""
    write_private(folder.path / rendered.path, rendered.text)


def _changed(state: State, made: Rendered) -> bool:
    known = state.documents.get(made.path)
    return known is None or known.sha256 != made.sha256
