"""A person's own keys over the key map: what may be rebound, and the map that comes of it.

Decisions keep to keys that no field takes as text, so that nothing typed can ever decide. Nothing
here knows Textual.
"""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import replace

from tui.keymap import REGISTRY, Key

Own = Mapping[str, tuple[str, ...]]
"""Id of an entry → its keys, as Textual names them."""

FIXED = ("panes",)
"""Digits focus panes and nothing else."""

DECIDING = ("approve", "deny", "send-text")

_NAMED = {
    "backspace": "backspace",
    "delete": "delete",
    "down": "↓",
    "end": "end",
    "enter": "enter",
    "escape": "esc",
    "home": "home",
    "insert": "insert",
    "left": "←",
    "pagedown": "pgdn",
    "pageup": "pgup",
    "right": "→",
    "space": "space",
    "tab": "tab",
    "up": "↑",
}
_SAME = {"esc": "escape", "pgup": "pageup", "pgdn": "pagedown", "return": "enter"}
_RENAMED = {
    "solidus": "slash",
    "reverse_solidus": "backslash",
    "commercial_at": "at",
    "hyphen_minus": "minus",
    "plus_sign": "plus",
    "low_line": "underscore",
}
"""Where Textual's name of a character is not its Unicode name."""
_PUNCTUATION = "!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~"
_FUNCTION = re.compile(r"f([1-9]|1[0-9]|2[0-4])")
_HELD = re.compile(r"(?:ctrl|alt|shift)\+")
_UNTYPED = re.compile(r"f\d+|(ctrl|alt)\+.+")
_UNSURE = ("ctrl+i", "ctrl+j", "ctrl+m", "ctrl+h", "ctrl+left_square_bracket")
"""A terminal sends the same for tab, enter, backspace and escape."""


def _name_of(character: str) -> str:
    if character.isalnum():
        return character
    name = unicodedata.name(character).lower().replace("-", "_").replace(" ", "_")
    return _RENAMED.get(name, name)


_SIGNS = {_name_of(sign): sign for sign in _PUNCTUATION}


def key_name(written: str) -> str:
    """Textual's name of a key as a person wrote it; empty when there is no such key."""
    held = ""
    while len(written) > 1 and (found := _HELD.match(written)) is not None:
        held += found.group()
        written = written[found.end() :]
    if len(written) == 1 and (written in _PUNCTUATION or (written.isalnum() and written.isascii())):
        return held + _name_of(written)
    name = _SAME.get(written.lower(), written.lower())
    known = name in _NAMED or name in _SIGNS or _FUNCTION.fullmatch(name) is not None
    return held + name if known else ""


def label_of(name: str) -> str:
    """A key as footers and the help write it."""
    held, _, last = name.rpartition("+")
    shown = _NAMED.get(last) or _SIGNS.get(last, last)
    return f"{held}+{shown}" if held else shown


def rebound(own: Own, registry: Sequence[Key] = REGISTRY) -> tuple[Key, ...]:
    """The key map with a person's own keys in it."""
    return tuple(
        replace(key, keys=own[key.id], label=label_of(own[key.id][0])) if key.id in own else key
        for key in registry
    )


def trouble(own: Own) -> tuple[str, str] | None:
    """The first entry that cannot be rebound so, and why; None when all can."""
    known = {key.id: key for key in REGISTRY}
    for identity, keys in own.items():
        if identity not in known:
            return identity, "is no key of the console; docs/keys.md lists them"
        if identity in FIXED:
            return identity, "cannot be rebound: digits go to the agents' panes"
        if not keys:
            return identity, "needs at least one key"
        unsure = next((key for key in keys if key in _UNSURE), "")
        if unsure:
            return identity, f"{unsure}: a terminal cannot tell it from tab, enter or escape"
        typed = [key for key in keys if key not in known[identity].keys]
        wrong = next((key for key in typed if _UNTYPED.fullmatch(key) is None), "")
        if identity in DECIDING and wrong:
            why = "is typed in fields, and this decides; use f1 to f12 or ctrl with a letter"
            return identity, f"{label_of(wrong)} {why}"
    return _collision(own)


def _collision(own: Own) -> tuple[str, str] | None:
    """A key means one thing, on whatever screen it is pressed."""
    holders: dict[str, dict[str, Key]] = {}
    for key in rebound(own):
        for name in key.keys:
            holders.setdefault(name, {}).setdefault(key.sense, key)
    for name, senses in holders.items():
        if len(senses) > 1:
            mine = next(key for key in senses.values() if key.id in own)
            other = next(key for key in senses.values() if key.sense != mine.sense)
            return mine.id, f"{label_of(name)} is already {other.id} ({other.description})"
    return None
