"""The upper-case keys of a war room: each asks one question and sends one command."""

from collections.abc import Callable, Sequence

from orchestrator.model.state import State
from tui.choices import (
    Choice,
    endings,
    escalations,
    halts,
    handoffs,
    majors,
    people,
    roles,
    severities,
    undos,
)
from tui.screens.room_view import RoomView
from tui.screens.speaking import REPLAYED
from tui.widgets.timeline import Timeline

Choose = Callable[[State], list[Choice]]


class Acting(RoomView, inherit_bindings=False):
    """What a person can do to the incident itself; production is decided in cards alone."""

    def action_severity(self) -> None:
        self._ask(f"Severity, now {self.feed.state.severity or 'unknown'}", severities)

    def action_roles(self) -> None:
        self._ask("Who holds which role", roles, people(self.feed.state))

    def action_handoff(self) -> None:
        you = self.company.you
        title = "Hand a role over; it changes hands when it is accepted"
        self._ask(title, lambda state: handoffs(state, you), people(self.feed.state))

    def action_readin(self) -> None:
        """What somebody needs who comes late; nothing is changed by reading it."""
        from tui.screens.read_in import ReadIn  # only for whoever comes late

        self.app.push_screen(ReadIn(self.feed, self.link))

    def action_escalate(self) -> None:
        now = self.feed.now()
        self._ask("Escalate, or hold back", lambda state: escalations(state, now))

    def action_undo(self) -> None:
        self._ask("Take a change back: its undo becomes a card of its own", undos)

    def action_resolve(self) -> None:
        self._ask(f"{self.feed.state.incident} is {self.feed.state.status}", endings)

    def action_halt(self) -> None:
        self._ask("The line", halts)

    def action_major(self) -> None:
        self._ask("Major incident", majors, people(self.feed.state))

    def action_star(self) -> None:
        """Star the chosen event; where none is chosen, go and choose one."""
        timeline = self.query_one(Timeline)
        if not timeline.has_focus or not timeline.chosen_event:
            self.run_action_here("timeline")
            self.answer("choose the event with the arrows, then * again")
            return
        self.command("star", event=timeline.chosen_event)

    def run_action_here(self, name: str) -> None:
        """Do what a key of this screen does."""
        self.call_later(self.run_action, name)

    def _ask(self, title: str, choices: Choose, suggestions: Sequence[str] = ()) -> None:
        found = choices(self.feed.state)
        if self.link is None:
            self.answer(REPLAYED, refused=True)
        elif not found:
            self.answer("nothing to choose from now")
        else:
            self._question(title, found, suggestions)

    def _question(self, title: str, choices: Sequence[Choice], suggestions: Sequence[str]) -> None:
        from tui.screens.ask import Answered, Ask  # only when something is asked

        def answered(said: Answered | None) -> None:
            if said is not None:
                choice, words = said
                self.command(choice.command, **choice.complete(words))

        self.app.push_screen(Ask(title, choices, suggestions), answered)
