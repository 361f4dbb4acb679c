"""A small project with a real git repository, deploy log, log and metrics ring, for the rules.

Its release leaks (or, as a control, does not and meets a rise of traffic instead) among decoys.
"""

import json
import os
import subprocess
from dataclasses import dataclass
from pathlib import Path

from orchestrator.clock import iso
from orchestrator.evidence.sources.ring import Sample
from orchestrator.model.policy import Policy
from orchestrator.model.state import State
from orchestrator.project import Project
from orchestrator.settings import Settings, load

T0 = 1_763_906_400.0
DEPLOYED, TROUBLE, DETECTED = T0 + 60, T0 + 72, T0 + 80

DEPOT = """\
class Depot:
    def __init__(self, size=6):
        self.size = size
        self.wait = 0.5

    def rent(self):
        return self.free.get(timeout=self.wait)

    def bring_back(self, thing):
        self.free.put(thing)
"""
BASKETS = '''\
from depot import Depot


def total(depot, basket):
    """What a basket costs."""
    link = depot.rent()
    try:
        if not basket:
            return 0
        return sum(row[0] for row in link.execute("select price from rows"))
    finally:
        depot.bring_back(link)


def names(depot, basket):
    link = depot.rent()
    try:
        return [row[0] for row in link.execute("select name from rows")]
    finally:
        depot.bring_back(link)
'''
LEAKING = BASKETS.replace(
    """    link = depot.rent()
    try:
        if not basket:
            return 0
        return sum(row[0] for row in link.execute("select price from rows"))
    finally:
        depot.bring_back(link)
""",
    """    link = depot.rent()
    if not basket:
        return 0
    cost = sum(row[0] for row in link.execute("select price from rows"))
    depot.bring_back(link)
    return cost
""",
)
SETTINGS = """\
[[services]]
name = "shop"
repo = "repo"
deploy_log = "var/deploys.jsonl"
logs = ["var/log/*.log"]
metrics = "http://127.0.0.1:9/metrics"
[[actions]]
id = "back"
kind = "rollback"
service = "shop"
title = "roll {service} back to {version}"
argv = ["bin/deploy", "{service}", "{version}"]
"""


@dataclass(frozen=True, slots=True)
class Shop:
    """The project, and what only the test knows."""

    root: Path
    settings: Settings
    state: State
    good: str
    bad: str
    culprit: str


def git(repo: Path, *argv: str) -> str:
    env = {key: value for key, value in os.environ.items() if not key.startswith("GIT_")}
    env |= {"GIT_CONFIG_GLOBAL": "/dev/null", "GIT_CONFIG_NOSYSTEM": "1"}
    who = ["-c", "user.name=a.dev", "-c", "user.email=a@example.invalid"]
    done = subprocess.run(["git", *who, *argv], cwd=repo, env=env, check=True, capture_output=True)
    return done.stdout.decode().strip()


def commit(repo: Path, subject: str, files: dict[str, str]) -> str:
    for path, text in files.items():
        (repo / path).parent.mkdir(parents=True, exist_ok=True)
        (repo / path).write_text(text)
    git(repo, "add", "-A")
    git(repo, "commit", "-q", "-m", subject)
    return git(repo, "rev-parse", "HEAD")


def open_shop(root: Path, leak: bool = True) -> Shop:
    """The project at the moment of detection."""
    repo = root / "repo"
    repo.mkdir(parents=True)
    git(repo, "init", "-q", "-b", "main")
    good = commit(repo, "first", {"depot.py": DEPOT, "baskets.py": BASKETS, "README.md": "Shop\n"})
    commit(repo, "wait a little less", {"depot.py": DEPOT.replace("0.5", "0.45")})
    commit(repo, "say what the shop is", {"README.md": "A shop.\n"})
    culprit = ""
    if leak:
        culprit = commit(repo, "answer empty baskets at once", {"baskets.py": LEAKING})
    documented = (LEAKING if leak else BASKETS).replace("What a basket costs.", "The price of it.")
    bad = commit(repo, "better words", {"baskets.py": documented})
    log = [
        {"at": iso(T0 - 7200), "service": "shop", "version": good, "previous": None, "by": "ci"},
        {"at": iso(DEPLOYED), "service": "shop", "version": bad, "previous": good, "by": "ci"},
    ]
    (root / "var/log").mkdir(parents=True)
    (root / "var/deploys.jsonl").write_text("".join(json.dumps(d) + "\n" for d in log))
    (root / "var/log/shop.log").write_text("".join(_log()))
    (root / "warroom.toml").write_text(SETTINGS)
    project = Project(root)
    project.create()
    ring = "".join(_sample(second, leak).line() for second in range(81))
    (project.metrics / "shop.ndjson").write_text(ring)
    state = State(
        incident="INC-1",
        title="shop: many errors",
        service="shop",
        symptoms="5xx",
        policy=Policy(),
        detected_at=DETECTED,
        status="DETECTED",
    )
    return Shop(root, load(project), state, good, bad, culprit)


def _sample(second: int, leak: bool) -> Sample:
    at = T0 + second
    ill = at >= TROUBLE
    busy = not leak and at >= TROUBLE - 2
    taken = min(1.0, 0.1 + max(0.0, at - DEPLOYED) / 12) if leak else (1.0 if ill else 0.1)
    values = {
        "requests": (80.0 if busy else 20.0) + second % 3,
        "errors": (0.6 if ill else 0.0),
        "p95": 0.5 if ill else 0.02,
        "saturation": taken,
    }
    return Sample(at, ok=True, values=values)


def _log() -> list[str]:
    lines = []
    for second in range(81):
        at = T0 + second
        good = {"ts": iso(at), "level": "info", "msg": f"GET /total {second} ok", "status": 200}
        lines.append(json.dumps(good) + "\n")
        if at >= TROUBLE:
            lines.append(json.dumps({"ts": iso(at), "level": "error", "msg": "GET /total"}) + "\n")
            lines.append("Traceback (most recent call last):\n")
            lines.append('  File "/srv/baskets.py", line 6, in total\n    link = depot.rent()\n')
            lines.append('  File "/srv/depot.py", line 7, in rent\n    return self.free.get()\n')
            lines.append("depot.DepotTimeout: nothing to rent within 0.5 s\n")
    return lines
