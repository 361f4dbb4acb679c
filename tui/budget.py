"""What models may cost in an incident of this project: read once, when one was first paid for."""

import contextlib
from typing import Any

from textual.app import App

from orchestrator.project import Project


class Budget:
    """The incident's budget as the settings have it."""

    def __init__(self, project: Project) -> None:
        self.usd = 0.0
        """0 while nobody knows it, and where there is none"""
        self._project = project
        self._asked = False

    def ask(self, app: App[Any]) -> None:
        """Have it read, in the background: the settings are slow to import."""
        if not self._asked:
            self._asked = True
            app.run_worker(self._read, thread=True, group="budget", exit_on_error=False)

    def _read(self) -> None:
        from orchestrator.settings import SettingsError, load_or_empty

        with contextlib.suppress(SettingsError):  # the runner says what is wrong in them
            self.usd = load_or_empty(self._project).model.incident_usd


def budget_of(app: App[Any]) -> Budget | None:
    """That of the console's project; None where there is no console."""
    own: Budget | None = getattr(app, "budget", None)
    return own
