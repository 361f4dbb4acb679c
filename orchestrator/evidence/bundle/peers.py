"""Somebody else's services in our errors: hosts and peers that are called but not ours."""

import re
from collections.abc import Iterator, Sequence, Set

from orchestrator.evidence.bundle.read import Json
from orchestrator.evidence.bundle.symptoms import Symptoms
from orchestrator.evidence.bundle.utterances import Utterance

_FIELDS = ("peer.service", "net.peer.name", "server.address", "peer", "host", "http.host",
           "upstream_host", "destination")  # fmt: skip
_HOST = re.compile(r"\b(?:[a-z0-9-]+\.)+(?:com|net|org|io|co|cloud|dev|ai|app|eu|us|uk|de)\b", re.I)
_OURS = re.compile(r"(?i)\.(?:svc|local|internal|lan|localdomain|cluster)\b|^localhost$|^[\d.:]+$")
_STORES = re.compile(
    r"(?i)^(?:\w+[-_.])?(?:postgres\w*|mysql|mariadb|redis|kafka|mongo\w*|cassandra|elastic\w*|rabbitmq"
    r"|memcached?|db|database|cache|queue|etcd|zookeeper|clickhouse)(?:[-_.]\w+)?$"
)
_SPOKEN = re.compile(
    r"(?i)\b(?:third[- ]party|(?:payment |email |sms |external )?provider|vendor)\b"
)
_FAULT = re.compile(
    r"(?i)\b50\d\b|unavailab|slow ?down|internal ?error|time?d? ?-?out|refused|reset by peer|outage"
    r"|degraded|bad gateway|\b429\b|too many requests|throttl|rate.?limit"
)


def strangers(seen: Symptoms, bad: Sequence[Utterance]) -> dict[str, list[Utterance]]:
    """Faults by the stranger whose they are; several names of one host count once."""
    found: dict[str, list[Utterance]] = {}
    for one in bad:
        if not _FAULT.search(one.sample):
            continue
        names = sorted({name for record in one.fields for name in _named(record, seen.services)})
        names = names or _hosts(one.sample, seen.services)
        if not names and _SPOKEN.search(one.sample):
            names = ["a provider"]
        if names:
            found.setdefault(_owner(names), []).append(one)
    return found


def _named(record: Json, ours: Set[str]) -> Iterator[str]:
    for field in _FIELDS:
        name = record.get(field)
        if isinstance(name, str) and name and not _is_ours(name, ours):
            yield name


def _hosts(text: str, ours: Set[str]) -> list[str]:
    return sorted({host for host in _HOST.findall(text) if not _is_ours(host, ours)})


def _is_ours(name: str, ours: Set[str]) -> bool:
    first = name.split(":")[0]
    return bool(
        first in ours or first.split(".")[0] in ours or _OURS.search(first) or _STORES.match(first)
    )


def _owner(names: Sequence[str]) -> str:
    """The registered domain of a host where there is one, so that its regions are one stranger."""
    hosts = [name for name in names if _HOST.fullmatch(name)]
    return ".".join(hosts[0].lower().split(".")[-2:]) if hosts else names[0]
