"""Which runbook applies: the team's own folder first, then what the service brings along."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from orchestrator.agents.contract import Observation
from orchestrator.agents.rules.desk import Desk, claim
from orchestrator.agents.rules.words import plural, quoted
from orchestrator.evidence.sources import runbooks
from orchestrator.evidence.sources.files import read_tail
from orchestrator.evidence.sources.source import SourceError, within
from orchestrator.model.reports.claims import UNKNOWN, Claim

_LIKE_A_RUNBOOK = re.compile(r"(?i)(^|/)(run-?_?books?|playbooks?)([/._-]|$)")


@dataclass(frozen=True, slots=True)
class Applicable:
    """The runbook by its path (UNKNOWN without one), and the claim that cites it."""

    path: str
    claim: Claim | None = None


async def applicable(desk: Desk, errors: Sequence[str]) -> Applicable:
    """The runbook for this incident, filed as evidence; `errors` is what the logs call it."""
    return (
        await _of_the_team(desk, errors)
        or await _of_the_settings(desk)
        or await _of_the_repository(desk)
        or Applicable(UNKNOWN)
    )


async def _of_the_team(desk: Desk, errors: Sequence[str]) -> Applicable | None:
    folder = desk.bench.settings.runbooks.path
    if not folder:
        return None
    state = desk.state
    desk.bench.call(f"look for a runbook in {folder}")
    shelf = await desk.tried(runbooks.read(desk.bench.root / folder, folder))
    if shelf is None:
        return None
    for wrong in shelf.wrong:
        desk.bench.warn(quoted(wrong, 200))
    alert = alert_name(state.alert)
    text = " ".join([state.title, state.symptoms, alert, *_told(state.alert), *errors])
    fits = shelf.fitting(state.service, alert, text)
    if not fits:
        desk.bench.out(f"none of {plural(len(shelf.runbooks), 'runbook')} applies")
        return None
    best = fits[0]
    path = f"{folder}/{best.runbook.name}"
    eid = await desk.bench.observe(
        Observation("runbook", path, f"read {path}", best.runbook.title, best.runbook.content)
    )
    text = f'The runbook "{quoted(best.runbook.title, 80)}" ({path}) applies by {best.why}.'
    return Applicable(path, claim(text, f"{eid}:1"))


async def _of_the_settings(desk: Desk) -> Applicable | None:
    named = desk.service.runbook if desk.service is not None else ""
    path = desk.bench.root / named
    if not named or not path.is_file():
        return None
    desk.bench.call(f"read {named}")
    text = await desk.tried(within(10.0, named, lambda: read_tail(path).text))
    if text is None:
        return None
    eid = await desk.bench.observe(Observation("runbook", named, f"read {named}", "runbook", text))
    return Applicable(named, claim(f"The runbook is {named}.", eid))


async def _of_the_repository(desk: Desk) -> Applicable | None:
    service, repository = desk.service, desk.repository()
    if service is None or repository is None:
        return None
    try:
        paths = await repository.files("HEAD")
    except SourceError:
        return None
    found = next((path for path in paths if _LIKE_A_RUNBOOK.search(path)), None)
    if found is None:
        return None
    command = f"git -C {repository.path.name} show HEAD:{found}"
    desk.bench.call(command)
    text = await desk.tried(repository.show("HEAD", found)) or ""
    source = f"{repository.path.name} {found}"
    eid = await desk.bench.observe(Observation("code", source, command, "runbook", text))
    path = f"{service.repo}/{found}"
    return Applicable(path, claim(f"The runbook is {path}.", eid))


def alert_name(alert: Any) -> str:
    """The name of the rule that fired; empty for a report in words."""
    labels = alert.get("labels") if isinstance(alert, dict) else None
    name = labels.get("alertname") if isinstance(labels, dict) else None
    return name if isinstance(name, str) else ""


def _told(alert: Any) -> list[str]:
    """What the alert's annotations say in words."""
    notes = alert.get("annotations") if isinstance(alert, dict) else None
    return [text for text in notes.values() if isinstance(text, str)] if notes else []
