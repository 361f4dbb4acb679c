"""What the banner row says, from the state and the runner's health: pure, the worst first."""

from dataclasses import dataclass

from orchestrator.model.calling import leaderless, numbers, said
from orchestrator.model.crew import Handoff
from orchestrator.model.state import State
from orchestrator.model.wording import time_of_day
from tui.widgets.banner import Notice

REVIEW = "post-incident-review.md"


@dataclass(frozen=True, slots=True)
class Health:
    """What is known of the runner."""

    alive: bool = True
    silent_for: float = 0.0
    """seconds since its last word; 0 while it is alive"""
    starting: bool = False
    disk_full: bool = False
    why: str = ""
    backend: str = "rules"
    """who answers its tasks; any other than `rules` reads plain words as well"""


def notice_of(
    state: State,
    health: Health,
    trouble: str,
    review_read: bool,
    now: float = 0.0,
    you: str = "",
) -> Notice | None:
    """The one thing to say now to `you`; None when there is nothing."""
    if trouble:
        return Notice("JOURNAL", trouble, "what is shown ends there; try: warroom verify")
    if not health.alive and state.status != "CLOSED":
        return down(health)
    if health.disk_full:
        detail = health.why or "free space on the disk of the project; it goes on by itself"
        return Notice("DISK FULL", "approvals refused", detail)
    if calls := numbers(state, now):
        whom, why = said(calls), f"{calls[0].person} {calls[0].why}"
        return Notice("CALL", whom, why, "acknowledge", "you have it")
    if state.stopped:
        detail = "no change can be approved until an assessment is recorded"
        return Notice("STOP", state.stopped, detail, "command", "assess")
    if leaderless(state):
        gone = state.roles.get("commander", "")
        detail = f"{gone} is unavailable" if gone else f"{state.severity} without a commander"
        return Notice("NO COMMANDER", "", detail, "roles", "take it or name somebody")
    if offers := state.crew.offered():
        return offered(offers[0], you)
    if state.reviewed_at and REVIEW in state.documents and not review_read:
        return Notice("review written", "", REVIEW, "files", "read it", loud=False)
    return None


def offered(one: Handoff, you: str) -> Notice:
    """A role waits for somebody to accept it; whoever that is sees it loudly."""
    role, until = one.role.replace("-", " "), f"until {time_of_day(one.expires)}"
    if one.person == you:
        words = f"{one.by} offers you {role}"
        return Notice("HANDOFF", words, until, "handoff", "accept or decline")
    detail = f"{role} to {one.person}, {until}; {one.giver or 'nobody'} holds it"
    return Notice("handoff offered", "", detail, "handoff", "handoff", loud=False)


def down(health: Health) -> Notice:
    """Nobody keeps the clocks."""
    since = f"silent for {int(health.silent_for)} s" if health.silent_for else "no word from it"
    detail = f"{since}, nobody keeps the clocks"
    return Notice("RUNNER DOWN", "", detail, "runner", "start it again")
