"""The security gatekeeper: what may be exposed or lost, what to keep, what could be isolated."""

from orchestrator.agents.rules import intruder
from orchestrator.agents.rules.answers import answer, breach_or_loss, told
from orchestrator.agents.rules.desk import Desk, assumed, claim
from orchestrator.agents.rules.impact import status_of
from orchestrator.agents.rules.markers import markers
from orchestrator.agents.rules.outside import claim_of, signs_of
from orchestrator.agents.rules.words import plural, quoted
from orchestrator.evidence.analysis import patch
from orchestrator.model.change_kinds import ISOLATING
from orchestrator.model.reports.claims import Claim
from orchestrator.model.reports.security import SecurityReport
from orchestrator.settings import Person

_REFUSED = (401, 403)
_BEFORE = 300.0
_MANY = 3.0
"""Refused requests this many times as frequent as before stand out."""


async def assessment(desk: Desk) -> SecurityReport:
    """First look: signs in answers, logs and diffs. It proposes; people isolate, and decide."""
    desk.steers()
    said = await answer(desk, "q5", "data loss", "security")
    breach, loss = breach_or_loss(said.text) if said is not None else (None, None)
    breach = breach or _reported(desk, "security", "security") or breach
    loss = loss or _reported(desk, "data-integrity", "data-loss") or loss
    exposed = [told(said)] if said is not None and (breach or loss) else []
    refused = await _refused(desk)
    destroyed = await _destroyed(desk)
    secrets = _secrets(desk)
    seen = await intruder.seen(desk)
    intruded = [claim_of(seen), *signs_of(seen)] if seen is not None else []
    intruded += await intruder.counted(desk, seen)
    exposed += [*intruded, *secrets, *refused, *destroyed]
    suspected = _suspected(breach, loss, bool(secrets or refused or seen), bool(destroyed))
    out = intruder.kept_out(desk, seen)
    if said is None:
        desk.ask("q5", "Is security touched, or was data lost or damaged?")
    if suspected != "neither":
        desk.ask("affected data", "Which data, and whose, may be exposed or lost?")
    summary = _summary(desk, suspected, exposed)
    for one in (summary, *exposed):
        cited = f" [{one.evidence[0]}]" if one.evidence else ""
        desk.say(f"{one.text}{cited}")
    serious = suspected not in ("neither", "UNKNOWN")
    return SecurityReport(
        summary=summary,
        suspected=suspected,  # type: ignore[arg-type]
        exposed=tuple(exposed),
        isolation=_isolation(desk, bool(secrets), out) if suspected != "neither" else (),
        preserve=tuple(_preserve(desk)),
        disclosure=tuple(_disclosure(desk)) if serious else (),
        action=out.action.id if out is not None else "",
        kind=out.action.kind if out is not None else "",
        params=out.params if out is not None else {},
        unknown=tuple(desk.unknown),
    )


def _reported(desk: Desk, category: str, theme: str) -> bool:
    return desk.state.category == category or theme in desk.state.themes


def _suspected(breach: bool | None, loss: bool | None, signs: bool, destroyed: bool) -> str:
    """What people say counts; a sign alone makes the question open, never the answer."""
    if breach and loss:
        return "both"
    if breach:
        return "breach"
    if loss:
        return "data loss"
    if breach is False and loss is False and not signs and not destroyed:
        return "neither"
    return "UNKNOWN"


def _secrets(desk: Desk) -> list[Claim]:
    """Values that looked like secrets where they should not be; redacted in the ledger."""
    return [
        claim(
            f"{plural(item.redactions, 'value')} that looked like a secret stood in "
            f"{quoted(item.source, 80)}; redacted here, still readable there.",
            item.eid,
        )
        for item in desk.state.evidence.values()
        if item.redactions and item.kind in ("log", "code", "health")
    ][:4]


