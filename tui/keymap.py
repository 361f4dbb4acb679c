"""The key map: every key of the console as data. `tui.keys` makes bindings and footers of it.

A key means one thing everywhere (`sense`), whatever screen it is pressed on. Lower case looks,
upper case acts on the incident, digits focus panes; decisions exist only inside an open card.
A function that does not exist yet has no key here. Nothing here knows Textual.
"""

from collections.abc import Iterable, Mapping

from tui.key import (
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
    REPLAY,
    TEXT,
    TEXTS,
    WAR_ROOM,
    Key,
)
from tui.keymap_leaves import LEAVES

__all__ = [
    "ACT",
    "ASK",
    "BOARD",
    "CARD",
    "CONSOLE",
    "FORM",
    "GROUPS",
    "LABELS",
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
    "Labels",
    "labels",
]

REGISTRY: tuple[Key, ...] = (
    # everywhere
    Key(
        "help", ("question_mark",), "?", "help", "help",
        "All keys of this screen.", "console", CONSOLE, "help", 90,
    ),
    Key(
        "leave", ("ctrl+q",), "ctrl+q", "leave", "leave",
        "Leave the console; the incident goes on.", "console", CONSOLE, "leave",
    ),
    Key(
        "copy", ("ctrl+c",), "ctrl+c", "copy_or_stop", "copy",
        "Copy the selected text, to a file too; with nothing selected, ask what to stop.",
        "console", CONSOLE, "copy",
    ),
    Key(
        "back", ("escape",), "esc", "back", "back",
        "One step back: out of a field, a zoom, a card or a screen.", "console", CONSOLE, "back",
    ),
    Key(
        "palette", ("ctrl+p",), "ctrl+p", "palette", "find",
        "Find what can be done here by its name, and do it.", "console", CONSOLE, "palette",
    ),
    Key(
        "war-room", ("w",), "w", "war_room", "war room",
        "Go to the war room of this incident.", "console", CONSOLE, "war room",
    ),
    Key(
        "board", ("b",), "b", "board", "board",
        "Go to the board: every incident of the project and the next promises.",
        "console", CONSOLE, "board",
    ),
    Key(
        "metrics", ("m",), "m", "metrics", "metrics",
        "Go to the metrics over all incidents, against their targets; again: read them anew.",
        "console", CONSOLE, "metrics",
    ),
    Key(
        "new", ("plus",), "+", "new_incident", "new incident",
        "Open a new incident: eight questions, each can be skipped.",
        "console", CONSOLE, "new incident",
    ),
    Key(
        "runner", ("ctrl+r",), "ctrl+r", "start_runner", "start runner",
        "Start the runner again when it is down.", "console", CONSOLE, "start runner",
    ),
    # the war room, looking
    Key(
        "approvals", ("a",), "a", "approvals", "approvals",
        "Open the card of the next approval; nothing runs before a key inside it.",
        "look", ACT, "approvals", 10,
    ),
    Key(
        "ledger", ("e",), "e", "ledger", "evidence",
        "Open the evidence: all that was observed, numbered, with its source and hash.",
        "look", WAR_ROOM, "evidence", 18,
    ),
    Key(
        "hypotheses", ("p",), "p", "hypotheses", "hypotheses",
        "Open the hypotheses: what may have caused it, and what speaks for and against.",
        "look", WAR_ROOM, "hypotheses",
    ),
    Key(
        "files", ("f",), "f", "files", "files",
        "Read the documents written so far.", "look", WAR_ROOM, "files", 20,
    ),
    Key(
        "communications", ("c",), "c", "communications", "texts",
        "Open the texts for people outside: what is due, what is on its way, what arrived.",
        "look", WAR_ROOM, "communications",
    ),
    Key(
        "questions", ("q",), "q", "questions", "questions",
        "Go to the open questions: what nobody knows yet, to be answered.",
        "look", WAR_ROOM, "questions",
    ),
    Key(
        "timeline", ("t",), "t", "timeline", "timeline",
        "Go to the timeline; again: the next kind of entries.", "look", WAR_ROOM, "timeline", 30,
    ),
    Key(
        "panes", ("1", "2", "3", "4", "5", "6", "7", "8"), "1-8", "pane({key})", "agent",
        "Go to that agent's pane and open it.", "look", WAR_ROOM, "pane",
    ),
    Key(
        "zoom", ("z",), "z", "zoom", "zoom",
        "Give the focused agent the whole screen, or back.", "look", WAR_ROOM, "zoom", 60,
    ),
    Key(
        "next-region", ("tab",), "tab", "next_region", "next",
        "Go to the next region.", "look", WAR_ROOM, "next region", 80,
    ),
    Key(
        "previous-region", ("shift+tab",), "shift+tab", "previous_region", "previous",
        "Go to the region before.", "look", WAR_ROOM, "previous region",
    ),
    Key(
        "replay", ("r",), "r", "replay", "replay",
        "Play this incident again from its journal.", "look", ACT, "replay", 50,
    ),
    Key(
        "command", ("colon",), ":", "command", "command",
        "Type a command: note, step, evidence, sent, theme and all that has a key.",
        "look", ACT, "command",
    ),
    # the war room, acting
    Key(
        "acknowledge", ("A",), "A", "acknowledge", "ack",
        "Acknowledge it: say that you have seen it.", "act", ACT, "acknowledge", 15,
    ),
    Key(
        "note", ("N",), "N", "note", "note",
        "Write a sentence into the timeline.", "act", ACT, "note", 40,
    ),
    Key(
        "severity", ("S",), "S", "severity", "severity",
        "Set the severity and say why; it outlives what the matrix computes.",
        "act", ACT, "severity",
    ),
    Key(
        "roles", ("I",), "I", "roles", "roles",
        "Assign the commander and the other roles.", "act", ACT, "roles",
    ),
    Key(
        "handoff", ("H",), "H", "handoff", "handoff",
        "Hand a role over with its packet, or accept one that is offered to you.",
        "act", ACT, "handoff",
    ),
    Key(
        "escalate", ("E",), "E", "escalate", "escalate",
        "Escalate now, or hold an escalation back, and say why.", "act", ACT, "escalate",
    ),
    Key(
        "undo", ("U",), "U", "undo", "undo",
        "Offer the undo of an executed change as a card of its own.", "act", ACT, "undo",
    ),
    Key(
        "resolve", ("R",), "R", "resolve", "resolve",
        "Resolve it, or reopen or close a resolved one, and say why.", "act", ACT, "resolve",
    ),
    Key(
        "halt", ("X",), "X", "halt", "stop the line",
        "Stop the line: no change can be approved until an assessment is recorded.",
        "act", ACT, "stop the line",
    ),
    Key(
        "major", ("M",), "M", "major", "major incident",
        "Declare a major incident, name its coordinator, freeze or release all changes.",
        "act", ACT, "major incident",
    ),
    Key(
        "star", ("asterisk",), "*", "star", "star",
        "Star the chosen event of the timeline for the review.", "act", ACT, "star",
    ),
    # inside a pane
    Key(
        "stop-agent", ("x",), "x", "stop_agent", "stop",
        "Stop the agent of this pane.", "pane", PANE, "stop", 64,
    ),
    Key(
        "steer", ("s",), "s", "steer", "steer",
        "Give the agent of this pane a sentence to go by.", "pane", PANE, "steer", 66,
    ),
    Key(
        "unfold", ("u",), "u", "unfold", "unfold",
        "Show the whole output of the commands in sight, or fold it again.",
        "pane", PANE, "unfold",
    ),
    # moving inside whatever scrolls
    Key(
        "up", ("up", "k"), "↑", "scroll(-1)", "up",
        "One row up; stops following.", "move", REGION, "up",
    ),
    Key("down", ("down", "j"), "↓", "scroll(1)", "down", "One row down.", "move", REGION, "down"),
    Key(
        "page-up", ("pageup",), "pgup", "page(-1)", "page up", "One page up.",
        "move", REGION, "page up",
    ),
    Key(
        "page-down", ("pagedown",), "pgdn", "page(1)", "page down", "One page down.",
        "move", REGION, "page down",
    ),
    Key(
        "top", ("home",), "home", "top", "top", "To the beginning.", "move", REGION, "beginning",
    ),
    Key(
        "follow", ("end",), "end", "follow", "follow",
        "To the newest line, and follow it again.", "move", REGION, "end",
    ),
    Key(
        "open", ("enter",), "enter", "open", "open",
        "Open what is chosen: an incident, a document, or the evidence that is cited.",
        "move", LIST, "open", 5,
    ),
    # an open card
    Key(
        "approve", ("y",), "y", "approve", "approve once",
        "Let exactly what the card shows run once.", "card", CARD, "approve", 10,
    ),
    Key(
        "deny", ("n",), "n", "deny", "deny",
        "Refuse it and say why.", "card", CARD, "deny", 20,
    ),
    Key(
        "evidence", ("e",), "e", "evidence", "evidence",
        "Read the evidence the card cites.", "card", CARD, "evidence", 30,
    ),
    # replay
    Key(
        "play", ("space",), "space", "play_pause", "play/pause",
        "Play or pause.", "replay", REPLAY, "play", 10,
    ),
    Key(
        "event-back", ("left",), "←", "step(-1)", "event back",
        "To the event before.", "replay", REPLAY, "event back",
    ),
    Key(
        "event-on", ("right",), "→", "step(1)", "event",
        "To the next event.", "replay", REPLAY, "event on", 20,
    ),
    Key(
        "minute-back", ("shift+left",), "shift+←", "minute(-1)", "minute back",
        "One minute back.", "replay", REPLAY, "minute back",
    ),
    Key(
        "minute-on", ("shift+right",), "shift+→", "minute(1)", "minute",
        "One minute on.", "replay", REPLAY, "minute on",
    ),
    Key(
        "slower", ("left_square_bracket",), "[", "slower", "slower",
        "Half the speed, down to half of real time.", "replay", REPLAY, "slower",
    ),
    Key(
        "faster", ("right_square_bracket",), "]", "faster", "faster",
        "Twice the speed, up to 64 times and then as fast as it goes.",
        "replay", REPLAY, "faster", 30,
    ),
    Key(
        "first", ("home",), "home", "first", "first",
        "To the beginning of the incident.", "replay", REPLAY, "beginning",
    ),
    Key(
        "last", ("end",), "end", "last", "last",
        "To the end of the incident.", "replay", REPLAY, "end",
    ),
    Key(
        "next-approval", ("a",), "a", "next_approval", "approval",
        "To the next approval.", "replay", REPLAY, "approvals", 40,
    ),
    Key(
        "next-warning", ("exclamation_mark",), "!", "next_warning", "warning",
        "To the next warning.", "replay", REPLAY, "warning", 50,
    ),
    Key(
        "fork", ("F",), "F", "fork", "fork",
        "Fork a new drill incident from here: the history so far, and what is decided anew.",
        "replay", REPLAY, "fork", 60,
    ),
    *LEAVES,
)  # fmt: skip

GROUPS = (
    ("look", "Looking"),
    ("act", "Acting on the incident"),
    ("card", "In an open card"),
    ("pane", "In an agent's pane"),
    ("replay", "In a replay"),
    ("move", "Moving"),
    ("reading", "Reading the documents"),
    ("texts", "In the texts for people outside"),
    ("evidence", "In the evidence"),
    ("board", "On the board"),
    ("metrics", "In the metrics"),
    ("form", "In a form"),
    ("console", "Everywhere"),
)
"""Group → its title in the help and on the page of keys."""

Labels = Mapping[str, str]
"""Id of a key → how it is written."""


def labels(registry: Iterable[Key]) -> Labels:
    """How the keys are written that rows of text name."""
    return {key.id: key.label for key in registry}


LABELS = labels(REGISTRY)
"""As they are where nobody rebound anything."""
