"""When the review meets, computed from the state alone, and the invitation for calendars."""

from dataclasses import dataclass
from datetime import UTC, datetime

from orchestrator.clock import iso
from orchestrator.documents.inert import plain
from orchestrator.model.deadlines import promises
from orchestrator.model.policy import promise_ends
from orchestrator.model.state import State

HOUR = 3600.0
LENGTH = HOUR
OPENS, CLOSES = 9, 17
"""Working hours, UTC, Monday to Friday; a meeting begins and ends within them."""

AGENDA = (
    ("Timeline reconstruction", 10),
    ("Root cause analysis", 15),
    ("Contributing factors", 10),
    ("What went well", 10),
    ("What could improve", 10),
    ("Prevention", 15),
)
"""Items and minutes; the last may run over into what the others leave."""

EXTENDED = (("Forensics and disclosure", 20),)
"""What the review of a possible breach or loss of data has besides."""


def agenda(state: State) -> tuple[tuple[str, int], ...]:
    """The items of this incident's review."""
    return (*AGENDA, *EXTENDED) if "security" in state.exceptions else AGENDA


def length(state: State) -> float:
    """Seconds it takes."""
    return LENGTH + sum(60.0 * minutes for _, minutes in agenda(state)[len(AGENDA) :])


@dataclass(frozen=True, slots=True)
class Attendee:
    """Who is asked to come: a role, and the person who held it where one is known."""

    role: str
    person: str
    required: bool
    facilitator: bool = False


@dataclass(frozen=True, slots=True)
class Meeting:
    """The review meeting."""

    start: float
    end: float
    by: float
    """until when the review is promised"""
    note: str
    """why it lies outside working hours or behind the promise; empty when it does not"""


def meeting(state: State) -> Meeting | None:
    """The next full hour in working hours within the promised time; None where none is promised.

    Where the promise holds no working hour, the next hour of a day between 9 and 17 UTC; where it
    does not hold such an hour either, the next working hour after it. Both are said.
    """
    limit = promises(state.policy, state).review
    if limit is None or not state.resolved_at:
        return None
    by = promise_ends(state.policy, state.severity, state.resolved_at, limit)
    first = (state.resolved_at // HOUR + 1) * HOUR
    hours = [first + HOUR * n for n in range(14 * 24)]
    within = [start for start in hours if start <= by]
    for start in within:
        if _by_day(start) and _weekday(start):
            return Meeting(start, start + length(state), by, "")
    for start in within:
        if _by_day(start):
            why = "no working day lies within the promised time"
            return Meeting(start, start + length(state), by, why)
    start = next(start for start in hours if _by_day(start) and _weekday(start))
    why = "no working hour lies within the promised time"
    return Meeting(start, start + length(state), by, why)


def attendees(state: State) -> tuple[Attendee, ...]:
    """By the incident's roles; support when users were hit."""
    owner = state.tiers[2].who if 2 in state.tiers else _person(state, "component-owner")
    invited = [
        Attendee("Incident commander", _person(state, "commander"), True, facilitator=True),
        Attendee("On-call engineer", _person(state, "on-call"), True),
        Attendee("Component owner", owner, True),
        Attendee("Reliability engineer", _person(state, "reliability-engineer"), True),
    ]
    if state.impact != "LOW":
        invited.append(Attendee("Support lead", _person(state, "support-lead"), True))
    invited.append(Attendee("Product owner", _person(state, "product-owner"), False))
    invited.append(Attendee("Project manager", _person(state, "project-manager"), False))
    breach = "security" in state.exceptions
    invited.append(Attendee("Security gatekeeper", _person(state, "security"), breach))
    if breach:
        invited.append(Attendee("Legal", _person(state, "legal"), True))
    return tuple(invited)


def calendar(state: State) -> str:
    """The invitation as an RFC 5545 calendar with one event; empty where no review is promised."""
    met = meeting(state)
    if met is None:
        return ""
    items = "\n".join(f"{name} ({minutes} min)" for name, minutes in agenda(state))
    about = f"Review of {state.incident}: {plain(state.title)}. Blameless.\n{items}"
    lines = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//warroom//post-incident review//EN",
        "CALSCALE:GREGORIAN",
        "METHOD:REQUEST",
        "BEGIN:VEVENT",
        f"UID:{_token(state.incident)}-{_stamp(state.detected_at)}@warroom.invalid",
        f"DTSTAMP:{_stamp(state.resolved_at)}",
        f"DTSTART:{_stamp(met.start)}",
        f"DTEND:{_stamp(met.end)}",
        f"SEQUENCE:{state.reopened}",
        f"SUMMARY:{_text(f'Post-incident review {state.incident}: {plain(state.title)}')}",
        f"DESCRIPTION:{_text(about)}",
        "CATEGORIES:INCIDENT REVIEW",
        _organizer(state),
        *(_attendee(state, one) for one in attendees(state)),
        "STATUS:TENTATIVE",
        "END:VEVENT",
        "END:VCALENDAR",
    ]
    return "".join(f"{_folded(line)}\r\n" for line in lines)


