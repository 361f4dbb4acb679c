"""The process that keeps a drill alive: its parts, load, monitor and the scenario's own events.

`python -m orchestrator.drills.supervisor HOME [--while-pid PID] [--detach]`. It is nobody's child:
the war room's runner may come and go. It ends with everything it started when it is told to, when
the process that wanted the drill is gone, and when the drill's folder vanishes.
"""

import argparse
import asyncio
import fcntl
import json
import os
import signal
import sys
import traceback
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import Any

from orchestrator.clock import Clock, WallClock
from orchestrator.drills import audit, lease
from orchestrator.drills.control import Control
from orchestrator.drills.edge_plan import NAME as EDGE
from orchestrator.drills.faults import FAULTS
from orchestrator.drills.faults.config import release_edge
from orchestrator.drills.home import DrillHome, open_home
from orchestrator.drills.lab import Lab
from orchestrator.drills.load import fetch
from orchestrator.drills.monitor import Health, Monitor, sample
from orchestrator.drills.notices import Notices
from orchestrator.drills.plan import make_plan
from orchestrator.drills.scenarios import DrillError
from orchestrator.drills.traffic import Request
from orchestrator.project import write_private

LOOK_EVERY = 0.5
SCRAPE_EVERY = 1.0
SAY_EVERY = 3
"""Scrapes between two lines about how the service is doing."""


class Supervisor:
    """One drill, from the deploy of the stable release to the end."""

    def __init__(
        self, home: DrillHome, clock: Clock, while_pid: int, baseline: float | None
    ) -> None:
        self.stopping = asyncio.Event()
        self._home = home
        self._clock = clock
        self._plan = make_plan(home.scenario, home.seed)
        self._lab = Lab(home, self._plan, clock, baseline)
        self._control = Control(self._lab, self.stopping)
        self._monitor = Monitor(home.service)
        self._notices = Notices(home, clock)
        self._watched = (while_pid, lease.started(while_pid)) if while_pid else None

    async def run(self, ready: Callable[[], None]) -> None:
        """Run the drill until something says stop; everything started here has ended after it."""
        loop = asyncio.get_running_loop()
        for name in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            loop.add_signal_handler(name, self.stopping.set)
        socket = "project/var/run/manager.sock"
        Path(socket).unlink(missing_ok=True)
        server = await asyncio.start_unix_server(self._control.answer, socket)
        Path(socket).chmod(0o600)
        write_private(self._home.supervisor, json.dumps({"pid": os.getpid()}) + "\n")
        ready()
        tasks = [
            asyncio.create_task(part)
            for part in (
                self.stopping.wait(),
                self._watch(),
                self._lab.edge.serve(),
                self._events(),
                self._scrape(),
                self._lab.service.keep(),
            )
        ]
        try:
            await self._until_stopped(tasks)
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            server.close()
            await self._lab.stop()
            with suppress(OSError):
                Path(socket).unlink(missing_ok=True)
                self._lab.say("the drill has ended")

    async def _until_stopped(self, tasks: list[asyncio.Task[Any]]) -> None:
        """Wait for the stop; parts may end by themselves, but none may fail unseen."""
        waiting = set(tasks)
        while not self.stopping.is_set():
            done, waiting = await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
            for task in done:
                task.result()

    async def _watch(self) -> None:
        """Stop when nobody wants this drill any more, or it has been deleted."""
        while True:
            await self._clock.sleep(LOOK_EVERY)
            gone = not self._home.truth_path.exists()
            if self._watched is not None:
                pid, started = self._watched
                gone = gone or not started or lease.started(pid) != started
            if gone:
                self.stopping.set()
                return

    async def _events(self) -> None:
        """The stable release with its load, the next one, and what this scenario has in store."""
        plan, lab = self._plan, self._lab
        old, new = plan.releases
        self._fill_audit()
        await lab.dependency.restart()
        lab.say(f"{plan.service} {old} is being deployed")
        await lab.deploy(plan.service, lab.truth["stable"])
        if not lab.service.pid:  # a drill started again: the script had nothing to deploy
            await lab.service.restart()
        await lab.deploy(EDGE, lab.truth["edge_stable"])
        if not lab.edge.version:
            lab.edge.reload()
        load = asyncio.create_task(lab.load.run())
        try:
            lab.say(f"{plan.service} {old} runs; load: {plan.rps:.0f} requests a second")
            await self._calm()
            lab.say(f"ci deploys {new}: {len(plan.commits)} commits on top of {old}")
            await lab.deploy(plan.service, lab.truth["release"])
            lab.say(f"{plan.service} {new} runs")
            await FAULTS[plan.scenario.name](lab)
            await load
        finally:
            load.cancel()

    async def _calm(self) -> None:
        """The baseline: the report reads, and the edge gets its next release where that is well."""
        early = self._lab.baseline / 3
        await self._clock.sleep(early)
        if not self._plan.scenario.edge:
            await release_edge(self._lab)
        await self._lab.report.restart()
        await self._clock.sleep(self._lab.baseline - early)

    def _fill_audit(self) -> None:
        plan, left = self._plan, audit.ROOM
        if plan.scenario.name == "disk-limit":
            left = audit.room(plan.rps, self._lab.baseline + self._lab.calm)
        audit.prepare(self._lab.audit, left, self._clock.now(), plan.service)

    async def _scrape(self) -> None:
        """Watch the parts as a monitor does, and raise the alert when a rule says so."""
        count = 0
        while True:
            await self._clock.sleep(SCRAPE_EVERY)
            seen = await self._look()
            self._lab.edge_monitor.look(self._clock.now())
            count += 1
            if seen is not None and count % SAY_EVERY == 0:
                self._lab.say(describe(seen))
            alerts = [*self._monitor.alerts.values(), *self._lab.edge_monitor.alerts.values()]
            self._notices.give(alerts, self._pages())

    async def _look(self) -> Health | None:
        page = Request("GET", "/metrics")
        try:
            status, content = await fetch(self._lab.ports.service, page, within=2.0)
        except (OSError, TimeoutError):
            return None
        if status != 200:
            return None
        return self._monitor.add(sample(content.decode(), self._clock.now()))

    def _pages(self) -> dict[str, str]:
        """Where the figures of an alert come from, by part."""
        ports = self._lab.ports
        given = {self._plan.service: ports.service, EDGE: ports.edge}
        return {name: f"http://127.0.0.1:{port}/metrics" for name, port in given.items()}


