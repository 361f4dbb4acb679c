"""The service under drill as a child process: started, restarted and ended here, and waited for."""

import asyncio
import os
import sys
from importlib.resources import files
from pathlib import Path

from orchestrator.clock import Clock

STOPS_WITHIN = 2.0
AGAIN_AFTER = 1.0


class Service:
    """Runs whatever release `current` points to; starts it again when it ends by itself."""

    def __init__(self, clock: Clock, project: Path, name: str, package: str, port: int) -> None:
        self.restarts = 0
        self._clock = clock
        self._project = project
        self._name = name
        self._package = package
        self._port = port
        self._process: asyncio.subprocess.Process | None = None
        self._lock = asyncio.Lock()

    @property
    def health(self) -> str:
        return f"http://127.0.0.1:{self._port}/healthz"

    @property
    def pid(self) -> int:
        """Of the process that runs now; 0 while none does."""
        running = self._process is not None and self._process.returncode is None
        return self._process.pid if self._process is not None and running else 0

    async def restart(self) -> None:
        """End what runs and start the current release."""
        async with self._lock:
            await self._end()
            await self._start()

    async def stop(self) -> None:
        """End the service and wait until it is gone."""
        async with self._lock:
            await self._end()

    async def keep(self) -> None:
        """Start the service again whenever it ended without being asked to. Until cancelled."""
        while True:
            await self._clock.sleep(AGAIN_AFTER)
            async with self._lock:
                if self._process is not None and self._process.returncode is not None:
                    self.restarts += 1
                    await self._start()

    async def _start(self) -> None:
        release = (self._project / "releases" / self._name / "current").resolve()
        log = os.open(
            self._project / "var" / "log" / f"{self._name}.log",
            os.O_WRONLY | os.O_CREAT | os.O_APPEND,
            0o600,
        )
        try:
            self._process = await asyncio.create_subprocess_exec(
                sys.executable,
                *("-I", "-S", "-B"),
                str(files("orchestrator.drills") / "source" / "keeper.py"),
                str(release),
                self._package,
                str(self._port),
                str(self._project / "var" / "data" / f"{self._package}.sqlite"),
                release.name,
                stdin=asyncio.subprocess.PIPE,
                stdout=log,
                stderr=log,
                cwd=self._project,
            )
        finally:
            os.close(log)

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
