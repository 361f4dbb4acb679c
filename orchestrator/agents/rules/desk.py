"""A rule's place of work: reads a source, files it as evidence, shows exactly what it did.

A source that cannot be read is said so in the pane and answered with None: the report then reads
UNKNOWN there.
"""

from collections.abc import Awaitable
from pathlib import Path
from typing import TypeVar

from orchestrator.agents.contract import Bench, Observation
from orchestrator.agents.rules.figures import Figures, rows
from orchestrator.agents.rules.filed import Filed, filed
from orchestrator.agents.rules.words import clock_time, figure, quoted, seconds
from orchestrator.evidence.hygiene import clean
from orchestrator.evidence.ledger import LIMIT
from orchestrator.evidence.redaction import redact
from orchestrator.evidence.sources import deploys, flags, health, host, logs, rollouts
from orchestrator.evidence.sources.deploys import DeployLog
from orchestrator.evidence.sources.flags import FlagLog
from orchestrator.evidence.sources.git import Repository
from orchestrator.evidence.sources.health import Health
from orchestrator.evidence.sources.kubectl import Kubectl
from orchestrator.evidence.sources.logs import LogReading
from orchestrator.evidence.sources.ring import Sample, read_ring
from orchestrator.evidence.sources.source import SourceError, within
from orchestrator.model.records import Task
from orchestrator.model.reports import Claim, OpenQuestion
from orchestrator.model.reports import claims as claims_of
from orchestrator.model.state import State
from orchestrator.project import Project
from orchestrator.settings import Service

T = TypeVar("T")

BASELINE = 1800.0
"""Seconds before detection that count as the usual."""

_ROWS = 900
_FILES = 4


