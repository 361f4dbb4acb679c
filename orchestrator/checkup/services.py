"""Every source of a service, read once as an incident would read it."""

from pathlib import Path

from orchestrator.checkup import changes, surroundings
from orchestrator.checkup.found import Found, bad, ok, warn
from orchestrator.clock import Clock
from orchestrator.evidence.sources import deploys, health, host, logs, metrics, prometheus_api
from orchestrator.evidence.sources.git import Repository
from orchestrator.evidence.sources.prometheus import parse, selector
from orchestrator.evidence.sources.prometheus_api import Prometheus
from orchestrator.evidence.sources.source import SourceError, within
from orchestrator.settings import Service

TIMEOUT = 5.0
_LOGS = 8


async def check(service: Service, root: Path, clock: Clock) -> list[Found]:
    """All that the settings say of one service."""
    about = f"service {service.name}"
    found = await _repository(about, service, root)
    found += await _deploys(about, service, root)
    found += await changes.check(about, service, root)
    found += await _logs(about, service, root)
    found += await _signals(about, service)
    found += await _health(about, service, clock)
    found += await _process(about, service, root)
    found += await surroundings.check(about, service, root, clock)
    if service.runbook and not (root / service.runbook).is_file():
        found.append(
            bad(about, "runbook", f"there is no {service.runbook}", "write it, or unset it")
        )
    return found + _facts(about, service)


async def _repository(about: str, service: Service, root: Path) -> list[Found]:
    if not service.repo:
        why = "none: which change brought a trouble cannot be told"
        return [warn(about, "repo", why, 'set repo = "path of its git repository"')]
    try:
        repository = Repository(root / service.repo, TIMEOUT)
        newest = await repository.log(limit=1)
    except SourceError as error:
        # git's words for a repository that is still empty
        if "bad revision 'HEAD'" in str(error) or "any commits" in str(error):
            why = f"{service.repo} has no commit yet"
            return [warn(about, "repo", why, "commit, or name another repository")]
        return [bad(about, "repo", str(error), "name the folder that holds its .git")]
    return [ok(about, "repo", f"newest commit {newest[0].short} by {newest[0].author}")]


async def _deploys(about: str, service: Service, root: Path) -> list[Found]:
    if not service.deploy_log:
        why = "none: a regression cannot be told from other troubles"
        mend = "have each deploy append one JSON line, and set deploy_log (docs/settings.md)"
        return [warn(about, "deploy_log", why, mend)]
    try:
        log = await deploys.read(root / service.deploy_log, TIMEOUT)
    except SourceError as error:
        return [bad(about, "deploy_log", str(error), "name the file that your deploys append to")]
    mine = log.of(service.name)
    found = []
    if log.malformed:
        why = f"{log.malformed} of its lines are no deploys"
        mend = "each line needs at, service and version (docs/settings.md)"
        found.append(warn(about, "deploy_log", why, mend))
    if not mine:
        why = f"no deploy of {service.name} among {len(log.deploys)}"
        mend = "the service's name there must be the one here"
        return [*found, warn(about, "deploy_log", why, mend)]
    last = mine[-1]
    found.append(ok(about, "deploy_log", f"{len(mine)} deploys, last {last.version[:12]}"))
    if service.repo:
        try:
            await Repository(root / service.repo, TIMEOUT).resolve(last.version)
        except SourceError:
            why = f"version {last.version[:40]!r} is no commit of {service.repo}"
            mend = "log the commit's hash (or a tag) as version, and fetch it"
            found.append(bad(about, "deploy_log", why, mend))
    return found


async def _logs(about: str, service: Service, root: Path) -> list[Found]:
    if not service.logs:
        return [warn(about, "logs", "none: errors cannot be read", 'set logs = ["var/log/*.log"]')]
    try:
        paths = await within(TIMEOUT, "logs", lambda: logs.find(root, service.logs))
    except SourceError as error:
        return [bad(about, "logs", str(error), "name files on a disk that answers")]
    if not paths:
        why = f"no file matches {', '.join(service.logs)}"
        return [bad(about, "logs", why, "correct the pattern; it is relative to the project")]
    return [await _log(about, path) for path in paths[:_LOGS]]


async def _log(about: str, path: Path) -> Found:
    try:
        reading = await logs.read(path, path.name, lines=200, timeout=TIMEOUT)
    except SourceError as error:
        return bad(about, "logs", str(error), "name text files that this user may read")
    timed = sum(record.at is not None for record in reading.records)
    if reading.records and not timed:
        why = f"{path.name}: no line tells its time"
        return warn(
            about, "logs", why, "write ISO-8601 times at the start, or JSON with a ts field"
        )
    return ok(about, "logs", f"{path.name}: {len(reading.records)} records read")


