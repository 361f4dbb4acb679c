"""Each exception path, run from a journal: its facts, its texts, what it blocks, what it offers."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest

from orchestrator.documents.render import render
from orchestrator.model import events as ev
from orchestrator.model.fold import fold_all
from orchestrator.model.messages import EXECUTIVE, MANAGEMENT, STATUS_PAGE
from orchestrator.model.policy import HOUR
from orchestrator.model.state import State
from orchestrator.model.wording import EXCEPTIONS
from tests.flow.crew import refusal
from tests.flow.simulate import PEOPLE, SHA, T0, War
from tests.unit.incident_reports import REPORTS
from tui.choices import Choice, escalations, halts, majors

COVERED = (*PEOPLE, {"name": "s.arch", "roles": ["architect"]})


@dataclass(frozen=True)
class Path:
    """One path: how it begins, and what has to follow."""

    name: str
    begin: Callable[[], War]
    due: tuple[str, ...] = ()
    """texts that have to go out"""
    told: tuple[str, ...] = ()
    """what the incident record says of it, beside its name"""
    blocked: str = ""
    """why the waiting change cannot be approved"""
    offered: tuple[str, ...] = ()
    """choices that the keys offer now"""


WHOLE = (
    "detect/record",
    "detect/alert",
    "triage/impact",
    "triage/urgency",
    "notify/management",
    "notify/executive",
    "notify/status-page",
)
"""Reports that are whole enough to be written down; the others are what the flow reads of them."""


def war_of(**given: Any) -> War:
    war = War(**given)
    war.answers.update({key: REPORTS[key] for key in WHOLE})
    return war


def late() -> War:
    """A P0 nobody resolves in two hours."""
    war = war_of(approves=False)
    war.open()
    war.run(until=2 * HOUR + 30)
    return war


def unanswered() -> War:
    """Nobody acknowledges."""
    war = war_of(approves=False, acknowledges_after=None, people=COVERED)
    war.open()
    war.run(until=120)
    return war


def several() -> War:
    """Another serious incident is open, and changes are frozen."""
    war = war_of(approves=False)
    war.open()
    war.run(until=60)
    war.give(war.human("declare", why="payments fail as well"))
    war.give(war.human("freeze", why="one at a time"))
    war.run(until=120)
    return war


def unhealed() -> War:
    """The rollback fails."""
    war = war_of()
    war.answers["mitigation/execute"] = {"exit": 1, "why": "health check failed"}
    war.open()
    war.run(until=600)
    return war


def breached() -> War:
    """Somebody may have been in there."""
    war = war_of(approves=False)
    war.themes = ({"name": "security", "effect": "gatekeeper joins"},)
    war.open()
    war.run(until=90)
    return war


PATHS = (
    Path("sla-exceeded", late, (MANAGEMENT, EXECUTIVE), ("VP, CTO", "every 15 minutes")),
    Path("path-blocked", unanswered, (), ("did not acknowledge", "stands in as on-call")),
    Path(
        "major-incident",
        several,
        (EXECUTIVE,),
        ("Multiple service disruptions", "senior coordinator"),
        "changes are frozen",
        ("name the coordinator", "lift the freeze"),
    ),
    Path(
        "rollback-failed",
        unhealed,
        (EXECUTIVE,),
        ("no change until an assessment is recorded", "emergency room"),
        "health check failed",
        ("release the line",),
    ),
    Path(
        "security",
        breached,
        (EXECUTIVE,),
        ("preserve evidence before any change", "forensic sign-off"),
        "possible breach",
    ),
)


@pytest.fixture(params=PATHS, ids=lambda path: str(path.name))
def path(request: pytest.FixtureRequest) -> Path:
    found: Path = request.param
    return found


def again(war: War) -> State:
    """The incident as a runner finds it that reads its journal anew."""
    return fold_all(State(), war.journal)


def test_it_is_declared_once_for_each_reason_and_its_steps_are_journalled(path: Path) -> None:
    war = path.begin()
    declared = [d for d in war.of(ev.ExceptionDeclared) if d.name == path.name]
    assert declared
    assert all(one.why and one.actions for one in declared)
    assert len({one.why for one in declared}) == len(declared)
    assert path.name in again(war).exceptions


def test_the_documents_tell_it(path: Path) -> None:
    war = path.begin()
    record = render("incident-record.md", war.state, war.journal)
    assert EXCEPTIONS[path.name] in record
    for words in path.told:
        assert words in record


def test_its_texts_are_due(path: Path) -> None:
    messages = again(path.begin()).messages
    for text in path.due:
        assert messages[text].state in ("due", "sent"), text
        assert messages[text].due_at


def test_a_waiting_change_cannot_be_approved(path: Path) -> None:
    if not path.blocked:
        pytest.skip("this path blocks no change")
    war = path.begin()
    key = next(reversed(war.state.approvals))
    granted = len(war.of(ev.ApprovalGranted))
    refused = refusal(war, war.human("approve", approval=key, sha256=SHA))
    voided = [voided.why for voided in war.of(ev.ApprovalVoided)]
    assert refused
    assert any(path.blocked in why for why in (refused, *voided, war.state.stopped))
    assert len(war.of(ev.ApprovalGranted)) == granted


def test_the_keys_offer_what_it_needs(path: Path) -> None:
    state = again(path.begin())
    now = state.last_at
    choices: list[Choice] = [*majors(state), *halts(state), *escalations(state, now)]
    names = {choice.name for choice in choices}
    assert set(path.offered) <= names


def test_sla_exceeded_asks_for_updates_and_leaders_by_hand_are_not_asked_again() -> None:
    war = late()
    assert war.state.deadlines["resolve"].outcome == "fired"
    assert war.state.deadlines["resolve"].due == T0 + 2 * HOUR
    assert refusal(war, war.human("hold", deadline="resolve", why="soon"))


def test_the_status_page_of_a_major_incident_is_one_line() -> None:
    war = several()
    assert "Multiple service disruptions" in render(STATUS_PAGE, war.state, war.journal)


def test_after_an_assessment_the_line_is_released_and_a_later_attempt_is_recorded_as_one() -> None:
    war = unhealed()
    war.give(war.human("assess", text="the health check was wrong, try again"))
    war.run(until=900)
    assert not war.state.stopped or "mitigation/execute@2" in war.state.tasks
    assert [task for task in war.state.tasks if task.startswith("mitigation/execute@")][0:2] == [
        "mitigation/execute@1",
        "mitigation/execute@2",
    ]


def test_after_the_sign_off_the_waiting_change_may_be_approved() -> None:
    war = breached()
    approve: dict[str, Any] = {"approval": "rollback@1", "sha256": SHA}
    assert "possible breach" in refusal(war, war.human("approve", **approve))
    war.give(war.human("answer", field="forensic sign-off", text="signed by s.lee"))
    assert refusal(war, war.human("approve", **approve)) == ""
    assert war.state.report("security/preserve") is not None
