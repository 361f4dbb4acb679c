"""Words typed into the command line, as one command for the runner or one for the screen. Pure."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from orchestrator.model.commands import OVERRIDES, STEPS, TARGETS
from tui.choices import with_why
from tui.keymap import LABELS, Labels

SCREEN = (
    "board",
    "communications",
    "copy",
    "cost",
    "evidence",
    "files",
    "help",
    "hypotheses",
    "leave",
    "metrics",
    "new",
    "questions",
    "readin",
    "replay",
    "roles",
    "save",
    "theme",
    "timeline",
    "undo",
    "zoom",
)
"""What the screen does itself. `evidence` with words adds them; `copy`, `save` and `theme` take
words too."""

FORMS: dict[str, tuple[tuple[str, ...], str]] = {
    "ack": ((), "ack"),
    "note": (("text",), "note and a sentence"),
    "assess": (("text",), "assess and a sentence"),
    "severity": (("severity", "why"), "severity P1 and the reason"),
    "assign": (("role", "person"), "assign commander and a name (: and why, to replace one)"),
    "handoff": (("role", "person"), "handoff commander and to whom"),
    "accept": ((), "accept"),
    "decline": (("why",), "decline and the reason"),
    "away": (("person", "why"), "away, a name, why they cannot be had"),
    "escalate": (("target", "why"), "escalate tier2 and the reason"),
    "hold": (("deadline", "why"), "hold management and the reason"),
    "step": (("step", "what", "why"), "step 5 skip and the reason (or start, repeat)"),
    "halt": (("why",), "halt and the reason"),
    "declare": (("why",), "declare (a major incident) and the reason"),
    "coordinate": (("person",), "coordinate and a name"),
    "freeze": (("why",), "freeze (all changes) and the reason"),
    "lift": (("why",), "lift (the freeze) and the reason"),
    "admit": (("person",), "admit and a name, where it may be a breach"),
    "hotfix": (
        ("what", "text"),
        "hotfix start NAME (patch COMMIT, tests E1, approve WHY, deploy ACTION)",
    ),
    "choose": (("action", "params", "why"), "choose ACTION name=value ... : and the reason"),
    "resolve": (("why",), "resolve and the reason"),
    "reopen": (("why",), "reopen and the reason"),
    "close": (("why",), "close and the reason"),
    "answer": (("field", "text"), "answer, the field, a colon, what it is"),
    "sent": (("path", "channel"), "sent communications/initial-alert.md and where to"),
    "action": (("action", "status", "why"), "action A1 done (or dropped, open) and how you know"),
    "arrived": (("path", "channel"), "arrived communications/update-1.md and the channel"),
    "stop": (("key",), "stop and the number of its pane"),
    "cancel": (("key", "why"), "cancel (a running change), the number of its pane, the reason"),
    "steer": (("key", "text"), "steer, the number of its pane, a sentence"),
}
"""What is sent to the runner: its arguments in order, the last one takes the rest of the line."""

RUNNER = tuple(FORMS)

_SAME = {
    "acknowledge": "ack",
    "quit": "leave",
    "exit": "leave",
    "?": "help",
    "sev": "severity",
    "documents": "files",
    "role": "assign",
}
IN_A_CARD = {"approve": "approvals", "deny": "approvals", "send": "communications"}
"""Decisions about production need their card, and a text its words: the key that opens them."""

_AGENT = ("stop", "steer", "cancel")
_NUMBERED = {**STEPS, "1½": STEPS["1.5"]}


@dataclass(frozen=True, slots=True)
class Typed:
    """What was meant. `error` says in one line why nothing can be done with it."""

    name: str = ""
    args: dict[str, Any] = field(default_factory=dict)
    for_runner: bool = False
    error: str = ""


def parse(text: str, key_of: Callable[[int], str], labels: Labels = LABELS) -> Typed:
    """One typed line. `key_of` gives the task behind a pane's number."""
    word, _, rest = text.strip().partition(" ")
    name, rest = _SAME.get(word.lower(), word.lower()), rest.strip()
    if name in IN_A_CARD:
        what = "text" if name == "send" else "card"
        return Typed(
            error=f"{name} is a key inside the open {what}: press {labels[IN_A_CARD[name]]}"
        )
    if name in SCREEN:
        return Typed(name, {"argument": rest})
    if name not in FORMS:
        known = ", ".join(sorted((*RUNNER, *SCREEN)))
        return Typed(error=f"unknown command {word!r}; there are: {known}")
    return _for_runner(name, rest, key_of)


def _choice(rest: str, form: str) -> Typed:
    """`restart-orders size=4: the reason`; the shell's `--why` is understood as well."""
    said, _, why = rest.replace(" --why ", ": ", 1).partition(": ")
    action, *pairs = said.split() or [""]
    named = [pair.partition("=") for pair in pairs]
    if not action or not why.strip() or not all(name and sign for name, sign, _ in named):
        return Typed(error=f"choose: something is missing; write: {form}")
    params = {name: value for name, _, value in named}
    return Typed("choose", {"action": action, "params": params, "why": why.strip()}, True)


def _for_runner(name: str, rest: str, key_of: Callable[[int], str]) -> Typed:
    names, form = FORMS[name]
    if name == "choose":
        return _choice(rest, form)
    words = _parts(name, rest, len(names))
    if name in _AGENT and words[0]:
        words[0] = key_of(int(words[0])) if words[0].isdecimal() else words[0]
        if not words[0]:
            return Typed(error=f"there is no agent {rest.split()[0]}; write: {form}")
    if not all(words):
        return Typed(error=f"{name}: something is missing; write: {form}")
    args = dict(zip(names, words, strict=True))
    if args.get("target", "tier2") not in TARGETS:
        return Typed(error=f"escalate to {', '.join(TARGETS)}; write: {form}")
    if name == "step" and args["what"] not in OVERRIDES:
        return Typed(error=f"step: {', '.join(OVERRIDES)}; write: {form}")
    if name in ("assign", "handoff"):
        args = with_why(args)
    if "step" in args:
        args["step"] = _NUMBERED.get(args["step"], args["step"])
    return Typed(name, dict(args), True)


def _parts(name: str, rest: str, count: int) -> list[str]:
    """The arguments as far as they are there; fields of `answer` may have spaces."""
    if not count:
        return []
    if name == "answer":
        found = re.split(r"\s*[:=]\s*", rest, maxsplit=1)
    else:
        found = rest.split(maxsplit=count - 1)
    return [*(word.strip() for word in found), *[""] * count][:count]
