"""`warroom respond`: an alert or a report becomes an incident, and the war room opens on it."""

import argparse
import asyncio
import json
import re
import sys
from pathlib import Path
from typing import Any

from orchestrator.cli import (
    BROKEN_INPUT,
    DONE,
    NEEDS_HUMAN,
    NOT_RESOLVED,
    WRONG_USE,
    Console,
    one_line,
    refuse,
    refused_folder,
)
from orchestrator.cli.progress import Follower, printer, start_message, waits_for
from orchestrator.client import DOWN_AFTER, LINE_LIMIT, RunnerDown, alive, command_id, send
from orchestrator.clock import WallClock
from orchestrator.journal.read import JournalBroken
from orchestrator.model.events import FlowFailed
from orchestrator.model.policy import severity
from orchestrator.model.state import State
from orchestrator.project import Project

INCIDENT = re.compile(r"INC-[A-Za-z0-9][A-Za-z0-9._-]{0,58}")


def add_parser(
    subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]",
) -> argparse.ArgumentParser:
    parser = subparsers.add_parser(
        "respond",
        help="open an incident from an alert or a report, and take it on",
        epilog="exit codes: 0 done, 1 not resolved, 2 wrong use, 3 broken input, 4 needs a human",
    )
    parser.add_argument("incident", nargs="?", default="", help="INC-...; minted when not given")
    parser.add_argument("severity", nargs="?", default="", help="P0-P3 or SEV1-4, provisional")
    parser.add_argument("directory", nargs="?", default="", help="the project's folder")
    parser.add_argument("--project", default="", help="the same, as an option (default: here)")
    parser.add_argument("--alert", default="", metavar="FILE", help="Alertmanager body; - is stdin")
    parser.add_argument("--title", default="", help="one line: what is wrong")
    parser.add_argument("--service", default="", help="which service (default: the only one)")
    parser.add_argument("--symptoms", default="", help="what users see")
    parser.add_argument("--guidance", default="", help="what to go by")
    parser.add_argument("--headless", action="store_true", help="no screen: one line a step")
    parser.add_argument(
        "--json", action="store_true", help="with --headless: one object at the end"
    )
    return parser


def run(args: argparse.Namespace) -> int | Console:
    from orchestrator.settings import SettingsError, load_or_empty

    args = _by_form(args)
    if args.incident and not INCIDENT.fullmatch(args.incident):
        return refuse(f"{args.incident!r} is no incident id; they look like INC-42", WRONG_USE)
    root = Path(args.project or args.directory or ".").resolve()
    project = Project(root)
    code = refused_folder(project)
    if code is not None:
        return code
    try:
        args.severity = severity(args.severity)
        load_or_empty(project)
        report = _report(args)
    except SettingsError as error:
        return refuse(str(error), BROKEN_INPUT)
    except BadAlert as error:
        return refuse(str(error), BROKEN_INPUT)
    except ValueError as error:
        return refuse(str(error), WRONG_USE)
    return _open(project, args, report)


class BadAlert(ValueError):
    """An alert body that cannot be read."""


def _by_form(args: argparse.Namespace) -> argparse.Namespace:
    """`respond P0 DIR` works too: what looks like a severity or a folder is taken as one."""
    words = [word for word in (args.incident, args.severity, args.directory) if word]
    args.incident = args.severity = args.directory = ""
    for word in words:
        if word.upper().startswith("INC-") and not args.incident:
            args.incident = word
        elif re.fullmatch(r"(?i)p\d+|sev\d+", word):
            args.severity = word
        elif Path(word).is_dir():
            args.directory = word
        elif not args.title:
            args.title = word
        else:
            args.incident = args.incident or word
    return args


def _report(args: argparse.Namespace) -> dict[str, Any]:
    """What the runner is told. BadAlert or ValueError in one line."""
    said = {
        "severity": args.severity,
        "service": args.service,
        "symptoms": args.symptoms,
        "guidance": args.guidance,
        "title": args.title,
    }
    if args.alert:
        return alert_report(_read(args.alert)) | {k: v for k, v in said.items() if v}
    if not args.title:
        raise ValueError("say what is wrong: an alert (--alert FILE) or a title (--title TEXT)")
    return {**said, "reporter": "user", "method": "user-report"}


