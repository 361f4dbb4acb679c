"""One run of the test at the commit that is checked out: a program that git itself starts.

It is run by path, so it imports the standard library alone. Its input is a pipe that nobody writes
to: it ends with the runner, and the test ends with it, wherever git stands by then.
"""

import contextlib
import json
import os
import selectors
import signal
import subprocess
import sys
import threading
import time

GOOD, BAD, SKIP, GONE = 0, 1, 125, 255
"""Exit codes as `git bisect run` reads them; 255 ends the search."""

SHOWN = 16384
"""Bytes of a run's output that are passed on."""

_TIDY = (["git", "reset", "--hard", "--quiet"], ["git", "clean", "-ffdxq"])


def main(given: list[str]) -> int:
    """RECORD SECONDS ARGV...: run ARGV, note in RECORD how it ended, and leave a clean tree."""
    record, seconds, argv = given[0], float(given[1]), given[2:]
    said = subprocess.run(["git", "rev-parse", "HEAD"], capture_output=True, check=False)
    began = time.monotonic()
    verdict, code, why = run(argv, seconds)
    took = round(time.monotonic() - began, 3)
    sha = said.stdout.decode().strip()
    told = {"sha": sha, "verdict": verdict, "exit": code, "seconds": took, "why": why}
    with open(record, "a", encoding="utf-8") as file:
        file.write(json.dumps(told) + "\n")
    print(f"{sha[:12]} {verdict}: {why}, {took:.1f} s", flush=True)
    for tidy in _TIDY:
        subprocess.run(tidy, stdout=subprocess.DEVNULL, stdin=subprocess.DEVNULL, check=False)
    return {"good": GOOD, "bad": BAD, "skip": SKIP}.get(verdict, GONE)


def run(argv: list[str], seconds: float) -> tuple[str, int | None, str]:
    """Verdict, exit code and why of one run: good, bad, skip, or gone with the runner."""
    # what git says to its own children is none of the test's business
    env = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
    try:
        test = subprocess.Popen(
            argv,
            env=env,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    except OSError as error:
        return "skip", None, f"cannot be started: {error.strerror}"
    try:
        ended = _watched(test, seconds)
    finally:
        _kill(test)
    if ended == "late":
        return "skip", None, f"no answer in {seconds:g} s, cut"
    if ended == "gone":
        return "gone", None, "the runner ended"
    code = test.wait()
    if code < 0:
        return "bad", code, f"ended by signal {-code}"
    verdict = {0: "good", SKIP: "skip"}.get(code, "bad")
    return verdict, code, f"exit code {code}"


def _watched(test: "subprocess.Popen[bytes]", seconds: float) -> str:
    """How it came to its end: over, late, or gone. Its output is passed on meanwhile."""
    assert test.stdout is not None
    reading, writing = os.pipe()
    threading.Thread(target=_tell, args=(test, writing), daemon=True).start()
    until = time.monotonic() + seconds
    shown = 0
    with selectors.DefaultSelector() as waits:
        for fd in (0, reading, test.stdout.fileno()):
            waits.register(fd, selectors.EVENT_READ)
        while True:
            ready = {key.fd for key, _ in waits.select(max(0.0, until - time.monotonic()))}
            if not ready:
                return "late"
            if 0 in ready and not os.read(0, 4096):
                return "gone"
            if test.stdout.fileno() in ready:
                piece = os.read(test.stdout.fileno(), 65536)
                if not piece:
                    waits.unregister(test.stdout.fileno())
                shown = _pass_on(piece, shown)
            elif reading in ready:
                return "over"


def _tell(test: "subprocess.Popen[bytes]", writing: int) -> None:
    test.wait()
    os.write(writing, b".")


def _pass_on(piece: bytes, shown: int) -> int:
    kept = piece[: max(0, SHOWN - shown)]
    if kept:
        os.write(1, kept)
    elif piece and shown == SHOWN:
        os.write(1, b"\n(the rest of its output is left out)\n")
        return shown + len(piece)
    return shown + len(kept)


def _kill(test: "subprocess.Popen[bytes]") -> None:
    """The whole group: what a test leaves running would disturb the next run."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(test.pid, signal.SIGKILL)
    test.wait()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
