"""One message to one channel, once: written down before it is handed over, looked for before again.

A runner may die anywhere in here. The next one finds the trail: what was delivered stays delivered,
what was refused is tried again, and what was being handed over is looked up, sent again under the
same key where that is safe, or said to be unknown, which is a person's to settle.
"""

import asyncio
import contextlib
import logging
from collections.abc import Callable
from dataclasses import replace
from typing import Any, TypeVar

from orchestrator.clock import Clock
from orchestrator.comms.order import Carrier, Doubt, NotTaken, Order
from orchestrator.comms.outbox import Step, Trail
from orchestrator.own_thread import aside

log = logging.getLogger(__name__)

LONGEST = 300.0
"""Seconds between two attempts, at most."""

LOADING = 60.0
"""Seconds within which the library of a channel must be loaded."""

GRACE = 5.0
"""Seconds beyond a channel's own timeout after which its thread is given up."""

T = TypeVar("T")


class InDoubt(Exception):
    """It may have arrived or not, and the channel cannot be asked."""


async def deliver(
    order: Order,
    carrier: Callable[[], Carrier],
    trail: Trail,
    clock: Clock,
    *,
    sha256: str,
    retries: int,
    pause: float,
    timeout: float,
    say: Callable[[str], None],
) -> dict[str, Any]:
    """The report of the delivery: that it arrived, or why not. InDoubt when nobody can tell."""
    found = trail.read()
    if found.state in ("delivered", "failed"):
        return _report(found)
    if found.state == "unknown":
        raise InDoubt(found.detail)
    step = found if found.state else Step(sha256=sha256)
    try:
        way = await handed(carrier, LOADING)  # in a thread: apprise takes a second to load
    except (NotTaken, Doubt) as error:
        if step.doubt or step.state == "handing":
            return _doubt(trail, replace(step, detail=str(error)))
        return _over(trail, replace(step, state="failed", detail=str(error)))
    while True:
        step, final = await _once(order, way, trail, step, timeout)
        if step.state == "delivered":
            report = _over(trail, step)
            say(f"{step.detail}, attempt {step.attempt}")
            return report
        if step.state == "handing" and not way.repeatable:
            return _doubt(trail, step)
        if final or step.attempt > retries:
            if step.state == "handing" or step.doubt:
                return _doubt(trail, step)
            return _over(trail, replace(step, state="failed"))
        wait = min(pause * 2 ** (step.attempt - 1), LONGEST)
        say(f"attempt {step.attempt}: {step.detail}; again in {wait:g} s")
        await clock.sleep(wait)


async def _once(
    order: Order, way: Carrier, trail: Trail, step: Step, timeout: float
) -> tuple[Step, bool]:
    """Look where something was begun, else hand it over; and whether trying again is no use."""
    doubt = step.doubt or step.state == "handing"
    begun = replace(step, state="handing", attempt=step.attempt + 1, doubt=doubt, detail="")
    if step.state == "handing" and not way.repeatable:
        return replace(step, detail=step.detail or "the runner was cut short"), False
    try:
        if doubt and await handed(lambda: way.look(order), timeout):
            return replace(begun, state="delivered", detail="found there"), False
        await asyncio.to_thread(_begin, trail, begun)
        detail = await handed(lambda: way.hand(order), timeout)
        return replace(begun, state="delivered", detail=detail), False
    except NotTaken as error:
        refused = replace(begun, state="refused", detail=str(error))
        await asyncio.to_thread(_note, trail, refused)
        return refused, error.final
    except Doubt as error:
        return replace(begun, doubt=True, detail=str(error)), False
    except Exception as error:  # a carrier's bug tells nothing about the message
        # not its words: they may hold an address
        log.error("the carrier of %s failed: %s", order.key, type(error).__name__)
        return replace(begun, doubt=True, detail=type(error).__name__), False


def _begin(trail: Trail, step: Step) -> None:
    """Nothing is handed over that is not written down."""
    try:
        trail.write(step)
    except OSError as error:
        raise NotTaken(f"it cannot be written down: {error.strerror}") from None


def _note(trail: Trail, step: Step) -> None:
    """What is over is told to the journal in any case; a full disk must not turn it around."""
    with contextlib.suppress(OSError):
        trail.write(step)


def _over(trail: Trail, step: Step) -> dict[str, Any]:
    _note(trail, step)
    return _report(step)


def _doubt(trail: Trail, step: Step) -> dict[str, Any]:
    _note(trail, replace(step, state="unknown"))
    raise InDoubt(step.detail)


def _report(step: Step) -> dict[str, Any]:
    return {
        "delivered": step.state == "delivered",
        "detail": step.detail,
        "attempts": step.attempt,
        "sha256": step.sha256,
    }


async def handed(work: Callable[[], T], timeout: float) -> T:
    """What a channel says. Doubt when it takes longer than it should."""
    try:
        return await aside(work, timeout + GRACE, "delivery")
    except TimeoutError:
        raise Doubt(f"no answer within {timeout + GRACE:g} s") from None
