"""Verbs without a screen: a verb's module is imported when it is called, and only then.

Exit codes: 0 done, 1 not resolved, 2 wrong use, 3 broken input, 4 needs a human.
"""

import argparse
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib import import_module
from threading import Event
from typing import Protocol

from orchestrator.evidence.hygiene import clean
from orchestrator.project import Project

DONE, NOT_RESOLVED, WRONG_USE, BROKEN_INPUT, NEEDS_HUMAN = 0, 1, 2, 3, 4

VERBS: dict[str, tuple[str, str]] = {
    "respond": ("respond", "open an incident from an alert or a report, and take it on"),
    "demo": ("demo", "break a real small service and respond to it"),
    "open": ("", "the war room of an incident (a screen)"),
    "replay": ("", "play a saved incident again (a screen)"),
    "status": ("status", "what is open, what waits, what is due"),
    "board": ("board", "all incidents and the next deadlines, as text"),
    "ack": ("decide", "acknowledge an incident"),
    "note": ("decide", "write a note into the timeline"),
    "approvals": ("waiting", "every change that waits for a key, over all incidents"),
    "approve": ("decide", "approve exactly one change, by its SHA-256"),
    "deny": ("decide", "deny a change and say why"),
    "undo": ("decide", "offer the undo of a change that was carried out"),
    "hotfix": ("decide", "record a step of a hotfix"),
    "choose": ("decide", "ask for a card of one action of the catalogue"),
    "cancel": ("decide", "cut a running change short, and say why"),
    "stop": ("decide", "stop the line, or one agent"),
    "assess": ("decide", "record the assessment that releases a stopped line"),
    "answer": ("decide", "answer an open question"),
    "severity": ("decide", "set the severity, with the reason"),
    "assign": ("decide", "give a role to a person"),
    "handoff": ("decide", "offer a role to somebody, with the packet they need"),
    "accept": ("decide", "take over a role that is offered to you"),
    "decline": ("decide", "say why you do not take over a role"),
    "away": ("decide", "say that somebody cannot be had"),
    "readin": ("readin", "read in on an incident: where it stands, what waits"),
    "escalate": ("decide", "escalate now, without waiting for the clock"),
    "hold": ("decide", "hold an automatic escalation back"),
    "step": ("decide", "start, skip or repeat a step of the flow"),
    "declare": ("decide", "declare a major incident by hand"),
    "coordinate": ("decide", "name who coordinates a major incident"),
    "freeze": ("decide", "let all changes rest, in every open incident"),
    "lift": ("decide", "lift the change freeze"),
    "admit": ("decide", "let somebody act on what may be a breach"),
    "drafts": ("drafts", "the texts for people outside, and the exact words of one"),
    "send": ("decide", "send a text to its channels, by the SHA-256 of its words"),
    "arrived": ("decide", "say that a text arrived of which that is not known"),
    "sent": ("decide", "record that a drafted message was sent"),
    "star": ("decide", "mark a moment for the review"),
    "resolve": ("decide", "say that it is over, and why you know"),
    "reopen": ("decide", "take a resolved incident up again"),
    "close": ("decide", "close a resolved incident"),
    "actions": ("actions", "preventive actions over all incidents, and what became of them"),
    "tickets": ("tickets", "open an issue for each preventive action, once"),
    "report": ("report", "the metrics over all incidents against their targets"),
    "export": ("export", "an incident as one page or JSON object, to hand on"),
    "evidence": ("evidence", "list, show or add evidence"),
    "edit": ("edit", "change a document in your own editor"),
    "analyze": ("analyze", "rank causes from a folder of evidence, without an incident"),
    "verify": ("verify", "prove that an incident is what its runner wrote"),
    "runner": ("runner", "run the project's incidents in this process"),
    "init": ("init", "write a warroom.toml by looking at the project"),
    "doctor": ("doctor", "check every source, action and person, and how to mend them"),
    "drill": ("drill", "practise on an outage, and see how well it was handled"),
}
"""Verb → its module here (none: a screen) and what it is for."""


