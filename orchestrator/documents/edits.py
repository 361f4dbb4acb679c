"""Documents on the disk that a person may have changed: written, merged into, or left alone.

Beside each document its last render is kept in `.renders/`, so that a later one can be told apart
from what a person wrote. Nothing a person wrote is ever written over:

- an edit that was journalled is merged with the new render; a conflict leaves the file as it is and
  puts a proposal beside it;
- a change nobody journalled leaves the file as it is too, with the proposal beside it, until
  somebody adopts it.

A proposal is settled by a further edit, or by removing its file: what then stands is meant so.
"""

import hashlib
from dataclasses import dataclass
from pathlib import Path

from orchestrator.documents.catalogue import SUMMARY
from orchestrator.documents.merge import merge
from orchestrator.documents.register import stub
from orchestrator.model.state import State
from orchestrator.project import IncidentFolder, write_private

RENDERS = ".renders"


@dataclass(frozen=True, slots=True)
class Rendered:
    """A document as it should now be."""

    path: str
    """relative to the incident's folder; from `.aiwg/` on, to the project"""
    text: str
    sha256: str


@dataclass(frozen=True, slots=True)
class Written:
    """What now stands on the disk. After a conflict that is what stood there before."""

    path: str
    text: str
    conflict: bool


def digest(text: str) -> str:
    return hashlib.sha256(_body(text)).hexdigest()


def where(folder: IncidentFolder, path: str) -> Path:
    """The document's file."""
    return folder.document(path)


def proposal(folder: IncidentFolder, path: str) -> Path:
    """Where the new text goes when it cannot be merged."""
    place = where(folder, path)
    return place.with_name(f"{place.name}.proposed.md")


def store(folder: IncidentFolder, rendered: Rendered) -> None:
    """Write one document in one step, readable by its owner only. OSError when it cannot be."""
    _put(folder, rendered.path, rendered.text, rendered.text)


def merge_into(folder: IncidentFolder, state: State, rendered: Rendered) -> Written:
    """Bring a document up to date without losing what a person wrote. OSError when it cannot be.

    After a conflict nothing was written but the proposal: nothing is to be journalled then.
    """
    path = rendered.path
    _heal(folder, path)
    disk, base = _read(where(folder, path)), _base(folder, state, path)
    if disk in (None, stub(state), rendered.text, base) or path == SUMMARY:
        _put(folder, path, rendered.text, rendered.text)
        return Written(path, rendered.text, False)
    adopted = _adopted(folder, state, path, disk)
    if adopted and _settled(folder, path, disk):
        base = _read(_kept(folder, path, "theirs"))
    if base is None:
        return _propose(folder, rendered, disk, rendered.text)
    merged = merge(base, disk, rendered.text)
    if merged.conflicts or not adopted:
        return _propose(folder, rendered, disk, merged.text, base)
    _put(folder, path, merged.text, rendered.text)
    return Written(path, merged.text, False)


def behind(folder: IncidentFolder, state: State, rendered: Rendered) -> bool:
    """True when `merge_into` has something to do for this render."""
    path, known = rendered.path, state.documents.get(rendered.path)
    disk = _read(where(folder, path))
    if disk is None or disk == stub(state):
        return True
    if path == SUMMARY:  # other incidents change it too: journalled once, compared with the disk
        return known is None or disk != rendered.text
    changed = known is None or known.sha256 != rendered.sha256
    if disk == rendered.text or not (changed or path in state.edits):
        return changed
    if _read(_kept(folder, path, "theirs")) == rendered.text:
        return not _stands(folder, state, rendered, disk)
    if path not in state.edits:
        return changed
    unwritten = disk == _read(_kept(folder, path, "left")) and (
        known is None or known.sha256 != digest(disk)
    )
    return _read(_kept(folder, path)) != rendered.text or unwritten


def _stands(folder: IncidentFolder, state: State, rendered: Rendered, disk: str) -> bool:
    """A proposal of this very render lies there, and nothing has happened to settle it."""
    path = rendered.path
    if _settled(folder, path, disk):
        return False
    base = _base(folder, state, path)
    if base is None or not _adopted(folder, state, path, disk):
        return True
    return merge(base, disk, rendered.text).conflicts > 0


def _settled(folder: IncidentFolder, path: str, disk: str) -> bool:
    """A person has dealt with the proposal: edited the document since, or removed the proposal."""
    if not _kept(folder, path, "theirs").exists():
        return False
    return not proposal(folder, path).exists() or disk != _read(_kept(folder, path, "ours"))


def _adopted(folder: IncidentFolder, state: State, path: str, disk: str) -> bool:
    """Whether what stands there is ours, or an edit that was journalled."""
    known = state.documents.get(path)
    journalled = {known.sha256 if known else "", state.edits.get(path, "")}
    return digest(disk) in journalled or disk == _read(_kept(folder, path, "left"))


def _base(folder: IncidentFolder, state: State, path: str) -> str | None:
    """The render that stands under any edit; a document of an earlier release has none kept."""
    kept = _read(_kept(folder, path))
    if kept is not None or path in state.edits:
        return kept
    disk, known = _read(where(folder, path)), state.documents.get(path)
    return disk if disk is not None and known and known.sha256 == digest(disk) else None


def _propose(
    folder: IncidentFolder, rendered: Rendered, disk: str, text: str, base: str | None = None
) -> Written:
    if base is not None:
        write_private(_kept(folder, rendered.path), _body(base))
    write_private(_kept(folder, rendered.path, "theirs"), _body(rendered.text))
    write_private(_kept(folder, rendered.path, "ours"), _body(disk))
    write_private(proposal(folder, rendered.path), _body(text))
    return Written(rendered.path, disk, True)


def _put(folder: IncidentFolder, path: str, text: str, render: str) -> None:
    """Intention, document, done: a kill between any two is healed at the next look."""
    if path != SUMMARY:
        write_private(_kept(folder, path, "left"), _body(text))
        write_private(_kept(folder, path, "next"), _body(render))
    write_private(where(folder, path), _body(text))
    if path != SUMMARY:
        _kept(folder, path, "next").replace(_kept(folder, path))
    for name in ("theirs", "ours"):
        _kept(folder, path, name).unlink(missing_ok=True)
    proposal(folder, path).unlink(missing_ok=True)


def _heal(folder: IncidentFolder, path: str) -> None:
    intended = _kept(folder, path, "next")
    if not intended.exists():
        return
    if _read(where(folder, path)) == _read(_kept(folder, path, "left")):
        intended.replace(_kept(folder, path))
    else:
        intended.unlink()


def _kept(folder: IncidentFolder, path: str, name: str = "") -> Path:
    return folder.path / RENDERS / (f"{path}.{name}" if name else path)


def _body(text: str) -> bytes:
    """The bytes as they were read, those of an editor that knows no UTF-8 too."""
    return text.encode("utf-8", errors="surrogateescape")


def _read(path: Path) -> str | None:
    """The text as it is, line ends too; None where there is none."""
    try:
        return path.read_bytes().decode("utf-8", errors="surrogateescape")
    except FileNotFoundError:
        return None
