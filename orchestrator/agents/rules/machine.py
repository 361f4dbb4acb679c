"""The host a service runs on and its process there, as checks of Tier 1."""

from urllib.parse import urlsplit

from orchestrator.agents.contract import Observation
from orchestrator.agents.rules.desk import Desk, assumed, claim
from orchestrator.agents.rules.words import lasting, opened, percent, plural, quoted
from orchestrator.evidence.sources import host
from orchestrator.evidence.sources.host import Host, Running
from orchestrator.evidence.sources.source import SourceError
from orchestrator.model.reports.tiers import Check
from orchestrator.settings import Service

_HERE = ("127.0.0.1", "localhost", "::1")
_GB, _MB = 1 << 30, 1 << 20


async def checks(desk: Desk) -> list[Check]:
    """What the host and the service's process are like, where the service runs on this host."""
    service = desk.service
    if service is None or not runs_here(service):
        finding = assumed(
            "Nothing says that the service runs on this host; its hosts were not seen."
        )
        return [Check(name="host", state="unknown", finding=finding)]
    found = [await _host(desk)]
    if service.process.name or service.process.pid_file:
        found.append(await _process(desk, service))
    return found


def runs_here(service: Service) -> bool:
    """Whether the service is on the host of the runner: its process is declared, or it listens."""
    if service.process.name or service.process.pid_file:
        return True
    addresses = [urlsplit(address).hostname for address in (service.metrics, service.health)]
    return any(address in _HERE for address in addresses)


async def _host(desk: Desk) -> Check:
    command = "look at the host: load, memory, disks, programs"
    desk.bench.call(command)
    seen = await desk.tried(host.look([desk.bench.root]))
    if seen is None:
        finding = assumed("The host could not be looked at.")
        return Check(name="host", state="unknown", finding=finding)
    lines = _host_lines(seen, desk.now)
    desk.bench.out(lines[0])
    eid = await desk.bench.observe(
        Observation(
            kind="host",
            source="host",
            command=command,
            summary=quoted(lines[0], 200),
            content="\n".join(lines) + "\n",
            from_at=desk.now,
            to_at=desk.now,
        )
    )
    troubles = seen.troubles()
    text = ("Short: " + "; ".join(troubles) if troubles else opened(lines[0])) + "."
    return Check(name="host", state="bad" if troubles else "ok", finding=claim(text, f"{eid}:1"))


async def _process(desk: Desk, service: Service) -> Check:
    wanted = service.process
    command = f"look for the process {wanted.name}".rstrip()
    command += f" by {wanted.pid_file}" if wanted.pid_file else ""
    desk.bench.call(command)
    try:
        found = await host.find(wanted, desk.bench.root)
        lines = [_process_line(one, desk.now) for one in found] or ["it does not run"]
        state = "ok" if found else "bad"
    except SourceError as error:
        lines, state = [quoted(str(error), 200)], "unknown"
    desk.bench.out(lines[0])
    eid = await desk.bench.observe(
        Observation(
            kind="host",
            source=f"process of {service.name}",
            command=command,
            summary=lines[0],
            content="\n".join(lines) + "\n",
            from_at=desk.now,
            to_at=desk.now,
        )
    )
    more = f", and {plural(len(lines) - 1, 'more process', 'more processes')}"
    text = f"The process of {service.name}: {lines[0]}{more if len(lines) > 1 else ''}."
    return Check(name="process", state=state, finding=claim(text, f"{eid}:1"))  # type: ignore[arg-type]


def _host_lines(seen: Host, now: float) -> list[str]:
    used = 1 - seen.available / seen.memory if seen.memory else 0.0
    lines = [
        f"load {seen.load[0]:.1f} on {plural(seen.cpus, 'processor')}, {percent(used)} of "
        f"{seen.memory / _GB:.1f} GB memory taken"
        + "".join(f", {percent(disk.free_share)} of the disk free" for disk in seen.disks[:1]),
        f"load over 1, 5 and 15 min: {', '.join(f'{load:.2f}' for load in seen.load)}",
        f"processors busy: {percent(seen.cpu)}",
        f"memory available: {seen.available // _MB} MB of {seen.memory // _MB} MB",
        f"swap used: {seen.swap_used // _MB} MB of {seen.swap // _MB} MB",
        f"up for {lasting(max(0.0, now - seen.booted))}",
    ]
    lines += [
        f"disk of {disk.path}: {disk.free // _MB} MB of {disk.total // _MB} MB free, "
        f"{percent(disk.inodes_free)} of its inodes"
        for disk in seen.disks
    ]
    lines += [f"busiest: {_process_line(one, now)}" for one in seen.busiest]
    lines += [f"largest: {_process_line(one, now)}" for one in seen.largest]
    return lines


def _process_line(one: Running, now: float) -> str:
    files = f", {plural(one.files, 'open file')}" if one.files is not None else ""
    return (
        f"{quoted(one.name, 40)} (pid {one.pid}), {one.status} for "
        f"{lasting(max(0.0, now - one.started))}, {percent(one.cpu)} of a processor, "
        f"{one.memory // _MB} MB, {plural(one.threads, 'thread')}{files}"
    )
