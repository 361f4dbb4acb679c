"""What the settings say of changes beyond deploys: feature flags, and the test of a bisect."""

import shutil
from pathlib import Path

from orchestrator.checkup.found import Found, bad, ok, warn
from orchestrator.evidence.sources import flags
from orchestrator.evidence.sources.source import SourceError
from orchestrator.settings import Service

TIMEOUT = 5.0


async def check(about: str, service: Service, root: Path) -> list[Found]:
    """The flag log is read; the test of a bisect is looked for, and not run."""
    return [*await _flags(about, service, root), *_bisect(about, service, root)]


async def _flags(about: str, service: Service, root: Path) -> list[Found]:
    if not service.flags:
        return []
    try:
        log = await flags.read(root / service.flags, TIMEOUT)
    except SourceError as error:
        return [bad(about, "flags", str(error), "name the file that turns are appended to")]
    found = [ok(about, "flags", f"{len(log.of(service.name))} turns")]
    if log.malformed:
        why = f"{log.malformed} of its lines are no turns"
        found = [warn(about, "flags", why, "each line needs at, flag, from and to")]
    return found


def _bisect(about: str, service: Service, root: Path) -> list[Found]:
    """A path inside the repository differs by version, so that only a program is looked for."""
    if not service.bisect.test:
        return []
    argv = service.bisect.argv(str(root))
    gone = [part for part in argv if part.startswith(f"{root}/") and not Path(part).exists()]
    if gone:
        why = f"there is no {gone[0].removeprefix(f'{root}/')} in the project"
        return [bad(about, "bisect", why, "write the test, or correct [services.bisect] test")]
    if "/" not in argv[0] and shutil.which(argv[0]) is None:
        why = f"{argv[0]} is not installed"
        return [bad(about, "bisect", why, "install it, or correct [services.bisect] test")]
    return [ok(about, "bisect", f"{argv[0].rpartition('/')[2]} is there")]
