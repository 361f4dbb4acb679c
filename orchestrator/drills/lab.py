"""All parts of one drill, and what a scenario's events may do with them."""

import asyncio
import os
from contextlib import suppress
from pathlib import Path

from orchestrator.clock import Clock
from orchestrator.drills import audit, clients
from orchestrator.drills.child import Child
from orchestrator.drills.edge import Edge
from orchestrator.drills.edge_monitor import EdgeMonitor
from orchestrator.drills.edge_plan import NAME as EDGE
from orchestrator.drills.home import DrillHome
from orchestrator.drills.load import Load
from orchestrator.drills.plan import Plan
from orchestrator.drills.ports import Ports
from orchestrator.drills.scenarios import DrillError
from orchestrator.drills.traffic import requests

REPORT = "nightly-report"


class Lab:
    """Starts, changes and ends the parts; every one of them is a child or lives in here."""

    def __init__(self, home: DrillHome, plan: Plan, clock: Clock, baseline: float | None) -> None:
        """`baseline`: how long the stable release is watched, if not as the scenario has it; then
        the calm before the fault is shortened alike."""
        usual = plan.scenario.baseline
        self.baseline = usual if baseline is None else baseline
        self.calm = plan.calm * self.baseline / usual
        self.home = home
        self.plan = plan
        self.clock = clock
        self.truth = home.truth()
        given = self.truth["ports"]
        self.ports = Ports(given[plan.service], given[EDGE], given[plan.dependency])
        self.edge_monitor = EdgeMonitor()
        self.edge = Edge(clock, home.project, self.ports, self.edge_monitor.add)
        self.load = Load(clock, self.ports.edge, requests(plan), plan.rps, clients.everybody(plan))
        self.service = Child(
            clock,
            home.project,
            plan.service,
            self._service_arguments,
            f"http://127.0.0.1:{self.ports.service}/healthz",
            {
                "DEPENDENCY_ADDRESS": f"127.0.0.1:{self.ports.dependency}",
                "AUDIT_LOG": str(self.audit),
                "FILE_LIMIT": str(audit.LIMIT),
            },
        )
        self.dependency = Child(
            clock,
            home.project,
            plan.dependency,
            lambda: [self._lib, plan.dependency, str(self.ports.dependency), plan.dependency],
            f"http://127.0.0.1:{self.ports.dependency}/healthz",
        )
        self.report = self._report()
        self.final_report = self._report("--final")

    @property
    def audit(self) -> Path:
        return self.home.project / "var" / "data" / audit.NAME

    @property
    def database(self) -> Path:
        return self.home.project / "var" / "data" / f"{self.plan.words.package}.sqlite"

    @property
    def children(self) -> tuple[Child, ...]:
        return (self.service, self.dependency, self.report, self.final_report)

    def say(self, text: str) -> None:
        self.home.say(self.clock.now(), text)

    def began(self) -> None:
        """Now the fault begins; the first time counts."""
        if self.home.truth().get("fault_at") is None:
            self.home.began(self.clock.now())

    async def stop(self) -> None:
        """End every child."""
        await asyncio.gather(*(child.stop() for child in self.children))

    async def deploy(self, name: str, version: str) -> None:
        """Deploy through the project's own script, as ci would."""
        process = await asyncio.create_subprocess_exec(
            *(str(self.home.project / "bin" / "deploy"), name, version),
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
            cwd=self.home.project,
            env={**os.environ, "DEPLOY_BY": "ci"},
        )
        try:
            said, _ = await process.communicate()
        finally:
            if process.returncode is None:
                with suppress(ProcessLookupError):
                    process.kill()
                await process.wait()
        if process.returncode:
            raise DrillError(said.decode(errors="replace").strip() or "the deploy script failed")

    def _service_arguments(self) -> list[str]:
        release = (self.home.project / "releases" / self.plan.service / "current").resolve()
        port = str(self.ports.service)
        return [str(release), self.plan.words.package, port, str(self.database), release.name]

    def _report(self, *more: str) -> Child:
        def arguments() -> list[str]:
            return [self._lib, "nightly_report", str(self.database), *more]

        return Child(self.clock, self.home.project, REPORT, arguments)

    @property
    def _lib(self) -> str:
        return str(self.home.project / "lib")
