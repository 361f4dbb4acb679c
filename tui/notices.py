"""What the banner row says, from the state and the runner's health: pure, the worst first."""

from dataclasses import dataclass

from orchestrator.model.state import State
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


def notice_of(state: State, health: Health, trouble: str, review_read: bool) -> Notice | None:
    """The one thing to say now; None when there is nothing."""
    if trouble:
        return Notice("JOURNAL", trouble, "what is shown ends there; try: warroom verify")
    if not health.alive and state.status != "CLOSED":
        return down(health)
    if health.disk_full:
        detail = health.why or "free space on the disk of the project; it goes on by itself"
        return Notice("DISK FULL", "approvals refused", detail)
    if state.stopped:
        detail = "no change can be approved until an assessment is recorded"
        return Notice("STOP", state.stopped, detail, "command", "assess")
    if state.reviewed_at and REVIEW in state.documents and not review_read:
        return Notice("review written", "", REVIEW, "files", "read it", loud=False)
    return None


def down(health: Health) -> Notice:
    """Nobody keeps the clocks."""
    since = f"silent for {int(health.silent_for)} s" if health.silent_for else "no word from it"
    detail = f"{since}, nobody keeps the clocks"
    return Notice("RUNNER DOWN", "", detail, "runner", "start it again")
