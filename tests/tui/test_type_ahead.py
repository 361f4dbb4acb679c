"""Whatever is typed, pasted or typed ahead: nothing is decided but by an armed card in view."""

import asyncio
import random
import string
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from textual._compositor import Compositor
from textual.screen import Screen

from orchestrator.actions.card import digest
from orchestrator.clock import FakeClock
from orchestrator.model import events as ev
from orchestrator.model.events import FLOW, Event, Payload
from orchestrator.model.fold import fold, fold_all
from orchestrator.model.state import State
from orchestrator.project import Project
from tests.tui.bystander import Bystander
from tests.tui.rooms import FakeLink
from tests.tui.typist import pastes, quiet, types
from tests.unit.incident_card import rollback_card
from tests.unit.incident_evidence import T0
from tests.unit.incident_story import INCIDENT, WAITING, leak_story
from tui.app import Console
from tui.feed import Batch, Entry
from tui.screens.card import Card
from tui.screens.card_arming import Arming
from tui.screens.card_sheet import CardSheet
from tui.screens.war_room import WarRoom

SIZE = (89, 50)
"""Large enough for a whole card: rows then change only when its content does."""

BURSTS, RUNS = 250, 4
LOOK = 0.35
"""Seconds between two looks; a card that was looked at less often than every 0.4 s disarms."""

KEYS = ("y",) * 5 + ("n", "enter") * 3 + ("a", "o", "escape") * 2 + ("tab",)
LETTERS = string.ascii_letters + string.digits[1:9]
PASTES = ("y", "yes\ny\n", "orders", "orders\n", "n\nno\n", "a")


class Told:
    """A feed that stands where nothing waits yet, and takes what happens next from a script."""

    incident = INCIDENT
    live = True

    def __init__(self, project: Project, clock: FakeClock, bystander: Bystander) -> None:
        self.folder = project.incident(INCIDENT)
        self.clock, self.asked = clock, bystander.asked
        self.state = fold_all(State(), leak_story(WAITING - 1))
        self._fresh: list[Event] = []
        self._number = self._taken = 0

    def now(self) -> float:
        return self.clock.now()

    def poll(self) -> Batch:
        fresh, self._fresh = self._fresh, []
        return Batch(events=fresh)

    def earlier(self) -> Iterator[list[Entry]]:
        return iter(())

    def happens(self, data: Payload) -> None:
        seq = self.state.seq + 1
        event = Event(seq, f"then/{seq}", self.now(), FLOW, data)
        self.state = fold(self.state, event)
        self._fresh.append(event)

    # --- the script's steps, each also told to the bystander --------------------------------------

    def asks(self, rng: random.Random, approval: str = "") -> None:
        """Another approval waits, or the same one with other content."""
        self._number += 1
        card = rollback_card(confirm=rng.choice(("", "", "orders")))
        card["title"] = f"roll back, {self._number}"
        card["timeout"] = float(self._number)
        card["sha256"] = digest({name: card[name] for name in card if name != "sha256"})
        approval = approval or f"mitigation/execute@{self._number}"
        expires = self.now() + rng.choice((3.0, 30.0, 600.0))
        self.asked.hashes[approval] = card["sha256"]
        self.asked.expires[approval] = expires
        self.happens(
            ev.ApprovalRequested(
                approval, "rollback", card["title"], card["risk"], card["sha256"],
                expires, card, ("E1",), "devops-engineer",
            )
        )  # fmt: skip

    def ends(self, data: Payload, approval: str) -> None:
        del self.asked.hashes[approval]
        self.happens(data)

    def settles(self, bystander: Bystander) -> None:
        """The runner takes what was decided last, and sees what has expired meanwhile."""
        for told in bystander.decided[self._taken :]:
            one, why = told["approval"], told["why"]
            if one in self.asked.hashes:
                denied = ev.ApprovalDenied(one, "a.kim", why)
                granted = ev.ApprovalGranted(one, told["sha256"], "a.kim")
                self.ends(denied if why else granted, one)
        self._taken = len(bystander.decided)
        for one in [
            name for name in self.asked.hashes if self.asked.expires[name] < self.now() - 1
        ]:
            self.ends(ev.ApprovalExpired(one), one)

    def goes_on(self, rng: random.Random) -> None:
        """One thing that can happen to the approvals while somebody types."""
        waiting = sorted(self.asked.hashes)
        one = rng.choice(waiting) if waiting else ""
        what = rng.random()
        if not one or (what < 0.35 and len(waiting) < 4):
            self.asks(rng)
        elif what < 0.55:
            self.asks(rng, one)
        elif what < 0.65:
            self.ends(ev.ApprovalVoided(one, "the target drifted"), one)
        elif what < 0.72:
            self.ends(ev.ApprovalExpired(one), one)
        elif what < 0.80:
            self.ends(ev.ApprovalGranted(one, self.asked.hashes[one], "j.ortiz"), one)
        elif what < 0.86:
            self.ends(ev.ApprovalDenied(one, "j.ortiz", "not now"), one)
        elif self.asked.stopped:
            self.released()
        else:
            self.asked.stopped = True
            self.happens(ev.LineStopped("wait"))

    def released(self) -> None:
        self.asked.stopped = False
        self.happens(ev.LineReleased("go on"))


