"""A change to source text: exact pieces replaced by others, and which lines that concerns."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from string import Template

Tree = Mapping[str, str]
"""Path → text of every file of a version."""


class Misfit(ValueError):
    """A piece that should be replaced is not there exactly once."""


@dataclass(frozen=True, slots=True)
class Edit:
    """Replace `old` by `new` in one file; with an empty `old`, write the file anew."""

    path: str
    old: str
    new: str


@dataclass(frozen=True, slots=True)
class Change:
    """The content of one commit, with the messages it may carry."""

    name: str
    messages: tuple[str, ...]
    edits: tuple[Edit, ...]

    def named(self, words: Mapping[str, str]) -> "Change":
        """The same change with every placeholder replaced by the seed's word for it."""

        def put(text: str) -> str:
            return Template(text).substitute(words)

        return Change(
            self.name,
            tuple(put(message) for message in self.messages),
            tuple(Edit(put(edit.path), put(edit.old), put(edit.new)) for edit in self.edits),
        )


def apply(tree: Tree, change: Change) -> dict[str, str]:
    """The tree after the change. Misfit when it does not belong there."""
    after = dict(tree)
    for edit in change.edits:
        if not edit.old:
            after[edit.path] = edit.new
            continue
        text = after.get(edit.path, "")
        if text.count(edit.old) != 1:
            raise Misfit(
                f"{change.name}: {edit.path} holds {text.count(edit.old)} × {edit.old!r}, not one"
            )
        after[edit.path] = text.replace(edit.old, edit.new)
    return after


def lines(tree: Tree, change: Change) -> set[tuple[str, int]]:
    """The lines of `tree` that the change replaces, one more on either side; 0 is a new file."""
    found: set[tuple[str, int]] = set()
    for edit in change.edits:
        if not edit.old:
            found.add((edit.path, 0))
            continue
        text = tree.get(edit.path, "")
        if text.count(edit.old) != 1:
            raise Misfit(f"{change.name}: {edit.path} does not hold {edit.old!r} once")
        first = text[: text.index(edit.old)].count("\n")
        last = first + edit.old.rstrip("\n").count("\n")
        found.update((edit.path, line) for line in range(first, last + 3))
    return found


def disjoint(tree: Tree, changes: Iterable[Change]) -> bool:
    """True when the changes can be applied to `tree` in any order with the same result."""
    taken: set[tuple[str, int]] = set()
    for change in changes:
        wanted = lines(tree, change)
        if wanted & taken:
            return False
        taken |= wanted
    return True
