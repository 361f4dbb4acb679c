"""`warroom readin`: what somebody needs who comes late, printed; nothing is changed or told."""

import argparse
import json

from orchestrator.cli import BROKEN_INPUT, DONE, Console, refuse
from orchestrator.cli.tell import Refused, add_common, incident_of, state_of
from orchestrator.journal.read import read_journal


def add_parser(
    subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]",
) -> argparse.ArgumentParser:
    parser = subparsers.add_parser(
        "readin",
        help="read in on an incident: where it stands, what waits, who knows what",
        description="Print the handoff packet of this moment, for somebody who comes late. "
        "Nothing is changed, and nobody is told.",
    )
    parser.add_argument("incident", help="the incident's id")
    return add_common(parser)


def run(args: argparse.Namespace) -> int | Console:
    from orchestrator.documents.render import DocumentError, read_in  # jinja2: 40 ms only here

    try:
        _, folder = incident_of(args)
        state = state_of(folder)
        text = read_in(state, read_journal(folder.journal).events)
    except Refused as refusal:
        return refuse(str(refusal), refusal.code)
    except DocumentError as error:
        return refuse(str(error), BROKEN_INPUT)
    print(json.dumps({"incident": state.incident, "text": text}) if args.json else text, end="")
    if args.json:
        print()
    return DONE
