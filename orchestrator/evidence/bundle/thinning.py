"""Which share of very many things is looked at: the same ones wherever they are met, by a hash.

What belongs together (the spans of a trace) stays together, and neither time nor order decides, so
what is measured on the share is measured on all.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Generic, TypeVar
from zlib import crc32

Thing = TypeVar("Thing")

_THINNEST = 1 << 16


@dataclass(slots=True)
class Thinned(Generic[Thing]):
    """Things by their key, at most so many: when there are more, every second group goes."""

    most: int
    groups: Callable[[str, Thing], str]
    """what a thing goes with, from its key and itself"""
    kept: dict[str, Thing] = field(default_factory=dict)
    every: int = 1
    """one group of so many is looked at"""
    refused: int = 0
    """things that could not be thinned: all of them of one group"""

    def add(self, key: str, thing: Thing) -> None:
        if self.every > 1 and not self._in(self.groups(key, thing)):
            return
        if len(self.kept) >= self.most and key not in self.kept:
            self._thin()
            if len(self.kept) >= self.most:
                self.refused += 1
                return
            if not self._in(self.groups(key, thing)):
                return
        self.kept[key] = thing

    def looks_at(self, group: str) -> bool:
        """Whether what belongs to the group is in the share."""
        return self.every == 1 or self._in(group)

    def _in(self, group: str) -> bool:
        return crc32(group.encode("utf-8", "surrogatepass")) % self.every == 0

    def _thin(self) -> None:
        while len(self.kept) >= self.most and self.every < _THINNEST:
            self.every *= 2
            self.kept = {k: v for k, v in self.kept.items() if self._in(self.groups(k, v))}

    def __iter__(self) -> Iterator[Thing]:
        return iter(self.kept.values())
