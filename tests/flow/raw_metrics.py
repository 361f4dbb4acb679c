"""The report's metrics a second time, from raw journal lines alone: no state, no fold, no metrics.

Written from the definitions of docs/report.md, not from how they are computed; both must agree to
the last digit.
"""

import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from benchmarks.recount.hours import kept
from tests.flow.raw_journal import Line, RawJournal, at

DAY = 86400.0
HORIZONS = {"immediate": 7 * DAY, "short_term": 30 * DAY, "long_term": 90 * DAY}
SURE = ("CONFIRMED", "LIKELY")

Figure = tuple[float | None, int, int, int | None]
"""value, how many it rests on, how many it is about, how many kept their promise"""


@dataclass
class Item:
    text: str
    due: float
    status: str = "OPEN"
    ended: float = 0.0


def raw_metrics(journals: list[list[Line]], now: float, drills: bool = False) -> dict[str, Figure]:
    """Metric id → its figures, over the incidents that count."""
    all_of = [RawJournal(lines) for lines in journals]
    real = [j for j in all_of if drills or not j.lines[0]["data"].get("drill")]
    found: dict[str, Figure] = {
        "mttd": mean(real, _detection, lambda j: j.policy["detection_target"], rests=False),
        "regression-triage": mean(
            real,
            _until("regression.judged"),
            lambda j: j.policy["regression_target"],
            rests=False,
        ),
    }
    measures: tuple[tuple[str, str, Callable[[RawJournal], float | None], tuple[str, ...]], ...] = (
        ("mtta", "acknowledge", _acknowledgement, ("P0", "P1", "P2")),
        ("mtte", "engage", _until("incident.engaged"), ("P0", "P1")),
        ("mttr", "resolve", _resolution, ("P0", "P1", "P2")),
    )
    for name, promise, length, levels in measures:
        for level in levels:
            some = [j for j in real if j.severity == level]

            def promised(j: RawJournal, name: str = promise) -> float | None:
                limit: float | None = j.row[name]
                return limit

            found[f"{name}-{level.lower()}"] = mean(some, length, promised)
    resolved = [j for j in real if _resolved(j) is not None]
    tiers = [max((ln["data"]["tier"] for ln in j.all("tier.escalated")), default=0) for j in real]
    of_resolved = [t for j, t in zip(real, tiers, strict=True) if j in resolved]
    for tier in (1, 2, 3):
        tiered = [t for t in of_resolved if t]
        found[f"tier-{tier}"] = share([t == tier for t in tiered], len(of_resolved))
    changes = [j for j in real if _sure(j) and j.said("cause.concluded", "culprit")]
    called = [j.said("regression.judged", "verdict") in SURE for j in changes]
    found["regression-detection"] = share(called)
    found["rollback-success"] = share([ok for j in real for ok in _rollbacks(j)])
    found["recurrence"] = _recurrence(real)
    found["reviews"] = _reviews(resolved, now)
    found["actions"] = _actions(real, now)
    return found


def mean(
    journals: Iterable[RawJournal],
    length: Callable[[RawJournal], float | None],
    promise: Callable[[RawJournal], float | None],
    rests: bool = True,
) -> Figure:
    """`rests`: people promised it, so it waits for the hours in which they work."""
    journals = list(journals)
    known = [(j, length(j), promise(j)) for j in journals]
    pairs = [(j, took, limit) for j, took, limit in known if took is not None]
    if not pairs:
        return (None, 0, len(journals), None)
    good = [
        limit is None
        or kept(j.policy, j.severity if rests else "", j.begun, round(j.begun + took, 3), limit)
        for j, took, limit in pairs
    ]
    total = math.fsum(took for _, took, _ in pairs)
    return (round(total / len(pairs), 3), len(pairs), len(journals), good.count(True))


def share(hits: list[bool], of: int | None = None, kept: int | None = None) -> Figure:
    value = round(hits.count(True) / len(hits), 6) if hits else None
    return (value, len(hits), len(hits) if of is None else of, kept if hits else None)


def _detection(j: RawJournal) -> float | None:
    impact = j.said("impact.dated", "started_at")
    return round(max(0.0, j.begun - impact), 3) if impact else None


def _until(kind: str) -> Callable[[RawJournal], float | None]:
    def length(j: RawJournal) -> float | None:
        moment = j.first(kind)
        return None if moment is None else round(max(0.0, moment - j.begun), 3)

    return length


def _acknowledgement(j: RawJournal) -> float | None:
    """One that lapsed counts for nothing; the one after it does."""
    seen, lapsed = j.all("incident.acknowledged"), j.all("acknowledgement.lapsed")
    if not seen or (lapsed and lapsed[-1]["seq"] > seen[-1]["seq"]):
        return None
    return round(max(0.0, at(seen[-1]) - j.begun), 3)


