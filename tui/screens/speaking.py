"""A screen that can tell the runner something: the answer comes back as one line on it."""

from collections.abc import Callable
from typing import Any

from textual import work
from textual.screen import Screen
from textual.worker import Worker, WorkerState

from orchestrator.client import Answer
from tui.failures import Enduring, survive
from tui.runner_link import RunnerLink

REPLAYED = "refused: a replay changes nothing"


TAKEN = {
    "handoff": "offered; it changes hands when they accept",
    "accept": "the role is yours",
    "decline": "declined",
}
"""Commands of which `accepted` would say something else than what happened."""


class Speaking(Enduring, Screen[None], inherit_bindings=False):
    """Sends commands in the background; `link` is None in a replay."""

    link: RunnerLink | None = None
    incident: str = ""

    def answer(self, text: str, refused: bool = False) -> None:
        """One line of answer, wherever this screen shows it."""
        raise NotImplementedError

    def on_worker_state_changed(self, event: Worker.StateChanged) -> None:
        """Background work that failed says so in one line; the screen goes on."""
        if event.state is WorkerState.ERROR and event.worker.error is not None:
            survive(self.app, event.worker.error)

    def command(
        self, name: str, *, then: Callable[[Answer], None] | None = None, **args: Any
    ) -> None:
        """Send a command about this screen's incident; `then` runs when it was accepted."""
        if self.link is None:
            self.answer(REPLAYED, refused=True)
            return
        self._send(self.link.command(name, self.incident, args), then)

    @work(thread=True, group="send", exit_on_error=False)
    def _send(self, command: dict[str, Any], then: Callable[[Answer], None] | None) -> None:
        assert self.link is not None
        answer = self.link.send(command)
        self.app.call_from_thread(self.answered, str(command["cmd"]), answer, then)

    def answered(
        self, name: str, answer: Answer, then: Callable[[Answer], None] | None = None
    ) -> None:
        """The runner said yes or no."""
        if not answer.accepted:
            self.answer(f"refused: {answer.why}", refused=True)
            return
        waits = answer.data.get("waits")
        self.answer(TAKEN.get(name) or f"{name}: {waits or 'accepted'}")
        if then is not None:
            then(answer)
