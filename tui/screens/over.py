"""A screen that lies over another one: what works on it as it does below."""

from tui.failures import Enduring


class Over(Enduring):
    """A modal screen hides the console's keys; the help and the way to a runner stay.

    Its bindings are `tui.keys.over`.
    """

    def action_help(self) -> None:
        self.call_later(self.app.run_action, "help")

    def action_start_runner(self) -> None:
        self.call_later(self.app.run_action, "start_runner")
