"""Drafts of the texts to people outside: written once, and anew when what they say is no longer so.

What a draft was written under is kept in the inputs of its task, so the journal alone tells whether
it still holds. A change while one is being written waits for it, and several changes are one.
"""

from orchestrator.flow.decide import Incident
from orchestrator.model import events as ev
from orchestrator.model.events import Json
from orchestrator.model.messages import first_of
from orchestrator.model.records import Task
from orchestrator.model.state import State

STAGES = {
    "INVESTIGATING": "it is investigated again",
    "MITIGATING": "a mitigation is running",
    "STOPPED": "the line is stopped",
    "RESOLVED": "it is resolved",
}
"""What a reader outside distinguishes in the status, and how it is told."""


def situation(state: State) -> Json:
    """What every text says at least: severity, cause as far as it is known, stage, commander."""
    cause, stage = state.cause, state.status if state.open else "RESOLVED"
    known = cause.get("verdict") in ("LIKELY", "CONFIRMED")
    return {
        "severity": state.severity,
        "verdict": cause["verdict"] if known else "",
        "cause": cause["statement"] if known else "",
        "stage": stage if stage in STAGES else "INVESTIGATING",
        "commander": state.roles.get("commander", ""),
    }


def draft(i: Incident, key: str, role: str, title: str, path: str) -> Task:
    """The draft in force of one text; asked for when there is none or the last no longer holds.

    A further word to the same readers goes on in the same row of drafts: its first is always new.
    """
    repeats = i.state.repeats.get("notify", 0)
    number, why = repeats + 1, ""
    last = _last(i.state, key)
    if last is not None:
        if last.running:
            return last
        another = path not in i.state.messages and last.inputs.get("path", first_of(path)) != path
        if not another:
            _say_redrafted(i, last, path)
            why = _outdated(i.state, last, path, repeats)
        number = _number(last)
        if another or why:
            number = max(number, repeats) + 1
        else:
            why = str(last.inputs.get("why", ""))  # of a failed attempt that is tried again
    inputs = {"says": situation(i.state), "repeats": repeats, "why": why}
    if first_of(path) != path:
        inputs["path"] = path
    return i.ask(key if number == 1 else f"{key}@{number}", role, title, inputs=inputs)


def _say_redrafted(i: Incident, task: Task, path: str) -> None:
    """Say that an unsent text was written anew, and why."""
    message, why = i.state.messages.get(path), str(task.inputs.get("why", ""))
    unsent = message is not None and message.state in ("drafted", "due")
    if why and unsent and task.outcome == "done":
        i.emit(f"message/{path}/redrafted/{_number(task)}", ev.MessageRedrafted(path, why))


def _outdated(state: State, last: Task, path: str, repeats: int) -> str:
    """Why the last draft no longer holds; empty while it does, or when it went out."""
    if repeats > last.inputs.get("repeats", _number(last) - 1):
        return "asked for again"
    message, said = state.messages.get(path), last.inputs.get("says")
    if said is None or message is None:
        return ""
    if message.state != "due" and not (state.open and message.state == "drafted"):
        return ""  # sent, or about to be settled as not required
    return _difference(said, situation(state))


def _difference(said: Json, now: Json) -> str:
    """What changed between two situations, in words; empty when nothing did."""
    told: list[str] = []
    if said["severity"] != now["severity"]:
        told.append(f"severity {now['severity']}, was {said['severity'] or 'not known'}")
    if said["verdict"] != now["verdict"]:
        told.append(f"root cause {now['verdict'] or 'no longer known'}")
    elif said["cause"] != now["cause"]:
        told.append("another root cause")
    before = said.get("commander", now["commander"])  # earlier releases did not say
    if before and before != now["commander"]:
        told.append(f"{now['commander']} commands, was {before}")
    if said["stage"] != now["stage"]:
        told.append(STAGES[now["stage"]])
    return ", ".join(told)


def _last(state: State, key: str) -> Task | None:
    again = f"{key}@"
    for name in reversed(state.tasks):
        if name == key or name.startswith(again):
            return state.tasks[name]
    return None


def _number(task: Task) -> int:
    return int(task.key.partition("@")[2] or 1)
