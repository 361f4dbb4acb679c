"""Incidents carried to their review by the flow, with full reports; the deterministic responder
writes each review over the incident's own journal. All is drawn from one seed.
"""

import asyncio
import random
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from orchestrator.agents.contract import Observation
from orchestrator.agents.rules import RulesBackend
from orchestrator.clock import FakeClock
from orchestrator.documents.render import render
from orchestrator.journal.append import JournalWriter
from orchestrator.model import events as ev
from orchestrator.model.business_hours import BusinessHours
from orchestrator.model.codec import encode
from orchestrator.model.commands import Command
from orchestrator.model.events import Actor
from orchestrator.model.messages import EXECUTIVE, MANAGEMENT, NOTICE, STATUS_PAGE
from orchestrator.model.records import Task
from orchestrator.model.state import State
from orchestrator.project import Project, write_private
from orchestrator.settings import Settings
from tests.flow.simulate import PEOPLE, SHA, T0, Report, War, answers, claim, indicators
from tests.unit.fake_bench import FakeBench
from tests.unit.incident_card import rollback_card
from tests.unit.incident_claims import UNKNOWN
from tests.unit.incident_evidence import ITEMS
from tests.unit.incident_reports import REPORTS

PIR = "post-incident-review.md"
DAY = 86400.0
REVIEWS = ("review/pir", "review/actions", "review/runbook", "review/knowledge")
THEMES = ("new-team", "security", "data-loss", "revenue", "compliance", "tight-sla", "performance")
HOURS = BusinessHours(zone="Europe/Berlin", severities=("P0", "P1", "P2", "P3"))
"""When the team of every fifth incident works."""


@dataclass(frozen=True)
class Reviewed:
    """One incident on disk with its review, and the simulation it came from."""

    journal: Path
    review: Path
    war: "Told"


class Filing(FakeBench):
    """A bench whose evidence goes into the journal, as the runner's does."""

    def __init__(self, root: Path, war: "Told") -> None:
        clock = FakeClock(war.now)
        super().__init__(root, Settings(), war.state.copy(), clock)
        self.war = war

    async def observe(self, observation: Observation) -> str:
        stored = self.ledger.store(observation.content)
        key = (observation.command, stored.sha256)
        if key not in self.war.filed:
            self.war.pending += 1
            eid = f"E{len(self.war.state.evidence) + self.war.pending}"
            self.war.filed[key] = eid
            self.war.file(eid, observation, stored.path, stored.sha256)
        return self.war.filed[key]


class Told(War):
    """The flow with full reports, and reviews by rules."""

    def __init__(self, root: Path, **given: Any) -> None:
        super().__init__(**given)
        self.root = root
        self.pending = 0
        self.filed: dict[tuple[str, str], str] = {}
        self.models: tuple[str, ...] = ()
        self.chance = random.Random(0)

    def file(self, eid: str, seen: Observation, path: str, sha256: str) -> None:
        facts = {
            "kind": seen.kind,
            "source": seen.source,
            "command": seen.command,
            "summary": seen.summary,
            "path": path,
            "sha256": sha256,
            "taint": seen.taint,
            "size": len(seen.content.encode()),
            "lines": len(seen.content.splitlines()),
        }
        command = Command(f"evidence/{eid}", "evidence", 0.0, ev.RUNNER, facts)
        self.later(0.0, command)

    def give(self, command: Command | None) -> list[ev.Event]:
        told = super().give(command)
        self.pending -= sum(
            1 for event in told if isinstance(event.data, ev.EvidenceAdded) and self.pending
        )
        return told

    def reviewing(self, task: Task, state: State) -> Report:
        """The report of the rules, whose evidence is in the journal before the report is."""
        bench = Filing(self.root, self)
        bare = replace(task, key=task.key.partition("@")[0])
        return dict(asyncio.run(RulesBackend().perform(bare, bench)).report)

    def by_model(self, key: str, report: Report) -> Any:
        """A task a model worked on: it spends turns, and sometimes the rules take over."""

        def answer(task: Task, state: State) -> Report:
            chance = self.chance
            for turn in range(1, chance.randint(2, 5)):
                priced = chance.random() < 0.8
                usd = round(chance.uniform(0.001, 0.4), 6) if priced else 0.0
                fresh, cached, written, out = (chance.randint(0, 90_000) for _ in range(4))
                took = round(chance.uniform(0.5, 40), 3)
                counts = (fresh, cached, written, out, usd, took, priced)
                spent = ev.TurnSpent(task.key, task.attempt, turn, "a-model", *counts)
                name = f"{task.id}/spent/{turn}"
                self.later(turn * 0.1, Command(name, "spent", 0.0, ev.RUNNER, encode(spent)))
            why = "the connection was lost" if chance.random() < 0.3 else ""
            engaged = ev.TaskEngaged(task.key, task.attempt, "rules" if why else "claude", "", why)
            name = f"{task.id}/engaged"
            self.later(0.01, Command(name, "engaged", 0.0, ev.RUNNER, encode(engaged)))
            return report

        return answer


