"""A unified diff, taken apart: per file the lines that went and the lines that came. Pure."""

import re
from dataclasses import dataclass, field

_HUNK = re.compile(r"^@@ -(\d+)(?:,\d+)? \+(\d+)(?:,\d+)? @@(.*)$")


@dataclass(frozen=True, slots=True)
class Line:
    """One changed line; `at` is its line in the diff itself, for citing."""

    text: str
    at: int


@dataclass(slots=True)
class FilePatch:
    """What a diff does to one file."""

    path: str
    removed: list[Line] = field(default_factory=list)
    added: list[Line] = field(default_factory=list)
    binary: bool = False

    @property
    def size(self) -> int:
        return len(self.removed) + len(self.added)


def parse(diff: str) -> list[FilePatch]:
    """The files of a diff in its order."""
    files: list[FilePatch] = []
    in_hunk = False
    for number, line in enumerate(diff.split("\n"), start=1):
        if line.startswith("diff --git "):
            files.append(FilePatch(line.rpartition(" b/")[2]))
            in_hunk = False
        elif not files:
            continue
        elif _HUNK.match(line):
            in_hunk = True
        elif not in_hunk:
            files[-1].binary = files[-1].binary or line.startswith("Binary files ")
        elif line.startswith("+"):
            files[-1].added.append(Line(line[1:], number))
        elif line.startswith("-"):
            files[-1].removed.append(Line(line[1:], number))
    return files


def find(patch: FilePatch, text: str, added: bool = True) -> int:
    """The diff's line where `text` came (or went); 0 when it is not there."""
    wanted = text.strip()
    lines = patch.added if added else patch.removed
    return next((line.at for line in lines if wanted and wanted in line.text), 0)
