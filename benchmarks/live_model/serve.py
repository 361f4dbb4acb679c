"""A small model on loopback: llama.cpp in a process of its own, and the gateway in front of it."""

import contextlib
import select
import socket
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from threading import Thread

import httpx2
import uvicorn

from benchmarks.live_model.chat_template import chat_template, corrected
from benchmarks.live_model.gateway import gateway
from benchmarks.live_model.weights import CACHE, NoWeights, fetch, pip

ENGINE = "xllamacpp==2026.10.11549"
NAME = "claude-local"
STARTS_WITHIN = 180.0


@dataclass(frozen=True, slots=True)
class Served:
    """Where the model answers, and the process that does the work."""

    url: str
    model: str
    pid: int


@contextlib.contextmanager
def served(size: str, cache: Path = CACHE) -> Iterator[Served]:
    """The model of that size behind its gateway; both are ended however the block ends.

    NoWeights when the weights or the engine cannot be had.
    """
    cache.mkdir(mode=0o700, exist_ok=True)
    weights = fetch(size, cache)
    template = cache / f"{size}.jinja"
    template.write_text(corrected(chat_template(weights)))
    command = [str(_python(cache)), str(Path(__file__).with_name("engine.py"))]
    with (
        (cache / "engine.log").open("w") as log,
        subprocess.Popen(
            [*command, str(weights), str(template), NAME],
            stdin=subprocess.PIPE,  # the engine ends when it closes, also when we are killed
            stdout=subprocess.PIPE,
            stderr=log,
            text=True,
        ) as engine,
    ):
        try:
            with _gateway(_address(engine, cache)) as url:
                yield Served(url, NAME, engine.pid)
        finally:
            engine.kill()


def _python(cache: Path) -> Path:
    """The Python that has the engine, made once; our own never gets it."""
    python = cache.resolve() / "venv" / "bin" / "python"
    ready = cache / "venv" / ENGINE
    if not ready.exists():
        subprocess.run([sys.executable, "-m", "venv", str(cache / "venv")], check=True)
        pip(str(python), "install", ENGINE)
        ready.touch()
    return python


def _address(engine: "subprocess.Popen[str]", cache: Path) -> str:
    """What the engine says once the model is loaded."""
    assert engine.stdout is not None
    readable, _, _ = select.select([engine.stdout], [], [], STARTS_WITHIN)
    said = engine.stdout.readline().strip() if readable else ""
    if not said:
        raise NoWeights(f"the engine did not start; its last words are in {cache / 'engine.log'}")
    return said


@contextlib.contextmanager
def _gateway(engine: str) -> Iterator[str]:
    client = httpx2.AsyncClient(base_url=engine)
    config = uvicorn.Config(gateway(client), log_level="warning", lifespan="off")
    server = uvicorn.Server(config)
    with socket.create_server(("127.0.0.1", 0)) as listening:
        thread = Thread(target=server.run, kwargs={"sockets": [listening]}, daemon=True)
        thread.start()
        try:
            yield f"http://127.0.0.1:{listening.getsockname()[1]}"
        finally:
            server.should_exit = True
            thread.join(10.0)
