"""What in a diff binds data or callers to the new version, so that no rollback undoes it."""

import re
from dataclasses import dataclass

from orchestrator.evidence.analysis.patch import FilePatch


@dataclass(frozen=True, slots=True)
class Marker:
    """Something between the versions that binds data or callers to the new one."""

    what: str
    blocks: bool
    path: str
    line: int


_DESTROYS = re.compile(
    r"(?i)\b(DROP\s+(TABLE|COLUMN|DATABASE|SCHEMA)|RENAME\s+(TO|COLUMN|TABLE)|TRUNCATE\s+TABLE"
    r"|ALTER\s+COLUMN|DELETE\s+FROM\s+\w+\s*;)"
)
_EXTENDS = re.compile(r"(?i)\b(ALTER\s+TABLE|CREATE\s+TABLE|ADD\s+COLUMN|ADD\s+CONSTRAINT)\b")
_MIGRATIONS = re.compile(r"(?i)(^|/)(migrations?|alembic|flyway|liquibase)/|\.sql$")
_CONTRACTS = re.compile(r"(?i)\.(proto|avsc|graphql|thrift|wsdl)$|(^|/)(openapi|swagger)[^/]*$")
_FORMAT = re.compile(
    r"(?i)\b(schema|format|protocol|payload|wire|message)_?version\b\W{1,6}[\"']?v?\d"
)
ROUTE = re.compile(r"""(?:@\w[\w.]*\.(?:route|get|post|put|patch|delete)\(|["'](?:GET|POST|PUT"""
                    r"""|PATCH|DELETE)["']\s*,\s*)\s*(?:r?["'](/[^"']*)["'])""")  # fmt: skip
IDLE = re.compile(r"(?i)(^|/)(tests?|docs?)/|\.(md|rst|txt)$|(^|/)test_")


def markers(files: list[FilePatch]) -> list[Marker]:
    """Every such thing in a diff, the blocking ones first."""
    found: list[Marker] = []
    for file in files:
        if IDLE.search(file.path):
            continue
        first = (file.added or file.removed)[0].at if file.size else 0
        if _CONTRACTS.search(file.path) and file.size:
            found.append(Marker("the interface description changed", False, file.path, first))
        extends = next((line.at for line in file.added if _EXTENDS.search(line.text)), 0)
        for line in file.added:
            if _DESTROYS.search(line.text):
                found.append(
                    Marker("stored data is changed beyond return", True, file.path, line.at)
                )
            if _FORMAT.search(line.text) and any(_FORMAT.search(o.text) for o in file.removed):
                found.append(Marker("data is written in a new format", False, file.path, line.at))
        if extends or (_MIGRATIONS.search(file.path) and file.added):
            found.append(Marker("the schema changed", False, file.path, extends or first))
        kept = {route for line in file.added for route in ROUTE.findall(line.text)}
        for line in file.removed:
            gone = [route for route in ROUTE.findall(line.text) if route not in kept]
            if gone:
                found.append(Marker(f"the route {gone[0]} is gone", False, file.path, line.at))
    return sorted(found, key=lambda marker: (not marker.blocks, marker.path, marker.line))


def code(files: list[FilePatch]) -> list[str]:
    """The paths that are neither tests nor words."""
    return [file.path for file in files if not IDLE.search(file.path)]


def new_routes(files: list[FilePatch]) -> list[str]:
    """Routes that only the new version answers."""
    gone = {route for file in files for line in file.removed for route in ROUTE.findall(line.text)}
    added = (
        route
        for file in files
        if not IDLE.search(file.path)
        for line in file.added
        for route in ROUTE.findall(line.text)
    )
    return [route for route in dict.fromkeys(added) if route not in gone]
