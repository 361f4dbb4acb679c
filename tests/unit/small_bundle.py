"""Small made-up bundles: a quiet hour, then trouble at 12:00, and what was changed before it."""

import json
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

NOON = datetime(2031, 3, 4, 12, tzinfo=UTC)
Json = dict[str, Any]


def clock(minutes: float) -> str:
    """A moment by its distance from the beginning of the trouble."""
    return (NOON + timedelta(minutes=minutes)).isoformat()


def commit(sha: str, minutes: float, message: str, path: str, diff: str | None) -> Json:
    return {"sha": sha, "author": "a", "timestamp": clock(minutes), "message": message,
            "files_changed": [path], "diff": diff}  # fmt: skip


def deploy(sha: str, minutes: float, service: str) -> Json:
    return {"timestamp": clock(minutes), "service": service, "commit_sha": sha, "version": "v1"}


def failing(service: str, message: str, count: int = 12, **fields: object) -> list[Json]:
    """The same complaint again and again from the beginning of the trouble on."""
    return [
        {"timestamp": clock(n / 4), "service": service, "severity": "ERROR",
         "message": message.replace("{n}", str(7919 * n % 1000)), **fields}
        for n in range(count)
    ]  # fmt: skip


def calm(service: str, message: str = "handled") -> list[Json]:
    return [
        {"timestamp": clock(-60 + n), "service": service, "severity": "INFO", "message": message}
        for n in range(50)
    ]


def course(service: str, metric: str, before: float, after: float) -> list[str]:
    """A series by the minute that goes from one level to another at the beginning."""
    return [
        f"{clock(m)},{service},{metric},{(before if m < 0 else after) * (1 + 0.01 * (m % 3))}"
        for m in range(-60, 12)
    ]


def write(
    folder: Path,
    *,
    service: str = "shop",
    metric: str = "error_ratio",
    summary: str = "shop is failing",
    commits: Sequence[Json] = (),
    deploys: Sequence[Json] = (),
    flags: Sequence[Json] = (),
    logs: Sequence[Json] = (),
    spans: Sequence[Json] = (),
    series: Sequence[str] | None = None,
) -> Path:
    """A bundle that asks for the change; its alert fires three minutes late."""
    alert = {"service": service, "metric": metric, "at": clock(3), "summary": summary}
    (folder / "bundle.json").write_text(json.dumps({"id": "b", "ask": "change", "alert": alert}))
    rows = course(service, metric, 0.01, 0.9) if series is None else series
    (folder / "metrics.csv").write_text("\n".join(["timestamp,service,metric,value", *rows]))
    (folder / "logs.ndjson").write_text("\n".join(map(json.dumps, logs)))
    (folder / "traces.ndjson").write_text("\n".join(map(json.dumps, spans)))
    changes = {"commits": list(commits), "deploys": list(deploys), "flags": list(flags)}
    (folder / "changes.json").write_text(json.dumps(changes))
    return folder
