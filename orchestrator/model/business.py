"""What of a business a person's words speak of: revenue, compliance, reputation, safety. Pure.

Words that speak of none of them are business impact and nothing more.
"""

import re

from orchestrator.model.denial import clauses, denied

_FLOWS = r"(?:orders|payments|sales|bookings|purchases|check ?outs?)"
_HARM = r"lost|loss(?:es)?|affected|missing|missed|impact(?:ed)?|involved|at risk|touched|harmed"

_TOPICS = {
    "revenue": re.compile(
        r"(?<!\w)(?:revenues?|sales?|sell|orders?|payments?|pay|purchases?|bookings?|money|income|"
        r"check ?outs?|turnover|financial\w*|contracts?|refunds?|cost(?:s|ly|ing)?|eur|usd|euros?|"
        r"dollars?|(?:lost|lose|losing) (?:\w+ )?customers)(?!\w)|[$€£]"
    ),
    "compliance": re.compile(
        r"(?<!\w)(?:complian\w*|regulat\w*|gdpr|hipaa|pci\w*|sox|audit\w*|legal|privacy|fines?)"
        r"(?!\w)"
    ),
    "reputation": re.compile(
        r"(?<!\w)(?:reputation\w*|press|media|brand|public\w*|trust|journalists?|twitter|news)(?!\w)"
    ),
    "safety": re.compile(r"(?<!\w)(?:safety|injur\w*|health|lives)(?!\w)"),
}
_STANDSTILL = re.compile(
    r"\b(?:cannot|can not|can't|could not|couldn't|unable to|not able to|nobody can|no one can)\b"
    rf"|\bno (?={_FLOWS}\b(?! (?:(?:is|are|was|were|have been) )?(?:{_HARM})\b))"
)
"""Sounds like a denial and is the trouble itself: customers cannot pay, no orders since noon."""


def topics(text: str) -> frozenset[str]:
    """The topics that the words name and do not deny; empty when they speak of none."""
    found: set[str] = set()
    for said in clauses(text):
        clause = _STANDSTILL.sub(lambda stop: "~" * len(stop.group()), said)
        for name, spoken in _TOPICS.items():
            if any(not denied(clause, match) for match in spoken.finditer(clause)):
                found.add(name)
    return frozenset(found)
