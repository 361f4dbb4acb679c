"""From screen to screen: the board, war rooms, what lies over them, and the ways between.

What an incident is, or what may be done with it, is not known here; nor is the process.
"""

import sys
from functools import cached_property
from typing import TYPE_CHECKING

from textual import work
from textual.screen import Screen

from orchestrator.clock import Clock, WallClock
from orchestrator.project import IncidentFolder, Project
from tui.failures import FailureLog
from tui.keys import CONSOLE, is_typing, labels_of
from tui.type_ahead import InOrder

if TYPE_CHECKING:
    from tui.citations import CitationChosen
    from tui.incidents import ReadMarks
    from tui.replay import Player
    from tui.runner_link import RunnerLink
    from tui.screens.board import Board
    from tui.screens.intake import Intake
    from tui.screens.metrics import Metrics
    from tui.screens.opening import Opening
    from tui.screens.replay import Replay
    from tui.screens.standby import Standby
    from tui.screens.war_room import WarRoom

BOARD_MODE = "board"
"""The board's own stack of screens: going there and back leaves a war room as it was."""

LOADED_MODE = "loaded"
"""Where the screen that was asked for comes to lie when another was shown before it."""

LOADED_LATER = {
    "standby": ("tui.screens.standby", "tui.runner_link"),
    "board": ("tui.screens.board", "tui.incidents", "tui.runner_link"),
    "war room": ("tui.screens.war_room", "tui.feed", "tui.runner_link"),
    "replay": ("tui.screens.replay", "tui.runner_link"),
}
"""What each first screen needs beyond what the first frame needs."""