class HeardLink(FakeLink):
    """Tells the bystander of each decision at the moment it is made."""

    bystander: Bystander

    def command(self, name: str, incident: str, args: Mapping[str, Any]) -> dict[str, Any]:
        if name in ("approve", "deny"):
            self.bystander.hears(args, self.clock.now())
        return super().command(name, incident, args)


class Watched(Console):
    """The console with somebody looking over one's shoulder."""

    def __init__(self, root: Path) -> None:
        self.time, self.bystander = FakeClock(T0 + WAITING), Bystander()
        project = Project(root)
        project.create()
        super().__init__(project, clock=self.time, start_runner=False)
        self.feed = Told(project, self.time, self.bystander)
        self.feed.folder.create()
        self.link = self.heard = HeardLink(project, self.time)
        self.heard.bystander = self.bystander
        self.war = WarRoom(self.feed, self.link, self.time)

    def first_screen(self) -> Screen[None]:
        self.incident = self.feed.incident
        self._rooms[self.feed.incident] = self.DEFAULT_MODE
        return self.war

    def push_screen(self, *args: Any, **options: Any) -> Any:
        self.bystander.screen_came(self.time.now())
        return super().push_screen(*args, **options)

    def pop_screen(self) -> Any:
        if isinstance(self.screen, Card):
            self.bystander.card_went(painted(self.screen), self.time.now())
        else:
            self.bystander.screen_came(self.time.now())
        return super().pop_screen()


def painted(screen: Screen[Any]) -> list[str]:
    """The rows of the card that is on top, without the band whose countdown moves."""
    if not isinstance(screen, Card) or not screen.is_mounted:
        return []
    sheet = screen.query_one(CardSheet)
    assert not sheet.hidden, "the card does not fit: its rows would change by scrolling"
    rows = [sheet.render_line(y).text.rstrip() for y in range(1, sheet.size.height)]
    while rows and not rows[-1]:  # how high the sheet is says nothing
        rows.pop()
    return rows


