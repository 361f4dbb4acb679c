"""What a cluster keeps of a workload's earlier versions, as deploys: when, and which image.

`kubectl rollout history` tells no times, so each revision is dated by the object that keeps it. One
that was rolled back to keeps the date of its first time: that is said, and it dates nothing.
"""

import re
from dataclasses import dataclass
from typing import Any

from orchestrator.clock import iso, parse_iso
from orchestrator.evidence.hygiene import clean
from orchestrator.evidence.sources.deploys import Deployed, DeployLog
from orchestrator.evidence.sources.kubectl import Kubectl
from orchestrator.evidence.sources.source import SourceError

KIND = "rollout"

_REVISION = "deployment.kubernetes.io/revision"
_CAUSE = "kubernetes.io/change-cause"
_TOLD = re.compile(r"^\s*(\d+)\s+(.*\S)\s*$")


@dataclass(frozen=True, slots=True)
class _Kept:
    number: int
    at: float
    image: str
    cause: str


async def read(kubectl: Kubectl, service: str) -> DeployLog:
    """The rollouts of the workload. SourceError when they cannot be told."""
    kind, _, name = kubectl.where.workload.partition("/")
    history = await kubectl.text("rollout", "history", kubectl.where.workload)
    what = "replicasets" if kind == "deployment" else "controllerrevisions"
    listed = await kubectl.json("get", what)
    return parse(listed, clean(history.text), name, service)


def parse(listed: dict[str, Any], history: str, name: str, service: str) -> DeployLog:
    """Deploys from what keeps the revisions, with the causes that the history tells."""
    causes = {int(m.group(1)): m.group(2) for m in map(_TOLD.match, history.splitlines()) if m}
    try:
        kept = [
            one
            for item in listed.get("items", ())
            if (one := _kept(item, name, causes)) is not None
        ]
    except (KeyError, TypeError, AttributeError, ValueError):
        raise SourceError("kubectl answers in a form that is not revisions'") from None
    kept.sort(key=lambda one: one.number)
    lines: list[str] = []
    found: list[Deployed] = []
    latest, before = 0.0, ""
    for one in kept:
        cause = f" {one.cause}" if one.cause else ""
        again = one.at < latest
        note = " (an earlier one again; when that was is not kept)" if again else ""
        lines.append(f"{iso(one.at)} revision {one.number} {one.image}{cause}{note}")
        if not again:
            version = version_of(one.image)
            found.append(
                Deployed(one.at, service, version, before, "", KIND, ok=True, line=len(lines))
            )
        latest, before = max(latest, one.at), version_of(one.image)
    text = clean("\n".join(lines)) + "\n" if lines else "no revision is kept\n"
    return DeployLog(tuple(found), text, 0, truncated=False)


def version_of(image: str) -> str:
    """`orders` of `registry:5000/shop/orders:1.9@sha256:…` is at version `1.9`."""
    bare, _, digest = image.partition("@")
    tag = bare.rpartition("/")[2].partition(":")[2]
    return tag or digest.partition(":")[2][:12] or "UNKNOWN"


def _kept(item: dict[str, Any], name: str, causes: dict[int, str]) -> _Kept | None:
    """One revision of this workload; None for what belongs to another."""
    meta = item["metadata"]
    if not any(owner.get("name") == name for owner in meta.get("ownerReferences", ())):
        return None
    noted = meta.get("annotations", {})
    number = int(item["revision"] if "revision" in item else noted[_REVISION])
    spec = item["data"]["spec"] if "data" in item else item["spec"]
    images = [str(one.get("image", "")) for one in spec["template"]["spec"]["containers"]]
    cause = causes.get(number, "").replace("<none>", "") or str(noted.get(_CAUSE, ""))
    return _Kept(number, parse_iso(meta["creationTimestamp"]), images[0], cause)
