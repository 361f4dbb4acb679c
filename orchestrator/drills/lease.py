"""Whether a process is still the one it was: pids are used again, and zombies answer to signals."""

import os
from pathlib import Path


def started(pid: int) -> int:
    """Start time of a living process in kernel ticks; 1 where the system does not say; 0: gone."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text("utf-8")
    except FileNotFoundError:
        return _answers(pid) if not Path("/proc/self/stat").exists() else 0
    except ProcessLookupError:
        return 0
    state, *rest = stat.rpartition(")")[2].split()
    return 0 if state in "ZX" else int(rest[18])


def _answers(pid: int) -> int:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return 0
    except PermissionError:
        return 1
    return 1
