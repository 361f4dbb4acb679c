"""The timeline as a document tells it: each line with its actor, and what lies before it all."""

from collections.abc import Sequence
from dataclasses import dataclass

from orchestrator.model.events import Event, TaskFinished
from orchestrator.model.roles import ROLES
from orchestrator.model.state import State
from orchestrator.model.timeline import Row, row
from orchestrator.model.wording import work

ROLE_NAMES = {code: role for role, code in ROLES.items()}
"""Codes are for narrow screens; a document spells roles out."""

ACTORS = {"flow": "war room", "runner": "war room"}
"""Kinds of actor that are the machine itself."""


@dataclass(frozen=True, slots=True)
class Told:
    """One line of the document."""

    at: float
    text: str
    actor: str
    note: str
    evidence: tuple[str, ...]
    key: bool = True
    """false for the coming and going of work, which a review leaves out"""


def history(events: Sequence[Event]) -> list[Told]:
    """All lines but the arrival of evidence, which the document lists by itself."""
    told: list[Told] = []
    for event in events:
        line = row(event)
        if line is not None and line.kind != "evidence":
            told.append(_told(line, _actor(event)))
    return told


def before(state: State) -> list[Told]:
    """What happened before anybody knew: the deploys in question, and the first of the harm."""
    told: list[Told] = []
    verdict = state.told("regression/verdict")
    evidence = tuple(
        item
        for sign in verdict.get("indicators", ())
        if sign["name"] == "after-deployment"
        for item in sign["why"]["evidence"]
    )
    for deploy in verdict.get("deploys", ()):
        known = deploy["version"] in (verdict["bad_version"], verdict["good_version"])
        if known and deploy["at"] < state.detected_at:
            text = f"{deploy['kind']} of {state.service} {deploy['version'][:12]}"
            told.append(Told(float(deploy["at"]), text, str(deploy["by"]), "", evidence))
    if state.impact_started_at:
        told.append(
            Told(
                state.impact_started_at,
                "users first hit",
                "users",
                state.impact_how,
                state.impact_evidence,
            )
        )
    return sorted(told, key=lambda line: line.at)


def starred(state: State, events: Sequence[Event]) -> list[Told]:
    """The moments somebody marked as worth talking about, in the order they happened."""
    told = ((row(event), event) for event in events if event.id in state.stars)
    return [_told(line, _actor(event)) for line, event in told if line is not None]


def _actor(event: Event) -> str:
    """Who did it; finished work is its role's, whoever wrote that down."""
    if isinstance(event.data, TaskFinished):
        code = work(event.data.key).code
        return ROLE_NAMES.get(code, event.actor.name)
    return ACTORS.get(event.actor.kind, event.actor.name)


def _told(line: Row, name: str) -> Told:
    who = ROLE_NAMES.get(line.who, line.who)
    note = "" if line.evidence or who == name else who
    return Told(line.at, line.text, name, note, line.evidence, line.kind not in ("task", "record"))
