"""A command of the settings that only looks: run as it stands there, its output as evidence.

That it only looks is the operator's word; what is run is shown before, word for word.
"""

import shlex
from pathlib import Path

from orchestrator.environment import environment
from orchestrator.evidence.hygiene import clean
from orchestrator.evidence.sources.process import Output, run
from orchestrator.evidence.sources.question import Question, Reading, Remark, whole_lines
from orchestrator.evidence.sources.source import SourceError
from orchestrator.settings import ReadCommand, Service


def questions(service: Service, root: Path) -> list[Question]:
    """One question for each command of the service."""
    return [question(command, root) for command in service.commands]


def question(command: ReadCommand, root: Path) -> Question:
    """The command as a question."""

    async def read() -> Reading:
        said = await run(command.argv, root, environment(), command.timeout, command.limit)
        return reading(command, said)

    return Question(
        about="command",
        name=command.name,
        kind="command",
        source=command.name,
        command=shlex.join(command.argv),
        reader=read,
        mend="correct argv under [[services.commands]]",
        timeout=command.timeout,
        limit=command.limit,
    )


def reading(command: ReadCommand, said: Output) -> Reading:
    """What it printed, then what it complained; an exit code other than 0 is no good state."""
    if said.code < 0:
        raise SourceError(f"{command.name}: ended by signal {-said.code}")
    lines = whole_lines(clean(said.text), command.limit, said.truncated)
    errors = clean(said.errors).splitlines()
    ending = "cut, so how it ends is not known" if said.truncated else f"exit code {said.code}"
    content = "\n".join([*lines, *errors, ending]) + "\n"
    number, first = _telling(lines, errors if said.code else [])
    if said.code:
        text = f"{command.name} ends with exit code {said.code}"
        remark = Remark(f"{text}: {first}" if first else text, number, ill=True)
    elif first:
        remark = Remark(f"{command.name}: {first}", number)
    else:
        remark = Remark(f"{command.name} prints nothing")
    return Reading(content, (remark,), said.truncated)


def _telling(lines: list[str], errors: list[str]) -> tuple[int, str]:
    """The first line with words in it and its number; of a failed command, of its complaint."""
    for number, line in enumerate(errors, start=len(lines) + 1):
        if line.strip():
            return number, line.strip()
    for number, line in enumerate(lines, start=1):
        if line.strip():
            return number, line.strip()
    return 1, ""
