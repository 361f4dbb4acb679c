"""One change that was tried, and whether what it was for got better: by code, from the looks."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from orchestrator.model.events import Json
from orchestrator.model.policy import Validation

WAY_BACK = ("rollback", "redeploy", "revert")
"""Kinds that go back to what was well: one that heals nothing proves the diagnosis wrong."""

FAILED, WORSE, UNMEASURED = "failed", "worse", "unmeasured"
NONE, IMPROVED, RESTORED, RELAPSED = "none", "improved", "restored", "relapsed"
TAKEN_BACK = "taken back"

WORDS = {
    FAILED: "failed",
    WORSE: "made it worse",
    UNMEASURED: "could not be measured",
    NONE: "changed nothing",
    IMPROVED: "helped in part",
    RESTORED: "brought the service back",
    RELAPSED: "brought the service back for a while",
    TAKEN_BACK: "was taken back before it could be judged",
}
"""Each effect, as it is told."""


@dataclass(frozen=True, slots=True)
class Attempt:
    """A change that was carried out, and what became of it."""

    number: int
    approval: str
    action: str
    kind: str
    title: str
    params: Json
    effect: str
    resolution: str
    why: str
    at: float

    def same(self, wanted: Json) -> bool:
        """Whether this is the change that is wanted: the same action with the same values.

        A way that was named by its kind alone is the same when its values are.
        """
        named = str(wanted.get("action", ""))
        own = self.action == named if named else self.kind == str(wanted.get("kind", ""))
        return own and dict(self.params) == dict(wanted.get("params") or {})

    @property
    def helped_not(self) -> bool:
        """It ran, and the trouble is there all the same: nobody offers it again by himself."""
        return self.effect in (WORSE, UNMEASURED, NONE, IMPROVED, RELAPSED, TAKEN_BACK)


@dataclass(frozen=True, slots=True)
class Chosen:
    """A change that a person wants to see a card of."""

    action: str
    params: Json
    why: str
    by: str
    at: float
    kinds: tuple[str, ...] = ()
    """what kind of action it has to be; empty: any"""


def stops(kind: str, effect: str) -> bool:
    """Whether an attempt that ended so stops the line."""
    return effect in (FAILED, WORSE, UNMEASURED) or (effect == NONE and kind in WAY_BACK)


def effect_of(
    before: Iterable[Json], after: Iterable[Json], resolution: str, policy: Validation
) -> str:
    """What a change did, from the last look before it and the last one after its restart.

    Worse: errors clearly higher than before it, or, where nobody measures errors, more that fails.
    Improved: less fails than before and nothing new does, or the errors are at most half.
    Checks that nobody made before it, as journeys, say nothing of what it did.
    Where nobody looked before, only PARTIALLY_RESOLVED is an improvement.
    """
    was, now = _by_name(before), _by_name(after)
    if resolution == "RESOLVED":
        return RESTORED
    if all(check["state"] == "no data" for check in now.values()):
        return UNMEASURED
    if not was:
        return IMPROVED if resolution == "PARTIALLY_RESOLVED" else NONE
    ill, still = _ill(was), _ill(now) & was.keys()
    errors = _value(was, "errors"), _value(now, "errors")
    if errors[0] is not None and errors[1] is not None:
        higher = errors[1] > max(errors[0] * 1.5, errors[0] + policy.error_ratio)
        if higher and "errors" in still:
            return WORSE
        halved = "errors" in ill and errors[1] <= errors[0] / 2
        return IMPROVED if halved or still < ill else NONE
    if len(still) > len(ill):
        return WORSE
    return IMPROVED if still < ill else NONE


def resolution_of(checks: Iterable[Json], lasted: bool) -> str:
    """RESOLVED | PARTIALLY_RESOLVED | NOT_RESOLVED.

    In part: users are served again (errors and traffic are well) though not all of it is; of a
    service that measures neither, at least one check passes.
    """
    states = {str(check["name"]): str(check["state"]) for check in checks}
    if lasted:
        return "RESOLVED"
    if "errors" in states or "traffic" in states:
        served = states.get("errors") == "pass" and states.get("traffic") == "pass"
    else:
        served = "pass" in states.values()
    return "PARTIALLY_RESOLVED" if served else "NOT_RESOLVED"


def tried(attempts: Iterable[Attempt], wanted: Json) -> bool:
    """Whether exactly this change ran already and did not help."""
    return any(one.helped_not and one.same(wanted) for one in attempts)


def told(attempts: Sequence[Attempt]) -> list[dict[str, Any]]:
    """The attempts as inputs for whoever chooses the next one."""
    return [
        {
            "number": one.number,
            "action": one.action,
            "kind": one.kind,
            "title": one.title,
            "params": dict(one.params),
            "effect": one.effect,
            "resolution": one.resolution,
            "why": one.why,
        }
        for one in attempts
    ]


def _by_name(checks: Iterable[Json]) -> dict[str, Json]:
    return {str(check["name"]): check for check in checks}


def _ill(checks: Mapping[str, Json]) -> set[str]:
    return {name for name, check in checks.items() if check["state"] != "pass"}


def _value(checks: Mapping[str, Json], name: str) -> float | None:
    value = checks.get(name, {}).get("value")
    return None if value is None else float(value)