class Desk:
    """One task at work. Everything it finds goes through the bench."""

    def __init__(self, task: Task, bench: Bench) -> None:
        self.task = task
        self.bench = bench
        self.unknown: list[OpenQuestion] = []
        self._heeded = 0

    @property
    def state(self) -> State:
        return self.bench.fresh()

    @property
    def service(self) -> Service | None:
        """None for an incident on a bundle: a service of today tells nothing of that time."""
        if self.bench.state.alert.get("bundle"):
            return None
        return self.bench.settings.service(self.bench.state.service)

    @property
    def now(self) -> float:
        return self.bench.clock.now()

    def say(self, text: str) -> None:
        self.bench.say(text + "\n\n")

    def tell(self, what: str, said: Claim) -> None:
        """Say a claim with the first line it rests on; of what nobody knows, what that is."""
        if said.text == claims_of.UNKNOWN:
            self.say(f"{what}: UNKNOWN")
        else:
            self.say(said.text + (f" [{said.evidence[0]}]" if said.evidence else ""))

    def ask(self, field: str, question: str) -> None:
        """Leave a field UNKNOWN and say what would fill it, unless a person answered it already."""
        if field not in self.state.answers:
            self.unknown.append(OpenQuestion(field=field, question=question))

    async def file(self, observation: Observation) -> Filed:
        """Observe something whose lines are to be cited."""
        eid = await self.bench.observe(observation)
        if len(observation.content.encode("utf-8", "replace")) <= LIMIT:
            return Filed(eid)
        return filed(eid, observation.content, self.bench.read(eid))

    def steers(self) -> tuple[str, ...]:
        """What humans told this task; new words are acknowledged in the pane."""
        task = self.state.tasks.get(self.task.key)
        given = task.steers if task is not None else ()
        for text in given[self._heeded :]:
            self.say(f"Noted: {quoted(text, 200)}")
        self._heeded = len(given)
        return given

    async def tried(self, reading: Awaitable[T]) -> T | None:
        """The reading, or None after saying in the pane why there is none."""
        try:
            return await reading
        except SourceError as error:
            self.bench.warn(quoted(str(error), 200))
            return None

    async def figures(self, other: Service | None = None) -> Figures | None:
        """The signals from the ring, of the service or of another; None when there are none."""
        service = other or self.service
        if service is None or not service.measured:
            return None
        since = min(self.bench.state.detected_at, self.now) - BASELINE
        command = f"read .aiwg/metrics/{service.name}.ndjson since {clock_time(since)}"
        self.bench.call(command)
        project = Project(self.bench.root)
        samples = await self.tried(
            within(10.0, "metrics ring", lambda: read_ring(project, service.name, since))
        )
        if not samples:
            self.bench.warn(f"no metrics of {service.name} yet")
            return None
        kept = samples[-_ROWS:]
        written = [_row(sample) for sample in kept]
        last = next((sample for sample in reversed(kept) if sample.ok), None)
        summary = f"{len(kept)} looks at {service.name}"
        if last is not None:
            summary += ", last: " + _values(last)
        eid = await self.bench.observe(
            Observation(
                kind="metric",
                source=f"metrics of {service.name}",
                command=command,
                summary=summary,
                content="\n".join(written) + "\n",
                from_at=kept[0].t,
                to_at=kept[-1].t,
            )
        )
        return Figures(tuple(kept), eid, rows(kept, written), direct=bool(service.metrics))

    async def deploys(self) -> tuple[DeployLog, str] | None:
        """The deploy log and its evidence number."""
        return await self.deploys_of(self.service) if self.service is not None else None

    async def deploys_of(self, service: Service) -> tuple[DeployLog, str] | None:
        """Of any service; where it has no deploy log, what its cluster keeps of its rollouts."""
        where = service.kubernetes
        if service.deploy_log:
            source, command = service.deploy_log, f"tail -n 2000 {service.deploy_log}"
            reading = deploys.read(self.bench.root / service.deploy_log)
        elif where.workload:
            kubectl = Kubectl(where, self.bench.root)
            source = f"rollouts of {where.workload}"
            command = kubectl.shown("rollout", "history", where.workload)
            reading = rollouts.read(kubectl, service.name)
        else:
            return None
        self.bench.call(command)
        log = await self.tried(reading)
        if log is None:
            return None
        of = log.of(service.name)
        summary = f"{len(of)} deploys of {service.name}"
        if of:
            summary += f", last {of[-1].version[:8]} at {clock_time(of[-1].at)}"
        eid = await self.bench.observe(Observation("deploy", source, command, summary, log.content))
        return log, eid

    async def flags(self) -> tuple[FlagLog, str] | None:
        """The change log of the service's feature flags, and its evidence number."""
        service = self.service
        if service is None or not service.flags:
            return None
        command = f"tail -n 2000 {service.flags}"
        self.bench.call(command)
        log = await self.tried(flags.read(self.bench.root / service.flags))
        if log is None:
            return None
        of = log.of(service.name)
        summary = f"{len(of)} turns of feature flags of {service.name}"
        if of:
            last = of[-1]
            said = f"{last.flag} to {last.after} at {clock_time(last.at)}"
            summary += f", last {quoted(said, 80)}"
        eid = await self.bench.observe(
            Observation("change", service.flags, command, summary, log.content)
        )
        return log, eid

    async def logs(
        self,
        since: float | None = None,
        about: float | None = None,
        other: Service | None = None,
    ) -> list[tuple[LogReading, Filed]]:
        """The last 500 lines of each log, or what follows `since`, newest log first.

        Half of what is read of a log too large follows `about`. They are the service's own, or
        another's.
        """
        service = other or self.service
        found: list[tuple[LogReading, Filed]] = []
        if service is None or not service.logs:
            return found
        root = self.bench.root
        paths = await self.tried(within(10.0, "logs", lambda: logs.find(root, service.logs)))
        if not paths:
            self.bench.warn(f"no log file matches {', '.join(service.logs)}")
        for path in (paths or [])[:_FILES]:
            name = _within_project(path, root)
            command = f"tail -n 500 {name}"
            if since is not None:
                command = f"read {name} since {clock_time(since)}"
            self.bench.call(command)
            reading = await self.tried(logs.read(path, name, since=since, about=about))
            if reading is None:
                continue
            for note in reading.notes:
                self.bench.warn(quoted(note, 200))
            joined = f" from {', '.join(reading.parts)}" if len(reading.parts) > 1 else ""
            bad = sum(record.bad for record in reading.records)
            kept = await self.file(
                Observation(
                    kind="log",
                    source=name,
                    command=command,
                    summary=f"{len(reading.records)} records{joined}, {bad} of them errors",
                    content=reading.content,
                    truncated=reading.truncated,
                    from_at=_first_time(reading),
                    to_at=_last_time(reading),
                )
            )
            found.append((reading, kept))
        return found

    async def health(self, service: Service) -> tuple[Health, str] | None:
        """What a service's health address says, and the evidence; None when there is none."""
        address = health.address_of(service)
        if not address:
            return None
        command = f"GET {address}"
        self.bench.call(command)
        seen = await health.check(address, self.bench.clock)
        self.bench.out(quoted(f"{seen.why}: {seen.said}", 80))
        summary = f"{quoted(seen.why, 120)} after {seconds(seen.took)}"
        eid = await self.bench.observe(
            Observation(
                kind="health",
                source=address,
                command=command,
                summary=summary,
                content=f"{quoted(seen.why, 200)}\n{seen.said}\n",
                from_at=self.now,
                to_at=self.now,
            )
        )
        return seen, eid

    async def pause(self, length: float) -> None:
        """Let some time pass between two looks."""
        await self.bench.clock.sleep(length)

    async def own_processes(self) -> frozenset[str]:
        """Process ids of the service, where the settings say how to find them."""
        service = self.service
        if service is None or not (service.process.name or service.process.pid_file):
            return frozenset()
        running = await self.tried(host.find(service.process, self.bench.root))
        return frozenset(str(one.pid) for one in running or ())

    def repository(self) -> Repository | None:
        service = self.service
        if service is None or not service.repo:
            return None
        return Repository(self.bench.root / service.repo)


def claim(text: str, *evidence: str) -> Claim:
    """A statement with what it rests on."""
    return Claim(text=_safe(text), evidence=tuple(dict.fromkeys(e for e in evidence if e)))


def assumed(text: str) -> Claim:
    """A statement that rests on nothing observed, and says so."""
    return Claim(text=_safe(text), assumption=True)


def _safe(text: str) -> str:
    """Names in a claim may come from code and logs of others."""
    return redact(clean(text))[0][:2000]


UNKNOWN = Claim(text="UNKNOWN", assumption=True)
"""The claim of a field nobody knows."""


def _within_project(path: Path, root: Path) -> str:
    try:
        return path.relative_to(root).as_posix()
    except ValueError:
        return path.name


def _values(sample: Sample) -> str:
    return " ".join(f"{name} {figure(name, value)}" for name, value in sample.values.items())


def _row(sample: Sample) -> str:
    told = _values(sample) or "no data" if sample.ok else f"failed: {quoted(sample.why)}"
    return f"{clock_time(sample.t)} {told}"


def _first_time(reading: LogReading) -> float:
    return next((record.at for record in reading.records if record.at is not None), 0.0)


def _last_time(reading: LogReading) -> float:
    return next((r.at for r in reversed(reading.records) if r.at is not None), 0.0)
