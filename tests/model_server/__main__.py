"""`python -m tests.model_server --script NAME --port-file PATH`: the server as a process."""

import argparse
import asyncio
import os
import signal
from collections.abc import Callable, Mapping
from pathlib import Path

from tests.model_server import faults
from tests.model_server.scripted import drill
from tests.model_server.server import ModelServer
from tests.model_server.wire import Script

SCRIPTS: Mapping[str, Callable[[], Script]] = {
    "drill": drill,
    "rate-limited": lambda: faults.always(faults.rate_limited(300)),
    "overloaded": lambda: faults.always(faults.overloaded()),
    "flaky": lambda: faults.times(2, faults.overloaded(), drill()),
    "error-midway": lambda: faults.always(faults.error_midway()),
    "dropped": lambda: faults.always(faults.dropped()),
    "cut-short": lambda: faults.always(faults.cut_short()),
    "stalled": lambda: faults.always(faults.stalled()),
    "pinging": lambda: faults.always(faults.pinging()),
    "silent": lambda: faults.always(faults.Silence()),
    "refusing": lambda: faults.always(faults.refusal()),
}
"""What a process can be told to do"""


async def serve(script: Script, port_file: Path) -> None:
    """Serve until SIGTERM; the port is in the file, whole, once the server listens."""
    ended = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, ended.set)
    async with ModelServer(script) as server:
        unfinished = port_file.with_name(f"{port_file.name}.{os.getpid()}")
        unfinished.write_text(f"{server.port}\n")
        unfinished.replace(port_file)
        print(server.url, flush=True)
        await ended.wait()


def main() -> None:
    """Read the arguments and serve."""
    parser = argparse.ArgumentParser(prog="python -m tests.model_server", description=__doc__)
    parser.add_argument("--script", choices=sorted(SCRIPTS), required=True)
    parser.add_argument("--port-file", type=Path, required=True)
    given = parser.parse_args()
    asyncio.run(serve(SCRIPTS[given.script](), given.port_file))


if __name__ == "__main__":
    main()
