"""The finished messages of one agent, as real Markdown: headings, tables, highlighted code.

Every message is a widget of its own and never changes; they come one at a time, at most two a
second, because building them holds up all painting. Citations lead to the evidence; other links do
not exist here, so that what an agent writes is what a person reads.
"""

from collections.abc import Sequence

from markdown_it import MarkdownIt
from markdown_it.rules_inline import StateInline
from textual import events
from textual.containers import VerticalScroll
from textual.widget import Widget
from textual.widgets import Markdown

from tui.citations import CITED, CitationChosen, cited_in
from tui.messages import MOST_CHARS, Message, finished
from tui.pane_text import PaneText

STEP_SECONDS = 0.5
"""Time between two messages that are built."""

CHARS_A_STEP = 3_000
"""Characters of older messages that are built at once."""


def citing_parser() -> MarkdownIt:
    """CommonMark with tables and our citations, without what hides text or decodes it."""
    parser = MarkdownIt("commonmark").enable(["table", "strikethrough"])
    parser.disable(["entity", "link", "image", "autolink", "reference", "html_block"])
    parser.disable("html_inline")
    parser.inline.ruler.before("emphasis", "citation", _citation)
    return parser


def _citation(state: StateInline, silent: bool) -> bool:
    """`[E12:3]` becomes a link to itself."""
    if state.src[state.pos] != "[":
        return False
    end = state.src.find("]", state.pos)
    found = CITED.fullmatch(state.src, state.pos + 1, end) if end > 0 else None
    if found is None:
        return False
    if not silent:
        state.push("link_open", "a", 1).attrs = {"href": found[0]}
        state.push("text", "", 0).content = f"[{found[0]}]"
        state.push("link_close", "a", -1)
    state.pos = end + 1
    return True


class Reader(VerticalScroll, can_focus=False, inherit_bindings=False):
    """Messages of whatever text it is given; it follows until it is scrolled away."""

    DEFAULT_CSS = """
    Reader {
        background: $wr-surface; color: $wr-text; scrollbar-size: 0 0;
        link-color: $wr-accent; link-background: $wr-surface 0%; link-style: none;
        link-color-hover: $wr-accent; link-background-hover: $wr-surface 0%;
        link-style-hover: underline;
    }
    Reader Markdown {
        padding: 0 1; color: $wr-text;
        link-color: $wr-accent; link-background: $wr-surface 0%; link-style: none;
    }
    Reader MarkdownBlock {
        link-color: $wr-accent; link-background: $wr-surface 0%; link-style: none;
        link-color-hover: $wr-accent; link-background-hover: $wr-surface 0%;
        link-style-hover: underline;
        &:dark > .code_inline, &:light > .code_inline {
            color: $wr-bright; background: $wr-surface 0%;
        }
        & > .strong { color: $wr-bright; text-style: bold; }
    }
    Reader MarkdownHeader {
        content-align: left middle; text-style: bold; margin: 0 0 1 0;
        color: $wr-bright; background: $wr-surface 0%;
    }
    Reader MarkdownH1 { color: $wr-accent; }
    Reader MarkdownParagraph { margin: 0 0 1 0; }
    Reader MarkdownBulletList, Reader MarkdownOrderedList { margin: 0 0 1 0; padding: 0; }
    Reader MarkdownBullet { color: $wr-muted; }
    Reader MarkdownBlockQuote {
        margin: 0 0 1 0; padding: 0 1; background: $wr-surface 0%;
        border-left: outer $wr-track;
    }
    Reader MarkdownFence {
        margin: 0 0 1 0; background: $wr-background; color: $wr-text;
        & > Label { padding: 0 1; }
    }
    Reader MarkdownTable { margin: 0 0 1 0; background: $wr-surface 0%; }
    Reader MarkdownTableContent { keyline: thin $wr-line; }
    Reader MarkdownHorizontalRule { margin: 0 0 1 0; border-bottom: solid $wr-line; }
    """

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id)
        self.following = True
        self.unseen = 0
        """messages that came since the person scrolled away"""
        self._of: tuple[PaneText | None, int] = (None, -1)
        self._serials: dict[Markdown, tuple[int, int]] = {}
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
        source = "\n\n".join(message.source for message in messages)
        made = Markdown(source, parser_factory=citing_parser, open_links=False)
        self._serials[made] = (messages[0].serial, messages[-1].serial)
        self._busy = True
        self.run_worker(self._mount(made, before), group="reader", exit_on_error=False)

    async def _mount(self, made: Markdown, before: Widget | None) -> None:
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

    def on_markdown_link_clicked(self, event: Markdown.LinkClicked) -> None:
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


def _size(widgets: Sequence[Markdown]) -> int:
    return sum(len(widget.source) for widget in widgets)
