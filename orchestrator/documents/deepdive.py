"""What the reports say about how a regression got through: test gap, review, deployment, pattern.

Nobody writes these sections by hand. They gather the statements that the reports already make, with
their evidence, by what they are about; where no report says anything, nothing is made up.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from orchestrator.documents.sheet import unknown
from orchestrator.model.state import State

ABOUT = {
    "Test gap": re.compile(r"\b(?:un)?tests?(?:ed|ing)?\b|\bcoverage\b|\bstaging\b", re.IGNORECASE),
    "Code review": re.compile(r"\breview(?:s|ed|ers?)?\b", re.IGNORECASE),
    "Deployment safety": re.compile(
        r"\b(?:deploy\w*|releases?d?|rollouts?|canary|feature flags?|rollbacks?|migrations?"
        r"|went live)\b",
        re.IGNORECASE,
    ),
}
"""Headings, and the words by which a statement belongs under one."""

Claim = Mapping[str, Any]


def deep_dive(state: State) -> dict[str, list[Claim]]:
    """Claims by heading. A statement stands under the first heading it is about."""
    found: dict[str, list[Claim]] = {heading: [] for heading in ABOUT}
    seen: set[str] = set()
    for claim in _statements(state):
        text = str(claim["text"])
        heading = next((name for name, words in ABOUT.items() if words.search(text)), "")
        if heading and text not in seen:
            seen.add(text)
            found[heading].append(claim)
    return found


def _statements(state: State) -> Iterator[Claim]:
    """What was said about the process, in the order it weighs."""
    bones = state.report("rca/ishikawa") or {}
    for bone in bones.get("bones", ()):
        if bone["category"] in ("Process", "People", "Environment"):
            yield from _known(bone["factors"])
    review = state.report("review/pir") or {}
    for part in ("could_improve", "process", "technical"):
        yield from _known(review.get(part, ()))
    tested = state.report("regression/bisect") or {}
    if tested.get("culprit"):
        yield from _known((tested["summary"],))
    verdict = state.told("regression/verdict")
    for sign in verdict.get("indicators", ()):
        if sign["name"] == "seen-in-staging":
            yield from _known((sign["why"],))


def _known(claims: Any) -> Iterator[Claim]:
    return (claim for claim in claims if not unknown(claim))
