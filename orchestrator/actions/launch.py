"""The process that stands between the runner and an approved command, so that either may die.

It claims its folder by creating `claim.json` exclusively (two launchers can never both run), starts
the command in a session of its own, keeps its output, and writes `result.json` when it ended. It
outlives the runner; a later runner finds it by pid and start time. Standard library only, and run
by path: nothing of the project is imported.

Exit codes: 0 ran (the command's own code is in `result.json`), 17 somebody else has the claim.
"""

import contextlib
import json
import os
import signal
import subprocess
import sys
from pathlib import Path

CLAIMED = 17


def ticks(pid: int) -> int:
    """Start time of a process in kernel clock ticks; 0 when there is no such process."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_bytes()
    except OSError:
        return 0
    fields = stat[stat.rfind(b")") + 2 :].split()
    return 0 if fields[0] == b"Z" else int(fields[19])


def write(path: Path, body: dict[str, object]) -> None:
    """In one step and on the disk, because everything later rests on it."""
    beside = path.with_suffix(".tmp")
    with beside.open("w") as file:
        json.dump(body, file)
        file.flush()
        os.fsync(file.fileno())
    beside.replace(path)


def main(folder: Path, cwd: str, timeout: float, argv: list[str]) -> int:
    os.umask(0o077)
    mine = json.dumps({"pid": os.getpid(), "ticks": ticks(os.getpid())})
    beside = folder / f"claim.{os.getpid()}.tmp"
    beside.write_text(mine)
    try:
        os.link(beside, folder / "claim.json")
    except FileExistsError:
        return CLAIMED
    finally:
        beside.unlink()
    body: dict[str, object] = {"exit": -1, "timed_out": False, "why": ""}
    with (folder / "output.txt").open("ab") as output:
        try:
            process = subprocess.Popen(
                argv, cwd=cwd, stdin=subprocess.DEVNULL, stdout=output, stderr=output
            )
        except OSError as error:
            body["why"] = f"{argv[0]} cannot be started: {error.strerror}"
        else:
            try:
                body["exit"] = process.wait(timeout)
            except subprocess.TimeoutExpired:
                end(process)
                body |= {"timed_out": True, "why": f"cut after {timeout:g} s"}
    write(folder / "result.json", body)
    return 0


def end(process: subprocess.Popen[bytes]) -> None:
    """TERM to the whole session but ourselves, then KILL."""
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    with contextlib.suppress(ProcessLookupError):
        os.killpg(os.getpgid(0), signal.SIGTERM)
    try:
        process.wait(5)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), sys.argv[2], float(sys.argv[3]), sys.argv[4:]))
