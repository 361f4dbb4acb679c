"""Which alerts call nobody for a while, as `bin/alerts` wrote it down."""

import json
from pathlib import Path

from orchestrator.clock import parse_iso


def silenced(project: Path, now: float) -> frozenset[str]:
    """Services whose alerts are kept back now; what cannot be read silences nothing."""
    try:
        kept = json.loads((project / "var" / "silences.json").read_text("utf-8"))
        return frozenset(str(name) for name, until in kept.items() if parse_iso(until) > now)
    except (OSError, ValueError, AttributeError, TypeError):
        return frozenset()