def describe(seen: Health) -> str:
    """One line about how the service is doing."""
    return (
        f"{seen.rate:.0f} requests/s, {seen.errors:.0%} failed, p95 {seen.p95 * 1000:.0f} ms,"
        f" {seen.in_use} of {seen.size} connections in use"
    )


def main() -> int:
    parser = argparse.ArgumentParser(prog="supervisor")
    parser.add_argument("home", type=Path)
    parser.add_argument("--while-pid", type=int, default=0)
    parser.add_argument("--baseline", type=float, help="seconds before the next release comes")
    parser.add_argument("--detach", action="store_true")
    asked = parser.parse_args()
    try:
        home = open_home(asked.home)
    except DrillError as error:
        print(f"drill: {error}", file=sys.stderr)
        return 1
    if home.running:
        print(f"drill: {home.path} is running already", file=sys.stderr)
        return 1
    clock = WallClock()
    run = partial(supervise, home, clock, asked.while_pid, asked.baseline)
    return _detached(home, run) if asked.detach else run(lambda: None)


def supervise(
    home: DrillHome,
    clock: Clock,
    while_pid: int,
    baseline: float | None,
    ready: Callable[[], None],
) -> int:
    """Hold the drill's lock and run it to its end."""
    os.chdir(home.path)
    lock = os.open(home.lock_path, os.O_WRONLY | os.O_CREAT, 0o600)  # kept until the process ends
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return 1
    try:
        asyncio.run(Supervisor(home, clock, while_pid, baseline).run(ready))
    except Exception as error:
        home.say(clock.now(), f"the drill has failed: {error}")
        traceback.print_exc()
        return 1
    return 0


def _detached(home: DrillHome, run: Callable[[Callable[[], None]], int]) -> int:
    """Go on in a session of its own; the caller is let go once the drill can be spoken to."""
    reading, writing = os.pipe()
    if os.fork():
        os.close(writing)
        with os.fdopen(reading, "rb") as said:
            if said.read(1) == b"+":
                return 0
        print(f"drill: the supervisor did not start; see {home.log}", file=sys.stderr)
        return 1
    os.close(reading)
    os.setsid()
    log = os.open(home.log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    nothing = os.open(os.devnull, os.O_RDONLY)
    for source, target in ((nothing, 0), (log, 1), (log, 2)):
        os.dup2(source, target)
    os.close(log)
    os.close(nothing)

    def ready() -> None:
        os.write(writing, b"+")
        os.close(writing)

    return run(ready)


if __name__ == "__main__":
    sys.exit(main())