def _resolved(j: RawJournal) -> float | None:
    line = j.since_reopened("status.changed", status="RESOLVED")
    return at(line) if line else None


def _resolution(j: RawJournal) -> float | None:
    moment = _resolved(j)
    return None if moment is None else round(max(0.0, moment - j.begun), 3)


def _sure(j: RawJournal) -> bool:
    return j.said("cause.concluded", "verdict") in SURE


def _rollbacks(j: RawJournal) -> list[bool]:
    """Of each approved rollback that was carried out and is over."""
    found = []
    for asked in j.all("task.requested"):
        key, card = asked["data"]["key"], asked["data"]["inputs"].get("card", {})
        if not key.startswith("mitigation/execute@"):
            continue
        if (card.get("kind") or card.get("action")) != "rollback":
            continue
        ended = j.all("task.finished", key=key)
        if not ended or ended[-1]["data"]["report"].get("drifted"):
            continue
        number = key.partition("@")[2]
        last = ended[-1]["data"]
        if last["outcome"] != "done" or last["report"].get("exit") != 0:
            found.append(False)
            continue
        looks = j.all("task.finished", key=f"mitigation/validate@{number}")
        asked_for = j.all("task.requested", key=f"mitigation/validate@{number}")
        if not looks or len(looks) < len(asked_for):
            continue
        if any(one["data"]["action"] == card["title"] for one in j.all("incident.relapsed")):
            found.append(False)
            continue
        seen = looks[-1]["data"]["report"]
        found.append(
            looks[-1]["data"]["outcome"] == "done"
            and not seen["gave_up"]
            and seen["passes"] >= seen["needed"]
            and seen["stable_for"] >= seen["window"]
        )
    return found


def _recurrence(real: list[RawJournal]) -> Figure:
    begun: dict[tuple[str, str], list[float]] = {}
    ended: list[tuple[RawJournal, tuple[str, str]]] = []
    of = 0
    for j in real:
        again = bool(j.all("status.changed", status="REOPENED"))
        over = _resolved(j) is not None or again
        of += over
        if not _sure(j):
            continue
        cause = j.said("cause.concluded", "culprit") or j.said("cause.concluded", "statement")
        fault = (j.lines[0]["data"]["service"], " ".join(cause.split()).casefold())
        begun.setdefault(fault, []).append(j.begun)
        if over:
            ended.append((j, fault))
    hits = []
    for j, fault in ended:
        end = _resolved(j)
        later = end is not None and any(end < b <= end + 90 * DAY for b in begun[fault])
        hits.append(later or bool(j.all("status.changed", status="REOPENED")))
    return share(hits, of)


def _reviews(resolved: list[RawJournal], now: float) -> Figure:
    owed = [j for j in resolved if j.severity in ("P0", "P1")]
    hits, in_time = [], 0
    for j in owed:
        end = _resolved(j) or 0.0
        line, limit = j.since_reopened("status.changed", status="REVIEWED"), j.row["review"]
        expired = limit is not None and not kept(j.policy, j.severity, end, now + 0.001, limit)
        if line or j.status == "CLOSED" or expired:
            hits.append(line is not None)
            in_time += bool(
                line and (limit is None or kept(j.policy, j.severity, end, at(line), limit))
            )
    return share(hits, len(owed), in_time)


def _actions(real: list[RawJournal], now: float) -> Figure:
    every = [item for j in real for item in raw_items(j)]
    hits = []
    for item in every:
        if not item.due or item.status == "DROPPED":
            continue
        if item.status == "DONE":
            hits.append(item.ended <= item.due)
        elif item.due < now:
            hits.append(False)
    return share(hits, len(every))


def raw_items(j: RawJournal) -> list[Item]:
    """Actions as the lines tell them; those of a review whose actions nobody tracked at the end."""
    found: list[Item] = []
    for line in j.all("action_item.tracked"):
        item = Item(line["data"]["text"], line["data"]["due"])
        for change in j.all("action_item.changed", action=line["data"]["action"]):
            said: dict[str, Any] = change["data"]
            item.due = said["due"] or item.due
            if said["status"]:
                item.status = said["status"]
                item.ended = 0.0 if said["status"] == "OPEN" else at(change)
        found.append(item)
    words = [_words(item.text) for item in found]
    report, end = j.report("review/actions") or {}, _resolved(j)
    for horizon, length in HORIZONS.items():
        for proposed in report.get(horizon, []):
            text = _words(proposed.get("action", {}).get("text", "UNKNOWN"))
            if text in words:
                words.remove(text)
            else:
                found.append(Item(text, end + length if end else 0.0))
    return found


def _words(text: str) -> str:
    return " ".join(text.split()).lower()
