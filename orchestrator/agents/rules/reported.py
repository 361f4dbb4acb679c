"""What a person reported of the impact, for where instruments are silent."""

import re
from dataclasses import dataclass

from orchestrator.agents.rules import answers
from orchestrator.agents.rules.desk import UNKNOWN, Desk, claim
from orchestrator.agents.rules.earlier import known
from orchestrator.agents.rules.impact import Impact
from orchestrator.agents.rules.words import clock_time
from orchestrator.model.business import topics
from orchestrator.model.reports import claims as claims_of
from orchestrator.model.reports.claims import Claim

_NEAR = 7200.0
"""Seconds to a breach that count as imminent."""


async def user_impact(desk: Desk) -> Claim:
    """What users notice, in the reporter's words."""
    said = await answers.answer(desk, "q1", "user impact")
    return answers.told(said) if said is not None else UNKNOWN


async def start(desk: Desk) -> Impact | None:
    """When it began, as far as the answer names a time before detection."""
    said = await answers.answer(desk, "q3", "impact start")
    if said is None:
        return None
    at = answers.moment(said.text, desk.bench.state.detected_at)
    if at is None:
        return None
    how = f'a person reported "{said.text}"; no metric or log dates it (taken as UTC)'
    desk.say(f"By a person's word it began at {clock_time(at)} [{said.eid}].")
    return Impact(at, how, (said.eid,), "reported")


async def users(desk: Desk) -> str:
    """How many users, by a person's word and the settings; UNKNOWN where neither tells."""
    counted = await answers.answer(desk, "affected users")
    if counted is not None:
        return counted.text
    said = await answers.answer(desk, "q2")
    if said is None:
        return claims_of.UNKNOWN
    part = answers.share(said.text)
    text = f"{said.text} of users" if part is None else f"{_as_percent(said.text)} of users"
    service = desk.service
    if part is not None and service is not None and service.users:
        text += f", about {round(part * service.users)} of {service.users}"
    return f"{text} (a person's word)"


def _as_percent(text: str) -> str:
    return text if "%" in text or not text[-1:].isdigit() else f"{text} %"


async def data_loss(desk: Desk) -> tuple[str, tuple[Claim, ...]]:
    """`yes`, `no` or UNKNOWN, and the words it rests on."""
    said = await answers.answer(desk, "data loss", "q5")
    if said is None:
        return claims_of.UNKNOWN, ()
    _, loss = answers.breach_or_loss(said.text)
    if loss is None:
        return claims_of.UNKNOWN, ()
    stated = answers.told(said)
    return ("yes" if loss else "no"), (claim(f"Data loss: {stated.text}", *stated.evidence),)


async def business(desk: Desk) -> dict[str, str]:
    """Revenue, compliance, reputation and safety, each by its own answer or the intake's one."""
    found = {
        name: await answers.words_on(desk, name)
        for name in ("revenue", "compliance", "reputation", "safety")
    }
    overall = await answers.answer(desk, "q6", "business impact")
    if overall is not None:
        for name in topics(overall.text):
            if found[name] == claims_of.UNKNOWN:
                found[name] = f'named by a person: "{overall.text}"'
    return found


def joined(measured: Claim, said: Claim) -> Claim:
    """What was measured with what was said beside it."""
    if not known(measured):
        return said
    return claim(f"{measured.text} {said.text}", *measured.evidence, *said.evidence)


@dataclass(frozen=True, slots=True)
class Promise:
    """The state of the SLA by a person's word: what is left of the budget, and until when."""

    left: float | None
    breach_in: float | None
    calm: bool
    """they say that it is not at risk"""
    said: Claim

    @property
    def near(self) -> bool:
        """True when the breach is imminent, or was."""
        return self.left == 0 or (self.breach_in is not None and self.breach_in < _NEAR)

    @property
    def level(self) -> str:
        """MEDIUM when the breach is known to be far, else HIGH: unsure means higher."""
        if self.near:
            return "HIGH"
        far = self.breach_in is not None or (self.left is not None and self.left >= 0.5)
        return "MEDIUM" if far or self.calm else "HIGH"


async def promise(desk: Desk) -> Promise | None:
    """What a person says of the SLA; None when nobody said anything."""
    said = await answers.answer(desk, "SLA status", "q8")
    if said is None:
        return None
    left, breach = answers.budget(said.text)
    calm = re.search(r"(?i)\b(not|no|never)\b.{0,12}\brisk\b", said.text) is not None
    return Promise(left, breach, calm, answers.told(said))
