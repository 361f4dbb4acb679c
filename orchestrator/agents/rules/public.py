"""Words for the public: what users notice and why, without a name from inside."""

import re
from collections.abc import Mapping

from orchestrator.agents.rules.answers import answer
from orchestrator.agents.rules.desk import UNKNOWN, Desk, assumed, claim
from orchestrator.agents.rules.earlier import known, restated
from orchestrator.agents.rules.moments import moments
from orchestrator.agents.rules.words import opened
from orchestrator.model.events import Json
from orchestrator.model.reports import claims as claims_of
from orchestrator.model.reports.claims import Claim
from orchestrator.model.reports.communication import MessageReport
from orchestrator.model.state import State
from orchestrator.settings import Settings

MOST, ALL, SOME = 0.5, 0.9, 0.01

_INSIDE = re.compile(
    r"(?i)\b(?=[0-9a-f]*\d)[0-9a-f]{7,64}\b"  # a commit, a digest, an id
    r"|\b\d{1,3}(?:\.\d{1,3}){3}\b|(?:\b[0-9a-f]{1,4}:){3}"  # an address
    r"|[\w-]*[a-z][\w-]*\.[a-z]\w*|\blocalhost\b|[a-z]:\d{2,5}\b|\bhttps?:"  # a host, a file
    r"|@[\w-]|[/\\]\w+[/\\.]\w|\bE\d+\b|\bINC-"
    r"|\w_\w|(?-i:[a-z][A-Z])|(?-i:\w(?:Error|Exception)\b)|\b5\d\d\b|\w\(\)"  # code, a status
)
"""What no text for the public carries."""


async def status_page(desk: Desk) -> MessageReport:
    """A text for users: every sentence of it could be shown to anybody."""
    desk.steers()
    state = desk.state
    over = state.resolution == "RESOLVED"
    symptom = (await _over(desk)) if over else await _symptom(desk)
    cause = _cause(state)
    if not known(symptom):
        desk.ask("user impact", "What do users notice?")
    for what, said in (("What users notice", symptom), ("Cause", cause)):
        desk.tell(what, said)
    return MessageReport(
        summary=symptom,
        user_impact=symptom,
        business_impact=UNKNOWN,
        cause=cause,
        eta=claims_of.UNKNOWN,
        compliance=claims_of.UNKNOWN,
        reputation=claims_of.UNKNOWN,
        action_needed="NONE",
        public_symptom=symptom.text,
        unknown=tuple(desk.unknown),
    )


def public(text: str, settings: Settings, state: State) -> bool:
    """True when a sentence names nothing from inside: no id, host, file, error, person, service."""
    if _INSIDE.search(text):
        return False
    said = {word.lower() for word in re.findall(r"[\w'-]+", text)}
    return not said & _names(settings, state)


def _names(settings: Settings, state: State) -> set[str]:
    """Names of people and of services that are no plain word of what users use."""
    people = [p.name for p in settings.people] + [str(p.get("name", "")) for p in state.people]
    people += [*state.roles.values(), state.acknowledged_by]
    found = {part for name in people for part in re.findall(r"\w{2,}", name.lower())}
    found |= {s.name.lower() for s in settings.services if re.search(r"[-_.\d]", s.name)}
    found |= {
        name.lower()
        for service in settings.services
        for name in (*service.dependencies, service.signals.in_use)
        if name
    }
    return found


async def _symptom(desk: Desk) -> Claim:
    """A person's words where they name nothing from inside, else the measured effect in words."""
    state = desk.state
    said = await answer(desk, "q1", "user impact")
    if said is not None and not said.none:
        if public(said.text, desk.bench.settings, state):
            own = opened(said.text).rstrip(".") + "."
            return claim(effect({"effect": said.text.lower()}) or own, said.eid)
        desk.bench.warn("the reported impact names things from inside; it is not used in public")
    report = state.told("triage/impact")
    measured = restated(report.get("why"))
    if not known(measured):
        measured = restated(state.told("detect/record").get("user_impact"))
    text = effect(report) if report else ""
    if not text:
        return UNKNOWN
    return claim(text, *measured.evidence) if measured.evidence else assumed(text)


async def _over(desk: Desk) -> Claim:
    journal = await moments(desk)
    return claim("The service works as usual again.", journal.cite("resolved"))


def effect(report: Mapping[str, object]) -> str:
    """The measured effect in users' words; empty when there is none to tell of."""
    share, kind = report.get("affected_share"), report.get("effect")
    part = float(share) if isinstance(share, int | float) else None
    if (part is not None and part >= ALL) or kind == "complete outage":
        return "The service is not available at the moment."
    if part is not None and part > MOST:
        return "Most requests to the service fail at the moment."
    if part is not None and part >= SOME:
        return "Some requests to the service fail, and others may be slow."
    if kind in ("severe degradation", "minor issue"):
        return "The service is slower than usual."
    return ""


def _cause(state: State) -> Claim:
    evidence = tuple(str(item) for item in state.cause.get("evidence", ()))
    if evidence and state.cause.get("verdict") in ("CONFIRMED", "LIKELY"):
        return claim("We know what is likely to have caused this.", *evidence)
    return UNKNOWN


def public_cause(state: State, verdict: Json) -> str:
    """The cause for the public, by its kind alone; UNKNOWN where nobody knows it."""
    if state.cause.get("verdict") not in ("CONFIRMED", "LIKELY"):
        return claims_of.UNKNOWN
    sure = state.cause["verdict"] == "CONFIRMED"
    caused = "caused this." if sure else "is likely to have caused this."
    if state.cause.get("culprit"):
        return f"A recent change on our side {caused}"
    if any(one.get("kind") == "traffic" for one in verdict.get("external", ())):
        return f"Far more traffic than usual {caused}"
    return claims_of.UNKNOWN
