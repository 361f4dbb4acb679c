"""What somebody says to go by, as themes with a known effect. Pure: word lists, no guessing.

A word that is denied ("no data loss", "not a security issue") is no theme; one that is only doubted
is, as `orchestrator.model.denial` tells them apart.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from orchestrator.model.denial import clauses, denied


@dataclass(frozen=True, slots=True)
class Theme:
    """One theme of the guidance: what it changes, and the words it was seen in."""

    name: str
    effect: str
    words: tuple[str, ...]


EFFECTS: dict[str, str] = {
    "security": "the security gatekeeper joins, evidence is preserved before any mitigation, "
    "updates come at least hourly",
    "performance": "metrics and slow queries are looked at first",
    "compliance": "legal is informed and the regulatory clock runs, updates come at least hourly",
    "revenue": "the executive notification is due at once, updates come at least hourly",
    "data-loss": "legal and executives are informed, the regulatory clock runs, "
    "updates come at least hourly",
    "tight-sla": "a rollback is preferred to further investigation, "
    "updates come at least every 15 minutes",
    "new-team": "documentation is comprehensive, updates come at least every 15 minutes",
    "updates-15-min": "updates come every 15 minutes, as a person chose, whatever the policy says",
    "updates-hourly": "updates come every hour, as a person chose, whatever the policy says",
}
"""Every theme there is, in the order they are told, and what it does."""

_UPDATED = (
    r"(?:updates?|updated|inform(?:ed)?|communicate) "
    r"(?:(?:is|are|be|come|go|out|sent|only|us|them|me|everybody|users|customers|management) )*"
)

_WORDS: dict[str, tuple[str, ...]] = {
    "security": (
        r"security",
        r"(?:security |data )?breach(?:ed|es)?",
        r"hack(?:ed|er|ers|ing)?|intru(?:sion|sions|der|ders)|phishing|d?dos attack",
        r"attack(?:s|ed|er|ers)?|compromised?|exploit(?:s|ed|ing)?|cve(?: \d+)*",
        r"malware|ransomware|vulnerab(?:le|ility|ilities)|exfiltrat(?:ed|ion)",
        r"unauthori[sz]ed",
        r"(?:credentials?|secrets?|passwords?|keys?|tokens?) (?:leak(?:ed|s)?|stolen)",
        r"(?:leaked|stolen) (?:credentials?|secrets?|passwords?|keys?|tokens?|data)|data leaks?",
    ),
    "performance": (
        r"performance|slow(?:er|est|ly|ness|down|ing)?|sluggish|latency|latencies|throughput",
        r"time ?outs?|timing out|times out|timed out|response times?|p9[0-9]|lag(?:s|gy|ging)?",
    ),
    "compliance": (
        r"compliance|compliant|regulat(?:or|ors|ory|ion|ions|ed)|gdpr|hipaa|pci(?: dss)?|sox|ccpa",
        r"dora|nis ?2|legal(?:ly)?|audit(?:s|ed|or|ors)?|privacy|data protection|pii",
        r"personal(?:ly identifiable)? (?:data|information)|health records",
    ),
    "revenue": (
        r"revenues?|sales|turnover|money|income|financial(?:ly)?|business critical",
        r"(?:cannot|can't|can not|unable to) (?:buy|pay|order|check ?out|purchase)",
        r"los(?:t|ing) (?:orders|customers|bookings)|costs? (?:us|a lot)|[$€£] ?\d[\d.,]*",
    ),
    "data-loss": (
        r"data loss(?:es)?|loss of (?:\w+ )?(?:data|records|rows|writes)|corrupt\w*",
        r"(?:los(?:t|e|es|ing)|missing|deleted|destroyed|wiped|dropped) (?:\w+ )?"
        r"(?:data|databases?|tables?|records?|rows?|writes?|transactions?)",
        r"(?:data|databases?|tables?|records?|rows?|writes?|transactions?) "
        r"(?:(?:is|was|are|were|got|being|has been|have been) )?"
        r"(?:lost|missing|deleted|destroyed|wiped|dropped|gone)|data integrity",
    ),
    "tight-sla": (
        r"(?:tight|short|strict|hard) sl[ao]s?",
        r"sl[ao]s? (?:(?:is|are|will be|almost|nearly|already|has been|about to be) )*"
        r"(?:breach(?:ed|es|ing)?|tight|strict|at risk|critical|close|missed|in danger)",
        r"breach(?:es|ed|ing)? (?:of )?(?:the |our |an )?sl[ao]s?|time to breach",
        r"error budget (?:(?:is|almost|nearly|already) )*(?:gone|low|exhausted|spent|used up)",
        r"asap|as soon as possible|contract(?:ual)? penalt(?:y|ies)|penalt(?:y|ies)",
        r"(?:roll ?back|restore(?: service)?) (?:first|fast|quickly|at once|now|immediately)",
        r"prefer(?:s|red)? (?:a |the |to )?roll(?:ing)? ?back",
    ),
    "new-team": (
        r"new (?:team|on call|engineer|hire|people|colleagues?)|inexperienced|junior|trainees?",
        r"first (?:p[01]|sev[12]|major|incident|on call|time on call|outage)|just joined",
        r"new to (?:this|the|our) \w+|unfamiliar|comprehensive (?:documentation|review|notes)",
        r"never (?:done|had|handled|seen) (?:this|one|an? (?:\w+ )?incident)",
    ),
    "updates-15-min": (
        r"(?:15|fifteen) ?min(?:ute)?s? updates?|quarter hourly updates?",
        rf"{_UPDATED}every (?:(?:15|fifteen) ?min(?:ute)?s?|quarter(?: of an)? hour)",
    ),
    "updates-hourly": (
        r"(?<!at least )(?<!quarter )hourly (?:\w+ )?updates?",
        rf"{_UPDATED}(?:hourly|(?:every|once an|once every|each) hour|every 60 ?min(?:ute)?s?)",
    ),
}

_PATTERNS = {
    name: re.compile(r"(?<![\w])(?:" + "|".join(words) + r")(?![\w])")
    for name, words in _WORDS.items()
}
_PROMISE = re.compile(r"\b(?:sl[ao]s?|error budget|time to breach|breach in \d+)\b")


def themes(text: str) -> tuple[Theme, ...]:
    """The themes of a guidance text, each once, in the order of `EFFECTS`."""
    seen: dict[str, dict[str, None]] = {}
    for clause in clauses(text):
        for name, pattern in _PATTERNS.items():
            for match in pattern.finditer(clause):
                promise = name == "security" and _of_a_promise(clause, match)
                if not promise and not denied(clause, match):
                    seen.setdefault(name, {})[match.group()] = None
    return tuple(Theme(name, EFFECTS[name], tuple(seen[name])) for name in EFFECTS if name in seen)


def union(*readings: Iterable[Theme]) -> tuple[Theme, ...]:
    """What any of several readers saw, in the order of `EFFECTS`: none takes away another's."""
    words: dict[str, dict[str, None]] = {}
    for theme in (theme for reading in readings for theme in reading):
        words.setdefault(theme.name, {}).update(dict.fromkeys(theme.words))
    return tuple(
        Theme(name, EFFECTS[name], tuple(words[name])) for name in EFFECTS if name in words
    )


