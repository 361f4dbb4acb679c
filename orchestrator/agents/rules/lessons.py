"""What this incident taught about recognising and curing it: for the runbook and the article."""

from collections.abc import Sequence
from dataclasses import dataclass

from orchestrator.agents.rules.desk import UNKNOWN, Desk, claim
from orchestrator.agents.rules.earlier import attempts, grounded, known, named, restated
from orchestrator.agents.rules.likeness import traits
from orchestrator.agents.rules.moments import Moments
from orchestrator.agents.rules.words import opened, quoted
from orchestrator.evidence.analysis.tokens import words
from orchestrator.model import durations
from orchestrator.model.reports.claims import Claim
from orchestrator.model.state import State

_NOT_COMMANDS = ("human", "alert", "report", "analysis", "runbook")
"""Kinds of evidence that no command of this incident brought."""


@dataclass(frozen=True, slots=True)
class Cure:
    """What ended it: a change and its proof, or nothing but time."""

    done: Claim
    command: str


def scenario(state: State) -> str:
    """The trouble by what it was: its cause's effect where known, else what was reported."""
    reported = quoted(state.title, 120)
    name = state.service
    if name and reported.lower().startswith(f"{name.lower()}:"):
        return reported
    return f"{name}: {reported}" if name and name.lower() not in reported.lower() else reported


def symptoms(state: State) -> list[Claim]:
    """What was seen: the measured effect, then what the log newly said."""
    impact = state.told("triage/impact") or state.told("detect/record")
    seen = grounded([impact.get("why") or impact.get("user_impact") or {}])
    patterns = grounded(state.told("tier2/analysis").get("patterns", ()))
    first = grounded(pair["answer"] for pair in state.told("rca/5whys").get("whys", ())[:1])
    return list(dict.fromkeys([*seen, *(patterns[:4] or first)]))


def commands(state: State) -> tuple[str, ...]:
    """What was really run here and told something, each once, in the order it was run."""
    telling = _telling(state)
    run = [
        item.command
        for item in state.evidence.values()
        if item.kind not in _NOT_COMMANDS and item.command and item.eid in telling
    ]
    return tuple(dict.fromkeys(quoted(command, 200) for command in run))[:12]


def _telling(state: State) -> set[str]:
    """Evidence that a symptom, a bad check, a sign of a regression or the cause rests on."""
    cited = [item for said in (*symptoms(state), cause(state)) for item in said.evidence]
    for check in state.told("tier1/data").get("checks", ()):
        if check["state"] == "bad":
            cited += check["finding"]["evidence"]
    for sign in state.told("regression/verdict").get("indicators", ()):
        if sign["holds"] == "yes":
            cited += sign["why"]["evidence"]
    return {str(item).partition(":")[0] for item in cited}


def cure(state: State, journal: Moments) -> Cure:
    """The change that was carried out and what the probes saw; UNKNOWN where none healed it."""
    action = state.resolution_action
    if state.resolution != "RESOLVED" or not action:
        return Cure(UNKNOWN, "")
    seen = next(
        (
            said
            for task in reversed(attempts(state, "mitigation/validate"))
            if known(said := restated(task.report.get("summary")))
        ),
        UNKNOWN,
    )
    after = f"; after it {seen.text}" if known(seen) else ""
    names = [name for name in ("approved", "restored", "resolved") if name in journal.place]
    cited = [journal.cite(name) for name in names or ["resolved"]]
    way = opened(action)
    if state.told("mitigation/strategy").get("selected") == "rollback":
        way = f"Go back to the version that ran before; here: {action}"
    done = claim(f"{way}{after}.", *cited, *seen.evidence)
    return Cure(done, _carried_out(state))


def _carried_out(state: State) -> str:
    """The exact command of the change that was approved and ran well."""
    for task in reversed(attempts(state, "mitigation/execute")):
        argv = (task.inputs.get("card") or {}).get("argv")
        if task.outcome == "done" and task.report.get("exit") == 0 and argv:
            return quoted(" ".join(str(part) for part in argv), 300)
    return ""


def cause(state: State) -> Claim:
    """The root cause as code concluded it, with the mechanism by which it did harm."""
    concluded = state.cause
    if not concluded or not concluded.get("evidence"):
        return UNKNOWN
    statement = named(concluded.get("statement"))
    if not statement:
        return UNKNOWN
    evidence = tuple(str(item) for item in concluded["evidence"])
    pairs = state.told("rca/5whys").get("whys", ())
    how = restated(pairs[1]["answer"]) if len(pairs) > 1 else UNKNOWN
    if not how.evidence or how.text == statement:
        return claim(statement, *evidence)
    return claim(f"{how.text} {statement}", *evidence, *how.evidence)


def keywords(desk: Desk) -> tuple[str, ...]:
    """What somebody in the same trouble would search for."""
    state = desk.state
    known_by = traits(state)
    service = desk.service
    found = [state.service, known_by.category, *sorted(known_by.errors), *sorted(known_by.files)]
    if service is not None:
        found.append(service.signals.in_use)
    reported = words(f"{state.title} {state.symptoms}") - words(state.service)
    found += sorted(word for word in reported if len(word) > 4)[:6]
    return tuple(dict.fromkeys(quoted(word, 80) for word in found if word))[:16]


def ladder(desk: Desk) -> str:
    """Whom to call and when, from the policy, the settings, and who really took part."""
    state = desk.state
    row = state.policy.table[state.severity or "P0"]
    parts: list[str] = []
    for tier, after in ((2, row.tier2), (3, row.tier3)):
        taken = state.tiers.get(tier)
        who = taken.who if taken is not None else _holder(desk, f"tier{tier}")
        if after is not None:
            parts.append(f"tier {tier} ({quoted(who, 64)}) after {durations.words(after)}")
    commander = state.roles.get("commander") or _holder(desk, "commander")
    return f"commander {quoted(commander, 64)}; " + (
        "; ".join(parts) or f"no tier by the clock at {state.severity or 'P0'}"
    )


def _holder(desk: Desk, role: str) -> str:
    holders = desk.bench.settings.holders(role)
    return holders[0].name if holders else "UNKNOWN"


def said_with_source(incident: str, said: Claim) -> str:
    """A claim for a text that outlives the incident: its evidence is named with the incident."""
    if not said.evidence:
        return said.text
    return f"{said.text} ({incident} {', '.join(said.evidence[:3])})"


def steps(desk: Desk, journal: Moments) -> Sequence[str]:
    """How it was found and ended, as orders in the imperative; nothing that was not done here."""
    state = desk.state
    looked = commands(state)
    found = [f"Look: {command}" for command in looked[:6]]
    culprit = str(state.cause.get("culprit") or "")
    if culprit:
        found.append(f"Compare: here it was {culprit[:12]}, live in the deploy before it began.")
    healed = cure(state, journal)
    if known(healed.done):
        how = f" ({healed.command})" if healed.command else ""
        found.append(f"Cure: {state.resolution_action}{how}; approve it on its card.")
        found.append("Check: traffic, errors, p95 and what is in use back at their usual.")
    elif state.resolution == "RESOLVED":
        found.append("Wait and watch: here the signals recovered without a change.")
    return found
