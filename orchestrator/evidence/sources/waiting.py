"""Who waits for whom in a database, as chains with the one that holds everybody first. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass

_NOBODY = 0
"""The number of a blocker that is no session: a prepared transaction."""


@dataclass(frozen=True, slots=True)
class Waiting:
    """One session, and the sessions it waits for."""

    pid: int
    blockers: tuple[int, ...]
    state: str
    application: str
    user: str
    transaction: float
    """seconds its transaction is old"""
    since: float
    """seconds it has been in its state"""
    query: str

    def told(self) -> str:
        """The session in a line."""
        if self.pid == _NOBODY:
            return "a prepared transaction, which no session holds"
        return (
            f"pid {self.pid} ({self.application or 'no application name'} as "
            f"{self.user or 'unknown'}), {self.state or 'state hidden'} for {self.since:.0f} s, "
            f"transaction {self.transaction:.0f} s old: {self.query}"
        )


@dataclass(frozen=True, slots=True)
class Chain:
    """A root and all that wait behind it, with how many stand between: the root is at 0."""

    root: Waiting
    steps: tuple[tuple[Waiting, int], ...]


def chains(sessions: Sequence[Waiting]) -> list[Chain]:
    """The chains, the longest first. Of sessions that wait in a circle the lowest pid is the root.

    Who waits behind two roots stands in both chains.
    """
    known = {one.pid: one for one in sessions}
    for one in sessions:
        for pid in one.blockers:
            known.setdefault(pid, Waiting(pid, (), "", "", "", 0.0, 0.0, ""))
    blocked = [one for one in known.values() if one.blockers]
    behind: dict[int, list[Waiting]] = {}
    for one in blocked:
        for pid in set(one.blockers):
            behind.setdefault(pid, []).append(one)
    roots = [pid for pid in behind if not known[pid].blockers]
    found = [_chain(known[pid], behind) for pid in sorted(roots)]
    left = {one.pid for one in blocked} - {s.pid for chain in found for s, _ in chain.steps}
    while left:
        circle = _chain(known[min(left)], behind)
        found.append(circle)
        left -= {session.pid for session, _ in circle.steps}
    return sorted(found, key=lambda chain: -len(chain.steps))


def _chain(root: Waiting, behind: dict[int, list[Waiting]]) -> Chain:
    """Each session at the depth of its longest way from the root."""
    depth = {root.pid: 0}
    sessions = {root.pid: root}
    layer = [root.pid]
    # a circle would go round for ever: no way is longer than there are sessions
    for step in range(1, len(behind) + 2):
        following = {one.pid: one for pid in layer for one in behind.get(pid, ())}
        following.pop(root.pid, None)
        if not following:
            break
        depth |= dict.fromkeys(following, step)
        sessions |= following
        layer = list(following)
    order = sorted(sessions, key=lambda pid: (depth[pid], pid))
    return Chain(root, tuple((sessions[pid], depth[pid]) for pid in order))
