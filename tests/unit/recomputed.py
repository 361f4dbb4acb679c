"""Exhibits computed again from the raw files of a bundle, by none of the engine's own functions.

Each check takes what an exhibit says and the files, and returns what does not hold, in words.
"""

import csv
import gzip
import json
import math
import re
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np

Json = dict[str, Any]

PLACE = re.compile(
    r"(?<![\w.$/-])([A-Za-z_$][\w$./]*(?:#|\.(?:py|go|java|js|ts|rb|kt|cs|php):)\d+)"
)
LOUD = re.compile(r"\b(?:ERROR|FATAL|CRITICAL|SEVERE|PANIC|[Ee]xception)\b|Traceback")
HOLE = re.compile(r"<(?:uuid|time|ip|hex|text|n|\*)>")
CLOSE = {"rel": 1e-6, "abs": 2e-6}


def moment(text: Any) -> float | None:
    """Milliseconds are what exhibits are told in."""
    if not isinstance(text, str):
        return None
    try:
        found = datetime.fromisoformat(text.replace("Z", "+00:00"))
    except ValueError:
        return None
    return round((found if found.tzinfo else found.replace(tzinfo=UTC)).timestamp(), 3)


def near(one: float, other: float) -> bool:
    return abs(one - other) <= max(CLOSE["abs"], CLOSE["rel"] * max(abs(one), abs(other)))


class Files:
    """The raw files of one bundle."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def text(self, name: str) -> str:
        packed = self.folder / f"{name}.gz"
        if packed.is_file():
            return gzip.decompress(packed.read_bytes()).decode()
        path = self.folder / name
        return path.read_text() if path.is_file() else ""

    @cached_property
    def series(self) -> dict[tuple[str, str], dict[float, float]]:
        found: dict[tuple[str, str], dict[float, float]] = {}
        for row in csv.DictReader(self.text("metrics.csv").splitlines()):
            at = moment(row["timestamp"])
            if at is not None and np.isfinite(value := float(row["value"])):
                found.setdefault((row["service"], row["metric"]), {})[at] = value
        return found

    @cached_property
    def logs(self) -> list[Json]:
        return [json.loads(line) for line in self.text("logs.ndjson").split("\n") if line.strip()]

    @cached_property
    def logs_of(self) -> dict[str, list[Json]]:
        found: dict[str, list[Json]] = {}
        for one in self.logs:
            found.setdefault(str(one.get("service") or ""), []).append(
                {**one, "timestamp": moment(one.get("timestamp"))}
            )
        return found

    @cached_property
    def spans(self) -> list[Json]:
        return [json.loads(line) for line in self.text("traces.ndjson").split("\n") if line.strip()]

    @cached_property
    def span_by_id(self) -> dict[str, Json]:
        return {str(one["span_id"]): one for one in self.spans if one.get("span_id")}

    @cached_property
    def overheads(self) -> dict[tuple[str, str], list[tuple[float, float]]]:
        """By caller and callee: when each call began, and what it took beyond its callee's time."""
        found: dict[tuple[str, str], list[tuple[float, float]]] = {}
        for one in self.span_by_id.values():
            parent, at = self.span_by_id.get(str(one.get("parent_id"))), moment(one.get("start"))
            if parent is None or at is None or parent["service"] == one["service"]:
                continue
            beyond = max(0.0, parent["duration_ms"] - one["duration_ms"])
            found.setdefault((parent["service"], one["service"]), []).append((at, beyond))
        return found

    @cached_property
    def changes(self) -> Json:
        found: Json = json.loads(self.text("changes.json") or "{}")
        return found


def wrong(files: Files, item: Json) -> Iterator[str]:
    """What does not hold of one exhibit. An exhibit of no known kind is wrong itself."""
    data = item["data"]
    if item["kind"] == "log" and "before" in data:
        check: Callable[[Files, Json], Iterator[str]] = step
    elif item["kind"] == "log" and "change" in data:
        check = shift
    elif item["kind"] == "log" and "statement" in data:
        check = outcry
    elif item["kind"] == "trace" and "caller" in data:
        check = edge
    elif "factor" in data:
        check = rise
    else:
        check = CHECKS.get(item["kind"], unknown)
    yield from (f"{item['summary'][:80]}: {what}" for what in check(files, item))


