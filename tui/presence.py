"""Who else has this incident open, as the runner heard it a moment ago."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Present:
    """One person at one incident."""

    person: str
    since: float
    consoles: int = 1


@dataclass(frozen=True, slots=True)
class Company:
    """Everybody at one incident, this console's own person too."""

    you: str = ""
    people: tuple[Present, ...] = ()
    whole: bool = False
    """False while the runner has not listened long enough to miss anybody"""

    @property
    def others(self) -> tuple[Present, ...]:
        return tuple(one for one in self.people if one.person != self.you)

    def words(self, narrow: bool = False) -> str:
        """`with j.ortiz`, `with j.ortiz +2`, narrow only `+3`; empty when nobody else is there.

        A person who has it open twice is one person: `2 consoles`.
        """
        own = next((one.consoles for one in self.people if one.person == self.you), 1)
        others = self.others
        if not others:
            return f"{own} consoles" if own > 1 else ""
        if narrow:
            return f"+{len(others)}"
        first = others[0]
        twice = f" ({first.consoles} consoles)" if first.consoles > 1 else ""
        more = f" +{len(others) - 1}" if len(others) > 1 else ""
        return f"with {first.person}{twice}{more}"

    def after(self, before: "Company") -> tuple["Company", str]:
        """What to show now, and one line about who came or went since `before`.

        A runner that has only just begun to listen makes nobody leave, and the first look at all
        makes nobody join.
        """
        known = {one.person: one for one in before.others}
        there = {one.person: one for one in self.others}
        if not self.whole:
            there = known | there
            own = [one for one in self.people if one.person == self.you]
            now = Company(self.you, tuple(sorted([*own, *there.values()], key=_by_name)), False)
        else:
            now = self
        came = sorted(there.keys() - known.keys()) if before.you else []
        went = sorted(known.keys() - there.keys())
        said = [f"{', '.join(who)} {did}" for who, did in ((came, "joined"), (went, "left")) if who]
        return now, "; ".join(said)


def _by_name(one: Present) -> str:
    return one.person


def company(told: Mapping[str, Any]) -> Company:
    """The runner's answer; from one of another release that says something else, nobody."""
    try:
        people = tuple(
            Present(str(one["person"]), float(one["since"]), int(one["consoles"]))
            for one in told["people"]
        )
        return Company(str(told["you"]), people, bool(told["whole"]))
    except (KeyError, TypeError, ValueError):
        return Company()
