"""The player shows at every moment what was there to be seen then."""

import random
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from orchestrator.clock import FakeClock
from orchestrator.journal.append import JournalWriter
from orchestrator.journal.read import JournalBroken
from orchestrator.journal.transcript import Line, TranscriptWriter
from orchestrator.model import events as ev
from orchestrator.model.events import Event, Payload
from orchestrator.model.fold import advance, fold_all, shape, state_hash
from orchestrator.model.state import State
from orchestrator.project import IncidentFolder, Project
from tui.feed import Batch, LiveFeed
from tui.replay import MAX, SPEEDS, NothingToReplay, Player, density, load, text_of

START = 1_763_906_400.0
KEYS = ("tier1/data", "triage/impact")


def event(seq: int, at: float, data: Payload) -> Event:
    return Event(seq, f"e/{seq}", START + at, ev.RUNNER, data)


def asked(seq: int, at: float) -> Event:
    request = ev.ApprovalRequested(
        f"A{seq}", "rollback", "roll orders back", "medium", "0" * 64, START + at + 900, {}, ()
    )
    return event(seq, at, request)


def player(events: list[Event], **transcripts: list[Line]) -> Player:
    return Player(events, transcripts, IncidentFolder(Path("INC-7")))


def notes(*times: float) -> list[Event]:
    return [event(n, at, ev.NoteAdded(f"n{n}")) for n, at in enumerate(times, 1)]


def seen(played: Player) -> list[int]:
    """The events of the next batch by number."""
    return [e.seq for e in played.poll().events]


# --- what a live screen saw and what a replay shows -----------------------------------------------


class Live:
    """A runner writing an incident and a screen following it, both on one fake clock."""

    def __init__(self, root: Path, seed: int) -> None:
        self.random = random.Random(seed)
        self.clock = FakeClock(START)
        project = Project(root)
        project.create()
        self.folder = project.incident("INC-7")
        self.folder.create()
        self.writer = JournalWriter(self.folder.journal)
        self.feed = LiveFeed(project, "INC-7", self.clock)
        self.folded = State()
        self.panes: dict[str, list[Line]] = {}
        self.attempts = dict.fromkeys(KEYS, 0)
        self.transcripts: dict[str, TranscriptWriter] = {}

    def happens(self, data: Payload) -> None:
        seq = self.writer.seq + 1
        fresh = Event(seq, f"e/{seq}", self.clock.now(), ev.RUNNER, data)
        advance(self.folded, self.writer.append([fresh])[0])

    def request(self, key: str) -> None:
        self.attempts[key] += 1
        attempt = self.attempts[key]
        self.happens(ev.TaskRequested(key, attempt, "agent", "component-owner", key, "3", {}))
        path = self.folder.transcript(key)
        self.transcripts[key] = TranscriptWriter(path, attempt, self.clock)

    def one_thing(self) -> None:
        self.clock.advance(self.random.choice((0.0, 0.004, 0.05, 0.3, 2.0, 40.0)))
        key = self.random.choice(KEYS)
        match self.random.randrange(8):
            case 0:
                self.happens(ev.NoteAdded("a note"))
            case 1:
                self.happens(ev.TierEscalated(2, "CO", ("no runbook",), "reason"))
            case 2:
                upto = self.folded.seq
                self.happens(ev.StateHashed(upto, state_hash(self.folded), shape()))
            case 3 if self.random.random() < 0.2:
                self.request(key)
            case 4:
                self.transcripts[key].line("call", "tail -n 500 orders.log")
            case _:
                self.transcripts[key].say(f"word{self.random.randrange(100)} ")

    def look(self) -> None:
        """What a screen does with a batch: later attempts replace earlier ones."""
        for key, lines in self.feed.poll().lines.items():
            for line in lines:
                held = self.panes.setdefault(key, [])
                if held and held[-1].attempt < line.attempt:
                    held.clear()
                held.append(line)


@pytest.mark.parametrize("seed", range(5))
def test_pane_text_and_state_at_five_seek_points_are_what_was_live(
    tmp_path: Path, seed: int
) -> None:
    live = Live(tmp_path, seed)
    for key in KEYS:
        live.request(key)
    looks: list[tuple[float, dict[str, str], str]] = []
    for round_ in range(1, 501):
        live.one_thing()
        if round_ % 100 == 0:
            live.look()
            texts = {key: text_of(lines) for key, lines in live.panes.items()}
            looks.append((live.clock.now(), texts, state_hash(live.feed.state)))
            live.clock.advance(0.01)
    played = load(live.folder)
    random.Random(seed).shuffle(looks)
    assert len(looks) == 5
    for at, texts, hashed in looks:
        played.seek(at)
        batch = played.poll()
        assert batch.reset
        assert {key: text_of(lines) for key, lines in batch.lines.items()} == texts
        assert {key: played.pane_text(key, at) for key in texts} == texts
        assert all(texts.values())
        assert state_hash(played.state) == hashed


