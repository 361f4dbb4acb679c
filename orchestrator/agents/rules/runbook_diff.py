"""A change to a runbook as a diff that `git apply` takes; nothing is written to the file itself."""

import difflib
import re
from collections.abc import Iterable
from pathlib import Path

from orchestrator.evidence.hygiene import clean
from orchestrator.evidence.redaction import redact

_LINE = re.compile(r"[^\n]*\n|[^\n]+")


def new_path(root: Path, folder: str, service: str) -> str:
    """Where a first runbook would lie: a name in the runbooks' folder that nothing has yet."""
    place = folder.strip("/") or "runbooks"
    stem = re.sub(r"[^A-Za-z0-9_-]+", "-", service).strip("-").lower() or "service"
    names = (f"{place}/{stem}{f'-{n}' if n > 1 else ''}.md" for n in range(1, 1000))
    return next(name for name in names if not (root / name).exists())


def new_file(path: str, lines: list[str]) -> str:
    """A diff from nothing."""
    added = _added(lines)
    body = "".join(f"+{line}\n" for line in added)
    head = f"diff --git a/{path} b/{path}\nnew file mode 100644\n--- /dev/null\n+++ b/{path}\n"
    return f"{head}@@ -0,0 +1,{len(added)} @@\n{body}"


def _added(lines: Iterable[str]) -> list[str]:
    """New lines, each one line of text without a secret, the last not empty."""
    added = [redact(clean(line))[0].replace("\n", " ") for line in lines]
    while added and not added[-1]:
        added.pop()
    return added


def proposal(path: str, content: str, section: list[str]) -> str:
    """A unified diff that adds a section at the end of a runbook, as `git apply` takes it.

    Lines around it that hold a secret are not shown: the diff then has no context.
    """
    end = "\r\n" if "\r\n" in content else "\n"
    old = _LINE.findall(content)
    new = list(old)
    gap = [end] if old and old[-1].strip() else []
    if old and not old[-1].endswith("\n"):
        new[-1] += end
    new += [*gap, *(line + end for line in _added(section))]
    shown = difflib.unified_diff(old, new, f"a/{path}", f"b/{path}", n=3)
    diff = _joined(shown)
    if redact(diff)[0] != diff:
        diff = _joined(difflib.unified_diff(old, new, f"a/{path}", f"b/{path}", n=0))
    return diff if redact(diff)[0] == diff else ""


def _joined(lines: Iterable[str]) -> str:
    """Lines of a diff; a last line without its end is marked as such."""
    return "".join(
        line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n" for line in lines
    )
