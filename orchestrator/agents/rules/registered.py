"""The pattern over earlier regressions of the project: how many were like this one, and in what."""

from orchestrator.agents.contract import Observation
from orchestrator.agents.rules.desk import Desk, claim
from orchestrator.agents.rules.words import plural, quoted
from orchestrator.documents.register import entry, shelf
from orchestrator.evidence.sources.source import within
from orchestrator.model.reports.claims import UNKNOWN, Claim
from orchestrator.project import Project

_TOLD = ("incident_id", "detection_date", "component", "regression_category", "status", "reason")
_NAMED = 5


async def pattern(desk: Desk) -> tuple[Claim, ...]:
    """What earlier entries share with this regression; nothing for an incident that is none."""
    state = desk.state
    if state.regression.get("verdict") not in ("CONFIRMED", "LIKELY"):
        return ()
    command = "read .aiwg/regression/register"
    desk.bench.call(command)
    folder = Project(desk.bench.root).incident(state.incident)
    read = await desk.tried(within(10.0, "regression register", lambda: shelf(folder)))
    entries = {name.removesuffix(".yaml"): entry(text) for name, text in (read or {}).items()}
    others = {
        name: values
        for name, values in entries.items()
        if values.get("incident_id") != state.incident and "component" in values
    }
    if not others:
        desk.bench.out("no earlier regression is in the register")
        return ()
    lines = {name: number for number, name in enumerate(others, start=1)}
    content = [
        f"{name} " + " ".join(f"{key}={quoted(str(values.get(key, UNKNOWN)))}" for key in _TOLD)
        for name, values in others.items()
    ]
    eid = await desk.bench.observe(
        Observation(
            kind="analysis",
            source="regression register",
            command=command,
            summary=f"{plural(len(others), 'earlier regression')} of this project",
            content="".join(f"{line}\n" for line in content),
        )
    )
    found: list[Claim] = []
    for what, key, own in (
        (f"of {state.service}", "component", state.service),
        (f"of the category {state.category}", "regression_category", state.category),
    ):
        same = [name for name, values in others.items() if own and values.get(key) == own]
        if same:
            text = f"{len(same)} of {plural(len(others), 'earlier regression')} were {what}: "
            text += ", ".join(same[-_NAMED:])
            found.append(claim(f"{text}.", *(f"{eid}:{lines[name]}" for name in same[-_NAMED:])))
    if not found:
        text = f"None of {plural(len(others), 'earlier regression')} was of this service or kind."
        found.append(claim(text, eid))
    return tuple(found)
