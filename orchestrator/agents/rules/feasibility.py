"""Whether a change can be taken back: what between the versions no rollback can undo."""

import re
from dataclasses import dataclass

from orchestrator.agents.contract import Observation
from orchestrator.agents.rules.desk import Desk, assumed, claim
from orchestrator.agents.rules.filed import Filed
from orchestrator.agents.rules.words import plural, quoted
from orchestrator.evidence.analysis import patch
from orchestrator.evidence.analysis.patch import FilePatch
from orchestrator.model.events import Json
from orchestrator.model.reports.claims import UNKNOWN, Claim
from orchestrator.model.reports.regression import FeasibilityReport, Option


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
_ROUTE = re.compile(r"""(?:@\w[\w.]*\.(?:route|get|post|put|patch|delete)\(|["'](?:GET|POST|PUT"""
                    r"""|PATCH|DELETE)["']\s*,\s*)\s*(?:r?["'](/[^"']*)["'])""")  # fmt: skip
_FLAG = re.compile(r"(?i)(feature_?flag|is_enabled\(|flags?\.(get|is|enabled)|toggle)")
_IDLE = re.compile(r"(?i)(^|/)(tests?|docs?)/|\.(md|rst|txt)$|(^|/)test_")


def markers(files: list[FilePatch]) -> list[Marker]:
    """Every such thing in a diff, the blocking ones first."""
    found: list[Marker] = []
    for file in files:
        if _IDLE.search(file.path):
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
        kept = {route for line in file.added for route in _ROUTE.findall(line.text)}
        for line in file.removed:
            gone = [route for route in _ROUTE.findall(line.text) if route not in kept]
            if gone:
                found.append(Marker(f"the route {gone[0]} is gone", False, file.path, line.at))
    return sorted(found, key=lambda marker: (not marker.blocks, marker.path, marker.line))


async def feasibility(desk: Desk) -> FeasibilityReport:
    """The four options, each with what it would take, and how far the change reaches."""
    verdict = desk.state.report("regression/verdict") or {}
    good, bad = str(verdict.get("good_version", UNKNOWN)), str(verdict.get("bad_version", UNKNOWN))
    suspect = next(iter(verdict.get("suspects", ())), None)
    files, diff = await _between(desk, good, bad)
    deployed_line = await _was_deployed(desk, good)
    rollback = _rollback(desk, good, files, diff, deployed_line)
    desk.say(f"Full rollback is {rollback.feasibility}: {rollback.why.text}{_cited(rollback.why)}")
    level, why = _blast(desk, files, diff)
    desk.say(f"Blast radius {level}: {why.text}{_cited(why)}")
    return FeasibilityReport(
        summary=Claim(
            text=f"Full rollback is {rollback.feasibility}: {rollback.why.text}",
            evidence=rollback.why.evidence,
            assumption=rollback.why.assumption,
        ),
        options=(rollback, _revert(suspect, diff), _flag(files, diff), _hotfix(suspect)),
        blast_radius=level,  # type: ignore[arg-type]
        blast_why=why,
        unknown=tuple(desk.unknown),
    )


async def _between(desk: Desk, good: str, bad: str) -> tuple[list[FilePatch] | None, Filed]:
    repository = desk.repository()
    if repository is None or UNKNOWN in (good, bad):
        return None, Filed("")
    command = f"git -C {repository.path.name} diff {good[:12]} {bad[:12]}"
    desk.bench.call(command)
    diff = await desk.tried(repository.between(good, bad))
    if diff is None:
        return None, Filed("")
    files = patch.parse(diff)
    source = f"{repository.path.name} {good[:12]}..{bad[:12]}"
    summary = f"{plural(len(files), 'file')} differ between the versions"
    desk.bench.out(summary)
    return files, await desk.file(Observation("code", source, command, summary, diff))


async def _was_deployed(desk: Desk, good: str) -> str:
    """Where the deploy log says that the earlier version ran."""
    read = await desk.deploys()
    if read is None or good == UNKNOWN:
        return ""
    log, eid = read
    of = log.of(desk.state.service)
    ran = [d for d in of if good in (d.version, d.previous)]
    return f"{eid}:{ran[0].line}" if ran else ""


