"""The process that keeps a drill alive: service, load, monitor and the scenario's own events.

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
from orchestrator.drills import alertmanager, lease
from orchestrator.drills.home import DrillHome, open_home
from orchestrator.drills.load import Load, fetch
from orchestrator.drills.monitor import Alert, Health, Monitor, sample
from orchestrator.drills.plan import make_plan
from orchestrator.drills.scenarios import DrillError
from orchestrator.drills.service import Service
from orchestrator.drills.traffic import Request, requests
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
        self._truth = home.truth()
        self._plan = make_plan(home.scenario, home.seed)
        self._baseline = self._plan.scenario.baseline if baseline is None else baseline
        self._port = int(self._truth["port"])
        package = self._plan.words.package
        self._service = Service(clock, home.project, home.service, package, self._port)
        self._load = Load(clock, self._port, requests(self._plan), self._plan.rps)
        self._monitor = Monitor(home.service)
        self._sent: tuple[Alert, ...] = ()
        self._notifications = 0
        self._watched = (while_pid, lease.started(while_pid)) if while_pid else None

    async def run(self, ready: Callable[[], None]) -> None:
        """Run the drill until something says stop; everything started here has ended after it."""
        loop = asyncio.get_running_loop()
        for name in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            loop.add_signal_handler(name, self.stopping.set)
        socket = "project/var/run/manager.sock"
        Path(socket).unlink(missing_ok=True)
        server = await asyncio.start_unix_server(self._answer, socket)
        Path(socket).chmod(0o600)
        write_private(self._home.supervisor, json.dumps({"pid": os.getpid()}) + "\n")
        ready()
        tasks = [
            asyncio.create_task(part)
            for part in (
                self.stopping.wait(),
                self._watch(),
                self._events(),
                self._scrape(),
                self._service.keep(),
            )
        ]
        try:
            await self._until_stopped(tasks)
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            server.close()
            await self._service.stop()
            with suppress(OSError):
                Path(socket).unlink(missing_ok=True)
                self._say("the drill has ended")

    async def _until_stopped(self, tasks: list[asyncio.Task[Any]]) -> None:
        """Wait for the stop; parts may end by themselves, but none may fail unseen."""
        waiting = set(tasks)
        while not self.stopping.is_set():
            done, waiting = await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
            for task in done:
                task.result()

    def _say(self, text: str) -> None:
        self._home.say(self._clock.now(), text)

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

    async def _answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One question a connection: `status` and `restart` from the deploy script, or `stop`."""
        with suppress(ConnectionError, ValueError, asyncio.CancelledError):
            try:
                question = json.loads(await reader.readline() or b"{}")
                if question.get("op") == "stop":
                    self.stopping.set()
                    await asyncio.Event().wait()  # the caller sees the end as the end of file
                if question.get("op") == "restart":
                    await self._service.restart()
                answer = {"health": self._service.health, "pid": self._service.pid}
                writer.write(json.dumps(answer).encode() + b"\n")
                await writer.drain()
            finally:
                writer.close()

    async def _events(self) -> None:
        """What happens in this scenario, and when."""
        scenario, plan = self._plan.scenario, self._plan
        old, new = plan.releases
        self._say(f"{self._home.service} {old} is being deployed")
        await self._deploy(self._truth["stable"])
        if not self._service.pid:  # a drill started again: the script had nothing to deploy
            await self._service.restart()
        load = asyncio.create_task(self._load.run())
        try:
            self._say(f"{self._home.service} {old} runs; load: {plan.rps:.0f} requests a second")
            await self._clock.sleep(self._baseline)
            self._say(f"ci deploys {new}: {len(plan.commits)} commits on top of {old}")
            await self._deploy(self._truth["release"])
            self._say(f"{self._home.service} {new} runs")
            if scenario.spike:
                await self._clock.sleep(scenario.calm)
                self._say(f"the load rises to {plan.spike_rps:.0f} requests a second")
                self._load.rate = plan.spike_rps
                await self._clock.sleep(scenario.spike)
                self._load.rate = plan.rps
                self._say(f"the load is back at {plan.rps:.0f} requests a second")
            await load
        finally:
            load.cancel()

    async def _deploy(self, version: str) -> None:
        """Deploy through the project's own script, as ci would."""
        script = self._home.project / "bin" / "deploy"
        process = await asyncio.create_subprocess_exec(
            *(str(script), self._home.service, version),
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
            cwd=self._home.project,
            env={**os.environ, "DEPLOY_BY": "ci"},
        )
        try:
            said, _ = await process.communicate()
        finally:
            if process.returncode is None:
                process.kill()
                await process.wait()
        if process.returncode:
            raise DrillError(said.decode(errors="replace").strip() or "the deploy script failed")

    async def _scrape(self) -> None:
        """Watch the service as a monitor does, and raise the alert when a rule says so."""
        count = 0
        page = Request("GET", "/metrics")
        while True:
            await self._clock.sleep(SCRAPE_EVERY)
            try:
                status, content = await fetch(self._port, page, within=2.0)
            except (OSError, TimeoutError):
                continue
            if status != 200:
                continue
            seen = self._monitor.add(sample(content.decode(), self._clock.now()))
            count += 1
            if seen is not None and count % SAY_EVERY == 0:
                self._say(describe(seen))
            self._notify()

    def _notify(self) -> None:
        """Write the notification anew whenever the group has changed."""
        alerts = tuple(self._monitor.alerts.values())
        if alerts == self._sent:
            return
        for alert in alerts:
            if alert not in self._sent:
                word = f"fires: {alert.summary}" if alert.firing else "is resolved"
                self._say(f"alert {alert.name} {word}")
        self._sent = alerts
        self._notifications += 1
        metrics = self._service.health.replace("/healthz", "/metrics")
        body = alertmanager.body(self._home.service, alerts, metrics)
        text = json.dumps(body, indent=1) + "\n"
        write_private(self._home.path / f"alert-{self._notifications}.json", text)
        write_private(self._home.alert_path, text)


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
