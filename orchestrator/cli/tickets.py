"""`warroom tickets`: an issue for each preventive action of an incident, or the text to copy."""

import argparse
import os

from orchestrator.cli import BROKEN_INPUT, DONE, NOT_RESOLVED, Console, one_line, refuse
from orchestrator.cli.tell import Refused, add_common, incident_of, state_of, tell
from orchestrator.client import alive
from orchestrator.clock import WallClock
from orchestrator.comms.tickets import Ticket, TicketError, Tracker, ticket
from orchestrator.evidence.hygiene import clean
from orchestrator.model.action_item import OPEN
from orchestrator.model.follow_up import items
from orchestrator.model.state import State
from orchestrator.project import Project
from orchestrator.settings import Settings, SettingsError, load_or_empty


def add_parser(
    subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]",
) -> argparse.ArgumentParser:
    purpose = "open an issue for each preventive action, once"
    parser = subparsers.add_parser("tickets", help=purpose, description=purpose)
    parser.add_argument("incident", help="the incident's id")
    parser.add_argument("--dry-run", action="store_true", help="only print what would be opened")
    return add_common(parser)


def run(args: argparse.Namespace) -> int | Console:
    try:
        project, folder = incident_of(args)
        state, settings = state_of(folder), load_or_empty(project)
        wanted = _wanted(project, state, settings)
        where = settings.tickets
        if args.dry_run or not where.repo:
            return _print(wanted, where.repo)
        token = os.environ.get(where.token_env, "")
        if not token:
            raise Refused(f"the environment variable {where.token_env} holds no token")
        if not alive(project, WallClock().now()):
            raise Refused(
                f"no runner keeps {project.root}; start it first: warroom runner", NOT_RESOLVED
            )
        tracker = Tracker(where.base_url, where.repo, token)
    except Refused as refusal:
        return refuse(str(refusal), refusal.code)
    except SettingsError as error:
        return refuse(str(error), BROKEN_INPUT)
    try:
        return _open(project, args, state, wanted, tracker)
    finally:
        tracker.close()


def _wanted(project: Project, state: State, settings: Settings) -> list[Ticket]:
    """What has no ticket yet and is still to be done."""
    if not state.resolved_at:
        raise Refused(f"{state.incident} is not resolved: its actions count from then")
    name = settings.name or project.root.name
    return [
        ticket(name, state.title, item)
        for item in items(state)
        if item.status == OPEN and not item.ticket
    ]


def _print(wanted: list[Ticket], repo: str) -> int:
    for one in wanted:
        print(f"{clean(one.text)}\n")
    into = f"would be opened in {repo}" if repo else "to copy: no [tickets] in warroom.toml"
    print(f"{len(wanted)} issue(s) {into}")
    return DONE


def _open(
    project: Project,
    args: argparse.Namespace,
    state: State,
    wanted: list[Ticket],
    tracker: Tracker,
) -> int:
    """One after the other, each noted before the next is opened."""
    if not wanted and not args.json:
        print(f"{state.incident}: every open action has its ticket")
    for one in wanted:
        try:
            found = tracker.open(one, state.detected_at)
        except TicketError as error:
            return refuse(str(error), NOT_RESOLVED)
        said = "was there already" if found.was_there else "opened"
        done = one_line(f"{one.action.rpartition('/')[2]} {said}: {found.url}")
        fields = {"action": one.action.rpartition("/")[2], "url": found.url}
        code = tell(project, args, "ticket", fields, done)
        if code != DONE:
            return code
    return DONE
