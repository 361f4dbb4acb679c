"""What is left of other glyphs on a terminal that has only ASCII: replaced as a line is painted.

Our own rows are in ASCII already; this is for what Textual draws itself: borders, rules, the
bullets of Markdown, and glyphs an agent wrote.
"""

from rich.segment import Segment
from textual.color import Color
from textual.filter import LineFilter

from tui.glyphs import ASCII


class AsciiOnly(LineFilter):
    """One cell for one cell; letters of other scripts stay what they are."""

    def apply(self, segments: list[Segment], background: Color) -> list[Segment]:
        return [
            one
            if one.text.isascii()
            else Segment(one.text.translate(ASCII), one.style, one.control)
            for one in segments
        ]
