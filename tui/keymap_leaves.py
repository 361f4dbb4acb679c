"""Keys of what lies over a war room or beside it: documents, evidence, the board, forms."""

from tui.key import ASK, BOARD, FORM, LEDGER, METRICS, READING, TEXT, TEXTS, Key

LEAVES: tuple[Key, ...] = (
    # reading a document
    Key(
        "next-document", ("tab",), "tab", "next_region", "next",
        "The list or the document.", "reading", READING, "next region", 80,
    ),
    Key(
        "edit", ("o",), "o", "edit", "edit",
        "Edit a copy of this document in $EDITOR; the change goes into the journal.",
        "reading", READING, "edit", 10,
    ),
    Key(
        "adopt", ("O",), "O", "adopt", "adopt",
        "Adopt a change that was made outside the console, under your name.",
        "reading", READING, "adopt", 20,
    ),
    # texts for people outside, and one of them opened
    Key(
        "next-text", ("tab",), "tab", "next_region", "next",
        "The list or the words.", "texts", TEXTS, "next region", 80,
    ),
    Key(
        "edit-text", ("o",), "o", "edit", "edit",
        "Edit a copy of this text in $EDITOR; the change goes into the journal.",
        "texts", TEXTS, "edit", 10,
    ),
    Key(
        "send-text", ("y",), "y", "send_text", "send",
        "Send exactly these words, to the channels that are named.", "texts", TEXT, "approve", 10,
    ),
    Key(
        "by-hand", ("g",), "g", "by_hand", "sent by hand",
        "Say that it went out another way, and which.", "texts", TEXT, "sent by hand", 20,
    ),
    Key(
        "arrived", ("v",), "v", "arrived", "it arrived",
        "Say that it arrived where nobody could tell.", "texts", TEXT, "arrived", 30,
    ),
    # the evidence
    Key(
        "search", ("slash",), "/", "search", "search",
        "Search this item; enter and the arrows go from hit to hit.",
        "evidence", LEDGER, "search", 10,
    ),
    Key(
        "wrap", ("l",), "l", "wrap", "long lines",
        "Wrap long lines, or cut them.", "evidence", LEDGER, "wrap", 20,
    ),
    Key(
        "add", ("P",), "P", "add_evidence", "add",
        "Add evidence of your own: pasted text, or a file.", "evidence", LEDGER, "add evidence", 30,
    ),
    Key(
        "next-part", ("tab",), "tab", "next_region", "next",
        "The ledger or the content.", "evidence", LEDGER, "next region", 80,
    ),
    # the board
    Key(
        "next-list", ("tab",), "tab", "next_region", "next",
        "The next list: open incidents, deadlines, earlier ones.",
        "board", BOARD, "next region", 80,
    ),
    Key(
        "previous-list", ("shift+tab",), "shift+tab", "previous_region", "previous",
        "The list before.", "board", BOARD, "previous region",
    ),
    Key(
        "filter", ("slash",), "/", "filter", "filter",
        "Show only incidents with these words in id, service, severity, status or title; "
        "esc shows all.",
        "board", BOARD, "search", 20,
    ),
    Key(
        "words", ("colon",), ":", "command", "command",
        "Type plain words to open an incident, its id to go to it, or a command.",
        "board", BOARD, "command", 30,
    ),
    # the metrics
    Key(
        "next-part-of-metrics", ("tab",), "tab", "next_region", "next",
        "The metrics, the course of the chosen one, or the overdue actions.",
        "metrics", METRICS, "next region", 80,
    ),
    # a form, and a question over the screen
    Key(
        "send", ("ctrl+s",), "ctrl+s", "send", "start",
        "Send what is there; what is missing stays UNKNOWN.", "form", FORM, "send", 10,
    ),
    Key(
        "skip", ("ctrl+n",), "ctrl+n", "skip", "skip",
        "Skip this question.", "form", FORM, "skip", 20,
    ),
    Key(
        "question-on", ("down",), "↓", "move(1)", "next",
        "The next question or choice.", "form", FORM, "down", 30,
    ),
    Key(
        "question-back", ("up",), "↑", "move(-1)", "previous",
        "The question or choice before.", "form", FORM, "up",
    ),
    Key(
        "choice-on", ("down",), "↓", "move(1)", "next",
        "The next choice.", "form", ASK, "down", 20,
    ),
    Key(
        "choice-back", ("up",), "↑", "move(-1)", "previous",
        "The choice before.", "form", ASK, "up",
    ),
)  # fmt: skip
"""In the order of the registry, after those of the war room, its cards and its replay."""
