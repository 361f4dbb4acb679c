"""A drill as a seed decides it: names, commits, the leak among them, and the load. Pure."""

import json
from dataclasses import dataclass, replace
from importlib.resources import files
from random import Random
from string import Template

from orchestrator.drills import decoys, migration, vocabulary
from orchestrator.drills.edge_plan import EdgePlan, make_edge
from orchestrator.drills.edit import Change, Tree, disjoint
from orchestrator.drills.leaks import LEAKS, Leak
from orchestrator.drills.scenarios import Scenario, scenario
from orchestrator.drills.slow import SLOW, Slow, pool_cut
from orchestrator.drills.vocabulary import Resource, Words

FILES = {
    "README.md": "readme.md",
    "docs/runbook.md": "runbook.md",
    "tests/__init__.py": "",
    "tests/test_pool.py": "test_pool.py",
    "$package/__init__.py": "",
    "$package/__main__.py": "__main__.py",
    "$package/$pool_module.py": "pool.py",
    **{
        f"$package/{name}.py": f"{name}.py"
        for name in (
            *("statements", "settings", "schema", "web", "checks", "metrics", "logs", "audit"),
        )
    },
    "$package/server.py": "server.py",
    "$package/$dependency.py": "dependency.py",
}
"""Path in the repository → template it is made from; the resources come on top."""


@dataclass(frozen=True, slots=True)
class Commit:
    """One commit of the release. `guilty` only for those that the trouble comes from."""

    message: str
    author: str
    change: Change
    guilty: bool


@dataclass(frozen=True, slots=True)
class Plan:
    """Everything about a drill that does not depend on where and when it runs."""

    scenario: Scenario
    seed: int
    words: Words
    stages: tuple[Tree, ...]
    """how the service grew, a resource at a time; the last is the stable release"""
    commits: tuple[Commit, ...]
    """the next release, oldest first"""
    leak: Leak | None
    slow: Slow | None
    culprit: Resource | None
    edge: EdgePlan
    calm: float
    """from the release to what happens then"""
    pool_size: int
    round_trip: float
    rps: float
    spike_rps: float
    releases: tuple[str, str]

    @property
    def service(self) -> str:
        return self.words.service

    @property
    def dependency(self) -> str:
        return self.words.dependency

    @property
    def trigger(self) -> str:
        """The kind of request that meets what the release does wrong; empty when it does not."""
        wrong = self.leak or self.slow
        return wrong.trigger if wrong is not None else ""

    @property
    def base(self) -> Tree:
        """The stable release."""
        return self.stages[-1]


def make_plan(name: str, seed: int) -> Plan:
    """The drill of that scenario and seed. DrillError for an unknown scenario."""
    chosen = scenario(name)
    rng = Random(f"{name}/{seed}")
    around = Random(f"around/{name}/{seed}")
    words = vocabulary.choose(rng)
    words = replace(words, dependency=vocabulary.dependency_of(around, words.service))
    pool_size = rng.randint(6, 8)
    round_trip = round(pool_size / (STATEMENTS * rng.randint(90, 100)), 4)
    leak, culprit = (
        (rng.choice(LEAKS), rng.choice(words.resources)) if chosen.leaks else (None, None)
    )
    slow = around.choice(SLOW) if "slow-query" in chosen.release else None
    if slow is not None:
        culprit = around.choice(words.resources)
    stages = tuple(
        _tree(replace(words, resources=words.resources[:count]), pool_size, round_trip)
        for count in range(1, len(words.resources) + 1)
    )
    given = _Given(words, pool_size, round_trip)
    guilty = _guilty(given, leak, slow, culprit)
    blocking = _blocking(given, culprit) if "migration" in chosen.release else []
    picked = _pick(rng, given, stages[-1], [*guilty, *blocking])
    minor = rng.randint(3, 14)
    names = {change.name for change in guilty}
    return Plan(
        scenario=chosen,
        seed=seed,
        words=words,
        stages=stages,
        commits=tuple(
            Commit(
                rng.choice(change.messages), rng.choice(words.authors), change, change.name in names
            )
            for change in picked
        ),
        leak=leak,
        slow=slow,
        culprit=culprit,
        edge=make_edge(around, words.service, words.authors, round_trip, guilty=chosen.edge),
        calm=round(around.uniform(*chosen.calm), 1),
        pool_size=pool_size,
        round_trip=round_trip,
        rps=float(rng.randint(20, 22)),
        spike_rps=round(SPIKE * pool_size / (STATEMENTS * round_trip), 1),
        releases=(f"v1.{minor}.0", f"v1.{minor + 1}.0"),
    )


