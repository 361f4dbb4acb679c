"""A log and what was rotated away from it (`app.log.1`, `app.log-20251123.gz`), read as one."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from orchestrator.evidence.sources import files, packed
from orchestrator.evidence.sources.files import Tail, When
from orchestrator.evidence.sources.source import SourceError

_DATE = r"\d{4}-?\d\d-?\d\d(?:[-_T]?\d{2,6})?"
_SUFFIX = re.compile(rf"[.-](?:(\d{{1,4}})|({_DATE}))(?:\.gz)?")
_INSIDE = re.compile(rf"[.-]()({_DATE})")
_PARTS = 8
"""Files that one reading goes back at most."""


@dataclass(frozen=True, slots=True)
class Joined:
    """Lines of one log, oldest first, from one file or several."""

    text: str
    truncated: bool
    parts: tuple[str, ...]
    """the files it was read from, oldest first"""
    notes: tuple[str, ...] = ()
    """what could not be read of it, and why"""


def older(path: Path) -> list[Path]:
    """What was rotated away from a log, newest first."""
    ages: dict[Path, tuple[int, int]] = {}
    try:
        beside = list(path.parent.iterdir())
    except OSError:
        return []
    for one in beside:
        age = _age(one.name, path.name)
        # both are there while one is being packed: the plain one is whole
        if age is not None and not (one.suffix == ".gz" and one.with_suffix("") in beside):
            ages[one] = age
    return sorted(ages, key=lambda one: (ages[one], one.name))


def current(paths: Iterable[Path]) -> list[Path]:
    """The paths without those that were rotated away from another of them."""
    given = list(paths)
    gone = {one for path in given for one in given if _rotated(one, path)}
    return [path for path in given if path not in gone]


def read_tail(path: Path, lines: int | None, limit: int) -> Joined:
    """The last lines of a log, going back over its rotated files while they are too few."""
    found = _Found()
    for one in [path, *older(path)][:_PARTS]:
        wanted = None if lines is None else lines - found.lines
        if found.truncated or found.size >= limit or wanted == 0:
            found.truncated = True
            break
        try:
            found.put_before(one, _kind(one).read_tail(one, wanted, limit - found.size))
        except SourceError as error:
            found.failed(error)
        if lines is None:
            break
    return found.joined(path)


def read_range(path: Path, since: float, about: float | None, when: When, limit: int) -> Joined:
    """What a log says from `since` on, at most `limit` bytes.

    With `about`, a moment, at most half of them come before it: a busy log would otherwise be cut
    off before the moment that matters is reached.
    """
    found = _Found()
    reach = _reach(path, since, when, found)
    start = since if about is None else max(since, about)
    for one, first in reversed(reach):
        if start == since or found.truncated or found.size >= limit // 2:
            break
        if first is None or first < start:
            try:
                room = limit // 2 - found.size
                found.put_before(one, _kind(one).read_until(one, since, start, when, room))
            except SourceError as error:
                found.failed(error)
    cut_before, found.truncated = found.truncated, False
    for number, (one, _) in enumerate(reach):
        follower = reach[number + 1][1] if number + 1 < len(reach) else None
        if follower is not None and follower < start:
            continue
        if found.truncated or found.size >= limit:
            found.truncated = True
            break
        try:
            found.put_after(one, _kind(one).read_from(one, start, when, limit - found.size))
        except SourceError as error:
            found.failed(error)
    found.truncated = found.truncated or cut_before
    return found.joined(path)


class _Kind(Protocol):
    """How a part is read: as it is, or unpacked."""

    def read_tail(self, path: Path, lines: int | None, limit: int) -> Tail: ...
    def read_from(self, path: Path, since: float, when: When, limit: int) -> Tail: ...
    def read_until(
        self, path: Path, since: float, until: float, when: When, limit: int
    ) -> Tail: ...
    def first_time(self, path: Path, when: When) -> float | None: ...


class _Found:
    """What was read so far. A rotated file that fails leaves a note; all failing is an error."""

    def __init__(self) -> None:
        self._texts: list[tuple[str, str]] = []
        self._errors: list[SourceError] = []
        self.truncated = False

    @property
    def size(self) -> int:
        return sum(len(text) for _, text in self._texts)

    @property
    def lines(self) -> int:
        return sum(text.count("\n") + (not text.endswith("\n")) for _, text in self._texts)

    def put_before(self, part: Path, tail: Tail) -> None:
        self._put(0, part, tail)

    def put_after(self, part: Path, tail: Tail) -> None:
        self._put(len(self._texts), part, tail)

    def _put(self, place: int, part: Path, tail: Tail) -> None:
        self.truncated = self.truncated or tail.truncated
        if tail.text:
            self._texts.insert(place, (part.name, tail.text))

    def failed(self, error: SourceError) -> None:
        if str(error) not in [str(known) for known in self._errors]:
            self._errors.append(error)

    def joined(self, path: Path) -> Joined:
        """All of it. SourceError when nothing could be read, or not the log itself."""
        own = [error for error in self._errors if str(error).startswith(f"{path.name}: ")]
        if self._errors and (own or not self._texts) and not (self._texts and not path.exists()):
            raise (own or self._errors)[0]
        text = ""
        for _, more in self._texts:
            text += ("\n" if text and not text.endswith("\n") else "") + more
        parts = tuple(dict.fromkeys(name for name, _ in self._texts)) or (path.name,)
        return Joined(text, self.truncated, parts, tuple(str(error) for error in self._errors))


def _reach(path: Path, since: float, when: When, found: _Found) -> list[tuple[Path, float | None]]:
    """The files that hold what was said from `since` on, oldest first, with their first times."""
    reach: list[tuple[Path, float | None]] = []
    for one in [path, *older(path)][:_PARTS]:
        try:
            first = _kind(one).first_time(one, when)
        except SourceError as error:
            found.failed(error)
            continue
        reach.insert(0, (one, first))
        if first is not None and first <= since:
            break
    return reach


def _kind(path: Path) -> _Kind:
    return packed if path.suffix == ".gz" else files


def _age(name: str, log: str) -> tuple[int, int] | None:
    """How old a rotated file is, by its name, for sorting; None when it is none of that log."""
    if name == log:
        return None
    stem, dot, extension = log.rpartition(".")
    found = _SUFFIX.fullmatch(name.removeprefix(log)) if name.startswith(log) else None
    if found is None and stem and name.startswith(stem):
        # app-20251123.log: only a date, for app-2.log is another program's
        rest = name.removesuffix(".gz").removesuffix(dot + extension)
        found = _INSIDE.fullmatch(rest.removeprefix(stem)) if rest != name else None
    if found is None:
        return None
    counter, date = found.groups()
    return (0, int(counter)) if counter else (1, -int(re.sub(r"\D", "", date).ljust(14, "0")))


def _rotated(one: Path, log: Path) -> bool:
    return one.parent == log.parent and _age(one.name, log.name) is not None
