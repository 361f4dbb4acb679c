"""Which test would settle a hypothesis, and what must be seen then: by rule, from its evidence."""

from collections.abc import Mapping
from typing import Any

from orchestrator.evidence.analysis.departure import kind
from orchestrator.evidence.bundle.contents import Alert
from orchestrator.evidence.bundle.external_causes import ExternalCause
from orchestrator.evidence.bundle.suspects import Suspect

Exhibit = Mapping[str, Any]

_OUTSIDE = {
    "certificate": "read the dates of the certificate that the failing peer shows",
    "dns": "resolve the name that fails from inside the failing instance, and from elsewhere",
    "node": "look at the conditions of the node, and start one instance on another node",
    "network": "send packets between the two ends that fail, both ways, and beside them",
    "quota": "read the use of the quota where it is kept, and raise it or wait for its reset",
    "credentials": "use the credential by itself against the peer, then a fresh one",
    "status feed": "read the provider's status now, and when it says the trouble began",
    "provider": "call the provider directly with a request known to be good, from outside",
    "bad input": "replay the record that fails, and one that passes, against a healthy instance",
    "traffic": "hold back the added load, or add instances",
}


def watched(alert: Alert, usual: float | None) -> str:
    """What must be seen if the cause is the right one."""
    series = " ".join(word for word in (alert.service, alert.metric) if word) or "what alerted"
    return f"{series} comes back to {usual:.4g}" if usual is not None else f"{series} comes back"


def of_service(service: str, shown: Exhibit | None, then: str) -> str:
    """By the strongest evidence against the service."""
    data = shown["data"] if shown is not None else {}
    if "caller" in data:
        return (
            f"take the slowest instance of {service} out of service: calls from {data['caller']} "
            f"to {data['callee']} cost {data['usual_ms']:.1f} ms again, and {then}"
        )
    if "after" in data:
        return (
            f"compare one failing and one passing request in {service}: after {data['before']} "
            f"the passing one goes on to {data['after']}, the failing one does not"
        )
    if "metric" in data:
        ways = f"restart one instance of {service}, or take it out of the path"
        if kind(data["metric"]) == "resource":
            ways = f"give one instance of {service} more room, or restart it"
        return f"{ways}: its {data['metric']} comes back to {data['usual']:.4g}, and {then}"
    return f"restart one instance of {service}, or take it out of the path: {then}"


def of_change(one: Suspect, then: str) -> str:
    """Undo as little as will tell: a value, a version, else the deploy."""
    where = f" on {one.way.service}" if one.way.service else ""
    worst = one.risk.dangers[0] if one.risk.dangers else None
    if worst is not None and worst.setting is not None:
        return f"set {worst.setting.name} back to {worst.setting.old:g}{where}: {then}"
    if worst is not None and worst.module:
        return f"build with the former version of {worst.module}{where}: {then}"
    if one.way.deploy is not None:
        return f"roll {one.way.service} back to what ran before {one.commit.sha[:12]}: {then}"
    return f"revert {one.commit.sha[:12]} where it is live: {then}"


def of_external(one: ExternalCause, then: str) -> str:
    """What to look at where the cause would be."""
    if one.kind == "flag" and one.grounds:
        return f"turn {one.grounds[0].data['flag']} back: {then}"
    return f"{_OUTSIDE.get(one.kind, 'look at it where it would be')}; {then} when that is mended"
