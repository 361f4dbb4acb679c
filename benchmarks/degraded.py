"""Recorded incidents made harder, always in the same way: what a poorer record of them would hold.

Each variant is a bundle in memory. What it takes away is drawn by a generator seeded with the
case, the way and the draw, so the same variants come out on every machine. A way that takes
nothing from a bundle (the call graph of one without any) gives no variant of it.
"""

import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from orchestrator.evidence.bundle.contents import Graph, Series
from orchestrator.evidence.bundle.read import Bundle

Truth = Mapping[str, Any]
Way = Callable[[Bundle, Truth, random.Random], Bundle]

STREAMS = ("logs.ndjson", "traces.ndjson")


@dataclass(frozen=True, slots=True)
class Variant:
    """One bundle, and what was done to it."""

    ways: tuple[str, ...]
    bundle: Bundle


def held(bundle: Bundle) -> Bundle:
    """The same bundle with its streams in memory."""
    records = {name: tuple(bundle.records(name)) for name in STREAMS}
    return replace(bundle, folder=None, held=records)


def variants(bundle: Bundle, truth: Truth, draws: int = 1) -> list[Variant]:
    """Every way by itself, then two and three of them at once, `draws` times."""
    found = []
    names = sorted(WAYS)
    for draw in range(draws):
        chance = random.Random(f"{bundle.id} combined {draw}")
        chosen: list[tuple[str, ...]] = [(name,) for name in names]
        chosen += [tuple(sorted(chance.sample(names, n))) for n in (2, 2, 3, 3)]
        for ways in chosen:
            now = bundle
            for way in ways:
                now = WAYS[way](now, truth, random.Random(f"{bundle.id} {way} {draw}"))
            if now is not bundle:
                found.append(Variant(ways, now))
    return found


def _without_culprits_series(bundle: Bundle, truth: Truth, chance: random.Random) -> Bundle:
    """Most of what was measured of the very service is lost."""
    kept = [one.service != truth["service"] or chance.random() > 0.8 for one in bundle.series]
    return _keep_series(bundle, kept)


def _fewer_series(bundle: Bundle, _: Truth, chance: random.Random) -> Bundle:
    """Half of all series are lost."""
    return _keep_series(bundle, [chance.random() < 0.5 for _ in bundle.series])


def _noisy_series(bundle: Bundle, _: Truth, chance: random.Random) -> Bundle:
    """Noise as wide as the series itself is laid over it."""
    dice = np.random.default_rng(chance.getrandbits(32))
    return _with_series(bundle, [
        replace(one, values=one.values + dice.normal(0, float(one.values.std()), len(one.values)))
        for one in bundle.series
    ])  # fmt: skip


def _gappy_series(bundle: Bundle, _: Truth, chance: random.Random) -> Bundle:
    """Two points of three are lost."""
    found = []
    for one in bundle.series:
        kept = np.array([chance.random() < 0.34 for _ in one.times], dtype=bool)
        if kept.any():
            found.append(replace(one, times=one.times[kept], values=one.values[kept]))
    return _with_series(bundle, found)


def _thin_logs(bundle: Bundle, _: Truth, chance: random.Random) -> Bundle:
    """One line of ten is left, as a collector that samples leaves it."""
    return _keep(bundle, "logs.ndjson", lambda: chance.random() < 0.1)


def _no_logs(bundle: Bundle, _: Truth, __: random.Random) -> Bundle:
    return _keep(bundle, "logs.ndjson", lambda: False)


def _no_traces(bundle: Bundle, _: Truth, __: random.Random) -> Bundle:
    return _keep(bundle, "traces.ndjson", lambda: False)


def _alert_shifted(bundle: Bundle, _: Truth, chance: random.Random) -> Bundle:
    """The incident is said to be elsewhere by half its length, or ten minutes."""
    length = bundle.window[1] - bundle.window[0] if bundle.window else 1200.0
    shift = chance.choice((-1, 1)) * length * chance.uniform(0.4, 0.8)
    moved = (bundle.window[0] + shift, bundle.window[1] + shift) if bundle.window else None
    return replace(bundle, window=moved, alert=replace(bundle.alert, at=bundle.alert.at + shift))


def _alert_unnamed(bundle: Bundle, _: Truth, __: random.Random) -> Bundle:
    """The alert names neither a service nor a metric."""
    if not bundle.alert.service and not bundle.alert.metric:
        return bundle
    return replace(bundle, alert=replace(bundle.alert, service="", metric="", summary=""))


def _no_diffs(bundle: Bundle, _: Truth, chance: random.Random) -> Bundle:
    """Four diffs of five are lost."""
    commits = tuple(
        replace(one, diff="") if chance.random() < 0.8 else one for one in bundle.changes.commits
    )
    return _with_changes(bundle, commits=commits)


def _no_deploys(bundle: Bundle, _: Truth, chance: random.Random) -> Bundle:
    """Nobody wrote down what was deployed."""
    return _with_changes(bundle, deploys=())


def _lost_culprit(bundle: Bundle, truth: Truth, _: random.Random) -> Bundle:
    """The commit to blame was never written down: now it is no longer there to be found."""
    commits = tuple(one for one in bundle.changes.commits if one.sha != truth.get("change"))
    return _with_changes(bundle, commits=commits)


def _no_graph(bundle: Bundle, _: Truth, __: random.Random) -> Bundle:
    return replace(bundle, graph=Graph.of(())) if bundle.graph.nodes else bundle


def _short_past(bundle: Bundle, _: Truth, __: random.Random) -> Bundle:
    """Of the normal time little was kept."""
    if bundle.baseline:
        spans = [(end - (end - start) * 0.25, end) for start, end in bundle.baseline]
        first = min(start for start, _ in spans)
        return _keep_from(replace(bundle, baseline=tuple(spans)), first)
    began = bundle.window[0] if bundle.window else bundle.alert.at
    return _keep_from(bundle, began - 1800.0)


WAYS: Mapping[str, Way] = {
    "alert shifted": _alert_shifted,
    "alert unnamed": _alert_unnamed,
    "culprit's commit lost": _lost_culprit,
    "culprit's series lost": _without_culprits_series,
    "deploys lost": _no_deploys,
    "diffs lost": _no_diffs,
    "gappy series": _gappy_series,
    "graph lost": _no_graph,
    "half the series lost": _fewer_series,
    "logs lost": _no_logs,
    "logs thinned": _thin_logs,
    "noisy series": _noisy_series,
    "short past": _short_past,
    "traces lost": _no_traces,
}


def _with_series(bundle: Bundle, series: Sequence[Series]) -> Bundle:
    return replace(bundle, series=tuple(series)) if bundle.series else bundle


def _keep_series(bundle: Bundle, kept: Sequence[bool]) -> Bundle:
    if all(kept):
        return bundle
    return _with_series(bundle, [one for one, k in zip(bundle.series, kept, strict=True) if k])


def _keep(bundle: Bundle, name: str, keeps: Callable[[], bool]) -> Bundle:
    records = bundle.held.get(name, ())
    kept = tuple(record for record in records if keeps())
    if len(kept) == len(records):
        return bundle
    return replace(bundle, held={**bundle.held, name: kept})


def _keep_from(bundle: Bundle, first: float) -> Bundle:
    found = []
    for one in bundle.series:
        kept = one.times >= first
        if kept.any():
            found.append(replace(one, times=one.times[kept], values=one.values[kept]))
    return replace(bundle, series=tuple(found))


def _with_changes(bundle: Bundle, **parts: Any) -> Bundle:
    now = replace(bundle.changes, **parts)
    return bundle if now == bundle.changes else replace(bundle, changes=now)