@dataclass(frozen=True, slots=True)
class Console:
    """A verb's wish to open the war room; whoever has a screen fulfils it."""

    project: Project
    incident: str | None
    farewell: str = ""
    """what to print when it is left; empty: how to come back"""
    starts_runner: bool = True
    after_first_frame: Callable[[Event], None] | None = None
    """runs in a thread once the screen shows something, with an event that is set at its end"""
    ascii_only: bool = False
    light: bool = False


class Verb(Protocol):
    """What a verb's module offers."""

    def add_parser(
        self, subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]"
    ) -> argparse.ArgumentParser: ...

    def run(self, args: argparse.Namespace) -> int | Console: ...


def nothing_to_check(project: Project) -> str:
    """Where there is no console."""
    return ""


def main(
    argv: Sequence[str], *, check_console: Callable[[Project], str] = nothing_to_check
) -> int | Console:
    """Run one verb: its exit code, or the console it asks for.

    `check_console` says how the console is set, or raises ValueError with what is wrong with that.
    """
    words = list(argv)
    verb = words[0] if words and not words[0].startswith("-") else ""
    if "--version" in words and not verb:
        from importlib.metadata import version  # 26 ms that only this needs

        print(f"warroom {version('warroom')}")
        return DONE
    if verb not in VERBS:
        words = _as_report(words)
        verb = words[0] if words[0] == "respond" else verb
    if verb not in VERBS or not VERBS[verb][0]:
        return _overview(verb)
    module: Verb = import_module(f"orchestrator.cli.{VERBS[verb][0]}")
    parser = argparse.ArgumentParser(prog="warroom")
    module.add_parser(parser.add_subparsers(dest="verb", required=True))
    command: list[str] = []
    if verb == "evidence" and "--" in words:  # argparse takes no command of somebody else's
        words, command = words[: words.index("--")], words[words.index("--") + 1 :]
    try:
        return module.run(
            parser.parse_args(
                words, argparse.Namespace(command=command, check_console=check_console)
            )
        )
    except KeyboardInterrupt:
        print("warroom: interrupted; the incident goes on in its runner", file=sys.stderr)
        return NOT_RESOLVED
    except BrokenPipeError:
        return DONE


def refuse(line: str, code: int) -> int:
    """One clear line on stderr, and the exit code."""
    print(f"warroom: {one_line(line)}", file=sys.stderr)
    return code


def _as_report(words: list[str]) -> list[str]:
    """A sentence instead of a verb (`warroom "payments down since 14:00"`) is what happened."""
    from orchestrator.intake.words import is_sentence

    count = next((n for n, word in enumerate(words) if word.startswith("-")), len(words))
    if not is_sentence(words[:count]):
        return words
    return ["respond", " ".join(words[:count]), *words[count:]]


def one_line(text: str) -> str:
    """Words from outside as one line that neither moves the cursor nor looks like a second one."""
    return clean(text).replace("\n", " ").replace("\t", " ")


def refused_folder(project: Project) -> int | None:
    """The exit code, its line said, of a folder that cannot be a project; None if it can."""
    if not project.root.is_dir():
        return refuse(f"{project.root}: no such folder", WRONG_USE)
    if project.home.exists() and not project.home.is_dir():
        return refuse(f"{project.home}: is no folder; move it away", BROKEN_INPUT)
    return None


def _overview(verb: str) -> int:
    out = sys.stderr if verb else sys.stdout
    if verb:
        print(f"warroom: there is no verb {verb!r}; put a report in quotes", file=out)
    print("usage: warroom VERB [...]     (no verb: open the war room)", file=out)
    print('       warroom "what is wrong, since when, how bad"\n', file=out)
    for name, (_, purpose) in VERBS.items():
        print(f"  {name:<12}{purpose}", file=out)
    print("\nwarroom VERB --help says more. Exit codes: 0 done, 1 not resolved,", file=out)
    print("2 wrong use, 3 broken input, 4 needs a human.", file=out)
    return WRONG_USE if verb else DONE
