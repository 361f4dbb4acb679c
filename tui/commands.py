"""Words typed into the command line, as one command for the runner or one for the screen. Pure."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

SCREEN = ("files", "help", "replay", "leave", "theme", "timeline", "zoom")
"""What the screen does itself."""

RUNNER = ("ack", "note", "assess", "severity", "stop", "steer")
"""What is sent to the runner. Decisions about production are not here: they need a card."""

_SAME = {
    "acknowledge": "ack",
    "quit": "leave",
    "exit": "leave",
    "?": "help",
    "sev": "severity",
    "documents": "files",
}
_IN_A_CARD = ("approve", "deny")


@dataclass(frozen=True, slots=True)
class Typed:
    """What was meant. `error` says in one line why nothing can be done with it."""

    name: str = ""
    args: dict[str, Any] = field(default_factory=dict)
    for_runner: bool = False
    error: str = ""


def parse(text: str, key_of: Callable[[int], str]) -> Typed:
    """One typed line. `key_of` gives the task behind a pane's number."""
    word, _, rest = text.strip().partition(" ")
    name, rest = _SAME.get(word.lower(), word.lower()), rest.strip()
    if name in _IN_A_CARD:
        return Typed(error=f"{name} is a key inside the open card: press a to open it")
    if name in SCREEN:
        return Typed(name, {"argument": rest})
    if name not in RUNNER:
        known = ", ".join((*RUNNER, *SCREEN))
        return Typed(error=f"unknown command {word!r}; there are: {known}")
    return _for_runner(name, rest, key_of)


def _for_runner(name: str, rest: str, key_of: Callable[[int], str]) -> Typed:
    if name == "ack":
        return Typed("ack", {}, True)
    if name in ("note", "assess"):
        if not rest:
            return Typed(error=f"{name} what? write: {name} and a sentence")
        return Typed(name, {"text": rest}, True)
    first, _, more = rest.partition(" ")
    if name == "severity":
        if not more.strip():
            return Typed(error="severity which, and why? write: severity P1 and the reason")
        return Typed(name, {"severity": first, "why": more.strip()}, True)
    key = key_of(int(first)) if first.isdecimal() else first
    if not key:
        which = f"there is no agent {first}" if first else f"{name} which agent?"
        return Typed(error=f"{which}; write: {name} and the number of its pane")
    if name == "stop":
        return Typed(name, {"key": key}, True)
    if not more.strip():
        return Typed(error="steer it where? write: steer, the number of its pane, a sentence")
    return Typed(name, {"key": key, "text": more.strip()}, True)
