"""What added code newly burdens a service with: waiting, locking, asking, starting, keeping."""

import re
from collections.abc import Iterator

from orchestrator.evidence.bundle.edits import Edit

BURDENS: tuple[tuple[str, str], ...] = (
    ("takes a lock", r"(?<!un)lock\(|\.acquire\(|synchronized\b|for\s+update\b|lock\s+table"),
    ("waits", r"\bsleep\(|time\.after\(|\.wait\(|settimeout\("),
    ("starts work beside its own",
     r"\bgo\s+func\b|\bgo\s+\w+[.(]|thread\(|create_task\(|setinterval\(|@scheduled|executor\.submit"),
    ("asks another service or a store",
     r"https?://|http\.(?:get|post|do|newrequest)|requests\.\w+\(|fetch\w*\(|axios|client\.\w+\("),
    ("keeps more and more",
     r"\bappend\(self\.|\.push\(|\w\.\w+\[[^\]]+\]\s*=[^=]|\.(?:append|add|setdefault)\("),
    ("fails harder", r"\bpanic\(|os\.exit|sys\.exit|log\.fatal|process\.exit|\.unwrap\(\)"),
)  # fmt: skip
_BURDENS = tuple((what, re.compile(words, re.IGNORECASE)) for what, words in BURDENS)


def new_burdens(change: Edit) -> Iterator[tuple[str, int]]:
    """What the code does more often now than before, and the line where it does."""
    for what, pattern in _BURDENS:
        gone = sum(bool(pattern.search(one.text)) for one in change.removed)
        come = [one for one in change.added if pattern.search(one.text)]
        if len(come) > gone:
            yield what, come[0].line
