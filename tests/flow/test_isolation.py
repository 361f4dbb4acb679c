"""After a possible breach: evidence first, then isolation may be approved; restoring waits."""

from collections.abc import Mapping
from typing import Any

import pytest

from orchestrator.model import events as ev
from tests.flow.simulate import CARD, PASSED, War

ISOLATE = {
    **CARD,
    "action": "isolate",
    "kind": "isolation",
    "title": "take orders off the network",
    "sha256": "a" * 64,
}


def breached(**answers: Any) -> War:
    """A possible breach whose catalogue can isolate; nobody approves by themselves."""
    war = War(approves=False, durations={"security/preserve": 40.0})
    war.themes = ({"name": "security", "effect": "gatekeeper joins"},)
    war.answers["security/prepare-isolation"] = {"possible": True, "card": ISOLATE}
    war.answers["security/isolate"] = {"exit": 0, "why": ""}
    war.answers.update(answers)
    war.open()
    return war


def approve(war: War, approval: str) -> Any:
    sha = war.state.approvals[approval].sha256
    return war.give(war.human("approve", approval=approval, sha256=sha))[0].data


def test_isolation_is_offered_once_evidence_is_kept_and_not_before() -> None:
    war = breached()
    war.run(until=35)
    assert war.state.exceptions["security"]
    assert "isolation@1" not in war.state.approvals
    war.run(until=60)
    assert war.state.report("security/preserve") is not None
    assert war.state.approvals["isolation@1"].open


def test_isolation_may_be_approved_before_the_sign_off_and_a_rollback_may_not() -> None:
    war = breached()
    war.run(until=90)
    assert isinstance(approve(war, "rollback@1"), ev.CommandRefused)
    assert isinstance(approve(war, "isolation@1"), ev.ApprovalGranted)
    war.run(until=120)
    assert war.state.tasks["security/isolate@1"].outcome == "done"
    assert war.state.approvals["rollback@1"].open
    war.give(war.human("answer", field="forensic sign-off", text="signed by s.lee"))
    assert isinstance(approve(war, "rollback@1"), ev.ApprovalGranted)


def test_an_isolation_that_is_denied_is_not_offered_again_and_one_that_ran_out_is() -> None:
    war = breached()
    war.run(until=90)
    war.give(war.human("deny", approval="isolation@1", why="it is the only region"))
    war.run(until=200)
    assert [key for key in war.state.approvals if key.startswith("isolation")] == ["isolation@1"]
    other = breached()
    other.run(until=90 + 15 * 60)
    assert other.state.approvals["isolation@1"].decision == "expired"
    assert other.state.approvals["isolation@2"].open


@pytest.mark.parametrize(
    "failed", [{"exit": 1, "why": "no route"}, {"__outcome__": "unknown", "why": "runner died"}]
)
def test_an_isolation_that_fails_asks_people_and_stops_no_line(failed: dict[str, Any]) -> None:
    war = breached(**{"security/isolate": failed})
    war.run(until=90)
    approve(war, "isolation@1")
    war.run(until=120)
    assert "did not succeed" in war.state.questions["isolation"]
    assert not war.state.stopped


def test_a_catalogue_without_isolation_offers_none() -> None:
    war = breached(**{"security/prepare-isolation": {"possible": False, "why": "none"}})
    war.run(until=300)
    assert not [key for key in war.state.approvals if key.startswith("isolation")]


def test_an_ordinary_incident_prepares_no_isolation() -> None:
    war = War(approves=False)
    war.open()
    war.run(until=120)
    assert not [key for key in war.state.tasks if "isolat" in key]


BLOCK = {"action": "block", "kind": "block-address", "params": {"address": "203.0.113.9"}}


def test_the_way_that_the_gatekeeper_names_is_prepared_with_its_address() -> None:
    war = breached(**{"security/assessment": BLOCK})
    war.run(until=90)
    wanted = war.state.tasks["security/prepare-isolation"].inputs
    assert dict(wanted) == BLOCK


def test_a_way_that_isolates_nobody_is_not_prepared_on_the_gatekeepers_word() -> None:
    named = {"action": "back", "kind": "rollback", "params": {}}
    war = breached(**{"security/assessment": named})
    war.run(until=90)
    assert war.state.tasks["security/prepare-isolation"].inputs["kind"] == "isolation"


