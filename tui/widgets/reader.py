"""The finished messages of one agent, as real Markdown: headings, tables, highlighted code.

Every message is a widget of its own and never changes; they come one at a time, at most two a
second, because building them holds up all painting.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from textual import events
from textual.containers import VerticalScroll
from textual.widget import Widget

from tui.citations import CitationChosen, cited_in
from tui.failures import Enduring
from tui.messages import MOST_CHARS, Message, finished
from tui.pane_text import PaneText

if TYPE_CHECKING:
    from textual.widgets import Markdown

    from tui.widgets.message_markdown import MessageMarkdown

STEP_SECONDS = 0.5
"""Time between two messages that are built."""

CHARS_A_STEP = 3_000
"""Characters of older messages that are built at once."""


class Reader(Enduring, VerticalScroll, can_focus=False, inherit_bindings=False):
    """Messages of whatever text it is given; it follows until it is scrolled away."""

    DEFAULT_CSS = """
    Reader { background: $wr-surface; color: $wr-text; scrollbar-size: 0 0; }
    """

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id)
        self.following = True
        self.unseen = 0
        """messages that came since the person scrolled away"""
        self._of: tuple[PaneText | None, int] = (None, -1)
        self._serials: dict[MessageMarkdown, tuple[int, int]] = {}
        """the messages of each widget: the first and the last"""
        self._busy = False
        self._held: tuple[Widget, int] | None = None

    # --- what it is told --------------------------------------------------------------------------

    def close(self) -> None:
        """Show nothing, and keep nothing."""
        self._of = (None, -1)
        self._serials.clear()
        self.remove_children()

    def step(self, text: PaneText, running: bool) -> None:
        """Show one thing more of a text: its newest message that is not shown, else older ones."""
        if self._busy:
            return
        if self._of != (text, text.generation):
            self.close()
            self._of = (text, text.generation)
            self.following, self.unseen = True, 0
        messages = finished(text.entries, running, text.speaking)
        if not messages:
            return
        if not self._serials:
            self._build(_last_of(messages), None)
            return
        newest = max(last for _, last in self._serials.values())
        oldest = min(first for first, _ in self._serials.values())
        fresh = [message for message in messages if message.serial > newest]
        older = [message for message in messages if message.serial < oldest]
        if fresh:
            self._build(fresh[:1], None)
            self.unseen += 0 if self.following else 1
        elif older:
            self._build(_last_of(older), next(iter(self.children)))

    def _build(self, messages: Sequence[Message], before: Widget | None) -> None:
        from tui.widgets.message_markdown import MessageMarkdown  # not for the first frame

        source = "\n\n".join(message.source for message in messages)
        made = MessageMarkdown(source)
        self._serials[made] = (messages[0].serial, messages[-1].serial)
        self._busy = True
        self.run_worker(self._show(made, before), group="reader", exit_on_error=False)

    async def _show(self, made: "MessageMarkdown", before: Widget | None) -> None:
        try:
            self._hold()
            await self.mount(made, before=before)
            kept = list(self._serials)
            while before is None and _size(kept) > 2 * MOST_CHARS and len(kept) > 1:
                gone = min(kept, key=self._serials.__getitem__)
                kept.remove(gone)
                del self._serials[gone]
                await gone.remove()
        finally:
            self._busy = False
        self.call_after_refresh(self._stay)

    # --- moving -----------------------------------------------------------------------------------

    def move(self, rows: int) -> None:
        """Down by that many rows; away from the end it does not follow, at the end it does."""
        target = min(max(0, self.scroll_y + rows), self.max_scroll_y)
        self.scroll_to(y=target, animate=False, immediate=True)
        self.following = target >= self.max_scroll_y
        self.unseen = 0 if self.following else self.unseen
        self._held = None

    def to_top(self) -> None:
        self.move(-int(self.scroll_y))

    def follow(self) -> None:
        """To the newest message, and to those that come."""
        self.following, self.unseen = True, 0
        self.scroll_end(animate=False, immediate=True)

    def on_mouse_scroll_up(self, event: events.MouseScrollUp) -> None:
        event.stop()
        self.move(-3)

    def on_mouse_scroll_down(self, event: events.MouseScrollDown) -> None:
        event.stop()
        self.move(3)

    def on_resize(self) -> None:
        self._hold()
        self.call_after_refresh(self._stay)

    def _hold(self) -> None:
        """Remember what is at the top, until the person moves."""
        if self._held is None or not self._held[0].is_attached:
            top = int(self.scroll_y)
            for child in self.children:
                region = child.virtual_region
                if region.y <= top < region.bottom:
                    self._held = (child, top - region.y)

    def _stay(self) -> None:
        """After a layout: at the end when following, else at what was at the top."""
        if self.following:
            self.scroll_end(animate=False, immediate=True)
        elif self._held is not None and self._held[0].is_attached:
            child, into = self._held
            region = child.virtual_region
            self.scroll_to(y=region.y + min(into, region.height), animate=False, immediate=True)

    # --- citations --------------------------------------------------------------------------------

    def cited(self) -> list[str]:
        """The citations of the messages in sight."""
        window = self.scrollable_content_region
        seen = (one for one in self._serials if one.region.overlaps(window))
        return cited_in(" ".join(one.source for one in seen))

    def on_markdown_link_clicked(self, event: "Markdown.LinkClicked") -> None:
        event.stop()
        self.post_message(CitationChosen((event.href,)))


def _last_of(messages: Sequence[Message]) -> list[Message]:
    """The newest of these that may be built at once."""
    chosen: list[Message] = []
    for message in reversed(messages):
        if chosen and sum(len(one.source) for one in (*chosen, message)) > CHARS_A_STEP:
            break
        chosen.insert(0, message)
    return chosen


def _size(widgets: "Sequence[MessageMarkdown]") -> int:
    return sum(len(widget.source) for widget in widgets)
