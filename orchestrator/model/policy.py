"""The team's rules as data: the priority matrix, the time table, the windows of validation.

The defaults are the tables of the incident flow; a policy file overrides single fields. The policy
in force is journalled with the detection, so a later change never rewrites an old incident.
All lengths are seconds; `None` means the severity has no such promise.
"""

from dataclasses import dataclass, field

from orchestrator.model.business_hours import BusinessHours

MINUTE, HOUR, DAY = 60.0, 3600.0, 86400.0

LEVELS = ("LOW", "MEDIUM", "HIGH")
SEVERITIES = ("P0", "P1", "P2", "P3")
SYNONYMS = {"SEV1": "P0", "SEV2": "P1", "SEV3": "P2", "SEV4": "P3"}

MATRIX = {
    ("HIGH", "HIGH"): "P0",
    ("HIGH", "MEDIUM"): "P1",
    ("HIGH", "LOW"): "P2",
    ("MEDIUM", "HIGH"): "P1",
    ("MEDIUM", "MEDIUM"): "P2",
    ("MEDIUM", "LOW"): "P3",
    ("LOW", "HIGH"): "P2",
    ("LOW", "MEDIUM"): "P3",
    ("LOW", "LOW"): "P3",
}
"""(impact, urgency) → severity."""


@dataclass(frozen=True, slots=True)
class Promises:
    """What one severity promises, in seconds from detection (PIR: from resolution)."""

    acknowledge: float
    """'at once' is kept as one minute: the shortest time a person can be held to"""
    engage: float | None = None
    resolve: float | None = None
    """the breach, not the target"""
    update: float | None = None
    tier2: float | None = None
    tier3: float | None = None
    management: float | None = None
    executive: float | None = None
    status_page: float | None = None
    review: float | None = None
    confirm: float | None = None
    """an acknowledgement lapses after this unless the person engages or confirms it"""
    page: float | None = None
    """between two pages to a person who does not answer; None: nobody is woken"""


TABLE = {
    "P0": Promises(
        acknowledge=MINUTE,
        engage=15 * MINUTE,
        resolve=2 * HOUR,
        update=15 * MINUTE,
        tier2=15 * MINUTE,
        tier3=30 * MINUTE,
        management=30 * MINUTE,
        executive=30 * MINUTE,
        status_page=30 * MINUTE,
        review=DAY,
        confirm=5 * MINUTE,
        page=2 * MINUTE,
    ),
    "P1": Promises(
        acknowledge=5 * MINUTE,
        engage=30 * MINUTE,
        resolve=4 * HOUR,
        update=30 * MINUTE,
        tier2=30 * MINUTE,
        tier3=HOUR,
        management=2 * HOUR,
        status_page=HOUR,
        review=2 * DAY,
        confirm=15 * MINUTE,
        page=5 * MINUTE,
    ),
    "P2": Promises(
        acknowledge=30 * MINUTE, engage=4 * HOUR, resolve=DAY, update=DAY, review=7 * DAY
    ),
    "P3": Promises(acknowledge=DAY),
}


@dataclass(frozen=True, slots=True)
class Validation:
    """When a service counts as recovered."""

    interval: float = 15.0
    """seconds between two looks"""
    passes: int = 4
    """looks in a row that must pass"""
    window: float = 15 * MINUTE
    """how long it must have stayed well before the incident is resolved"""
    patience: float = 30 * MINUTE
    """how long to wait for that before the answer is NOT_RESOLVED"""
    error_ratio: float = 0.05
    """failed share of requests that still counts as well, unless the baseline was worse"""
    latency_factor: float = 2.0
    """p95 may be this many times its baseline"""
    latency_floor: float = 0.1
    """seconds of p95 that are well whatever the baseline was"""
    saturation: float = 0.95
    """share of a pool in use that still counts as well"""
    traffic_share: float = 0.5
    """requests per second must be at least this share of the baseline"""
    restart_grace: float = 30.0
    """seconds after a change in which its own restart counts neither for nor against it"""
    relapse_window: float = 15 * MINUTE
    """how long after a resolution the looks go on; 0: they do not"""


