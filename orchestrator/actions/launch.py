"""The process that stands between the runner and an approved command, so that either may die.

It claims its folder by creating `claim.json` exclusively (two launchers can never both run), starts
the command in a session of its own, keeps its output, and writes `result.json` when it ended. Both
say which approval of which card they are for. It outlives the runner; a later runner finds it by
pid and start time. Standard library only, and run by path: nothing of the project is imported.

Exit codes: 0 ran (the command's own code is in `result.json`), 17 somebody else has the claim.
"""

import contextlib
import ctypes
import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

CLAIMED = 17
_PR_SET_CHILD_SUBREAPER = 36


def ticks(pid: int) -> int:
    """Start time of a process in kernel clock ticks; 0 when there is no such process."""
    fields = _stat(pid)
    return 0 if not fields or fields[0] == b"Z" else int(fields[19])


def write(path: Path, body: dict[str, object]) -> None:
    """In one step and on the disk, because everything later rests on it."""
    _beside(path, body).replace(path)


def claim(folder: Path, body: dict[str, object]) -> bool:
    """Take the folder for one command; False when somebody has it already."""
    path = folder / "claim.json"
    beside = _beside(path, body)
    try:
        os.link(beside, path)
    except FileExistsError:
        return False
    finally:
        beside.unlink()
    return True


def main(
    folder: Path, approval: str, sha256: str, cwd: str, timeout: float, argv: list[str]
) -> int:
    os.umask(0o077)
    _adopt_orphans()
    # TERM means: cut the command; until there is one it waits
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGTERM})
    whose: dict[str, object] = {"approval": approval, "sha256": sha256}
    if not claim(folder, {**whose, **_alive(os.getpid())}):
        return CLAIMED
    body: dict[str, object] = {**whose, "exit": -1, "timed_out": False, "why": ""}
    with (folder / "output.txt").open("ab") as output:
        launcher = os.getpid()
        try:
            process = subprocess.Popen(
                argv,
                cwd=cwd,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                preexec_fn=lambda: _recorded(folder, launcher),
            )
        except OSError as error:
            body["why"] = f"{argv[0]} cannot be started: {error.strerror}"
        except subprocess.SubprocessError as error:
            body["why"] = f"{argv[0]} cannot be started: {error}"
        else:
            try:
                body["exit"] = _wait(process, timeout)
            except subprocess.TimeoutExpired:
                body |= {"timed_out": True, "why": f"cut after {timeout:g} s"}
                end(process)
            except Cut:
                if process.poll() is None:
                    end(process)
                    body |= {"cancelled": True, "why": "cancelled"}
                body["exit"] = process.returncode
    write(folder / "result.json", body)
    if body["timed_out"] or "cancelled" in body:
        end_session()
    return 0


class Cut(Exception):
    """The runner says that the command is not wanted any more."""


def _wait(process: "subprocess.Popen[bytes]", timeout: float) -> int:
    """Its exit code. Cut when TERM comes first."""

    def cut(signum: int, frame: object) -> None:
        raise Cut

    signal.signal(signal.SIGTERM, cut)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGTERM})
    try:
        return process.wait(timeout)
    finally:
        signal.signal(signal.SIGTERM, signal.SIG_IGN)


def _adopt_orphans() -> None:
    """What the command leaves behind stays below us, so that it can be told where it came from."""
    with contextlib.suppress(OSError, AttributeError):
        ctypes.CDLL(None).prctl(_PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)


def _recorded(folder: Path, launcher: int) -> None:
    """In the child, before it becomes the command: on record, and only while the launcher lives.

    Whoever finds the launcher dead and no record knows that the command will never begin.
    """
    signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGTERM})
    write(folder / "child.json", _alive(os.getpid()))
    if os.getppid() != launcher:
        os._exit(1)


def end(process: "subprocess.Popen[bytes]") -> None:
    """TERM to the whole group but ourselves, then KILL to the command."""
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    with contextlib.suppress(ProcessLookupError):
        os.killpg(os.getpgid(0), signal.SIGTERM)
    try:
        process.wait(5)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def end_session() -> None:
    """KILL to whatever the command left in this session; again, because it may be multiplying."""
    for _ in range(3):
        for pid in _others_of_session():
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)


def _others_of_session() -> Iterator[int]:
    session = str(os.getsid(0)).encode()
    for entry in Path("/proc").iterdir():
        if entry.name.isdecimal() and int(entry.name) != os.getpid():
            fields = _stat(int(entry.name))
            if fields and fields[0] != b"Z" and fields[3] == session:
                yield int(entry.name)


def _alive(pid: int) -> dict[str, object]:
    return {"pid": pid, "ticks": ticks(pid)}


def _stat(pid: int) -> list[bytes]:
    """The fields of a process from its state on; none when there is no such process."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_bytes()
    except OSError:
        return []
    return stat[stat.rfind(b")") + 2 :].split()


def _beside(path: Path, body: dict[str, object]) -> Path:
    beside = path.with_suffix(f".{os.getpid()}.tmp")
    flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC
    with os.fdopen(os.open(beside, flags, 0o600), "w") as file:
        json.dump(body, file)
        file.flush()
        os.fsync(file.fileno())
    return beside


if __name__ == "__main__":
    _, _folder, _approval, _sha256, _cwd, _timeout, *_argv = sys.argv
    sys.exit(main(Path(_folder), _approval, _sha256, _cwd, float(_timeout), _argv))