def _organizer(state: State) -> str:
    """A request must name one (RFC 5546): whoever facilitates."""
    first = next(one for one in attendees(state) if one.facilitator)
    return f'ORGANIZER;CN="{_quoted(_called(first))}":{_address(state, first)}'


def _attendee(state: State, one: Attendee) -> str:
    """By role name; whoever need not come is said to be optional."""
    role = "CHAIR" if one.facilitator else "REQ-PARTICIPANT" if one.required else "OPT-PARTICIPANT"
    return f'ATTENDEE;ROLE={role};CN="{_quoted(_called(one))}":{_address(state, one)}'


def _called(one: Attendee) -> str:
    return one.role if one.person == "UNKNOWN" else f"{one.role}: {one.person}"


def _address(state: State, one: Attendee) -> str:
    """An address only where the settings know one that is an address; none is made up."""
    contact = next(
        (str(p.get("contact", "")) for p in state.people if p.get("name") == one.person), ""
    )
    if "@" in contact and not set(contact) & set(' \t,;:"<>()'):
        return f"mailto:{contact}"
    return f"urn:x-warroom:{one.role.lower().replace(' ', '-')}"


def _person(state: State, role: str) -> str:
    """Who holds a role in the incident, else who may take it by the settings."""
    if role in state.roles:
        return state.roles[role]
    able = (str(p["name"]) for p in state.people if role in p.get("roles", ()))
    return next(able, "UNKNOWN")


def _by_day(start: float) -> bool:
    return OPENS <= datetime.fromtimestamp(start, UTC).hour < CLOSES


def _weekday(start: float) -> bool:
    return datetime.fromtimestamp(start, UTC).weekday() < 5


def _stamp(moment: float) -> str:
    return f"{iso(moment)[:19].replace('-', '').replace(':', '')}Z"


def _token(text: str) -> str:
    return "".join(char if char.isalnum() and char.isascii() else "-" for char in text)


def _text(text: str) -> str:
    """A TEXT value: backslash, semicolon, comma and newline are escaped."""
    escaped = text.replace("\\", "\\\\").replace(";", "\\;").replace(",", "\\,")
    return escaped.replace("\n", "\\n")


def _quoted(text: str) -> str:
    """A quoted parameter may hold neither quotes nor control characters."""
    return plain(text).replace('"', "'")


def _folded(line: str) -> str:
    """No line is longer than 75 octets; a longer one goes on behind a blank."""
    parts: list[str] = []
    current, size = "", 0
    for char in line:
        width = len(char.encode())
        if size + width > 75:
            parts.append(current)
            current, size = "", 1
        current, size = current + char, size + width
    return "\r\n ".join([*parts, current])
