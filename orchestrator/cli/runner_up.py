"""A runner for a verb that needs one: the one that is there, or a new one, waited for."""

import fcntl
import os
import signal
import subprocess

from orchestrator.client import (
    RunnerDown,
    alive,
    command_id,
    heartbeat,
    last_words,
    send,
    start_runner,
)
from orchestrator.clock import WallClock
from orchestrator.project import Project

STARTS_WITHIN = 30.0


class NoRunner(Exception):
    """It did not come up; the message is its own last line."""


def ensure_runner(project: Project) -> None:
    """Return once a runner answers for this project. NoRunner says why none does."""
    clock = WallClock()
    if alive(project, clock.now()) and _answers(project, clock):
        return
    try:
        process = start_runner(project)
    except OSError as error:
        raise NoRunner(f"{error.filename or project.root}: {error.strerror}") from error
    begun = clock.now()
    while clock.now() - begun < STARTS_WITHIN:
        try:
            process.wait(0.05)
        except subprocess.TimeoutExpired:
            if alive(project, clock.now()) and _answers(project, clock):
                return
            continue
        if _answers(project, clock):  # somebody else's runner was quicker
            return
        raise NoRunner(last_words(project) or "the runner ended without a word")
    raise NoRunner(
        f"the runner did not answer within {STARTS_WITHIN:g} s; see {project.runner_log}"
    )


def end_runner(project: Project) -> None:
    """End the project's runner and return once it has let go of its lock; nothing without one."""
    beat = heartbeat(project.runner)
    if beat is None or not alive(project, WallClock().now()):
        return
    os.kill(beat.pid, signal.SIGTERM)
    with project.lock.open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)


def _answers(project: Project, clock: WallClock) -> bool:
    try:
        return send(project, {"id": command_id(clock, "status"), "cmd": "status"}, 5.0).accepted
    except RunnerDown:
        return False
