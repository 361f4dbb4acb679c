"""Directs one drill: makes it, keeps a runner up, hands over the alert, and ends everything.

It is a client like any other: what it tells the runner goes over the same socket as a person's
keys. The drill's truth is not read here.
"""

import asyncio
import json
import os
import signal
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from orchestrator.cli import DONE, NEEDS_HUMAN, NOT_RESOLVED
from orchestrator.cli.progress import Follower, announcer, printer, waits_for
from orchestrator.cli.respond import alert_report
from orchestrator.cli.runner_up import NoRunner, end_runner, ensure_runner
from orchestrator.client import RunnerDown, alive, command_id, send
from orchestrator.clock import Clock, iso
from orchestrator.drills.autopilot import decide, require_drill
from orchestrator.drills.home import DrillHome
from orchestrator.drills.scenarios import DrillError
from orchestrator.model.gates import gates
from orchestrator.model.state import State
from orchestrator.project import Project

LOOK_SECONDS = 0.2
PATIENCE = 240.0
"""Seconds after which a drill without a screen is given up as not resolved."""

RETRY = 3.0
"""Seconds until a command that was refused or not answered is given again."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """How the drill ended: for a machine, for a person, for the shell."""

    body: dict[str, Any]
    text: str
    code: int


class Director:
    """One drill, first line to end. `while_pid`: whose console it serves, 0 for none."""

    def __init__(
        self,
        home: DrillHome,
        clock: Clock,
        *,
        autopilot: bool,
        while_pid: int,
        patience: float = PATIENCE,
    ) -> None:
        self._home = home
        self._clock = clock
        self._autopilot = autopilot
        self._while_pid = while_pid
        self._patience = patience
        self._project = Project(home.project)
        self._tell = None if while_pid else printer(sys.stderr)
        self._alerts = 0
        self._incident = ""
        self._follower: Follower | None = None
        self._given: dict[str, float] = {}
        self._lab = 0
        self._ending = asyncio.Event()

    async def run(self) -> Outcome:
        """Until the incident is closed, or its console is; then nothing of the drill runs on."""
        if self._autopilot:
            require_drill(self._project.root)
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGHUP, signal.SIGINT):
            loop.add_signal_handler(number, self._ending.set)
        begun = self._clock.now()
        try:
            await asyncio.to_thread(ensure_runner, self._project)
            await asyncio.to_thread(self._home.start, self._while_pid or os.getpid())
            while not self._over(begun):
                await self._clock.sleep(LOOK_SECONDS)
                await asyncio.to_thread(self._look)
        except NoRunner as error:
            print(f"warroom: {error}", file=sys.stderr)
        finally:
            await asyncio.to_thread(self._end)
        return self._outcome()

    def _look(self) -> None:
        self._say_lab()
        if not self._while_pid and not alive(self._project, self._clock.now()):
            ensure_runner(self._project)
        if not self._home.running:
            raise DrillError(f"the lab has ended; its last words are in {self._home.lab_path}")
        self._hand_over_alert()
        if self._follower is not None:
            self._follower.look()
            if self._autopilot:
                for command in decide(self._follower.state, self._clock.now()):
                    self._give(command)

    def _hand_over_alert(self) -> None:
        """Each new notification goes to the runner, which knows what it repeats."""
        for body in self._home.alerts(self._alerts):
            text = json.dumps(body, sort_keys=True)
            answer = self._send({"cmd": "open", "report": alert_report(text.encode())})
            if answer is None:
                return
            self._alerts += 1
            self._follow(answer)

    def _follow(self, answer: dict[str, Any]) -> None:
        """The first incident is the drill's."""
        if not self._incident and answer.get("incident"):
            self._incident = str(answer["incident"])
            folder = self._project.incident(self._incident)
            announce = announcer(sys.stderr) if self._tell is not None else None
            self._follower = Follower(folder, self._tell, announce)

    def _give(self, command: dict[str, Any]) -> None:
        """The autopilot's command, once; again after a while when it did not get through."""
        key = json.dumps(command, sort_keys=True)
        if self._clock.now() - self._given.get(key, -RETRY) >= RETRY:
            self._given[key] = self._clock.now()
            self._send({**command, "incident": self._incident, "as": "drill-autopilot"})

    def _send(self, command: dict[str, Any]) -> dict[str, Any] | None:
        """What the runner answers: nothing in it when it refused, None when it is not there."""
        whole = {"id": command_id(self._clock, command["cmd"]), "at": self._clock.now(), **command}
        try:
            answer = send(self._project, whole)
        except RunnerDown:
            return None
        if not answer.accepted and self._tell is not None:
            print(f"refused: {command['cmd']}: {answer.why}", file=sys.stderr)
        return answer.data if answer.accepted else {}

    def _over(self, begun: float) -> bool:
        if self._ending.is_set():
            return True
        if self._while_pid:
            return not Path(f"/proc/{self._while_pid}").exists()
        if self._clock.now() - begun > self._patience:
            return True
        if self._follower is None:
            return False
        if self._follower.state.status == "CLOSED":
            return self._settled()
        return not self._autopilot and bool(waits_for(self._follower.state))

    def _settled(self) -> bool:
        """Closed, and every document on disk as the journal has it."""
        answer = self._send({"cmd": "status"})
        listed = (answer or {}).get("incidents", ())
        return any(i["incident"] == self._incident and i["settled"] for i in listed)

    def _end(self) -> None:
        """Nothing of the drill outlives it: service, load, runner. The folder stays."""
        if self._follower is not None:
            self._follower.look()
        self._home.stop()
        end_runner(self._project)

    def _say_lab(self) -> None:
        for _, text in self._home.lab(self._lab):
            self._lab += 1
            if self._tell is not None and self._follower is None:
                print(f"lab  {text}", file=sys.stderr, flush=True)

    def _outcome(self) -> Outcome:
        if self._follower is None or not self._follower.state.incident:
            why = "the service never raised an alert"
            return Outcome({"incident": None, "dir": None, "why": why}, why, NOT_RESOLVED)
        from orchestrator.documents.completion import completion

        state = self._follower.state
        folder = self._project.incident(self._incident)
        where = f"Project folder: {self._project.root}\nReplay: warroom replay {folder.path}"
        code = DONE if state.resolution == "RESOLVED" and state.status == "CLOSED" else NOT_RESOLVED
        if code and waits_for(state):
            code = NEEDS_HUMAN
        return Outcome(
            as_json(state, self._follower, folder.path), f"{completion(state)}\n{where}", code
        )


def as_json(state: State, follower: Follower, folder: Path) -> dict[str, Any]:
    """The one object a headless demo ends with."""
    from orchestrator.documents.catalogue import artifacts

    return {
        "incident": state.incident,
        "dir": str(folder),
        "status": state.status,
        "resolution": state.resolution or None,
        "severity": state.severity or None,
        "root_cause": {
            "verdict": state.cause.get("verdict", "INCONCLUSIVE"),
            "statement": state.cause.get("statement", "UNKNOWN"),
            "evidence": list(state.cause.get("evidence", ())),
        },
        "culprit_change": state.cause.get("culprit") or "none",
        "action": state.resolution_action or None,
        "impact_started_at": _time(state.impact_started_at),
        "detected_at": _time(state.detected_at),
        "resolved_at": _time(state.resolved_at),
        "gates": {gate.name: gate.result for gate in gates(state)},
        "events": follower.count,
        "head_hash": follower.head,
        "artifacts": artifacts(state),
    }


def _time(at: float) -> str | None:
    return iso(at) if at else None
