"""What must hold of every generated history, read from its journal and from what really ran.

Written against the events alone: no fold, no check of the flow's is used to judge the flow.
"""

from collections import Counter
from typing import Protocol

from orchestrator.actions.card import digest
from orchestrator.model import events as ev
from orchestrator.model.events import Event
from tests.flow.approval_world import Ran, World


class Told(Protocol):
    """What a history leaves behind."""

    journal: list[Event]
    world: World
    sworn_off: dict[str, int]
    """approvals of which the executor said that nothing will run, and how much had run by then"""


def audit(seed: int, history: Told) -> Counter[str]:
    """AssertionError names the seed; else what the history had of everything."""
    counted: Counter[str] = Counter(histories=1)
    for ran in history.world.ran:
        why = _wrong(ran, history.journal)
        assert not why, f"seed {seed}: {ran.approval} ran {' '.join(ran.argv)}: {why}"
        counted["ran"] += 1
        counted["ran by two persons"] += _persons_needed(ran, history.journal) > 1
    for approval, had_run in history.sworn_off.items():
        later = [ran.approval for ran in history.world.ran[had_run:]]
        assert approval not in later, f"seed {seed}: {approval} ran after it was given up"
    often = Counter(ran.approval for ran in history.world.ran)
    assert max(often.values(), default=1) == 1, f"seed {seed}: ran twice: {often}"
    broken = [event.data for event in history.journal if isinstance(event.data, ev.FlowFailed)]
    assert not broken, f"seed {seed}: {broken[0]}"
    for event in history.journal:
        if event.type.startswith("approval.") or event.type == "command.refused":
            counted[event.type] += 1
    return counted


def _wrong(ran: Ran, journal: list[Event]) -> str:
    """Why it should not have run, by the journal as it was on the disk when it did."""
    before = journal[: ran.events]
    mine = [event for event in before if getattr(event.data, "approval", "") == ran.approval]
    offers = [event.data for event in mine if isinstance(event.data, ev.ApprovalRequested)]
    grants = [event for event in mine if isinstance(event.data, ev.ApprovalGranted)]
    if not offers or not grants:
        return "nobody had approved it"
    offer, grant = offers[0], grants[0]
    against = (ev.ApprovalDenied, ev.ApprovalExpired, ev.ApprovalVoided)
    if any(isinstance(event.data, against) for event in mine):
        return "it was denied, expired or voided"
    if not ran.sha256 == offer.sha256 == digest(offer.card):
        return "it is not the card that was offered"
    if isinstance(grant.data, ev.ApprovalGranted) and grant.data.sha256 != ran.sha256:
        return "it is not the card that was approved"
    if list(ran.argv) != list(offer.card["argv"]):
        return "its arguments are not those of the card"
    if max([ran.at, *(event.at for event in before)]) > offer.expires:
        return "its time had run out"
    if ran.before != offer.card["pre_state"]:
        return f"the target was {ran.before}, not {offer.card['pre_state']} as approved"
    if ran.offered_as != offer.card["catalogue"]:
        return "the catalogue had been edited"
    if _in_force(before, ev.LineStopped, ev.LineReleased):
        return "the line was stopped"
    if _in_force(before, ev.FreezeDeclared, ev.FreezeLifted):
        return "changes were frozen"
    return _too_few(mine, offer, before)


def _too_few(mine: list[Event], offer: ev.ApprovalRequested, before: list[Event]) -> str:
    said = [e for e in mine if isinstance(e.data, ev.ApprovalGranted | ev.ApprovalEndorsed)]
    wanted = _wanted(offer, before)
    names = {event.actor.name for event in said}
    credentials = {event.actor.credential for event in said}
    if wanted > 1 and min(len(names), len(credentials)) < wanted:
        return f"{wanted} persons were needed: {sorted(names)} with {sorted(credentials)}"
    return ""


def _persons_needed(ran: Ran, journal: list[Event]) -> int:
    offers = [e.data for e in journal if isinstance(e.data, ev.ApprovalRequested)]
    return next(_wanted(one, journal) for one in offers if one.approval == ran.approval)


def _wanted(offer: ev.ApprovalRequested, journal: list[Event]) -> int:
    detected = next(e.data for e in journal if isinstance(e.data, ev.IncidentDetected))
    both = detected.policy["two_person_destructive"] and offer.risk == "destructive"
    return max(int(offer.card.get("approvers", 1)), 2 if both else 1)


def _in_force(journal: list[Event], on: type[ev.Payload], off: type[ev.Payload]) -> bool:
    switches = [event.data for event in journal if isinstance(event.data, on | off)]
    return bool(switches) and isinstance(switches[-1], on)
