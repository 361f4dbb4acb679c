"""The approval card: exactly what would run, and the only place where a key decides about it.

Approving needs keys that are armed: the content has stood on the screen for a moment, the approval
is still open, and this is no replay. The answer carries the hash that was shown. Header and
deadlines stay lit above it, because time does not stop for a card.
"""

from collections.abc import Callable
from typing import ClassVar

from textual import events
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.screen import ModalScreen
from textual.widgets import Input

from orchestrator.clock import Clock
from orchestrator.model.differences import Difference, differences
from orchestrator.model.records import Approval
from orchestrator.model.resting import is_reason, needs_override
from orchestrator.model.state import State
from tui.feed import Feed
from tui.glyphs import mark
from tui.ink import ink_of
from tui.keys import CARD, bindings, labels_of, over
from tui.notices import Health
from tui.presence import Company
from tui.screens.card_arming import Arming, Decision, obstacle
from tui.screens.card_evidence import CitedEvidence, cited_by
from tui.screens.card_sheet import CardFoot, CardPrompt, CardSheet
from tui.screens.over import Over
from tui.widgets.deadline_strip import DeadlineStrip
from tui.widgets.header import NARROW, Header

LOOKS_A_SECOND = 10

VOID_AT_ONCE = "void at once if the target drifts, if the line is stopped, or when it expires"

WIDE_FROM, TALL_FROM = 90, 32
"""Below either, the card is the screen and has no border."""

"""Rows from which the war room spends blank ones around the deadlines."""


_DOING = {
    "approve": "approve when it matches",
    "override": "approve with this reason",
    "deny": "deny",
}
"""What enter does in the field, by what it is open for."""


