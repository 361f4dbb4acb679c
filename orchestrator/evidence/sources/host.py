"""The host this runs on, and the service's process on it. Only looked at, never touched.

Programs are named without their arguments: those may hold secrets.
"""

import os
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import psutil

from orchestrator.evidence.sources.files import read_tail
from orchestrator.evidence.sources.source import TIMEOUT, SourceError, within
from orchestrator.settings import Process

TOP = 5
"""Programs listed by processor, and by memory."""

LOOK = 0.3
"""Seconds over which use of the processor is measured."""

_WORDS = 4
"""Words of a command line that may name the program: `python -m orders` has it third."""


@dataclass(frozen=True, slots=True)
class Running:
    """One process as it was."""

    pid: int
    name: str
    status: str
    started: float
    cpu: float
    """share of one processor, 0 to 1 and above"""
    memory: int
    """resident bytes"""
    threads: int
    files: int | None
    """open descriptors; None where only the owner may know"""


@dataclass(frozen=True, slots=True)
class Disk:
    """One file system."""

    path: str
    total: int
    free: int
    """bytes an ordinary user can still write"""
    inodes_free: float
    """share of inodes that are free, 0 to 1; 1 where there is no such limit"""

    @property
    def free_share(self) -> float:
        return self.free / self.total if self.total else 0.0


@dataclass(frozen=True, slots=True)
class Host:
    """One look at the host."""

    cpus: int
    load: tuple[float, float, float]
    cpu: float
    """share of all processors, 0 to 1"""
    memory: int
    available: int
    swap: int
    swap_used: int
    booted: float
    disks: tuple[Disk, ...]
    busiest: tuple[Running, ...]
    largest: tuple[Running, ...]

    def troubles(self) -> list[str]:
        """What of it is short, in words; empty when nothing is."""
        found = []
        if self.load[1] >= 4 * self.cpus:
            found.append(f"load {self.load[1]:.1f} on {self.cpus} processors over 5 min")
        if self.memory and self.available < 0.05 * self.memory:
            found.append(f"{100 * self.available / self.memory:.0f} % of memory left")
        for disk in self.disks:
            if disk.free_share < 0.05:
                found.append(f"{100 * disk.free_share:.0f} % of the disk of {disk.path} left")
            if disk.inodes_free < 0.02:
                found.append(f"no room for more files on the disk of {disk.path}")
        return found


async def look(folders: Sequence[Path], timeout: float = TIMEOUT) -> Host:
    """The host now, with the file systems that hold `folders`."""
    return await within(timeout, "host", lambda: _host(folders))


async def find(process: Process, root: Path, timeout: float = TIMEOUT) -> list[Running]:
    """The service's processes, oldest first; none when it does not run.

    SourceError when the pid file cannot be read or names something else.
    """
    return await within(timeout, "processes", lambda: _find(process, root))


def _host(folders: Sequence[Path]) -> Host:
    try:
        everyone = list(psutil.process_iter())
        _measured(everyone)
        cpu = psutil.cpu_percent(interval=LOOK) / 100
        running = [one for one in map(_running, everyone) if one is not None]
        memory, swap = psutil.virtual_memory(), psutil.swap_memory()
        return Host(
            cpus=psutil.cpu_count() or 1,
            load=psutil.getloadavg(),
            cpu=round(cpu, 3),
            memory=memory.total,
            available=memory.available,
            swap=swap.total,
            swap_used=swap.used,
            booted=round(psutil.boot_time(), 3),
            disks=_disks(folders),
            busiest=tuple(sorted(running, key=lambda one: (-one.cpu, one.pid))[:TOP]),
            largest=tuple(sorted(running, key=lambda one: (-one.memory, one.pid))[:TOP]),
        )
    except (OSError, psutil.Error, RuntimeError) as error:
        raise SourceError(f"the host cannot be looked at: {error}") from None


def _measured(processes: Iterable[psutil.Process]) -> None:
    """Begin to measure: the second call tells what was used since this one."""
    for process in processes:
        try:
            process.cpu_percent(None)
        except psutil.Error:
            continue


def _disks(folders: Sequence[Path]) -> tuple[Disk, ...]:
    found: dict[int, Disk] = {}
    for folder in folders:
        try:
            device, room = folder.stat().st_dev, os.statvfs(folder)
        except OSError:
            continue
        unit = room.f_frsize
        share = room.f_favail / room.f_files if room.f_files else 1.0
        total = (room.f_blocks - room.f_bfree + room.f_bavail) * unit
        disk = Disk(folder.name or str(folder), total, room.f_bavail * unit, round(share, 4))
        found.setdefault(device, disk)
    return tuple(found.values())


def _running(process: psutil.Process) -> Running | None:
    """The process as it is, or None when it has ended or may not be looked at."""
    try:
        with process.oneshot():
            return Running(
                pid=process.pid,
                name=process.name(),
                status=process.status(),
                started=round(process.create_time(), 3),
                cpu=round(process.cpu_percent(None) / 100, 3),
                memory=process.memory_info().rss,
                threads=process.num_threads(),
                files=_descriptors(process),
            )
    except (psutil.Error, OSError):
        return None


def _descriptors(process: psutil.Process) -> int | None:
    try:
        return process.num_fds()
    except (psutil.Error, OSError, AttributeError):
        return None


def _find(wanted: Process, root: Path) -> list[Running]:
    if wanted.pid_file:
        return _by_pid_file(wanted, root)
    everyone = [one for one in psutil.process_iter() if one.pid != os.getpid()]
    named = [one for one in everyone if wanted.name in _names(one, 0)]
    chosen = named or [one for one in everyone if wanted.name in _names(one, _WORDS)]
    found = [one for one in map(_running, chosen) if one is not None]
    return sorted(found, key=lambda one: (one.started, one.pid))


def _by_pid_file(wanted: Process, root: Path) -> list[Running]:
    text = read_tail(root / wanted.pid_file, limit=64).text.strip()
    if not text.isascii() or not text.isdecimal() or not 0 < int(text) < 2**31:
        raise SourceError(f"{wanted.pid_file}: holds no process number")
    try:
        process = psutil.Process(int(text))
    except psutil.Error:
        return []
    # numbers are given again: an old file may name somebody else's process
    if wanted.name and wanted.name not in _names(process, _WORDS):
        raise SourceError(f"{wanted.pid_file}: {text} is another program now, not {wanted.name}")
    found = _running(process)
    return [found] if found is not None and found.status != psutil.STATUS_ZOMBIE else []


def _names(process: psutil.Process, words: int) -> set[str]:
    """What a process may be called: its program, and the first words of its command line."""
    try:
        said = process.cmdline()[:words] if words else []
        return {process.name(), *said, *(word.rpartition("/")[2] for word in said)}
    except (psutil.Error, OSError):
        return set()
