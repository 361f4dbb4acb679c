"""Whether a word in somebody's sentence is denied there: no guessing beyond its clause. Pure.

What is denied ("no data loss", "revenue is not affected") does not count; what is only doubted
("not sure about data loss") does, because unsure means higher.
"""

import re
from collections.abc import Iterator

_CLAUSE_ENDS = re.compile(
    r"[.;!?,]+(?=\s|$)|[()\n]|\b(?:but|and|however|though|although|while|yet)\b"
)
_DENIED_BEFORE = re.compile(
    r"\b(?:no|not|without|nothing|never|none|neither|nor|unrelated to|free of|\w+n't|cannot)\b"
    r"(?:\W+[\w'/]+){0,5}?\W*$"
)
_DENIED_AFTER = re.compile(
    r"^\s*:?\s*(?:(?:is|was|are|were|has been|have been|issue|problem|related|impact)\s+){0,3}"
    r"(?:no\b|none\b|nothing\b|excluded|ruled out|unaffected|fine\b|ok\b|"
    r"(?:not|isn't|wasn't|aren't)\s+(?:\w+\s+)?"
    r"(?:affected|involved|suspected|an issue|a concern|expected|related|at risk|known|lost|tight|"
    r"enough|sufficient))"
)
_DOUBT = re.compile(
    r"\bno (?:doubt|idea|question)\b|\bunclear\b|\b(?:don't|do not) know\b"
    r"|(?:\bnot|n't) (?:only|just|sure|certain|clear|(?:be )?(?:excluded|ruled out))\b"
    r"|(?:\bcannot|\bcan not|\bcan't|n't) (?:be )?(?:excluded?|ruled? out)\b"
)
"""Sounds like a denial and is none."""


def clauses(text: str) -> Iterator[str]:
    """The parts within which a denial holds, in lower case and without hyphens."""
    plain = text.lower().replace("\u2019", "'")
    plain = re.sub(r"\s[-\u2013\u2014]+\s", "; ", plain)
    plain = re.sub(r"[-_\u2010\u2011]", " ", plain)
    for clause in _CLAUSE_ENDS.split(plain):
        yield " ".join(clause.split())


def denied(clause: str, match: re.Match[str]) -> bool:
    """True when the clause says that there is nothing of what was matched in it."""
    clear = _DOUBT.sub(lambda doubt: "~" * len(doubt.group()), clause)
    before, after = clear[: match.start()], clear[match.end() :]
    return bool(_DENIED_BEFORE.search(before) or _DENIED_AFTER.match(after))
