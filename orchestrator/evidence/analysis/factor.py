"""One reason why a change may hurt."""

from dataclasses import dataclass

WORK, LIMIT = "work", "limit"
"""More to do for one request, and less of something bounded to do it with."""


@dataclass(frozen=True, slots=True)
class Factor:
    """One reason why a change may hurt. `holding`: it keeps a bounded resource."""

    what: str
    weight: float
    path: str
    diff_line: int = 0
    holding: bool = False
    kind: str = ""
    """WORK or LIMIT, where it is one of them"""
