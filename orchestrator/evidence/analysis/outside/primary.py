"""Which errors came first-hand, and which only follow from them."""

from collections.abc import Sequence

from orchestrator.evidence.analysis.outside.cause import Said
from orchestrator.evidence.analysis.outside.families import EXHAUSTED, LOCKED


def primary(said: Sequence[Said]) -> list[Said]:
    """What fails by itself.

    A bounded thing that runs out is a consequence wherever those who hold it wait for something
    else, and a line about a failed request repeats what the error beside it says.
    """
    return [one for one in said if not one.effect and not exhausted(one)]


def exhausted(one: Said) -> bool:
    """Whether this says no more than that something bounded ran out."""
    return EXHAUSTED.search(one.text) is not None and LOCKED.search(one.text) is None
