"""A saved incident in the same war room, driven by a playhead instead of a runner.

Everything shown comes through the same batches as live. Nothing can be sent: there is no link to a
runner, and the keys that act on an incident do not exist here.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from typing import ClassVar

from textual import work
from textual.binding import Binding, BindingType
from textual.message import Message
from textual.widget import Widget

from orchestrator.client import Answer
from orchestrator.clock import Clock
from tui.keys import CONSOLE, REPLAY, WAR_ROOM, bindings, labels_of
from tui.notices import notice_of
from tui.plot_marks import marks
from tui.replay import Player
from tui.runner_link import RunnerLink
from tui.screens.war_room import WarRoom
from tui.widgets.banner import Banner
from tui.widgets.footer import KeyFooter
from tui.widgets.scrubber import Scrubber
from tui.widgets.signals import Signals

LONGEST_STEP = 0.5
"""Seconds of ours that one frame may play: a console that was stopped does not leap on."""


def _bindings() -> list[BindingType]:
    """The ends are the replay's, whatever region has the focus."""
    keys = [b for b in bindings(WAR_ROOM, REPLAY) if isinstance(b, Binding)]
    return [replace(b, priority=True) if b.id in ("first", "last") else b for b in keys]


class Replay(WarRoom, inherit_bindings=False):
    """The war room over a player."""

    CSS_PATH = ["war_room.tcss", "replay.tcss"]  # type: ignore[assignment]  # noqa: RUF012
    BINDINGS: ClassVar[list[BindingType]] = _bindings()
    CONTEXTS: ClassVar[tuple[str, ...]] = (CONSOLE, WAR_ROOM, REPLAY)

    @dataclass
    class Forked(Message):
        """A drill was made out of what was shown."""

        incident: str

    def __init__(
        self, player: Player, clock: Clock | None = None, runner: RunnerLink | None = None
    ) -> None:
        super().__init__(player, None, clock)
        self.player = player
        self._runner = runner
        """whom to ask for a fork; the incident itself can be told nothing from here"""
        self._ticked = self.clock.now()

    def compose_bottom(self) -> Iterable[Widget]:
        yield Scrubber(self.player, id="scrubber")
        yield KeyFooter((CONSOLE, REPLAY), id="footer", clock=False)

    # --- time -------------------------------------------------------------------------------------

    def load(self) -> None:  # type: ignore[override]  # nothing to wait for, so no worker
        """All is read already: shown before the first key can come, so that none is lost."""
        self._first(self.feed.poll())

    def on_mount(self) -> None:
        self.frames.each(self._play)  # before what the war room does at the same tick

    def _play(self) -> None:
        now = self.clock.now()
        passed, self._ticked = now - self._ticked, now
        if self._loaded and self.player.playing:
            self.player.tick(min(max(0.0, passed), LONGEST_STEP))
            self.query_one(Scrubber).changed()

    def _jump(self, move: Callable[[], object]) -> None:
        """Move the playhead and show at once what is there."""
        if self._loaded:
            self.answer("")
            move()
            batch = self.feed.poll()
            self.apply(batch)
            now = self.feed.now()
            self.query_one(Signals).note(marks(self.feed.state))
            self.query_one(Signals).tick(now)
            self.grid.tick(now)
            if not (batch.events or batch.reset):  # else all regions were told with the batch
                self.show_state()

    def show_bottom(self, now: float) -> None:
        read = (self.feed.state, self.health, self._trouble, True)
        notice = notice_of(*read, self.feed.now())
        self.query_one(Banner).apply(notice)
        self.query_one(Scrubber).changed()
        self.query_one(KeyFooter).show((CONSOLE, REPLAY))

    def answer(self, text: str, refused: bool = False) -> None:
        """A replay has no command row: the scrubber says it in place of the time axis."""
        self.query_one(Scrubber).say(text)

    def begin_command(self, text: str) -> None:
        self.answer("a replay changes nothing")

    def on_descendant_focus(self) -> None:
        """The footer is the same wherever the focus is."""

    # --- keys -------------------------------------------------------------------------------------

    def action_play_pause(self) -> None:
        self._jump(self.player.toggle)

    def action_step(self, count: int) -> None:
        self.player.pause()
        self._jump(lambda: self.player.step(count))

    def action_minute(self, count: int) -> None:
        self._jump(lambda: self.player.minute(count))

    def action_slower(self) -> None:
        self._jump(self.player.slower)

    def action_faster(self) -> None:
        self._jump(self.player.faster)

    def action_first(self) -> None:
        self._jump(self.player.first)

    def action_last(self) -> None:
        self._jump(self.player.last)

    def action_next_approval(self) -> None:
        self._find(self.player.next_approval, "no approval follows")

    def action_next_warning(self) -> None:
        self._find(self.player.next_warning, "no warning follows")

    def _find(self, find: Callable[[], bool], otherwise: str) -> None:
        """Stop where it was found, so that it can be looked at."""
        if not self._loaded:
            return
        if find():
            self.player.pause()
            self._jump(lambda: None)
        else:
            self.answer(otherwise)

    def on_scrubber_seek_requested(self, message: Scrubber.SeekRequested) -> None:
        self._jump(lambda: self.player.seek_fraction(message.fraction))

    def action_fork(self) -> None:
        """Ask the project's runner for a drill that begins here."""
        self.player.pause()
        if self._runner is None:
            self.answer("refused: this folder lies in no project, so no runner can fork it")
        elif not self._runner.health().alive:
            self.answer("refused: a fork needs the runner; start one with: warroom open")
        else:
            self.answer("forking …")
            self._fork(self._runner, self.player.events[self.player.index - 1].seq)

    @work(thread=True, exclusive=True, group="fork", exit_on_error=False)
    def _fork(self, runner: RunnerLink, seq: int) -> None:
        answer = runner.send(runner.command("fork", self.incident, {"seq": seq}))
        self.app.call_from_thread(self._answered_fork, answer)

    def _answered_fork(self, answer: Answer) -> None:
        if not answer.accepted:
            self.answer(f"refused: {answer.why}")
            return
        incident = str(answer.data.get("incident", ""))
        self.answer(f"forked into {incident}, a drill: warroom open {incident}")
        self.post_message(self.Forked(incident))

    def action_back(self) -> None:
        """Out of a zoom, then out of the replay."""
        if self.grid.zoomed:
            self._zoom(False)
        elif len(self.app.screen_stack) > 1:
            self.app.pop_screen()
        else:
            self.answer(f"{labels_of(self.app)['leave']} leaves")
