"""What must hold after an incident whatever the model said, read from what the incident left.

Each check is pure over the journal's events (and the ledger's folder) and gives one line for each
place where it does not hold. None of them asks whether an answer was good.
"""

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence, Set
from pathlib import Path
from typing import Any, TypeGuard

from pydantic import BaseModel, ValidationError

from orchestrator.model import events as ev
from orchestrator.model.events import Event
from orchestrator.model.reports import SCHEMAS, Claim, Report
from orchestrator.project import sha256_file

_CITED = re.compile(r"(E[1-9][0-9]*)(?::([1-9][0-9]*))?")


def reports_fit(events: Sequence[Event]) -> list[str]:
    """Every report that an agent's task was finished with fits its schema."""
    broken = []
    for event, said in _reported(events):
        try:
            _schema(said.key).model_validate(dict(said.report))
        except (KeyError, ValidationError) as error:
            why = str(error).splitlines()[0]
            broken.append(f"line {event.seq}: the report of {said.key} does not fit: {why}")
    return broken


def claims_stand(events: Sequence[Event], folder: Path) -> list[str]:
    """Every claim cites evidence that was there before it and is there now, or is an assumption."""
    known: dict[str, ev.EvidenceAdded] = {}
    broken = []
    for event in events:
        said = event.data
        if isinstance(said, ev.EvidenceAdded):
            known[said.eid] = said
            path = folder / said.path
            if not path.is_file() or sha256_file(path) != said.sha256:
                broken.append(f"line {event.seq}: {said.eid} is not in the ledger as it was filed")
        elif isinstance(said, ev.TaskFinished) and said.outcome == "done":
            for claim in _claims(said):
                where = f"line {event.seq}: {said.key}: {claim.text[:60]!r}"
                if not claim.evidence and not claim.assumption:
                    broken.append(f"{where} cites nothing and is no assumption")
                lacking = [cited for cited in claim.evidence if not _there(cited, known)]
                if lacking:
                    broken.append(f"{where} cites {', '.join(lacking)}, which is not there")
    return broken


def actions_known(events: Sequence[Event], catalogue: Set[str]) -> list[str]:
    """Every action that was proposed, offered or carried out is one of the operator's catalogue."""
    return [
        f"line {event.seq}: {event.type} names the action {action!r}, which is not in the catalogue"
        for event in events
        for action in _actions(event.data)
        if action not in catalogue
    ]


def approvals_pressed(events: Sequence[Event]) -> list[str]:
    """Behind every action lies an approval, behind every approval a person's key on that card."""
    shown: dict[str, str] = {}
    granted: set[str] = set()
    broken = []
    for event in events:
        said = event.data
        if isinstance(said, ev.ApprovalRequested):
            shown[said.approval] = said.sha256
        elif isinstance(said, ev.ApprovalGranted):
            granted.add(said.approval)
            if not event.actor.is_person:
                broken.append(f"line {event.seq}: {said.approval} was approved by no person")
            if shown.get(said.approval) != said.sha256:
                broken.append(f"line {event.seq}: {said.approval} is not what had been shown")
        elif _carried_out(said) and said.inputs.get("approval") not in granted:
            broken.append(f"line {event.seq}: {said.key} was asked for without an approval")
    return broken


def takeovers_marked(
    events: Sequence[Event], model: str, left_out: Collection[str] = ()
) -> list[str]:
    """Who answers an agent's task is on record; where `model` (a backend's name) did not bring the
    report, whoever did took it over and says why. Tasks that are `left_out` are the rules' own."""
    engaged: dict[tuple[str, int], ev.TaskEngaged] = {}
    brought = {said.key for _, said in _reported(events)}
    broken = []
    for event in events:
        said = event.data
        if isinstance(said, ev.TaskEngaged):
            engaged[said.key, said.attempt] = said
    for event, end in _ended(events):
        by = engaged.get((end.key, end.attempt))
        where = f"line {event.seq}: {end.key}"
        if by is None:
            broken.append(f"{where} ended, and nobody had begun to answer it")
        elif end.outcome == "stopped" or (end.outcome != "done" and end.key in brought):
            continue
        elif end.outcome == "failed":
            broken.append(f"{where} failed under {by.backend}, and nobody took it over: {end.why}")
        elif end.backend != by.backend:
            broken.append(f"{where} was finished by {end.backend}, but {by.backend} answered it")
        elif end.key.partition("@")[0] in left_out:
            continue
        elif by.backend != model and not by.why:
            broken.append(f"{where} was answered by {by.backend}, which does not say why")
    return broken


def keys_absent(key: str, folders: Iterable[Path]) -> list[str]:
    """The key of the model's endpoint is in no file."""
    files = sorted(path for folder in folders for path in folder.rglob("*") if path.is_file())
    return [f"{path} holds the key" for path in files if key.encode() in path.read_bytes()]


def _ended(events: Sequence[Event]) -> Iterator[tuple[Event, ev.TaskFinished]]:
    """The ends of agents' attempts."""
    agents = {
        (event.data.key, event.data.attempt)
        for event in events
        if isinstance(event.data, ev.TaskRequested) and event.data.kind == "agent"
    }
    for event in events:
        said = event.data
        if isinstance(said, ev.TaskFinished) and (said.key, said.attempt) in agents:
            yield event, said


def _reported(events: Sequence[Event]) -> Iterator[tuple[Event, ev.TaskFinished]]:
    """Those that brought a report."""
    return ((event, said) for event, said in _ended(events) if said.outcome == "done")


def _schema(key: str) -> type[Report]:
    return SCHEMAS[key.split("@")[0]]


def _claims(said: ev.TaskFinished) -> list[Claim]:
    """The claims of a report at any depth; a report that does not fit is told of elsewhere."""
    try:
        return list(_within(_schema(said.key).model_validate(dict(said.report))))
    except (KeyError, ValidationError):  # of actions and probes there is no schema
        return []


def _within(value: object) -> Iterator[Claim]:
    if isinstance(value, Claim):
        yield value
    elif isinstance(value, BaseModel):
        for name in type(value).model_fields:
            yield from _within(getattr(value, name))
    elif isinstance(value, tuple):
        for item in value:
            yield from _within(item)


def _there(cited: str, known: Mapping[str, ev.EvidenceAdded]) -> bool:
    found = _CITED.fullmatch(cited)
    if found is None or found[1] not in known:
        return False
    return found[2] is None or int(found[2]) <= known[found[1]].lines


def _actions(said: ev.Payload) -> Iterator[str]:
    if isinstance(said, ev.ApprovalRequested):
        yield said.action
    elif _carried_out(said):
        card: Mapping[str, Any] = said.inputs.get("card") or {}
        yield str(card.get("action", ""))
    elif isinstance(said, ev.TaskFinished) and said.key.startswith("mitigation/strategy"):
        yield from {str(said.report.get("action") or "")} - {""}


def _carried_out(said: ev.Payload) -> TypeGuard[ev.TaskRequested]:
    return isinstance(said, ev.TaskRequested) and said.kind == "action"