STATEMENTS = 1.44
"""Round trips of an average request of `traffic.py`: what the pool can serve follows from it."""

SPIKE = 1.45
"""How far the spike goes beyond what the pool can serve."""


@dataclass(frozen=True, slots=True)
class _Given:
    """What every change to the service may speak of."""

    words: Words
    pool_size: int
    round_trip: float

    def general(self) -> dict[str, str]:
        return _general(self.words, self.pool_size, self.round_trip)

    def of(self, kept: Resource) -> dict[str, str]:
        return {**self.general(), **_of(kept, self.words)}


def words_for(plan: Plan, kept: Resource) -> dict[str, str]:
    """Every placeholder that a change to this resource may use."""
    return _Given(plan.words, plan.pool_size, plan.round_trip).of(kept)


def _guilty(
    given: _Given, leak: Leak | None, slow: Slow | None, culprit: Resource | None
) -> list[Change]:
    """What the release does wrong, in the seed's words."""
    if culprit is None:
        return []
    found = [wrong.change.named(given.of(culprit)) for wrong in (leak, slow) if wrong is not None]
    if slow is not None:
        found.append(pool_cut(given.pool_size).named(given.general()))
    return found


def _blocking(given: _Given, culprit: Resource | None) -> list[Change]:
    """The migration, of another resource than the one in trouble."""
    other = next(kept for kept in given.words.resources if kept != culprit)
    return [migration.RENAMED.named(given.of(other))]


def _pick(rng: Random, given: _Given, base: Tree, wanted: list[Change]) -> list[Change]:
    """Six to twelve changes that do not overlap, those wanted among them, in seeded order."""
    count = rng.randint(6, 12)
    chosen = list(wanted)
    near = [change.named(given.general()) for change in decoys.POOL]
    kept = [
        change.named(given.of(resource))
        for change in decoys.RESOURCE
        for resource in given.words.resources
    ]
    around = [change.named(given.general()) for change in decoys.AROUND]
    for group in (near, kept, around):
        rng.shuffle(group)
    rest = near[2:] + kept[3:] + around
    rng.shuffle(rest)
    for change in [*near[:2], *kept[:3], *rest]:
        repeated = any(other.name == change.name for other in chosen)
        if len(chosen) < count and not repeated and disjoint(base, [*chosen, change]):
            chosen.append(change)
    rng.shuffle(chosen)
    return chosen


def _tree(words: Words, pool_size: int, round_trip: float) -> dict[str, str]:
    general = _general(words, pool_size, round_trip)
    tree: dict[str, str] = {}
    for path, name in FILES.items():
        text = _template(name).substitute(general) if name else ""
        tree[Template(path).substitute(general)] = text
    resource = _template("resource.py")
    for kept in words.resources:
        named = {**general, **_of(kept, words)}
        tree[f"{words.package}/{kept.items}.py"] = resource.substitute(named)
    return dict(sorted(tree.items()))


def _template(name: str) -> Template:
    return Template((files("orchestrator.drills") / "source" / f"{name}.tmpl").read_text("utf-8"))


def _general(words: Words, pool_size: int, round_trip: float) -> dict[str, str]:
    """The placeholders outside of the resource modules."""
    names = sorted(kept.items for kept in words.resources)
    return {
        **words.pool,
        "service": words.service,
        "dependency": words.dependency,
        "package": words.package,
        "pool_size": str(pool_size),
        "round_trip": str(round_trip),
        "states": json.dumps(words.states),
        "modules": ", ".join(names),
        "item_list": " and ".join(names),
        "named_parts": json.dumps([[r.items, f"{r.item}_{r.parts}"] for r in words.resources]),
        "tables": "\n".join(
            f"CREATE TABLE IF NOT EXISTS {r.items} (id INTEGER PRIMARY KEY,"
            f" {r.owner} TEXT, {r.amount} INTEGER, state TEXT);\n"
            f"CREATE TABLE IF NOT EXISTS {r.item}_{r.parts} (id INTEGER PRIMARY KEY,"
            f" {r.item}_id INTEGER, label TEXT);\n"
            f"CREATE INDEX IF NOT EXISTS {r.item}_{r.parts}_of ON {r.item}_{r.parts}"
            f" ({r.item}_id);"
            for r in words.resources
        ),
    }


def _of(kept: Resource, words: Words) -> dict[str, str]:
    """The placeholders of one resource module."""
    first, held, third, last = words.states
    following = {first: [held, third], held: [first, third], third: [first, last], last: [first]}
    return {
        **kept.words(),
        "first_state": first,
        "held_state": held,
        "next_states": json.dumps(following),
    }
