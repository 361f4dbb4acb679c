"""Every action of the catalogue, as far as it can be tried without changing anything."""

import os
import shutil
from pathlib import Path

from orchestrator.actions.card import Impossible, filled, look
from orchestrator.checkup.found import Found, bad, ok, warn
from orchestrator.environment import environment, variables
from orchestrator.evidence.sources import deploys
from orchestrator.evidence.sources.process import run
from orchestrator.evidence.sources.source import SourceError
from orchestrator.settings import Action, Parameter, Service, Settings

_DRY_RUN = 30.0


async def check(action: Action, settings: Settings, root: Path) -> list[Found]:
    """Whether its programs are there, its state can be read, and its dry run succeeds."""
    about = f"action {action.id}"
    found = []
    for field in ("argv", "dry_run", "pre_state", "undo"):
        argv = getattr(action, field)
        why = _not_runnable(argv[0], root) if argv else ""
        if why:
            found.append(bad(about, field, why, "correct the path, or make it executable"))
    if found:
        return found
    found.append(ok(about, "argv", f"{action.argv[0]} can be run"))
    service = settings.service(action.service) or next(iter(settings.services), None)
    target = service.name if service is not None else action.service
    current, said = await _state(about, action, settings, root, target)
    found += said
    found += _variables(about, action)
    found += _approvers(about, action, settings)
    if action.dry_run:
        found.append(await _dry_run(about, action, service, root, current))
    else:
        why = "none: the approver sees no rehearsal"
        found.append(warn(about, "dry_run", why, "set dry_run to a command that changes nothing"))
    if not action.undo:
        found.append(warn(about, "undo", "none: it cannot be taken back", "set undo"))
    if not action.blast:
        mend = "set blast to what it does to users meanwhile"
        found.append(warn(about, "blast", "not told", mend))
    return found


def ways_back(settings: Settings) -> list[Found]:
    """Services for which no rollback could ever be offered."""
    return [
        warn(
            f"service {service.name}",
            "rollback",
            "no way back: none can be offered",
            'add [[actions]] with kind = "rollback"',
        )
        for service in settings.services
        if settings.rollback_for(service.name) is None
    ]


def _variables(about: str, action: Action) -> list[Found]:
    """A variable that is not set here is mostly not set for the runner either."""
    unset = [name for name in action.env if name not in os.environ]
    if not unset:
        return []
    mend = "set it where the runner starts, or drop it from env"
    return [warn(about, "env", f"{', '.join(unset)} not set here: it runs without", mend)]


def _approvers(about: str, action: Action, settings: Settings) -> list[Found]:
    """Roles that nobody holds can still be given in an incident; two persons have to be two."""
    mend = "give the role to somebody under [[people]], or drop it from may_approve"
    missing = [role for role in action.may_approve if not settings.holders(role)]
    able = {p.name for p in settings.people if set(p.roles) & set(action.may_approve)}
    if action.may_approve and not able:
        return [bad(about, "may_approve", f"nobody is {' or '.join(missing)}", mend)]
    found = [warn(about, "may_approve", f"nobody is {', '.join(missing)}", mend)] if missing else []
    few = len(able) if action.may_approve else len(settings.people)
    if action.approvers > few:
        why = f"needs {action.approvers} persons, and {few} may approve it"
        found.append(bad(about, "approvers", why, "name more people who may"))
    return found


async def _state(
    about: str, action: Action, settings: Settings, root: Path, target: str
) -> tuple[str, list[Found]]:
    if not action.pre_state:
        why = "none: an approval cannot tell whether things changed meanwhile"
        return "", [warn(about, "pre_state", why, "set pre_state to a command that prints it")]
    try:
        said = await look(settings, root, {"action": action.id, "target": target})
    except Impossible as error:
        return "", [bad(about, "pre_state", str(error), "run it in the project and mend it")]
    if not said:
        return "", [bad(about, "pre_state", "prints nothing", "print what runs now")]
    current = said.splitlines()[0].strip()
    return current, [ok(about, "pre_state", f"{target} runs {current[:40]}")]


async def _dry_run(
    about: str, action: Action, service: Service | None, root: Path, current: str
) -> Found:
    values = {"service": service.name if service is not None else "", "current": current}
    for name, parameter in action.params.items():
        value = await _value(name, parameter, service, root, current)
        if not value or not parameter.fits(value):
            why = f"not tried: no value for {{{name}}} is known"
            return warn(about, "dry_run", why, "try it by hand once")
        values[name] = value
    argv = filled(action.dry_run, values)
    try:
        done = await run(argv, root, variables(action.env), timeout=_DRY_RUN)
    except SourceError as error:
        return bad(about, "dry_run", str(error), "run it in the project and mend it")
    if done.code:
        lines = (done.errors or done.text).strip().splitlines()
        why = f"{' '.join(argv)[:80]} ended with {done.code}: {lines[-1][:120] if lines else ''}"
        return bad(about, "dry_run", why, "run it in the project and mend it")
    return ok(about, "dry_run", "succeeded")


async def _value(
    name: str, parameter: Parameter, service: Service | None, root: Path, current: str
) -> str:
    """A value to rehearse with; none where only an incident tells one."""
    if name == "version":
        return await _version(service, root, current)
    if parameter.type == "integer":
        return current if parameter.fits(current) else str(parameter.min)
    return next(iter(parameter.choices), "")


async def _version(service: Service | None, root: Path, current: str) -> str:
    """A version that was live before, which is what an incident would go back to; else today's."""
    if service is None or not service.deploy_log:
        return current
    try:
        mine = (await deploys.read(root / service.deploy_log)).of(service.name)
    except SourceError:
        return current
    before = [one.version for one in mine if one.version != current]
    return before[-1] if before else current


def _not_runnable(program: str, root: Path) -> str:
    if "{" in program:
        return ""
    if "/" not in program:
        found = shutil.which(program, path=environment().get("PATH"))
        return "" if found else f"{program} is not installed"
    path = root / program
    if not path.is_file():
        return f"there is no {program}"
    return "" if shutil.which(path) else f"{program} is not executable"
