"""What each key of the registry does, one row a key: how to get there, and what must come of it.

A row is looked up by (context, key id); `test_every_key` presses it and says which have none.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from textual.widget import Widget
from textual.widgets import Input

from orchestrator.journal.transcript import Line
from tests.tui.rooms import text_of
from tests.tui.telling import channels, doubt
from tests.tui.test_files_screen import now_on_disk
from tui.keys import (
    ACT,
    ASK,
    BOARD,
    CARD,
    CONSOLE,
    FORM,
    LEDGER,
    LIST,
    METRICS,
    PANE,
    READING,
    REGION,
    REPLAY,
    TEXT,
    TEXTS,
    WAR_ROOM,
)
from tui.notices import Health
from tui.replay import WARNINGS
from tui.screens.add_evidence import AddEvidence
from tui.screens.board import Board
from tui.screens.card import Card
from tui.screens.card_evidence import CitedEvidence
from tui.screens.communications import Communications
from tui.screens.evidence import Evidence
from tui.screens.help import Help
from tui.screens.hypotheses import HypothesesBoard
from tui.screens.intake import Intake
from tui.screens.metrics import Metrics
from tui.screens.palette import Palette
from tui.screens.questions import OpenQuestions
from tui.screens.replay import Replay
from tui.screens.review import DocumentList, Files
from tui.screens.stop import StopWhat
from tui.screens.war_room import WarRoom
from tui.widgets.agent_pane import AgentPane
from tui.widgets.approval_queue import ApprovalQueue
from tui.widgets.board_regions import Earlier
from tui.widgets.deadline_board import DeadlineBoard
from tui.widgets.evidence_view import EvidenceView
from tui.widgets.metric_regions import Overdue
from tui.widgets.page import Page
from tui.widgets.timeline import Timeline

ROOM, LATER, PLAYED, HOME = "war room", "war room, later", "replay", "board"
"""Where a key is pressed: a change waits; it was approved and ran; a saved incident; the board."""


@dataclass
class Seen:
    """What there is after the key was pressed."""

    app: Any
    key: str
    before: Any
    """what the row measures, as it was before the key"""
    now: Any

    @property
    def told(self) -> dict[str, Any]:
        """The one command that was sent."""
        assert len(self.app.fake.told) == 1, self.app.fake.told
        command: dict[str, Any] = self.app.fake.told[0]
        return command


Check = Callable[[Seen], None]
Of = Callable[[Any], Any]


@dataclass(frozen=True)
class Row:
    """One key: what it must bring about, and the keys before and after it."""

    did: Check
    place: str = ROOM
    via: tuple[str, ...] = ()
    then: tuple[str, ...] = ()
    of: Of = lambda app: None
    given: Callable[[Any], None] = lambda app: None


# --- what can come of a key -----------------------------------------------------------------------


def opens(kind: type[Any]) -> Check:
    def check(seen: Seen) -> None:
        assert type(seen.app.screen) is kind

    return check


def focuses(kind: type[Widget]) -> Check:
    def check(seen: Seen) -> None:
        assert isinstance(seen.app.focused, kind), seen.app.focused

    return check


def sends(name: str, **args: str) -> Check:
    def check(seen: Seen) -> None:
        assert seen.told["cmd"] == name
        assert {one: seen.told.get(one) for one in args} == args

    return check


def says(words: str) -> Check:
    def check(seen: Seen) -> None:
        assert any(words in row for row in text_of(seen.app)), words

    return check


def moves(by: float) -> Check:
    def check(seen: Seen) -> None:
        assert seen.now - seen.before == by, (seen.before, seen.now)

    return check


def moves_far(way: int) -> Check:
    def check(seen: Seen) -> None:
        assert (seen.now - seen.before) * way > 1, (seen.before, seen.now)

    return check


def becomes(value: Any) -> Check:
    def check(seen: Seen) -> None:
        assert seen.before != value
        assert seen.now == value

    return check


def types(words: str) -> Check:
    """A field is open, with these words already in it."""

    def check(seen: Seen) -> None:
        assert isinstance(seen.app.focused, Input)
        assert seen.app.focused.value == words

    return check


def leaves(seen: Seen) -> None:
    assert seen.app.left == [0]


def goes_to_pane(seen: Seen) -> None:
    number = int(seen.key)
    if seen.app.room.grid.key_of(number):
        assert isinstance(seen.app.focused, AgentPane)
        assert seen.app.focused.number == number
    else:
        says(f"nobody has number {number} now")(seen)


def starts_the_runner(seen: Seen) -> None:
    assert seen.app.fake.starts == 1


def runner_is_down(app: Any) -> None:
    app.fake.condition = Health(alive=False, silent_for=5.0)
    app.room.beat()


def approves_what_is_shown(seen: Seen) -> None:
    (asked,) = (one for one in seen.app.feed.state.approvals.values() if one.open)
    sends("approve", approval=asked.approval, sha256=asked.sha256)(seen)


def finds_a_warning(seen: Seen) -> None:
    assert seen.now > seen.before
    assert seen.app.player.marks[seen.now - 1] in WARNINGS


def finds_an_approval(seen: Seen) -> None:
    assert not seen.before
    assert seen.now


def row_of(app: Any) -> Any:
    return app.room.query_one(Timeline).at


def last_row(seen: Seen) -> None:
    assert seen.now == len(seen.app.room.query_one(Timeline)._shown) - 1 > seen.before


def long_output(app: Any) -> None:
    """The agent of every pane has run a command that said a lot."""
    for pane in [pane for pane in app.room.grid.panes if pane.task_shown is not None]:
        task = pane.task_shown
        lines = ["$ cat log", *(f"line {n}" for n in range(60))]
        pane.feed([Line(0.0, task.attempt, "call", "E12\tcat log\t0.1")])
        pane.feed([Line(0.0, task.attempt, "out", "\n".join(lines))])
        pane.flush()


def with_a_channel(app: Any) -> None:
    app.feed.state.channels = channels()


def in_doubt(app: Any) -> None:
    app.feed.state.channels = channels()
    doubt(app.feed.state, "chat")


def index(app: Any) -> Any:
    return app.player.index


def clock(app: Any) -> Any:
    return app.player.now()


def speed(app: Any) -> Any:
    return app.player.speed


def zoomed(app: Any) -> Any:
    return app.room.grid.zoomed


def wrapped(app: Any) -> Any:
    return app.screen.query_one(EvidenceView).wrap


def question(app: Any) -> Any:
    return app.screen._at


def choice(app: Any) -> Any:
    return app.screen._list.at


IN_TEXT = ("c", "enter", "wait for it to arm")
IN_TIMELINE, IN_CARD, IN_FORM, IN_ASK = ("t",), ("a", "wait for it to arm"), ("plus",), ("S",)

ROWS: dict[tuple[str, str], Row] = {
    (CONSOLE, "help"): Row(opens(Help)),
    (CONSOLE, "leave"): Row(leaves),
    (CONSOLE, "copy"): Row(opens(StopWhat)),
    (CONSOLE, "back"): Row(opens(WarRoom), via=("f",)),
    (CONSOLE, "war-room"): Row(opens(WarRoom), via=("e",)),
    (CONSOLE, "board"): Row(opens(Board)),
    (CONSOLE, "metrics"): Row(opens(Metrics)),
    (CONSOLE, "new"): Row(opens(Intake)),
    (CONSOLE, "palette"): Row(opens(Palette)),
    (CONSOLE, "runner"): Row(starts_the_runner, given=runner_is_down),
    (ACT, "approvals"): Row(opens(Card)),
    (WAR_ROOM, "ledger"): Row(opens(Evidence)),
    (WAR_ROOM, "hypotheses"): Row(opens(HypothesesBoard)),
    (WAR_ROOM, "files"): Row(opens(Files)),
    (WAR_ROOM, "communications"): Row(opens(Communications)),
    (WAR_ROOM, "questions"): Row(opens(OpenQuestions)),
    (WAR_ROOM, "timeline"): Row(focuses(Timeline)),
    (WAR_ROOM, "panes"): Row(goes_to_pane, via=IN_TIMELINE),
    (WAR_ROOM, "zoom"): Row(becomes(True), of=zoomed),
    (WAR_ROOM, "next-region"): Row(focuses(ApprovalQueue), via=IN_TIMELINE),
    (WAR_ROOM, "previous-region"): Row(focuses(Timeline), via=("t", "tab")),
    (ACT, "replay"): Row(opens(Replay)),
    (ACT, "command"): Row(types("")),
    (ACT, "acknowledge"): Row(sends("ack")),
    (ACT, "note"): Row(sends("note", text="x"), then=("x", "enter")),
    (ACT, "severity"): Row(sends("severity", severity="P1", why="x"), then=("x", "enter")),
    (ACT, "roles"): Row(sends("assign", role="commander", person="x"), then=("x", "enter")),
    (ACT, "handoff"): Row(sends("handoff", role="commander", person="x"), then=("x", "enter")),
    (ACT, "escalate"): Row(sends("escalate", target="tier3", why="x"), then=("x", "enter")),
    (ACT, "undo"): Row(sends("undo", action="mitigation/execute@1"), LATER, then=("enter",)),
    (ACT, "resolve"): Row(sends("resolve", why="x"), then=("x", "enter")),
    (ACT, "halt"): Row(sends("halt", why="x"), then=("x", "enter")),
    (ACT, "major"): Row(sends("declare", why="x"), then=("x", "enter")),
    (ACT, "star"): Row(sends("star"), via=("t", "up")),
    (PANE, "stop-agent"): Row(sends("stop"), via=("1",)),
    (PANE, "steer"): Row(types("steer 1 "), via=("1",)),
    (PANE, "unfold"): Row(moves_far(1), given=long_output, of=lambda app: len(app.focused.text)),
    (REGION, "up"): Row(moves(-1), of=row_of, via=IN_TIMELINE),
    (REGION, "down"): Row(moves(1), of=row_of, via=("t", "up", "up")),
    (REGION, "page-up"): Row(moves_far(-1), of=row_of, via=IN_TIMELINE),
    (REGION, "page-down"): Row(moves_far(1), of=row_of, via=("t", "home")),
    (REGION, "top"): Row(becomes(0), of=row_of, via=IN_TIMELINE),
    (REGION, "follow"): Row(last_row, of=row_of, via=("t", "home")),
    (LIST, "open"): Row(focuses(Page), via=("f",)),
    (CARD, "approve"): Row(approves_what_is_shown, via=IN_CARD),
    (CARD, "deny"): Row(sends("deny", why="x"), via=IN_CARD, then=("x", "enter")),
    (CARD, "evidence"): Row(opens(CitedEvidence), via=IN_CARD),
    (REPLAY, "play"): Row(becomes(True), PLAYED, of=lambda app: app.player.playing),
    (REPLAY, "event-back"): Row(moves(-1), PLAYED, of=index, via=("right", "right")),
    (REPLAY, "event-on"): Row(moves(1), PLAYED, of=index),
    (REPLAY, "minute-back"): Row(moves(-60), PLAYED, of=clock, via=("shift+right",)),
    (REPLAY, "minute-on"): Row(moves(60), PLAYED, of=clock),
    (REPLAY, "slower"): Row(becomes(0.5), PLAYED, of=speed),
    (REPLAY, "faster"): Row(becomes(2.0), PLAYED, of=speed),
    (REPLAY, "first"): Row(moves_far(-1), PLAYED, of=clock, via=("end",)),
    (REPLAY, "last"): Row(becomes(True), PLAYED, of=lambda app: app.player.ended),
    (REPLAY, "next-approval"): Row(
        finds_an_approval, PLAYED, of=lambda app: bool(app.player.state.approvals)
    ),
    (REPLAY, "next-warning"): Row(finds_a_warning, PLAYED, of=index),
    (REPLAY, "fork"): Row(says("refused: "), PLAYED),
    (READING, "next-document"): Row(focuses(Page), via=("f",)),
    (READING, "edit"): Row(says("cannot be handed to an editor"), via=("f",)),
    (READING, "adopt"): Row(says("nothing to adopt"), via=("f",), given=now_on_disk),
    (TEXTS, "next-text"): Row(focuses(Page), via=("c",)),
    (TEXTS, "edit-text"): Row(says("cannot be handed to an editor"), via=("c",)),
    (TEXT, "send-text"): Row(sends("send"), via=IN_TEXT, given=with_a_channel),
    (TEXT, "by-hand"): Row(sends("sent", channel="x"), via=IN_TEXT, then=("x", "enter")),
    (TEXT, "arrived"): Row(sends("arrived", channel="chat"), via=IN_TEXT, given=in_doubt),
    (LEDGER, "search"): Row(types(""), via=("e",)),
    (LEDGER, "wrap"): Row(becomes(False), of=wrapped, via=("e",)),
    (LEDGER, "add"): Row(opens(AddEvidence), via=("e",)),
    (LEDGER, "next-part"): Row(focuses(EvidenceView), via=("e",)),
    (BOARD, "next-list"): Row(focuses(DeadlineBoard), HOME),
    (BOARD, "previous-list"): Row(focuses(Earlier), HOME),
    (BOARD, "words"): Row(types(""), HOME),
    (BOARD, "filter"): Row(types(""), HOME),
    (METRICS, "next-part-of-metrics"): Row(focuses(Overdue), via=("m",)),
    (FORM, "send"): Row(sends("open"), via=("plus", *"down")),
    (FORM, "skip"): Row(moves(1), of=question, via=IN_FORM),
    (FORM, "question-on"): Row(moves(1), of=question, via=IN_FORM),
    (FORM, "question-back"): Row(moves(-1), of=question, via=("plus", "down")),
    (ASK, "choice-on"): Row(moves(1), of=choice, via=IN_ASK),
    (ASK, "choice-back"): Row(moves(-1), of=choice, via=("S", "down")),
}
"""By context and key id, in the order of the registry."""

SCROLLING: dict[str, tuple[tuple[str, ...], Of]] = {
    "agent pane": (("u",), lambda app: app.focused.top),
    "timeline": (IN_TIMELINE, row_of),
    "list": (("f",), lambda app: app.screen.query_one(DocumentList).index),
    "document": (("f", "tab"), lambda app: app.screen.query_one(Page).top),
    "evidence": (("e", "tab"), lambda app: app.screen.query_one(EvidenceView).top),
    "cited evidence": (("a", "e"), lambda app: app.focused._top),
    "help": (("question_mark",), lambda app: app.focused.top),
}
"""Everything that scrolls: how to get there, and where it stands."""
