"""Whether a command comes from inside a running change: such a one is nobody's word.

A change runs as the same user as the people, so the socket's folder does not keep it out. What does
is where its process comes from: a launcher among its ancestors, the session a launcher began, or
the key that every change is started with. Whatever a change asks another daemon to do (cron, a
container) comes from that daemon, and is not seen here.
"""

from collections.abc import Iterator, Mapping
from pathlib import Path

from orchestrator.actions import launch
from orchestrator.actions.executor import CHANGE_KEY

_PROC = Path("/proc")
_DEEPEST = 64


Launchers = Mapping[int, tuple[int, str]]
"""pid → its start in ticks, and the change it ran; ended ones too, for what they left behind"""


def inside_change(pid: int, launchers: Launchers) -> str:
    """Which change a process belongs to; empty for none."""
    for one in _lineage(pid):
        session = int((_fields(one)[3:4] or ["0"])[0])
        ticks, change = launchers.get(session, (0, ""))
        if change and launch.ticks(session) in (0, ticks):  # gone, or still itself
            return change
        if launch.__file__ in _words(one, "cmdline"):
            return "a running change"
    own = [
        word.partition("=")[2]
        for word in _words(pid, "environ")
        if word.startswith(f"{CHANGE_KEY}=")
    ]
    return own[0] if own else ""


def _lineage(pid: int) -> Iterator[int]:
    """A process and those it descends from, as far as they live."""
    for _ in range(_DEEPEST):
        if pid <= 1:
            return
        yield pid
        fields = _fields(pid)
        pid = int(fields[1]) if fields else 0


def _fields(pid: int) -> list[str]:
    """From its state on: state, parent, group, session."""
    try:
        stat = (_PROC / str(pid) / "stat").read_text("utf-8", "replace")
    except OSError:
        return []
    return stat[stat.rfind(")") + 2 :].split()


def _words(pid: int, name: str) -> list[str]:
    try:
        return (_PROC / str(pid) / name).read_bytes().decode("utf-8", "replace").split("\0")
    except OSError:
        return []
