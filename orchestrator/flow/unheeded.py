"""Offers that nobody heeds: after a few the next one waits for a person.

An incident that is left open for days would else be offered the same change a hundred times.
"""

from orchestrator.flow.decide import Incident

UNHEEDED = 3
"""Offers that may run out one after the other before the next one waits for a person."""

ASKED = {"rollback": "mitigation", "isolation": "isolation offered"}
"""The question by which a person is asked, for each kind of offer."""


def unheeded(i: Incident, offer: str, number: int) -> bool:
    """Whether the offers before this one ran out and no person did anything since the first."""
    last = [i.state.approvals.get(f"{offer}@{one}") for one in range(number - UNHEEDED, number)]
    ran_out = [one for one in last if one is not None and one.decision == "expired"]
    if len(ran_out) < UNHEEDED or i.state.person_at > ran_out[0].requested_at:
        return False
    title = ran_out[-1].title
    i.question(ASKED[offer], f"{title}: offered {UNHEEDED} times, nobody decided. Who does?")
    return True