@dataclass(frozen=True, slots=True)
class Regulation:
    """A report that law asks for, counted from becoming aware."""

    name: str
    within: float
    """seconds"""
    themes: tuple[str, ...] = ("security", "data-loss", "compliance")
    """what makes it run"""


GDPR = Regulation("GDPR", 72 * HOUR)
"""Art. 33: to the authority within 72 hours of becoming aware."""


@dataclass(frozen=True, slots=True)
class Policy:
    """One team's rules; see the module."""

    table: dict[str, Promises] = field(default_factory=lambda: dict(TABLE))
    validation: Validation = field(default_factory=Validation)
    high_impact: float = 0.5
    """share of users (or failed share of requests standing for it) from which impact is HIGH"""
    medium_impact: float = 0.1
    sla_target: float = 0.999
    """availability promised, 0..1"""
    approval_expires: float = 15 * MINUTE
    likely_validation: float = 5 * MINUTE
    """how long a LIKELY regression is checked further before its rollback is offered"""
    change_window: float = 48 * HOUR
    """how far back changes are looked for"""
    detection_target: float = 5 * MINUTE
    regression_target: float = 10 * MINUTE
    triage_target: float = 15 * MINUTE
    business: BusinessHours | None = None
    """None: every promise runs around the clock"""
    regulatory: tuple[Regulation, ...] = (GDPR,)
    at_risk: float = 10 * MINUTE
    """how long before the last moment at which a proof of recovery could begin a warning is due"""
    grace: float = 5.0
    """a deadline seen later than this after its time was missed, not fired"""
    attempts: int = 3
    """changes that are offered one after the other before a person has to choose the next"""
    vendor_answer: float = HOUR
    """how long a vendor has to answer before it is said that none came"""
    page_tries: int = 2
    """pages to one person before the next in the chain is asked"""
    commander: float = 5 * MINUTE
    """how long a P0 or P1 may be without a commander before others are asked to find one"""
    handoff_expires: float = 15 * MINUTE
    severity_settles: float = 15 * MINUTE
    """how long a person's severity stands before somebody else but the commander changes it"""
    two_person_destructive: bool = False
    """a destructive change needs two persons, each with a credential of their own"""
    auto_send_after: float = MINUTE
    """how long a text that goes out by itself can be held back"""
    path: str = "built-in"


def in_hours(policy: Policy, severity: str) -> bool:
    """Whether what people are promised at that severity waits for the hours in which they work."""
    return policy.business is not None and severity in policy.business.severities


def promise_ends(policy: Policy, severity: str, begun: float, seconds: float) -> float:
    """When a promise of people's is over. One place, so that a clock and a verdict on it agree."""
    if policy.business is None or not in_hours(policy, severity):
        return begun + seconds
    return policy.business.after(begun, seconds)


def in_time(
    policy: Policy, severity: str, begun: float, took: float | None, limit: float | None
) -> bool:
    """Whether something took no longer than was promised. By the end of its clock, not by its
    length: a weekend in which nobody works breaks no promise."""
    if took is None or limit is None:
        return limit is None
    ends = promise_ends(policy, severity, begun, limit)
    return round(begun + took, 3) <= round(ends, 3)


def severity(text: str) -> str:
    """`sev1`, `P0`, `` → `P0`, `P0`, ``. ValueError when it is none of them."""
    word = text.strip().upper()
    word = SYNONYMS.get(word, word)
    if word and word not in SEVERITIES:
        known = ", ".join((*SEVERITIES, *SYNONYMS))
        raise ValueError(f"severity {text!r} is unknown; use one of {known}")
    return word


def priority(impact: str, urgency: str) -> str:
    """The matrix. Unsure means higher: a level nobody could tell counts as HIGH."""
    return MATRIX[_known(impact), _known(urgency)]


def _known(level: str) -> str:
    return level if level in LEVELS else "HIGH"


def impact_level(policy: Policy, share: float | None, data_loss: bool = False) -> str:
    """HIGH, MEDIUM or LOW from the share of users hit; HIGH when nobody knows."""
    if data_loss or share is None or share > policy.high_impact:
        return "HIGH"
    return "MEDIUM" if share >= policy.medium_impact else "LOW"
