"""The ways back that the catalogue may have: the version before, or a feature flag as it was."""

import re
from dataclasses import dataclass

from orchestrator.agents.rules.dependents import calling, updated
from orchestrator.agents.rules.desk import Desk, assumed, claim
from orchestrator.agents.rules.filed import Filed
from orchestrator.agents.rules.markers import markers, new_routes
from orchestrator.agents.rules.taking import taking
from orchestrator.agents.rules.words import plural, quoted
from orchestrator.evidence.analysis.patch import FilePatch
from orchestrator.model.events import Json
from orchestrator.model.reports.claims import UNKNOWN, Claim
from orchestrator.model.reports.regression import Feasibility, Option, Way
from orchestrator.settings import Action

_FLAG = re.compile(r"(?i)(feature_?flag|is_enabled\(|flags?\.(get|is|enabled)|toggle)")

_USUAL = "5-15"
"""Minutes that going back takes where nothing tells how long a deploy takes here."""


@dataclass(frozen=True, slots=True)
class Release:
    """What is to be taken back, as the verdict has it."""

    good: str
    since: float
    """when the bad version went live; 0 where nobody knows"""
    configures: bool
    turned: Json | None
    """the change of a flag that is held to have brought it"""
    ran: str
    """the line of the deploy log by which the earlier version ran; empty where none does"""


async def rollback(
    desk: Desk, release: Release, files: list[FilePatch] | None, diff: Filed
) -> Option:
    """Option A: back to the version before, as far as data, callers and dependents allow."""
    good, service = release.good, desk.state.service
    action = desk.bench.settings.rollback_for(service, release.configures)
    if good == UNKNOWN:
        desk.ask("good version", "Which version worked last?")
        return _back("BLOCKED", assumed("No earlier version is known."), UNKNOWN)
    if action is None:
        text = f"There is no action in the catalogue that rolls {service} back."
        return _back("BLOCKED", assumed(text))
    if release.turned is not None:
        flag = quoted(str(release.turned["what"]), 60)
        text = f"The version is not what changed: the flag {flag} stays as it is."
        return _back("RISKY", claim(text, *release.turned["said"]["evidence"]))
    if files is None:
        text = "What lies between the versions could not be read, so its effects are not known."
        return _back("RISKY", assumed(text), UNKNOWN)
    found = markers(files)
    if found:
        worst = found[0]
        text = f"{worst.what} between the versions ({worst.path})."
        loss = "data written since would not fit" if worst.blocks else "possible"
        why = claim(text, diff.at(worst.line))
        return _back("BLOCKED" if worst.blocks else "RISKY", why, loss)
    bound = await calling(desk, new_routes(files))
    bound += await updated(desk, release.since) if release.since else []
    if bound:
        text = "; ".join(one.text for one in bound[:3])
        cited = [item for one in bound[:3] for item in one.evidence]
        return _back("RISKY", claim(f"{text[0].upper()}{text[1:]}.", *cited))
    if not release.ran:
        text = f"{good[:12]} does not appear in the deploy log: it may never have run."
        return _back("RISKY", claim(text, diff.eid))
    minutes, known = await taking(desk)
    text = (
        f"no schema migration, data format or interface change in {plural(len(files), 'file')}; "
        f"{good[:12]} ran before; the catalogue has {action.id}"
    )
    text += f"; {known.text}." if known is not None else "."
    more = known.evidence if known is not None else ()
    return _back("SAFE", claim(text, diff.eid, release.ran, *more), minutes=minutes or _USUAL)


def flag(desk: Desk, release: Release, files: list[FilePatch] | None, diff: Filed) -> Option:
    """Option C: a flag that was turned right before is set back; else one may guard the change."""
    if release.turned is not None:
        action, params = _switch(desk, release.turned)
        name, before = release.turned["what"], release.turned["before"]
        cited = release.turned["said"]["evidence"]
        if action is None:
            text = f"{name} could be set back to {before}; the catalogue has nothing that does it."
            return _off("BLOCKED", claim(text, *cited), minutes="-", loss="-")
        if not _fits(action, params):
            text = f"{name} was at {before} before; {action.id} does not take those values."
            return _off("BLOCKED", claim(text, *cited), minutes="-", loss="-")
        text = f"{name} was at {before} until right before; the catalogue has {action.id}."
        return _off("SAFE", claim(text, *cited))
    found = next(
        ((f, line) for f in files or [] for line in f.added if _FLAG.search(line.text)), None
    )
    if found is not None:
        file, line = found
        why = claim(f"A flag may guard the change in {file.path}.", diff.at(line.at))
        return _off("RISKY", why)
    text = "No feature flag guards the change."
    return _off(
        "BLOCKED", claim(text, diff.eid) if diff.eid else assumed(text), minutes="-", loss="-"
    )


def chosen(desk: Desk, release: Release, rollback: Option, flag: Option) -> Way | None:
    """The action that takes back what is judged, with its values; none that is blocked."""
    if release.turned is not None and flag.feasibility == "SAFE":
        action, params = _switch(desk, release.turned)
        assert action is not None
        kept = {name: value for name, value in params.items() if name in action.params}
        return Way(option="feature-flag", kind=action.kind, action=action.id, params=kept)
    action = desk.bench.settings.rollback_for(desk.state.service, release.configures)
    if action is None or rollback.feasibility == "BLOCKED" or release.good == UNKNOWN:
        return None
    params = {"version": release.good} if "version" in action.params else {}
    return Way(option="rollback", kind=action.kind, action=action.id, params=params)


def _switch(desk: Desk, turned: Json) -> tuple[Action | None, dict[str, str]]:
    """The catalogue's switch, and the values that set the flag back."""
    action = desk.bench.settings.way("feature-flag", desk.state.service)
    return action, {"flag": str(turned["what"]), "value": str(turned["before"])}


def _fits(action: Action, params: dict[str, str]) -> bool:
    return action.params.keys() <= params.keys() and all(
        parameter.fits(params[name]) for name, parameter in action.params.items()
    )


def _back(
    feasibility: Feasibility, why: Claim, loss: str = "none expected", minutes: str = _USUAL
) -> Option:
    return Option(
        name="rollback", feasibility=feasibility, why=why, minutes=minutes, data_loss=loss
    )


def _off(feasibility: Feasibility, why: Claim, minutes: str = "5", loss: str = "none") -> Option:
    return Option(
        name="feature-flag", feasibility=feasibility, why=why, minutes=minutes, data_loss=loss
    )
