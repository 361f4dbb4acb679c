"""What people answered, read with care: into evidence first, then into a share, a time, a yes.

An answer is a person's word. Where instruments know something, they are asked first; what a
sentence does not clearly say is not read into it.
"""

import re
from dataclasses import dataclass

from orchestrator.agents.contract import Observation
from orchestrator.agents.rules.desk import Desk, claim
from orchestrator.agents.rules.words import quoted
from orchestrator.clock import parse_iso
from orchestrator.model.reports.claims import UNKNOWN, Claim

QUESTIONS = {
    "q1": "observed user impact",
    "q2": "percent of users affected",
    "q3": "start time",
    "q4": "changes in the last 24 hours",
    "q5": "security or data loss",
    "q6": "business impact",
    "q7": "experience of the team on call",
    "q8": "SLA status",
}
"""The intake's questions, as the ledger names them."""

DAY = 86400.0
_NOTHING = re.compile(r"(?i)^\W*(unknown|not known|don'?t know|no idea|unsure|not sure|\?+|-)\W*$")
_NO = re.compile(r"(?i)^\W*(no|none|nothing|neither|nein|n/a)\b")
_BREACH = re.compile(r"(?i)\b(security|breach\w*|attack\w*|intrusion|leaked?|hack\w*|exploit\w*)")
_LOSS = re.compile(
    r"(?i)\b(data[\s_-]+(loss|lost)|(lost|los(?:e|ing|s of)|deleted|destroyed)\s+(\w+\s+){0,2}data"
    r"|data\s+(\w+\s+){0,2}(lost|gone|missing|deleted|damaged)|corrupt\w*)"
)
_NEGATED = re.compile(r"(?i)\b(no|not|without|never|neither|nor|isn'?t|wasn'?t)\b[^.;,]{0,24}$")
_PERCENT = re.compile(
    r"(?i)(?P<more>>|≥|over |above |more than |at least )?\s*(?P<less><|≤|under |below |less than |"
    r"up to )?\s*(?<![\w.])(?P<low>\d{1,3}(?:[.,]\d{1,3})?)\s*%?"
    r"(?:\s*(?:-|–|to|\.\.)\s*(?P<high>\d{1,3}(?:[.,]\d{1,3})?))?"
)
_AGO = re.compile(r"(?i)\b(\d{1,4})\s*(s|sec|seconds?|m|min|minutes?|h|hours?)\b\s*ago\b")
_CLOCK = re.compile(r"(?<![\d:.-])([01]?\d|2[0-3])[:.]([0-5]\d)(?::([0-5]\d))?(?![\d:.])")
_STAMP = re.compile(r"\b\d{4}-\d\d-\d\d[T ]\d\d:\d\d(?::\d\d(?:\.\d{1,6})?)?(?:Z|[+-]\d\d:?\d\d)?")
_SPAN = re.compile(r"(?i)(\d{1,4}(?:\.\d)?)\s*(s|sec|seconds?|m|min|minutes?|h|hours?|d|days?)\b")
_SECONDS = {"s": 1.0, "m": 60.0, "h": 3600.0, "d": DAY}


@dataclass(frozen=True, slots=True)
class Said:
    """A person's own words, and the evidence they lie under."""

    text: str
    eid: str

    @property
    def none(self) -> bool:
        """True when they say that there is nothing of the kind."""
        return bool(_NO.match(self.text))


async def answer(desk: Desk, *fields: str) -> Said | None:
    """The first of these fields that a person filled, filed as evidence; None when nobody did."""
    given = desk.state.answers
    for field in fields:
        text = given.get(field, "").strip()
        if not text or _NOTHING.match(text):
            continue
        asked = QUESTIONS.get(field, field)
        eid = await desk.bench.observe(
            Observation(
                kind="human",
                source="a person's answer",
                command=f"asked: {asked}",
                summary=f"{asked}: {quoted(text, 200)}",
                content=text + "\n",
                taint="human",
                from_at=desk.now,
                to_at=desk.now,
            )
        )
        return Said(quoted(text, 300), eid)
    return None


def told(said: Said) -> Claim:
    """Their words as a statement that says whose it is."""
    return claim(f'Reported by a person: "{said.text}"', said.eid)


async def words_on(desk: Desk, *fields: str) -> str:
    """A plain field of a report in a person's words, or UNKNOWN."""
    said = await answer(desk, *fields)
    return said.text if said is not None else UNKNOWN


def share(text: str) -> float | None:
    """`35 %`, `10-50`, `>50`, `<10` as a share; a range counts by its upper end: unsure is more.

    An open end is put just beyond the number, so that no threshold equal to it is missed.
    """
    found = _PERCENT.search(text)
    if found is None:
        if re.search(r"(?i)\b(all|every(one|body)|complete)\b", text):
            return 1.0
        return 0.0 if _NO.match(text) else None
    low = float(found["low"].replace(",", "."))
    high = float(found["high"].replace(",", ".")) if found["high"] else low
    if not low <= high <= 100:
        return None
    nudge = 0.1 if found["more"] else -0.1 if found["less"] else 0.0
    return round(min(1.0, max(0.0, (high + nudge) / 100)), 4)


def moment(text: str, before: float) -> float | None:
    """The time an answer names, in UTC: a date and time, `20 min ago`, or a time of the last day.

    What lies after `before` cannot be the start of what was detected then.
    """
    stamp = _STAMP.search(text)
    if stamp is not None:
        try:
            at = parse_iso(stamp[0])
        except ValueError:
            return None
        return at if at <= before else None
    ago = _AGO.search(text)
    if ago is not None:
        return before - float(ago[1]) * _SECONDS[ago[2][0].lower()]
    clock = _CLOCK.search(text)
    if clock is None:
        return None
    day = before - before % DAY
    at = day + int(clock[1]) * 3600.0 + int(clock[2]) * 60.0 + int(clock[3] or 0)
    return at if at <= before else at - DAY


def breach_or_loss(text: str) -> tuple[bool | None, bool | None]:
    """Whether an answer says that security, and that data, is touched; None where it is silent."""
    if _NO.match(text) and not re.search(r"(?i)\b(but|yes)\b", text):
        return False, False
    breach, loss = _said(_BREACH, text), _said(_LOSS, text)
    if re.search(r"(?i)\bboth\b", text):
        return True, True
    if breach is None and loss is None and re.match(r"(?i)^\W*(yes|true)\b", text):
        # the question is about either: unsure means higher
        return True, True
    return breach, loss


def budget(text: str) -> tuple[float | None, float | None]:
    """Share of the error budget left, and seconds to the breach, where an answer says so."""
    over = re.search(r"(?i)\b(breached|exhausted|spent|used up|missed)\b", text)
    if over is not None and not re.search(r"(?i)\b(not|never)\b", text):
        return 0.0, 0.0
    percent = re.search(r"(\d{1,3}(?:\.\d+)?)\s*%", text)
    left = min(1.0, float(percent[1]) / 100) if percent is not None else None
    rest = text.replace(percent[0], " ") if percent is not None else text
    span = _SPAN.search(rest)
    breach = float(span[1]) * _SECONDS[span[2][0].lower()] if span is not None else None
    return left, breach


def _said(pattern: re.Pattern[str], text: str) -> bool | None:
    found = pattern.search(text)
    if found is None:
        return None
    return not _NEGATED.search(text[: found.start()])
