"""The edge's configuration as a repository of its own: how it grew, and its next release. Pure."""

from dataclasses import dataclass
from random import Random

from orchestrator.drills.edit import Change, Edit, Tree

NAME = "edge"
FILE = "edge.toml"

BASE = """\
# What the edge does with requests on their way to $service.

[proxy]
# seconds until $service has to have answered
proxy_read_timeout = 5.0
# seconds until it has to have taken the connection
proxy_connect_timeout = 0.5

[limits]
# bytes
max_body = 65536
max_header = 16384

[maintenance]
# seconds after which clients may come back
retry_after = 30

[access]
# what nobody outside asks for
deny = ["/admin", "/internal"]
"""

README = """\
# The edge of $service

One file. A version goes live with `bin/deploy edge VERSION`: the edge reads it anew, no request is
lost. `bin/edge` blocks single addresses, `bin/maintenance` the whole site.
"""


def _change(name: str, messages: tuple[str, ...], old: str, new: str, path: str = FILE) -> Change:
    return Change(name, messages, (Edit(path, old, new),))


HISTORY = (
    _change(
        "first-timeout",
        ("give $service five seconds",),
        "proxy_read_timeout = 10.0\n",
        "proxy_read_timeout = 5.0\n",
    ),
    _change(
        "first-deny", ("nobody outside needs /internal",), '["/admin"]', '["/admin", "/internal"]'
    ),
)
"""What led to `BASE`, oldest first: each is undone to get at the version before it."""

DECOYS = (
    _change(
        "max-body",
        ("take bodies up to 128 KiB", "larger bodies"),
        "max_body = 65536\n",
        "max_body = 131072\n",
    ),
    _change(
        "connect-timeout",
        ("a little more patience while $service restarts", "connect timeout 0.8 s"),
        "proxy_connect_timeout = 0.5\n",
        "proxy_connect_timeout = 0.8\n",
    ),
    _change(
        "retry-after",
        ("maintenance: come back after a minute",),
        "retry_after = 30\n",
        "retry_after = 60\n",
    ),
    _change(
        "deny-more",
        ("deny what scanners ask for", "nobody outside needs dot files"),
        '"/internal"]\n',
        '"/internal", "/.env", "/.git"]\n',
    ),
    _change(
        "readme",
        ("readme: one file",),
        "One file. A version",
        "One file, TOML. A version",
        "README.md",
    ),
    _change(
        "max-header",
        ("smaller headers are enough",),
        "max_header = 16384\n",
        "max_header = 8192\n",
    ),
)
"""Harmless for the traffic of any drill."""


@dataclass(frozen=True, slots=True)
class ConfigCommit:
    """One commit of the configuration's next release."""

    message: str
    author: str
    change: Change
    guilty: bool


@dataclass(frozen=True, slots=True)
class EdgePlan:
    """Everything about the edge's repository that a seed decides."""

    stages: tuple[Tree, ...]
    """oldest first; the last is what is live when the drill begins"""
    commits: tuple[ConfigCommit, ...]


def timeout_cut(round_trip: float) -> Change:
    """A read timeout that one statement fits into, and two do not."""
    return _change(
        "read-timeout",
        ("let clients know sooner when $service hangs", "tighter timeouts at the edge"),
        "proxy_read_timeout = 5.0\n",
        f"proxy_read_timeout = {1.6 * round_trip:.2f}\n",
    )


def make_edge(
    rng: Random, service: str, authors: tuple[str, ...], round_trip: float, *, guilty: bool
) -> EdgePlan:
    """History and next release of the configuration."""
    words = {"service": service}
    base = {
        FILE: BASE.replace("$service", service),
        "README.md": README.replace("$service", service),
    }
    stages: list[Tree] = [base]
    for change in reversed(HISTORY):
        edit = change.edits[0]
        earlier = dict(stages[0])
        earlier[edit.path] = earlier[edit.path].replace(edit.new, edit.old)
        stages.insert(0, earlier)
    chosen = rng.sample(DECOYS, rng.randint(2, 4))
    cut = [timeout_cut(round_trip)] if guilty else []
    changes = [*chosen, *cut]
    rng.shuffle(changes)
    commits = tuple(
        ConfigCommit(
            rng.choice(change.named(words).messages), rng.choice(authors), change, change in cut
        )
        for change in changes
    )
    return EdgePlan(tuple(stages), commits)
