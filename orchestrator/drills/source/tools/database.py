"""`database locks`: who holds the write lock, and who waits. `database end PID`: end a holder.

The kernel knows who holds a lock (/proc/locks) and on which file; SQLite says which byte is the
write lock of a database with a write-ahead log.
"""

import argparse
import os
import time
from pathlib import Path

from .asking import VAR, Failed, manager, told

WRITE_LOCK = 120
"""The byte of the -shm file that a writer locks (WAL_WRITE_LOCK)."""

LOOKS, PAUSE = 8, 0.05
"""Who holds the lock at every look keeps it; a single look would blame every short write."""

ENDS_WITHIN = 5.0


def main() -> int:
    parser = argparse.ArgumentParser(prog="database", description="the write lock, and who has it")
    asked = parser.add_subparsers(dest="what", required=True)
    asked.add_parser("locks", help="who holds the write lock, and who waits")
    ending = asked.add_parser("end", help="end a process that holds the write lock")
    ending.add_argument("pid", type=int)
    ending.add_argument("--dry-run", action="store_true", help="say what would be done")
    words = parser.parse_args()
    if words.what == "locks":
        return told("database", locks)
    return told("database", lambda: end(words.pid, dry_run=words.dry_run))


def locks() -> str:
    """The holder first, then the others that have the database open."""
    holding = keepers()
    if not holding:
        return "no holder: nobody keeps the write lock"
    known = processes()
    lines = [f"holder {_line(pid, known)}" for pid in sorted(holding)]
    others = {pid for pid in known if pid not in holding and _has_open(pid, shared())}
    return "\n".join([*lines, *(f"waits {_line(pid, known)}" for pid in sorted(others))])


def end(pid: int, *, dry_run: bool) -> str:
    """End the process, if it keeps the lock and is one of this project's."""
    if pid not in keepers():
        raise Failed(f"{pid} does not keep the write lock; see `bin/database locks`")
    known = processes()
    if pid not in known:
        raise Failed(f"{pid} is no process of this project: it is left alone")
    if dry_run:
        return f"would end {_line(pid, known)}; what it has not committed is undone"
    manager({"op": "end", "pid": pid})
    ends = time.monotonic() + ENDS_WITHIN
    while pid in holders():
        if time.monotonic() > ends:
            raise Failed(f"{pid} still holds the write lock")
        time.sleep(PAUSE)
    return f"ended {_line(pid, known)}: the write lock is free"


def shared() -> Path:
    """The file whose bytes are the locks of the database."""
    found = sorted((VAR / "data").glob("*.sqlite-shm"))
    if not found:
        raise Failed("not available, because no process has the database open")
    return found[0]


def keepers() -> set[int]:
    """Who holds the write lock at each of several looks."""
    kept = holders()
    for _ in range(LOOKS - 1):
        if not kept:
            break
        time.sleep(PAUSE)
        kept &= holders()
    return kept


def holders() -> set[int]:
    """Who holds the write lock now, as the kernel says."""
    path = shared()
    try:
        text = Path("/proc/locks").read_text("utf-8")
    except FileNotFoundError:
        raise Failed("not available, because this system has no /proc/locks") from None
    inode = path.stat().st_ino
    pids = (holder(line, inode) for line in text.splitlines())
    return {pid for pid in pids if pid and _has_open(pid, path)}


def holder(line: str, inode: int) -> int:
    """The process of a line of /proc/locks that is the write lock on that file; else 0.

    `5: POSIX  ADVISORY  WRITE 4242 fe:00:2148441 120 120`; `->` in the second place: it waits.
    """
    words = line.split()
    if len(words) != 8 or words[1] != "POSIX" or words[3] != "WRITE":
        return 0
    if words[5].rpartition(":")[2] != str(inode):
        return 0
    last = WRITE_LOCK if words[7] == "EOF" else int(words[7])
    return int(words[4]) if int(words[6]) <= WRITE_LOCK <= last else 0


def processes() -> dict[int, str]:
    """Process → its name and since when it runs, of all that belong to this project."""
    parts = manager({"op": "status"})["parts"]
    return {
        int(part["pid"]): f"{name} since {part['since']}"
        for name, part in parts.items()
        if part["pid"]
    }


def _line(pid: int, known: dict[int, str]) -> str:
    return f"{pid} {known.get(pid, 'unknown')}"


def _has_open(pid: int, path: Path) -> bool:
    try:
        opened = list(Path(f"/proc/{pid}/fd").iterdir())
    except OSError:
        return False
    for one in opened:
        try:
            if os.path.samefile(one, path):
                return True
        except OSError:
            continue
    return False
