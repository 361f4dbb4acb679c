"""Who is there when it counts: every role the flow asks for, and a way to reach each person."""

import pwd

from orchestrator.checkup.found import Found, bad, ok, warn
from orchestrator.settings import Person, Settings

NEEDED = ("commander", "on-call", "tier2", "tier3")
"""Roles without which an incident comes to a stop."""

USEFUL = (
    "technical-lead",
    "communications-lead",
    "engineering-manager",
    "architect",
    "deployment-manager",
    "management",
    "executive",
    "security",
    "legal",
    "support-lead",
)
"""Roles that some incidents ask for; nobody there means asking for a name in the middle of one."""


def check(settings: Settings, uid: int) -> list[Found]:
    """All people, all roles, and who the caller is."""
    if not settings.people:
        return [
            bad("people", "everybody", "nobody is named", "add [[people]] with name, uid, roles")
        ]
    found = [one for person in settings.people for one in _person(person, settings)]
    found += _roles(settings)
    if settings.person_for_uid(uid) is None:
        why = f"you (uid {uid}) are none of them: your keys count as nobody's"
        found.append(warn("people", "you", why, f"set uid = {uid} at your name"))
    without = [person.name for person in settings.people if not person.contact]
    if without:
        why = f"none known of {', '.join(without)}"
        found.append(warn("people", "contact", why, 'set contact = "how to reach them"'))
    return found


def _person(person: Person, settings: Settings) -> list[Found]:
    about = f"person {person.name}"
    found = []
    if person.uid is None and not person.token_sha256:
        why = "no uid: nobody can act under this name"
        found.append(warn(about, "uid", why, "set uid, as `id -u` prints it for them"))
    elif person.uid is None:
        found.append(ok(about, "token", f"by token, {', '.join(person.roles) or 'no role'}"))
    elif next(other for other in settings.people if other.uid == person.uid) is not person:
        why = f"uid {person.uid} is somebody else's, too: keys count as the first one's"
        found.append(bad(about, "uid", why, "give each person a uid of their own"))
    elif not settings.drill and not _known(person.uid):
        why = f"uid {person.uid} is no user of this machine"
        found.append(bad(about, "uid", why, "correct it, as `id -u` prints it for them"))
    if person.unavailable:
        stand_in = settings.person(person.backup)
        if stand_in is None:
            why = "is away and nobody stands in"
            found.append(warn(about, "backup", why, 'set backup = "another person"'))
        elif stand_in.unavailable:
            why = f"is away, and so is {stand_in.name}"
            found.append(warn(about, "backup", why, "name somebody who is there"))
    if not found:
        found.append(ok(about, "uid", f"uid {person.uid}, {', '.join(person.roles) or 'no role'}"))
    return found


def _roles(settings: Settings) -> list[Found]:
    found = []
    for role in NEEDED:
        holders = settings.holders(role)
        there = [person.name for person in holders if not _away(person, settings)]
        if not holders:
            mend = f'put "{role}" into somebody\'s roles'
            found.append(bad("people", role, "nobody has this role", mend))
        elif not there:
            why = f"away, without anybody standing in: {', '.join(one.name for one in holders)}"
            found.append(bad("people", role, why, "name somebody who is there"))
        else:
            found.append(ok("people", role, ", ".join(there)))
    empty = [role for role in USEFUL if not settings.holders(role)]
    if empty:
        mend = "put them into somebody's roles, or be asked for a name then"
        found.append(warn("people", "roles", f"nobody is {', '.join(empty)}", mend))
    return found


def _away(person: Person, settings: Settings) -> bool:
    """Away, and nobody who is there stands in."""
    stand_in = settings.person(person.backup)
    return person.unavailable and (stand_in is None or stand_in.unavailable)


def _known(uid: int) -> bool:
    try:
        pwd.getpwuid(uid)
    except KeyError:
        return False
    return True
