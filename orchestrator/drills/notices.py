"""What the monitor sends: one notification a part whenever its alerts have changed."""

import json

from orchestrator.clock import Clock
from orchestrator.drills import alertmanager
from orchestrator.drills.home import DrillHome
from orchestrator.drills.rules import Alert
from orchestrator.drills.silences import silenced
from orchestrator.project import write_private


class Notices:
    """Writes them beside the project, numbered; what is silenced waits for the silence to end."""

    def __init__(self, home: DrillHome, clock: Clock) -> None:
        self._home = home
        self._clock = clock
        self._sent: dict[str, tuple[Alert, ...]] = {}
        self._count = 0

    def give(self, alerts: list[Alert], pages: dict[str, str]) -> None:
        """Notify of each part whose alerts are others than the last time. `pages`: its metrics."""
        if not alerts:
            return
        quiet = silenced(self._home.project, self._clock.now())
        for part, page in pages.items():
            group = tuple(alert for alert in alerts if alert.service == part)
            if part not in quiet and group != self._sent.get(part, ()):
                self._tell(part, group, page)

    def _tell(self, part: str, group: tuple[Alert, ...], page: str) -> None:
        for alert in group:
            if alert not in self._sent.get(part, ()):
                word = f"fires: {alert.summary}" if alert.firing else "is resolved"
                self._home.say(self._clock.now(), f"alert {alert.name} {word}")
        self._sent[part] = group
        self._count += 1
        text = json.dumps(alertmanager.body(part, group, page), indent=1) + "\n"
        write_private(self._home.path / f"alert-{self._count}.json", text)
        write_private(self._home.alert_path, text)
