"""What users do, done once more: each journey of a service step by step, and its health address.

A check of a journey needs no baseline: it passes when every step answered what the operator says.
"""

import asyncio
from typing import Any

from orchestrator.evidence.sources import web
from orchestrator.evidence.sources.source import SourceError
from orchestrator.settings import Service
from orchestrator.settings_journeys import Journey, Step

HEALTH_TIMEOUT = 5.0


async def walk(service: Service) -> list[dict[str, Any]]:
    """A check for each journey, and one for the health address where the settings name one."""
    asked = [_journey(journey) for journey in service.journeys]
    if service.health:
        asked.append(_health(service.health))
    return list(await asyncio.gather(*asked))


async def _health(address: str) -> dict[str, Any]:
    try:
        answer = await web.ask(address, HEALTH_TIMEOUT, follow=False)
    except SourceError as error:
        return _check("health", str(error))
    return _check("health", "" if answer.good else f"answers {answer.status}")


async def _journey(journey: Journey) -> dict[str, Any]:
    for number, step in enumerate(journey.steps, start=1):
        wrong = await _wrong(journey.url + step.path, step)
        if wrong:
            return _check(f"journey: {journey.name}", f"step {number}, {step.path}: {wrong}")
    return _check(f"journey: {journey.name}", "")


async def _wrong(address: str, step: Step) -> str:
    """What is not as it should be; empty when all is."""
    try:
        answer = await web.ask(
            address, step.timeout, follow=False, method=step.method, body=step.body
        )
    except SourceError as error:
        return str(error)
    if answer.status != step.status:
        return f"answers {answer.status}, not {step.status}"
    if step.contains not in answer.body:
        return f"does not say {step.contains!r}"
    return ""


def _check(name: str, wrong: str) -> dict[str, Any]:
    return {
        "name": name,
        "state": "fail" if wrong else "pass",
        "value": None,
        "baseline": None,
        "limit": None,
        "unit": "",
        "why": wrong,
    }
