"""What a model may do: look. Every tool reads through the rules' own desk, so each result is
evidence with a number; nothing here changes anything, and people are asked but never waited for.

Arguments are checked before anything is read. A tool that cannot answer says why in one line.
"""

import json
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any

from pydantic import ValidationError

from orchestrator.agents.claude.arguments import (
    Key,
    Lines,
    Many,
    Nothing,
    Of,
    Question,
    Sha,
    Since,
    Words,
)
from orchestrator.agents.claude.quoting import heading, lines, quoted
from orchestrator.agents.contract import Bench, Observation
from orchestrator.agents.rules.desk import Desk
from orchestrator.agents.rules.runbook import applicable
from orchestrator.agents.rules.surroundings import checks
from orchestrator.evidence.sources.source import SourceError
from orchestrator.model.records import Task
from orchestrator.model.reports.claims import UNKNOWN, Strict


class NoAnswer(Exception):
    """Why a tool gives nothing, in one line for the model."""


@dataclass(frozen=True, slots=True)
class Result:
    """What a model gets to read, and which evidence that is."""

    text: str
    evidence: tuple[str, ...] = ()


class Toolbox:
    """The tools of one task. `room` is how many characters the results of a turn may have."""

    def __init__(self, task: Task, bench: Bench) -> None:
        self._task = task
        self._bench = bench
        self._desk = Desk(task, bench)

    async def use(self, name: str, given: object, room: int) -> Result:
        """The result of one call. NoAnswer says what is wrong with it, or why there is none."""
        tool = TOOLS.get(name)
        if tool is None:
            raise NoAnswer(f"there is no tool {quoted(name)}; there are {', '.join(TOOLS)}")
        try:
            wanted = tool.arguments.model_validate(given)
        except ValidationError as error:
            first = error.errors(include_url=False)[0]
            where = ".".join(str(part) for part in first["loc"])
            raise NoAnswer(f"{name} was not called: {where}: {first['msg']}") from None
        try:
            return await tool.use(self, wanted, room)
        except (SourceError, OSError) as error:
            raise NoAnswer(f"{name}: not available, because {error}") from None

    def show(self, eids: list[str], room: int) -> Result:
        """Items as a model reads them: a heading each, and as many lines as there is room for."""
        if not eids:
            raise NoAnswer("nothing was found; see what was said in the pane")
        known = self._bench.fresh().evidence
        each = max(400, room // len(eids))
        said = []
        for eid in eids:
            content = self._content(eid).splitlines()
            numbered = list(enumerate(content, 1))
            said.append(f"{heading(known[eid])}\n{lines(eid, _ends(numbered, each), each)}")
        return Result("\n".join(said), tuple(eids))

    async def read_evidence(self, wanted: Lines, room: int) -> Result:
        content = self._content(wanted.id).splitlines()
        last = min(wanted.last_line or len(content), len(content))
        if wanted.first_line > len(content):
            raise NoAnswer(f"{wanted.id} has {len(content)} lines")
        numbered = list(enumerate(content, 1))[wanted.first_line - 1 : last]
        item = self._bench.fresh().evidence[wanted.id]
        return Result(f"{heading(item)}\n{lines(wanted.id, numbered, room)}", (wanted.id,))

    async def search_evidence(self, wanted: Words, room: int) -> Result:
        said, hits, left = [], [], room
        state = self._bench.fresh()
        for eid in [wanted.id] if wanted.id else list(state.evidence):
            found = self._with(wanted.words, eid, wanted.id == eid)
            if found and left <= 0:
                said.append("(more items have these words: search them one by one)")
                break
            if found:
                shown = lines(eid, found[:20], min(left, room // 4))
                said.append(f"{heading(state.evidence[eid])}\n{shown}")
                hits.append(eid)
                left -= len(said[-1])
        if not said:
            raise NoAnswer(f"no evidence has the words {quoted(wanted.words)}")
        return Result("\n".join(said), tuple(hits))

    def _with(self, words: str, eid: str, named: bool) -> list[tuple[int, str]]:
        """Lines of an item with these words; one that is gone has none, unless it was named."""
        try:
            content = self._content(eid).splitlines()
        except NoAnswer:
            if named:
                raise
            return []
        return [(n, line) for n, line in enumerate(content, 1) if words.lower() in line.lower()]

    async def read_logs(self, wanted: Since, room: int) -> Result:
        since = self._bench.clock.now() - wanted.minutes * 60 if wanted.minutes else None
        return self.show([kept.eid for _, kept in await self._desk.logs(since=since)], room)

    async def read_metrics(self, wanted: Nothing, room: int) -> Result:
        figures = await self._desk.figures()
        return self.show([figures.eid] if figures is not None else [], room)

    async def read_deploys(self, wanted: Nothing, room: int) -> Result:
        read = await self._desk.deploys()
        return self.show([read[1]] if read is not None else [], room)

    async def list_commits(self, wanted: Many, room: int) -> Result:
        repository = self._repository()
        command = f"git -C {repository.path.name} log --max-count={wanted.limit}"
        self._bench.call(command)
        commits = await repository.log(limit=wanted.limit)
        listed = "".join(f"{c.sha[:12]} {c.author}: {c.subject}\n" for c in commits)
        summary = f"the last {len(commits)} commits"
        seen = Observation("change", repository.path.name, command, summary, listed)
        return self.show([await self._bench.observe(seen)], room)

    async def read_diff(self, wanted: Sha, room: int) -> Result:
        repository = self._repository()
        command = f"git -C {repository.path.name} show {wanted.sha}"
        self._bench.call(command)
        diff = await repository.diff(wanted.sha)
        seen = Observation(
            "code", f"{repository.path.name} {wanted.sha[:12]}", command, "a diff", diff
        )
        return self.show([await self._bench.observe(seen)], room)

    async def check_health(self, wanted: Of, room: int) -> Result:
        name = wanted.service or self._bench.state.service
        service = self._bench.settings.service(name)
        if service is None:
            raise NoAnswer(f"the settings know no service {quoted(name)}")
        seen = await self._desk.health(service)
        return self.show([seen[1]] if seen is not None else [], room)

    async def look_around(self, wanted: Nothing, room: int) -> Result:
        seen = await checks(self._desk)
        if not seen:
            raise NoAnswer("no cluster, database, certificate or command is set for this service")
        said = [f"{one.name} ({one.state}): {_cited(one.finding.model_dump())}" for one in seen]
        cited = tuple({e.split(":")[0]: None for one in seen for e in one.finding.evidence})
        return Result("\n".join(said)[:room], cited)

    async def rank_causes(self, wanted: Nothing, room: int) -> Result:
        from orchestrator.agents.rules.regression_analyst import verdict

        found = (await verdict(self._desk)).model_dump(mode="json")
        kept = {name: found[name] for name in ("summary", "suspects", "external", "claims")}
        return Result(json.dumps(kept, ensure_ascii=False)[:room])

    async def earlier_report(self, wanted: Key, room: int) -> Result:
        state = self._bench.fresh()
        report = state.report(wanted.task)
        if report is None:
            done = [
                t.key for t in state.tasks.values() if t.kind == "agent" and t.outcome == "done"
            ]
            raise NoAnswer(
                f"no report of {quoted(wanted.task)}; there are {', '.join(done) or 'none'}"
            )
        return Result(json.dumps(report, ensure_ascii=False)[:room])

    async def read_runbook(self, wanted: Nothing, room: int) -> Result:
        found = await applicable(self._desk, ())
        if found.path == UNKNOWN or found.claim is None:
            raise NoAnswer("no runbook applies")
        return self.show([found.claim.evidence[0].split(":")[0]], room)

    async def ask_human(self, wanted: Question, room: int) -> Result:
        known = self._bench.fresh().answers.get(wanted.field)
        if known is not None:
            return Result(f"answered already: {quoted(known)}")
        await self._bench.ask(wanted.field, wanted.question)
        return Result("the question is open for people; go on without the answer")

    def _content(self, eid: str) -> str:
        if eid not in self._bench.fresh().evidence:
            raise NoAnswer(f"there is no evidence {eid}")
        try:
            return self._bench.read(eid)
        except KeyError:
            raise NoAnswer(f"the content of {eid} is not there any more") from None

    def _repository(self) -> Any:
        repository = self._desk.repository()
        if repository is None:
            raise NoAnswer("no repository is set for this service")
        return repository


@dataclass(frozen=True, slots=True)
class Tool:
    """A tool as the model is told of it, and what it does."""

    about: str
    arguments: type[Strict]
    use: Callable[[Toolbox, Any, int], Awaitable[Result]]


TOOLS: Mapping[str, Tool] = {
    "read_evidence": Tool("Read lines of one evidence item.", Lines, Toolbox.read_evidence),
    "search_evidence": Tool(
        "Find lines that hold some words, in one evidence item or in all.",
        Words,
        Toolbox.search_evidence,
    ),
    "read_logs": Tool("Read the service's logs as they are now.", Since, Toolbox.read_logs),
    "read_metrics": Tool(
        "Read traffic, errors, p95 and saturation as they are now, with the half hour before.",
        Nothing,
        Toolbox.read_metrics,
    ),
    "read_deploys": Tool("Read the deploy log.", Nothing, Toolbox.read_deploys),
    "list_commits": Tool("List the newest commits.", Many, Toolbox.list_commits),
    "read_diff": Tool("Read what one commit changed.", Sha, Toolbox.read_diff),
    "check_health": Tool("Ask a service's health address.", Of, Toolbox.check_health),
    "look_around": Tool(
        "Look at what surrounds the service: cluster, database, certificates, alerts, commands"
        " that only look.",
        Nothing,
        Toolbox.look_around,
    ),
    "rank_causes": Tool(
        "Run the deterministic ranking of changes and outside causes on what is there now.",
        Nothing,
        Toolbox.rank_causes,
    ),
    "earlier_report": Tool("Read the report of an earlier task.", Key, Toolbox.earlier_report),
    "read_runbook": Tool("Read the runbook that applies.", Nothing, Toolbox.read_runbook),
    "ask_human": Tool(
        "Leave a question for the people of the incident. Nobody waits for the answer.",
        Question,
        Toolbox.ask_human,
    ),
}
"""By name, in the order a model is told of them: the same bytes for every task."""


def _ends(numbered: list[tuple[int, str]], room: int) -> list[tuple[int, str]]:
    """The beginning and, mostly, the end of what is too long: the newest lines tell most."""
    size = sum(len(line) + 12 for _, line in numbered)
    if size <= room or len(numbered) < 8:
        return numbered
    keep = max(4, int(len(numbered) * room / size))
    return [*numbered[: keep // 4], *numbered[-(keep - keep // 4) :]]


def _cited(claim: Mapping[str, Any]) -> str:
    marks = "".join(f" [{eid}]" for eid in claim["evidence"])
    return f"{quoted(str(claim['text']))}{marks}"
