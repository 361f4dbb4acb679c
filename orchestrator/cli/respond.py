"""`warroom respond`: an alert or a report becomes an incident, and the war room opens on it."""

import argparse
import asyncio
import dataclasses
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
from orchestrator.cli.progress import (
    Follower,
    announcer,
    printer,
    understood_message,
    waits_for,
)
from orchestrator.cli.reading import understand
from orchestrator.client import DOWN_AFTER, LINE_LIMIT, RunnerDown, alive, command_id, send
from orchestrator.clock import WallClock, iso
from orchestrator.evidence.safe import safe_text
from orchestrator.intake.alertmanager import label_severity
from orchestrator.intake.effects import reported
from orchestrator.intake.questions import AnswerError, Answers, from_form, from_toml
from orchestrator.intake.words import Understood
from orchestrator.journal.read import JournalBroken
from orchestrator.model.events import FlowFailed
from orchestrator.model.policy import severity
from orchestrator.model.state import State
from orchestrator.project import IncidentFolder, Project
from orchestrator.settings import Settings, SettingsError, load_or_empty

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
    parser.add_argument(
        "--bundle", default="", metavar="DIR", help="open it on a folder of evidence (bundle.json)"
    )
    parser.add_argument("--title", default="", help="one line: what is wrong")
    parser.add_argument("--service", default="", help="which service (default: the only one)")
    parser.add_argument("--symptoms", default="", help="what users see")
    parser.add_argument("--guidance", default="", help="what to go by: themes are read from it")
    parser.add_argument("--answers", default="", metavar="FILE", help="the eight answers, as TOML")
    parser.add_argument(
        "--interactive", action="store_true", help="ask the eight questions first; enter skips one"
    )
    parser.add_argument("--headless", action="store_true", help="no screen: one line a step")
    parser.add_argument(
        "--json", action="store_true", help="with --headless: one object at the end"
    )
    return parser


def run(args: argparse.Namespace) -> int | Console:
    args = _by_form(args)
    root = Path(args.project or args.directory or ".").resolve()
    project, now = Project(root), WallClock().now()
    code = refused_folder(project)
    if code is not None:
        return code
    try:
        settings = load_or_empty(project)
        said = _in_words(args, project, settings, now)
        if args.incident and not INCIDENT.fullmatch(args.incident):
            return refuse(f"{args.incident!r} is no incident id; they look like INC-42", WRONG_USE)
        args.severity = severity(args.severity)
        report = _report(args)
        report |= _intake(args, said, now, report)
    except (SettingsError, BadAlert, BadBundle, AnswerError) as error:
        return refuse(str(error), BROKEN_INPUT)
    except ValueError as error:
        return refuse(str(error), WRONG_USE)
    except KeyboardInterrupt:
        return refuse("left: nothing was opened", WRONG_USE)
    if said is not None or report["answers"] or report["guidance"]:
        print(understood_message(report, said, settings), file=sys.stderr, flush=True)
    return _open(project, args, report)


class BadAlert(ValueError):
    """An alert body that cannot be read."""


class BadBundle(ValueError):
    """A folder that is no bundle."""


def _by_form(args: argparse.Namespace) -> argparse.Namespace:
    """`respond P0 DIR` works too: what looks like a severity or a folder is taken as one."""
    words = [word for word in (args.incident, args.severity, args.directory) if word]
    args.incident = args.severity = args.directory = args.words = ""
    for word in words:
        if len(word.split()) > 1 and not args.words and not Path(word).is_dir():
            args.words = word
        elif word.upper().startswith("INC-") and not args.incident:
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


def _in_words(
    args: argparse.Namespace, project: Project, settings: Settings, now: float
) -> Understood | None:
    """What a plain sentence says, into the options that were not given by themselves.

    Of guidance alone only the themes are read; it is no sentence.
    """
    if not args.words and not args.guidance:
        return None
    # before lines are joined: a secret may be known by the line it stands on
    said = understand(project, settings, safe_text(args.words), safe_text(args.guidance), now)
    if not args.words:
        return said
    args.incident = args.incident or said.incident
    args.severity = args.severity or said.severity
    args.service = args.service or said.service
    args.symptoms = args.symptoms or said.text
    args.title = args.title or said.title
    args.guidance = " ".join(part for part in (args.guidance, said.guidance) if part)
    return dataclasses.replace(said, service=args.service)


def _intake(
    args: argparse.Namespace, said: Understood | None, now: float, report: dict[str, Any]
) -> dict[str, Any]:
    """Answers, and what follows from them and the guidance. AnswerError in one line."""
    answers: Answers = {}
    if said is not None and said.since is not None:
        answers = from_form({"q3": iso(said.since)}, now)
    if args.answers:
        answers |= from_toml(_text(args.answers), Path(args.answers).name, now)
    if args.interactive:
        from orchestrator.cli.interview import interview

        if not sys.stdin.isatty():
            raise ValueError("--interactive needs a terminal; use --answers FILE.toml")
        answers = interview(now, answers)
    seen = [theme.name for theme in said.themes] if said is not None else []
    fields = reported(answers, args.guidance, args.severity, seen)
    # what an alert's labels say is weaker than what a person answered
    return fields | {"severity": fields["severity"] or report["severity"]}


