"""A person's word from a shell: each verb is one row of a table, and one command for the runner."""

import argparse
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from orchestrator.cli import WRONG_USE, Console, refuse
from orchestrator.cli.approvals import approve, deny
from orchestrator.cli.drafts import send
from orchestrator.cli.tell import Refused, add_common, document, incident_of, state_of, tell
from orchestrator.journal.read import read_journal
from orchestrator.model.commands import OVERRIDES, STEPS, TARGETS
from orchestrator.model.hotfix import STEPS as HOTFIX_STEPS
from orchestrator.model.policy import severity
from orchestrator.model.sending import in_doubt
from orchestrator.project import IncidentFolder, Project

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
    done: str = ""
    """what is said once it is taken; empty: `ack accepted`"""
    cmd: str = ""
    """the command's name where it is not the verb's"""
    prepare: "Callable[[argparse.Namespace, IncidentFolder, Fields], Fields] | None" = None
    """looks things up before anything is sent"""


_TEXT = Word("text", "one sentence", many=True)
_WHY = (("why", "the reason, for the journal", True),)
_ROLE = (("role", "which role, where several are offered", False),)
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
                nargs=_count(word),
                default=[] if word.optional and word.many else "" if word.optional else None,
            )
        for option, purpose, required in verb.options:
            parser.add_argument(f"--{option}", default="", required=required, help=purpose)
        add_common(parser)
    return parser


def _count(word: Word) -> str | None:
    if word.many:
        return "*" if word.optional else "+"
    return "?" if word.optional else None


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
    cmd = fields.pop("cmd", "") or verb.cmd or args.verb
    return tell(project, args, cmd, fields, verb.done)


def _said(verb: Verb, args: argparse.Namespace) -> Fields:
    """The fields as they were typed; what was left out is not sent."""
    fields: Fields = {}
    for word in verb.words:
        value = getattr(args, word.name)
        fields[word.name] = " ".join(value) if word.many else value
        if word.many and not word.optional and not fields[word.name].strip():
            raise Refused("there is no text; say it in one sentence")
    for option, _, _ in verb.options:
        fields[option] = getattr(args, option)
    return {name: value for name, value in fields.items() if value}


def _severity(args: argparse.Namespace, folder: IncidentFolder, fields: Fields) -> Fields:
    word = {"override": said} if (said := fields.pop("word", "")) else {}
    return fields | {"severity": severity(fields["severity"])} | word


def _handoff(args: argparse.Namespace, folder: IncidentFolder, fields: Fields) -> Fields:
    return {name: value for name, value in fields.items() if name != "to"} | {
        "person": fields["to"]
    }


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


def _choose(args: argparse.Namespace, folder: IncidentFolder, fields: Fields) -> Fields:
    """Checked against the catalogue before anything is sent: a mistake is said at once."""
    from orchestrator.cli.chosen import unfit, values  # the settings are heavy, the verbs are not
    from orchestrator.settings import SettingsError, load

    state = state_of(folder)
    try:
        settings = load(Project(Path(args.project).resolve()))
        params = values(args.params)
        why = unfit(settings, state.service, args.action, params)
    except (SettingsError, ValueError) as error:
        raise Refused(str(error)) from error
    if why:
        raise Refused(why)
    return {**fields, "params": params}


def _sent(args: argparse.Namespace, folder: IncidentFolder, fields: Fields) -> Fields:
    path = document(args.document, tuple(state_of(folder).messages), "draft")
    return {"path": path, "channel": fields["channel"]}


def _arrived(args: argparse.Namespace, folder: IncidentFolder, fields: Fields) -> Fields:
    state = state_of(folder)
    unknown = in_doubt(state)
    path = document(args.document, tuple({one.path: "" for one in unknown}), "text in doubt")
    channels = [one.channel for one in unknown if one.path == path]
    if not fields.get("channel") and len(channels) > 1:
        raise Refused(f"say by which channel: --channel {' or '.join(channels)}")
    return {"path": path, "channel": fields.get("channel") or channels[0]}


VERBS: dict[str, Verb] = {
    "ack": Verb("acknowledge an incident"),
    "note": Verb("write a note into the timeline", (_TEXT,)),
    "approve": Verb(
        "approve exactly one change, by its SHA-256",
        (_WHICH,),
        (
            ("sha256", "the SHA-256 of what you approve, 12 digits or more", False),
            ("confirm", "the target's name, for a destructive change", False),
            ("override", "why one untrusted source is enough, where the card asks for it", False),
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
        (
            *_WHY,
            ("word", "the commander's word, where another person has just set it", False),
        ),
        prepare=_severity,
    ),
    "assign": Verb(
        "give a role to a person",
        (Word("role", "commander, technical-lead, ..."), Word("person", "their name")),
        (("why", "the reason, where somebody holds it or would hold two", False),),
    ),
    "handoff": Verb(
        "offer a role to somebody, with the packet they need; it changes when they accept",
        (),
        (
            ("to", "whom it is offered to", True),
            ("role", "which role (default: commander)", False),
            ("why", "the reason, where it is not yours to offer", False),
        ),
        done="offered; it changes hands when they accept",
        prepare=_handoff,
    ),
    "accept": Verb("take over a role that is offered to you", (), _ROLE, "the role is yours"),
    "decline": Verb("say why you do not take over a role", (), (*_WHY, *_ROLE), "declined"),
    "away": Verb(
        "say that somebody cannot be had; the next in the chain is asked",
        (Word("person", "who"),),
        _WHY,
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
    "cancel": Verb(
        "cut a running change short: TERM, then KILL; what it did by then has to be looked at",
        (Word("key", "which change, as status names it"),),
        _WHY,
        "it is being ended; look at the target",
    ),
    "undo": Verb(
        "offer the undo of a change that was carried out, as an approval of its own",
        (Word("action", "which change (default: the latest)", optional=True),),
    ),
    "hotfix": Verb(
        "record a step of a hotfix: branch, patch, staging tests, approval, deploy",
        (
            Word("what", "which step", HOTFIX_STEPS),
            Word("text", "a short name, a commit, evidence, the reason, an action", many=True),
        ),
        done="recorded",
    ),
    "choose": Verb(
        "ask for a card of exactly one action of the catalogue; it waits for its approval",
        (
            Word("action", "its id in the catalogue"),
            Word("params", "name=value for each value it asks for", optional=True, many=True),
        ),
        _WHY,
        done="a card is being prepared; it waits for its approval",
        prepare=_choose,
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
    "send": Verb(
        "send a text to its channels: exactly the words with this SHA-256",
        (Word("document", "which draft"),),
        (
            ("sha256", "the SHA-256 of the words you send, 12 digits or more", False),
            ("channel", "only to these (names, separated by commas)", False),
            ("why", "why so soon, where the last update is recent", False),
        ),
        prepare=send,
    ),
    "arrived": Verb(
        "say that a text arrived of which that is not known",
        (Word("document", "which text"),),
        (("channel", "by which channel (default: the one in doubt)", False),),
        prepare=_arrived,
    ),
    "declare": Verb("declare a major incident, before its second incident is there", (), _WHY),
    "coordinate": Verb("name who coordinates a major incident", (Word("person", "who"),)),
    "freeze": Verb("let all changes rest, in every open incident of the project", (), _WHY),
    "admit": Verb("let somebody act on what may be a breach", (Word("person", "who"),)),
    "lift": Verb("lift the change freeze", (), _WHY),
}
"""Every verb that is one command."""
