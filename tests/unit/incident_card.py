"""The approval card of the told incident, with the keys the conductor gives a card."""

from typing import Any

from orchestrator.actions.card import digest
from tests.unit.incident_evidence import BAD, GOOD


def rollback_card(*, confirm: str = "", risk: str = "medium") -> dict[str, Any]:
    """Roll orders back to the last good version; `confirm` makes it one to type a name for."""
    card: dict[str, Any] = {
        "action": "rollback",
        "kind": "rollback",
        "title": f"roll orders back to {GOOD[:7]}",
        "argv": ["bin/deploy", "orders", GOOD, "--rollback"],
        "cwd": ".",
        "params": {"version": GOOD},
        "target": "orders",
        "run_by": "devops-engineer",
        "as_user": "deploy",
        "blast": "replaces the one instance of orders; in-flight requests drop",
        "blast_level": "MEDIUM",
        "pre_state": BAD,
        "dry_run": {
            "exit": 0,
            "output": f"- orders {BAD[:7]}\n+ orders {GOOD[:7]}\nwould wait for /healthz\n",
        },
        "undo": ["bin/deploy", "orders", BAD],
        "why": [
            {"text": "first failure 31 s after b7e23c1 went live", "evidence": ["E1", "E3"]},
            {"text": "9c41d7e skips release() on a path", "evidence": ["E5"]},
            {"text": "no migration between the versions", "evidence": ["E7"]},
        ],
        "timeout": 60.0,
        "risk": risk,
        "confirm": confirm,
    }
    card["sha256"] = digest(card)
    return card
