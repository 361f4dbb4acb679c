"""One event, one line: canonical JSON, chained by SHA-256.

`hash` covers the canonical line without itself; `prev` is the hash of the line before, so no line
can be altered, dropped or moved without the chain showing where.
"""

import hashlib
import json
from functools import lru_cache
from typing import Any

from orchestrator.clock import iso, parse_iso
from orchestrator.model.codec import decode, encode
from orchestrator.model.events import PAYLOADS, SCHEMA, Actor, Event, Payload, Unknown

GENESIS = "0" * 64
"""`prev` of the first line."""


class BrokenLine(ValueError):
    """A line that is no event; the message says why."""


def canonical(body: dict[str, Any]) -> str:
    """The one way to write a JSON object down: sorted keys, no spaces, UTF-8."""
    return json.dumps(body, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def body_of(event: Event) -> dict[str, Any]:
    """The line's object, without its hash."""
    data = event.data
    return {
        "v": SCHEMA,
        "seq": event.seq,
        "id": event.id,
        "at": iso(event.at),
        "actor": {"kind": event.actor.kind, "name": event.actor.name},
        "type": event.type,
        "data": dict(data.data) if isinstance(data, Unknown) else encode(data),
        "prev": event.prev,
    }


def digest(body: dict[str, Any]) -> str:
    """The hash of a line: over everything in it but the hash."""
    return hashlib.sha256(canonical(body).encode()).hexdigest()


def chained(event: Event, prev: str) -> tuple[Event, str]:
    """The event with its place in the chain, and its line (with the newline)."""
    linked = Event(event.seq, event.id, event.at, event.actor, event.data, prev)
    body = body_of(linked)
    body["hash"] = digest(body)
    sealed = Event(event.seq, event.id, event.at, event.actor, event.data, prev, body["hash"])
    return sealed, canonical(body) + "\n"


def event_of(body: dict[str, Any]) -> Event:
    """The event of a parsed line. BrokenLine when it is none."""
    try:
        kind = PAYLOADS.get(body["type"])
        data: Payload = (
            Unknown(body["type"], body["data"]) if kind is None else decode(kind, body["data"])
        )
        actor = _actor(body["actor"]["kind"], body["actor"]["name"])
        at = parse_iso(body["at"])
        return Event(body["seq"], body["id"], at, actor, data, body["prev"], body["hash"])
    except (KeyError, TypeError, ValueError, AttributeError, OverflowError) as error:
        raise BrokenLine(f"not an event: {type(error).__name__} {error}") from error


@lru_cache(1024)
def _actor(kind: str, name: str) -> Actor:
    """One for all lines of the same: an incident has few of them."""
    return Actor(kind, name)


def parse(line: str) -> Event:
    """The event of one line. BrokenLine when it is none."""
    return event_of(_body(line))


def parse_chained(line: str, seq: int, prev: str) -> Event:
    """`parse`, and BrokenLine too when the line is not the one that was written in this place.

    The hash is taken over the line as it stands, so that one of another release, whose facts have
    other fields, proves itself as well.
    """
    body = _body(line)
    event = event_of(body)
    said = body.pop("hash")
    if event.seq != seq or event.prev != prev or digest(body) != said:
        raise BrokenLine("not what was written; see `warroom verify`")
    return event


def _body(line: str) -> dict[str, Any]:
    try:
        body = json.loads(line)
    except ValueError as error:
        raise BrokenLine(f"not JSON: {error}") from error
    if not isinstance(body, dict):
        raise BrokenLine("not a JSON object")
    return body
