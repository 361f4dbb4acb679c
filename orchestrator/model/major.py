"""When several serious incidents at once are one major incident, and which comes first. Pure."""

from collections.abc import Iterable

from orchestrator.model.state import State

AT_ONCE = 2
"""Open P0 and P1 incidents from which on it is a major incident."""

ACTIONS = (
    "a commander for each, and a senior coordinator over all",
    "order them by business impact",
    "executives at once",
    'status page: "Multiple service disruptions"',
    "consider a change freeze; scale back what is not essential; call vendors",
)
"""What is done about a major incident."""

_IMPACT = {"HIGH": 0, "MEDIUM": 1, "LOW": 2}


def major(states: Iterable[State]) -> list[State]:
    """Those that make it one, in the order given; empty when it is none. Drills do not count."""
    serious = [s for s in states if s.open and s.severity in ("P0", "P1") and not s.drill]
    return serious if len(serious) >= AT_ONCE else []


def ordered(states: Iterable[State]) -> list[tuple[str, str]]:
    """The incidents by business impact, each with what puts it there.

    First by severity, then what harms people or the business beyond an outage (a breach, lost data,
    revenue), then the impact of triage and the share of requests that fail, then the older one.
    """
    return [(s.incident, _because(s)) for s in sorted(states, key=_rank)]


def _rank(state: State) -> tuple[str, bool, int, float, float]:
    return (
        state.severity or "P0",
        not _harms(state),
        _IMPACT.get(state.impact, 0),
        -_share(state),
        state.detected_at,
    )


def _because(state: State) -> str:
    said = [state.severity or "severity not known yet", *_harms(state)]
    if state.impact:
        said.append(f"impact {state.impact}")
    if _share(state):
        said.append(f"{_share(state):.0%} of requests fail")
    return ", ".join(said)


def _harms(state: State) -> list[str]:
    """What it does to people or the business beyond being down."""
    found = ["a possible breach or loss of data"] if "security" in state.exceptions else []
    return [*found, "revenue"] if "revenue" in state.themes else found


def _share(state: State) -> float:
    return float((state.report("triage/impact") or {}).get("affected_share") or 0.0)
