"""Which service a commit went live on, when, and how: itself, riding in a later deploy, carried by
the bump of a library, or by configuration that goes live without a deploy.
"""

import re
from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass
from functools import cache

from orchestrator.evidence.analysis.names import parts
from orchestrator.evidence.bundle.contents import Commit, Deploy, Graph
from orchestrator.evidence.bundle.wording import stem

SKEW = 120.0
"""Seconds by which clocks of a forge, a deployer and a metric store may differ."""

ITSELF, RIDES, APPLIED, UNKNOWN, ELSEWHERE, NOWHERE = 1.0, 0.9, 0.8, 0.8, 0.3, 0.2
"""How surely a change reached a service that is in trouble, by how it is thought to have."""

CALLED = 0.6
"""What is left, a call further each, for services that affected ones call. A callee may be silent
where nobody watches it; a caller that hurts its callees shows trouble itself."""

_LIBRARIES = frozenset(
    {"pkg", "pkgs", "lib", "libs", "common", "shared", "internal", "packages", "platform", "core"}
    | {"vendor", "third_party", "sdk", "schema", "proto"}
)
_HOMES = frozenset({"services", "service", "apps", "cmd", "charts", "components", "microservices"})
_APPLIED = re.compile(
    r"(?i)(^|/)(charts?|deploy(ments?)?|k8s|kubernetes|helm|terraform|infra|manifests|migrations?|db"
    r"|config|argocd)/|\.(sql|tf|tfvars)$"
)
_GENERIC = frozenset({"service", "svc", "server", "app", "api", "src", "main"})


@dataclass(frozen=True, slots=True)
class Shipping:
    """How a commit came to be live before the trouble."""

    weight: float
    live_at: float
    service: str
    how: str
    deploy: Deploy | None = None


def shipping(
    commit: Commit,
    deploys: Sequence[Deploy],
    written: Mapping[str, float],
    carriers: Set[str],
    services: Set[str],
    affected: Mapping[str, float],
    onset: float,
) -> Shipping | None:
    """The surest way into an affected service; None when it was not live before the trouble.

    `written`: when each commit was written; `carriers`: hashes of bumps of this commit's library;
    `affected`: from `touched`.
    """
    if not deploys and commit.at <= onset + SKEW:
        return Shipping(
            UNKNOWN, commit.at, "", "was written before the trouble; no deploys are known"
        )
    owners = owned(commit.files, services)
    ways = [
        way
        for deploy in deploys
        if (way := _way(commit, deploy, written, carriers, owners, affected)) is not None
    ]
    before = [way for way in ways if way.live_at <= onset + SKEW]
    applied = any(_APPLIED.search(path) for path in commit.files)
    hit = 1.0 if owners is None else max((standing(one, affected) for one in owners), default=0.0)
    if applied and hit:
        how = "is configuration or schema, which goes live without a deploy"
        before.append(Shipping(min(APPLIED, hit), commit.at, "", how))
    if commit.at > onset + SKEW:
        # only a deploy of the very hash can say that it was written earlier than its clock says
        before = [way for way in before if way.weight == ITSELF]
        ways = ways or [Shipping(NOWHERE, commit.at, "", "")]
    if before:
        # of equally sure ways the first one made it live
        return min(before, key=lambda way: (-way.weight, way.live_at, way.service))
    if ways:
        return None
    return Shipping(NOWHERE, commit.at, "", "is in no deploy that is known")


def _way(
    commit: Commit,
    deploy: Deploy,
    written: Mapping[str, float],
    carriers: Set[str],
    owners: Set[str] | None,
    affected: Mapping[str, float],
) -> Shipping | None:
    def live(weight: float, how: str) -> Shipping:
        hit = min(weight, max(ELSEWHERE, standing(deploy.service, affected)))
        return Shipping(hit, deploy.at, deploy.service, how, deploy)

    if deploy.sha and deploy.sha == commit.sha:
        return live(ITSELF, f"was deployed to {deploy.service}")
    if deploy.at < commit.at - SKEW or commit.at > written.get(deploy.sha, deploy.at) + SKEW:
        return None
    if deploy.sha in carriers:
        return live(RIDES, f"came to {deploy.service} with the bump of its library")
    if owners is None or known(deploy.service, owners):
        return live(RIDES, f"rode in the later deploy of {deploy.service}")
    return None


def owned(files: Iterable[str], services: Set[str]) -> frozenset[str] | None:
    """The services whose own code these files are; None for what any service may be built from."""
    found: set[str] = set()
    for path in files:
        segments = path.split("/")[:-1]
        if not segments or segments[0].lower() in _LIBRARIES:
            return None
        home = next((n for n, one in enumerate(segments[:-1]) if one.lower() in _HOMES), None)
        component = segments[home + 1 : home + 2] if home is not None else segments
        own = {name for name in services if _matches(name, component, whole=home is not None)}
        if not own and home is None:
            return None
        found |= own
    return frozenset(found)


def touched(affected: Set[str], graph: Graph) -> dict[str, float]:
    """Services in trouble, and those that they call, each with how surely trouble is its own."""
    found = dict.fromkeys(sorted(affected), 1.0)
    for node in sorted(graph.nodes):
        if not known(node, affected):
            continue
        for callee, calls in graph.reach(node).items():
            found[callee] = max(found.get(callee, 0.0), CALLED**calls)
    return found


def standing(service: str, affected: Mapping[str, float]) -> float:
    """How far a service is in trouble, 0..1, however each source spells its name."""
    if service in affected:
        return affected[service]
    return max((w for name, w in affected.items() if core(name) == core(service)), default=0.0)


def known(service: str, services: Set[str]) -> bool:
    """Whether a name is among others, however each source spells it (`cart`, `cart-svc-1`)."""
    return service in services or any(core(service) == core(other) for other in services)


def _matches(service: str, segments: Sequence[str], whole: bool) -> bool:
    """Whether a path speaks of a service: all words of its name, or the component as a whole."""
    name, said = core(service), [core(segment) for segment in segments]
    if not name:
        return False
    if "".join(name) in {"".join(words) for words in said}:
        return True
    spoken = {stem(word) for words in said for word in words}
    enough = {stem(word) for word in name} & spoken
    return len(enough) * 2 >= len(name) if not whole else len(enough) == len(name)


@cache
def core(name: str) -> tuple[str, ...]:
    """`searchservice`, `search-svc-1` and `search` are the same."""
    found = [part for part in parts(name) if not part.isdigit()]
    trimmed = [re.sub(r"(?<=\w{3})(?:service|svc|server)$", "", part) for part in found]
    return tuple(part for part in trimmed if part not in _GENERIC) or tuple(trimmed)