def quoted(name: str, phrases: Iterable[str], text: str) -> Theme | None:
    """A theme somebody else saw in a text, by those of its quotations that the text bears out."""
    if name not in EFFECTS:
        return None
    held = tuple(dict.fromkeys(one for one in phrases if _holds(name, one, text)))
    return Theme(name, EFFECTS[name], held) if held else None


def _holds(name: str, phrase: str, text: str) -> bool:
    """True for words of the text that it does not deny; where words known here stand, by those."""
    plain = " ".join(clauses(phrase)).strip()
    if not plain or not _within(" ".join(phrase.lower().split()), " ".join(text.lower().split())):
        return False
    judged = False
    for clause in clauses(text):
        for match in re.finditer(rf"(?<!\w){re.escape(plain)}(?!\w)", clause):
            judged = True
            known = [
                one
                for one in _PATTERNS[name].finditer(clause)
                if one.start() < match.end() and match.start() < one.end()
            ]
            for one in known or [match]:
                promise = name == "security" and _of_a_promise(clause, one)
                if not promise and not denied(clause, one):
                    return True
    return not judged  # words across several clauses: no denial reaches that far


def _within(phrase: str, text: str) -> bool:
    """True where the text has these as whole words."""
    return bool(re.search(rf"(?<!\w){re.escape(phrase)}(?!\w)", text))


def _of_a_promise(clause: str, match: re.Match[str]) -> bool:
    """True for the breach of an SLA, which is none of security."""
    return match.group().startswith("breach") and bool(_PROMISE.search(clause))
