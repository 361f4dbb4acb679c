"""The component owner: log patterns, code review of the suspects, and the hypotheses board."""

import re
from dataclasses import dataclass

from orchestrator.agents.contract import Observation
from orchestrator.agents.rules import cited_lines, surroundings
from orchestrator.agents.rules.blame import blamed
from orchestrator.agents.rules.board import board_of
from orchestrator.agents.rules.desk import BASELINE, Desk, assumed, claim
from orchestrator.agents.rules.findings import Findings
from orchestrator.agents.rules.investigation import investigate
from orchestrator.agents.rules.regression_analyst import diff_line
from orchestrator.agents.rules.words import figure, percent, plural, quoted
from orchestrator.evidence.analysis.changes import Suspicion
from orchestrator.evidence.analysis.templates import Change
from orchestrator.model.reports.claims import Claim
from orchestrator.model.reports.tiers import Hypothesis, Tier2Report

_PATTERNS, _REVIEWED = 6, 4


async def tier2(desk: Desk) -> Tier2Report:
    """Deep analysis: what the logs say differently, what the diffs do, and what that means."""
    desk.steers()
    found = await investigate(desk)
    patterns = await _patterns(desk, found)
    for pattern in patterns:
        desk.say(f"{pattern.text} [{pattern.evidence[0]}]")
    review = _review(desk, found) + await cited_lines.changed_by(desk, found)
    for remark in review:
        desk.say(f"{remark.text} [{remark.evidence[0]}]")
    below = await _dependencies(desk)
    for needed in below:
        desk.say(f"{needed.claim.text} [{needed.claim.evidence[0]}]")
    around = await surroundings.deep(desk, found.began - BASELINE)
    for seen in around:
        desk.say(seen.claim.text + (f" [{seen.claim.evidence[0]}]" if seen.told else ""))
    explained = blamed(found) is not None or found.external or found.outside is not None
    states = surroundings.hypotheses(around, explained=explained, causes=found.causes)
    board = board_of(found, [needed.claim for needed in below if not needed.well], states)
    for one in board:
        signs = f"+{len(one.supporting)} -{len(one.refuting)}"
        desk.bench.out(f"{one.id} {signs} {one.status:<10} {quoted(one.statement, 80)}")
    leading = next((one for one in board if one.status == "supported"), None)
    if leading is None:
        desk.ask("root cause", "What could have caused this? No hypothesis is supported yet.")
        summary = assumed("No hypothesis is supported by evidence yet.")
        desk.say(summary.text)
    else:
        summary = claim(
            f"{leading.id} leads: {leading.statement} ({percent(leading.confidence)}).",
            *leading.supporting[0].evidence,
        )
        desk.say(summary.text + f" [{summary.evidence[0]}]")
    reasons = _reasons(desk, found, leading)
    desk.say(f"Escalating to tier 3: {'; '.join(reasons)}." if reasons else "No need to escalate.")
    desk.steers()
    return Tier2Report(
        summary=summary,
        patterns=tuple(patterns),
        code_review=tuple(review),
        dependencies=(
            *_around(found),
            *(needed.claim for needed in below),
            *(seen.claim for seen in around if seen.told),
        ),
        hypotheses=tuple(board),
        escalate=bool(reasons),
        reasons=reasons,
        unknown=tuple(desk.unknown),
    )


def _reasons(desk: Desk, found: Findings, leading: Hypothesis | None) -> tuple[str, ...]:
    """What calls for the architect: no lead, a matter of design, a vendor, or a fix in a hurry."""
    reasons = [] if leading is not None else ["no hypothesis is supported by evidence"]
    if found.external:
        reasons.append("it cannot carry its load: capacity is a question of design")
    named = outside_named(desk, found)
    if named:
        reasons.append(f"errors name a system outside: {', '.join(name for name, _ in named)}")
    options = desk.state.told("regression/feasibility").get("options", ())
    back = next((one["feasibility"] for one in options if one["name"] == "rollback"), "")
    if blamed(found) is not None and back in ("RISKY", "BLOCKED"):
        reasons.append(f"going back is {back}: a code fix in a hurry is to be decided")
    return tuple(reasons)


def outside_named(desk: Desk, found: Findings) -> list[tuple[str, Claim]]:
    """Systems outside this project that the new errors name, and where."""
    service = desk.service
    ours = {one.name for one in desk.bench.settings.services}
    said: list[tuple[str, Claim]] = []
    for name in service.dependencies if service is not None else ():
        for template, kept in found.new_errors() if name not in ours else ():
            texts = [f"{record.message} {record.error_text}" for record in template.records]
            if any(re.search(rf"(?i)(?<!\w){re.escape(name)}(?!\w)", text) for text in texts):
                text = f"New errors name {quoted(name, 60)}, {plural(template.after, 'time')}."
                said.append((quoted(name, 60), claim(text, kept.at(template.first_line))))
                break
    return said


