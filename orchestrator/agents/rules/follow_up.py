"""After it is over: what the runbook should say, and an article for the knowledge base."""

from pathlib import Path

from orchestrator.agents.contract import Observation
from orchestrator.agents.rules import lessons, past
from orchestrator.agents.rules.desk import UNKNOWN, Desk, assumed, claim
from orchestrator.agents.rules.earlier import known, named
from orchestrator.agents.rules.moments import moments
from orchestrator.agents.rules.prevention import findings, prevented
from orchestrator.agents.rules.registered import pattern
from orchestrator.agents.rules.runbook_diff import new_file, new_path, proposal
from orchestrator.agents.rules.words import quoted
from orchestrator.evidence.sources.source import SourceError, within
from orchestrator.model.reports.claims import Claim
from orchestrator.model.reports.follow_up import KnowledgeReport, RunbookReport

_LARGEST = 256 * 1024
"""A larger file is no runbook."""


async def runbook(desk: Desk) -> RunbookReport:
    """The update as a reviewable diff of the runbook there is; without one, its parts alone."""
    desk.steers()
    state = desk.state
    journal = await moments(desk)
    todo = await findings(desk)
    healed = lessons.cure(state, journal)
    seen = lessons.symptoms(state)
    short, long = prevented(todo, "immediate", "short-term"), prevented(todo, "long-term")
    report = RunbookReport(
        summary=UNKNOWN,
        scenario=lessons.scenario(state),
        symptoms=tuple(seen),
        diagnosis=lessons.commands(state),
        immediate=healed.done,
        short_term=short[0] if short else UNKNOWN,
        long_term=long[0] if long else UNKNOWN,
        escalation=lessons.ladder(desk),
        prevention=tuple(one.action for one in todo),
        existing="",
        diff="",
    )
    path = named(state.told("tier1/data").get("runbook"))
    text = await _read(desk, path) if path else None
    if not known(healed.done):
        desk.ask("mitigation for the runbook", "What cures this, for the runbook?")
    if text is None:
        desk.ask("runbook", f"Where is the runbook of {state.service or 'this service'} kept?")
        desk.say("There is no runbook that could be changed.")
        if path:
            summary = assumed(f"The runbook {quoted(path)} cannot be read as text.")
            changes = {"summary": summary, "unknown": tuple(desk.unknown)}
            return report.model_copy(update=changes)
        return _first(desk, report, healed.command, journal.cite("runbook"))
    content, eid = text
    if _as_in(state.incident) in content:
        summary = claim(f"{quoted(path)} has a section on this incident already.", eid)
        changes = {"summary": summary, "existing": path, "unknown": tuple(desk.unknown)}
        return report.model_copy(update=changes)
    diff = proposal(path, content, _section(report, healed.command, state.incident))
    for line in diff.splitlines()[:24]:
        desk.bench.out(quoted(line, 110))
    summary = claim(f"A section on this incident is proposed for {quoted(path)}.", eid)
    desk.say(f"{summary.text} [{eid}]")
    return report.model_copy(
        update={
            "summary": summary,
            "existing": path,
            "diff": diff,
            "unknown": tuple(desk.unknown),
        }
    )


def _first(desk: Desk, report: RunbookReport, command: str, cited: str) -> RunbookReport:
    """A new file where no runbook applies; people may keep it elsewhere."""
    state = desk.state
    path = new_path(desk.bench.root, desk.bench.settings.runbooks.path, state.service)
    head = ["---", f"title: {report.scenario}", f"services: [{state.service}]", "---"]
    diff = new_file(path, [*head, *_section(report, command, state.incident)])
    said = f"Tier 1 found no runbook; {quoted(path)} would be one."
    return report.model_copy(
        update={"summary": claim(said, cited), "diff": diff, "unknown": tuple(desk.unknown)}
    )


async def knowledge(desk: Desk) -> KnowledgeReport:
    """How to recognise and cure it next time, and which incidents before it looked alike."""
    desk.steers()
    state = desk.state
    journal = await moments(desk)
    todo = await findings(desk)
    before = await past.related(desk)
    said = [
        claim(
            f"{one.incident} looks alike: same {'; '.join(one.shared)}.", f"{before.eid}:{number}"
        )
        for number, one in enumerate(before.shown, start=1)
    ]
    seen = lessons.symptoms(state)
    problem = seen[0] if seen else UNKNOWN
    why = lessons.cause(state)
    if not known(why):
        desk.ask("root cause", "What caused this?")
    for one in (problem, why, *said):
        cited = f" [{one.evidence[0]}]" if one.evidence else ""
        desk.say(f"{one.text}{cited}")
    if not said:
        desk.say("No past incident of this project looks alike.")
    summary = claim(
        f"{lessons.scenario(state)}: {'a cause is known' if known(why) else 'cause UNKNOWN'}, "
        f"{before.recurrence(state.detected_at)}.",
        before.eid or journal.eid,
    )
    return KnowledgeReport(
        summary=summary,
        claims=tuple(said),
        title=lessons.scenario(state),
        keywords=lessons.keywords(desk),
        problem=problem,
        cause=why,
        steps=tuple(lessons.steps(desk, journal)),
        prevention=tuple(one.action for one in todo),
        related=tuple(one.incident for one in before.shown),
        regressions=await pattern(desk),
        unknown=tuple(desk.unknown),
    )


async def _read(desk: Desk, path: str) -> tuple[str, str] | None:
    """The runbook as it lies in the project, and its evidence; None when it cannot be read."""
    root = desk.bench.root.resolve()
    file = (root / path).resolve()
    if not file.is_relative_to(root):
        desk.bench.warn(f"{quoted(path)} lies outside the project")
        return None
    command = f"read {quoted(path, 200)}"
    desk.bench.call(command)
    content = await desk.tried(within(10.0, path, lambda: _content(file, path)))
    if content is None:
        return None
    eid = await desk.bench.observe(Observation("runbook", path, command, "runbook", content))
    return content, eid


def _content(file: Path, path: str) -> str:
    try:
        if file.stat().st_size > _LARGEST:
            raise SourceError(f"{path}: is too long for a runbook")
        # the diff must fit the file as it is, its line ends included
        return file.read_bytes().decode("utf-8")
    except OSError as error:
        raise SourceError(f"{path}: {(error.strerror or 'cannot be read').lower()}") from None
    except UnicodeDecodeError:
        raise SourceError(f"{path}: is no UTF-8 text") from None


def _as_in(incident: str) -> str:
    return f"As in {incident}."


def _section(report: RunbookReport, command: str, incident: str) -> list[str]:
    """The new section in markdown; what nobody knows is left out of it."""

    def bullets(title: str, items: list[str]) -> list[str]:
        return [f"### {title}", "", *(f"- {item}" for item in items), ""] if items else []

    def stated(*claims: Claim) -> list[str]:
        return [lessons.said_with_source(incident, one) for one in claims if known(one)]

    run = [f"run here by: {_code(command)}"] if command else []
    return [
        f"## {report.scenario}",
        "",
        _as_in(incident),
        "",
        *bullets("Symptoms", stated(*report.symptoms)),
        *bullets("Diagnosis, as run here", [_code(one) for one in report.diagnosis]),
        *bullets("Mitigation", [*stated(report.immediate), *run]),
        *bullets("Escalation", [report.escalation]),
        *bullets("Prevention", stated(*report.prevention)),
    ]


def _code(command: str) -> str:
    return f"`{command.replace('`', ' ')}`"
