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
    """One line for each question, in the order an incident asks them."""
    questions = looks.every(service, root, clock, clock.now() - _BEFORE)
    return list(await asyncio.gather(*(_checked(about, question) for question in questions)))


async def _checked(about: str, question: Question) -> Found:
    try:
        checked = await question.check()
    except SourceError as error:
        found = warn if question.optional else bad
        return found(about, question.about, question.named(str(error)), question.mend)
    if checked.warning:
        return warn(about, question.about, checked.warning, checked.mend)
    return ok(about, question.about, checked.said)