def test_played_to_the_end_it_reproduces_every_journalled_state_hash(tmp_path: Path) -> None:
    live = Live(tmp_path, seed=11)
    for key in KEYS:
        live.request(key)
    for _ in range(2000):
        live.one_thing()
    played = load(live.folder)
    hashes = {}
    while played.index < len(played.events):
        hashes[played.index] = state_hash(played.state)
        played.step(1)
    journalled = [e.data for e in played.events if isinstance(e.data, ev.StateHashed)]
    assert len(journalled) > 100
    assert all(hashes[hashed.upto] == hashed.sha256 for hashed in journalled)


MOVES = st.one_of(
    st.tuples(st.just("step"), st.sampled_from([-1, 1, 2, 3])),
    st.tuples(st.just("minute"), st.sampled_from([-1, 1])),
    st.tuples(st.just("tick"), st.floats(0, 20)),
    st.tuples(st.just("seek"), st.floats(0, 1)),
    st.tuples(st.sampled_from(["home", "end", "poll"]), st.just(0)),
)


@given(
    gaps=st.lists(st.sampled_from([0.0, 0.5, 7.0, 300.0]), min_size=1, max_size=40),
    moves=st.lists(MOVES, max_size=30),
)
@example(gaps=[0.0], moves=[("end", 0), ("poll", 0), ("step", 1)])  # a step on went back in time
@example(gaps=[0.0], moves=[("seek", 0.99999)])  # the time that was told was rounded up
def test_any_way_of_moving_gives_what_the_journal_gives(
    gaps: list[float], moves: list[tuple[str, float]]
) -> None:
    times = [sum(gaps[: n + 1]) for n in range(len(gaps))]
    spoken = [Line(START + at + 0.2, 1, "say", f"{n} ") for n, at in enumerate(times)]
    played = player(notes(*times), agent=spoken)
    shown: list[Event] = []
    said: list[Line] = []
    for move, amount in moves:
        match move:
            case "step":
                played.step(int(amount))
            case "minute":
                played.minute(int(amount))
            case "home":
                played.first()
            case "end":
                played.last()
            case "tick":
                played.playing = True
                played.tick(amount)
            case "seek":
                played.seek_fraction(amount)
            case _:
                take(played.poll(), shown, said)
    take(played.poll(), shown, said)
    assert [e.seq for e in shown] == list(range(1, played.index + 1))
    assert state_hash(played.state) == state_hash(fold_all(State(), shown))
    assert "".join(line.text for line in said) == played.pane_text("agent", played.now())


def take(batch: Batch, shown: list[Event], said: list[Line]) -> None:
    if batch.reset:
        shown.clear()
        said.clear()
    shown += batch.events
    said += batch.lines.get("agent", [])


# --- playing --------------------------------------------------------------------------------------


def test_it_begins_paused_at_the_first_event() -> None:
    played = player(notes(0, 10, 20))
    assert (played.playing, played.index, played.now()) == (False, 1, START)
    played.tick(60)
    assert played.now() == START


def test_playing_hands_out_each_event_once_and_stops_at_the_end() -> None:
    played = player(notes(0, 10, 20))
    assert seen(played) == [1]
    played.toggle()
    played.tick(9.9)
    assert seen(played) == []
    played.tick(0.2)
    assert seen(played) == [2]
    played.tick(100)
    assert seen(played) == [3]
    assert not played.playing
    assert played.now() == START + 20


def test_play_at_the_end_begins_again() -> None:
    played = player(notes(0, 10, 20))
    played.last()
    played.toggle()
    assert (played.playing, played.now()) == (True, START)
    assert played.poll().reset


def test_speeds_go_from_half_to_sixty_four_times_and_max() -> None:
    played = player(notes(0, 10))
    for _ in SPEEDS:
        played.faster()
    assert played.speed == MAX
    played.slower()
    assert played.speed == 64
    for _ in SPEEDS:
        played.slower()
    assert played.speed == 0.5
    played.toggle()
    played.tick(4)
    assert played.now() == START + 2


def test_at_max_a_night_of_silence_takes_one_tick() -> None:
    played = player(notes(0, 8 * 3600, 8 * 3600 + 1))
    played.speed = MAX
    played.toggle()
    played.tick(0.05)
    assert played.index >= 2


def test_at_max_nothing_is_passed_over_unseen_when_it_is_quiet() -> None:
    played = player(notes(0, 3600, 7200), agent=[Line(START + 1800, 1, "say", "hm")])
    played.speed = MAX
    played.toggle()
    moments = []
    while played.playing:
        played.tick(0.001)
        moments.append(played.now() - START)
    assert moments == [1800, 3600, 7200]


# --- jumping --------------------------------------------------------------------------------------


def test_steps_stop_at_each_event_of_one_moment() -> None:
    played = player(notes(0, 5, 5, 5, 9))
    played.step(1)
    assert (played.index, played.now()) == (2, START + 5)
    played.step(1)
    assert (played.index, played.now()) == (3, START + 5)
    played.step(-1)
    assert seen(played) == [1, 2]


