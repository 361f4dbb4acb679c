"""A finished message as real Markdown: citations are links, nothing is hidden or decoded.

Other links do not exist here: what an agent wrote is what a person reads.
"""

from markdown_it import MarkdownIt
from markdown_it.rules_inline import StateInline
from pygments.token import Token  # type: ignore[import-untyped]
from textual.content import Content
from textual.highlight import HighlightTheme, highlight
from textual.widgets import Markdown
from textual.widgets.markdown import MarkdownFence

from tui.citations import CITED


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


class CalmCode(HighlightTheme):
    """Code in greys and blue: amber and red mean time or danger, except in a diff."""

    STYLES = {  # noqa: RUF012 - declared by its base
        Token: "$wr-text",
        Token.Comment: "$wr-muted",
        Token.Keyword: "$wr-bright bold",
        Token.Literal.String: "$wr-accent",
        Token.Name.Class: "$wr-bright",
        Token.Name.Function: "$wr-bright",
        Token.Generic.Deleted: "$wr-breach",
        Token.Generic.Inserted: "$wr-ok",
        Token.Generic.Heading: "$wr-muted",
        Token.Generic.Subheading: "$wr-muted",
        Token.Generic.Output: "$wr-muted",
    }


class Code(MarkdownFence):
    """A block of code; without a language it is text, and none is guessed."""

    @classmethod
    def highlight(cls, code: str, language: str, ansi: bool = False, dark: bool = False) -> Content:
        return highlight(code, language=language or "text", theme=CalmCode)


class MessageMarkdown(Markdown):
    """Finished messages; built once, never changed."""

    BLOCKS = {**Markdown.BLOCKS, "fence": Code, "code_block": Code}  # noqa: RUF012
    DEFAULT_CSS = """
    MessageMarkdown {
        padding: 0 1; color: $wr-text;

        MarkdownBlock, MarkdownTableCellContents {
            link-color: $wr-accent; link-background: $wr-surface 0%; link-style: none;
            link-color-hover: $wr-accent; link-background-hover: $wr-surface 0%;
            link-style-hover: underline;
        }
        MarkdownBlock {
            &:dark > .code_inline { color: $wr-bright; background: $wr-surface 0%; }
            &:light > .code_inline { color: $wr-bright; background: $wr-surface 0%; }
            & > .strong { color: $wr-bright; text-style: bold; }
        }
        MarkdownHeader {
            content-align: left middle; text-style: bold; margin: 0 0 1 0;
            color: $wr-bright; background: $wr-surface 0%;
        }
        MarkdownH1 { color: $wr-accent; }
        MarkdownParagraph { margin: 0 0 1 0; }
        MarkdownList MarkdownParagraph, MarkdownBlockQuote MarkdownParagraph { margin: 0; }
        MarkdownBullet { color: $wr-muted; }
        MarkdownBlockQuote {
            margin: 0 0 1 0; padding: 0 1; background: $wr-surface 0%;
            border-left: outer $wr-track;
        }
        MarkdownFence {
            margin: 0 0 1 0; background: $wr-background; color: $wr-text;
            & > Label { padding: 0 1; }
        }
        MarkdownTable { margin: 0 0 1 0; background: $wr-surface 0%; }
        MarkdownTableContent {
            keyline: none; grid-gutter: 0 1;
            & > .cell { padding: 0; }
            & > .header { padding: 0; color: $wr-muted; text-style: none; }
        }
        MarkdownHorizontalRule { margin: 0 0 1 0; border-bottom: solid $wr-line; }
    }
    """

    def __init__(self, source: str) -> None:
        super().__init__(source, parser_factory=citing_parser, open_links=False)
