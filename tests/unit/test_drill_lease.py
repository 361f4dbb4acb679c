"""A process counts as alive only while it is the same one and still runs."""

import os
import subprocess
import sys

import pytest

from orchestrator.drills import lease


def test_a_living_process_has_a_start_time_that_does_not_change() -> None:
    assert lease.started(os.getpid()) == lease.started(os.getpid()) > 0


@pytest.mark.skipif(not os.path.exists("/proc/self/stat"), reason="needs /proc")
def test_a_zombie_is_gone_although_its_pid_is_still_taken() -> None:
    child = subprocess.Popen([sys.executable, "-c", ""])
    os.waitid(os.P_PID, child.pid, os.WEXITED | os.WNOWAIT)
    os.kill(child.pid, 0)
    assert lease.started(child.pid) == 0
    child.wait()
    assert lease.started(child.pid) == 0
