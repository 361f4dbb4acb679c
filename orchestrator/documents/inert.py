"""Untrusted text made inert in Markdown: it is read, and never becomes a link, HTML or a heading.

Titles, log lines, commit subjects and alert annotations come from outside. Every expression of a
template passes through `inert` unless it is Markup made here, so no template can forget it.
"""

import re
import shlex
import unicodedata
from collections.abc import Iterable
from functools import lru_cache
from typing import Any

from markupsafe import Markup

_LEADS = re.compile(r"^(#{1,6}(?=\s|$)|>|[-+](?=\s|$)|[-=]{2,}$|\d{1,9}[.)](?=\s|$)|:?-{3,})")
_EDGE_UNDERSCORE = re.compile(r"(?<![^\W_])_|_(?![^\W_])")
_ENTITY = re.compile(r"&(?=#?\w{1,32};)")


def plain(text: str) -> str:
    """One line without control, bidi and zero-width characters."""
    kept = (" " if char.isspace() else char for char in text if _shown(char))
    return " ".join("".join(kept).split())


def lines(text: str) -> str:
    """Several lines without control characters; tabs and newlines stay."""
    return "".join(c for c in text.replace("\r\n", "\n") if c in "\n\t" or _shown(c))


def inert(value: Any) -> Markup:
    """A value as one line of Markdown text that means nothing but itself."""
    return value if isinstance(value, Markup) else _inert(str(value))


@lru_cache(maxsize=8192)
def _inert(text: str) -> Markup:
    """Cached, because a growing timeline is written again and again."""
    text = plain(text).replace("\\", "\\\\")
    text = _ENTITY.sub("&amp;", text).replace("<", "&lt;")
    for char in "`|*[]~$":
        text = text.replace(char, "\\" + char)
    text = _EDGE_UNDERSCORE.sub(r"\\_", text)
    text = text.replace("://", "\\://").replace("www.", "www\\.")
    lead = _LEADS.match(text)
    if lead:
        cut = lead.end() - 1 if lead.group()[-1] in ".)" else 0
        text = f"{text[:cut]}\\{text[cut:]}"
    return Markup(text)


def code(value: Any) -> Markup:
    """A value as inline code that also survives inside a table."""
    text = plain(str(value)).replace("|", "\\|")
    if not text:
        return Markup("")
    fence = "`" * (_longest_run(text) + 1)
    pad = " " if text[0] == "`" or text[-1] == "`" else ""
    return Markup(f"{fence}{pad}{text}{pad}{fence}")


def command(argv: Iterable[Any]) -> Markup:
    """An argument list as inline code, quoted so that each argument can be told from the next."""
    return code(shlex.join(str(part) for part in argv))


def block(value: Any, language: str = "text") -> Markup:
    """Several lines as a fenced block that the text cannot close."""
    text = lines(str(value)).strip("\n")
    fence = "`" * max(3, _longest_run(text) + 1)
    return Markup(f"{fence}{language}\n{text}\n{fence}")


def patch(value: Any) -> Markup:
    """A diff as a fenced block, byte for byte: carriage returns and blanks belong to the file.

    Control characters would move a cursor; a diff that has some is not shown at all.
    """
    text = str(value)
    if any(not (char in "\r\n\t" or _shown(char)) for char in text):
        return Markup("Not shown: there are control characters around the place of the change.")
    text = text.removesuffix("\n")
    fence = "`" * max(3, _longest_run(text) + 1)
    return Markup(f"{fence}diff\n{text}\n{fence}")


def _longest_run(text: str) -> int:
    return max((len(run) for run in re.findall(r"`+", text)), default=0)


def _shown(char: str) -> bool:
    return char.isspace() or unicodedata.category(char) not in ("Cc", "Cf", "Cs", "Co", "Cn")