async def _signals(about: str, service: Service) -> list[Found]:
    if service.metrics:
        return await _page(about, service)
    if service.prometheus.queries():
        return await _server(about, service)
    why = "none: neither the start of impact nor a recovery can be measured"
    return [warn(about, "metrics", why, "set metrics, or [services.prometheus] url and queries")]


async def _page(about: str, service: Service) -> list[Found]:
    try:
        samples = parse(await metrics.fetch(service.metrics, TIMEOUT))
    except SourceError as error:
        return [bad(about, "metrics", str(error), "start the service, or correct the address")]
    if not samples:
        why = f"{service.metrics} gives no sample"
        return [bad(about, "metrics", why, "name the page in Prometheus' text format")]
    signals = service.signals
    found = [ok(about, "metrics", f"{len(samples)} samples")]
    if not signals.requests:
        why = "signals.requests is not set: neither traffic nor the share of errors is known"
        found.append(warn(about, "metrics", why, "set [services.signals] requests and errors"))
    for name, suffix in (
        ("requests", ""),
        ("errors", ""),
        ("latency", "_bucket"),
        ("in_use", ""),
        ("capacity", ""),
    ):
        text = getattr(signals, name)
        if text and not selector(text).with_suffix(suffix).of(samples):
            why = f"no sample of {text}{suffix} for signals.{name}"
            if name == "errors":
                mend = "fine if nothing ever failed since its start; else correct the selection"
                found.append(warn(about, "metrics", why, mend))
            else:
                mend = "correct the name; the page lists what there is"
                found.append(bad(about, "metrics", why, mend))
    return found


async def _server(about: str, service: Service) -> list[Found]:
    asked = service.prometheus.queries()
    values, wrong = await prometheus_api.now(Prometheus(service.prometheus.url, TIMEOUT), asked)
    found = [
        bad(about, "prometheus", why, "correct the url, or the query under [services.prometheus]")
        for why in dict.fromkeys(wrong)
    ]
    failed = {why.partition(":")[0] for why in wrong}
    for name in asked:
        if name in values:
            found.append(ok(about, "prometheus", f"{name} is {values[name]:g}"))
        elif name not in failed:
            why = f"{name}: no data"
            found.append(warn(about, "prometheus", why, "fine while idle; else correct the query"))
    for name in ("errors", "saturation"):
        if values.get(name, 0.0) > 1:
            why = f"{name} is {values[name]:g}, which is no share"
            found.append(bad(about, "prometheus", why, "divide: the value must lie from 0 to 1"))
    return found


async def _health(about: str, service: Service, clock: Clock) -> list[Found]:
    address = health.address_of(service)
    if not address:
        return [warn(about, "health", "no address", "set health = an address that answers 200")]
    seen = await health.check(address, clock)
    said = f"{address} {seen.why}" if seen.status else f"{address}: {seen.why}"
    if seen.well:
        return [ok(about, "health", f"{said} in {seen.took:.3f} s")]
    if not service.health and seen.status in (404, 405):
        return [warn(about, "health", said, "set health = an address that answers 200")]
    if seen.status >= 500 or 200 <= seen.status < 300:
        return [warn(about, "health", f"{said}: it is not well now", "look at the service")]
    return [bad(about, "health", said, "start the service, or correct the address")]


async def _process(about: str, service: Service, root: Path) -> list[Found]:
    wanted = service.process
    if not wanted.name and not wanted.pid_file:
        return []
    try:
        running = await host.find(wanted, root, TIMEOUT)
    except SourceError as error:
        return [bad(about, "process", str(error), "correct [services.process]")]
    if not running:
        why = f"none runs by {wanted.pid_file or wanted.name}"
        return [bad(about, "process", why, "start the service, or correct [services.process]")]
    first = running[0]
    return [ok(about, "process", f"{first.name} runs as pid {first.pid}")]


def _facts(about: str, service: Service) -> list[Found]:
    """What nobody can measure, and drafts would have to leave open."""
    missing = [
        name
        for name, value in (
            ("owner", service.owner),
            ("users", service.users),
            ("dashboard", service.dashboard),
        )
        if not value
    ]
    if not missing:
        return []
    why = f"not told: {', '.join(missing)}"
    return [warn(about, "facts", why, "set them; until then documents say UNKNOWN there")]
