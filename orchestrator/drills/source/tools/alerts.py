"""`alerts silence|unsilence NAME`, `alerts show`: whose alerts call nobody for a while."""

import argparse
import json
from datetime import UTC, datetime, timedelta

from .asking import VAR, Failed, alone, put, told

SILENCES = VAR / "silences.json"
MINUTES = 30


def main() -> int:
    parser = argparse.ArgumentParser(prog="alerts", description="silence alerts for a while")
    asked = parser.add_subparsers(dest="what", required=True)
    for name in ("silence", "unsilence"):
        more = asked.add_parser(name)
        more.add_argument("service")
        more.add_argument("--dry-run", action="store_true", help="say what would be done")
        if name == "silence":
            more.add_argument("--minutes", type=int, default=MINUTES)
    asked.add_parser("show", help="what is silenced now")
    words = parser.parse_args()
    if words.what == "show":
        return told("alerts", show)
    if words.what == "silence":
        return told("alerts", lambda: silence(words.service, words.minutes, words.dry_run))
    return told("alerts", lambda: unsilence(words.service, words.dry_run))


def show() -> str:
    """Each silence that still holds."""
    lines = [f"{name} until {until}" for name, until in sorted(holding().items())]
    return "\n".join(lines) or "nothing is silenced"


def silence(service: str, minutes: int, dry_run: bool) -> str:
    """Keep the alerts of a service from calling anybody."""
    if not 0 < minutes <= 24 * 60:
        raise Failed("--minutes must be between 1 and 1440", 2)
    until = (datetime.now(UTC) + timedelta(minutes=minutes)).isoformat(timespec="seconds")
    until = until.replace("+00:00", "Z")
    with alone("alerts"):
        now = holding()
        if dry_run:
            return f"would silence the alerts of {service} for {minutes} minutes"
        put(SILENCES, json.dumps({**now, service: until}) + "\n")
    return f"the alerts of {service} are silenced until {until}"


def unsilence(service: str, dry_run: bool) -> str:
    """Let its alerts call again; those that fire do so at once."""
    with alone("alerts"):
        now = holding()
        if service not in now:
            raise Failed(f"{service} is not silenced")
        if dry_run:
            return f"would end the silence of {service}"
        del now[service]
        put(SILENCES, json.dumps(now) + "\n")
    return f"{service} is no longer silenced"


def holding() -> dict[str, str]:
    """Service → until when it is silenced."""
    if not SILENCES.exists():
        return {}
    kept: dict[str, str] = json.loads(SILENCES.read_text("utf-8"))
    now = datetime.now(UTC)
    return {name: until for name, until in kept.items() if datetime.fromisoformat(until) > now}
