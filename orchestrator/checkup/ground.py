"""What everything else stands on: rules that can be kept, runbooks, room on the disk, git."""

import os
import shutil
from pathlib import Path

from orchestrator.checkup.found import Found, bad, ok, warn
from orchestrator.evidence.sources import runbooks
from orchestrator.evidence.sources.process import run
from orchestrator.evidence.sources.source import SourceError
from orchestrator.model.policy import Policy
from orchestrator.project import Project
from orchestrator.settings import Settings

SHORT, LOW = 200 << 20, 2 << 30
"""Bytes free below which an incident may not be kept, and below which it is worth a word."""


def rules(policy: Policy) -> list[Found]:
    """Rules that contradict each other: an incident under them could never end."""
    name = policy.path or "the built-in one"
    look = policy.validation
    found = []
    longest = max(look.window, look.passes * look.interval)
    if longest > look.patience:
        why = f"a recovery takes {longest:g} s to prove, patience ends after {look.patience:g} s"
        mend = "make validation.patience longer than window and passes x interval"
        found.append(bad("policy", name, why, mend))
    for severity, promises in policy.table.items():
        if promises.engage is not None and promises.acknowledge > promises.engage:
            why = f"{severity}: engage falls due before acknowledge"
            found.append(warn("policy", name, why, "put the promises in order"))
        if promises.resolve is not None and (promises.tier2 or 0) > promises.resolve:
            why = f"{severity}: tier 2 is called after the promise to resolve has passed"
            found.append(warn("policy", name, why, "put the promises in order"))
    return found or [ok("policy", name, "can be kept")]


async def shelf(settings: Settings, root: Path) -> list[Found]:
    """Every runbook of the folder."""
    folder = settings.runbooks.path
    if not folder:
        why = "no folder: tier 1 has nothing to go by"
        return [warn("runbooks", "path", why, 'set [runbooks] path = "runbooks"')]
    try:
        found = await runbooks.read(root / folder, folder)
    except SourceError as error:
        return [bad("runbooks", "path", str(error), "make the folder, or correct the path")]
    said = [bad("runbooks", folder, wrong, "mend the file") for wrong in found.wrong]
    known = {service.name.lower() for service in settings.services}
    for one in found.runbooks:
        strange = [name for name in one.services if name.lower() not in known]
        if not (one.services or one.symptoms or one.alerts):
            why = "is never chosen: it names no service, symptom or alert"
            mend = "add services, symptoms or alerts to its front matter"
            said.append(warn("runbooks", one.name, why, mend))
        elif strange:
            why = f"names services nobody knows: {', '.join(strange)}"
            said.append(warn("runbooks", one.name, why, "use the names of [[services]]"))
    if not found.runbooks and not found.wrong:
        said.append(warn("runbooks", folder, "is empty", "write down what helped last time"))
    if found.runbooks:
        said.append(ok("runbooks", folder, f"{len(found.runbooks)} can be read"))
    return said


def words(settings: Settings) -> list[Found]:
    """Where drafts go: a human sends them, and should not have to search for the place then."""
    given = settings.communications
    missing = [name for name in ("channel", "status_page") if not getattr(given, name)]
    if not missing:
        return [ok("communications", "names", f"{given.channel}, {given.status_page}")]
    why = f"not told: {', '.join(missing)}"
    return [warn("communications", "names", why, "set them under [communications]")]


async def machine(project: Project) -> list[Found]:
    """Room, rights and programs."""
    free = shutil.disk_usage(project.root).free
    said = f"{free / (1 << 30):.1f} GB free"
    if free < SHORT:
        found = [bad("disk", "room", said, "make room: approvals are refused on a full disk")]
    elif free < LOW:
        found = [warn("disk", "room", said, "make room before it is needed")]
    else:
        found = [ok("disk", "room", said)]
    if not os.access(project.home if project.home.exists() else project.root, os.W_OK):
        why = "this user may not write here"
        found.append(bad("disk", "rights", why, "run as the user that owns the project"))
    if project.home.exists() and project.home.stat().st_mode & 0o077:
        why = ".aiwg can be read by others, and holds incident data"
        found.append(warn("disk", "rights", why, "chmod 700 .aiwg"))
    try:
        version = await run(["git", "--version"], project.root, dict(os.environ), timeout=5.0)
    except SourceError as error:
        return [*found, bad("git", "program", str(error), "install git")]
    return [*found, ok("git", "program", version.text.strip())]