def alert_report(body: bytes) -> dict[str, Any]:
    """The report an Alertmanager body makes: one incident a group. BadAlert in one line."""
    from orchestrator.intake.alertmanager import AlertError, read

    try:
        alarms = read(body)
    except AlertError as error:
        raise BadAlert(str(error)) from error
    first = alarms[0]
    return {
        "title": first.title,
        "service": first.service,
        "symptoms": "; ".join(dict.fromkeys(alarm.symptoms for alarm in alarms))[:4000],
        "reporter": "alertmanager",
        "method": "automated-alert",
        "severity": first.severity,
        "alert": {"alerts": [dict(alarm.alert) for alarm in alarms]},
        "key": str(first.alert["groupKey"])[:300],
        "firing": first.firing,
    }


def _read(name: str) -> bytes:
    try:
        if name == "-":
            body = sys.stdin.buffer.read(LINE_LIMIT + 1)
        else:
            with Path(name).open("rb") as file:
                body = file.read(LINE_LIMIT + 1)
    except OSError as error:
        raise BadAlert(f"alert {name}: {error.strerror}") from error
    if len(body) > LINE_LIMIT:
        raise BadAlert(f"alert {name}: too large: {LINE_LIMIT >> 20} MB at most")
    return body


def _open(project: Project, args: argparse.Namespace, report: dict[str, Any]) -> int | Console:
    from orchestrator.cli.runner_up import NoRunner, ensure_runner

    clock = WallClock()
    try:
        ensure_runner(project)
        command = {"id": command_id(clock, "open"), "cmd": "open", "report": report}
        answer = send(project, {**command, "incident": args.incident})
    except (NoRunner, RunnerDown) as error:
        return refuse(str(error), NOT_RESOLVED)
    if not answer.accepted:
        return refuse(answer.why, WRONG_USE)
    incident = str(answer.data["incident"])
    if not report.get("firing", True):
        return _nothing_fires(incident, args.json)
    if not args.headless:
        return Console(project, incident)
    return asyncio.run(_follow(project, incident, args.json))


def _nothing_fires(incident: str, as_json: bool) -> int:
    """A notification that everything is well again opens nothing."""
    if as_json:
        print(json.dumps({"incident": incident or None, "firing": False}))
    else:
        print(f"nothing is firing{f'; noted on {incident}' if incident else ''}")
    return DONE


async def _follow(project: Project, incident: str, as_json: bool) -> int:
    """Until it is closed, or waits for a person nobody without a screen can be."""
    clock, told_start = WallClock(), False
    heard = clock.now()
    follower = Follower(project.incident(incident), printer())
    while True:
        try:
            events = follower.look()
        except JournalBroken as error:
            return refuse(str(error), BROKEN_INPUT)
        state = follower.state
        failed = [event.data for event in events if isinstance(event.data, FlowFailed)]
        if failed:
            why = f"{incident}: the flow has failed in {failed[-1].where}: {failed[-1].error}"
            return refuse(f"{why}; see {project.runner_log}", NOT_RESOLVED)
        if not told_start and state.incident:
            told_start = True
            print(start_message(state), file=sys.stderr, flush=True)
        waits = waits_for(state)
        if state.status == "CLOSED" or waits:
            return _end(state, waits, as_json)
        heard = clock.now() if alive(project, clock.now()) else heard
        if not 0 <= clock.now() - heard <= DOWN_AFTER:
            again = f"go on: warroom runner --project {project.root}"
            return refuse(f"{incident}: its runner is down; {again}", NOT_RESOLVED)
        await clock.sleep(0.2)


def _end(state: State, waits: str, as_json: bool) -> int:
    body = {"incident": state.incident, "status": state.status, "resolution": state.resolution}
    if as_json:
        print(json.dumps({**body, "waits_for": waits or None}))
    elif waits:
        print(one_line(f"{state.incident} waits for you: {waits}"))
    else:
        print(one_line(f"{state.incident} is closed: {state.resolution or 'no resolution'}"))
    if waits:
        return NEEDS_HUMAN
    return DONE if state.resolution == "RESOLVED" else NOT_RESOLVED
