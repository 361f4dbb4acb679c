"""The handoff packet: what its reader needs, as things stood when the role was offered."""

from orchestrator.documents.render import read_in, render
from orchestrator.model import events as ev
from orchestrator.model.events import Actor, Event
from orchestrator.model.fold import fold_all
from orchestrator.model.state import State
from tests.unit.incident_evidence import T0
from tests.unit.incident_others import trouble_story
from tests.unit.incident_story import WAITING, leak_story, story

KIM = Actor("human", "a.kim")
PATH = "communications/handoff-1.md"


def handed(events: list[Event]) -> list[Event]:
    """The incident so far, and a.kim offers its command."""
    offer = ev.HandoffOffered(
        1, "commander", "a.kim", "j.ortiz", "a.kim", T0 + WAITING + 900, "end of shift"
    )
    last = events[-1]
    return [*events, Event(last.seq + 1, "handoff/1", last.at, KIM, offer)]


def text(events: list[Event], path: str = PATH) -> str:
    return render(path, fold_all(State(), events), events)


def test_it_says_who_hands_what_to_whom_and_that_nothing_changes_until_then() -> None:
    packet = text(handed(leak_story(WAITING)))
    assert "> **commander**: a.kim offers it to j.ortiz: end of shift." in packet
    assert "Nothing changes until j.ortiz accepts it, before" in packet


def test_it_has_the_state_the_hypotheses_what_waits_and_who_knows_what() -> None:
    packet = text(handed(leak_story(WAITING)))
    assert "- **Severity**: P0" in packet
    assert "- **Regression**: CONFIRMED, introduced by" in packet
    assert "roll orders back to 4d81f0a (risk medium), until" in packet
    assert "- resolve: " in packet
    assert "owed by a.kim" in packet
    assert "- **a.kim** (UNKNOWN): on call, commander" in packet
    assert "- **affected users**:" in packet


def test_what_happens_later_does_not_change_it() -> None:
    before = text(handed(leak_story(WAITING)))
    told = handed(leak_story(WAITING))
    later = Event(told[-1].seq + 1, "note/9", told[-1].at + 60, KIM, ev.NoteAdded("later on"))
    assert text([*told, later]) == before
    assert "later on" in read_in(fold_all(State(), [*told, later]), [*told, later])


def test_a_read_in_is_the_same_without_an_offer() -> None:
    events = story()
    told = read_in(fold_all(State(), events), events)
    assert told.startswith("# Read-in: INC-2031")
    assert "offers it" not in told
    assert "- H1 confirmed:" in told or "- H1 supported:" in told
    assert "roll orders back to 4d81f0a: done at" in told


def test_a_line_that_stands_and_a_person_who_is_away_are_in_it() -> None:
    events = [event for event in trouble_story() if event.at < T0 + 2399]
    told = read_in(fold_all(State(), events), events)
    assert "**The line is stopped**: the rollback failed" in told
    assert "- **m.sato** is unavailable: on a plane" in told


def test_an_incident_in_which_nothing_happened_yet_has_one_too() -> None:
    events = leak_story(0.0)
    told = read_in(fold_all(State(), events), events)
    assert "Not concluded yet." in told
    assert "None was carried out." in told