def reviewed(count: int, seed: int, root: Path) -> Iterator[Reviewed]:
    """`count` incidents with a review; those that end without one (P3, say) are not counted."""
    number, found = 0, 0
    while found < count:
        number += 1
        war = _told(random.Random(f"{seed}/{number}"), number, root)
        if not any(key.partition("@")[0] == "review/pir" for key in war.state.tasks):
            continue
        if war.state.report("review/pir") is None and war.chance.random() < 0.7:
            continue
        found += 1
        yield _written(war)


def _written(war: Told) -> Reviewed:
    folder = Project(war.root).incident(war.state.incident)
    folder.create()
    folder.journal.unlink(missing_ok=True)
    writer = JournalWriter(folder.journal)
    writer.append(war.journal)
    writer.close()
    path = folder.path / PIR
    write_private(path, render(PIR, war.state, war.journal))
    return Reviewed(folder.journal, path, war)


def _told(chance: random.Random, number: int, root: Path) -> Told:
    begun = round(T0 + chance.uniform(0, 365) * DAY, 3)
    war = Told(root, severity=chance.choice(["", "", "P0", "P1", "P2"]), now=begun)
    war.chance = chance
    if number % 5 == 0:
        war.policy = replace(war.policy, business=HOURS)
    war.acknowledges_after = chance.choice([5.0, 30.0, 200.0, 1500.0, None])
    war.approves = chance.random() < 0.9
    away = chance.choice(["", "", "", "a.kim", "m.sato"])
    war.people = tuple({**p, "unavailable": p["name"] == away} for p in PEOPLE)
    names = chance.sample(THEMES, chance.choice([0, 0, 0, 1, 2]))
    war.themes = tuple({"name": name, "effect": "as the flow says"} for name in names)
    war.intake = {"q5": "yes"} if chance.random() < 0.1 else {}
    war.answers = {**answers(), **_reports(war, chance, begun)}
    war.durations = {"mitigation/watch": 1800.0, "regression/verdict": chance.choice([2.0, 900.0])}
    for key in ("rca/5whys", "tier2/analysis", "triage/impact"):
        if chance.random() < 0.2:
            war.answers[key] = war.by_model(key, dict(REPORTS[key]))
    _open(war, number, chance)
    for name, args in _commands(chance, war):
        war.later(chance.uniform(5, 9000), war.human(name, **args))
    for hour in range(1, 13):
        war.run(until=begun - T0 + hour * 3600.0)
        _close(war, hour)
        if hour > 3 and not war.state.resolutions:
            break  # it waits for somebody who does not come
    return war


def _reports(war: Told, chance: random.Random, begun: float) -> dict[str, Any]:
    """Reports as agents hand them in, with what is not known drawn by chance."""
    impact = chance.choice([begun - 40, begun - 400.5, None])
    share = chance.choice([0.9, 0.3, 0.0123, None])
    verdict = {
        **REPORTS["regression/verdict"],
        "bad_since": chance.choice([begun - 69, begun - 5000, None]),
        "deploys": [
            {**deploy, "at": begun - before}
            for deploy, before in zip(
                REPORTS["regression/verdict"]["deploys"], (190_040, 69), strict=True
            )
        ],
    }
    if chance.random() < 0.3:
        verdict = {**verdict, "indicators": indicators(worked_before="no"), "suspects": []}
    users = chance.choice(["UNKNOWN", "UNKNOWN", "1200"])
    money = chance.choice(["UNKNOWN", "none seen"])
    found: dict[str, Any] = {
        **{key: REPORTS[key] for key in REPORTS if key not in REVIEWS and key in answers()},
        **dict.fromkeys(REVIEWS, war.reviewing),
        "detect/record": {
            **REPORTS["detect/record"],
            "impact_started_at": impact,
            "impact_evidence": ["E1"],
        },
        "regression/verdict": verdict,
        "triage/impact": {
            **REPORTS["triage/impact"],
            "affected_share": share,
            "affected_users": users,
            "revenue": money,
            "data_loss": chance.choice(["no", "no", "no", "yes", "UNKNOWN"]),
        },
        "triage/urgency": {
            **REPORTS["triage/urgency"],
            "level": chance.choice(["HIGH", "MEDIUM", "LOW"]),
            "availability": chance.choice([0.16, 0.8765432, None]),
        },
        "mitigation/prepare": {"possible": True, "why": "", "card": rollback_card()},
        "mitigation/validate": _looks(
            chance, chance.choice(["well", "well", "well", "ill", "2nd"])
        ),
        "mitigation/watch": _looks(chance, chance.choice(["ill", "ill", "well"])),
    }
    if chance.random() < 0.2:
        found["mitigation/execute"] = _breaks(chance)
        war.later(chance.uniform(300, 900), war.human("assess", text="looked at all 4 hosts"))
        war.later(chance.uniform(4000, 9000), war.human("resolve", why="traffic is back"))
    if chance.random() < 0.15:
        found["rca/5whys"] = {"__outcome__": "failed"}
    if chance.random() < 0.15:
        found["rca/ishikawa"] = {"__outcome__": "failed"}
    if chance.random() < 0.15:
        found["rca/5whys"] = {
            **REPORTS["rca/5whys"],
            "root_cause": UNKNOWN,
            "culprit": "",
            "verdict": "INCONCLUSIVE",
        }
    if chance.random() < 0.1:
        found["review/pir"] = {"__outcome__": "failed"}
    return found


