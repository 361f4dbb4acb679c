"""Whose turn it is, now and in the next two weeks, and whether they can be woken."""

import os
from pathlib import Path

from orchestrator.checkup.found import Found, bad, ok, warn
from orchestrator.clock import Clock, iso
from orchestrator.comms.oncall import DAY, gaps, on_call
from orchestrator.comms.page import address_of
from orchestrator.comms.rotations import AHEAD, NoRotation, Rotations
from orchestrator.settings import Person, Rotation, Settings

WATCHED = 14 * DAY
"""How far ahead a gap is looked for."""

NAMED = 3
"""Gaps that are named one by one."""


async def check(settings: Settings, root: Path, clock: Clock) -> list[Found]:
    """All rotations, and everybody's credential and page address."""
    now = clock.now()
    read, found = Rotations(settings, root), []
    for each in settings.rotations:
        found += await _rotation(each, settings, read, now)
    found += [one for person in settings.people for one in _person(person, settings)]
    paged = [person.name for person in settings.people if person.page]
    if settings.rotations and not paged:
        why = "nobody has a page address: the war room shows whom to call"
        found.append(warn("people", "page", why, 'set page = "ONCALL_URL" at those on call'))
    return found


async def _rotation(
    rotation: Rotation, settings: Settings, read: Rotations, now: float
) -> list[Found]:
    about = f"rotation {rotation.name}"
    try:
        known = await read.shifts(rotation, now, now + AHEAD)
    except NoRotation as error:
        return [bad(about, "shifts", str(error), "export it again, or list people in turn")]
    found = []
    for name, at in (("now", now), ("in 24 h", now + DAY)):
        duty = on_call(known, at)
        if not duty.people:
            mend = "name somebody for that time"
            found.append(bad(about, name, f"nobody is {rotation.role}", mend))
            continue
        first = settings.person(duty.people[0])
        away = first is not None and first.unavailable
        said = f"{rotation.role}: {', then '.join(duty.people[:3])}"
        if away:
            mend = "override the shift, or set who is there"
            found.append(warn(about, name, f"{said}; {duty.people[0]} is unavailable", mend))
        elif len(duty.people) < 2:
            found.append(warn(about, name, f"{said}; nobody is second", "add a second person"))
        else:
            found.append(ok(about, name, said))
    open_ = gaps(known, now, now + WATCHED)
    if open_:
        named = ", ".join(f"{iso(a)[:16]}Z to {iso(b)[:16]}Z" for a, b in open_[:NAMED])
        more = f" and {len(open_) - NAMED} more" if len(open_) > NAMED else ""
        found.append(bad(about, "gaps", f"nobody is on call {named}{more}", "fill the shifts"))
    else:
        found.append(ok(about, "gaps", "none in 14 days"))
    return found


def _person(person: Person, settings: Settings) -> list[Found]:
    about, found = f"person {person.name}", []
    same = [one.name for one in settings.people if one.token_sha256 == person.token_sha256]
    if person.token_sha256 and same[0] != person.name:
        why = f"is {same[0]}'s token, too: two persons need two credentials"
        found.append(bad(about, "token", why, "make a new one, and write its SHA-256"))
    said = person.page.get_secret_value().strip()
    if said and "://" not in said and not os.environ.get(said):
        why = f"the environment variable {said} is empty here"
        found.append(warn(about, "page", why, "set it where the runner starts"))
    elif said:
        found.append(_known_address(about, address_of(settings, person.name)))
    return found


def _known_address(about: str, address: str) -> Found:
    import apprise  # 0.4 s that only somebody with a page address needs

    if apprise.Apprise().add(address):
        return ok(about, "page", f"by {address.split('://')[0]}; nothing was sent")
    why = "its page address is none that apprise knows"
    return bad(about, "page", why, "write it as apprise's documentation does")
