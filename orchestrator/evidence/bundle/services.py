"""Which service the series point at: how each left its usual, against the graph and the alert.

A node explains trouble when it left its usual and no node that it calls explains that better; the
node that cried is not to blame while one of its callees is. What is seen at a caller's end of a
wire (`*_remote`, `*_client`) is an echo of the callee.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from orchestrator.evidence.analysis.departure import Departure, departure, direction, kind
from orchestrator.evidence.bundle.contents import Graph, Series, Windows
from orchestrator.evidence.bundle.read import Bundle
from orchestrator.evidence.bundle.windows import recent

OF_CALLEE = 0.6
"""How much of the worst callee's trouble counts as the explanation of the caller's."""

ECHO, ALERTING, OUT_OF_REACH = 0.3, 0.3, 0.6
OTHER_KIND = 0.2
"""Weight of a series of another kind than the one that raised the alert."""

UNCORRELATED = 0.5
"""Weight that a series keeps when it does not move with the alerting one."""

_ECHO = re.compile(r"(?i)[_:-](remote|client)$")


@dataclass(frozen=True, slots=True)
class Sign:
    """One series of a service that left its usual."""

    series: Series
    departure: Departure
    weight: float
    """as it counts here: its kind and its movement with the alerting series considered"""


@dataclass(frozen=True, slots=True)
class Standing:
    """One service: how much points at it, by which series."""

    service: str
    score: float
    signs: tuple[Sign, ...]


def measured(bundle: Bundle, found: Windows) -> dict[str, list[Sign]]:
    """Every service's series that left their usual, the heaviest first."""
    alerting = _alerting(bundle)
    lately = recent(found)
    signs: dict[str, list[Sign]] = {}
    for series in bundle.series:
        weight, left = _left(series, found, lately)
        if left is None or weight <= 0.0:
            continue
        if bundle.alert.metric and kind(series.metric) != kind(bundle.alert.metric):
            weight *= OTHER_KIND
        if alerting is not None and series is not alerting:
            together = _together(alerting, series, found)
            weight *= UNCORRELATED + (1 - UNCORRELATED) * together
        signs.setdefault(series.service, []).append(Sign(series, left, weight))
    return {name: sorted(own, key=lambda s: -s.weight) for name, own in sorted(signs.items())}


def standings(bundle: Bundle, signs: Mapping[str, list[Sign]]) -> list[Standing]:
    """All services, the most suspect first; ties in the order of their names."""
    own = {name: (found[0].weight if found else 0.0) for name, found in signs.items()}
    start, graph = bundle.alert.service, bundle.graph
    reach = graph.reach(start) if start in graph.nodes else {}
    ranked = [
        Standing(name, _explained(name, weight, own, graph, start, reach), tuple(signs[name][:4]))
        for name, weight in own.items()
    ]
    return sorted(ranked, key=lambda one: (-one.score, one.service))


def is_echo(service: str) -> bool:
    """Whether it is a caller's end of a wire, which shows what its callee does."""
    return _ECHO.search(service) is not None


def _explained(
    name: str,
    weight: float,
    own: Mapping[str, float],
    graph: Graph,
    start: str,
    reach: Mapping[str, int],
) -> float:
    worst = max((own.get(callee, 0.0) for callee in graph.callees.get(name, ())), default=0.0)
    score = weight - OF_CALLEE * worst
    if is_echo(name):
        score *= ECHO
    if reach and name not in reach:
        score *= OUT_OF_REACH
    if name == start and reach:
        score *= ALERTING
    return score


def _left(
    series: Series, found: Windows, lately: tuple[tuple[float, float], ...]
) -> tuple[float, Departure | None]:
    """It must have left both its usual and its recent usual: what began earlier is not it."""
    left = departure(series.times, series.values, found.incident, found.normal, series.metric)
    if left is None:
        return 0.0, None
    weight = left.weight
    newly = departure(series.times, series.values, found.incident, lately, series.metric)
    if newly is not None:
        weight = min(weight, 1.2 * newly.weight)
    return weight, left


def _alerting(bundle: Bundle) -> Series | None:
    wanted = (bundle.alert.service, bundle.alert.metric)
    return next((one for one in bundle.series if (one.service, one.metric) == wanted), None)


def _together(alerting: Series, other: Series, found: Windows) -> float:
    """0..1: how far two series hurt at the same moments, around the incident."""
    length = found.incident[1] - found.incident[0]
    since, until = found.incident[0] - 2 * length, found.incident[1]
    times, mine, theirs = np.intersect1d(alerting.times, other.times, return_indices=True)
    within = (times >= since) & (times <= until)
    if np.count_nonzero(within) < 5:
        return 0.0
    left = alerting.values[mine[within]] * (direction(alerting.metric) or 1)
    right = other.values[theirs[within]] * (direction(other.metric) or 1)
    if np.ptp(left) == 0 or np.ptp(right) == 0:
        return 0.0
    return max(0.0, float(np.corrcoef(left, right)[0, 1]))
