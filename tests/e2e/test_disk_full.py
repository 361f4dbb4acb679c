"""A disk that really fills: approvals are refused and the console is told; then it goes on."""

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from orchestrator.client import Answer, heartbeat
from orchestrator.journal.verify import verify
from orchestrator.project import Project
from tests.e2e.runners import CLOCK, running, tell, until

SMALL = "size=6m"


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of a few megabytes of its own."""
    if os.geteuid() != 0:
        pytest.skip("mounting a small file system needs root")
    done = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", SMALL, "tmpfs", str(tmp_path)],
        capture_output=True,
        check=False,
    )
    if done.returncode:
        pytest.skip(f"this machine lets nobody mount: {done.stderr.decode().strip()}")
    yield tmp_path
    subprocess.run(["umount", "-l", str(tmp_path)], check=True)


@pytest.mark.slow
def test_a_full_disk_refuses_approvals_says_so_and_goes_on_when_there_is_room(
    small_disk: Path,
) -> None:
    with running(small_disk) as project:
        report = {"title": "orders fail", "service": "orders"}
        tell(project, "open", incident="INC-1", report=report)
        until(project, "INC-1", lambda state: "mitigation" in state.questions)
        filler = small_disk / "filler"
        _fill(filler)
        said = [_note(project, f"is anybody there? {number}") for number in range(40)]
        kept = sum(answer.accepted for answer in said)
        assert not said[-1].accepted
        assert "the disk is full" in said[-1].why
        approved = tell(project, "approve", incident="INC-1", approval="x", sha256="0" * 64)
        assert "disk is full" in approved.why
        _until_told(project.runner)
        filler.unlink()
        assert _note(project, "there is room again").accepted
        until(project, "INC-1", lambda state: state.notes == kept + 1)
        found = verify(project.incident("INC-1"), None)
        assert found.ok, found.findings


@pytest.mark.slow
def test_work_that_a_full_disk_cut_short_is_done_once_there_is_room(small_disk: Path) -> None:
    with running(small_disk) as project:
        filler = small_disk / "filler"
        report = {"title": "orders fail", "service": "orders"}
        assert tell(project, "open", incident="INC-1", report=report).accepted
        _fill(filler)
        _until_told(project.runner)
        filler.unlink()
        state = until(project, "INC-1", lambda state: bool(state.triaged_at))
        assert state.impact


def _note(project: Project, text: str) -> Answer:
    return tell(project, "note", incident="INC-1", text=text)


def _fill(path: Path) -> None:
    """Until nothing more fits."""
    with path.open("wb", buffering=0) as file:
        for size in (65536, 4096, 1):
            try:
                while file.write(b"x" * size):
                    pass
            except OSError:
                continue


def _until_told(path: Path) -> None:
    """The heartbeat says it, because that is where consoles look."""
    begun = CLOCK.now()
    while CLOCK.now() - begun < 10.0:
        beat = heartbeat(path)
        if beat is not None and beat.disk_full:
            return
        os.sched_yield()
    raise AssertionError(f"the heartbeat never told: {path.read_text()}")
