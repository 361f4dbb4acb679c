"""`warroom drafts`, and what `send` looks up: the texts for people outside in their words."""

import argparse
import json
from typing import Any

from orchestrator.cli import DONE, Console, refuse
from orchestrator.cli.tell import Refused, add_common, document, incident_of, state_of
from orchestrator.clock import WallClock, iso, span
from orchestrator.comms.letter import Letter, letter
from orchestrator.evidence.hygiene import clean
from orchestrator.model.messages import sending_name
from orchestrator.model.records import Message
from orchestrator.model.sending import channels_for, latest
from orchestrator.model.state import State
from orchestrator.project import IncidentFolder

WORDS = {
    "drafted": "draft",
    "due": "due",
    "sending": "on its way",
    "sent": "sent",
    "not_required": "not required",
}


def add_parser(
    subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]",
) -> argparse.ArgumentParser:
    purpose = "the texts for people outside, and the exact words of one"
    parser = subparsers.add_parser("drafts", help=purpose, description=purpose)
    parser.add_argument("incident", help="the incident's id")
    parser.add_argument("document", nargs="?", default="", help="show the words of this one")
    return add_common(parser)


def run(args: argparse.Namespace) -> int | Console:
    try:
        _, folder = incident_of(args)
        state = state_of(folder)
        if args.document:
            path = document(args.document, tuple(state.messages), "draft")
            shown = words_of(folder, state, path)
            body = {"path": path, "sha256": shown.sha256, "subject": shown.subject}
            body |= {"public": shown.public, "internal": shown.internal}
            print(json.dumps(body) if args.json else told(path, shown, state))
            return DONE
    except Refused as refusal:
        return refuse(str(refusal), refusal.code)
    if args.json:
        print(json.dumps({"texts": [_body(state, text) for text in state.messages.values()]}))
        return DONE
    now = WallClock().now()
    for text in state.messages.values():
        print(_line(state, text, now))
    if not state.messages:
        print(f"{state.incident} has no text for people outside yet")
    return DONE


def send(
    args: argparse.Namespace, folder: IncidentFolder, fields: dict[str, Any]
) -> dict[str, Any]:
    """What `warroom send` sends: only words whose hash was given, as `approve` does it."""
    state = state_of(folder)
    path = document(args.document, tuple(state.messages), "draft")
    shown = words_of(folder, state, path)
    if len(args.sha256) < 12 or not shown.sha256.startswith(args.sha256.lower()):
        print(told(path, shown, state))
        raise Refused(f"to send exactly this: --sha256 {shown.sha256[:12]}")
    names = tuple(name.strip() for name in args.channel.split(",") if name.strip())
    said = {"path": path, "sha256": shown.sha256, "channels": names, "why": args.why}
    return {name: value for name, value in said.items() if value}


def words_of(folder: IncidentFolder, state: State, path: str) -> Letter:
    """The words of a draft as they would go out now."""
    try:
        text = folder.document(path).read_text(encoding="utf-8", errors="replace")
    except OSError as error:
        raise Refused(f"{path} cannot be read: {error.strerror}") from error
    return letter(text)


def told(path: str, shown: Letter, state: State) -> str:
    """The words, to whom they go, and their hash."""
    lines = [f"{'document':<9}{path}", f"{'subject':<9}{shown.subject}"]
    for one in channels_for(state, path):
        lines.append(f"{'to':<9}{one.name}{' (public)' if one.public else ''}")
    for name, part in (("public", shown.public), ("internal", shown.internal)):
        if part:
            lines += [f"--- {name}", clean(part)]
    return "\n".join([*lines, "---", f"{'sha-256':<9}{shown.sha256}"])


def _line(state: State, text: Message, now: float) -> str:
    clock = state.deadlines.get(sending_name(text.path))
    by_itself = ""
    if clock is not None and clock.counting:
        by_itself = f"; goes out by itself in {span(max(0.0, clock.due - now))}"
    parts = [f"{one.channel} {one.state}" for one in latest(state, text.path).values()]
    why = f": {text.why}" if text.why else ""
    went = f"  [{', '.join(parts)}]" if parts else ""
    return clean(
        f"{WORDS.get(text.state, text.state):<13}{text.path}  {iso(text.at)}{why}{by_itself}{went}"
    )


def _body(state: State, text: Message) -> dict[str, Any]:
    return {
        "path": text.path,
        "state": text.state,
        "at": iso(text.at),
        "why": text.why,
        "by": text.by,
        "channels": [one.name for one in channels_for(state, text.path)],
        "deliveries": {
            one.channel: {"state": one.state, "detail": one.detail}
            for one in latest(state, text.path).values()
        },
    }
