"""Following an incident without a screen: one line a step, and what it waits for."""

import sys
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any, TextIO

from orchestrator.cli import one_line
from orchestrator.clock import hhmmss, parse_iso
from orchestrator.evidence.hygiene import clean
from orchestrator.flow.security import SIGN_OFF
from orchestrator.intake.guidance import EFFECTS
from orchestrator.intake.questions import BY_NAME
from orchestrator.intake.words import Understood
from orchestrator.journal.read import Tail
from orchestrator.model.change_kinds import ISOLATING
from orchestrator.model.events import Event, MessageNotRequired, StepOverridden
from orchestrator.model.fold import advance
from orchestrator.model.messages import stem_of
from orchestrator.model.sending import channels_for, in_doubt
from orchestrator.model.state import State
from orchestrator.model.timeline import Row, row
from orchestrator.project import IncidentFolder
from orchestrator.settings import Settings

MARKS = {
    "done": "✓",
    "now": "⏳",
    "info": "·",
    "warn": "⚠️",
    "wait": "■",
    "star": "★",
    "late": "❌",
    "none": "⊘",
}
"""The marks of the flow's progress messages, by what the timeline calls them."""


class Follower:
    """Tails one journal: its state, and its timeline as it grows."""

    def __init__(
        self,
        folder: IncidentFolder,
        tell: Callable[[Row], None] | None = None,
        announce: Callable[[State], None] | None = None,
    ) -> None:
        self.state = State()
        self.count = 0
        self.head = ""
        self._tail = Tail(folder.journal)
        self._tell = tell or (lambda told: None)
        self._announce = announce or (lambda state: None)

    def look(self) -> list[Event]:
        """Take in what was added. JournalBroken names a bad line."""
        events = self._tail.read()
        for event in events:
            advance(self.state, event)
            self.count, self.head = self.count + 1, event.hash
            if self.count == 1:
                self._announce(self.state)
            told = row(event)
            if told is not None:
                self._tell(replace(told, mark=_mark(event, told)))
        return events


def _mark(event: Event, told: Row) -> str:
    """The row's own mark, but for what is left out on purpose: the timeline has none for that."""
    data = event.data
    left_out = isinstance(data, MessageNotRequired) or (
        isinstance(data, StepOverridden) and data.what == "skip"
    )
    return "none" if left_out else told.mark


def printer(out: TextIO = sys.stderr) -> Callable[[Row], None]:
    """Prints each row of the timeline as a progress line."""

    def tell(told: Row) -> None:
        who = f"  ({told.who})" if told.who else ""
        line = f"{hhmmss(told.at)} {MARKS.get(told.mark, '·')} {told.text}{who}"
        print(one_line(line), file=out, flush=True)

    return tell


def announcer(out: TextIO = sys.stderr) -> Callable[[State], None]:
    """Prints the start message once the incident is there."""

    def announce(state: State) -> None:
        print(start_message(state), file=out, flush=True)

    return announce


def understood_message(
    report: Mapping[str, Any], words: Understood | None, settings: Settings
) -> str:
    """What was understood of a report, said before it takes effect."""
    services = [service.name for service in settings.services]
    only = services[0] if len(services) == 1 else ""
    service = str(report.get("service") or only)
    if not service:
        service = f"UNKNOWN; name one of {', '.join(services)}" if services else "UNKNOWN"
    if words is not None and words.also:
        service += f" (named too: {', '.join(words.also)})"
    rows = [
        ("what", str(report["title"])),
        ("service", service),
        ("severity", str(report["severity"]) or "not known yet, clocks run as for P0"),
    ]
    answers: Mapping[str, str] = report.get("answers") or {}
    if "q3" in answers:
        at = parse_iso(answers["q3"])
        rows.append(("since", f"{answers['q3'][:10]} {hhmmss(at)} UTC"))
    rows += [(BY_NAME[key].name, said) for key, said in answers.items() if key != "q3"]
    rows += [("guidance", f"{name}: {EFFECTS[name]}") for name in report["themes"]]
    if words is not None:
        rows.append(("read by", one_line(words.reader)))
    return "Understood:\n" + "\n".join(f"  {name:<11}{text}" for name, text in rows)


def start_message(state: State) -> str:
    """What was reported, what it is taken for, and what will be coordinated."""
    row_ = state.policy.table[state.severity or "P0"]
    resolve = f"within {row_.resolve / 3600:g} h" if row_.resolve else "no promise"
    lines = [
        f"Responding to {state.incident}: {one_line(state.title)}",
        f"  symptoms   {_indented(state.symptoms)}",
        f"  severity   {state.severity or 'not known yet, clocks run as for P0'} (pending triage)",
        f"  resolution {resolve}",
        "  coordinates detection, regression triage, impact × urgency, tiers 1 to 3, notices to",
        "             management, executives and users (drafted; a person sends), root cause,",
        "             mitigation by approval, validation, review and follow-up",
    ]
    return "\n".join(lines)


def _indented(text: str) -> str:
    return clean(text).replace("\n", "\n" + " " * 13)


def waits_for(state: State) -> str:
    """The one thing a human has to do before this goes on; empty when nothing waits."""
    if state.stopped:
        return f"the line is stopped: {state.stopped}; warroom assess {state.incident} TEXT"
    unsigned = state.open and "security" in state.exceptions and SIGN_OFF in state.questions
    waiting = [approval for approval in state.approvals.values() if approval.open]
    for approval in waiting:
        if not unsigned or approval.card.get("kind") in ISOLATING:
            return f"approval {approval.approval}: warroom approve {state.incident}"
    if unsigned and (waiting or not state.outstanding()):
        asked = f"warroom answer {state.incident} {SIGN_OFF!r} TEXT"
        return f"{state.questions[SIGN_OFF]} {asked}"
    if "mitigation" in state.questions:
        return state.questions["mitigation"]
    for text in state.messages.values():
        if text.state == "due" and not state.open:
            if channels_for(state, text.path):
                return f"send {text.path}: warroom send {state.incident} {stem_of(text.path)}"
            return f"send {text.path}, then: warroom sent {state.incident} {text.path}"
    for one in in_doubt(state):
        return f"did {one.path} arrive by {one.channel}? warroom arrived {state.incident}"
    return ""
