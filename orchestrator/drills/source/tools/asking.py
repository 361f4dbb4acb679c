"""What the scripts share: where they are, whom they ask, and how they fail in one line."""

import contextlib
import fcntl
import json
import os
import socket
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
VAR = ROOT / "var"
ANSWERS_WITHIN = 20.0
HEALTHY_WITHIN = 20.0


class Failed(Exception):
    """Why it did not work, in one line, and the exit code."""

    def __init__(self, why: str, code: int = 1) -> None:
        super().__init__(why)
        self.code = code


def told(name: str, work: Callable[[], str]) -> int:
    """Run the work and print what it says; a failure is one line and an exit code."""
    try:
        said = work()
    except Failed as failure:
        print(f"{name}: {failure}", file=sys.stderr)
        return failure.code
    except OSError as error:
        print(f"{name}: {error}", file=sys.stderr)
        return 1
    with contextlib.suppress(BrokenPipeError):
        print(said, flush=True)
    return 0


def manager(question: dict[str, Any]) -> dict[str, Any]:
    """Ask whoever runs the parts; by a short relative path, as socket paths must be short."""
    with (
        contextlib.chdir(VAR / "run"),
        socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as connection,
    ):
        connection.settimeout(ANSWERS_WITHIN)
        try:
            connection.connect("manager.sock")
        except OSError:
            raise Failed("no service manager answers at var/run/manager.sock") from None
        connection.sendall(json.dumps(question).encode() + b"\n")
        with connection.makefile("rb") as lines:
            reply = lines.readline()
    if not reply:
        raise Failed("the service manager hung up")
    answer: dict[str, Any] = json.loads(reply)
    if "why" in answer:
        raise Failed(str(answer["why"]))
    return answer


@contextlib.contextmanager
def alone(name: str) -> Iterator[None]:
    """One change of a file at a time; the lock goes with the process, however that ends."""
    with (VAR / "run" / f"{name}.lock").open("a") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def put(path: Path, text: str) -> None:
    """Replace a small file in one step."""
    beside = path.with_name(f".{path.name}.{os.getpid()}")
    beside.write_text(text, "utf-8")
    beside.chmod(0o600)
    beside.replace(path)
