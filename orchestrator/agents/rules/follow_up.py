"""After it is over: what the runbook should say, and an article for the knowledge base."""

import difflib
import re
from collections.abc import Iterable
from pathlib import Path

from orchestrator.agents.contract import Observation
from orchestrator.agents.rules import lessons, past
from orchestrator.agents.rules.desk import UNKNOWN, Desk, assumed, claim
from orchestrator.agents.rules.earlier import known, latest, named
from orchestrator.agents.rules.moments import moments
from orchestrator.agents.rules.prevention import findings, prevented
from orchestrator.agents.rules.words import plural, quoted
from orchestrator.evidence.hygiene import clean
from orchestrator.evidence.redaction import redact
from orchestrator.evidence.sources.source import SourceError, within
from orchestrator.model.reports.claims import Claim
from orchestrator.model.reports.follow_up import KnowledgeReport, RunbookReport

_LINE = re.compile(r"[^\n]*\n|[^\n]+")
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
    path = named(latest(state, "tier1/data").get("runbook"))
    text = await _read(desk, path) if path else None
    if not known(healed.done):
        desk.ask("mitigation for the runbook", "What cures this, for the runbook?")
    if text is None:
        desk.ask("runbook", f"Where is the runbook of {state.service or 'this service'} kept?")
        desk.say("There is no runbook to change: this is the material for a new one.")
        said = [
            claim("Tier 1 found no runbook; this is material for one.", journal.cite("runbook"))
        ]
        summary = said[0] if not path else assumed(f"The runbook {quoted(path)} cannot be read.")
        return report.model_copy(update={"summary": summary, "unknown": tuple(desk.unknown)})
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


async def knowledge(desk: Desk) -> KnowledgeReport:
    """How to recognise and cure it next time, and which incidents before it looked alike."""
    desk.steers()
    state = desk.state
    journal = await moments(desk)
    todo = await findings(desk)
    alike, eid = await past.related(desk)
    said = [
        claim(f"{one.incident} looks alike: same {'; '.join(one.shared)}.", f"{eid}:{number}")
        for number, one in enumerate(alike, start=1)
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
        f"{plural(len(said), 'earlier incident looks', 'earlier incidents look')} alike.",
        journal.eid,
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
        related=tuple(one.incident for one in alike),
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


def proposal(path: str, content: str, section: list[str]) -> str:
    """A unified diff that adds a section at the end of a runbook, as `git apply` takes it.

    Lines around it that hold a secret are not shown: the diff then has no context.
    """
    end = "\r\n" if "\r\n" in content else "\n"
    old = _LINE.findall(content)
    new = list(old)
    gap = [end] if old and old[-1].strip() else []
    if old and not old[-1].endswith("\n"):
        new[-1] += end
    added = [redact(clean(line))[0].replace("\n", " ") for line in section]
    while added and not added[-1]:
        added.pop()
    new += [*gap, *(line + end for line in added)]
    shown = difflib.unified_diff(old, new, f"a/{path}", f"b/{path}", n=3)
    diff = _joined(shown)
    if redact(diff)[0] != diff:
        diff = _joined(difflib.unified_diff(old, new, f"a/{path}", f"b/{path}", n=0))
    return diff if redact(diff)[0] == diff else ""


def _joined(lines: Iterable[str]) -> str:
    """Lines of a diff; a last line without its end is marked as such."""
    return "".join(
        line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n" for line in lines
    )
