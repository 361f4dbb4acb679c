"""A command whose lines are told while it runs, and that ends when it is asked to.

Its input stays open and empty. Closing it asks the command to end; its group is killed when it does
not do so.
"""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from orchestrator.evidence.sources.process import end
from orchestrator.evidence.sources.source import Hanging, SourceError

GRACE = 3.0
"""Seconds to end in by itself."""

_LINE = 8192


async def lines_of(
    argv: Sequence[str],
    cwd: Path,
    env: Mapping[str, str],
    timeout: float,
    told: Callable[[str], None],
) -> int:
    """Run `argv` to its end and give its exit code; Hanging when it takes longer than `timeout`."""
    try:
        process = await asyncio.create_subprocess_exec(
            *argv,
            cwd=cwd,
            env=dict(env),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
            start_new_session=True,
        )
    except OSError as error:
        raise SourceError(f"{argv[0]} cannot be started: {error.strerror}") from error
    assert process.stdout is not None
    assert process.stdin is not None
    try:
        async with asyncio.timeout(timeout):
            await _tell(process.stdout, told)
            return await process.wait()
    except TimeoutError:
        raise Hanging(f"{argv[0]} {argv[1]}: no end in {timeout:g} s, cut") from None
    finally:
        process.stdin.close()
        try:
            await _ended(process)
        finally:
            await end(process)


async def _ended(process: asyncio.subprocess.Process) -> None:
    """Time to end in, for a command that watches its input; its last words are nobody's."""
    assert process.stdout is not None
    try:
        async with asyncio.timeout(GRACE):
            while await process.stdout.read(65536):
                pass
            await process.wait()
    except TimeoutError:
        return


async def _tell(stream: asyncio.StreamReader, told: Callable[[str], None]) -> None:
    kept = b""
    while piece := await stream.read(65536):
        *whole, kept = (kept + piece).split(b"\n")
        for line in whole:
            told(line[:_LINE].decode("utf-8", "replace").rstrip("\r"))
        if len(kept) > _LINE:
            told(kept[:_LINE].decode("utf-8", "replace"))
            kept = b""
    if kept:
        told(kept.decode("utf-8", "replace"))
