"""What lies in an incident's folder beside what the journal says of it: changed, proposed, gone."""

import difflib
import hashlib
import os
from dataclasses import dataclass
from pathlib import Path

from orchestrator.model.state import State
from orchestrator.project import IncidentFolder

PROPOSED = ".proposed.md"
LOOKS = 2
"""Looks a difference must last: a document is written a moment before the journal says so."""


@dataclass(frozen=True, slots=True)
class Paper:
    """One document as it stands. `standing`: written, edited, changed, gone or proposed."""

    path: str
    standing: str
    at: float
    revision: int
    sha256: str
    """of what lies on the disk: an edit starts from it; empty when it is gone"""


class Shelf:
    """Looks at the documents; hashes only what has another size or time than before."""

    def __init__(self, folder: IncidentFolder) -> None:
        self._folder = folder
        self._hashes: dict[str, tuple[tuple[int, int], str]] = {}
        self._since: dict[str, tuple[str, str, int]] = {}

    def look(self, state: State, live: bool = True) -> list[Paper]:
        """Every document, and the proposals beside them; a replay compares nothing."""
        papers = []
        for document in sorted(state.documents.values(), key=lambda one: one.path):
            sha = self._hash(document.path)
            edited = state.edits.get(document.path, "")
            standing = "written"
            if edited and sha == edited:
                standing = "edited"
            elif live and sha != document.sha256:
                standing = self._lasting(document.path, sha, document.sha256 + edited)
            papers.append(Paper(document.path, standing, document.at, document.revision, sha))
        return [*papers, *self._proposals(state)]

    def text(self, path: str) -> str:
        """What lies there now; why not, where it cannot be read."""
        place = self._place(path)
        if not place.resolve().is_relative_to(self._folder.path.parents[2].resolve()):
            return f"{path} lies outside the project"
        try:
            return place.read_text(encoding="utf-8", errors="replace")
        except OSError as error:
            return f"{path} cannot be read: {error.strerror}"

    def against(self, proposal: str) -> str:
        """The proposal as a diff against the document that a person changed."""
        document = document_of(proposal)
        ours, theirs = self.text(document).splitlines(), self.text(proposal).splitlines()
        names = (document, proposal)
        return "\n".join(difflib.unified_diff(ours, theirs, *names, lineterm=""))

    def _lasting(self, path: str, sha: str, known: str) -> str:
        """`changed` once the difference has lasted; until then as the journal has it."""
        before = self._since.get(path)
        count = before[2] + 1 if before is not None and before[:2] == (sha, known) else 1
        self._since[path] = (sha, known, count)
        if count < LOOKS:
            return "written"
        return "changed" if sha else "gone"

    def _place(self, path: str) -> Path:
        """In the incident's folder, or in the project where its path begins there."""
        if path.startswith(".aiwg/"):
            return self._folder.path.parents[2] / path
        return self._folder.path / path

    def _hash(self, path: str) -> str:
        place = self._place(path)
        try:
            found = os.stat(place)
            mark = (found.st_mtime_ns, found.st_size)
            known = self._hashes.get(path)
            if known is None or known[0] != mark:
                known = (mark, hashlib.sha256(place.read_bytes()).hexdigest())
                self._hashes[path] = known
            return known[1]
        except OSError:
            return ""

    def _proposals(self, state: State) -> list[Paper]:
        found = []
        for place in sorted(self._folder.path.rglob(f"*{PROPOSED}")):
            path = place.relative_to(self._folder.path).as_posix()
            if not any(part.startswith(".") for part in Path(path).parts):
                at = state.documents[document_of(path)].at if self._known(state, path) else 0.0
                found.append(Paper(path, "proposed", at, 0, self._hash(path)))
        return found

    def _known(self, state: State, proposal: str) -> bool:
        return document_of(proposal) in state.documents


def digest(text: str) -> str:
    """The hash by which the runner knows what an edit started from."""
    return hashlib.sha256(text.encode()).hexdigest()


def document_of(proposal: str) -> str:
    """The document a proposal is for: `a.md.proposed.md` and `a.proposed.md` are both of `a.md`."""
    bare = proposal.removesuffix(PROPOSED)
    return bare if bare.endswith((".md", ".ics")) else f"{bare}.md"
