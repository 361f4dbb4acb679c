"""The console's end of the runner: is it alive, start it, tell it something."""

import os
import subprocess
from collections.abc import Mapping
from typing import Any

from orchestrator.client import (
    DOWN_AFTER,
    Answer,
    RunnerDown,
    command_id,
    heartbeat,
    send,
    start_runner,
)
from orchestrator.clock import Clock
from orchestrator.project import Project
from tui.keymap import LABELS, Labels
from tui.notices import Health
from tui.presence import Company, company

PERSON = "WARROOM_PERSON"
"""Names the person at a console of a shared account, for the others to see."""

HERE_TIMEOUT = 2.0
"""Seconds to wait for who else is there: it is not worth more."""

START_GRACE = 8.0
"""Seconds a runner that was just started may take to its first heartbeat."""


class RunnerLink:
    """One project's runner, as seen from here. `send` may block: call it from a thread."""

    def __init__(self, project: Project, clock: Clock, labels: Labels = LABELS) -> None:
        self.project = project
        self.clock = clock
        self.labels = labels
        self._console = f"{os.getpid()}-{id(self):x}-{int(clock.now() * 1000)}"
        self._started: subprocess.Popen[bytes] | None = None
        self._started_at = 0.0

    def health(self) -> Health:
        """From its heartbeat; a runner that is only just starting is not down yet."""
        beat, now = heartbeat(self.project.runner), self.clock.now()
        if beat is not None and abs(now - beat.at) <= DOWN_AFTER:
            return Health(True, disk_full=beat.disk_full, why=beat.why, backend=beat.backend)
        starting = bool(self._started_at) and now - self._started_at < START_GRACE
        if starting and self._started is not None and self._started.poll() is not None:
            starting = False
        silent_for = max(0.0, now - beat.at) if beat is not None else 0.0
        return Health(starting, silent_for, starting)

    def command(self, name: str, incident: str, args: Mapping[str, Any]) -> dict[str, Any]:
        """A command as it travels; its id is made here, at the key press."""
        return {"id": command_id(self.clock, name), "cmd": name, "incident": incident, **args}

    def send(self, command: dict[str, Any]) -> Answer:
        """The runner's answer, or a refusal that says that nobody is there."""
        try:
            return send(self.project, command)
        except RunnerDown:
            return Answer(False, f"the runner is down: {self.labels['runner']} starts it again", {})

    def here(self, incident: str, since: float) -> Company | None:
        """Say that this console shows an incident; who has it open, or None when nobody answers.

        `WARROOM_PERSON` names who sits here where several people share an account. It is shown
        beside the account's name and counts for nothing else.
        """
        said = {"at": since, "console": self._console, "person": os.environ.get(PERSON, "")[:64]}
        try:
            answer = send(self.project, self.command("here", incident, said), HERE_TIMEOUT)
        except RunnerDown:
            return None
        return company(answer.data) if answer.accepted else None

    def start(self) -> None:
        """Start the runner of this project, detached from this terminal."""
        self._started_at = self.clock.now()
        self._started = start_runner(self.project)

    def start_if_down(self) -> bool:
        """Start it unless somebody already runs this project; True when it was started."""
        if self.health().alive:
            return False
        self.start()
        return True
