"""Where the parts of a drill listen."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Ports:
    """Where the parts of a drill listen, on the loopback."""

    service: int
    edge: int
    dependency: int