def test_a_step_on_from_the_last_event_shows_the_last_words_and_takes_none_away() -> None:
    played = player(notes(0, 10), agent=[Line(START + 12, 1, "say", "done")])
    played.step(1)
    assert (played.index, played.pane_text("agent", played.now())) == (2, "")
    for _ in range(2):
        played.step(1)
        assert (played.index, played.now()) == (2, START + 12)
    said: list[Line] = []
    take(played.poll(), [], said)
    played.step(1)
    take(played.poll(), [], said)
    assert text_of(said) == played.pane_text("agent", played.now()) == "done"


def test_what_was_said_within_the_same_millisecond_is_shown_or_not_as_the_time_says() -> None:
    played = player(notes(0, 10), agent=[Line(START + 5, 1, "say", "five")])
    for at in (4.9994, 4.9996, 5.0, 5.0004):
        played.seek(START + at)
        said = text_of(played.poll().lines.get("agent", []))
        assert said == played.pane_text("agent", played.now())


def test_steps_stop_at_the_ends() -> None:
    played = player(notes(0, 5))
    played.step(-4)
    assert played.index == 1
    played.step(40)
    assert played.index == 2


def test_a_jump_voids_what_was_shown_and_gives_all_up_to_there() -> None:
    played = player(
        notes(0, 60, 120), agent=[Line(START + n, 1, "say", f"{n} ") for n in range(99)]
    )
    played.poll()
    played.minute(1)
    batch = played.poll()
    assert batch.reset
    assert [e.seq for e in batch.events] == [1, 2]
    assert len(batch.lines["agent"]) == 61
    assert played.poll().empty


def test_approvals_are_found_one_after_the_other() -> None:
    played = player([*notes(0, 5), asked(3, 60), asked(4, 60), *notes(*[70] * 5)[4:]])
    assert played.next_approval()
    assert list(played.state.approvals) == ["A3"]
    assert played.now() == START + 60
    assert played.next_approval()
    assert list(played.state.approvals) == ["A3", "A4"]
    assert not played.next_approval()
    assert played.index == 4


def test_the_next_warning_is_a_breach_or_an_escalation() -> None:
    breach = ev.DeadlineFired("acknowledge", START + 60)
    planned = ev.DeadlinePlanned("acknowledge", "promise", START, START + 60, 1, "")
    events = [
        *notes(0),
        event(2, 1, planned),
        event(3, 60, breach),
        event(4, 90, ev.NoteAdded("x")),
    ]
    played = player(events)
    assert played.next_warning()
    assert played.index == 3
    assert not played.next_warning()


def test_a_clock_that_went_back_does_not_hide_events() -> None:
    played = player(notes(0, 50, 20, 60))
    played.seek(START + 50)
    assert seen(played) == [1, 2, 3]


def test_a_repeated_id_counts_once() -> None:
    twice = notes(0, 5)
    played = player([*twice, Event(3, "e/1", START + 9, ev.RUNNER, ev.NoteAdded("n1"))])
    played.last()
    assert played.state.notes == 2


def test_seeking_in_a_long_incident_folds_only_from_the_kept_state_before() -> None:
    played = player(notes(*range(40_000)))
    for fraction in (0.9, 0.1, 0.5, 1.0, 0.0):
        played.seek_fraction(fraction)
        assert played.state.notes == played.index
        assert len(played.state.ids) <= 1000


# --- panes, files ---------------------------------------------------------------------------------


def test_a_pane_holds_the_attempt_in_force_and_no_late_words_of_an_earlier_one() -> None:
    lines = [
        Line(START + 1, 1, "say", "old"),
        Line(START + 5, 2, "say", "new "),
        Line(START + 6, 1, "say", "late"),
        Line(START + 7, 2, "say", "and newer"),
    ]
    played = player(notes(0, 10), agent=lines)
    assert played.pane_text("agent", START + 2) == "old"
    assert played.pane_text("agent", START + 9) == "new and newer"
    assert played.pane_text("nobody", START + 9) == ""


def test_it_ends_with_the_last_word_when_that_is_later_than_the_last_event() -> None:
    played = player(notes(0, 10), agent=[Line(START + 12, 1, "end", "done")])
    assert played.end == START + 12


def test_an_incident_without_events_cannot_be_played(tmp_path: Path) -> None:
    with pytest.raises(NothingToReplay, match="no event in it"):
        load(IncidentFolder(tmp_path))


def test_a_broken_journal_cannot_be_played_and_the_line_is_named(tmp_path: Path) -> None:
    folder = IncidentFolder(tmp_path)
    JournalWriter(folder.journal).append(notes(0, 1))
    with folder.journal.open("a") as file:
        file.write("{}\n")
    with pytest.raises(JournalBroken, match="line 3"):
        load(folder)


def test_density_counts_every_event_once() -> None:
    assert density([0, 1, 2, 9, 10], 0, 10, 5) == [2, 1, 0, 0, 2]
    assert density([5.0, 5.0], 5.0, 5.0, 3) == [0, 0, 2]
    assert density([1.0], 0, 10, 0) == []