class Person:
    """Types without looking, and now and then goes to a card as one should."""

    def __init__(self, app: Watched, seed: int) -> None:
        self.app, self.rng = app, random.Random(seed)
        self.typed = 0

    def bursts(self) -> None:
        self.typed += 1
        for _ in range(self.rng.randint(1, 6)):
            if self.rng.random() < 0.08:
                pastes(self.app, self.rng.choice(PASTES))
            elif self.rng.random() < 0.05:
                types(self.app, *self.rng.choice((("n", "n", "o"), "orders")), "enter")
            else:
                types(self.app, self.rng.choice(KEYS if self.rng.random() < 0.7 else LETTERS))

    async def looks(self) -> None:
        """The console looks at its feed and its card, as its timers would make it."""
        self.app.war.apply(self.app.feed.poll())
        if isinstance(self.app.screen, Card):
            self.app.screen.look()
        await quiet(self.app)
        self.app.bystander.sees(painted(self.app.screen), self.app.time.now())

    async def waits(self, seconds: float) -> None:
        """Let time pass, with looks as often as a card needs them to arm."""
        while seconds > 1e-6:
            step = min(seconds, LOOK)
            self.app.time.advance(step)
            await self.looks()
            seconds -= step

    async def goes_home(self) -> None:
        for _ in range(30):
            if self.app.screen is self.app.war and not self.app.war.query("Input:focus"):
                return
            types(self.app, "escape")
            await quiet(self.app)
        raise AssertionError(f"no way back from {self.app.screen_stack}")

    async def opens_a_card(self) -> None:
        await self.goes_home()
        if self.app.feed.asked.stopped:
            self.app.feed.released()
        if not self.app.feed.asked.hashes:
            self.app.feed.asks(self.rng)
            await self.looks()
        types(self.app, "a")
        await quiet(self.app)
        await self.looks()
        await self.waits(self.rng.choice((0, 0.35, 0.6, 0.7, 0.7, 0.7, 1.05)))

    async def one_round(self) -> None:
        """One burst, with something happening before it, in the middle of it, or after it."""
        if self.rng.random() < 0.6:
            await self.opens_a_card()
        when = self.rng.choice(("before", "before and seen", "within", "after", "never", "never"))
        if when.startswith("before"):
            self.app.feed.goes_on(self.rng)
        if when.endswith("seen"):
            await self.looks()
        self.bursts()
        if when == "within":
            for _ in range(self.rng.randint(0, 4)):
                await asyncio.sleep(0)
            self.app.feed.goes_on(self.rng)
            self.bursts()
        await quiet(self.app)
        if when == "after":
            self.app.feed.goes_on(self.rng)
        if self.rng.random() < 0.1:
            self.app.time.advance(self.rng.choice((0.5, 5.0)))  # a console that was frozen
            self.bursts()
            await quiet(self.app)
        self.app.feed.settles(self.app.bystander)
        await self.waits(self.rng.choice((0, 0.1, 0.35)))


def unpainted(compositor: Compositor, **_: Any) -> None:
    """Nobody looks at this terminal: the rows are read where they are made."""
    compositor._dirty_regions.clear()


@asynccontextmanager
async def watched(root: Path, patch: pytest.MonkeyPatch, seed: int) -> AsyncIterator[Person]:
    """A console whose clocks are moved by hand alone."""
    patch.setattr("tui.screens.card.LOOKS_A_SECOND", 1e-3)
    patch.setattr(Compositor, "render_update", unpainted)
    app = Watched(root)
    async with app.run_test(size=SIZE) as pilot:
        await app.workers.wait_for_complete()
        await pilot.pause()
        app.war.frames.stop()
        yield Person(app, seed)


@pytest.mark.parametrize("seed", range(RUNS))
async def test_no_burst_of_keys_decides_but_in_an_armed_card(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, seed: int
) -> None:
    async with watched(tmp_path, monkeypatch, seed) as person:
        while person.typed < BURSTS:
            await person.one_round()
        seen = person.app.bystander
        assert seen.wrong == []
        verbs = {bool(decision["why"]) for decision in seen.decided}
        assert len(seen.decided) >= BURSTS // 50, "cards that are armed can be decided"
        assert verbs == {True, False}, "both ways"


def never_unarmed(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(Arming, "armed", property(lambda self: True))


def arms_too_early(patch: pytest.MonkeyPatch) -> None:
    patch.setattr("tui.screens.card_arming.ARM_SECONDS", 0.5)


def never_looks_again(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(Card, "_unchanged", lambda self: True)


def answers_for_another(patch: pytest.MonkeyPatch) -> None:
    decide = Card._decide

    def wrong(self: Card, **said: Any) -> None:
        self._approval = replace(self._approval, sha256="e" * 64)
        decide(self, **said)

    patch.setattr(Card, "_decide", wrong)


@pytest.mark.parametrize(
    "broken", [never_unarmed, arms_too_early, never_looks_again, answers_for_another]
)
async def test_the_bystander_catches_a_card_that_is_broken(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, broken: Any
) -> None:
    broken(monkeypatch)
    async with watched(tmp_path, monkeypatch, seed=1) as person:
        while person.typed < BURSTS * RUNS:
            await person.one_round()
            if person.app.bystander.wrong:
                return
        raise AssertionError("a broken card was not noticed")
