"""Who a model gives a preventive action to: people there are, or nobody.

An owner is what makes an action count as tracked; one that a model made up would be nobody's.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from orchestrator.model.reports.claims import UNKNOWN
from orchestrator.settings import Settings

_TERMS = ("immediate", "short_term", "long_term")


def owned(
    rules: Mapping[str, Any], report: dict[str, Any], settings: Settings
) -> tuple[dict[str, Any], tuple[str, ...]]:
    """The actions, each owned by a person of the settings or of the rules' report, else by
    UNKNOWN; and who was dropped."""
    known = {person.name for person in settings.people} | {UNKNOWN, *_owners(rules)}
    strangers = dict.fromkeys(name for name in _owners(report) if name and name not in known)
    settled = {
        term: [one if one["owner"] in known else {**one, "owner": UNKNOWN} for one in report[term]]
        for term in _TERMS
    }
    told = tuple(f"owner {name!r}: the settings have no such person" for name in strangers)
    return report | settled, told


def _owners(report: Mapping[str, Any]) -> Iterator[str]:
    for term in _TERMS:
        yield from (str(one["owner"]) for one in report[term])
