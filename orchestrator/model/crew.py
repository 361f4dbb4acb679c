"""The people of one incident: whose turn it is, who was called, what changes hands."""

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Duty:
    """Who is on call for a role by its rotation, the first to be called first."""

    role: str
    people: tuple[str, ...]
    until: float
    """when that changes; 0 where nobody knows"""
    at: float
    """when it was looked up"""


@dataclass(frozen=True, slots=True)
class Called:
    """Somebody who is or was to answer as on-call, and since when."""

    person: str
    at: float


@dataclass(frozen=True, slots=True)
class Handoff:
    """A role on its way from one person to another."""

    number: int
    role: str
    giver: str
    """who holds it until it is accepted; empty where nobody does"""
    person: str
    """to whom it is offered"""
    by: str
    at: float
    expires: float
    outcome: str = ""
    """empty while it waits; then accepted | declined | expired | withdrawn"""
    ended_at: float = 0.0
    why: str = ""

    @property
    def open(self) -> bool:
        return not self.outcome


@dataclass(frozen=True, slots=True)
class Crew:
    """Everything about people that the roles alone do not say."""

    duty: dict[str, Duty] = field(default_factory=dict)
    called: tuple[Called, ...] = ()
    unpaged: dict[str, str] = field(default_factory=dict)
    """whom a page did not reach, and why"""
    away: dict[str, str] = field(default_factory=dict)
    """who was said to be unavailable in this incident, and why"""
    vacated: dict[str, str] = field(default_factory=dict)
    """roles whose holder was said to be unavailable while they held it, and who that is"""
    covers: dict[str, str] = field(default_factory=dict)
    """roles held for the time being only, and why"""
    handoffs: tuple[Handoff, ...] = ()
    sought: tuple[str, ...] = ()
    """who was asked to find a commander"""
    commander_asked_at: float = 0.0
    commander_at: float = 0.0
    severity_at: float = 0.0
    """when a person last set the severity"""

    def offered(self, role: str = "", person: str = "") -> tuple[Handoff, ...]:
        """The offers that wait, of one role or to one person."""
        return tuple(
            one
            for one in self.handoffs
            if one.open and role in ("", one.role) and person in ("", one.person)
        )
