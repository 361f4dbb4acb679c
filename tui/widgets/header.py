"""The first row: how bad, what, in which state, for how long, and whether anybody runs it."""

from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip

from orchestrator.clock import hhmmss
from orchestrator.model.calling import leaderless
from orchestrator.model.spending import backends, dollars, models_asked, unpriced
from orchestrator.model.state import State
from tui.budget import budget_of
from tui.glyphs import severity_chip
from tui.inert import inert_line
from tui.ink import Ink, Piece, row, width_of
from tui.presence import Company
from tui.widgets.region import Region

NARROW = 110


def chip(ink: Ink, severity: str, narrow: bool) -> Piece:
    """The severity: filled for P0 and P1, coloured text below."""
    text = severity_chip(severity, narrow)
    if severity in ("P0", "P1"):
        return text, ink("on-sev", severity.lower(), bold=True)
    token = severity.lower() if severity else "muted"
    return f" {text}", ink(token, "background", bold=severity == "P2")


def elapsed(state: State, now: float) -> str:
    """How long the incident lasts or lasted, as `hh:mm:ss`."""
    if not state.detected_at:
        return "--:--:--"
    until = state.resolved_at if state.resolved_at and not state.open else now
    whole = max(0, int(until - state.detected_at))
    return f"{whole // 3600:02d}:{whole // 60 % 60:02d}:{whole % 60:02d}"


class Header(Region):
    """The header of one incident."""

    DEFAULT_CSS = """
    Header { height: 1; background: $wr-background; }
    """
    GROUND = "background"

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id)
        self._state = State()
        self._now = 0.0
        self._live = True
        self._runner_alive = True
        self._company = Company()

    def apply(
        self,
        state: State,
        now: float,
        live: bool = True,
        runner_alive: bool = True,
        company: Company | None = None,
    ) -> None:
        self._state, self._now, self._live = state, now, live
        self._runner_alive = runner_alive
        self._company = company or Company()
        if live and state.spent and (budget := budget_of(self.app)) is not None:
            budget.ask(self.app)
        self.changed()

    def body(self, width: int, height: int) -> list[Strip]:
        ink, state = self.ink, self._state
        ground = "background"
        narrow = width < NARROW
        gap: Piece = ("  ", ink("text", ground))
        left: list[Piece] = [chip(ink, state.severity, narrow), (" ", gap[1])]
        left += [(state.incident or "…", ink("bright", ground, bold=True)), gap]
        left += [(state.title, ink("text", ground))]
        right: list[Piece] = []
        room = width - width_of(left[:1]) - 1
        most = room - room // 3 - 3  # a row keeps its right side whole only up to here
        for group in self._groups(ink, narrow):
            extra = [gap, *group] if right else group
            if width_of(right) + width_of(extra) > most and right:
                continue
            right += extra
        text, style = left.pop(0)
        rest = row(ink, max(0, width - len(text)), left, right, on=ground)
        return [Strip.join([Strip([Segment(text, style)], len(text)), rest])]

    def _groups(self, ink: Ink, narrow: bool) -> list[list[Piece]]:
        """Facts for the right side, the most important first; those without room are left out."""
        state, ground = self._state, "background"
        strong, plain, quiet = (
            ink("bright", ground, bold=True),
            ink("text", ground),
            ink("muted", ground),
        )
        groups: list[list[Piece]] = []
        if not self._live:
            groups.append([(" REPLAY ", ink("on-replay", "replay", bold=True))])
            groups.append([(hhmmss(self._now) + "Z", strong)])
        elif not self._runner_alive:
            groups.append([(" RUNNER DOWN ", ink("on-sev", "breach", bold=True))])
        if state.frozen:
            groups.append([(" CHANGES FROZEN ", ink("on-sev", "breach", bold=True))])
        token = "breach" if state.status == "STOPPED" else "bright"
        groups.append([(state.status or "OPENING", ink(token, ground, bold=True))])
        groups.append([(elapsed(state, self._now), strong)])
        commander = state.person("commander")
        tone = ink("breach", ground, bold=True) if leaderless(state) else quiet
        loud = tone if commander == "UNKNOWN" or leaderless(state) else plain
        groups.append([("IC ", quiet), (commander, loud)])
        models = models_asked(state)
        if models and not narrow:
            groups.append(self._models(plain, quiet))
        if with_whom := self._company.words(narrow):
            groups.append([(inert_line(with_whom), plain)])
        if narrow and state.spent:
            groups.append(self._cost(plain, quiet))
        if not narrow:
            if state.drill:
                groups.append([("drill", quiet)])
            if not models and (found := backends(state)):
                groups.append([("+".join(found[:3]), quiet)])
            if self._live and self._runner_alive:
                groups.append([("runner ", quiet), ("●", ink("ok", ground))])
            if missing := unpriced(state.bill()):
                groups.append([(missing, quiet)])
        return groups

    def _models(self, plain: Style, quiet: Style) -> list[Piece]:
        """Who answers beside the rules, and what that cost."""
        names: Piece = ("+".join(backends(self._state)[:3]), quiet)
        cost = self._cost(plain, quiet)
        return [names, (" ", quiet), *cost] if cost else [names]

    def _cost(self, plain: Style, quiet: Style) -> list[Piece]:
        """What was spent of what may be, as far as prices are known."""
        spent = self._state.bill()
        if spent.turns == spent.unpriced:
            return []
        pieces: list[Piece] = [(dollars(spent.usd), plain)]
        budget = budget_of(self.app) if self._live else None
        if budget is not None and budget.usd:
            pieces.append((f" of ${budget.usd:g}", quiet))
        return pieces
