"""Which documents are due. How they reach the disk is told in `edits`."""

import logging
from collections.abc import Callable, Iterator, Sequence

from orchestrator.documents.catalogue import SUMMARY, catalogue, is_regression
from orchestrator.documents.edits import (
    Rendered,
    Written,
    behind,
    digest,
    merge_into,
    proposal,
    store,
    where,
)
from orchestrator.documents.register import is_entry, reserve, shelf, summary
from orchestrator.documents.render import DocumentError, render
from orchestrator.model.events import Event
from orchestrator.model.state import State
from orchestrator.project import IncidentFolder

__all__ = [
    "Rendered",
    "Written",
    "current",
    "drafts",
    "due",
    "merge_into",
    "proposal",
    "store",
    "where",
]

Failed = Callable[[DocumentError], None]


def _log(error: DocumentError) -> None:
    logging.getLogger(__name__).error("%s", error)


def current(
    state: State, events: Sequence[Event], failed: Failed = _log, register: str = ""
) -> Iterator[Rendered]:
    """Every document that can be written now; one whose template fails is told to `failed`."""
    for document in catalogue(state, register):
        if not document.ready(state):
            continue
        try:
            text = render(document.path, state, events)
        except DocumentError as error:
            failed(error)
        else:
            yield Rendered(document.path, text, digest(text))


def drafts(state: State, events: Sequence[Event], failed: Failed = _log) -> list[Rendered]:
    """Documents that differ from what was journalled last."""
    return [made for made in current(state, events, failed) if _changed(state, made)]


def due(
    state: State, events: Sequence[Event], folder: IncidentFolder, failed: Failed = _log
) -> list[Rendered]:
    """What `merge_into` has to bring to the disk: changed, lost, or waiting for a merge.

    Takes the incident's number in the project's register when it has none yet.
    """
    register = reserve(folder, state) if is_regression(state) else ""
    made = list(current(state, events, failed, register))
    return [one for one in _summed_up(made, folder) if behind(folder, state, one)]


def _summed_up(made: Sequence[Rendered], folder: IncidentFolder) -> Iterator[Rendered]:
    """The register's page from all entries on the shelf, with this incident's own as it is now."""
    own = {one.path.rsplit("/", 1)[-1]: one.text for one in made if is_entry(one.path)}
    for one in made:
        if one.path == SUMMARY:
            text = summary({**shelf(folder), **own})
            yield Rendered(SUMMARY, text, digest(text))
        else:
            yield one


def _changed(state: State, made: Rendered) -> bool:
    known = state.documents.get(made.path)
    return known is None or known.sha256 != made.sha256
