"""A person's word from a shell: each verb is one row of a table, and one command for the runner."""

import argparse
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from orchestrator.cli import WRONG_USE, Console, refuse
from orchestrator.cli.approvals import approve, deny
from orchestrator.cli.tell import Refused, add_common, document, incident_of, state_of, tell
from orchestrator.journal.read import read_journal
from orchestrator.model.commands import OVERRIDES, STEPS, TARGETS
from orchestrator.model.policy import severity
from orchestrator.project import IncidentFolder

Fields = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Word:
    """One positional argument of a verb."""

    name: str
    help: str
    choices: tuple[str, ...] = ()
    optional: bool = False
    many: bool = False
    """the rest of the line, joined by spaces"""


@dataclass(frozen=True, slots=True)
class Verb:
    """What a person types after the incident, and the command it becomes."""

    purpose: str
    words: tuple[Word, ...] = ()
    options: tuple[tuple[str, str, bool], ...] = ()
    """name, help, required"""
    cmd: str = ""
    """the command's name where it is not the verb's"""
    prepare: "Callable[[argparse.Namespace, IncidentFolder, Fields], Fields] | None" = None
    """looks things up before anything is sent"""


_TEXT = Word("text", "one sentence", many=True)
_WHY = (("why", "the reason, for the journal", True),)
_WHICH = Word("approval", "which one (default: the one that waits)", optional=True)


def add_parser(
    subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]",
) -> argparse.ArgumentParser:
    for name, verb in VERBS.items():
        parser = subparsers.add_parser(name, help=verb.purpose, description=verb.purpose)
        parser.add_argument("incident", help="the incident's id")
        for word in verb.words:
            parser.add_argument(
                word.name,
                help=word.help,
                choices=word.choices or None,
                nargs="+" if word.many else "?" if word.optional else None,
                default="" if word.optional else None,
            )
        for option, purpose, required in verb.options:
            parser.add_argument(f"--{option}", default="", required=required, help=purpose)
        add_common(parser)
    return parser


def run(args: argparse.Namespace) -> int | Console:
    verb = VERBS[args.verb]
    try:
        project, folder = incident_of(args)
        fields = _said(verb, args)
        if verb.prepare is not None:
            fields = verb.prepare(args, folder, fields)
    except Refused as refusal:
        return refuse(str(refusal), refusal.code)
    except ValueError as error:
        return refuse(str(error), WRONG_USE)
    return tell(project, args, fields.pop("cmd", "") or verb.cmd or args.verb, fields)


def _said(verb: Verb, args: argparse.Namespace) -> Fields:
    """The fields as they were typed; what was left out is not sent."""
    fields: Fields = {}
    for word in verb.words:
        value = getattr(args, word.name)
        fields[word.name] = " ".join(value) if word.many else value
        if word.many and not fields[word.name].strip():
            raise Refused("there is no text; say it in one sentence")
    for option, _, _ in verb.options:
        fields[option] = getattr(args, option)
    return {name: value for name, value in fields.items() if value}


def _severity(args: argparse.Namespace, folder: IncidentFolder, fields: Fields) -> Fields:
    return fields | {"severity": severity(fields["severity"])}


def _step(args: argparse.Namespace, folder: IncidentFolder, fields: Fields) -> Fields:
    return fields | {"step": STEPS.get(fields["step"], fields["step"])}


def _stop(args: argparse.Namespace, folder: IncidentFolder, fields: Fields) -> Fields:
    """The line, or one agent: two commands, because they are two very different things."""
    agent = fields.pop("agent", "")
    if agent:
        return fields | {"cmd": "stop", "key": agent}
    if not fields.get("why"):
        raise Refused(f"say why the line stops: warroom stop {args.incident} --why TEXT")
    return fields | {"cmd": "halt"}


def _star(args: argparse.Namespace, folder: IncidentFolder, fields: Fields) -> Fields:
    """An event by its id, or by its number in the journal; without one, the latest."""
    state_of(folder)
    events = read_journal(folder.journal).events
    named = str(fields.get("event", "")).lstrip("#")
    if not named and events:
        return {"event": events[-1].id}
    if named.isdecimal():
        if not 1 <= int(named) <= len(events):
            raise Refused(f"{args.incident} has events 1 to {len(events)}, not {named}")
        return {"event": events[int(named) - 1].id}
    return fields


def _sent(args: argparse.Namespace, folder: IncidentFolder, fields: Fields) -> Fields:
    path = document(args.document, tuple(state_of(folder).messages), "draft")
    return {"path": path, "channel": fields["channel"]}


VERBS: dict[str, Verb] = {
    "ack": Verb("acknowledge an incident"),
    "note": Verb("write a note into the timeline", (_TEXT,)),
    "approve": Verb(
        "approve exactly one change, by its SHA-256",
        (_WHICH,),
        (
            ("sha256", "the SHA-256 of what you approve, 12 digits or more", False),
            ("confirm", "the target's name, for a destructive change", False),
        ),
        prepare=approve,
    ),
    "deny": Verb("deny a change and say why", (_WHICH,), _WHY, prepare=deny),
    "assess": Verb("record the assessment that releases a stopped line", (_TEXT,)),
    "answer": Verb(
        "answer an open question", (Word("field", "what is asked, as status lists it"), _TEXT)
    ),
    "severity": Verb(
        "set the severity, with the reason",
        (Word("severity", "P0-P3 or SEV1-4"),),
        _WHY,
        prepare=_severity,
    ),
    "assign": Verb(
        "give a role to a person",
        (Word("role", "commander, technical-lead, ..."), Word("person", "their name")),
    ),
    "escalate": Verb(
        "escalate now, without waiting for the clock",
        (Word("target", "to whom", TARGETS),),
        _WHY,
    ),
    "hold": Verb(
        "hold an automatic escalation back", (Word("deadline", "its name, as status has it"),), _WHY
    ),
    "step": Verb(
        "start, skip or repeat a step of the flow",
        (Word("step", "its number or name"), Word("what", "", OVERRIDES)),
        _WHY,
        prepare=_step,
    ),
    "stop": Verb(
        "stop the line: no change can be approved until an assessment is recorded",
        (),
        (("why", "the reason, for the journal", False), ("agent", "stop only this agent", False)),
        prepare=_stop,
    ),
    "undo": Verb(
        "offer the undo of a change that was carried out, as an approval of its own",
        (Word("action", "which change (default: the latest)", optional=True),),
    ),
    "resolve": Verb("say that it is over, and why you know", (), _WHY),
    "reopen": Verb("take a resolved incident up again", (), _WHY),
    "close": Verb("close a resolved incident", (), _WHY),
    "star": Verb(
        "mark a moment for the review",
        (Word("event", "its number or id (default: the latest)", optional=True),),
        prepare=_star,
    ),
    "sent": Verb(
        "record that a drafted message was sent",
        (Word("document", "which draft"),),
        (("channel", "where it was sent", True),),
        prepare=_sent,
    ),
}
"""Every verb that is one command."""
