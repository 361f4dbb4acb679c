"""Every dated change of the window, whichever source knows of it, held against the beginning."""

from typing import Literal

from orchestrator.agents.rules.desk import Desk, claim
from orchestrator.agents.rules.findings import Findings
from orchestrator.agents.rules.words import clock_time, lasting, quoted
from orchestrator.evidence.sources.deploys import Deployed
from orchestrator.evidence.sources.rollouts import KIND as ROLLOUT
from orchestrator.model.reports.regression import Change


def dated(desk: Desk, found: Findings) -> tuple[Change, ...]:
    """Deploys, rollouts, configurations and flags, oldest first; the judged one is marked."""
    service = desk.state.service
    since = found.began - desk.state.policy.change_window
    changes: list[Change] = []
    for one in found.deploys.of(service) if found.deploys is not None else ():
        if one.at >= since:
            changes.append(_deploy(found, one))
    for flip in found.flags.of(service) if found.flags is not None else ():
        if flip.at < since:
            continue
        what = f"the flag {quoted(flip.flag, 60)} went from {flip.before} to {flip.after}"
        changes.append(
            Change(
                at=flip.at,
                kind="feature-flag",
                what=quoted(flip.flag, 60),
                before=quoted(flip.before, 60),
                after=quoted(flip.after, 60),
                by=quoted(flip.by, 60),
                said=claim(_when(found, quoted(what), flip.at), f"{found.flags_eid}:{flip.line}"),
                nearest=flip is found.turned,
            )
        )
    return tuple(sorted(changes, key=lambda change: change.at))


def _deploy(found: Findings, one: Deployed) -> Change:
    kind: Literal["deploy", "rollout", "configuration"] = "deploy"
    if one.configures:
        kind = "configuration"
    elif one.kind == ROLLOUT:
        kind = "rollout"
    what = f"{kind} of {one.version[:12]}"
    return Change(
        at=one.at,
        kind=kind,
        what=quoted(one.version, 60),
        before=quoted(one.previous, 60),
        after=quoted(one.version, 60),
        by=quoted(one.by, 60),
        said=claim(_when(found, quoted(what), one.at), f"{found.deploys_eid}:{one.line}"),
        nearest=found.turned is None and one is found.bad,
    )


def _when(found: Findings, what: str, at: float) -> str:
    """What changed and how it lies to the beginning of the trouble."""
    gap = found.began - at
    side = "before" if gap >= 0 else "after"
    return f"{what} at {clock_time(at)}, {lasting(abs(gap))} {side} the trouble began."
