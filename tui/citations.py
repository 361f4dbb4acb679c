"""Citations on the screen: `E12` and `[E12:340]` lead to the evidence, by mouse and by key.

Everything painted passes through here, so that an id works wherever it stands.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from rich.style import Style
from textual.message import Message

CITED = re.compile(r"\bE(\d{1,6})(?::(\d{1,7}))?")
_ONLY = re.compile(r"[\[\]…]|E\d{1,6}(?::\d{1,7}(?:-\d{1,7})?)?(?:-E\d{1,6})?|[, ]+")


@dataclass
class CitationChosen(Message):
    """A person asked by key for what is cited here: one item, or a few to choose from."""

    cited: tuple[str, ...]


def cited_in(text: str) -> list[str]:
    """The citations of a text, in order, each once: `["E4", "E12:340"]`."""
    found = [f"E{m[1]}:{m[2]}" if m[2] else f"E{m[1]}" for m in CITED.finditer(text)]
    return list(dict.fromkeys(found))


def is_citation(text: str) -> bool:
    """True when a piece of a row is ids and nothing else."""
    return text[:1] in ("E", "[") and bool(CITED.search(text)) and not _ONLY.sub("", text)


def split(text: str, style: Style) -> Iterable[tuple[str, Style]]:
    """Ids as pieces of their own that a click opens; what is between them stays as it is."""
    end = 0
    for found in CITED.finditer(text):
        if found.start() > end:
            yield text[end : found.start()], style
        end = found.end()
        where = f"E{found[1]}:{found[2]}" if found[2] else f"E{found[1]}"
        yield found[0], style + Style.from_meta({"@click": f"app.show_evidence('{where}')"})
    if end < len(text):
        yield text[end:], style


def parted(citation: str) -> tuple[str, int]:
    """`E12:340` as `("E12", 340)`; line 0 where none is named."""
    eid, _, line = citation.partition(":")
    return eid, int(line) if line.isdecimal() else 0
