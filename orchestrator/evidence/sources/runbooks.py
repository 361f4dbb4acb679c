"""The team's runbooks: markdown files whose front matter says when each of them applies.

    ---
    title: Connection pool exhausted
    services: [orders]
    symptoms: [pool timeout, no free connection]
    alerts: [OrdersErrorRate]
    ---

Lists may also be written one `- item` a line, and `keywords` counts as `symptoms` do.
"""

import re
from collections.abc import Set
from dataclasses import dataclass
from pathlib import Path

from orchestrator.evidence.hygiene import clean
from orchestrator.evidence.sources.files import read_tail
from orchestrator.evidence.sources.source import TIMEOUT, SourceError, within

BYTES = 256 * 1024
"""Size from which a file is no runbook."""

MOST = 500
"""Files read of a folder."""

_KEY = re.compile(r"([A-Za-z][A-Za-z_-]*)\s*:\s*(.*)")
_ITEM = re.compile(r"\s*-\s+(.+)")
_LISTS = {"services": "services", "service": "services", "symptoms": "symptoms",
          "keywords": "symptoms", "alerts": "alerts", "alert": "alerts"}  # fmt: skip
_WORD = re.compile(r"[a-z0-9]+")


@dataclass(frozen=True, slots=True)
class Runbook:
    """One runbook, and what it says it is for."""

    name: str
    """its path below the folder"""
    title: str
    content: str
    services: tuple[str, ...] = ()
    symptoms: tuple[str, ...] = ()
    alerts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Fit:
    """Why a runbook applies: by the alert's name, by symptoms, or because it is the service's."""

    runbook: Runbook
    alert: str
    symptoms: tuple[str, ...]
    service: bool

    @property
    def why(self) -> str:
        """In words."""
        reasons = [f"the alert {self.alert}"] if self.alert else []
        if self.symptoms:
            reasons.append("its symptoms " + ", ".join(self.symptoms))
        if self.service:
            reasons.append("the service")
        return " and ".join(reasons)


@dataclass(frozen=True, slots=True)
class Shelf:
    """All runbooks of a folder, and what is wrong with those that could not be read."""

    runbooks: tuple[Runbook, ...]
    wrong: tuple[str, ...] = ()

    def fitting(self, service: str, alert: str, text: str) -> list[Fit]:
        """Those that apply, best first: by alert, then by how many symptoms, then by service."""
        said = _words(text)
        found = [fit for one in self.runbooks if (fit := _fit(one, service, alert, said))]
        return sorted(
            found,
            key=lambda f: (not f.alert, -len(f.symptoms), not f.service, f.runbook.name),
        )


async def read(folder: Path, name: str, timeout: float = TIMEOUT) -> Shelf:
    """The runbooks below a folder, which is called `name`. SourceError when there is none."""
    return await within(timeout, name, lambda: _read(folder, name))


def parse(name: str, text: str) -> Runbook:
    """A runbook from its text; without front matter its first heading is its title.

    SourceError names the line that cannot be read.
    """
    lines = text.split("\n")
    heading = next((line.lstrip("# ").strip() for line in lines if line.startswith("#")), "")
    fallback = heading or Path(name).stem.replace("-", " ").replace("_", " ")
    if not lines or lines[0].strip() != "---":
        return Runbook(name, fallback, text)
    end = next((n for n, line in enumerate(lines[1:], 1) if line.strip() == "---"), 0)
    if not end:
        raise SourceError(f"{name} line 1: the front matter has no end; close it with ---")
    title, lists = _front_matter(name, lines[1:end])
    return Runbook(
        name=name,
        title=title or fallback,
        content=text,
        services=tuple(lists["services"]),
        symptoms=tuple(lists["symptoms"]),
        alerts=tuple(lists["alerts"]),
    )


def _front_matter(name: str, lines: list[str]) -> tuple[str, dict[str, list[str]]]:
    title, into = "", ""
    lists: dict[str, list[str]] = {"services": [], "symptoms": [], "alerts": []}
    for number, line in enumerate(lines, start=2):
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        item = _ITEM.fullmatch(line)
        key = _KEY.fullmatch(line)
        if item is not None:
            if into in lists:
                lists[into].append(_bare(item.group(1)))
        elif key is not None:
            word, value = key.group(1).lower(), key.group(2).strip()
            into = _LISTS.get(word, "")
            if word == "title":
                title = _bare(value)
            elif into and value:
                lists[into] += _listed(name, number, value)
        elif not line[:1].isspace():
            raise SourceError(f"{name} line {number}: is neither `key: value` nor `- item`")
    return title, lists


def _listed(name: str, number: int, value: str) -> list[str]:
    if value.startswith("[") != value.endswith("]"):
        raise SourceError(f"{name} line {number}: the list has no end; close it with ]")
    inner = value[1:-1] if value.startswith("[") else value
    return [_bare(part) for part in inner.split(",") if _bare(part)]


def _bare(value: str) -> str:
    return value.strip().strip("\"'").strip()


def _read(folder: Path, name: str) -> Shelf:
    if not folder.is_dir():
        raise SourceError(f"{name}: there is no such folder")
    found: list[Runbook] = []
    wrong: list[str] = []
    paths = sorted(path for path in folder.rglob("*.md") if path.is_file())
    for path in paths[:MOST]:
        relative = path.relative_to(folder).as_posix()
        try:
            text = read_tail(path, limit=BYTES + 1)
            if text.truncated:
                raise SourceError(f"{relative}: is too long for a runbook")
            found.append(parse(relative, clean(text.text)))
        except SourceError as error:
            wrong.append(str(error))
    if len(paths) > MOST:
        wrong.append(f"{name}: holds {len(paths)} files, {MOST} of them are read")
    return Shelf(tuple(found), tuple(wrong))


def _fit(one: Runbook, service: str, alert: str, said: Set[str]) -> Fit | None:
    by_alert = bool(alert) and alert.lower() in (name.lower() for name in one.alerts)
    mine = service.lower() in (name.lower() for name in one.services)
    shown = tuple(symptom for symptom in one.symptoms if _words(symptom) <= said)
    if not by_alert:
        # written for others, or for another trouble of this service
        if (one.services and not mine) or (one.symptoms and not shown):
            return None
        if not mine and not shown:
            return None
    return Fit(one, alert if by_alert else "", shown, mine)


def _words(text: str) -> set[str]:
    """Words as people write them, without a plural's `s`: `Timeouts` tells of a `timeout`."""
    plain = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", text).lower()
    return {w[:-1] if len(w) > 3 and w.endswith("s") else w for w in _WORD.findall(plain)}