class Card(Over, ModalScreen[Decision | None]):
    """One approval of `feed`. Dismissed with the decision, or None when it was only looked at."""

    CSS_PATH = "card.tcss"
    BINDINGS: ClassVar = [
        *bindings(CARD),
        *over("help"),
    ]
    AUTO_FOCUS = "CardSheet"
    DECIDES: ClassVar[bool] = True
    """a key that had to wait was typed at something else: see `tui.type_ahead`"""

    def __init__(
        self,
        feed: Feed,
        approval: str,
        clock: Clock,
        health: Callable[[], Health] = Health,
        company: Callable[[], Company] = Company,
    ) -> None:
        super().__init__()
        self._feed = feed
        self._health = health
        self._company = company
        self._approval: Approval = feed.state.approvals[approval]
        self._differ: list[Difference] = []
        self._arming = Arming(clock)
        # its parts are there before they are composed and after they are gone: keys come then too
        self._header, self._strip = Header(), DeadlineStrip()
        self._sheet, self._prompt, self._foot = CardSheet(), CardPrompt(), CardFoot()
        self._field = Input(id="answer", select_on_focus=False, compact=True)
        self._lit = Vertical(self._header, self._strip, id="lit")
        answering = Vertical(self._prompt, self._field, id="field")
        self._card = Vertical(self._sheet, answering, self._foot, id="card")
        self._asking = ""
        """what the open field is for: approve, override, deny, or empty while none is open"""
        self._named = ""
        """the target's name as it was typed before the reason was asked for"""

    def compose(self) -> ComposeResult:
        yield self._lit
        yield self._card

    def on_mount(self) -> None:
        self._field.cursor_blink = False
        self.set_class(self._approval.risk == "destructive", "-destructive")
        self.set_class(ink_of(self.app).ascii_only, "-ascii")
        self.set_interval(1 / LOOKS_A_SECOND, self.look, name="card")
        self.call_after_refresh(self.look)

    def on_resize(self, event: events.Resize) -> None:
        width, height = event.size
        self.set_class(width < WIDE_FROM or height < TALL_FROM, "-whole")
        self.set_class(self.app.has_class("-compact"), "-compact")
        self.set_class(width < NARROW, "-narrow")
        self.call_after_refresh(self._fit)

    def on_screen_resume(self) -> None:
        self._arming.begin()
        self.look()

    # --- looking ----------------------------------------------------------------------------------

    @property
    def armed(self) -> bool:
        """True while a key decides."""
        return self._arming.armed and not self.obstacle

    @property
    def obstacle(self) -> str:
        """Why nothing can be decided here now; empty while something can."""
        barred = obstacle(self._approval, self._feed.state, self._feed.now(), self._feed.live)
        if not barred and self._sheet.failed:
            return "this card cannot be shown: approve nothing here"
        return barred

    def look(self) -> None:
        """See what the approval is now, show it, and count how long it has stood."""
        if not self.is_mounted or not self.is_attached:
            return
        state, now = self._feed.state, self._feed.now()
        self._approval = state.approvals.get(self._approval.approval, self._approval)
        barred = self.obstacle
        self._differ = differences(state)
        self._arming.look((self._approval, barred, self._differ))
        if barred:
            self._close_field()
        self._show(state, now, barred)

    def _show(self, state: State, now: float, barred: str) -> None:
        alive, company = self._health().alive, self._company()
        self._header.apply(state, now, self._feed.live, alive, company)
        self._strip.apply(state, now)
        sheet = self._sheet
        sheet.apply(self._approval, state, now)
        self._fit()
        self._ask()
        more = f"↓ {sheet.hidden} more" if sheet.hidden else ""
        self._foot.apply(self._keys(barred), self._standing(barred, more), self._void())

    def _keys(self, barred: str) -> list[tuple[str, str]]:
        label = labels_of(self.app)
        if self._asking:
            return [("enter", _DOING[self._asking]), (label["back"], "leave the field")]
        keys = [(label["evidence"], "evidence"), (label["back"], "back")]
        once = "override" if needs_override(self._approval.card) else "approve once"
        deciding = [(label["approve"], once), (label["deny"], "deny and say why")]
        return keys if barred else [*deciding, *keys]

    def _standing(self, barred: str, more: str) -> tuple[str, str]:
        if barred:
            return f"{mark('late')} {barred}", "muted" if not self._feed.live else "breach"
        if not self._arming.armed:
            return "arming…", "muted"
        return (f"{more}   armed" if more else "armed"), "accent"

    def _void(self) -> str:
        return VOID_AT_ONCE if self._approval.open else ""

    def _fit(self) -> None:
        """Give the sheet what it needs, or what there is: then it scrolls."""
        sheet, card = self._sheet, self._card
        air = 0 if self.has_class("-whole") else 1
        others = 2 + air + (2 + air if self._asking else 0) + card.gutter.height
        room = self.size.height - self._lit.outer_size.height - others
        sheet.styles.height = max(1, min(sheet.height_for(sheet.size.width), room))

    # --- deciding ---------------------------------------------------------------------------------

    @property
    def _target(self) -> str:
        """What must be typed to approve; empty when a key is enough."""
        return str(self._approval.card.get("confirm", ""))

    def _unchanged(self) -> bool:
        """True when what is shown is still what is asked; a key may come before the next look."""
        state = self._feed.state
        same = state.approvals.get(self._approval.approval) == self._approval
        return same and differences(state) == self._differ

    def action_approve(self) -> None:
        if not self.armed or not self._unchanged():
            return
        if self._target:
            self._open_field("approve")
        else:
            self._approve()

    def _approve(self, text: str = "") -> None:
        """Approve now, or once it is said why one untrusted source is enough."""
        if needs_override(self._approval.card):
            self._named = text
            self._open_field("override")
        else:
            self._decide(approve=True, text=text)

    def action_deny(self) -> None:
        if self.armed and self._unchanged():
            self._open_field("deny")

    def on_input_submitted(self, event: Input.Submitted) -> None:
        event.stop()
        said = event.value.strip()
        if not self.armed or not self._unchanged():
            return
        if self._asking == "approve" and said == self._target:
            self._approve(said)
        elif self._asking == "override" and is_reason(said):
            self._decide(approve=True, text=self._named, override=said)
        elif self._asking == "deny" and said:
            self._decide(approve=False, why=said)

    def on_input_changed(self, event: Input.Changed) -> None:
        event.stop()
        self._ask()

    def _decide(self, *, approve: bool, why: str = "", text: str = "", override: str = "") -> None:
        if self.is_current:  # a second key of the same moment decides nothing more
            one, sha256 = self._approval.approval, self._approval.sha256
            self.dismiss(Decision(one, sha256, approve, why, text, override))

    # --- the field --------------------------------------------------------------------------------

    def _open_field(self, purpose: str) -> None:
        self._asking = purpose
        self.set_class(True, "-asking")
        field = self._field
        field.value = ""
        self.set_focus(field, scroll_visible=False)  # at once: letters follow
        self.look()

    def _close_field(self) -> None:
        if self._asking:
            self._asking = ""
            self.set_class(False, "-asking")
            self._field.value = ""
            self._sheet.focus()

    def _ask(self) -> None:
        """The line over the field, as far as the typing is."""
        prompt, typed = self._prompt, self._field.value.strip()
        if self._asking == "deny":
            prompt.ask("deny: say why", right="" if typed else "a reason is needed")
        elif self._asking == "approve":
            prompt.ask("approve once: type ", self._target, _to_go(typed, self._target))
        elif self._asking == "override":
            right = "" if is_reason(typed) else "a few words are needed"
            prompt.ask("approve all the same: say why one source is enough", right=right)

    # --- moving on --------------------------------------------------------------------------------

    def action_evidence(self) -> None:
        """Read what the card cites, over the card."""
        cited = cited_by(self._approval)
        self.app.push_screen(CitedEvidence(self._feed.folder, self._feed.state, cited))

    def action_back(self) -> None:
        if self._asking:
            self._close_field()
            self.look()
        else:
            self.dismiss(None)


def _to_go(typed: str, name: str) -> str:
    """How far the typed name is from the one asked for."""
    if typed == name:
        return "matches"
    if not name.startswith(typed):
        return f"{mark('late')} does not match"
    left = len(name) - len(typed)
    return f"{left} letter{'s' if left != 1 else ''} to go"
