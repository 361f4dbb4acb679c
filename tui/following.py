"""Where a person reads in a text that grows: at its tail, or at a place that stays where it is."""

from dataclasses import dataclass

from tui.pane_text import PaneText, Place


@dataclass(slots=True)
class Following:
    """The scroll position of one pane; heights are rows of text that it shows."""

    following: bool = True
    top: int = 0
    """number of the first row shown"""
    seen: int = 0
    """rows that were there when following ended"""
    _top_place: Place | None = None
    _seen_place: Place | None = None

    def tail_top(self, text: PaneText, height: int) -> int:
        return max(text.dropped, len(text) - height)

    def unseen(self, text: PaneText) -> int:
        """Rows that came since the person scrolled away."""
        return 0 if self.following else max(0, len(text) - self.seen)

    def grown(self, text: PaneText, height: int) -> None:
        """Text came, or rows left at the top."""
        if self.following:
            self.top, self.seen = self.tail_top(text, height), len(text)
        elif self.top < text.dropped:
            self.top, self._top_place = text.dropped, None

    def follow(self, text: PaneText, height: int) -> None:
        self.following = True
        self._top_place = self._seen_place = None
        self.grown(text, height)

    def move(self, text: PaneText, height: int, top: int) -> None:
        """Scrolling away stops following; scrolling down to the end starts it again."""
        tail = self.tail_top(text, height)
        if top >= tail:
            self.follow(text, height)
            return
        if self.following:
            self.following, self.seen = False, len(text)
        self.top = max(text.dropped, top)
        self._top_place = None

    def hold(self, text: PaneText) -> None:
        """Before another layout: remember the place itself, and keep it until the next move.

        Remembered once for any number of layouts, so that resizing back and forth never drifts.
        """
        if not self.following:
            self._top_place = self._top_place or text.place_of(self.top)
            self._seen_place = self._seen_place or text.place_of(max(0, self.seen - 1))

    def settle(self, text: PaneText, height: int) -> None:
        """After another layout: the same logical line is at the top again."""
        if self.following or self._top_place is None or self._seen_place is None:
            self.grown(text, height)
            return
        self.top = max(text.dropped, text.row_of(self._top_place))
        self.seen = text.row_of(self._seen_place) + 1
