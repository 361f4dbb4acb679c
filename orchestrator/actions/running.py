"""A command at work: what it prints as it comes, a person's word that it be cancelled, its end."""

import contextlib
import json
import os
import signal
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from orchestrator.actions import launch
from orchestrator.clock import Clock
from orchestrator.evidence.hygiene import clean
from orchestrator.evidence.redaction import redact

POLL_SECONDS = 0.1

STUBBORN = 5.0
"""Seconds that a command whose launcher is gone has between TERM and KILL."""

AT_ONCE = 64 * 1024
"""Bytes that are shown of one look; of a flood, the last ones."""

Claim = Mapping[str, Any]
Out = Callable[[str], None]

_BLOCK_BEGINS, _BLOCK_ENDS = b"-----BEGIN ", b"-----END "


class Tail:
    """What a command prints while it prints: whole lines, without secrets."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._at = 0
        self._held = b""

    def fresh(self, last: bool = False) -> str:
        """What came since the last look. Half a line waits, and so does half a private key."""
        left_out, new = self._read()
        body = self._held + new
        end = len(body) if last else body.rfind(b"\n") + 1
        begins = body.rfind(_BLOCK_BEGINS, 0, end)
        if begins >= 0 and _BLOCK_ENDS not in body[begins:end] and not last:
            end = begins
        if not last and len(body) - end > AT_ONCE:
            end = len(body)  # nobody prints a line or a key of this size
        self._held = body[end:]
        told = redact(clean(body[:end].decode("utf-8", "replace")))[0]
        return f"[{left_out} bytes left out]\n{told}" if left_out else told

    def _read(self) -> tuple[int, bytes]:
        try:
            with self._path.open("rb") as file:
                size = file.seek(0, 2)
                start = max(self._at, size - AT_ONCE)
                file.seek(start)
                body = file.read(AT_ONCE)
        except OSError:
            return 0, b""
        left_out, self._at = start - self._at, start + len(body)
        if left_out:  # from here on a half line begins
            self._held = b""
            body = body[body.find(b"\n") + 1 :]
        return left_out, body


async def ended(
    folder: Path,
    claim: Claim,
    timeout: float,
    clock: Clock,
    cancelled: Callable[[], bool],
    out: Out,
) -> None:
    """Until neither the launcher nor, where it died too early, its command is alive.

    The launcher cuts its command in time, and when it is told to. A command without its launcher
    has nobody to do so: that is done here.
    """
    tail, told = Tail(folder / "output.txt"), False

    async def pause() -> None:
        await clock.sleep(POLL_SECONDS)
        if text := tail.fresh():
            out(text)

    while _lives(claim):
        if cancelled() and not told:
            told = True
            with contextlib.suppress(ProcessLookupError):
                os.kill(int(claim["pid"]), signal.SIGTERM)
        await pause()
    child = read(folder / "child.json")
    if child is not None and not (folder / "result.json").exists():
        begun, asked = clock.now(), 0.0
        while _lives(child):
            now = clock.now()
            if cancelled() and not asked:
                asked = now
                _send(int(child["pid"]), int(claim["pid"]), signal.SIGTERM)
            if now - begun > timeout or (asked and now - asked > STUBBORN):
                _send(int(child["pid"]), int(claim["pid"]), signal.SIGKILL)
            await pause()
    if text := tail.fresh(last=True):
        out(text)


def _send(child: int, group: int, what: signal.Signals) -> None:
    """To the command and what it started, if it is still in the group of its launcher."""
    with contextlib.suppress(ProcessLookupError):
        if os.getpgid(child) == group:
            os.killpg(group, what)
        os.kill(child, what)


def _lives(process: Claim) -> bool:
    return process["ticks"] != 0 and launch.ticks(int(process["pid"])) == int(process["ticks"])


def read(path: Path) -> dict[str, Any] | None:
    """A launcher's record; None where there is none that can be read."""
    try:
        body: dict[str, Any] = json.loads(path.read_text("utf-8"))
    except (FileNotFoundError, ValueError):
        return None
    return body
