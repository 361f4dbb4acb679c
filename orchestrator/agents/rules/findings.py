"""What an investigation has found so far: what each source says about where the trouble is from."""

import re
from dataclasses import dataclass, field

from orchestrator.agents.rules.figures import Figures
from orchestrator.agents.rules.filed import Filed
from orchestrator.agents.rules.impact import Impact
from orchestrator.agents.rules.opinion import Opinion
from orchestrator.agents.rules.words import quoted
from orchestrator.evidence.analysis.changes import Suspicion
from orchestrator.evidence.analysis.external import Drain, Traffic
from orchestrator.evidence.analysis.outside.cause import Cause, Said
from orchestrator.evidence.analysis.templates import Change, Template
from orchestrator.evidence.sources.deploys import Deployed, DeployLog
from orchestrator.evidence.sources.flags import FlagLog, Flip
from orchestrator.evidence.sources.git import Commit
from orchestrator.evidence.sources.logs import Frame, LogReading, Record
from orchestrator.model.events import Json

UNNAMED = "what is in use"
"""How a bounded resource is called whose metric the settings do not name."""

_FOREIGN = re.compile(r"/lib/python[\d.]+/|/(?:site|dist)-packages/|^<")
"""Files of the standard library and of installed packages."""


@dataclass(slots=True)
class Findings:
    """What the sources say about where the trouble comes from."""

    impact: Impact | None = None
    began: float = 0.0
    figures: Figures | None = None
    readings: list[tuple[LogReading, Filed]] | None = None
    log_changes: list[tuple[Change, Filed]] | None = None
    deploys: DeployLog | None = None
    deploys_eid: str = ""
    flags: FlagLog | None = None
    flags_eid: str = ""
    turned: Flip | None = None
    """the flag whose turn is held to have brought it, not a deploy"""
    turned_in: tuple[tuple[str, str], ...] = ()
    """where the code asks for that flag: the path, and the line of evidence"""
    bad: Deployed | None = None
    good: str = ""
    suspects: list[Suspicion] | None = None
    commits: dict[str, Commit] | None = None
    log_eid: str = ""
    """of the commit list"""
    diffs: dict[str, Filed] | None = None
    resource: str = UNNAMED
    """the bounded resource, by the name of its metric"""
    traffic: Traffic | None = None
    drain: Drain | None = None
    filled: Drain | None = None
    """a bounded resource that ran full because those who hold it wait for something outside"""
    said: list[Said] = field(default_factory=list)
    """what fails since it began, each thing once"""
    causes: list[Cause] = field(default_factory=list)
    """causes outside the changes that anything speaks for, the strongest first"""
    outside: Cause | None = None
    """the one of them that explains the trouble"""
    opinion: Opinion | None = None
    """the ranking over all of it, or over the bundle the incident was opened on"""
    bisect: Json = field(default_factory=dict)
    """the report of the bisect that found a commit; empty where there is none"""

    @property
    def external(self) -> bool:
        return self.traffic is not None and self.traffic.explains

    @property
    def bisected(self) -> str:
        """The commit that a bisect found; it may be none of those that were ranked."""
        return str(self.bisect.get("culprit", ""))

    @property
    def top(self) -> Suspicion | None:
        """The first of the ranking; where a test has spoken, the commit that it names."""
        if self.bisected:
            known = (one for one in self.suspects or () if one.candidate.sha == self.bisected)
            return next(known, None)
        return self.suspects[0] if self.suspects else None

    def new_errors(self) -> list[tuple[Template, Filed]]:
        """Error templates that are new or far more frequent since the trouble, loudest first."""
        return [
            (change.template, kept)
            for change, kept in self.log_changes or []
            if change.kind in ("new", "more")
            and change.template.sample is not None
            and change.template.sample.bad
        ]

    def callers(self) -> set[str]:
        """Own functions that called into the file where the new tracebacks end."""
        found: set[str] = set()
        for template, _ in self.new_errors():
            for record in template.records:
                own = own_frames(record)
                outer = [frame for frame in own if frame.file != record.frames[-1].file]
                found |= {quoted(frame.function, 60) for frame in outer[-1:]}
        return found


def own_frames(record: Record) -> list[Frame]:
    """The frames of a traceback that are neither the standard library's nor of installed packages,
    outermost first."""
    return [frame for frame in record.frames if not _FOREIGN.search(frame.file)]
