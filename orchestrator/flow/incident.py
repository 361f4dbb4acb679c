"""The whole flow in one page: clocks beside steps, steps in their order, 3 to 6 overlapping."""

from orchestrator.flow.decide import Incident
from orchestrator.flow.deliveries import deliveries
from orchestrator.flow.detection import detection
from orchestrator.flow.exceptions import exceptions
from orchestrator.flow.guidance import guidance
from orchestrator.flow.hotfix import hotfix
from orchestrator.flow.mitigation import mitigation
from orchestrator.flow.notify import notify
from orchestrator.flow.people import assign
from orchestrator.flow.regression import regression
from orchestrator.flow.relapse import relapse
from orchestrator.flow.review import review
from orchestrator.flow.root_cause import root_cause
from orchestrator.flow.second_look import second_look
from orchestrator.flow.security import isolation
from orchestrator.flow.stopping import emergency
from orchestrator.flow.tiers import tiers
from orchestrator.flow.triage import triage
from orchestrator.flow.undo import undos
from orchestrator.flow.updates import updates
from orchestrator.flow.vendor import vendor
from orchestrator.model.deadlines import due

BACK_TO_WORK = ("TRIAGED", "STOPPED", "REOPENED")


def flow(i: Incident) -> None:
    if i.state.status == "CLOSED":
        clocks(i)  # what the closing itself met or made moot
        deliveries(i)  # what was on its way arrives or does not
        relapse(i)  # nobody looks on once it is closed
    else:
        i.branch(
            clocks, updates, deliveries, undos, isolation, emergency, hotfix, vendor, relapse, steps
        )


def clocks(i: Incident) -> None:
    i.expire()
    for plan in due(i.policy, i.state):
        i.deadline(plan)
    exceptions(i)


def steps(i: Incident) -> None:
    guidance(i)
    assign(i, "on-call", "Who is on call?")
    detection(i)
    regression(i)
    second_look(i)
    triage(i)
    if i.state.status in BACK_TO_WORK and not i.state.stopped:
        i.status("INVESTIGATING", i.state.assessment)
    i.branch(tiers, mitigation, root_cause, notify)  # texts last: they tell what the others found
    review(i)
