"""A Markdown document as rows of a pane: read at once, in the colours of the agents' words.

Textual's own Markdown builds a widget for every cell of a table and needs one to two seconds for a
review; this needs milliseconds. Knows what documents are made of: headings, paragraphs, lists,
tables, quotes, code. Anything else is shown as its text.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from markdown_it import MarkdownIt
from markdown_it.token import Token
from rich.cells import cell_len

from tui.inert import inert
from tui.pane_rows import BLANK, PaneRow, runs_of
from tui.table_rows import table
from tui.wrapping import Run, wrap


@dataclass(slots=True)
class _Page:
    """Rows so far, and where the text stands."""

    width: int
    rows: list[PaneRow] = field(default_factory=list)
    indent: int = 0
    lead: str = ""
    """what stands before the next row: the mark of a list item"""

    def gap(self) -> None:
        if self.rows and self.rows[-1] is not BLANK:
            self.rows.append(BLANK)

    def put(self, runs: Sequence[Run]) -> None:
        """A paragraph at the present indent; the first row carries the lead."""
        lead, self.lead = self.lead, ""
        room = max(2, self.width - self.indent)
        for number, line in enumerate(wrap(runs, room)):
            margin = " " * self.indent
            if number == 0 and lead:
                margin = lead.rjust(self.indent) if cell_len(lead) <= self.indent else lead
            head: tuple[Run, ...] = ((margin, "muted"),) if margin else ()
            self.rows.append(PaneRow("say", (*head, *line)))


def rows_of_document(text: str, width: int) -> list[PaneRow]:
    """All rows of a document at a width."""
    tokens = MarkdownIt("commonmark").enable("table").disable("entity").parse(inert(text))
    page = _Page(max(width, 2))
    stream = iter(tokens)
    numbers: list[int] = []
    for token in stream:
        _block(page, token, stream, numbers)
    while page.rows and page.rows[-1] is BLANK:
        page.rows.pop()
    return page.rows


def _block(page: _Page, token: Token, stream: Iterator[Token], numbers: list[int]) -> None:
    kind = token.type
    if kind == "heading_open":
        page.gap()
        tone = "accent*" if token.tag == "h1" else "bright*"
        words = "".join(text for text, _ in _inline(next(stream)))
        page.put([(words, tone)])
        page.gap()
    elif kind == "inline":
        page.put(_inline(token))
    elif kind == "paragraph_close" and not token.hidden:
        page.gap()
    elif kind in ("bullet_list_open", "ordered_list_open"):
        numbers.append(0 if kind[0] == "b" else int(token.attrGet("start") or 1))
        page.indent += 2 if kind[0] == "b" else 3
    elif kind in ("bullet_list_close", "ordered_list_close"):
        page.indent -= 2 if kind[0] == "b" else 3
        numbers.pop()
        if not numbers:
            page.gap()
    elif kind == "list_item_open":
        page.lead = f"{numbers[-1]}. " if numbers[-1] else "• "
        numbers[-1] += 1 if numbers[-1] else 0
    elif kind in ("fence", "code_block", "html_block"):
        page.gap()
        margin = " " * page.indent
        for line in token.content.rstrip("\n").split("\n"):
            for piece in wrap([(line.expandtabs(4) or " ", "bright")], page.width - 2):
                page.rows.append(PaneRow("out", ((f"{margin}│ ", "track"), *piece)))
        page.gap()
    elif kind in ("blockquote_open", "blockquote_close"):
        page.indent += 2 if kind.endswith("open") else -2
    elif kind == "table_open":
        page.gap()
        page.rows += [PaneRow("say", runs) for runs in table(_cells(stream), page.width)]
        page.gap()
    elif kind == "hr":
        page.gap()
        page.rows.append(PaneRow("say", (("─" * page.width, "track"),)))
        page.gap()


def _inline(token: Token) -> list[Run]:
    """The runs of a paragraph: citations and UNKNOWN are marked only in plain text."""
    runs: list[Run] = []
    strong = 0
    for child in token.children or ():
        if child.type == "strong_open":
            strong += 1
        elif child.type == "strong_close":
            strong -= 1
        elif child.type == "code_inline":
            runs.append((child.content, "bright"))
        elif child.type in ("softbreak", "hardbreak"):
            runs.append((" ", "text"))
        elif child.content:
            literal = child.content
            runs += [(literal, "bright*")] if strong else _marked(literal)
    return runs


def _marked(text: str) -> list[Run]:
    """Plain text with its citations; what looks like Markdown in it was meant as it stands."""
    if any(sign in text for sign in ("**", "`")) or text.startswith("#"):
        return [(text, "text")]
    return runs_of(text)


def _cells(stream: Iterator[Token]) -> list[list[list[Run]]]:
    """The rows of a table, the header first."""
    lines: list[list[list[Run]]] = []
    for token in stream:
        if token.type == "table_close":
            break
        if token.type == "tr_open":
            lines.append([])
        elif token.type == "inline":
            lines[-1].append(_inline(token))
    return lines