async def _refused(desk: Desk) -> list[Claim]:
    """Requests refused for want of rights, where they became far more frequent."""
    began = desk.state.impact_started_at or desk.state.detected_at
    found: list[Claim] = []
    for reading, kept in await desk.logs(since=began - _BEFORE):
        times = [record.at for record in reading.records if record.at is not None]
        denied = [
            r for r in reading.records if status_of(r.fields) in _REFUSED and r.at is not None
        ]
        after = [record for record in denied if record.at is not None and record.at >= began]
        if not times or min(times) >= began or max(times) <= began or not after:
            continue
        before = len(denied) - len(after)
        expected = before * (max(times) - began) / (began - min(times))
        if len(after) >= 5 and len(after) > _MANY * max(1.0, expected):
            text = (
                f"{len(after)} requests were refused (401 or 403) since it began, {before} before."
            )
            found.append(claim(text, kept.at(after[0].line)))
    return found


async def _destroyed(desk: Desk) -> list[Claim]:
    """What between the versions changes stored data beyond return."""
    found: list[Claim] = []
    for item in desk.state.evidence.values():
        if item.kind != "code" or " diff " not in item.command:
            continue
        try:
            files = patch.parse(desk.bench.read(item.eid))
        except (KeyError, OSError):
            continue
        found += [
            claim(f"{mark.what} ({mark.path}).", item.eid) for mark in markers(files) if mark.blocks
        ]
    return found[:4]


def _summary(desk: Desk, suspected: str, exposed: list[Claim]) -> Claim:
    evidence = [item for one in exposed for item in one.evidence[:1]][:4]
    if suspected == "neither":
        return assumed("No sign of a breach or of lost data was found, and the reporter sees none.")
    if not evidence:
        return assumed(
            f"Suspected: {suspected}. Logs, diffs and answers at hand show no sign of their own."
        )
    return claim(f"Suspected: {suspected}. {plural(len(exposed), 'sign')} to look at.", *evidence)


def _isolation(desk: Desk, secrets: bool, out: intruder.KeptOut | None) -> tuple[str, ...]:
    """What could be cut off, and by what. Nothing of it is done here."""
    service, settings = desk.service, desk.bench.settings
    name = desk.state.service or "the service"
    found = [out.told] if out is not None else []
    found += [f"take {name} out of traffic; a person decides, for it is an outage for its users"]
    found += [
        f"by the catalogue: {quoted(action.title, 120)} ({action.id})"
        for action in settings.actions
        if action.kind in (*ISOLATING, "workaround", "configuration")
        and action.service in ("", name)
    ]
    if secrets:
        found.append("replace the credentials that stood in the log")
    for other in settings.services:
        if name in other.dependencies:
            found.append(f"check {other.name}, which uses {name}, before cutting it off")
    if service is not None:
        found += [f"check what {name} may reach: {dep}" for dep in service.dependencies]
    return tuple(found)


def _preserve(desk: Desk) -> list[str]:
    """What would tell what happened, where it lies; to be copied before anything is changed."""
    service = desk.service
    found = ["this incident's evidence folder and journal"]
    if service is not None:
        found += [f"log {path}, with its rotated files" for path in service.logs]
        found += [f"deploy log {service.deploy_log}"] if service.deploy_log else []
        found += [f"repository {service.repo} as it is"] if service.repo else []
        found += [f"what {service.name} keeps in {dep}" for dep in service.dependencies]
        found.append(f"memory and disk of the host that runs {service.name}, before a restart")
    return found


def _disclosure(desk: Desk) -> list[str]:
    """Who may have to be told; whether a rule applies is for the people named to say."""
    legal = _people(desk.bench.settings.holders("legal"))
    security = _people(desk.bench.settings.holders("security"))
    if not legal:
        desk.ask("legal", "Who decides on duties to report?")
    return [
        f"legal and compliance: {legal or 'UNKNOWN'}; security: {security or 'UNKNOWN'}",
        "supervisory authority: within 72 h of becoming aware, if personal data are concerned "
        "(GDPR Art. 33)",
        "those concerned: without undue delay, if their risk is high (GDPR Art. 34)",
        "those concerned and HHS: within 60 days, if health data are concerned (HIPAA)",
    ]


def _people(people: tuple[Person, ...]) -> str:
    return ", ".join(quoted(person.name, 64) for person in people)
