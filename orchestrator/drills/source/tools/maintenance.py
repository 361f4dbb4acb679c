"""`maintenance on|off|show`: whether the edge answers everybody with the maintenance page."""

import argparse

from .asking import VAR, alone, put, told

MARK = VAR / "edge-maintenance"


def main() -> int:
    parser = argparse.ArgumentParser(prog="maintenance", description="503 for everybody, or not")
    parser.add_argument("what", choices=("on", "off", "show"))
    parser.add_argument("--dry-run", action="store_true", help="say what would be done")
    words = parser.parse_args()
    if words.what == "show":
        return told("maintenance", lambda: f"maintenance is {_now()}")
    return told("maintenance", lambda: turn(words.what, dry_run=words.dry_run))


def turn(wanted: str, *, dry_run: bool) -> str:
    """Switch the page on or off."""
    with alone("maintenance"):
        if _now() == wanted:
            return f"maintenance is {wanted} already"
        if dry_run:
            return f"would turn maintenance {wanted}"
        if wanted == "on":
            put(MARK, "on\n")
        else:
            MARK.unlink()
    return f"maintenance is {wanted}"


def _now() -> str:
    return "on" if MARK.exists() else "off"