async def _patterns(desk: Desk, found: Findings) -> list[Claim]:
    if not found.log_changes:
        return []
    rows = [_row(change) for change, _ in found.log_changes[:60]]
    eid = await desk.bench.observe(
        Observation(
            kind="analysis",
            source="log templates",
            command="compare log templates before and after the trouble began",
            summary=f"{plural(len(found.log_changes), 'template')} changed",
            content="\n".join(rows) + "\n",
            taint="outside",
            computed_from=tuple(dict.fromkeys(kept.eid for _, kept in found.log_changes)),
        )
    )
    said: list[Claim] = []
    for number, (change, kept) in enumerate(found.log_changes[:_PATTERNS], start=1):
        template = change.template
        place = kept.at(template.first_line)
        name = template.error or template.level or "template"
        text = f'{name} "{quoted(template.text, 80)}" is {change.kind}: '
        text += f"{template.after} times since, {template.before} before."
        said.append(claim(text, f"{eid}:{number}", place))
    frames = _deepest(found)
    if frames is not None:
        said.append(frames)
    return said


def _row(change: Change) -> str:
    template = change.template
    counts = f"{template.before} before, {template.after} after"
    return f"{change.kind}: {counts}: {template.error} {quoted(template.text, 160)}"


def _deepest(found: Findings) -> Claim | None:
    """Where most of the new tracebacks end, and through how many callers they come."""
    ends: dict[str, int] = {}
    cited = ""
    for template, kept in found.new_errors():
        for record in template.records:
            if record.frames:
                last = record.frames[-1]
                name = f"{last.function} ({last.file.rpartition('/')[2]}:{last.line})"
                ends[name] = ends.get(name, 0) + 1
                cited = cited or kept.at(record.line)
    if not ends:
        return None
    name, count = max(ends.items(), key=lambda item: (item[1], item[0]))
    share = percent(count / sum(ends.values()))
    text = f"{share} of the tracebacks sampled end in {name}"
    callers = len(found.callers())
    text += f", reached through {plural(callers, 'different caller')}" if callers else ""
    return claim(f"{text}.", cited)


def _review(desk: Desk, found: Findings) -> list[Claim]:
    suspects = list(found.suspects or [])
    wanted = " ".join(desk.steers())
    if wanted:
        # a file or commit that a human named comes first
        suspects.sort(key=lambda one: not _named(one, wanted))
    return [_remark(found, one) for one in suspects[:_REVIEWED] if diff_line(found, one)]


def _named(one: Suspicion, wanted: str) -> bool:
    paths = [file.patch.path for file in one.candidate.files]
    return one.candidate.sha[:7] in wanted or any(
        path in wanted or path.rpartition("/")[2] in wanted for path in paths
    )


def _remark(found: Findings, one: Suspicion) -> Claim:
    said = f'{one.candidate.sha[:8]} "{quoted(one.candidate.subject, 60)}"'
    reason = one.reason
    if reason is None:
        return claim(f"{said}: nothing in it to worry about.", diff_line(found, one))
    return claim(f"{said}, {reason.path}: {reason.what}.", diff_line(found, one))


def _around(found: Findings) -> list[Claim]:
    figures = found.figures
    if figures is None:
        return []
    usual, now = figures.usual("requests", found.began), figures.during("requests", found.began)
    said: list[Claim] = []
    if usual is not None and now is not None:
        text = f"Callers: {figure('requests', now)} against {figure('requests', usual)} usually."
        said.append(claim(text, figures.cite(found.began)))
    full = figures.during("saturation", found.began)
    if full is not None:
        text = f"Below it: {found.resource} stands at {percent(full)} of its capacity."
        said.append(claim(text, figures.cite(found.began)))
    return said


@dataclass(frozen=True, slots=True)
class _Dependency:
    """Something the service needs, as it says of itself."""

    well: bool
    claim: Claim


async def _dependencies(desk: Desk) -> list[_Dependency]:
    """What those services say that the settings name as needed, and that can be asked."""
    said: list[_Dependency] = []
    for name in desk.service.dependencies if desk.service is not None else ():
        other = desk.bench.settings.service(name)
        seen = await desk.health(other) if other is not None else None
        if seen is not None:
            state = "is well" if seen[0].well else "is not well"
            text = f"Below it: {name} {state}, {quoted(seen[0].why, 100)}."
            said.append(_Dependency(seen[0].well, claim(text, f"{seen[1]}:1")))
    return said
