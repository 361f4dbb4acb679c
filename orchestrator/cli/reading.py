"""What a person's words say, before anything is opened: by the runner's model, else the parser."""

from dataclasses import replace

from orchestrator.cli import one_line
from orchestrator.client import READ_SECONDS, RunnerDown, command_id, send
from orchestrator.clock import WallClock
from orchestrator.intake.effects import GUIDANCE_LIMIT
from orchestrator.intake.words import Understood, understood
from orchestrator.model.codec import decode
from orchestrator.project import Project
from orchestrator.settings import Settings


def understand(
    project: Project, settings: Settings, text: str, guidance: str, now: float
) -> Understood:
    """The parser's reading where only rules answer, and wherever the runner has no other."""
    from orchestrator.agents.backends import named  # only for words

    plain = understood(text, [service.name for service in settings.services], now, guidance)
    if named(settings) == "rules":
        return plain
    try:
        return _asked(project, text, guidance)
    except _NotRead as error:
        return replace(plain, why=one_line(str(error)))


class _NotRead(Exception):
    """The runner has no reading; the message says why."""


def _asked(project: Project, text: str, guidance: str) -> Understood:
    from orchestrator.cli.runner_up import NoRunner, ensure_runner

    named = {"id": command_id(WallClock(), "understand"), "cmd": "understand"}
    try:
        ensure_runner(project)
        answer = send(
            project, {**named, "text": text, "guidance": guidance[:GUIDANCE_LIMIT]}, READ_SECONDS
        )
    except (NoRunner, RunnerDown) as error:
        raise _NotRead(str(error)) from error
    if not answer.accepted:
        raise _NotRead(answer.why)
    try:
        return decode(Understood, answer.data)
    except TypeError as error:
        raise _NotRead("the runner's answer cannot be read") from error
