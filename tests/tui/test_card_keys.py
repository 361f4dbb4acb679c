"""The card decides only with armed keys, about exactly what it shows, while it can be decided."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from textual.app import App
from textual.pilot import Pilot
from textual.widgets import Input

from orchestrator.clock import FakeClock
from orchestrator.model import events as ev
from orchestrator.model.events import FLOW, Event, Payload
from orchestrator.model.fold import fold, fold_all
from orchestrator.model.state import State
from orchestrator.project import IncidentFolder
from tests.unit.incident_card import rollback_card
from tests.unit.incident_evidence import T0
from tests.unit.incident_story import WAITING, leak_story, story, write_incident
from tui.feed import Batch, Entry
from tui.screens.card import Card
from tui.screens.card_arming import Decision
from tui.screens.card_evidence import CitedEvidence, EvidenceText
from tui.screens.card_sheet import CardFoot, CardPrompt, CardSheet
from tui.theme import DARK_NAME, THEMES

Unset = Decision("(nothing came back)", "", False)


class Told:
    """A feed that stands where the rollback waits, and takes what happens next by hand."""

    incident = "INC-2031"
    live = True

    def __init__(self, folder: IncidentFolder, **card: Any) -> None:
        self.folder = folder
        self.time = T0 + WAITING + 20
        self.state = fold_all(State(), leak_story(WAITING))
        (approval,) = (a for a in self.state.approvals.values() if a.open)
        self.asked = replace(approval, card={**approval.card, **card})
        self.state.approvals[approval.approval] = self.asked

    def now(self) -> float:
        return self.time

    def poll(self) -> Batch:
        return Batch()

    def earlier(self) -> Iterator[list[Entry]]:
        return iter(())

    def happens(self, data: Payload) -> None:
        seq = self.state.seq + 1
        self.state = fold(self.state, Event(seq, f"then/{seq}", self.time, FLOW, data))


class Host(App[None]):
    """Nothing but the card, and what came back from it."""

    def __init__(self, feed: Told) -> None:
        super().__init__()
        for theme in THEMES:
            self.register_theme(theme)
        self.theme = DARK_NAME
        self.clock = FakeClock()
        self.card = Card(feed, feed.asked.approval, self.clock)
        self.result: Decision | None = Unset

    def on_mount(self) -> None:
        self.push_screen(self.card, self.came_back)

    def came_back(self, result: Decision | None) -> None:
        self.result = result

    def stand(self) -> None:
        """Let the card stand on the screen and look at it as often as its timer would."""
        for _ in range(9):
            self.card.look()
            self.clock.advance(0.1)
        self.card.look()

    @property
    def text(self) -> str:
        """Everything the card shows."""
        parts = (self.card.query_one(CardSheet), self.card.query_one(CardFoot))
        return "\n".join(strip.text for part in parts for strip in part._rows)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> IncidentFolder:
    return write_incident(tmp_path_factory.mktemp("told"), story())


async def opened(pilot: Pilot[None]) -> Host:
    await pilot.pause()
    host = pilot.app
    assert isinstance(host, Host)
    host.card.look()
    return host


# --- arming ---------------------------------------------------------------------------------------


async def test_a_key_typed_before_the_card_armed_decides_nothing(folder: IncidentFolder) -> None:
    async with Host(Told(folder)).run_test(size=(120, 40)) as pilot:
        host = await opened(pilot)
        await pilot.press("y", "n")
        assert "arming…" in host.text
        host.stand()
        assert "armed" in host.text
        await pilot.pause()
        assert host.result is Unset
        assert not host.card.query_one(Input).has_focus


async def test_y_approves_what_was_on_the_screen(folder: IncidentFolder) -> None:
    feed = Told(folder)
    async with Host(feed).run_test(size=(120, 40)) as pilot:
        host = await opened(pilot)
        host.stand()
        await pilot.press("y")
        await pilot.pause()
        assert host.result == Decision(feed.asked.approval, feed.asked.sha256, approve=True)
        assert host.result.verb == "approve"


async def test_keys_typed_at_a_frozen_console_decide_nothing(folder: IncidentFolder) -> None:
    async with Host(Told(folder)).run_test(size=(120, 40)) as pilot:
        host = await opened(pilot)
        host.clock.advance(60)
        await pilot.press("y")
        await pilot.pause()
        assert host.result is Unset


async def test_changed_content_disarms_and_arms_again(folder: IncidentFolder) -> None:
    feed = Told(folder)
    async with Host(feed).run_test(size=(120, 40)) as pilot:
        host = await opened(pilot)
        host.stand()
        other = replace(feed.asked, sha256="e" * 64, card={**feed.asked.card, "sha256": "e" * 64})
        feed.state = fold_all(feed.state, ())
        feed.state.approvals[other.approval] = other
        await pilot.press("y")  # before the card has looked: it shows the old hash
        assert host.result is Unset
        host.card.look()
        assert not host.card.armed
        host.stand()
        await pilot.press("y")
        await pilot.pause()
        assert host.result == Decision(other.approval, "e" * 64, approve=True)


async def test_a_warning_that_methods_differ_is_read_before_a_key_decides(
    folder: IncidentFolder,
) -> None:
    feed = Told(folder)
    key = "regression/verdict"
    async with Host(feed).run_test(size=(120, 40)) as pilot:
        host = await opened(pilot)
        host.stand()
        feed.happens(ev.MethodsDiffered(key, 1, "a leak", ("E5",), "a slow query", (), "rules"))
        await pilot.press("y")  # before the card has looked: the warning is not on it
        assert host.result is Unset
        host.card.look()
        assert not host.card.armed
        host.stand()
        assert "methods differ: a leak; the model says: a slow query" in host.text
        await pilot.press("y")
        await pilot.pause()
        assert host.result.approve


async def test_coming_back_from_the_evidence_arms_anew(folder: IncidentFolder) -> None:
    async with Host(Told(folder)).run_test(size=(120, 40)) as pilot:
        host = await opened(pilot)
        host.stand()
        await pilot.press("e")
        await pilot.pause()
        assert isinstance(host.screen, CitedEvidence)
        await pilot.press("escape")
        await pilot.pause()
        assert not host.card.armed


# --- what it shows --------------------------------------------------------------------------------


@pytest.mark.parametrize("size", [(120, 40), (80, 24), (200, 60)])
async def test_it_shows_all_that_is_decided_about(
    folder: IncidentFolder, size: tuple[int, int]
) -> None:
    card = rollback_card()
    async with Host(Told(folder)).run_test(size=size) as pilot:
        host = await opened(pilot)
        shown = " ".join(host.text.split())
        for word in card["argv"]:
            assert word in shown
        for words in ("will run", "run by DO devops-engineer", "as deploy", "on orders", "blast"):
            assert words in shown
        for words in ("exit 0", "- orders", "+ orders", "E5 9c41d7e skips release()", "expires"):
            assert words in shown
        digest = card["sha256"]
        for start in range(0, 64, 8):
            assert digest[start : start + 8] in shown


@pytest.mark.parametrize("width", [30, 80, 120])
async def test_a_long_command_is_wrapped_and_never_cut(folder: IncidentFolder, width: int) -> None:
    argv = ["deploy", "--set", "x" * 300, "a b", "--end"]
    async with Host(Told(folder, argv=argv)).run_test(size=(width, 60)) as pilot:
        host = await opened(pilot)
        assert sum(line.count("x") for line in host.text.splitlines() if "xxx" in line) == 300
        assert "'a b'" in host.text
        assert "--end" in host.text


async def test_what_cannot_be_seen_is_written_out(folder: IncidentFolder) -> None:
    argv = ["deploy", "ord\u202eers", "a\x1b[2Kb", "c\u200bd"]
    async with Host(Told(folder, argv=argv)).run_test(size=(120, 40)) as pilot:
        host = await opened(pilot)
        for escape in (r"\u202e", r"\x1b[2K", r"\u200b"):
            assert escape in host.text
        assert host.text.replace("\n", "").isprintable()


async def test_a_card_taller_than_its_room_says_how_much_is_below(folder: IncidentFolder) -> None:
    async with Host(Told(folder)).run_test(size=(80, 15)) as pilot:
        host = await opened(pilot)
        host.stand()
        await pilot.pause()
        assert "more   armed" in host.text
        assert "sha-256" not in host.text
        await pilot.press("end")
        host.card.look()
        assert "sha-256" in host.text
        assert "more" not in host.text


@pytest.mark.parametrize("size", [(20, 5), (40, 10), (300, 100)])
async def test_no_size_breaks_it(folder: IncidentFolder, size: tuple[int, int]) -> None:
    async with Host(Told(folder)).run_test(size=size) as pilot:
        host = await opened(pilot)
        host.stand()
        await pilot.press("n")
        await pilot.pause()
        await pilot.resize_terminal(120, 40)
        await pilot.pause()
        assert "will run" in host.text


# --- denying --------------------------------------------------------------------------------------


async def test_n_asks_why_and_denies_with_the_reason(folder: IncidentFolder) -> None:
    feed = Told(folder)
    async with Host(feed).run_test(size=(120, 40)) as pilot:
        host = await opened(pilot)
        host.stand()
        await pilot.press("n", "enter")
        assert host.result is Unset
        await pilot.press(*"yes-no", "enter")
        await pilot.pause()
        assert host.result == Decision(feed.asked.approval, feed.asked.sha256, False, "yes-no")


async def test_esc_leaves_the_field_first_and_then_the_card(folder: IncidentFolder) -> None:
    async with Host(Told(folder)).run_test(size=(120, 40)) as pilot:
        host = await opened(pilot)
        host.stand()
        await pilot.press("n", *"no", "escape")
        assert host.result is Unset
        assert host.screen is host.card
        await pilot.press("escape")
        await pilot.pause()
        assert host.result is None


# --- destructive ----------------------------------------------------------------------------------


async def test_a_destructive_one_needs_the_targets_name(folder: IncidentFolder) -> None:
    feed = Told(folder, confirm="orders")
    async with Host(feed).run_test(size=(120, 40)) as pilot:
        host = await opened(pilot)
        host.stand()
        await pilot.press("y", "enter", *"order", "enter")
        await pilot.pause()
        assert host.result is Unset
        prompt = host.card.query_one(CardPrompt)._rows[0].text
        assert "type orders" in prompt
        assert "1 letter to go" in prompt
        await pilot.press("s", "enter")
        await pilot.pause()
        said = Decision(feed.asked.approval, feed.asked.sha256, approve=True, text="orders")
        assert host.result == said


async def test_letters_in_the_name_field_are_text(folder: IncidentFolder) -> None:
    async with Host(Told(folder, confirm="yen")).run_test(size=(120, 40)) as pilot:
        host = await opened(pilot)
        host.stand()
        await pilot.press("y", *"yen")
        assert host.card.query_one(Input).value == "yen"
        assert host.result is Unset


# --- what ends it ---------------------------------------------------------------------------------


def ends(name: str) -> list[tuple[Payload, str]]:
    return [
        (ev.ApprovalGranted(name, "0" * 64, "j.ortiz"), "approved by j.ortiz"),
        (ev.ApprovalDenied(name, "j.ortiz", "not now"), "denied by j.ortiz at 14:06:16: not now"),
        (ev.ApprovalExpired(name), "expired at"),
        (ev.ApprovalVoided(name, "the target drifted"), "the target drifted"),
        (ev.LineStopped("failed rollback"), "the line is stopped: failed rollback"),
    ]


@pytest.mark.parametrize("end", range(5))
async def test_decided_elsewhere_expired_void_or_stopped_is_said_and_disarms(
    folder: IncidentFolder, end: int
) -> None:
    feed = Told(folder)
    data, words = ends(feed.asked.approval)[end]
    async with Host(feed).run_test(size=(120, 40)) as pilot:
        host = await opened(pilot)
        host.stand()
        await pilot.press("n", *"wait")
        feed.happens(data)
        host.stand()
        await pilot.pause()
        assert words in host.text
        assert "approve once" not in host.text
        assert not host.card.query_one(Input).has_focus
        await pilot.press("y", "enter")
        await pilot.pause()
        assert host.result is Unset


async def test_it_expires_by_itself_when_its_time_is_over(folder: IncidentFolder) -> None:
    feed = Told(folder)
    async with Host(feed).run_test(size=(120, 40)) as pilot:
        host = await opened(pilot)
        host.stand()
        feed.time = feed.asked.expires
        await pilot.press("y")  # the key comes before the next look
        await pilot.pause()
        assert host.result is Unset
        host.card.look()
        assert "expired at" in host.text


async def test_in_a_replay_nothing_can_be_decided(folder: IncidentFolder) -> None:
    feed = Told(folder)
    feed.live = False
    async with Host(feed).run_test(size=(120, 40)) as pilot:
        host = await opened(pilot)
        host.stand()
        await pilot.press("y", "n")
        await pilot.pause()
        assert host.result is Unset
        assert "replay: nothing here can run" in host.text


async def test_a_card_whose_hash_is_not_the_requests_cannot_be_approved(
    folder: IncidentFolder,
) -> None:
    async with Host(Told(folder, sha256="f" * 64)).run_test(size=(120, 40)) as pilot:
        host = await opened(pilot)
        host.stand()
        await pilot.press("y")
        await pilot.pause()
        assert host.result is Unset
        assert "different hashes" in host.text


# --- the evidence ---------------------------------------------------------------------------------


async def test_e_shows_the_text_of_the_evidence_that_is_cited(folder: IncidentFolder) -> None:
    async with Host(Told(folder)).run_test(size=(120, 40)) as pilot:
        host = await opened(pilot)
        await pilot.press("e")
        await pilot.pause()
        panel = host.screen.query_one(EvidenceText)
        shown = "\n".join(strip.text for strip in panel._all(120))
        for eid in ("E1", "E3", "E5", "E7"):
            item = host.card._feed.state.evidence[eid]
            first = (folder.path / item.path).read_text().splitlines()[0].strip()
            assert item.summary in shown
            assert first[:60] in shown


async def test_evidence_that_is_gone_is_said(folder: IncidentFolder, tmp_path: Path) -> None:
    feed = Told(IncidentFolder(tmp_path))
    async with Host(feed).run_test(size=(120, 40)) as pilot:
        host = await opened(pilot)
        await pilot.press("e")
        await pilot.pause()
        panel = host.screen.query_one(EvidenceText)
        assert "cannot be read: evidence/" in "\n".join(s.text for s in panel._all(120))
