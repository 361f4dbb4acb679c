"""Triage that spoke too soon: what could not be timed at first is judged again once more is known.

An alert may be ahead of the signals, and a cause may show itself late. So the changes are looked
at a second time when the root cause names one that triage had not blamed, and after each of the
first watches that saw no recovery; a root cause that is INCONCLUSIVE is looked for again with them.
What was judged before stands until the new word is there.
"""

from orchestrator.flow.decide import Incident
from orchestrator.flow.regression import BLAMED, judging_anew, regression
from orchestrator.model import events as ev
from orchestrator.model.records import Task
from orchestrator.model.regression import timing_open
from orchestrator.model.state import State

MOST = 3
"""Watches without a recovery after which it is looked again, each time the incident is opened."""


def second_look(i: Incident) -> None:
    if not i.state.open or i.state.resolution == "RESOLVED":
        return
    since = i.state.reopened_at
    number = min(MOST, sum(one.requested_at >= since for one in unrecovered(i.state)))
    if number and i.state.cause.get("verdict") == "INCONCLUSIVE" and not i.skipped("root-cause"):
        _again(i, "root-cause", f"watch/{number}", "no recovery was seen, and no cause is known")
    if not _timing_open(i):
        return
    told = False
    if i.state.cause.get("culprit"):
        why = "the root cause names a change that triage did not blame"
        told = _again(i, "regression", "cause", why)
    if number and not told:
        why = "no recovery was seen, and whether it came by a deployment is open"
        told = _again(i, "regression", f"watch/{number}", why)
    if told:
        regression(i)  # it is asked for before anybody proposes on the old word


def unrecovered(state: State) -> list[Task]:
    """Every watch that saw no recovery, oldest first; one without data saw nothing at all."""
    found, number = [], 1
    while (task := state.tasks.get(f"mitigation/watch@{number}")) is not None:
        if task.outcome == "done" and task.report["gave_up"]:
            found += (
                [task] if any(one["state"] != "no data" for one in task.report["checks"]) else []
            )
        number += 1
    return found


def _timing_open(i: Incident) -> bool:
    """Whether triage was done, without a change to blame, and could not say when it began."""
    if i.skipped("regression") or judging_anew(i) or not i.state.regression:
        return False
    if i.state.regression["verdict"] in BLAMED:
        return False
    return timing_open(i.state.told("regression/verdict").get("indicators", ()))


def _again(i: Incident, step: str, occasion: str, why: str) -> bool:
    period = f"{i.state.reopened + 1}/" if i.state.reopened else ""
    return i.emit(f"{step}/again/{period}{occasion}", ev.StepOverridden(step, "repeat", why))
