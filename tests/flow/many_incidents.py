"""Many incidents of one project, told by the flow itself: severities, faults, ends of all kinds."""

import json
import random
from dataclasses import replace
from functools import cache
from typing import Any

from orchestrator.journal.lines import chained
from orchestrator.model import events as ev
from orchestrator.model.commands import Command
from orchestrator.model.events import Event, Payload
from orchestrator.model.state import State
from tests.flow.simulate import FAILED, SHA, War, answers, claim, indicators

DAY = 86400.0
OWNERS = ("a.kim", "j.ortiz", "UNKNOWN")
TEXTS = ("alert on a full pool", "limit each loan", "test the empty summary", "rehearse a rollback")


@cache
def many(count: int, seed: int = 7) -> tuple[tuple[Event, ...], ...]:
    """Journals of `count` incidents over about a year, in no order of their own."""
    chance = random.Random(seed)
    return tuple(tuple(_told(chance, number)) for number in range(1, count + 1))


def lines(journal: tuple[Event, ...]) -> list[dict[str, Any]]:
    """The journal as its file has it, one object a line."""
    return [json.loads(chained(event, "")[1]) for event in journal]


def _told(chance: random.Random, number: int) -> list[Event]:
    war = War(severity=chance.choice(["", "", "P0", "P1", "P2", "P3"]))
    war.acknowledges_after = chance.choice([5.0, 30.0, 200.0, 1500.0, None])
    war.approves = chance.random() < 0.9
    culprit = chance.choice(["c0ffee1", "bada55e", "", ""])
    war.answers = {
        **answers(),
        "triage/impact": {"affected_share": chance.choice([0.9, 0.3, 0.01]), "data_loss": "no"},
        "triage/urgency": {"level": chance.choice(["HIGH", "MEDIUM", "LOW"])},
        "tier1/data": {"escalate": chance.random() < 0.5, "reasons": ["a change is suspected"]},
        "tier2/analysis": {
            "hypotheses": [],
            "escalate": chance.random() < 0.3,
            "reasons": ["design flaw"],
        },
        "rca/5whys": {
            "root_cause": claim(chance.choice(["a leak", "a full disk"]), "E1", "E2"),
            "culprit": culprit,
            "verdict": chance.choice(["LIKELY", "LIKELY", "INCONCLUSIVE"]),
        },
        "review/actions": _proposed(chance),
        "detect/record": {
            "impact_started_at": chance.choice([war.now - 40, war.now - 400, None]),
            "impact_started_how": "first failed share",
            "impact_evidence": ["E1"],
        },
    }
    war.durations = {"mitigation/watch": 1800.0, "regression/verdict": chance.choice([2.0, 900.0])}
    if chance.random() < 0.3:
        war.answers["regression/verdict"] = {"indicators": indicators(worked_before="no")}
    fails = chance.random()
    if fails < 0.15:
        war.answers["mitigation/execute"] = {"exit": 1, "why": "broke"}
    elif fails < 0.3:
        war.answers["mitigation/validate"] = FAILED
    war.open()
    for name, args in _commands(chance):
        war.later(chance.uniform(5, 9000), war.human(name, **args))
    _run(war, chance)
    return _elsewhere(war, number, chance)


def _proposed(chance: random.Random) -> dict[str, Any]:
    spans = ("immediate", "short_term", "long_term")
    return {
        span: [
            {"owner": chance.choice(OWNERS), "action": claim(text, "E1")}
            for text in chance.sample(TEXTS, chance.randint(0, 2))
        ]
        for span in spans
    }


def _commands(chance: random.Random) -> list[tuple[str, dict[str, Any]]]:
    why = {"why": "because"}
    known = [
        ("resolve", why),
        ("severity", {"severity": chance.choice(["P0", "P1", "P2"]), **why}),
        ("assess", {"text": "looked at"}),
        ("step", {"step": "review", "what": "skip", **why}),
        ("escalate", {"target": "tier2", **why}),
        ("note", {"text": "hello"}),
    ]
    return chance.sample(known, chance.randint(0, 3))


def _run(war: War, chance: random.Random) -> None:
    """Up to half a day, with the documents written; then people come back to its actions."""
    for hour in range(1, 13):
        war.run(until=hour * 3600.0)
        _review(war)
        if war.state.status == "CLOSED" and hour < 10 and chance.random() < 0.1:
            war.give(war.human("reopen", why="it is back"))
    for item in list(war.state.follow_up.values()):
        war.now += chance.uniform(0, 12) * DAY
        change = chance.choice(["DONE", "DONE", "DROPPED", "", "date"])
        if change == "date":
            war.give(war.human("action", action=item.id, due=item.due + 9 * DAY))
        elif change:
            war.give(war.human("action", action=item.id, status=change, why="said so"))


def _review(war: War) -> None:
    state: State = war.state
    if state.status == "RESOLVED" and state.report("review/knowledge") is not None:
        war.now = max(war.now, state.resolved_at + 1)
        written = {"path": "post-incident-review.md", "sha256": SHA, "bytes": 10}
        command = f"document/{war.now}"
        war.give(Command(command, "document", war.now, ev.RUNNER, written))


def _elsewhere(war: War, number: int, chance: random.Random) -> list[Event]:
    """The same history on another day of the year, of another service, under its own name."""
    shift = round(chance.uniform(0, 365) * DAY, 3)
    service = chance.choice(["orders", "checkout"])
    drill = chance.random() < 0.1
    alert = {"forked_from": "INC-1"} if drill and chance.random() < 0.5 else {}

    def moved(data: Payload) -> Payload:
        if isinstance(data, ev.IncidentDetected):
            name = f"INC-{number}"
            return replace(data, incident=name, service=service, drill=drill, alert=alert)
        if isinstance(data, ev.ImpactDated):
            return replace(data, started_at=round(data.started_at + shift, 3))
        if isinstance(data, ev.PreventiveActionTracked):
            return replace(data, due=round(data.due + shift, 3))
        if isinstance(data, ev.PreventiveActionChanged) and data.due:
            return replace(data, due=round(data.due + shift, 3))
        return data

    return [replace(e, at=round(e.at + shift, 3), data=moved(e.data)) for e in war.journal]
