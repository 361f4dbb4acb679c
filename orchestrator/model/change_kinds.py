"""The kinds of change a catalogue may hold, by the words of whoever runs production."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

Kind = Literal[
    "rollback",
    "redeploy",
    "revert",
    "hotfix",
    "feature-flag",
    "configuration",
    "restart",
    "scaling",
    "database-repair",
    "isolation",
    "block-address",
    "silence",
    "maintenance",
    "workaround",
]


@dataclass(frozen=True, slots=True)
class Words:
    """How a kind of change is spoken of, and whose work it is."""

    noun: str
    """`rollback`, as in: the rollback failed"""
    done: str
    """`rolled back`"""
    run_by: str
    """the role that carries it out"""


_DO, _RE, _IR = "devops-engineer", "reliability-engineer", "incident-responder"
_SG = "security-gatekeeper"

WORDS: Mapping[str, Words] = {
    "rollback": Words("rollback", "rolled back", _DO),
    "redeploy": Words("redeploy", "redeployed", _DO),
    "revert": Words("revert", "reverted", _DO),
    "hotfix": Words("hotfix", "hotfix deployed", _DO),
    "feature-flag": Words("feature flag", "feature flag switched", _RE),
    "configuration": Words("configuration change", "configuration changed", _RE),
    "restart": Words("restart", "restarted", _DO),
    "scaling": Words("scaling", "scaled", _DO),
    "database-repair": Words("database repair", "database repaired", _RE),
    "isolation": Words("isolation", "isolated", _SG),
    "block-address": Words("block of an address", "address blocked", _SG),
    "silence": Words("silence of the alert", "alert silenced", _IR),
    "maintenance": Words("maintenance mode", "maintenance mode on", _IR),
    "workaround": Words("workaround", "workaround in place", _IR),
    "undo": Words("undo", "undo carried out", _DO),
}
"""Every kind of the catalogue, and the undo that any of them may have."""

ANY = Words("change", "change carried out", _DO)
"""What is said where the kind is not known: of cards of earlier releases."""


def words(kind: object) -> Words:
    """How to speak of a change of that kind."""
    return WORDS.get(str(kind), ANY)


ISOLATING: frozenset[str] = frozenset(("isolation", "block-address"))
"""Kinds that keep an intruder out: allowed after a possible breach before forensics signed off."""
