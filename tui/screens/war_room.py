"""The war room: one incident on one screen, from a feed that is live or a replay's.

It turns keys into requests and decides nothing: commands go to the runner, and what came of them is
read back from the journal like everything else.
"""

from dataclasses import dataclass
from typing import ClassVar

from textual.binding import BindingType
from textual.message import Message
from textual.widget import Widget

from tui.commands import parse
from tui.keys import ACT, WAR_ROOM, bindings, labels_of
from tui.screens.acting import Acting
from tui.screens.card_arming import Decision
from tui.screens.room_view import TABS
from tui.widgets.agent_pane import AgentPane
from tui.widgets.approval_queue import ApprovalQueue, waiting
from tui.widgets.chooser import Chooser
from tui.widgets.command_line import CommandLine
from tui.widgets.questions import Questions
from tui.widgets.timeline import Timeline


class WarRoom(Acting, inherit_bindings=False):
    """One incident, live through a link to its runner or replayed without one."""

    CSS_PATH = "war_room.tcss"
    BINDINGS: ClassVar[list[BindingType]] = bindings(WAR_ROOM, ACT)

    @dataclass
    class ReplayRequested(Message):
        """The person wants to see this incident again."""

        room: "WarRoom"
        incident: str

    # --- keys: looking ----------------------------------------------------------------------------

    def action_pane(self, number: str) -> None:
        if self.has_class("-narrow"):
            self._show_tab("agents")
        if self.grid.open(int(number)) is None:
            self.answer(f"nobody has number {number} now", refused=True)

    def action_zoom(self) -> None:
        self._zoom(not self.grid.zoomed)

    def _zoom(self, zoomed: bool) -> None:
        if zoomed and self.grid.focused_pane() is None and self.grid.shown():
            self.grid.shown()[0].focus(scroll_visible=False)
        self.set_class(zoomed, "-zoomed")
        self.grid.set_zoom(zoomed)

    def action_timeline(self) -> None:
        timeline = self.query_one(Timeline)
        if self.grid.zoomed:
            self._zoom(False)
        if self.has_class("-narrow"):
            self._show_tab("timeline")
        if timeline.has_focus:
            timeline.next_kind()
        timeline.focus(scroll_visible=False)

    def action_next_region(self) -> None:
        self._go(1)

    def action_previous_region(self) -> None:
        self._go(-1)

    def _go(self, way: int) -> None:
        """The next tab where there are tabs, else the next region that can be looked into."""
        if self.has_class("-narrow"):
            self._show_tab(TABS[(TABS.index(self.tab) + way) % len(TABS)])
            self._focus_tab()
            return
        regions: list[Widget] = [*self.grid.shown()]
        if not self.grid.zoomed:
            regions += [self.query_one(Timeline), self.query_one(ApprovalQueue)]
            regions += [self.query_one(Questions)]
        if regions:
            at = regions.index(self.focused) if self.focused in regions else -way
            regions[(at + way) % len(regions)].focus(scroll_visible=False)

    def _focus_tab(self) -> None:
        shown = self.grid.shown()
        targets = {
            "agents": shown[0] if shown else None,
            "timeline": self.query_one(Timeline),
            "approvals": self.query_one(ApprovalQueue),
            "questions": self.query_one(Questions),
        }
        target = targets.get(self.tab)
        self.set_focus(target)

    def action_approvals(self) -> None:
        """Open the card of the approval that ends first."""
        queue = waiting(self.feed.state)
        if not queue:
            self.answer("nothing waits for a decision")
            return
        self._decide(queue[0].approval)

    def action_files(self) -> None:
        from tui.screens.review import Files  # rarely the first need

        self._review_read = True
        self.app.push_screen(Files(self.feed, self.link))

    def action_ledger(self, citation: str = "") -> None:
        from tui.screens.evidence import Evidence  # only when it is looked at

        self.app.push_screen(Evidence(self.feed, self.link, citation))

    def action_hypotheses(self) -> None:
        from tui.screens.hypotheses import HypothesesBoard  # only when it is looked at

        self.app.push_screen(HypothesesBoard(self.feed, self.link))

    def action_cost(self) -> None:
        from tui.screens.costs import Costs  # only when it is looked at

        self.app.push_screen(Costs(self.feed, self.link))

    def action_communications(self) -> None:
        from tui.screens.communications import Communications  # only when something is to be sent

        self.app.push_screen(Communications(self.feed, self.link, self.clock))

    def action_questions(self, field: str = "") -> None:
        from tui.screens.questions import OpenQuestions  # only when it is looked at

        self.app.push_screen(OpenQuestions(self.feed, self.link, field))

    def on_chooser_opened(self, message: Chooser.Opened) -> None:
        if isinstance(message.chooser, Questions):
            self.action_questions(message.chosen)

    def action_replay(self) -> None:
        if self.feed.live:
            self.post_message(self.ReplayRequested(self, self.feed.incident))

    def action_command(self) -> None:
        self.begin_command("")

    def action_back(self) -> None:
        if self.query_one(CommandLine).leave():
            return
        if self.grid.zoomed:
            self._zoom(False)
            return
        self.answer("")

    # --- keys: acting -----------------------------------------------------------------------------

    def action_acknowledge(self) -> None:
        self.command("ack")

    def action_note(self) -> None:
        self.begin_command("note ")

    def on_agent_pane_stop_requested(self, message: AgentPane.StopRequested) -> None:
        task = self.feed.state.tasks.get(message.key)
        if task is not None and task.kind == "action":  # cutting a change wants a typed reason
            self.begin_command(f"cancel {message.pane.number} ")
        else:
            self.command("stop", key=message.key)

    def on_agent_pane_steer_requested(self, message: AgentPane.SteerRequested) -> None:
        self.begin_command(f"steer {message.pane.number} ")

    def begin_command(self, text: str) -> None:
        """The command line, with the beginning of a command in it."""
        if not self.query_one(CommandLine).editing:
            self._return_to = self.focused
        self.query_one(CommandLine).begin(text)

    def on_command_line_left(self) -> None:
        target = self._return_to
        self.set_focus(target if target is not None and target.is_mounted else None)

    def on_command_line_entered(self, message: CommandLine.Entered) -> None:
        typed = parse(message.text, self.grid.key_of, labels_of(self.app))
        if typed.error:
            self.answer(typed.error, refused=True)
        elif typed.for_runner:
            self.command(typed.name, **typed.args)
        elif typed.name in ("copy", "save", "theme"):
            self.call_later(self.app.run_action, f"{typed.name}({typed.args['argument']!r})")
        elif typed.name == "evidence" and typed.args["argument"]:
            self._add(str(typed.args["argument"]))
        else:
            names = {"evidence": "ledger", "new": "new_incident"}
            self.call_later(self._do, names.get(typed.name, typed.name))

    async def _do(self, name: str) -> None:
        """An action of this screen, or else one of the console's."""
        here = hasattr(self, f"action_{name}")
        await (self.run_action(name) if here else self.app.run_action(name))

    def _add(self, words: str) -> None:
        """`evidence some words`, or `evidence @file`."""
        from tui.screens.add_evidence import CannotAdd, offered  # only when something is added

        root = self.feed.folder.path.parents[2]
        text, source = ("", words[1:]) if words.startswith("@") else (words, "typed")
        try:
            text, source = offered(text, source, root)
        except CannotAdd as error:
            self.answer(str(error), refused=True)
        else:
            self.command("evidence", text=text, source=source)

    def _decide(self, approval: str) -> None:
        from tui.screens.card import Card  # only when a card is opened

        card = Card(self.feed, approval, self.clock, lambda: self.health, lambda: self.company)
        self.app.push_screen(card, self._decided)

    def _decided(self, decision: Decision | None) -> None:
        if decision is not None:
            self.command(
                decision.verb,
                approval=decision.approval,
                sha256=decision.sha256,
                why=decision.why,
                text=decision.text,
                override=decision.override,
            )
