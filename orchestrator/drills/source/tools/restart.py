"""`restart NAME`: end a part and start it again, or start it where it does not run."""

import argparse
import time
import urllib.request

from .asking import HEALTHY_WITHIN, Failed, manager, told


def main() -> int:
    parser = argparse.ArgumentParser(prog="restart", description="restart one part")
    parser.add_argument("name")
    parser.add_argument("--dry-run", action="store_true", help="say what would be done")
    parser.add_argument("--current", action="store_true", help="print what runs now")
    words = parser.parse_args()
    if words.current:
        return told("restart", lambda: current(words.name))
    return told("restart", lambda: restart(words.name, dry_run=words.dry_run))


def current(name: str) -> str:
    """Which process it is, and since when."""
    part = _part(name)
    if not part["pid"]:
        return f"{name} does not run"
    return f"{name} runs as {part['pid']} since {part['since']}"


def restart(name: str, *, dry_run: bool) -> str:
    """Restart it and wait until it says that it is well."""
    now = current(name)
    if not _part(name)["restarts"]:
        raise Failed(f"{name} cannot be restarted from here", 2)
    if dry_run:
        return f"would restart {name} ({now})"
    health = str(manager({"op": "restart", "service": name})["health"])
    ends = time.monotonic() + HEALTHY_WITHIN
    while not _well(health):
        if time.monotonic() > ends:
            raise Failed(f"{name} was restarted and does not become healthy")
        time.sleep(0.05)
    return current(name)


def _part(name: str) -> dict[str, str]:
    parts: dict[str, dict[str, str]] = manager({"op": "status"})["parts"]
    if name not in parts:
        raise Failed(f"there is no {name!r} here; there are {', '.join(sorted(parts))}", 2)
    return parts[name]


def _well(health: str) -> bool:
    try:
        with urllib.request.urlopen(health, timeout=2) as reply:
            return bool(reply.status == 200)
    except OSError:
        return False
