"""Whether a change was reviewed, as far as its commit says so."""

import re

from orchestrator.agents.contract import Observation
from orchestrator.agents.rules.desk import UNKNOWN, Desk, claim
from orchestrator.agents.rules.words import quoted
from orchestrator.evidence.sources.git import revisions
from orchestrator.evidence.sources.source import SourceError
from orchestrator.model.reports.claims import Claim

_NAMED = re.compile(
    r"\(#\d{1,9}\)|[Pp]ull request #\d{1,9}|^(?:Reviewed-by|Reviewed-on|Approved-by): .+",
    re.MULTILINE,
)


async def reviewed(desk: Desk, sha: str) -> Claim:
    """The pull request or reviewer that the message names, or that it names none."""
    repository = desk.repository()
    if repository is None or not sha:
        return UNKNOWN
    try:
        (known,) = revisions(sha)
        command = f"git -C {repository.path.name} show --no-patch --format=%B {known[:12]}"
        desk.bench.call(command)
        message = await repository.git(["show", "--no-patch", "--format=%B", known, "--"])
    except SourceError as error:
        desk.bench.warn(quoted(str(error), 200))
        return UNKNOWN
    kept = await desk.file(
        Observation(
            kind="code",
            source=f"{repository.path.name} {known[:12]}",
            command=command,
            summary=f"message of {known[:12]}",
            content=message,
        )
    )
    found = _NAMED.search(message)
    if found is None:
        text = f"The message of {known[:8]} names no review: no pull request and no reviewer."
        return claim(text, kept.at(1))
    line = message.count("\n", 0, found.start()) + 1
    return claim(f"{known[:8]} was reviewed: {quoted(found.group(), 80)}.", kept.at(line))