def seeing(why: dict[str, Any], score: float = 0.9) -> War:
    """An incident in whose triage a rule names an intruder."""
    war = War(approves=False)
    verdict = war.answers["regression/verdict"]
    assert isinstance(verdict, Mapping)
    seen = {"kind": "intrusion", "score": score, "why": why}
    war.answers["regression/verdict"] = {**verdict, "external": [seen]}
    war.open()
    war.run(until=120)
    return war


def test_an_intruder_that_triage_sees_declares_the_exception_by_itself() -> None:
    war = seeing({"text": "one client takes it all", "evidence": ["E1"], "assumption": False})
    assert "security" in war.state.exceptions
    assert "one client takes it all" in str(war.state.exceptions["security"])


def test_who_only_takes_much_declares_no_breach() -> None:
    why = {"text": "one client takes it all", "evidence": ["E1"], "assumption": False}
    assert "security" not in seeing(why, 0.45).state.exceptions


def test_an_intruder_without_evidence_declares_nothing() -> None:
    war = seeing({"text": "UNKNOWN", "evidence": []})
    assert "security" not in war.state.exceptions


def test_numbers_that_look_well_end_no_breach_before_forensics_sign_off() -> None:
    war = breached(**{"mitigation/watch": PASSED, "mitigation/strategy": {"selected": "none"}})
    war.answers["regression/verdict"] = {"indicators": []}
    war.run(until=600)
    assert not [key for key in war.state.tasks if key.startswith("mitigation/watch")]
    assert war.state.open
    war.give(war.human("answer", field="forensic sign-off", text="signed by s.lee"))
    war.run(until=3000)
    assert war.state.resolution == "RESOLVED"


def test_a_possible_breach_is_no_minor_incident_whatever_the_numbers_say() -> None:
    war = breached(**{"triage/impact": {"affected_share": 0.01, "data_loss": "no"}})
    war.answers["triage/urgency"] = {"level": "LOW"}
    war.run(until=60)
    said = [(one.severity, one.by) for one in war.of(ev.SeveritySet)]
    assert said[-2:] == [("P3", "matrix"), ("P1", "possible breach")]
    assert war.state.person("commander") != "UNKNOWN"
    assert "resolve" in war.state.deadlines


def test_what_a_person_said_of_its_severity_stands() -> None:
    war = breached(**{"triage/impact": {"affected_share": 0.01, "data_loss": "no"}})
    war.answers["triage/urgency"] = {"level": "LOW"}
    war.give(war.human("severity", severity="P2", why="a test of ours"))
    war.run(until=60)
    assert war.state.severity == "P2"


def test_each_offer_of_an_isolation_is_prepared_anew() -> None:
    looks = iter(["v1", "v2", "v3", "v4", "v5", "v6", "v7"])
    war = breached()
    war.answers["security/prepare-isolation"] = lambda task, state: {
        "possible": True,
        "card": {**ISOLATE, "pre_state": next(looks)},
    }
    war.run(until=1900)
    found = [war.state.approvals[f"isolation@{n}"].card["pre_state"] for n in (1, 2)]
    assert found == ["v1", "v2"]


def test_an_isolation_whose_target_moved_is_void_and_offered_again() -> None:
    war = breached()
    war.answers["security/isolate"] = lambda task, state: (
        {"drifted": True, "why": "the target has moved: v2"}
        if task.key.endswith("@1")
        else {"exit": 0}
    )
    war.run(until=90)
    approve(war, "isolation@1")
    war.run(until=120)
    assert war.state.approvals["isolation@1"].decision == "voided"
    assert war.state.approvals["isolation@2"].open
    assert isinstance(approve(war, "isolation@2"), ev.ApprovalGranted)
    war.run(until=150)
    assert war.state.tasks["security/isolate@2"].outcome == "done"


def test_an_isolation_nobody_heeds_waits_for_a_person() -> None:
    war = breached()
    war.run(until=6 * 3600)
    offers = [name for name in war.state.approvals if name.startswith("isolation@")]
    assert len(offers) == 3
    assert "offered 3 times" in war.state.questions["isolation offered"]
    war.give(war.human("note", text="I am here"))
    war.run(until=6 * 3600 + 10)
    assert war.state.approvals["isolation@4"].open
