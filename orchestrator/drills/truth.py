"""What a drill hides: the fault, what caused it, and which changes are right. Pure."""

from typing import Any

from orchestrator.drills import clients
from orchestrator.drills.edge_plan import NAME as EDGE
from orchestrator.drills.history import History
from orchestrator.drills.plan import Plan
from orchestrator.drills.ports import Ports

CAUSE_KINDS = (
    "commit",
    "configuration",
    "dependency",
    "lock",
    "traffic",
    "capacity",
    "intrusion",
)


def tell(plan: Plan, ports: Ports, service: History, edge: History) -> dict[str, Any]:
    """The truth as it is written down; `fault_at` joins it when the fault begins."""
    answer = plan.scenario.answer
    guilty = _guilty(plan, service, edge)
    parts = {"service": plan.service, "edge": EDGE, "dependency": plan.dependency}
    return {
        "scenario": plan.scenario.name,
        "seed": plan.seed,
        "service": plan.service,
        "port": ports.service,
        "parts": parts,
        "ports": {plan.service: ports.service, EDGE: ports.edge, plan.dependency: ports.dependency},
        "alerting": parts[plan.scenario.part],
        "verdict_class": "regression" if answer.regression else "not-regression",
        "cause_kind": answer.cause_kind,
        "cause": _cause(plan, guilty),
        "ruled_out": _ruled_out(plan),
        "right_kinds": list(answer.kinds),
        "right_actions": [one.format(dependency=plan.dependency) for one in answer.actions],
        "needs_all": answer.every,
        "wrong_kinds": answer.wrong,
        "culprit": guilty[0] if guilty else "none",
        "culprits": guilty,
        "shape": _shape(plan),
        "path": f"{plan.words.package}/{plan.culprit.items}.py" if plan.culprit else "",
        "stable": service.stable,
        "release": service.release[-1],
        "commits": [
            {"sha": sha, "message": commit.message, "change": commit.change.name}
            for sha, commit in zip(service.release, plan.commits, strict=True)
        ],
        "decoys": [sha for sha in (*service.release, *edge.release) if sha not in guilty],
        "edge_stable": edge.stable,
        "edge_release": edge.release[-1],
        "edge_commits": [
            {"sha": sha, "message": commit.message, "change": commit.change.name}
            for sha, commit in zip(edge.release, plan.edge.commits, strict=True)
        ],
        "fault_at": None,
    }


def _guilty(plan: Plan, service: History, edge: History) -> list[str]:
    """The commits that the trouble comes from: the one that shows first, if there are two."""
    found = {
        commit.change.name: sha
        for sha, commit in zip(service.release, plan.commits, strict=True)
        if commit.guilty
    }
    first = _shape(plan)
    shas = sorted(found, key=lambda name: name != first)
    config = zip(edge.release, plan.edge.commits, strict=True)
    return [found[name] for name in shas] + [sha for sha, commit in config if commit.guilty]


def _shape(plan: Plan) -> str:
    wrong = plan.leak or plan.slow
    return wrong.shape if wrong is not None else "none"


def _cause(plan: Plan, guilty: list[str]) -> list[str]:
    """Commits, parts or words: what somebody who found it would name."""
    named = {
        "dependency-down": [plan.dependency],
        "flapping": [plan.dependency],
        "two-faults": [*guilty, plan.dependency],
        "report-lock": ["nightly-report"],
        "disk-limit": ["audit.log"],
        "traffic-spike": ["traffic"],
        "data-leaving": [clients.intruder(plan)],
    }
    return named.get(plan.scenario.name, guilty)


def _ruled_out(plan: Plan) -> list[str]:
    """The kinds of cause that it was not."""
    is_so = {plan.scenario.answer.cause_kind}
    if plan.scenario.name == "two-faults":
        is_so.add("dependency")
    return [kind for kind in CAUSE_KINDS if kind not in is_so]