class Routed(InOrder):
    """Which screen is shown, of one project or of one saved incident."""

    DEFAULT_MODE = "console"

    def __init__(
        self,
        project: Project,
        incident: str | None = None,
        *,
        clock: Clock | None = None,
        saved: "Player | None" = None,
        plain: bool = False,
    ) -> None:
        """`plain`: no colours at all, and none of the terminal's defaults changed."""
        super().__init__(ansi_color=True if plain else None)
        self.project = project
        self.incident = incident
        self.clock: Clock = clock or WallClock()
        self.failures = FailureLog(project, self.clock)
        self._player = saved
        self._marks: ReadMarks | None = None
        self._rooms: dict[str, str] = {}
        """the mode in which each incident's war room is open"""
        self._home = self.DEFAULT_MODE
        """the mode of the screen that was asked for"""
        self.add_mode(self.DEFAULT_MODE, self.first_screen)

    # --- screens ----------------------------------------------------------------------------------

    @cached_property
    def link(self) -> "RunnerLink":
        """The way to the runner."""
        from tui.runner_link import RunnerLink  # loaded after the first frame

        return RunnerLink(self.project, self.clock, labels_of(self))

    def first_screen(self) -> Screen[None]:
        """The screen that is asked for, or the one that is shown while that is loaded.

        It is the base, so that there is no blank one below.
        """
        later = LOADED_LATER[self._first]
        if all(name in sys.modules for name in later):
            return self._asked_for()
        from tui.screens.opening import Opening  # only where there is something to wait for

        return Opening(f"opening {self.incident or self.project.root.name}", later)

    async def on_opening_loaded(self, message: "Opening.Loaded") -> None:
        """The screen that was asked for; what was typed meanwhile comes before what follows."""
        self._home = LOADED_MODE
        self.add_mode(self._home, self._asked_for)
        await self.switch_mode(self._home)
        self.remove_mode(self.DEFAULT_MODE)
        for key in message.typed:
            await self.on_event(key.set_sender(self))

    @property
    def _first(self) -> str:
        if self._player is not None:
            return "replay"
        if self.incident is not None:
            return "war room"
        return "board" if self.project.all_incidents() else "standby"

    def _asked_for(self) -> Screen[None]:
        first = self._first
        if first == "replay" and self._player is not None:
            return self._replay(self._player)
        if first == "war room" and self.incident is not None:
            self._rooms[self.incident] = self._home
            return self._war_room(self.incident)
        if first == "board":
            return self._board()
        from tui.screens.standby import Standby  # loaded after the first frame

        return Standby(self.project, self.clock)

    def _board(self) -> Screen[None]:
        from tui.incidents import ReadMarks  # only where there is more than one incident to see
        from tui.screens.board import Board

        self._marks = self._marks or ReadMarks(self.project)
        return Board(self.project, self.link, self.clock, self._marks)

    def _war_room(self, incident: str) -> Screen[None]:
        from tui.feed import LiveFeed  # loaded after the first frame
        from tui.screens.war_room import WarRoom

        self.incident = incident
        self.sub_title = incident
        feed = LiveFeed(self.project, incident, self.clock)
        return WarRoom(feed, self.link, self.clock)

    def _replay(self, player: "Player") -> Screen[None]:
        from tui.screens.replay import Replay  # only when a replay is asked for

        return Replay(player, self.clock, self.link if self.project.home.is_dir() else None)

    @property
    def room(self) -> "WarRoom | None":
        """The war room or replay that is looked at, or that lies below what is looked at."""
        from tui.screens.war_room import WarRoom  # loaded after the first frame

        rooms = [screen for screen in self.screen_stack if isinstance(screen, WarRoom)]
        return rooms[-1] if rooms else None

    @property
    def _at_board(self) -> bool:
        return bool(self.screen_stack) and type(self.screen_stack[0]).__name__ == "Board"

    # --- what screens ask for ---------------------------------------------------------------------

    def on_standby_incident_opened(self, message: "Standby.IncidentOpened") -> None:
        self.open_incident(message.incident)

    def on_board_incident_chosen(self, message: "Board.IncidentChosen") -> None:
        self.open_incident(message.incident)

    def on_board_words_typed(self, message: "Board.WordsTyped") -> None:
        self.action_new_incident(message.words)

    def on_intake_opened(self, message: "Intake.Opened") -> None:
        from tui.screens.intake import Intake  # it was shown, so it is loaded

        if isinstance(self.screen, Intake):  # else standby saw the journal first and went there
            self.pop_screen()
        self.open_incident(message.incident)

    def open_incident(self, incident: str) -> None:
        """Its war room, as it was left; of the others only the one below everything is kept."""
        self.read_so_far()
        if incident not in self._rooms:
            for other, mode in list(self._rooms.items()):
                if mode not in (self._home, self.current_mode):
                    del self._rooms[other]
                    self.remove_mode(mode)
            mode = self._rooms[incident] = f"room {incident}"
            self.add_mode(mode, lambda: self._war_room(incident))
        self.incident = self.sub_title = incident
        self.switch_mode(self._rooms[incident])

    def read_so_far(self) -> None:
        """What a war room has shown counts as read."""
        room = self.room
        if self._player is None and room is not None and room.feed.live:
            from tui.incidents import ReadMarks

            self._marks = self._marks or ReadMarks(self.project)
            self._marks.mark(room.incident, room.feed.state.seq)

    def on_war_room_replay_requested(self, message: "WarRoom.ReplayRequested") -> None:
        from orchestrator.journal.read import JournalBroken
        from tui.replay import NothingToReplay

        try:
            player = load_player(self.project.incident(message.incident))
        except (JournalBroken, NothingToReplay, OSError) as error:
            message.room.answer(f"refused: {error}", refused=True)
        else:
            self.push_screen(self._replay(player))

    def on_replay_forked(self, message: "Replay.Forked") -> None:
        """Go there, unless this console only shows a saved incident."""
        if self._player is None:
            self.pop_screen()
            self.open_incident(message.incident)

    @work(exclusive=True, group="citation", exit_on_error=False)
    async def on_citation_chosen(self, message: "CitationChosen") -> None:
        """One citation is opened; of several the person chooses."""
        cited = message.cited
        room = self.room
        if len(cited) > 1 and room is not None:
            from tui.choices import citations
            from tui.screens.ask import Ask

            found = citations(room.feed.state, cited)
            answered = await self.push_screen_wait(Ask("Which evidence?", found))
            if answered is None:
                return
            cited = (str(answered[0].args["citation"]),)
        self.action_show_evidence(cited[0])

    # --- keys that work everywhere ----------------------------------------------------------------

    def action_board(self) -> None:
        """The board; a saved incident that is only replayed has none."""
        if self._player is None and self._at_board and self._over("Metrics"):
            self.pop_screen()
        if self._player is not None or self._at_board:
            return
        self.read_so_far()
        first = self._screen_stacks.get(self._home) or [self.screen]
        mode = self._home if type(first[0]).__name__ == "Board" else BOARD_MODE
        if mode not in self._modes:
            self.add_mode(mode, self._board)
        self.switch_mode(mode)

    def action_metrics(self) -> None:
        """The metrics over whatever is looked at; a saved incident alone has none."""
        from tui.screens.metrics import Metrics  # only when they are asked for

        if self._player is not None:
            self.say("refused: one saved incident has no metrics over all", refused=True)
        elif isinstance(self.screen, Metrics):
            self.screen.read()
        elif not self.screen.is_modal:
            self.push_screen(Metrics(self.project, self.clock))

    def on_metrics_incident_chosen(self, message: "Metrics.IncidentChosen") -> None:
        if self._over("Metrics"):
            self.pop_screen()
        self.open_incident(message.incident)

    def _over(self, name: str) -> bool:
        return type(self.screen).__name__ == name

    def action_war_room(self) -> None:
        """Back to the war room below whatever lies over it, or to the one that was left last."""
        if self._at_board and self.incident in self._rooms:
            self.open_incident(str(self.incident))
            return
        from tui.screens.war_room import WarRoom  # loaded after the first frame

        rooms = [screen for screen in self.screen_stack if type(screen) is WarRoom]
        while rooms and self.screen is not rooms[0]:
            self.pop_screen()

    def action_new_incident(self, words: str = "") -> None:
        """The intake over whatever is looked at."""
        if self._player is not None or type(self.screen).__name__ == "Intake":
            return
        from tui.incidents import services  # only for a new incident
        from tui.screens.intake import Intake

        self.push_screen(Intake(self.link, self.clock, words, services(self.project)))

    def action_show_evidence(self, citation: str) -> None:
        """Go to what a citation names, from wherever it stands."""
        room, here = self.room, self.screen
        if (jump := getattr(here, "show_evidence", None)) is not None:
            jump(citation)
        elif room is not None and not here.is_modal:
            room.action_ledger(citation)

    def action_help(self) -> None:
        from tui.screens.help import Help  # not needed for the first frame

        if not isinstance(self.screen, Help):
            self.push_screen(Help(self.contexts, typing=is_typing(self.screen)))

    def action_start_runner(self) -> None:
        """Wherever RUNNER DOWN is seen; a saved incident that is only replayed has none."""
        if self._player is not None:
            self.say("refused: a replay has no runner", refused=True)
        elif self.link.health().alive:
            self.say("the runner is running")
        else:
            self.say("starting the runner …")
            self.link.start()

    def say(self, words: str, refused: bool = False) -> None:
        """One line on the screen that is looked at, or on what lies below it."""
        screens = (self.screen, *reversed(self.screen_stack), self.room)
        answers = (getattr(screen, "answer", None) for screen in screens)
        answer = next((one for one in answers if callable(one)), None)
        if answer is not None:
            answer(words, refused)

    @property
    def contexts(self) -> tuple[str, ...]:
        """Where the keys of the screen that is looked at exist."""
        own: tuple[str, ...] = getattr(self.screen, "CONTEXTS", (CONSOLE,))
        return own

    async def action_back(self) -> None:
        back = getattr(self.screen, "action_back", None)
        if back is not None:
            back()
        elif len(self.screen_stack) > 1:
            self.pop_screen()


def load_player(folder: IncidentFolder) -> "Player":
    """JournalBroken and NothingToReplay say why it cannot be played."""
    from tui.replay import load  # reads a whole incident: only when a replay is asked for

    return load(folder)
