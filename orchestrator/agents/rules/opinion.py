"""What the ranking of causes says, filed so that every line of it can be cited.

The same ranking reads a folder of evidence and what was observed of a live incident. A folder is
all there is, so each kind of its exhibits becomes an item of that kind; of a live incident the
sources are filed already, and the ranking is one more item: an analysis.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from orchestrator.agents.contract import Observation
from orchestrator.agents.rules.desk import Desk
from orchestrator.agents.rules.words import plural, quoted
from orchestrator.evidence.bundle.analyze import analysed, analyze
from orchestrator.evidence.bundle.lines import NoBundle
from orchestrator.evidence.bundle.read import Bundle
from orchestrator.evidence.bundle.result import Analysis
from orchestrator.evidence.sources.source import SourceError, within

TIMEOUT = 120.0
"""Seconds the ranking may take; a case of the public families takes two at most."""

_KINDS = {"diff": "code", "flag": "change", "pattern": "log"}
"""Kinds of the ledger, where an exhibit's own kind is another word."""

Exhibit = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Opinion:
    """The ranking, and where each of its exhibits stands in the ledger."""

    analysis: Analysis
    places: Mapping[str, str]

    def cite(self, exhibits: Iterable[str]) -> tuple[str, ...]:
        """`E7:2` for each exhibit that was filed."""
        return tuple(self.places[name] for name in exhibits if name in self.places)

    def of_kind(self, *kinds: str) -> list[tuple[str, Exhibit]]:
        """Exhibits of these kinds, each with the line it is cited by."""
        return [
            (self.places[name], item)
            for name, item in self.analysis.evidence.items()
            if item["kind"] in kinds and name in self.places
        ]


def folder(desk: Desk) -> Path | None:
    """The bundle this incident was opened on; None for a live one."""
    given = desk.state.alert.get("bundle")
    return Path(str(given)) if given else None


async def of_folder(desk: Desk) -> Opinion | None:
    """The ranking of the bundle; None when there is none or it cannot be read."""
    at = folder(desk)
    if at is None:
        return None
    command = f"warroom analyze {at.name}"
    desk.bench.call(command)
    found = await desk.tried(within(TIMEOUT, command, lambda: _ranked(at)))
    if found is None:
        return None
    for note in found.notes[:3]:
        desk.bench.warn(quoted(note, 160))
    return Opinion(found, await _by_kind(desk, found, at.name, command))


async def of_observed(
    desk: Desk, observed: Bundle, read: Mapping[str, Sequence[str]]
) -> Opinion | None:
    """The ranking of what was observed live, as one item of the ledger.

    `read` are the items that its exhibits were taken from, by the kind of the exhibit.
    """
    command = "rank causes by what was observed"
    desk.bench.call(command)
    found = await desk.tried(within(TIMEOUT, command, lambda: analysed(observed)))
    if found is None or not found.evidence:
        return None
    rows = [_row(name, item) for name, item in found.evidence.items()]
    summary = f"{found.verdict}, {plural(len(rows), 'exhibit')}"
    kinds = dict.fromkeys(str(item["kind"]) for item in found.evidence.values())
    eid = await desk.bench.observe(
        Observation(
            kind="analysis",
            source="ranking of causes",
            command=command,
            summary=summary,
            content="\n".join(rows) + "\n",
            computed_from=tuple(dict.fromkeys(eid for one in kinds for eid in read.get(one, ()))),
        )
    )
    return Opinion(found, {name: f"{eid}:{n}" for n, name in enumerate(found.evidence, start=1)})


def _ranked(at: Path) -> Analysis:
    try:
        return analyze(at)
    except NoBundle as error:
        raise SourceError(str(error)) from error


async def _by_kind(desk: Desk, found: Analysis, name: str, command: str) -> dict[str, str]:
    """One item for the exhibits of each file and kind."""
    groups: dict[tuple[str, str], list[str]] = {}
    for exhibit, item in found.evidence.items():
        kind = _KINDS.get(item["kind"], item["kind"])
        groups.setdefault((kind, item["source"]), []).append(exhibit)
    places: dict[str, str] = {}
    for (kind, source), exhibits in groups.items():
        rows = [_row(exhibit, found.evidence[exhibit]) for exhibit in exhibits]
        eid = await desk.bench.observe(
            Observation(
                kind=kind,
                source=f"{name}/{source}",
                command=command,
                summary=quoted(str(found.evidence[exhibits[0]]["summary"]), 120),
                content="\n".join(rows) + "\n",
            )
        )
        places |= {exhibit: f"{eid}:{n}" for n, exhibit in enumerate(exhibits, start=1)}
    return places


def _row(name: str, item: Exhibit) -> str:
    """One exhibit; its own number is spelt out, because `E7` is an item of the ledger."""
    data = json.dumps(item["data"], sort_keys=True, ensure_ascii=False)
    at = item["at"] or "no time of its own"
    return " ".join(f"exhibit {name[1:]} {at} {item['summary']} {data}".split())
