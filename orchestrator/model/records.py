"""What the events of an incident leave behind: a frozen record for each thing `State` holds."""

from dataclasses import dataclass, field, fields

from orchestrator.model.events import Json


@dataclass(frozen=True, slots=True)
class Spent:
    """What models used: turns, tokens, and US dollars as far as prices are known."""

    turns: int = 0
    fresh: int = 0
    cached: int = 0
    written: int = 0
    output: int = 0
    usd: float = 0.0
    seconds: float = 0.0
    unpriced: int = 0
    """turns of models whose price nobody knows"""

    def __add__(self, other: "Spent") -> "Spent":
        return Spent(*(getattr(self, f.name) + getattr(other, f.name) for f in fields(Spent)))

    @property
    def read(self) -> int:
        """Input tokens, wherever they lay."""
        return self.fresh + self.cached + self.written

    @property
    def cache_share(self) -> float:
        """The part of the input that was read from the cache, 0..1."""
        return self.cached / self.read if self.read else 0.0


@dataclass(frozen=True, slots=True)
class Differing:
    """Two methods name different causes, each with its evidence."""

    rules: str
    rules_evidence: tuple[str, ...]
    model: str
    model_evidence: tuple[str, ...]
    stands: str


@dataclass(frozen=True, slots=True)
class Task:
    """The attempt in force of one piece of work."""

    key: str
    attempt: int
    kind: str
    role: str
    title: str
    step: str
    inputs: Json
    requested_at: float
    outcome: str = ""
    """empty while it runs; then done | failed | stopped | unknown"""
    finished_at: float = 0.0
    report: Json = field(default_factory=dict)
    backend: str = ""
    """who answers or answered: rules | claude | recorded | code"""
    model: str = ""
    taken_over: str = ""
    """why `backend` had to take it over from a model; empty where it did not"""
    why: str = ""
    transcript: str = ""
    dropped: tuple[str, ...] = ()
    stop_requested: bool = False
    steers: tuple[str, ...] = ()
    pid: int = 0
    ticks: int = 0
    cancelled_by: str = ""
    """of a change: who asked for it to be cut short"""
    cancel_why: str = ""

    @property
    def running(self) -> bool:
        return not self.outcome

    @property
    def id(self) -> str:
        return f"{self.key}#{self.attempt}"


@dataclass(frozen=True, slots=True)
class Evidence:
    """One numbered item of the ledger."""

    eid: str
    kind: str
    source: str
    command: str
    summary: str
    path: str
    sha256: str
    size: int
    lines: int
    taint: str
    at: float
    by: str
    truncated: bool = False
    redactions: int = 0
    from_at: float = 0.0
    """what it covers, from here to `to_at`; 0 where nobody knows"""
    to_at: float = 0.0
    left_out: int = 0
    instructions: tuple[str, ...] = ()
    computed_from: tuple[str, ...] = ()
    """the items an analysis was computed from, as far as it names them"""


@dataclass(frozen=True, slots=True)
class Deadline:
    """One promise or trigger. `outcome`: empty while it counts, met, fired, missed or dropped."""

    name: str
    kind: str
    start: float
    due: float
    rev: int
    planned_at: float
    outcome: str = ""
    ended_at: float = 0.0

    @property
    def counting(self) -> bool:
        return not self.outcome


@dataclass(frozen=True, slots=True)
class Approval:
    """A change that waits or waited for a key. `decision`: "", granted, denied, expired, voided."""

    approval: str
    action: str
    title: str
    risk: str
    sha256: str
    expires: float
    card: Json
    evidence: tuple[str, ...]
    requested_at: float
    role: str = ""
    decision: str = ""
    decided_at: float = 0.0
    by: str = ""
    why: str = ""
    override: str = ""
    """why it was granted although only one untrusted source speaks for it"""
    endorsed_by: tuple[str, ...] = ()
    """who approved it while it waits for a further person"""
    endorsed_with: tuple[str, ...] = ()
    """the credential of each of them"""

    @property
    def open(self) -> bool:
        return not self.decision


@dataclass(frozen=True, slots=True)
class Tier:
    """One rung of the functional ladder."""

    tier: int
    who: str
    since: float
    reasons: tuple[str, ...] = ()
    by: str = ""


@dataclass(frozen=True, slots=True)
class Document:
    """A document as it was last written."""

    path: str
    sha256: str
    at: float
    revision: int


@dataclass(frozen=True, slots=True)
class Message:
    """A text to people outside: `state` is drafted, due, sending, sent or not_required."""

    path: str
    state: str
    at: float
    why: str = ""
    by: str = ""
    channel: str = ""
    due_at: float = 0.0
    """when it first had to go out; 0 while nothing called for it"""
