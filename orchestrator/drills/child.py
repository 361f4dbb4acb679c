"""A part of the drill as a child process: started, restarted and ended here, and waited for."""

import asyncio
import os
import sys
from collections.abc import Callable, Mapping
from importlib.resources import files
from pathlib import Path

from orchestrator.clock import Clock, iso

STOPS_WITHIN = 2.0
AGAIN_AFTER = 1.0


class Child:
    """One process over a lifeline, so that it ends whenever the supervisor does."""

    def __init__(
        self,
        clock: Clock,
        project: Path,
        name: str,
        arguments: Callable[[], list[str]],
        health: str = "",
        environment: Mapping[str, str] | None = None,
    ) -> None:
        """`arguments`: folder and module for the keeper, then what the module is given."""
        self.health = health
        self.restarts = 0
        self.since = ""
        self._clock = clock
        self._project = project
        self._name = name
        self._arguments = arguments
        self._environment = environment or {}
        self._process: asyncio.subprocess.Process | None = None
        self._lock = asyncio.Lock()

    @property
    def pid(self) -> int:
        """Of the process that runs now; 0 while none does."""
        running = self._process is not None and self._process.returncode is None
        return self._process.pid if self._process is not None and running else 0

    async def restart(self) -> None:
        """End what runs and start anew."""
        async with self._lock:
            await self._end()
            await self._start()

    async def stop(self) -> None:
        """End it and wait until it is gone."""
        async with self._lock:
            await self._end()

    async def kill(self) -> None:
        """Let it die as it would of a fault: at once, and with nothing tidied up."""
        async with self._lock:
            if self._process is not None and self._process.returncode is None:
                self._process.kill()
                await self._process.wait()
            self._process = None

    async def keep(self) -> None:
        """Start it again whenever it ended without being asked to. Until cancelled."""
        while True:
            await self._clock.sleep(AGAIN_AFTER)
            async with self._lock:
                if self._process is not None and self._process.returncode is not None:
                    self.restarts += 1
                    await self._start()

    async def _start(self) -> None:
        log = os.open(
            self._project / "var" / "log" / f"{self._name}.log",
            os.O_WRONLY | os.O_CREAT | os.O_APPEND,
            0o600,
        )
        try:
            self._process = await asyncio.create_subprocess_exec(
                *(sys.executable, "-I", "-S", "-B"),
                str(files("orchestrator.drills") / "source" / "keeper.py"),
                *self._arguments(),
                stdin=asyncio.subprocess.PIPE,
                stdout=log,
                stderr=log,
                cwd=self._project,
                env={**os.environ, **self._environment},
            )
        finally:
            os.close(log)
        self.since = iso(self._clock.now())

    async def _end(self) -> None:
        process, self._process = self._process, None
        if process is None or process.returncode is not None:
            return
        process.terminate()
        try:
            async with asyncio.timeout(STOPS_WITHIN):
                await process.wait()
        except TimeoutError:
            process.kill()
            await process.wait()
