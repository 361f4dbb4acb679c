"""Every further source of a service, asked once: cluster, database, alerts, certificates."""

import asyncio
from pathlib import Path

from orchestrator.checkup.found import Found, bad, ok, warn
from orchestrator.clock import Clock
from orchestrator.evidence.sources import looks
from orchestrator.evidence.sources.question import Question
from orchestrator.evidence.sources.source import SourceError
from orchestrator.settings import Service

_BEFORE = 1800.0
"""Seconds back that courses and logs are asked for."""


async def check(about: str, service: Service, root: Path, clock: Clock) -> list[Found]:
    """One line for each question, in the order an incident asks them.

    Of a place that answers nothing at all the first line tells enough.
    """
    questions = looks.every(service, root, clock, clock.now() - _BEFORE)
    answers = await asyncio.gather(*(_checked(about, question) for question in questions))
    asked = list(zip(questions, answers, strict=True))
    answering = {_place(question) for question, (_, answered) in asked if answered}
    silent: set[tuple[str, str]] = set()
    found = []
    for question, (one, _) in asked:
        place = _place(question)
        if place not in silent:
            found.append(one)
        if place not in answering:
            silent.add(place)
    return found


def _place(question: Question) -> tuple[str, str]:
    return question.about, question.source


async def _checked(about: str, question: Question) -> tuple[Found, bool]:
    """What there is to say, and whether the question was answered."""
    try:
        checked = await question.check()
    except SourceError as error:
        found = warn if question.optional else bad
        return found(about, question.about, question.named(str(error)), question.mend), False
    if checked.warning:
        return warn(about, question.about, checked.warning, checked.mend), True
    return ok(about, question.about, checked.said), True
