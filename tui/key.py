"""One key as data, and where keys exist. Nothing here knows Textual."""

from dataclasses import dataclass

(
    CONSOLE,
    WAR_ROOM,
    ACT,
    PANE,
    REGION,
    LIST,
    CARD,
    REPLAY,
    READING,
    LEDGER,
    BOARD,
    METRICS,
    FORM,
    ASK,
    TEXTS,
    TEXT,
) = (
    "console",
    "war-room",
    "act",
    "pane",
    "region",
    "list",
    "card",
    "replay",
    "reading",
    "ledger",
    "board",
    "metrics",
    "form",
    "ask",
    "texts",
    "text",
)
"""Where a key exists. CONSOLE is everywhere; ACT is the war room of a live incident only; PANE,
REGION and LIST while such a thing has the focus; ASK while a question lies over the screen."""


@dataclass(frozen=True, slots=True)
class Key:
    """One entry of the key map."""

    id: str
    keys: tuple[str, ...]
    """as Textual names them"""
    label: str
    """as the footer and the help write them"""
    action: str
    description: str
    """one or two words, for the footer"""
    tooltip: str
    """one sentence, for the help"""
    group: str
    where: str
    sense: str
    footer: int = 0
    """place in the footer, from 1; 0 keeps it out of there"""
