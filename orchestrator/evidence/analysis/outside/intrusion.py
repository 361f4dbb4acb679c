"""An intruder by the access log: one client refused again and again, then served, and with much.

Never by a metric: what leaves unseen makes no error and no latency. Addresses are cited, and stand
for nobody's name.
"""

import ipaddress
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from orchestrator.evidence.analysis.outside.cause import Cause, Sign
from orchestrator.evidence.analysis.robust import median

REFUSED_OFTEN = 8
"""Refusals of one client that are no mistake of a person."""

SERVED = 3
"""Answers after them that are no single lucky guess."""

FAR_MORE = 8.0
"""Times the usual client's bytes that stand out."""

FLOOR = 64 * 1024
"""Bytes under which nothing has been carried away."""

_CLIENTS = 3
"""Clients under which nobody can be told from the others."""


@dataclass(frozen=True, slots=True)
class Access:
    """One line of an access log."""

    client: str
    status: int
    sent: float
    at: float
    place: str


@dataclass(slots=True)
class _Client:
    refused: int = 0
    served_after: int = 0
    sent: float = 0.0
    first_refused: str = ""
    first_served: str = ""
    largest: str = ""
    largest_sent: float = 0.0
    began: float = 0.0
    last: float = 0.0


def cause(part: str, accesses: Iterable[Access]) -> Cause | None:
    """The client that stands out, where one does in what it was refused or in what it took."""
    clients = _by_client(accesses)
    if len(clients) < _CLIENTS:
        return None
    sent = sum(one.sent for one in clients.values())
    refused = sorted(one.refused for one in clients.values())[-2:]
    found = [
        one
        for name, it in clients.items()
        if 2 * it.sent > sent or (it.refused == refused[1] > 3 * refused[0])
        if (one := _judged(part, name, it, clients))
    ]
    return max(found, key=lambda one: one.score, default=None)


def _by_client(accesses: Iterable[Access]) -> dict[str, _Client]:
    clients: dict[str, _Client] = {}
    for one in accesses:
        it = clients.setdefault(one.client, _Client())
        it.last = one.at
        if one.status in (401, 403):
            it.refused += 1
            it.first_refused = it.first_refused or one.place
            it.began = it.began or one.at
        elif 200 <= one.status < 300:
            it.sent += one.sent
            if it.refused >= REFUSED_OFTEN:
                it.served_after += 1
                it.first_served = it.first_served or one.place
            if one.sent > it.largest_sent:
                it.largest, it.largest_sent = one.place, one.sent
                it.began = it.began or one.at
    return clients


def _judged(part: str, name: str, it: _Client, clients: dict[str, _Client]) -> Cause | None:
    """One who stands out. A log has very many clients: only the first of them all comes here."""
    others = [one for other, one in clients.items() if other != name]
    usual = median([one.sent for one in others])
    got_in = it.refused >= REFUSED_OFTEN and it.served_after >= SERVED
    refused_elsewhere = max(one.refused for one in others)
    got_in = got_in and it.refused > 3 * refused_elsewhere
    took = (
        it.sent >= FLOOR
        and it.sent > FAR_MORE * usual
        and it.sent > sum(one.sent for one in others)
    )
    if not (got_in or took):
        return None
    signs = []
    if got_in:
        signs.append(Sign(f"{name} was refused {it.refused} times", it.first_refused))
        signs.append(Sign(f"and then served {it.served_after} times", it.first_served))
    if took:
        text = f"{name} took {it.sent / 1024:.0f} KiB, the usual client {usual / 1024:.0f} KiB"
        signs.append(Sign(text, it.largest))
    score = (0.5 if got_in else 0.0) + (0.45 if took else 0.0)
    told = " and ".join(
        [f"was refused {it.refused} times and then let in"] * got_in
        + ["takes far more data than all others together"] * took
    )
    return Cause(
        kind="intrusion",
        part=part,
        score=round(score, 3),
        text=f"one client ({name}) {told}",
        signs=_distinct(signs),
        refuted_by=f"whoever uses {name} is known and was meant to take this",
        began_at=it.began or None,
        explains=True,
        independent=True,
        params=(("address", name),) if is_address(name) else (),
    )


def _distinct(signs: Sequence[Sign]) -> tuple[Sign, ...]:
    return tuple(one for one in signs if one.place)


def is_address(text: str) -> bool:
    """Whether this is an address, and not just something a client called itself.

    What follows a `%` may be any text at all.
    """
    try:
        ipaddress.ip_address(text)
    except ValueError:
        return False
    return "%" not in text
