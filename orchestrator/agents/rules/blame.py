"""Which change is blamed, which one adds to it, and when something outside clears them all."""

from collections.abc import Sequence

from orchestrator.agents.rules.findings import Findings
from orchestrator.evidence.analysis.changes import Suspicion
from orchestrator.evidence.analysis.factor import LIMIT, WORK
from orchestrator.evidence.analysis.outside.cause import Cause, Said
from orchestrator.evidence.analysis.outside.primary import primary
from orchestrator.evidence.analysis.tokens import words

STRONG, WEAK = 0.25, 0.12
"""Scores from which a suspect counts, and under which none does."""

KEEPS = 0.5
"""How surely a diff has to keep a resource to be a fault beside another one."""

LEFT = 0.3
"""Share of what fails that a cause leaves over from which a change may have a fault of its own."""


def blamed(found: Findings) -> Suspicion | None:
    """The suspect worth naming; none where something else explains the trouble."""
    top = found.top
    if found.turned is not None:
        return None
    if found.bisected and not found.external:
        return top  # a test said so, whatever the ranking makes of it
    if top is None or top.score < STRONG or found.external:
        return None
    if found.outside is not None and not _own_fault(found, top, found.outside):
        return None
    return top


def cleared_by(found: Findings) -> Cause | None:
    """What explains the trouble in place of a change; None where one is blamed or nothing does."""
    clear = not found.bisected and found.turned is None and blamed(found) is None
    return found.outside if clear else None


def contributing(found: Findings) -> Suspicion | None:
    """A second change of the release without which the first would have hurt less.

    More work on a way that holds something bounded, and less of that thing: either alone may pass.
    """
    top = blamed(found)
    if top is None:
        return None
    kinds = _kinds(top)
    for other in found.suspects or []:
        if other is top or other.score < STRONG:
            continue
        theirs = _kinds(other)
        if (WORK in kinds and LIMIT in theirs) or (LIMIT in kinds and WORK in theirs):
            return other
    return None


def _kinds(one: Suspicion) -> set[str]:
    return {factor.kind for factor in one.risk.factors if factor.weight >= STRONG}


def _own_fault(found: Findings, top: Suspicion, outside: Cause) -> bool:
    """Whether the change is to blame although something outside fails as well."""
    if not outside.independent and touches(top, outside):
        return True
    if found.drain is not None and top.risk.holding >= KEEPS:
        return True
    related = bool(top.in_traceback or top.shared) and top.score >= 2 * STRONG
    return related and left_over(found.said, [outside]) >= LEFT


def touches(one: Suspicion, cause: Cause) -> bool:
    """Whether a diff speaks of the very thing that fails."""
    changed = [
        line.text
        for file in one.candidate.files
        for line in (*file.patch.added, *file.patch.removed)
    ]
    text = "\n".join([*changed, *(file.patch.path for file in one.candidate.files)])
    said = words(text)
    return any(word in said or word in text.lower() for word in cause.words)


def left_over(said: Sequence[Said], causes: Sequence[Cause]) -> float:
    """Share of what fails by itself that these causes do not explain."""
    first = primary(said)
    covered = {place for cause in causes for place in cause.covers}
    total = sum(one.count for one in first)
    return sum(one.count for one in first if one.place not in covered) / total if total else 0.0
