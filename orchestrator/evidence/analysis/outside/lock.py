"""A lock that somebody keeps: writers wait in vain, and what they hold meanwhile runs out too."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from orchestrator.evidence.analysis.outside.cause import (
    ENOUGH,
    Cause,
    Line,
    Said,
    Sign,
    began,
    share,
)
from orchestrator.evidence.analysis.outside.families import LOCKED
from orchestrator.evidence.analysis.outside.primary import exhausted, primary


@dataclass(frozen=True, slots=True)
class Held:
    """Who holds a lock, and the line that says so."""

    pid: str
    line: Line


_HOLDS = re.compile(
    r"(?i)\b(?:held by|holds?|holding|holder|owner|owned by|blocks|blocking|blocker|behind)\b"
)
_WAITS = re.compile(r"(?i)\b(?:waits?|waiting|waiters?|blocked)\b")
_PID = re.compile(r"(?i)\b(?:pid|process|session|holder|backend)\b[\s:=#\"']{1,4}(\d{1,10})\b")


def cause(service: str, said: Sequence[Said], held: Held | None) -> Cause | None:
    """The lock that what fails waits for; `held`: who keeps it, where that could be seen.

    Writers may wait long before they give up: until then only what they hold meanwhile runs out,
    and whoever keeps the lock from look to look is all that shows it.
    """
    first = primary(said)
    waiting = [one for one in first if LOCKED.search(one.text)]
    drained = [one for one in said if exhausted(one)]
    if not waiting and (held is None or not drained or first):
        return None
    count = sum(one.count for one in waiting)
    text = f"{count} writes waited in vain for a lock in the database"
    if not waiting:
        text = "a lock in the database is kept, and whoever waits for it keeps a connection"
    signs = [Sign(f"{one.count} new errors say that it is locked", one.place)
             for one in sorted(waiting, key=lambda one: -one.count)[:2]]  # fmt: skip
    if held is not None:
        text += f"; process {held.pid} holds it ({held.line.text.strip()[:100]})"
        signs.append(Sign(f"who holds it: {held.line.text.strip()[:160]}", held.line.place))
    part_of = share(waiting, first)
    score = min(1.0, 0.6 * min(1.0, part_of / 0.5) + (0.35 if held is not None else 0.0))
    return Cause(
        kind="lock",
        part=service,
        score=round(score if waiting else 0.6, 3),
        text=text,
        signs=tuple(signs),
        refuted_by="writes still fail once nobody holds the lock",
        began_at=began(waiting or drained),
        explains=part_of >= ENOUGH or not waiting,
        independent=held is not None,
        params=(("holder", held.pid),) if held is not None else (),
        words=frozenset({"begin", "transaction", "commit", "lock", "busy_timeout", "isolation"}),
        covers=tuple(one.place for one in waiting),
    )


def kept(
    before: Sequence[Line], after: Sequence[Line], service: str, own: frozenset[str]
) -> Held | None:
    """Who holds a lock in two looks some time apart, and is none of the service's own processes.

    A write takes the lock for a moment; only who has it again is in the way.
    """
    then, now = holder(before), holder(after)
    if then is None or now is None or then.pid != now.pid or now.pid in own:
        return None
    named = re.search(rf"(?<![\w-]){re.escape(service)}(?![\w-])", now.line.text)
    return None if named else now


def holder(answers: Sequence[Line]) -> Held | None:
    """The process that an answer says holds a lock, and the line that says so.

    A line may speak of both; whoever is named after the word of holding is meant.
    """
    for line in answers:
        at = _HOLDS.search(line.text)
        if at is None:
            continue
        waits = _WAITS.search(line.text)
        after = _PID.search(line.text, at.start())
        before = list(_PID.finditer(line.text, 0, at.start()))
        if _names_before(line.text[at.start() : at.end()]) and before:
            return Held(before[-1].group(1), line)
        if after is not None:
            return Held(after.group(1), line)
        if before and (waits is None or waits.start() > at.start()):
            return Held(before[-1].group(1), line)
    return None


def _names_before(word: str) -> bool:
    """`pid 7 holds`, against `held by pid 7`."""
    return word.lower() in ("hold", "holds", "holding", "blocks", "blocking")