def _breaks(chance: random.Random) -> Any:
    """A change that ends ill, always or at its first try."""
    code, once = chance.randint(1, 127), chance.random() < 0.5

    def answer(task: Task, state: State) -> Report:
        tries = sum(1 for key in state.tasks if key.startswith("mitigation/execute"))
        return {"exit": 0} if once and tries > 1 else {"exit": code, "why": "broke at step 3"}

    return answer


def _looks(chance: random.Random, how: str) -> Any:
    after = round(chance.uniform(1, 400), 3)

    def answer(task: Task, state: State) -> Report:
        tries = sum(1 for key in state.tasks if key.startswith("mitigation/validate"))
        well = how == "well" or (how == "2nd" and tries > 1)
        checks = [dict(check) for check in REPORTS["mitigation/validate"]["checks"]]
        if not well:
            checks[0]["state"] = "fail"
        return {
            **REPORTS["mitigation/validate"],
            "checks": checks,
            "passes": 60 if well else 0,
            "gave_up": not well,
            "restored_at": round(task.requested_at + after, 3) if well else None,
            "summary": claim("looked at again and again", "E17"),
        }

    return answer


def _open(war: Told, number: int, chance: random.Random) -> None:
    detected = ev.IncidentDetected(
        incident=f"INC-{number}",
        title=chance.choice(["orders: error ratio high", "5xx since 13:59 | <b>12 %</b>"]),
        service="orders",
        symptoms="errors",
        reporter="alertmanager",
        method=chance.choice(["automated-alert", "user-report"]),
        severity=war.severity,
        category=chance.choice(["availability"] * 7 + ["security"]),
        project="shop",
        alert={},
        policy=encode(war.policy),
        people=war.people,
        themes=war.themes,
        answers=war.intake,
        duty=war.duty,
        drill=chance.random() < 0.1,
    )
    war.give(Command("open", "open", war.now, Actor("alert", "am"), encode(detected)))
    for eid, item in enumerate(ITEMS, start=1):
        seen = Observation(item.kind, item.source, item.command, item.summary, item.content)
        war.file(f"E{eid}", seen, f"evidence/{item.sha256}.txt", item.sha256)
    war.pending = 0
    if war.acknowledges_after is not None:
        war.later(war.acknowledges_after, war.human("ack"))


def _commands(chance: random.Random, war: Told) -> list[tuple[str, Mapping[str, Any]]]:
    why = {"why": "because of 3 calls"}
    known: list[tuple[str, Mapping[str, Any]]] = [
        ("resolve", why),
        ("severity", {"severity": chance.choice(["P0", "P1", "P2"]), **why}),
        ("assess", {"text": "looked at all 4 hosts"}),
        ("undo", {"action": ""}),
        ("undo", {"action": ""}),
        ("halt", why),
        ("reopen", {"why": "it is back"}),
        ("reopen", {"why": "back on 2 of 3 nodes"}),
        ("deny", {"approval": "rollback@1", **why}),
        ("note", {"text": "hello at 14:05, 77 % of them"}),
        ("answer", {"field": "affected users", "text": "about 900"}),
        ("answer", {"field": "revenue", "text": "4,200 an hour"}),
        ("answer", {"field": "forensic sign-off", "text": "signed by s.lee"}),
        ("assign", {"role": "commander", "person": "j.ortiz"}),
        ("escalate", {"target": "tier3", **why}),
        ("hold", {"deadline": "executive", **why}),
        ("star", {"event": "triage/priority"}),
        ("step", {"step": "root-cause", "what": "repeat", **why}),
        *(("sent", {"path": p, "channel": "mail"}) for p in (MANAGEMENT, EXECUTIVE, STATUS_PAGE)),
        ("sent", {"path": NOTICE, "channel": "mail"}),
    ]
    return chance.sample(known, chance.randint(0, 6))


def _close(war: Told, hour: int) -> None:
    """The runner's word that the review is written; now and then it comes back after that."""
    state = war.state
    if state.status == "RESOLVED" and state.report("review/knowledge") is not None:
        war.now = max(war.now, state.resolved_at + 1)
        written = {"path": PIR, "sha256": SHA, "bytes": 10}
        name = f"document/{war.now}"
        war.give(Command(name, "document", war.now, ev.RUNNER, written))
    if war.state.status == "CLOSED" and hour < 9 and war.chance.random() < 0.12:
        war.now = round(war.now + war.chance.uniform(60, 1800), 3)
        war.give(war.human("reopen", why="it is back"))
