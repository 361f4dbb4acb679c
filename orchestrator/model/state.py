"""What is true of an incident now: the fold of its events.

`State` itself is mutable so that 100,000 events fold quickly, but nobody outside `fold.py` changes
one, and every value in it is frozen. Whoever wants to try something takes a `copy()` first.
"""

from dataclasses import dataclass, field, fields

from orchestrator.model.action_item import ActionItem
from orchestrator.model.attempt import Attempt, Chosen
from orchestrator.model.crew import Crew
from orchestrator.model.delivery import Channel, Delivery
from orchestrator.model.events import Json
from orchestrator.model.hotfix import Hotfix
from orchestrator.model.policy import Policy
from orchestrator.model.records import (
    Approval,
    Deadline,
    Differing,
    Document,
    Evidence,
    Message,
    Spent,
    Task,
    Tier,
)

OPEN_STATUSES = ("DETECTED", "TRIAGED", "INVESTIGATING", "MITIGATING", "STOPPED", "REOPENED")


NO_REASON = "no reason was given"
"""Why the line is stopped where nobody said: a STOP without a word stops all the same."""

FORKED_FROM = "forked_from"
"""Where the first line of a fork names the incident it comes from: among what the alert said."""


@dataclass(slots=True)
class State:
    """Everything the flow, the screen and the documents may know."""

    seq: int = 0
    last_at: float = 0.0
    person_at: float = 0.0
    """when a person last did anything that was taken"""
    incident: str = ""
    title: str = ""
    service: str = ""
    symptoms: str = ""
    reporter: str = ""
    method: str = ""
    category: str = ""
    project: str = ""
    guidance: str = ""
    drill: bool = False
    flow_version: int = 0
    alert: Json = field(default_factory=dict)
    alerts_repeated: int = 0
    alert_over: bool = False
    """its monitor said that it ended"""
    alerted_again_at: float = 0.0
    """when it last fired anew after it had ended"""
    people: tuple[Json, ...] = ()
    bisects: tuple[str, ...] = ()
    """services for which a bisect is configured"""
    policy: Policy = field(default_factory=Policy)
    status: str = ""
    status_why: str = ""
    severity: str = ""
    severity_by: str = ""
    severity_why: str = ""
    severity_human: bool = False
    """a person's word on it stands above what the matrix says later"""
    impact: str = ""
    urgency: str = ""
    detected_at: float = 0.0
    impact_started_at: float = 0.0
    """0 while nobody knows"""
    impact_how: str = ""
    impact_evidence: tuple[str, ...] = ()
    triaged_at: float = 0.0
    """when the matrix first gave a priority; a triage that was skipped gives none"""
    acknowledged_at: float = 0.0
    acknowledged_by: str = ""
    lapsed_at: float = 0.0
    """when an acknowledgement lapsed, because nothing followed it"""
    engaged_at: float = 0.0
    engaged_by: str = ""
    mitigated_at: float = 0.0
    resolved_at: float = 0.0
    reviewed_at: float = 0.0
    closed_at: float = 0.0
    resolution: str = ""
    resolutions: int = 0
    """how often a resolution was decided; the last one stands"""
    resolution_action: str = ""
    restored_at: float = 0.0
    checks: tuple[Json, ...] = ()
    regression: Json = field(default_factory=dict)
    regression_at: float = 0.0
    verdict_at: float = 0.0
    """since when the verdict reads as it does; `regression_at` is when there was a first"""
    cause: Json = field(default_factory=dict)
    tier: int = 0
    stopped: str = ""
    """why the line is stopped; empty while changes may be approved"""
    stops: int = 0
    """how often the line was stopped"""
    assessment: str = ""
    frozen: str = ""
    """why changes rest in all incidents; empty while they may be approved"""
    frozen_by: str = ""
    admitted: tuple[str, ...] = ()
    """people who were let into the circle of those who know of a possible breach"""
    coordinator: str = ""
    """who coordinates a major incident"""
    order: tuple[str, ...] = ()
    """the incidents of a major one, the first to be helped first"""
    roles: dict[str, str] = field(default_factory=dict)
    crew: Crew = field(default_factory=Crew)
    tasks: dict[str, Task] = field(default_factory=dict)
    evidence: dict[str, Evidence] = field(default_factory=dict)
    deadlines: dict[str, Deadline] = field(default_factory=dict)
    approvals: dict[str, Approval] = field(default_factory=dict)
    tiers: dict[int, Tier] = field(default_factory=dict)
    questions: dict[str, str] = field(default_factory=dict)
    documents: dict[str, Document] = field(default_factory=dict)
    notes: int = 0
    answers: dict[str, str] = field(default_factory=dict)
    """fields a person filled: of the intake (`q1`..`q8`) and of open questions, by field"""
    themes: dict[str, str] = field(default_factory=dict)
    """guidance themes in force, and their effect"""
    messages: dict[str, Message] = field(default_factory=dict)
    channels: tuple[Channel, ...] = ()
    deliveries: dict[str, Delivery] = field(default_factory=dict)
    """texts on their way, and those that ended, by key"""
    escalations: dict[str, str] = field(default_factory=dict)
    """what a person escalated now, and why"""
    held: dict[str, str] = field(default_factory=dict)
    """deadlines a person holds back, and why"""
    skipped: dict[str, str] = field(default_factory=dict)
    repeats: dict[str, int] = field(default_factory=dict)
    """how often a step was asked for again"""
    stars: dict[str, float] = field(default_factory=dict)
    undos: tuple[str, ...] = ()
    attempts: dict[str, Attempt] = field(default_factory=dict)
    """changes that were carried out and judged, by their approval"""
    choices: tuple[Chosen, ...] = ()
    """changes a person wanted a card of; the last one counts"""
    relapses: int = 0
    hotfix: Hotfix | None = None
    """the hotfix in force"""
    reopened: int = 0
    reopened_at: float = 0.0
    asked_themes: tuple[Json, ...] = ()
    """themes the guidance asks for; `themes` are those applied"""
    exceptions: dict[str, Json] = field(default_factory=dict)
    edits: dict[str, str] = field(default_factory=dict)
    """documents a person changed, and the hash of what they left"""
    spent: dict[str, Spent] = field(default_factory=dict)
    """by task attempt (`tier2/analysis#1`)"""
    differing: dict[str, Differing] = field(default_factory=dict)
    """by task key: where the model's cause is not that of the ranking"""
    follow_up: dict[str, ActionItem] = field(default_factory=dict)
    """preventive actions that are tracked, by id (`INC-42/A1`)"""
    hashed_upto: int = 0
    ids: set[str] = field(default_factory=set)
    """every event id in the journal, so that nothing is appended twice"""

    def copy(self) -> "State":
        """An independent state: containers are copied, the frozen values in them shared."""
        twin = State.__new__(State)
        for name in _FIELDS:
            value = getattr(self, name)
            setattr(twin, name, value.copy() if type(value) in (dict, set) else value)
        return twin

    @property
    def open(self) -> bool:
        """True until the incident is resolved, reviewed or closed."""
        return self.status in OPEN_STATUSES

    @property
    def forked_from(self) -> str:
        """The incident that this drill was forked from; empty for any other.

        An alert from outside may say so too, but only a drill is a drill.
        """
        return str(self.alert.get(FORKED_FROM, "")) if self.drill else ""

    def outstanding(self) -> list[Task]:
        """Asked for in the journal, with no end in the journal."""
        return [task for task in self.tasks.values() if task.running]

    def under_way(self) -> Task | None:
        """The change in production that is carried out now; None while nothing is changed."""
        return next((one for one in self.outstanding() if one.kind == "action"), None)

    def latest(self, key: str) -> Task | None:
        """A task, or its latest repetition (`triage/impact@2`)."""
        if not self.repeats and not self.attempts:
            return self.tasks.get(key)
        number = max([*self.repeats.values(), len(self.attempts)]) + 1
        while number > 1:
            task = self.tasks.get(f"{key}@{number}")
            if task is not None:
                return task
            number -= 1
        return self.tasks.get(key)

    def report(self, key: str) -> Json | None:
        """The latest report of a task that is done; None while it runs or when it failed."""
        task = self.latest(key)
        return task.report if task is not None and task.outcome == "done" else None

    def told(self, key: str) -> Json:
        """The last report some work gave, also while it is asked for again; empty before any."""
        again = f"{key}@"
        for name in reversed(self.tasks):
            if name == key or name.startswith(again):
                task = self.tasks[name]
                if task.outcome == "done":
                    return task.report
        return {}

    def bill(self, role: str = "") -> Spent:
        """What models used in all, or for the tasks of one role."""
        of = (
            spent
            for attempt, spent in self.spent.items()
            if not role or self.tasks[attempt.rpartition("#")[0]].role == role
        )
        return sum(of, Spent())

    def person(self, role: str) -> str:
        """Who holds a role, or UNKNOWN."""
        return self.roles.get(role, "UNKNOWN")


_FIELDS: tuple[str, ...] = tuple(f.name for f in fields(State))
