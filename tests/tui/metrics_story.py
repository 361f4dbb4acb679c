"""A year of incidents in plain facts, for pictures: nothing of it is computed by the flow."""

from dataclasses import replace

from orchestrator.journal.append import JournalWriter
from orchestrator.model import events as ev
from orchestrator.model.events import Event
from orchestrator.project import Project
from tests.unit.incident_evidence import T0
from tests.unit.incident_story import KIM, MONITOR, detected
from tests.unit.incident_telling import Telling

DAY = 86400.0
SERVICES = ("orders", "checkout", "search")
SEVERITIES = ("P1", "P2", "P0", "P2", "P3", "P1", "P2")


def incident(number: int) -> list[Event]:
    """One of them: quicker to detect and slower to resolve as the year goes on, then better."""
    t = Telling(T0 + number * 15 * DAY)
    name, severity = f"INC-{100 + number}", SEVERITIES[number % len(SEVERITIES)]
    service = SERVICES[number % len(SERVICES)]
    ended = 1800.0 + 900 * abs(number % 12 - 6)
    began = T0 + number * 15 * DAY
    facts = replace(detected(severity=severity), incident=name, service=service)
    t.say(0, "incident/detected", facts, MONITOR)
    t.say(1, "impact", ev.ImpactDated(began - 420 + 12 * number, "first failed share", ("E1",)))
    t.say(20 + 40 * (number % 5), "ack/1", ev.Acknowledged("a.kim"), KIM)
    t.say(300 + 100 * (number % 9), "engaged/1", ev.Engaged("a.kim", "wrote a note"), KIM)
    for tier in range(1, 2 + (number % 3 == 0) + (number % 9 == 0)):
        t.say(60.0 * tier, f"tier/{tier}", ev.TierEscalated(tier, "a.kim", (), "clock"))
    cause = ev.CauseConcluded("LIKELY", f"fault {number % 21}", "", ("E1",), "LIKELY", "one kind")
    t.say(ended - 60, "cause/1", cause)
    t.say(ended, "status/resolved", ev.StatusChanged("RESOLVED"))
    if number % 7 != 4:
        t.say(ended + 7200, "status/reviewed", ev.StatusChanged("REVIEWED"))
    for action, (horizon, days) in enumerate((("immediate", 7), ("long_term", 90)), start=1):
        tracked = f"{name}/A{action}"
        text = ("alert on a full pool", "limit each loan")[action - 1]
        owner = "j.ortiz" if number % 5 else "UNKNOWN"
        due = began + ended + days * DAY
        fact = ev.PreventiveActionTracked(tracked, text, horizon, owner, due)
        t.say(ended + 7200, f"action/A{action}", fact)
        if number % 6 != action:
            done = ev.PreventiveActionChanged(tracked, "a.kim", "DONE")
            t.say(ended + (days - 1) * DAY, f"action/A{action}/done", done, KIM)
    t.say(ended + 9000, "status/closed", ev.StatusChanged("CLOSED", "reviewed"))
    return t.events()


def told_year(project: Project) -> None:
    """24 of them on a disk."""
    project.create()
    for number in range(24):
        told = incident(number)
        first = told[0].data
        assert isinstance(first, ev.IncidentDetected)
        folder = project.incident(first.incident)
        folder.create()
        writer = JournalWriter(folder.journal)
        writer.append(told)
        writer.close()
