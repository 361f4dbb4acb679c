"""A read-only command as a source: an argument list, cut by time and size, ended with its group."""

import asyncio
import contextlib
import os
import signal
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from orchestrator.evidence.sources.source import BYTES, TIMEOUT, Hanging, SourceError

_ERRORS_KEPT = 4096


@dataclass(frozen=True, slots=True)
class Output:
    """What a command said."""

    body: bytes
    errors: str
    code: int
    truncated: bool

    @property
    def text(self) -> str:
        return self.body.decode("utf-8", "replace")


async def run(
    argv: Sequence[str],
    cwd: Path,
    env: Mapping[str, str],
    timeout: float = TIMEOUT,
    limit: int = BYTES,
    stdin: bytes = b"",
) -> Output:
    """Run `argv` to its end, its limit of bytes, or its time. Hanging names the command."""
    try:
        process = await asyncio.create_subprocess_exec(
            *argv,
            cwd=cwd,
            env=dict(env),
            stdin=asyncio.subprocess.PIPE if stdin else asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
            start_new_session=True,
        )
    except FileNotFoundError as error:
        missing = f"there is no folder {cwd}" if not cwd.is_dir() else f"{argv[0]} is not installed"
        raise SourceError(missing) from error
    except (OSError, ValueError) as error:
        raise SourceError(f"{argv[0]} cannot be started: {error}") from error
    assert process.stdout is not None
    assert process.stderr is not None
    errors = asyncio.create_task(_complaints(process.stderr))
    feeding = asyncio.create_task(_feed(process.stdin, stdin))
    try:
        async with asyncio.timeout(timeout):
            body, truncated = await _bounded(process.stdout, limit)
            if not truncated:
                await process.wait()
                await errors
    except TimeoutError:
        raise Hanging(f"{' '.join(argv[:3])}: no answer in {timeout:g} s, cut") from None
    finally:
        await end(process)
        for task in (errors, feeding):
            task.cancel()
        await asyncio.gather(errors, feeding, return_exceptions=True)
    said = errors.result() if not errors.cancelled() else b""
    code = 0 if truncated else process.returncode or 0
    return Output(body, said.decode("utf-8", "replace"), code, truncated)


async def _feed(stream: asyncio.StreamWriter | None, body: bytes) -> None:
    if stream is None:
        return
    with contextlib.suppress(BrokenPipeError, ConnectionResetError):
        stream.write(body)
        await stream.drain()
        stream.close()


async def _bounded(stream: asyncio.StreamReader, limit: int) -> tuple[bytes, bool]:
    pieces: list[bytes] = []
    size = 0
    while size <= limit:
        piece = await stream.read(65536)
        if not piece:
            return b"".join(pieces), False
        pieces.append(piece)
        size += len(piece)
    return b"".join(pieces)[:limit], True


async def _complaints(stream: asyncio.StreamReader) -> bytes:
    """The beginning of what it complains; the rest is read too, or it would wait for a reader."""
    kept = b""
    while piece := await stream.read(65536):
        kept = (kept + piece)[:_ERRORS_KEPT]
    return kept


async def end(process: asyncio.subprocess.Process) -> None:
    """Kill the whole group, then drain the pipes so that the transport closes."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL)
    with contextlib.suppress(ProcessLookupError):
        if process.returncode is None:
            process.kill()
    await process.wait()
    # closes the pipes' ends here even where a grandchild still holds the others
    process._transport.close()  # type: ignore[attr-defined]
