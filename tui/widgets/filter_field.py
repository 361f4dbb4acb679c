"""A field whose words narrow a list while they are typed."""

from textual.widgets import Input


class FilterField(Input):
    """Not seen until it is opened; its words hold on after it was left, until they are cleared."""

    DEFAULT_CSS = """
    FilterField {
        display: none; width: 1fr; height: 1; border: none; padding: 0 1;
        background: $wr-wash; color: $wr-bright;
    }
    FilterField:focus {
        border: none; background: $wr-wash; background-tint: transparent;
    }
    """

    def __init__(self, hint: str, *, id: str | None = None) -> None:  # noqa: A002
        super().__init__(compact=True, placeholder=hint, select_on_focus=False, id=id)
        self.cursor_blink = False

    @property
    def words(self) -> str:
        return " ".join(self.value.split())

    def begin(self) -> None:
        """Open it with the words that hold now."""
        self.display = True
        self.cursor_position = len(self.value)
        self.screen.set_focus(self, scroll_visible=False)  # at once: letters follow

    def clear_words(self) -> bool:
        """Close it and let everything through; False when nothing held anything back."""
        held = bool(self.display)
        self.value, self.display = "", False
        return held