def _text(name: str) -> str:
    try:
        return Path(name).read_text("utf-8")
    except OSError as error:
        raise AnswerError(f"answers {name}: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise AnswerError(f"answers {name}: is no UTF-8 text") from error


def _report(args: argparse.Namespace) -> dict[str, Any]:
    """What the runner is told. BadAlert or ValueError in one line."""
    said = {
        "severity": args.severity,
        "service": args.service,
        "symptoms": args.symptoms[:4000],
        "title": args.title,
    }
    if args.bundle and args.alert:
        raise ValueError("--alert and --bundle are two reports; a bundle holds its own alert")
    if args.bundle:
        return bundle_report(Path(args.bundle)) | {k: v for k, v in said.items() if v}
    if args.alert:
        return alert_report(_read(args.alert)) | {k: v for k, v in said.items() if v}
    if not args.title:
        known = "an alert (--alert FILE), a folder of evidence (--bundle DIR)"
        raise ValueError(f"say what is wrong: {known} or a title (--title TEXT)")
    return {**said, "reporter": "user", "method": "user-report"}


def bundle_report(folder: Path) -> dict[str, Any]:
    """The report a bundle's own alert makes. BadBundle in one line."""
    from orchestrator.evidence.bundle.lines import NoBundle  # numpy only where it is asked for
    from orchestrator.evidence.bundle.read import alert_of

    try:
        name, alert = alert_of(folder)
    except NoBundle as error:
        raise BadBundle(str(error)) from error
    seen = alert.metric
    if seen and alert.observed is not None:
        seen += f" is {alert.observed:g}"
    if seen and alert.threshold is not None:
        seen += f", threshold {alert.threshold:g}"
    title = alert.summary or f"alert of {alert.service or name}"
    return {
        "title": " ".join(title.split())[:200],
        "service": alert.service,
        "symptoms": ". ".join(part for part in (alert.summary, seen) if part)[:4000],
        "reporter": f"bundle {name}",
        "method": "automated-alert",
        "severity": label_severity(alert.severity),
        "alert": {"bundle": str(folder.resolve()), "at": iso(alert.at), "metric": alert.metric},
    }


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


def opened(project: Project, report: dict[str, Any], incident: str = "") -> str | int:
    """The id of the incident that the runner opened; the exit code where it was refused."""
    from orchestrator.cli.runner_up import NoRunner, ensure_runner

    clock = WallClock()
    try:
        ensure_runner(project)
        command = {"id": command_id(clock, "open"), "cmd": "open", "report": report}
        answer = send(project, {**command, "incident": incident})
    except (NoRunner, RunnerDown) as error:
        return refuse(str(error), NOT_RESOLVED)
    return str(answer.data["incident"]) if answer.accepted else refuse(answer.why, WRONG_USE)


def _open(project: Project, args: argparse.Namespace, report: dict[str, Any]) -> int | Console:
    incident = opened(project, report, args.incident)
    if isinstance(incident, int):
        return incident
    if not report.get("firing", True):
        return _nothing_fires(incident, args.json)
    if args.headless:
        return asyncio.run(follow(project, incident, args.json))
    if sys.stdin.isatty() and sys.stdout.isatty():
        return Console(project, incident)
    # it is open already: a refusal would make somebody open it twice
    if args.json:
        print(json.dumps({"incident": incident, "dir": str(project.incident(incident).path)}))
        return DONE
    print(f"✓ {incident} is open and goes on in its runner; no terminal here to show it on")
    print(f"  warroom open {incident} --project {project.root}")
    return DONE


def _nothing_fires(incident: str, as_json: bool) -> int:
    """A notification that everything is well again opens nothing."""
    if as_json:
        print(json.dumps({"incident": incident or None, "firing": False}))
    else:
        print(f"nothing is firing{f'; noted on {incident}' if incident else ''}")
    return DONE


async def follow(project: Project, incident: str, as_json: bool) -> int:
    """Until it is closed, or waits for a person nobody without a screen can be."""
    clock = WallClock()
    heard = clock.now()
    folder = project.incident(incident)
    follower = Follower(folder, printer(), announcer())
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
        waits = waits_for(state)
        if state.status == "CLOSED" or waits:
            return _end(state, folder, waits, as_json)
        heard = clock.now() if alive(project, clock.now()) else heard
        if not 0 <= clock.now() - heard <= DOWN_AFTER:
            again = f"go on: warroom runner --project {project.root}"
            return refuse(f"{incident}: its runner is down; {again}", NOT_RESOLVED)
        await clock.sleep(0.2)


def _end(state: State, folder: IncidentFolder, waits: str, as_json: bool) -> int:
    """How it ended: the completion report, or the one thing a person has to do."""
    if as_json:
        body = {"incident": state.incident, "status": state.status, "resolution": state.resolution}
        print(json.dumps({**body, "waits_for": waits or None, "dir": str(folder.path)}))
    elif waits:
        print(one_line(f"{state.incident} waits for you: {waits}"))
    else:
        from orchestrator.documents.completion import completion  # jinja2 is not needed before

        print(f"{completion(state)}\nReplay: warroom replay {folder.path}")
    if waits:
        return NEEDS_HUMAN
    return DONE if state.resolution == "RESOLVED" else NOT_RESOLVED
