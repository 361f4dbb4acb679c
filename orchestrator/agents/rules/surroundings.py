"""What surrounds a service, as far as its settings name it: cluster, database, alerts and more.

Everything is asked at once, each answer is filed as evidence, each claim cites it.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass

from orchestrator.agents.contract import Observation
from orchestrator.agents.rules.desk import Desk, assumed, claim
from orchestrator.agents.rules.opinion import folder
from orchestrator.agents.rules.words import opened, quoted
from orchestrator.evidence.analysis.outside.cause import Cause, Line
from orchestrator.evidence.sources import looks
from orchestrator.evidence.sources.question import Question, Reading
from orchestrator.evidence.sources.source import SourceError
from orchestrator.model.reports.claims import Claim
from orchestrator.model.reports.tiers import Check, Hypothesis

_REMARKS = 3
_LINES = 400

_TESTS = {
    "database": "end what they wait for, and watch whether they go on",
    "certificate": "connect as a client does, and read why it refuses",
}
"""What would show that such a state is the cause."""

_CAUSES = {"blocking chains": "lock", "waiting locks": "lock", "certificate": "certificate"}
"""The kind of cause outside the changes that tells the same as an answer."""


@dataclass(frozen=True, slots=True)
class Seen:
    """A question and what is said of its answer; without evidence it could not be told."""

    question: Question
    claim: Claim
    ill: bool
    lines: tuple[Line, ...] = ()
    """of the answer, as far as they are kept"""
    remarks: tuple[Line, ...] = ()
    """what the answer shows, in our own words first"""

    @property
    def told(self) -> bool:
        return bool(self.claim.evidence)


async def checks(desk: Desk) -> list[Check]:
    """What Tier 1 collects of it."""
    service = desk.service
    if service is None:
        return []
    asked = looks.first_look(service, desk.bench.root, desk.bench.clock)
    return [
        Check(
            name=f"{seen.question.about}: {seen.question.name}",
            state="bad" if seen.ill else "ok" if seen.told else "unknown",
            finding=seen.claim,
        )
        for seen in await look(desk, asked)
    ]


def reasons(states: Sequence[Check]) -> list[str]:
    """What calls for Tier 2 among those checks."""
    ill = {check.name.partition(":")[0] for check in states if check.state == "bad"}
    said = {
        "database": "the database or its connection pool is suspected",
        "kubernetes": "the infrastructure is suspected",
        "certificate": "a certificate is suspected",
    }
    return [why for about, why in said.items() if about in ill]


async def deep(desk: Desk, since: float) -> list[Seen]:
    """What Tier 2 reads of it, since a moment; nothing where the incident is a recorded one."""
    service = desk.service
    if service is None or folder(desk) is not None:
        return []
    asked = looks.deep_look(service, desk.bench.root, desk.bench.clock, since)
    return await look(desk, asked)


async def look(desk: Desk, questions: Sequence[Question]) -> list[Seen]:
    """Ask all at once, in the order given; what cannot be told is said in the pane."""
    for question in questions:
        desk.bench.call(question.command)
    answers = await asyncio.gather(*(_asked(question) for question in questions))
    pairs = zip(questions, answers, strict=True)
    return [await _seen(desk, question, answer) for question, answer in pairs]


async def _asked(question: Question) -> Reading | SourceError:
    try:
        return await question.read()
    except SourceError as error:
        return error


async def _seen(desk: Desk, question: Question, answer: Reading | SourceError) -> Seen:
    if isinstance(answer, SourceError):
        why = quoted(str(answer), 200)
        desk.bench.warn(f"{question.name} not available, because {why}")
        text = f"{opened(question.about)}, {question.name}: not available, because {why}."
        return Seen(question, assumed(text), ill=False)
    first = quoted(answer.remarks[0].text, 120)
    desk.bench.out(question.named(first))
    kept = await desk.file(
        Observation(
            kind=question.kind,
            source=question.source,
            command=question.command,
            summary=first,
            content=answer.content,
            truncated=answer.truncated,
            from_at=answer.from_at or desk.now,
            to_at=answer.to_at or desk.now,
        )
    )
    told = answer.remarks[:_REMARKS]
    text = "; ".join(quoted(remark.text, 240) for remark in told)
    cited = [kept.at(remark.line) for remark in told]
    lines = [
        Line(line, kept.at(number))
        for number, line in enumerate(answer.content.splitlines()[:_LINES], start=1)
    ]
    remarks = tuple(Line(one.text, kept.at(one.line)) for one in answer.remarks)
    return Seen(question, claim(f"{opened(text)}.", *cited), answer.ill, tuple(lines), remarks)


def hypotheses(
    seen: Sequence[Seen], *, explained: bool, causes: Sequence[Cause] = ()
) -> list[Hypothesis]:
    """One for each kind of state that by itself may be the cause, and is none of `causes` yet.

    Ill now is not yet ill first: beside a change that explains it, it stays a second guess.
    """
    told = {one.kind for one in causes if one.explains or one.independent}
    found: dict[str, Hypothesis] = {}
    for one in seen:
        about = one.question.about
        if _CAUSES.get(one.question.name, _CAUSES.get(about)) in told:
            continue
        if one.ill and about in _TESTS and about not in found:
            found[about] = Hypothesis(
                id="H4",
                statement=one.claim.text.rstrip("."),
                supporting=(one.claim,),
                refuting=(),
                test=_TESTS[about],
                status="supported",
                confidence=0.3 if explained else 0.65,
            )
    return list(found.values())