def unknown(_: Files, item: Json) -> Iterator[str]:
    yield f"no way to compute an exhibit of kind {item['kind']} again"


def sides(data: Json, times: "np.ndarray[Any, Any]") -> tuple[Any, Any]:
    """Masks of what lies in the incident, and in the normal times outside it."""
    (start, end), normal = map(moment, data["incident"]), data["normal"]
    inside = (times >= start) & (times <= end)
    outside = np.zeros(len(times), dtype=bool)
    for since, until in normal:
        outside |= (times >= moment(since)) & (times <= moment(until))
    return inside, outside & ~inside


def side(data: Json, at: float | None) -> bool | None:
    if at is None:
        return None
    inside, outside = sides(data, np.array([at]))
    return True if inside[0] else False if outside[0] else None


def metric(files: Files, item: Json) -> Iterator[str]:
    data = item["data"]
    points = files.series[data["service"], data["metric"]]
    times = np.array(sorted(points))
    values = np.array([points[at] for at in times])
    inside, outside = sides(data, times)
    before, during = values[outside], values[inside]
    if data["points"] != len(during):
        yield f"{len(during)} points in the incident, not {data['points']}"
    for name, found in (("usual", np.median(before)), ("during", np.median(during))):
        if not near(data[name], found):
            yield f"{name} is {found}, not {data[name]}"
        if f"{found:.6g}" not in item["summary"]:
            yield f"the summary does not say {found:.6g}"
    told = (data["deviation"], data["rarity"], data["worst_quarter"], moment(item["at"]))
    if f"beyond {data['worst_quarter']:.6g}" not in item["summary"]:
        yield "the summary does not say where its worst quarter lies"
    ways = [deviation(times[inside], before, during, way, least)
            for way in (1, -1) for least in (0.0, 0.2)]  # fmt: skip
    if not any(all(map(near, told[:3], one[:3])) and told[3] == one[3] for one in ways):
        yield f"deviation, rarity, quarter and beginning are none of {ways}, but {told}"


def rise(files: Files, item: Json) -> Iterator[str]:
    data = item["data"]
    points = files.series[data["service"], data["metric"]]
    until, (start, end) = moment(data["usual_until"]), map(moment, data["around"])
    usual = np.median([v for at, v in points.items() if at < until])  # type: ignore[operator]
    during = np.median([v for at, v in points.items() if start <= at <= end])  # type: ignore[operator]
    for name, found in (("usual", usual), ("during", during), ("factor", during / usual)):
        if not near(data[name], found):
            yield f"{name} is {found}, not {data[name]}"
        if name != "factor" and f"{found:.6g}" not in item["summary"]:
            yield f"the summary does not say {found:.6g}"


