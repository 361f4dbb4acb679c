"""An observation as it was filed: which line of it a citation may name."""

import re
from dataclasses import dataclass

_GAP = re.compile(r"^\[\.\.\. \d+ bytes left out here \.\.\.\]$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Filed:
    """An evidence number, and how lines moved where its middle was left out."""

    eid: str
    gap: int = 0
    """line of the stored content that stands for what was left out; 0 when it is whole"""
    moved: int = 0
    """by how many lines everything after the gap stands higher"""

    def at(self, line: int) -> str:
        """`E12:340` for a line of the content as it was read; `E12` where that line is not kept."""
        if line <= 0:
            return self.eid
        if not self.gap or line < self.gap:
            return f"{self.eid}:{line}"
        return f"{self.eid}:{line - self.moved}" if line - self.moved > self.gap else self.eid


def filed(eid: str, content: str, stored: str) -> Filed:
    """How `content` lies in the ledger, told from what is stored there."""
    gap = _GAP.search(stored)
    if gap is None:
        return Filed(eid)
    before = stored.count("\n", 0, gap.start()) + 1
    return Filed(eid, before, len(content.splitlines()) - len(stored.splitlines()))
