"""Periodic updates: conditions, actions, needs, in a text that waits before its promise is due.

Drafted at half of the promised time, due at its end; sending any text starts the time anew.
"""

from orchestrator.flow.decide import Incident
from orchestrator.model import events as ev
from orchestrator.model.durations import words
from orchestrator.model.messages import ALERT, update_number, update_path
from orchestrator.model.sending import channels_for, current_update, next_update, update_begins
from orchestrator.model.state import State


def updates(i: Incident) -> None:
    _alert(i)
    if not i.state.open:
        _over(i)
        return
    waiting, begins = current_update(i.state), update_begins(i.state)
    if begins is not None and i.now >= begins:
        waiting = update_path(next_update(i.state))
        i.emit(f"message/{waiting}/drafted", ev.MessageDrafted(waiting))
    text = i.state.messages.get(waiting)
    if text is not None and text.state == "drafted" and (why := _promise_is_over(i.state, text.at)):
        i.emit(f"message/{waiting}/due", ev.MessageDue(waiting, why))


def _promise_is_over(state: State, since: float) -> str:
    """Why an update must go out now: its time came after it was drafted."""
    clock = state.deadlines.get("update")
    if clock is None:
        return ""
    # a clock that fired is planned anew at once: its new start is the time at which it fired
    fired = clock.ended_at if clock.outcome in ("fired", "missed") else clock.start
    over = f"deadline/update/over/{clock.rev if clock.outcome else clock.rev - 1}"
    if over in state.ids and fired >= since:
        return f"an update is promised every {words(clock.due - clock.start)}"
    return ""


def _alert(i: Incident) -> None:
    """Who is told first, where a channel is there for it; elsewhere the alert is a document."""
    if ALERT in i.state.messages or not channels_for(i.state, ALERT) or not i.state.open:
        return
    if i.state.report("detect/alert") is not None:
        i.emit(f"message/{ALERT}/drafted", ev.MessageDrafted(ALERT))
        i.emit(f"message/{ALERT}/due", ev.MessageDue(ALERT, "the incident has begun"))


def _over(i: Incident) -> None:
    """What was not sent while it lasted tells nobody anything any more."""
    for path, text in list(i.state.messages.items()):
        while_it_lasts = path == ALERT or update_number(path)
        if while_it_lasts and text.state in ("drafted", "due"):
            why = "the incident is over: the resolution notice tells it"
            i.emit(f"message/{path}/not-required", ev.MessageNotRequired(path, why))
