"""The words that go out, made from a document: what a reader outside is told, and no more.

Pure: the same document always gives the same words and the same hash, so the hash on a screen
names exactly what a key sends.
"""

import hashlib
import html
import json
import re
from dataclasses import dataclass

from orchestrator.evidence.safe import safe_text

LIMIT = 3500
"""Characters of a text: what the tightest of the usual channels takes in one message."""

INWARD = ("Open questions", "Statements dropped", "For the sender", "Forensic sign-off")
"""Sections that are for us alone."""

PUBLISHED = ("Text to publish", "Status page")
"""Sections whose quoted lines are for everybody."""

_BANNER = re.compile(r"^> \*\*(Draft|Sent|On its way|Not required)")
_CITED = re.compile(r" ?\[E\d+(?::\d+)?\]")
_STAMP = re.compile(r"^\d{4}-\d\d-\d\dT[\d:]+Z - ")
_SUBJECT = re.compile(r"^- Subject: (.*)$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Letter:
    """What goes out of one document. Either part may be empty."""

    subject: str
    public: str
    """for everybody"""
    internal: str
    """for those the text is addressed to"""

    @property
    def sha256(self) -> str:
        """Names these words: what a person saw is what is sent."""
        return hashlib.sha256(self.encoded).hexdigest()

    @property
    def encoded(self) -> bytes:
        body = {"subject": self.subject, "public": self.public, "internal": self.internal}
        return json.dumps(body, sort_keys=True, ensure_ascii=False).encode()

    def body(self, public: bool) -> str:
        """What one kind of channel gets; empty when it has no part for it."""
        return self.public if public else self.internal or self.public


def decoded(body: bytes) -> Letter:
    """A letter as it was kept. ValueError when it is none."""
    return Letter(**json.loads(body))


def letter(document: str) -> Letter:
    """The words of a document of `communications/`."""
    title, sections = _sections(document)
    public = "\n".join(
        _plain(line.removeprefix(">").strip())
        for name, lines in sections
        if name in PUBLISHED
        for line in lines
        if line.startswith(">")
    )
    inner: list[str] = []
    for name, lines in sections:
        if name in PUBLISHED or name in INWARD:
            continue
        if name and name != "Internal":
            inner.append(f"\n{name}\n")
        inner += [_plain(line) for line in lines if not _BANNER.match(line)]
    internal = "\n".join(inner)
    if public and not any(line.strip() for line in inner if not line.startswith("A drill")):
        internal = ""
    drill = next((line for line in inner if line.startswith("A drill:")), "")
    if drill and public:
        public = f"{drill}\n\n{public}"
    found = _SUBJECT.search(internal)
    subject = found.group(1) if found else title
    return Letter(
        safe_text(" ".join(subject.split()))[:200],
        _fit(_STAMP.sub("", public)),
        _fit(_SUBJECT.sub("", internal)),
    )


def _sections(document: str) -> tuple[str, list[tuple[str, list[str]]]]:
    title, sections = "", [("", list[str]())]
    for line in document.splitlines():
        if line.startswith("# ") and not title:
            title = _plain(line[2:])
        elif line.startswith("## "):
            sections.append((_plain(line[3:]), []))
        else:
            sections[-1][1].append(line)
    return title, sections


def _plain(line: str) -> str:
    """A line of Markdown as somebody would write it without Markdown."""
    text = re.sub(r"^> ?", "", line)
    text = _CITED.sub("", text).replace("**", "")
    return html.unescape(re.sub(r"\\([^\w\s])", r"\1", text)).rstrip()


def _fit(text: str) -> str:
    """Without secrets, without blank runs, and short enough for one message."""
    text = re.sub(r"\n{3,}", "\n\n", safe_text(text)).strip()
    if len(text) <= LIMIT:
        return text
    return f"{text[: LIMIT - 60].rstrip()}\n\n(shortened: the rest is in the war room)"
