"""What lies outside a generated history: a target that others change too, and a launcher that dies.

The executor and the cards under test are the real ones. Only the two ways in which they touch the
world are stood in for: the query of the target's state, and the process that runs a command.
"""

import asyncio
import contextlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import Any
from unittest.mock import patch

from orchestrator.actions import card as cards
from orchestrator.actions import executor, launch
from orchestrator.actions.card import digest
from orchestrator.actions.executor import Execution
from orchestrator.settings import Action, Settings

GOOD, BAD, OTHER = "1111111", "2222222", "3333333"

FATES = (
    *("ends well",) * 8,
    *("fails",) * 2,
    "runner dies before it",
    "runner dies after it",
    "launcher dies before it",
    "launcher dies after it",
    "starts late",
    "never starts",
)
"""What becomes of one start of a command."""


class Died(Exception):
    """The runner was killed here."""


@dataclass(frozen=True, slots=True)
class Ran:
    """One command that really ran, and how things stood when it was handed to its launcher."""

    approval: str
    sha256: str
    argv: tuple[str, ...]
    at: float
    events: int
    """length of the journal"""
    before: str
    """the target's state"""
    offered_as: str
    """the entry of the catalogue as it stands"""


def action(name: str, **changed: Any) -> Action:
    """The catalogue's entry of that name, as it is or as somebody edited it."""
    rollback = {
        "id": "rollback",
        "kind": "rollback",
        "service": "orders",
        "title": "roll {service} back to {version}",
        "argv": ["deploy", "{version}"],
        "pre_state": ["deploy", "--current"],
        "undo": ["deploy", "{current}"],
    }
    isolate = {
        "id": "isolate",
        "kind": "isolation",
        "service": "orders",
        "title": "take {service} off the network",
        "argv": ["net", "off"],
        "pre_state": ["net", "--state"],
        "undo": ["net", "on"],
    }
    return Action.model_validate({**(rollback if name == "rollback" else isolate), **changed})


EDITS: tuple[dict[str, Any], ...] = (
    {"argv": ["deploy", "{version}", "--fast"]},
    {"argv": ["deploy", OTHER]},
    {"timeout": 5},
    {"approvers": 2},
    {"risk": "destructive"},
    {"undo": []},
)


def catalogue(rollback: dict[str, Any] | None) -> Settings:
    """Settings with one service; None: somebody took the rollback out."""
    actions = [
        action("isolate"),
        *([action("rollback", **rollback)] if rollback is not None else []),
    ]
    return Settings.model_validate({"services": [{"name": "orders"}], "actions": actions})


class Launcher:
    """The handle a runner has on a launcher."""

    def __init__(self, returncode: int | None) -> None:
        self.returncode = returncode

    def kill(self) -> None:
        self.returncode = -9

    async def wait(self) -> int:
        return self.returncode or 0


@dataclass
class World:
    """The machine: its clock, the target, and what ran on it."""

    random: Random
    settings: Settings
    journalled: Callable[[], int]
    meanwhile: Callable[[], None]
    """whatever else happens while somebody waits"""
    time: float
    current: str = BAD
    network: str = "on"
    ran: list[Ran] = field(default_factory=list)
    fates: list[str] = field(default_factory=list)
    _late: list[tuple[Execution, Ran]] = field(default_factory=list)

    def now(self) -> float:
        return self.time

    async def sleep(self, seconds: float) -> None:
        self.time = round(self.time + seconds, 3)
        if self._late and self.random.random() < 0.004:
            self._command(*self._late.pop(), 0)
        await asyncio.sleep(0)

    async def pre_state(self, asked: Action, root: Path, target: str) -> str:
        """A query takes a while, in which other things happen."""
        self.time = round(self.time + 0.2, 3)
        self.meanwhile()
        if self._late and self.random.random() < 0.5:
            self._command(*self._late.pop(), 0)
        await asyncio.sleep(0)
        return self.state_of(asked.id)

    def state_of(self, action_id: str) -> str:
        return self.network if action_id == "isolate" else self.current

    async def start(self, run: Execution) -> Launcher:
        fate, handed = self.random.choice(FATES), self._handed(run)
        self.fates.append(fate)
        if fate == "runner dies before it":
            raise Died
        if fate in ("starts late", "never starts"):
            self._late += [(run, handed)] if fate == "starts late" else []
            return Launcher(None)
        if fate == "launcher dies before it":
            launch.claim(run.folder, {**_whose(run), "pid": 0, "ticks": 0})
            return Launcher(-9)
        code = 1 if fate == "fails" else 0
        self._command(run, handed, code, leaves_result="launcher" not in fate)
        if fate == "runner dies after it":
            raise Died
        return Launcher(0)

    def _handed(self, run: Execution) -> Ran:
        name = str(run.card["action"])
        entry = self.settings.action(name)
        return Ran(
            approval=run.approval,
            sha256=digest(run.card),
            argv=tuple(str(part) for part in run.card["argv"]),
            at=self.time,
            events=self.journalled(),
            before=self.state_of(name),
            offered_as=cards.entry(entry) if entry else "",
        )

    def _command(self, run: Execution, handed: Ran, code: int, leaves_result: bool = True) -> None:
        """What the launcher does, by the real rule: whoever claims the folder runs, once."""
        if not launch.claim(run.folder, {**_whose(run), "pid": 0, "ticks": 0}):
            return
        self.ran.append(handed)
        if code == 0 and handed.argv[0] == "net":
            self.network = handed.argv[1]
        elif code == 0:
            self.current = handed.argv[1]
        if leaves_result:
            ended = {**_whose(run), "exit": code, "timed_out": False, "why": ""}
            launch.write(run.folder / "result.json", ended)

    @contextlib.contextmanager
    def in_place(self) -> Iterator[None]:
        """The two doors to the outside lead here."""
        with (
            patch.object(cards, "_pre_state", self.pre_state),
            patch.object(executor, "_start", self.start),
        ):
            yield


def _whose(run: Execution) -> dict[str, object]:
    return {"approval": run.approval, "sha256": digest(run.card)}
