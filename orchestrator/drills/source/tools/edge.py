"""`edge block|unblock ADDRESS`, `edge blocked`: who is answered with 403, whatever they ask for.

`edge clients`: who took most, as the edge has counted in memory; its log is another source.
"""

import argparse
import ipaddress

from .asking import VAR, Failed, alone, manager, put, told

BLOCKED = VAR / "edge-blocked.txt"


def main() -> int:
    parser = argparse.ArgumentParser(prog="edge", description="single addresses at the edge")
    asked = parser.add_subparsers(dest="what", required=True)
    for name in ("block", "unblock"):
        more = asked.add_parser(name)
        more.add_argument("address")
        more.add_argument("--dry-run", action="store_true", help="say what would be done")
    asked.add_parser("blocked", help="who is blocked now")
    asked.add_parser("clients", help="who took most since the edge runs")
    words = parser.parse_args()
    if words.what == "clients":
        return told("edge", clients)
    if words.what == "blocked":
        return told("edge", blocked)
    work = block if words.what == "block" else unblock
    return told("edge", lambda: work(words.address, dry_run=words.dry_run))


def blocked() -> str:
    """The addresses, one a line."""
    return "\n".join(listed()) or "nobody is blocked"


def clients() -> str:
    """A line each: address, bytes, requests, and how many of these were refused."""
    most = manager({"op": "status"})["clients"]
    lines = [f"{who} {size} bytes, {n} requests, {no} refused" for who, size, n, no in most]
    return "\n".join(lines) or "nobody has asked for anything yet"


def block(text: str, *, dry_run: bool) -> str:
    """Answer an address with 403 from its next request on."""
    address = checked(text)
    with alone("edge"):
        now = listed()
        if address in now:
            return f"{address} is blocked already"
        if dry_run:
            return f"would answer {address} with 403; {len(now)} other addresses are blocked"
        put(BLOCKED, "".join(f"{one}\n" for one in [*now, address]))
    return f"{address} is blocked"


def unblock(text: str, *, dry_run: bool) -> str:
    """Let an address in again."""
    address = checked(text)
    with alone("edge"):
        now = listed()
        if address not in now:
            raise Failed(f"{address} is not blocked")
        if dry_run:
            return f"would let {address} in again"
        put(BLOCKED, "".join(f"{one}\n" for one in now if one != address))
    return f"{address} is no longer blocked"


def listed() -> list[str]:
    """Who is blocked, in the order they were."""
    return BLOCKED.read_text("utf-8").split() if BLOCKED.exists() else []


def checked(text: str) -> str:
    """The address in its usual form. Failed when it is none."""
    try:
        return str(ipaddress.ip_address(text))
    except ValueError:
        raise Failed(f"{text!r} is no address", 2) from None
