"""What is made of the key map: Textual's bindings, a screen's entries, its footer.

Bindings are made once, from the map as it is; what a person rebound (`tui.rebinding`) reaches them
through Textual's keymap by their ids, and footers and help through the registry of the app.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from textual.app import App
from textual.binding import Binding
from textual.screen import Screen

from tui.keymap import (
    ACT,
    ASK,
    BOARD,
    CARD,
    CONSOLE,
    FORM,
    LEDGER,
    LIST,
    METRICS,
    PANE,
    READING,
    REGION,
    REGISTRY,
    REPLAY,
    TEXT,
    TEXTS,
    WAR_ROOM,
    Key,
    Labels,
    labels,
)

__all__ = [
    "ACT",
    "ASK",
    "BOARD",
    "CARD",
    "CONSOLE",
    "FORM",
    "LEDGER",
    "LIST",
    "METRICS",
    "PANE",
    "READING",
    "REGION",
    "REGISTRY",
    "REPLAY",
    "TEXT",
    "TEXTS",
    "WAR_ROOM",
    "Key",
    "bindings",
    "entries",
    "footer_of",
    "is_text",
    "is_typing",
    "labels_of",
    "over",
    "registry_of",
    "textual_keymap",
]

LAST = max(key.footer for key in REGISTRY)
EVERYWHERE = ("leave", "copy")
"""Looked at before whatever has the focus."""


def registry_of(app: App[Any]) -> tuple[Key, ...]:
    """The key map of this console: with what its person rebound."""
    own: tuple[Key, ...] = getattr(app, "registry", REGISTRY)
    return own


def labels_of(app: App[Any]) -> Labels:
    """How the keys of this console are written, by their ids."""
    return labels(registry_of(app))


def entries(*where: str, registry: Sequence[Key] = REGISTRY) -> list[Key]:
    """The keys of these contexts, in the order of the registry."""
    return [key for key in registry if key.where in where]


def bindings(*where: str) -> list[Any]:
    """Textual bindings of these contexts; `{key}` in an action becomes the key itself.

    They are `Binding`s; Textual types `BINDINGS` as an invariant list of a union, hence `Any`.

    Where two contexts share a key (its sense is the same), the one named later decides the action.
    """
    chosen: dict[str, Binding] = {}
    for entry in sorted(entries(*where), key=lambda entry: where.index(entry.where)):
        for name in entry.keys:
            chosen[name] = _binding(entry, name)
    return list(chosen.values())


def over(*more: str, where: Sequence[str] = (CONSOLE,)) -> list[Any]:
    """Bindings of a screen that lies over another: the way back, the runner, and `more` by id."""
    ids = ("back", "runner", *more)
    return [one for one in bindings(*where) if one.id in ids]


def _binding(entry: Key, name: str) -> Binding:
    return Binding(
        name,
        entry.action.replace("{key}", name),
        entry.description,
        show=False,
        key_display=entry.label,
        id=_id(entry, name),
        tooltip=entry.tooltip,
        priority=entry.id in EVERYWHERE,
    )


def _id(entry: Key, name: str) -> str:
    return f"{entry.id}.{name}" if len(entry.keys) > 1 else entry.id


def textual_keymap(own: Mapping[str, Sequence[str]]) -> dict[str, str]:
    """What was rebound, for `App.set_keymap`: binding id → its keys."""
    return {
        _id(entry, name): ",".join(own[entry.id])
        for entry in REGISTRY
        if entry.id in own
        for name in entry.keys
    }


def footer_of(
    contexts: Iterable[str],
    also: Iterable[str] = (),
    registry: Sequence[Key] = REGISTRY,
    *,
    typing: bool = False,
) -> list[Key]:
    """What the footer shows for these contexts, in its fixed order; `also` names more by id.

    While something is typed into a field (`typing`), keys that are text there are left out.
    """
    chosen = [key for key in entries(*contexts, registry=registry) if key.footer or key.id in also]
    acting = [key for key in chosen if not (typing and is_text(key))]
    return sorted(acting, key=lambda key: key.footer or LAST - 1)


def is_text(key: Key) -> bool:
    """True for a key that a field takes as a letter."""
    return key.label == "space" or (len(key.label) == 1 and key.label.isascii())


def is_typing(screen: Screen[Any]) -> bool:
    """True while a field has the focus, so that letters are text."""
    focused = screen.focused
    return focused is not None and focused.check_consume_key("x", "x")
