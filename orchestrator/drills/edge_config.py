"""The edge's configuration, read from the release that is live."""

import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from orchestrator.drills.edge_plan import FILE


class BadConfig(Exception):
    """The file says something the edge cannot work with: one line."""


@dataclass(frozen=True, slots=True)
class EdgeConfig:
    """What the edge goes by. Lengths are seconds and bytes."""

    read_timeout: float
    connect_timeout: float
    max_body: int
    max_header: int
    retry_after: int
    deny: tuple[str, ...]
    """beginnings of paths that are answered with 403"""


def read(release: Path) -> EdgeConfig:
    """The configuration of a release. BadConfig when it is none."""
    try:
        said = tomllib.loads((release / FILE).read_text("utf-8"))
        return EdgeConfig(
            read_timeout=_positive(said, "proxy", "proxy_read_timeout"),
            connect_timeout=_positive(said, "proxy", "proxy_connect_timeout"),
            max_body=int(_positive(said, "limits", "max_body")),
            max_header=int(_positive(said, "limits", "max_header")),
            retry_after=int(_positive(said, "maintenance", "retry_after")),
            deny=tuple(str(path) for path in said["access"]["deny"]),
        )
    except OSError as error:
        raise BadConfig(f"{FILE} cannot be read: {error.strerror}") from None
    except (ValueError, KeyError, TypeError) as error:
        raise BadConfig(f"{FILE} is not right: {error}") from None


def _positive(said: dict[str, Any], table: str, key: str) -> float:
    value = float(said[table][key])
    if value <= 0:
        raise ValueError(f"{key} must be more than 0")
    return value
