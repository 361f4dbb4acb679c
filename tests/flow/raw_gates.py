"""Gates computed a second time, from the journal's raw lines alone: no state, no fold, no gates.py.

Only what can be said in a few lines of plain JSON reading; where both compute, both must agree.
"""

from typing import Any

from orchestrator.clock import parse_iso

Line = dict[str, Any]


def raw_gates(lines: list[Line]) -> dict[str, str]:
    """Gate name → PASS, FAIL or N-A."""
    first = lines[0]
    policy, begun = first["data"]["policy"], parse_iso(first["at"])
    severity = _last(lines, "severity.set", "severity") or first["data"]["severity"]
    over = _is_over(lines)
    row = policy["table"][severity or "P0"]
    judged, triaged = _first(lines, "regression.judged"), _moved(lines, "TRIAGED")
    resolved = _resolved_at(lines)
    return {
        "Detected and logged": _timed(_impact(lines), begun, policy["detection_target"], False),
        "Regression triage": _timed(begun, judged, policy["regression_target"], over),
        "Triage": _timed(begun, triaged[-1] if triaged else None, policy["triage_target"], over),
        "Commander assigned": _commander(lines, severity, over),
        "Resolved within SLA": "N-A"
        if row["resolve"] is None
        else _timed(begun, resolved, row["resolve"], over),
    }


def _timed(start: float | None, end: float | None, limit: float, over: bool) -> str:
    if start is None or end is None:
        return "FAIL" if over else "N-A"
    return "PASS" if max(0.0, end - start) <= limit else "FAIL"


def _commander(lines: list[Line], severity: str, over: bool) -> str:
    if severity not in ("P0", "P1"):
        return "N-A"
    held = any(e["type"] == "role.assigned" and e["data"]["role"] == "commander" for e in lines)
    return "PASS" if held else "FAIL" if over else "N-A"


def _impact(lines: list[Line]) -> float | None:
    dated = [e["data"]["started_at"] for e in lines if e["type"] == "impact.dated"]
    return float(dated[-1]) if dated else None


def _first(lines: list[Line], kind: str) -> float | None:
    return next((parse_iso(e["at"]) for e in lines if e["type"] == kind), None)


def _last(lines: list[Line], kind: str, field: str) -> str:
    return next((str(e["data"][field]) for e in reversed(lines) if e["type"] == kind), "")


def _moved(lines: list[Line], status: str) -> list[float]:
    return [
        parse_iso(e["at"])
        for e in lines
        if e["type"] == "status.changed" and e["data"]["status"] == status
    ]


def _resolved_at(lines: list[Line]) -> float | None:
    """The last resolution, unless it was taken up again after that."""
    resolved = None
    for event in lines:
        if event["type"] == "status.changed":
            if event["data"]["status"] == "RESOLVED":
                resolved = parse_iso(event["at"])
            elif event["data"]["status"] == "REOPENED":
                resolved = None
    return resolved


def _is_over(lines: list[Line]) -> bool:
    return _last(lines, "status.changed", "status") in ("RESOLVED", "REVIEWED", "CLOSED")