def deviation(
    times: Any, before: Any, during: Any, way: int, least: float
) -> tuple[float, float, float, float | None]:
    """In widths, the share of normal stretches as bad, the same in the series' own unit, and the
    first of three far outside."""
    centre = np.median(before)
    q05, q25, q75, q95 = np.percentile(before, [5, 25, 75, 95])
    floor = least or 0.02 * abs(centre) or 1e-3 * np.abs(before).max() or 1e-9
    spread = 1.4826 * np.median(np.abs(before - centre))
    width = max(spread, (q75 - q25) / 1.35, (q95 - q05) / 4, floor)
    bad, usually = way * (during - centre) / width, way * (before - centre) / width
    score = max(0.0, float(np.percentile(bad, 75)))
    length = max(1, min(len(during), len(before)))
    starts = range(len(before) - length + 1)
    looked = list(starts)[:: max(1, len(starts) // 400)]
    stretches = np.array([usually[n : n + length] for n in looked])
    reached = int((np.percentile(stretches, 75, axis=1) >= score).sum())
    far = bad > 6.0
    run = next((float(times[n]) for n in range(len(far) - 2) if far[n : n + 3].all()), None)
    if len(far) < 3:
        run = float(times[0]) if far.all() else None
    share = (reached + 1) / (len(looked) + 1)
    return score, share, float(centre + way * score * width), run


def same(key: str) -> Callable[[str], bool]:
    """Whether a message is what a key stands for: a logger's place, or a template with holes."""
    if PLACE.fullmatch(key):

        def placed(message: str) -> bool:
            found = PLACE.search(message[:200])
            return found is not None and found.group(1) == key

        return placed  # fmt: skip
    pattern = re.compile(
        ".{1,200}?".join(r"\s+".join(map(re.escape, part.split(" "))) for part in HOLE.split(key)),
        re.DOTALL,
    )

    def masked(message: str) -> bool:
        text = " ".join(message.split())
        return bool(pattern.fullmatch(text) or (len(message) > 300 and pattern.match(text)))

    return masked


def step(files: Files, item: Json) -> Iterator[str]:
    data = item["data"]
    is_before, is_after = same(data["before"]), same(data["after"])
    last: dict[str, tuple[bool, str]] = {}
    taken: Counter[tuple[bool, bool]] = Counter()

    def take(now: bool, before: str | None, after: str | None, name: str = "") -> None:
        begins = data["before"] == f"{name} start" if before is None else is_before(before)
        if begins:
            taken[now, data["after"] == "the end" if after is None else is_after(after)] += 1

    for one in files.logs_of.get(data["service"], ()):
        now, span = side(data, one["timestamp"]), str(one.get("span_id") or "")
        if now is None or not span:
            continue
        known = last.get(span)
        name = str(files.span_by_id.get(span, {}).get("name") or "a span")
        take(now, known[1] if known else None, one["message"], name)
        last[span] = (now, one["message"])
    for now, message in last.values():
        take(now, message, None)
    for name, when in (("usual", False), ("during", True)):
        total = taken[when, True] + taken[when, False]
        share = taken[when, True] / max(1, total)
        if not near(data[name], share):
            yield f"{name} is {share}, not {data[name]}"
        if f"{share:.0%}" not in item["summary"]:
            yield f"the summary does not say {share:.0%}"
        if when and data["seen"] != total:
            yield f"seen {total} times, not {data['seen']}"


def outcry(files: Files, item: Json) -> Iterator[str]:
    data, is_said = item["data"], same(item["data"]["statement"])
    counts: Counter[bool | None] = Counter(
        side(data, one["timestamp"])
        for one in files.logs_of.get(data["service"], ())
        if (LOUD.search(str(one.get("severity") or "")) or LOUD.search(one["message"][:120]))
        and is_said(one["message"])
    )
    if (counts[True], counts[False]) != (data["count"], data["usual_count"]):
        yield f"{counts[True]} and {counts[False]} before, not as told"
    if f"{counts[True]} times" not in item["summary"]:
        yield f"the summary does not say {counts[True]} times"


def shift(files: Files, item: Json) -> Iterator[str]:
    """Lines of one template, in the incident and in the normal times."""
    data, is_said = item["data"], same(item["data"]["template"])
    step = data["step_seconds"]
    counts: Counter[bool | None] = Counter(
        side(data, (math.floor(one["timestamp"] / step) + 0.5) * step)
        for one in files.logs_of.get(data["service"], ())
        if is_said(one["message"])
    )
    if (counts[True], counts[False]) != (data["count"], data["usual_count"]):
        yield f"{counts[True]} and {counts[False]} before, not as told"
    if f"{counts[True]} lines" not in item["summary"]:
        yield f"the summary does not say {counts[True]} lines"
    first = files.logs[data["line"] - 1]
    if first["service"] != data["service"] or not is_said(first["message"]):
        yield f"line {data['line']} says something else"


def edge(files: Files, item: Json) -> Iterator[str]:
    data = item["data"]
    calls = files.overheads[data["caller"], data["callee"]]
    inside, outside = sides(data, np.array([at for at, _ in calls]))
    beyond = np.array([took for _, took in calls])
    found = {"usual_ms": np.percentile(beyond[outside], 90),
             "during_ms": np.percentile(beyond[inside], 75)}  # fmt: skip
    for name, value in found.items():
        if not near(data[name], value):
            yield f"{name} is {value}, not {data[name]}"
        if f"{value:.1f} ms" not in item["summary"]:
            yield f"the summary does not say {value:.1f} ms"
    if data["calls"] != inside.sum():
        yield f"{inside.sum()} calls, not {data['calls']}"


def spoken(one: Json) -> str:
    """What a failed call says failed."""
    flat = {**one, **(one.get("attributes") or {})}
    words = [flat.get(name) for name in ("error", "error.type", "error.message")]
    text = "; ".join(str(word) for word in words if word and not isinstance(word, bool))
    return f"{one.get('name') or ''}: {text}" if text else str(one.get("name") or "")


def said(files: Files, item: Json) -> Iterator[str]:
    """Lines, or failed calls, that say the same since the beginning."""
    data, since = item["data"], moment(item["data"]["since"])
    if item["source"] == "logs.ndjson":
        told = [(moment(one.get("timestamp")), str(one.get("service") or ""), one["message"])
                for one in files.logs]  # fmt: skip
        is_said = same(data["template"])
    else:
        told = [(moment(one.get("start")), str(one.get("service") or ""), spoken(one))
                for one in files.spans]  # fmt: skip
        is_said = same(data["template"].removeprefix("failed ").removeprefix("ok "))
    times = [at for at, service, text in told if service == data["service"] and at is not None
             and since is not None and at >= since and is_said(text)]  # fmt: skip
    if len(times) != data["count"]:
        yield f"said {len(times)} times, not {data['count']}"
    if times and min(times) != moment(item["at"]):
        yield f"first said at {min(times)}, not at {item['at']}"
    if f"({len(times)} times" not in item["summary"]:
        yield f"the summary does not say {len(times)} times"
    at, _, text = told[data["line"] - 1]
    if at != moment(item["at"]) or not is_said(text):
        yield f"line {data['line']} says something else"


def pattern(files: Files, item: Json) -> Iterator[str]:
    one = json.loads(files.text("log_patterns.json"))[item["data"]["line"] - 1]
    if one["signature"] != item["data"]["template"] or int(one["count"]) != item["data"]["count"]:
        yield f"the entry says {one}"


def commit_of(files: Files, sha: str) -> Json:
    return max((one for one in files.changes["commits"] if one["sha"] == sha),
               key=lambda one: len(one.get("diff") or ""))  # fmt: skip


def diff(files: Files, item: Json) -> Iterator[str]:
    data, one = item["data"], commit_of(files, item["data"]["sha"])
    if moment(item["at"]) != moment(one["timestamp"]):
        yield f"it was written at {one['timestamp']}"
    if not data["line"]:
        return
    line = (one.get("diff") or "").split("\n")[data["line"] - 1][:200]
    if data["text"].split() != line.split():
        yield f"line {data['line']} reads {line!r}, not {data['text']!r}"
    for value in (data[name] for name in ("old", "new") if name in data):
        if f"{value:g}" not in item["summary"]:
            yield f"the summary does not say {value:g}"


def deploy(files: Files, item: Json) -> Iterator[str]:
    data, at = item["data"], moment(item["at"])
    if "deployed" not in data:
        if at != moment(commit_of(files, data["sha"])["timestamp"]):
            yield "it was not written then"
        return
    wanted = (at, data["service"], data["deployed"], data["version"])
    known = {(moment(one["timestamp"]), one.get("service"), one.get("commit_sha"),
              one.get("version") or "") for one in files.changes["deploys"]}  # fmt: skip
    if wanted not in known:
        yield f"no deploy {wanted}"


def flag(files: Files, item: Json) -> Iterator[str]:
    data = item["data"]
    known = {(moment(one["timestamp"]), one["flag"], one["service"], one["change"])
             for one in files.changes["flags"]}  # fmt: skip
    if (moment(item["at"]), data["flag"], data["service"], data["change"]) not in known:
        yield "no such flag was turned then"


def alert(files: Files, item: Json) -> Iterator[str]:
    told = json.loads(files.text("bundle.json"))["alert"]
    if item["summary"].split() != str(told.get("summary") or "").split():
        yield f"the alert says {told}"


CHECKS = {"metric": metric, "log": said, "trace": said, "pattern": pattern, "diff": diff,
          "deploy": deploy, "flag": flag, "alert": alert}  # fmt: skip
