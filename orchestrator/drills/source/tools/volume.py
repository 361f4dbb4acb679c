"""`volume show`: how full the audit file is. `volume rotate`: begin a new one; `restore` undoes it.

The limit is the one that the kernel holds the service to (RLIMIT_FSIZE).
"""

import argparse
from pathlib import Path

from .asking import VAR, Failed, alone, manager, told

AUDIT = VAR / "data" / "audit.log"
KEPT = AUDIT.with_name("audit.log.1")


def main() -> int:
    parser = argparse.ArgumentParser(prog="volume", description="the audit file and its limit")
    asked = parser.add_subparsers(dest="what", required=True)
    showing = asked.add_parser("show", help="size and limit")
    showing.add_argument("--brief", action="store_true", help="only whether it is full")
    for name, what in (("rotate", "begin a new file"), ("restore", "take a rotation back")):
        more = asked.add_parser(name, help=what)
        more.add_argument("--dry-run", action="store_true", help="say what would be done")
    words = parser.parse_args()
    if words.what == "show":
        return told("volume", lambda: show(brief=words.brief))
    work = rotate if words.what == "rotate" else restore
    return told("volume", lambda: work(dry_run=words.dry_run))


def show(*, brief: bool = False) -> str:
    """How much of what the file may hold is taken."""
    limit = int(manager({"op": "status"})["limit"])
    size = _size(AUDIT)
    full = "full" if size >= limit else "not full"
    if brief:
        return f"{AUDIT.name}: {full}"
    lines = [f"{AUDIT.name}: {size} of {limit} bytes ({size / limit:.1%}), {full}"]
    if KEPT.exists():
        lines.append(f"{KEPT.name}: {_size(KEPT)} bytes, rotated away")
    return "\n".join(lines)


def rotate(*, dry_run: bool) -> str:
    """Put the file aside; the service begins a new one with its next line."""
    with alone("volume"):
        if KEPT.exists():
            raise Failed(f"{KEPT.name} is still there: restore it, or put it away first")
        if not AUDIT.exists():
            raise Failed(f"there is no {AUDIT.name} to rotate")
        size = _size(AUDIT)
        if dry_run:
            return f"would keep {AUDIT.name} ({size} bytes) as {KEPT.name} and begin a new one"
        AUDIT.rename(KEPT)
        return f"{AUDIT.name} ({size} bytes) is now {KEPT.name}; a new one begins"


def restore(*, dry_run: bool) -> str:
    """Put what was written since behind what was rotated away, under the old name."""
    with alone("volume"):
        if not KEPT.exists():
            raise Failed(f"nothing was rotated: there is no {KEPT.name}")
        added = _size(AUDIT)
        if dry_run:
            return f"would put {added} bytes behind those of {KEPT.name} and name it {AUDIT.name}"
        if added:
            with KEPT.open("ab") as old:
                old.write(AUDIT.read_bytes())
        KEPT.replace(AUDIT)
        return f"{AUDIT.name} is whole again: {_size(AUDIT)} bytes"


def _size(path: Path) -> int:
    return path.stat().st_size if path.exists() else 0
