"""Whether the service is well again, and whether it stays so.

No data is not recovery. A look passes when every check passes; the incident is over when enough
looks in a row passed over the whole window of the policy. Looks in the restart of the change
itself count neither for nor against it.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from orchestrator.actions.looking import (
    BASELINE_SECONDS,
    Baseline,
    Looks,
    Row,
    Samples,
    Walk,
    baseline,
    check,
    nothing,
)
from orchestrator.clock import Clock, span
from orchestrator.model.policy import Validation

Say = Callable[[str], None]

MARKS = {"pass": "✓", "fail": "×", "no data": "○"}


@dataclass(frozen=True, slots=True)
class Subject:
    """The service that is looked at, and when its trouble began."""

    samples: Samples
    impact_at: float
    policy: Validation
    walk: Walk = nothing
    """its journeys and its health address, asked now"""
    measured: bool = True
    """its signals are told by anything; else its journeys alone decide"""

    def looks(self, now: float, quiet_until: float = 0.0) -> tuple[Looks, Baseline]:
        normal = baseline(self.samples(self.impact_at - BASELINE_SECONDS), self.impact_at)
        made = Looks(
            self.samples,
            normal,
            self.policy,
            quiet_until,
            seen=now,
            walk=self.walk,
            measured=self.measured,
        )
        return made, normal


async def validate(
    subject: Subject, clock: Clock, say: Say, started: float = 0.0, ended: float = 0.0
) -> dict[str, Any]:
    """Look until it has stayed well over the window, or patience ends; the report's fields.

    `started` and `ended` are those of the change; without one there is no restart to leave out.
    """
    begun, policy = clock.now(), subject.policy
    quiet_until = ended + policy.restart_grace if ended else 0.0
    looks, normal = subject.looks(begun, quiet_until)
    say(_normal(normal, subject))
    before = _before(subject, normal, started) if started else []
    passes, restored_at, restarts = 0, None, 0
    while True:
        await clock.sleep(policy.interval)
        now = clock.now()
        rows, restart = await looks.look(now)
        if restart:
            restarts += 1
            say(f"{_shown(rows)}\nrestart: does not count\n")
            continue
        well = bool(rows) and all(row["state"] == "pass" for row in rows)
        passes = passes + 1 if well else 0
        restored_at = (restored_at if restored_at is not None else now) if well else None
        stable = round(now - restored_at, 3) if restored_at is not None else 0.0
        say(_look(rows, passes, policy, stable))
        over = passes >= policy.passes and stable >= policy.window
        if over or now - max(begun, quiet_until) >= policy.patience:
            return {
                "checks": rows,
                "before": before,
                "passes": passes,
                "needed": policy.passes,
                "stable_for": stable,
                "window": policy.window,
                "restored_at": restored_at,
                "restart_looks": restarts,
                "gave_up": not over,
            }


async def stays(subject: Subject, clock: Clock, say: Say, until: float) -> dict[str, Any]:
    """Go on looking after a resolution: `relapsed` once enough looks in a row fail.

    A look without data says nothing: it neither fails nor ends a row of failures. `told`: looks
    that had any.
    """
    begun, policy = clock.now(), subject.policy
    looks, normal = subject.looks(begun)
    say(_normal(normal, subject))
    rows: list[Row] = []
    fails, since, told = 0, 0.0, 0
    while (left := until - clock.now()) > 0 and fails < policy.passes:
        await clock.sleep(min(policy.interval, left))
        rows, now = (await looks.look(clock.now()))[0], clock.now()
        states = {row["state"] for row in rows}
        told += bool(states - {"no data"})
        if "fail" in states:
            fails, since = fails + 1, since or now
        elif states == {"pass"}:
            fails, since = 0, 0.0
        say(f"{_shown(rows)}\n{fails} of {policy.passes} in a row fail\n")
    return {
        "relapsed": fails >= policy.passes,
        "checks": rows,
        "fails": fails,
        "told": told,
        "needed": policy.passes,
        "since": since,
    }


def _before(subject: Subject, normal: Baseline, started: float) -> list[Row]:
    """The last look before the change began, from the samples; journeys were not walked then."""
    earlier = [one for one in subject.samples(subject.impact_at) if one.t < started]
    return check(earlier[-1], normal, subject.policy) if earlier and subject.measured else []


def _normal(normal: Baseline, subject: Subject) -> str:
    if not subject.measured:
        return "Nothing measures it: its journeys and its health address decide.\n"
    if not normal.samples:
        return "No sample from before the impact: there is no baseline to compare with.\n"
    shown = ", ".join(f"{name} {value:.3g}" for name, value in normal.values.items())
    return f"Baseline from {normal.samples} samples before the impact: {shown}.\n"


def _shown(rows: list[Row]) -> str:
    parts = []
    for row in rows:
        said = "no data" if row["value"] is None else f"{row['value']:.3g}"
        if "why" in row:
            said = row["why"] or "well"
        parts.append(f"{MARKS[row['state']]} {row['name']} {said}")
    return "   ".join(parts) or "○ nothing to look at"


def _look(rows: list[Row], passes: int, policy: Validation, stable: float) -> str:
    run = f"{passes} of {policy.passes} in a row, well for {span(stable)} of {span(policy.window)}"
    return f"{_shown(rows)}\n{run}\n"
