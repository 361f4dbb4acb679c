"""Something the service needs that failed: its errors name it, and it is seen down itself."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from orchestrator.evidence.analysis.outside.cause import ENOUGH, Cause, Said, Sign, began, share
from orchestrator.evidence.analysis.outside.episodes import OFTEN, Stretch, of_looks, of_times
from orchestrator.evidence.analysis.outside.families import REFUSED, UNREACHED

DOWN = 3
"""Looks in a row that fail before a part counts as down."""

APART = 2.5
"""Seconds without an error after which the next one is another stretch of trouble."""


@dataclass(frozen=True, slots=True)
class Part:
    """A part that is needed, as far as it was looked at."""

    name: str
    addresses: frozenset[str] = frozenset()
    """`host:port` under which it is called"""
    looks: tuple[tuple[float, bool], ...] = ()
    """every look since a while before the trouble: when, and whether it answered"""
    place: str = ""
    """how its looks are cited"""
    places: tuple[tuple[float, str], ...] = ()
    """how single looks are cited"""
    well: bool | None = None
    """what its health address says now; None where it was not asked"""
    health: str = ""
    """that answer in words"""
    health_place: str = ""

    def cite(self, at: float) -> str:
        """The look at a moment."""
        return next((place for when, place in self.places if when >= at - 0.001), self.place)


def causes(
    parts: Sequence[Part], primary: Sequence[Said], trouble_at: float, now: float
) -> list[Cause]:
    """One for each needed part that errors name, or that is seen down with the trouble."""
    found = [_cause(part, primary, trouble_at, now) for part in parts]
    return [one for one in found if one is not None]


def _cause(part: Part, primary: Sequence[Said], trouble_at: float, now: float) -> Cause | None:
    naming = [one for one in primary if named(part, one.text) and UNREACHED.search(one.text)]
    part_of = share(naming, primary)
    every = of_looks(part.looks, DOWN)
    downs = [one for one in every if one.ended >= trouble_at - _SLACK]
    ill = part.well is False
    if not naming and not downs:
        return None
    with_it = any(one.begun <= trouble_at + _SLACK for one in downs)
    if not naming and not with_it:
        return None
    seen = bool(downs) or ill
    lately = [one for one in every if one.ended >= trouble_at - LATELY]
    stretches = _stretches(naming, lately, now)
    flaps = len(stretches) >= OFTEN
    unreached = REFUSED.search(" ".join(one.text for one in naming)) is not None
    score = min(1.0, 0.55 * min(1.0, part_of / 0.5) + (0.35 if seen else 0.0) + 0.1 * unreached)
    kind = "flapping" if flaps else "dependency"
    return Cause(
        kind=kind,
        part=part.name,
        score=round(score, 3),
        text=_told(part, naming, stretches, flaps=flaps),
        signs=tuple(_signs(part, naming, lately if flaps else downs, flaps=flaps)),
        refuted_by=f"{part.name} answers while the errors go on",
        began_at=min((one.begun for one in downs), default=began(naming)),
        explains=part_of >= ENOUGH or (not primary and with_it),
        independent=seen or unreached,
        lasting=_lasts(part, stretches),
        words=frozenset({part.name.lower(), *part.addresses}),
        covers=tuple(one.place for one in naming),
    )


_SLACK = 10.0
LATELY = 300.0
"""Seconds before the trouble in which its coming and going counts."""


def named(part: Part, text: str) -> bool:
    """Whether a text speaks of this part, by its name or its address."""
    if re.search(rf"(?i)(?<![\w.-]){re.escape(part.name)}(?![\w-])", text):
        return True
    return any(
        re.search(rf"(?i)(?<![\w.-]){re.escape(address)}(?!\d)", text) for address in part.addresses
    )


def _stretches(naming: Sequence[Said], downs: Sequence[Stretch], now: float) -> list[Stretch]:
    """The stretches of trouble by whichever source tells them apart better."""
    said = of_times([at for one in naming for at in one.times], APART, now)
    return list(downs) if len(downs) > len(said) or not said else said


def _lasts(part: Part, stretches: Sequence[Stretch]) -> bool:
    """Whether it still fails, by the source that is nearest to it."""
    if part.looks:
        return not part.looks[-1][1] or part.well is False
    if part.well is not None:
        return not part.well
    return bool(stretches) and stretches[-1].open


def _told(part: Part, naming: Sequence[Said], stretches: list[Stretch], *, flaps: bool) -> str:
    count = sum(one.count for one in naming)
    if flaps:
        return f"{part.name} comes and goes: {len(stretches)} separate stretches of trouble so far"
    if naming:
        return f"{part.name}, which the service needs, fails: {count} new errors name it"
    return f"{part.name}, which the service needs, is down"


def _signs(
    part: Part,
    naming: Sequence[Said],
    downs: Sequence[Stretch],
    *,
    flaps: bool,
) -> list[Sign]:
    loud = sorted(naming, key=lambda one: (-one.count, one.place))[:2]
    said = [Sign(f"{one.count} new errors name {part.name}", one.place) for one in loud]
    for one in downs[:1]:
        state = "and has not since" if one.open else f"for {one.ended - one.begun:.0f} s or more"
        text = f"its own metrics page stopped answering {state}"
        said.append(Sign(f"{part.name}: {text}", part.cite(one.begun)))
    if flaps and len(downs) > 1:
        said.append(Sign(f"{part.name} was down {len(downs)} times", part.cite(downs[-1].begun)))
    if part.health_place:
        text = f"{part.name} says of itself: {part.health}"
        if part.well is False:
            said.append(Sign(text, part.health_place))
    return [one for one in said if one.place]