def _rollback(
    desk: Desk, good: str, files: list[FilePatch] | None, diff: Filed, deployed: str
) -> Option:
    action = desk.bench.settings.rollback_for(desk.state.service)

    def option(feasibility: str, why: Claim, loss: str = "none expected") -> Option:
        return Option(
            name="rollback",
            feasibility=feasibility,  # type: ignore[arg-type]
            why=why,
            minutes="5-15",
            data_loss=loss,
        )

    if good == UNKNOWN:
        desk.ask("good version", "Which version worked last?")
        return option("BLOCKED", assumed("No earlier version is known."), UNKNOWN)
    if action is None:
        text = f"There is no action in the catalogue that rolls {desk.state.service} back."
        return option("BLOCKED", assumed(text))
    if files is None:
        text = "What lies between the versions could not be read, so its effects are not known."
        return option("RISKY", assumed(text), UNKNOWN)
    found = markers(files)
    if found:
        worst = found[0]
        text = f"{worst.what} between the versions ({worst.path})."
        loss = "data written since would not fit" if worst.blocks else "possible"
        why = claim(text, diff.at(worst.line))
        return option("BLOCKED" if worst.blocks else "RISKY", why, loss)
    if not deployed:
        text = f"{good[:12]} does not appear in the deploy log: it may never have run."
        return option("RISKY", claim(text, diff.eid))
    text = (
        f"no schema migration, data format or interface change in {plural(len(files), 'file')}; "
        f"{good[:12]} ran before; the catalogue has {action.id}."
    )
    return option("SAFE", claim(text, diff.eid, deployed))


def _revert(suspect: Json | None, diff: Filed) -> Option:
    if suspect is None:
        why = assumed("No single commit is under suspicion.")
        return Option(name="revert", feasibility="BLOCKED", why=why, minutes="30-60", data_loss="-")
    subject = quoted(str(suspect["subject"]), 60)
    text = f'Reverting {str(suspect["sha"])[:8]} "{subject}" needs a new release and its tests.'
    why = claim(text, diff.eid) if diff.eid else assumed(text)
    return Option(name="revert", feasibility="RISKY", why=why, minutes="15-30", data_loss="none")


def _flag(files: list[FilePatch] | None, diff: Filed) -> Option:
    found = next(
        ((f, line) for f in files or [] for line in f.added if _FLAG.search(line.text)), None
    )
    if found is not None:
        file, line = found
        why = claim(f"A flag may guard the change in {file.path}.", diff.at(line.at))
        return Option(
            name="feature-flag", feasibility="RISKY", why=why, minutes="5", data_loss="none"
        )
    text = "No feature flag guards the change."
    why = claim(text, diff.eid) if diff.eid else assumed(text)
    return Option(name="feature-flag", feasibility="BLOCKED", why=why, minutes="-", data_loss="-")


def _hotfix(suspect: Json | None) -> Option:
    if suspect is None or not suspect.get("why"):
        why = assumed("The cause is not known well enough to fix it forward.")
        return Option(
            name="hotfix", feasibility="BLOCKED", why=why, minutes="30-120", data_loss=UNKNOWN
        )
    first = suspect["why"][0]
    why = Claim(text=f"Where to fix is known: {first['text']}", evidence=tuple(first["evidence"]))
    return Option(name="hotfix", feasibility="RISKY", why=why, minutes="30-120", data_loss="none")


def _blast(desk: Desk, files: list[FilePatch] | None, diff: Filed) -> tuple[str, Claim]:
    if files is None:
        return "HIGH", assumed("What the change touches is not known; unsure means higher.")
    code = [file.path for file in files if not _IDLE.search(file.path)]
    parts = {path.rpartition("/")[0] or path for path in code}
    level = "LOW" if len(code) <= 3 else "MEDIUM" if len(parts) <= 4 else "HIGH"
    others = [s.name for s in desk.bench.settings.services if s.name != desk.state.service]
    text = f"{plural(len(code), 'source file')} in {plural(len(parts), 'folder')} change; "
    text += f"other services here: {', '.join(others)}." if others else "no other service is known."
    return level, claim(text, diff.eid)


def _cited(why: Claim) -> str:
    return "".join(f" [{item}]" for item in why.evidence[:2])
