"""How the told incident's reports write a claim down."""

from typing import Any

Report = dict[str, Any]


def c(text: str, *evidence: str) -> Report:
    """A claim that cites evidence; without any it is an assumption."""
    return {"text": text, "evidence": list(evidence), "assumption": not evidence}


UNKNOWN = c("UNKNOWN")
