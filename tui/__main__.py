"""The `warroom` command: opens screens, and hands every other verb to the command line.

Nothing heavier than Textual is imported before the first frame.
"""

import argparse
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from orchestrator.project import IncidentFolder, Project
from tui.console_settings import (
    DENSITIES,
    FPS,
    THEMES,
    ConsoleSettings,
    ConsoleSettingsError,
    load,
)

WRONG_USE, BROKEN_INPUT = 2, 3
SCREENS = ("open", "replay")


def main(argv: Sequence[str] | None = None) -> int:
    """Run one `warroom` command line; its exit code."""
    arguments = list(sys.argv[1:] if argv is None else argv)
    verb = arguments[0] if arguments and not arguments[0].startswith("-") else ""
    asks_for_help = any(word in ("-h", "--help", "--version") for word in arguments)
    if verb in SCREENS or (not verb and not asks_for_help):
        return _screen(arguments if verb else ["open", *arguments])
    from orchestrator.cli import main as cli  # a verb needs its own imports, a screen none of them

    outcome = cli(arguments, check_console=check)
    if isinstance(outcome, int):
        return outcome
    if not on_terminal():
        return _refuse("the war room needs a terminal; add --headless", WRONG_USE)
    try:
        settings = _settings(outcome.project, outcome.ascii_only, outcome.light)
    except ConsoleSettingsError as error:
        return _refuse(str(error), BROKEN_INPUT)
    from tui.app import run_console

    return run_console(
        outcome.project,
        outcome.incident,
        while_running=outcome.after_first_frame,
        farewell=outcome.farewell,
        start_runner=outcome.starts_runner,
        settings=settings,
    )


def check(project: Project) -> str:
    """What `warroom doctor` says of how the console is set. ConsoleSettingsError when it cannot."""
    settings = load(project)
    own = f", {len(settings.keys)} own keys" if settings.keys else ""
    return f"theme {settings.theme}, density {settings.density}{own}"


def _settings(
    project: Project,
    ascii_only: bool,
    light: bool,
    theme: str = "",
    density: str = "",
    fps: int = 0,
) -> ConsoleSettings:
    """What the files say and the command line overrides; before anything of Textual is loaded."""
    settings = load(project)
    return replace(
        settings,
        ascii=ascii_only or settings.ascii,
        theme=theme or ("light" if light else settings.theme),
        density=density or settings.density,
        fps=fps or settings.fps,
    )


def on_terminal() -> bool:
    """True when there is somebody to show a screen to."""
    return sys.stdout.isatty() and sys.stdin.isatty()


def _screen(arguments: Sequence[str]) -> int:
    options = _parser().parse_args(arguments)
    if not on_terminal():
        print(f"warroom {options.verb}: needs a terminal; try: warroom status", file=sys.stderr)
        return WRONG_USE
    root = Path(options.project).resolve()
    project = Project(root)
    try:
        settings = _settings(
            project, options.ascii, options.light, options.theme, options.density, options.fps
        )
    except ConsoleSettingsError as error:
        return _refuse(str(error), BROKEN_INPUT)
    if options.verb == "replay":
        return _replay(root, options.incident, settings)
    if not root.is_dir():
        return _refuse(f"{root}: no such folder; give the project with --project DIR", WRONG_USE)
    incident, known = options.incident, [folder.incident for folder in project.all_incidents()]
    if incident and incident not in known:
        there = ", ".join(known[-5:]) or "none"
        return _refuse(f"{incident}: no such incident in {root}; there: {there}", WRONG_USE)
    from tui.app import run_console

    return run_console(project, incident or None, settings=settings)


def _latest(project: Project) -> str | None:
    """The incident whose journal was written to last; None while there is none."""
    folders = project.all_incidents()
    newest = max(folders, key=lambda folder: folder.journal.stat().st_mtime, default=None)
    return newest.incident if newest is not None else None


def _replay(root: Path, incident: str, settings: ConsoleSettings) -> int:
    given = Path(incident or _latest(Project(root)) or "")
    if given == Path():
        return _refuse(f"nothing to replay in {root}; say which with --project DIR", WRONG_USE)
    folder = (
        given if (given / "journal.jsonl").exists() else Project(root).incident(given.name).path
    )
    if not IncidentFolder(folder).journal.exists():
        return _refuse(f"{given}: no incident here or in {root}", WRONG_USE)
    from orchestrator.journal.read import JournalBroken
    from tui.app import run_replay
    from tui.replay import NothingToReplay

    saved = IncidentFolder(folder.resolve())
    try:
        return run_replay(saved, settings=settings)
    except (JournalBroken, NothingToReplay) as error:
        return _refuse(f"{error}; see: warroom verify {folder}", BROKEN_INPUT)


def _refuse(line: str, code: int) -> int:
    print(f"warroom: {line}", file=sys.stderr)
    return code


def _frames(text: str) -> int:
    """The argument of `--fps`; argparse says what is wrong with any other."""
    if text.isdecimal() and int(text) in FPS:
        return int(text)
    raise argparse.ArgumentTypeError(f"{text!r} is not a number from 1 to 60")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="warroom")
    verbs = parser.add_subparsers(dest="verb", required=True)
    opening = verbs.add_parser(
        "open", help="the war room of an incident; without one, the board of all"
    )
    opening.add_argument("incident", nargs="?", default="")
    replay = verbs.add_parser("replay", help="play a saved incident again")
    replay.add_argument("incident", nargs="?", default="", help="its id, or its folder")
    for verb in (opening, replay):
        verb.add_argument("--project", default=".", help="the project's folder (default: here)")
        verb.add_argument("--ascii", action="store_true", help="no glyphs beyond ASCII")
        verb.add_argument("--light", action="store_true", help="the light theme")
        verb.add_argument("--theme", default="", choices=THEMES, help="the colours")
        verb.add_argument("--density", default="", choices=DENSITIES, help="blank rows or none")
        verb.add_argument(
            "--fps", type=_frames, default=0, metavar="N",
            help="frames a second, 1 to 60 (default: 20; fewer by itself on a slow line)",
        )  # fmt: skip
    return parser


if __name__ == "__main__":
    sys.exit(main())
