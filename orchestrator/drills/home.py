"""A drill on disk: the project that the war room sees, and beside it what it must not see."""

import contextlib
import fcntl
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Any

from orchestrator.clock import Clock
from orchestrator.drills import history, layout, truth
from orchestrator.drills.plan import Plan, make_plan
from orchestrator.drills.ports import Ports
from orchestrator.drills.scenarios import SCENARIOS, DrillError
from orchestrator.project import SOCKET_PATH_LIMIT, write_private

STARTS_WITHIN, STOPS_WITHIN = 30.0, 10.0

PORTS = range(20000, 32768)
"""Below those that Linux gives to outgoing connections: a restart finds its port free."""


@dataclass(frozen=True, slots=True)
class DrillHome:
    """One drill: `start` it, watch `lab` and `alert`, `stop` it."""

    path: Path
    scenario: str
    seed: int
    service: str

    @property
    def home(self) -> Path:
        return self.path

    @property
    def project(self) -> Path:
        return self.path / "project"

    @property
    def truth_path(self) -> Path:
        return self.path / "truth.json"

    @property
    def alert_path(self) -> Path:
        return self.path / "alert.json"

    @property
    def lab_path(self) -> Path:
        return self.path / "lab.ndjson"

    @property
    def supervisor(self) -> Path:
        return self.path / "supervisor.json"

    @property
    def lock_path(self) -> Path:
        """Held by the supervisor as long as it lives."""
        return self.path / "supervisor.lock"

    @property
    def log(self) -> Path:
        return self.path / "supervisor.log"

    def truth(self) -> dict[str, Any]:
        """What was done to the service: for whoever judges an answer, never for who seeks it."""
        told: dict[str, Any] = json.loads(self.truth_path.read_text("utf-8"))
        return told

    def began(self, at: float) -> None:
        """Add to the truth when the fault began."""
        told = {**self.truth(), "fault_at": at}
        write_private(self.truth_path, json.dumps(told, indent=1) + "\n")

    def alerts(self, after: int = 0) -> list[dict[str, Any]]:
        """Every notification so far, oldest first, without the first `after`."""
        found: list[dict[str, Any]] = []
        while (path := self.path / f"alert-{after + len(found) + 1}.json").exists():
            found.append(json.loads(path.read_text("utf-8")))
        return found

    def alert(self) -> dict[str, Any] | None:
        """The newest notification as Alertmanager would send it; None before the first."""
        try:
            body: dict[str, Any] = json.loads(self.alert_path.read_text("utf-8"))
        except FileNotFoundError:
            return None
        return body

    def lab(self, after: int = 0) -> list[tuple[float, str]]:
        """What the lab has been doing, without the first `after` lines."""
        try:
            text = self.lab_path.read_text("utf-8")
        except FileNotFoundError:
            return []
        whole = text[: text.rfind("\n") + 1].splitlines()
        said = [json.loads(line) for line in whole[after:]]
        return [(float(line["t"]), str(line["text"])) for line in said]

    def say(self, at: float, text: str) -> None:
        """Add a line to what the lab has been doing."""
        line = json.dumps({"t": at, "text": text}, ensure_ascii=False) + "\n"
        descriptor = os.open(self.lab_path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        try:
            os.write(descriptor, line.encode())
        finally:
            os.close(descriptor)

    @property
    def running(self) -> bool:
        """True while a supervisor holds this drill's lock: no pid can be mistaken for another."""
        try:
            with self.lock_path.open("a") as lock:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
        except FileNotFoundError:
            return False
        return False

    def start(self, while_pid: int, baseline: float | None = None) -> None:
        """Run the drill in a process of its own, at most as long as `while_pid` lives.

        `baseline`: how long the stable release is watched first, if not as the scenario has it.
        """
        root = Path(__file__).resolve().parents[2]
        paths = [str(root), *os.environ.get("PYTHONPATH", "").split(os.pathsep)]
        done = subprocess.run(
            [
                *(sys.executable, "-m", "orchestrator.drills.supervisor", str(self.path)),
                *("--while-pid", str(while_pid), "--detach"),
                *(() if baseline is None else ("--baseline", str(baseline))),
            ],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
            timeout=STARTS_WITHIN,
            env={**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, paths))},
        )
        if done.returncode:
            why = done.stderr.strip().splitlines() or ["the supervisor did not start"]
            raise DrillError(why[-1].removeprefix("drill: "))

    def stop(self) -> None:
        """End the drill's processes; when this returns they are gone."""
        if not self.running:
            return
        if not self._ask_to_stop() and self.running:
            self._kill()
        with self.lock_path.open("a") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)

    def _ask_to_stop(self) -> bool:
        """True when the supervisor hung up, which it does once everything else has ended."""
        sock = self.project / "var" / "run" / "manager.sock"
        with contextlib.suppress(OSError), contextlib.ExitStack() as stack:
            connection = stack.enter_context(socket.socket(socket.AF_UNIX, socket.SOCK_STREAM))
            connection.settimeout(STOPS_WITHIN)
            if len(os.fsencode(sock)) > SOCKET_PATH_LIMIT:
                stack.enter_context(contextlib.chdir(sock.parent))
                sock = Path(sock.name)
            connection.connect(os.fspath(sock))
            connection.sendall(b'{"op": "stop"}\n')
            while connection.recv(4096):
                pass
            return True
        return False

    def _kill(self) -> None:
        """The last resort; the service then ends by its lifeline."""
        pid = int(json.loads(self.supervisor.read_text("utf-8"))["pid"])
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)


def homes_root() -> Path:
    """Where drills lie when nobody says where."""
    state = os.environ.get("XDG_STATE_HOME", "")
    base = Path(state) if state.startswith("/") else Path.home() / ".local" / "state"
    return base / "warroom" / "drills"


def scenarios() -> dict[str, str]:
    """What can be drilled, with a line about each."""
    return {name: scenario.title for name, scenario in SCENARIOS.items()}


def create(scenario: str, seed: int, root: Path | None, clock: Clock) -> DrillHome:
    """Make a drill's folder: repository, project, and the truth beside it. Nothing runs yet."""
    return fill(reserve(scenario, seed, root), clock)


def reserve(scenario: str, seed: int, root: Path | None) -> DrillHome:
    """Choose and make the folder alone: a console can open on it while it is being filled."""
    plan = make_plan(scenario, seed)
    home = DrillHome(_free_folder(root or homes_root(), plan), scenario, seed, plan.service)
    home.project.mkdir(mode=0o700)
    return home


def fill(home: DrillHome, clock: Clock) -> DrillHome:
    """Write repository, project and truth into a reserved folder; it goes when that fails."""
    plan = make_plan(home.scenario, home.seed)
    try:
        return _fill(DrillHome(home.path, home.scenario, home.seed, plan.service), plan, clock)
    except BaseException:
        shutil.rmtree(home.path, ignore_errors=True)
        raise


def _fill(home: DrillHome, plan: Plan, clock: Clock) -> DrillHome:
    ports = free_ports(Random(str(home.path)))
    layout.write(home.project, plan, ports, home.path)
    now = clock.now()
    repo, config = home.project / "repo", home.project / "config"
    made = history.make(repo, history.versions(plan, now), len(plan.commits))
    edge = history.make(config, history.edge_versions(plan, now), len(plan.edge.commits))
    write_private(home.truth_path, json.dumps(truth.tell(plan, ports, made, edge), indent=1) + "\n")
    home.say(
        clock.now(),
        f"a service {plan.service!r} has been written:"
        f" {len(plan.stages) + len(plan.commits)} commits by {len(plan.words.authors)} people",
    )
    return home


def open_home(path: Path) -> DrillHome:
    """The drill in that folder. DrillError when it is none."""
    try:
        told = json.loads((path / "truth.json").read_text("utf-8"))
        return DrillHome(
            path.resolve(), str(told["scenario"]), int(told["seed"]), str(told["service"])
        )
    except (OSError, ValueError, KeyError, TypeError):
        raise DrillError(f"{path} is no drill: it has no readable truth.json") from None


def homes(root: Path | None = None) -> list[DrillHome]:
    """Every drill under `root`, by name; other folders there are none of ours."""
    folder = root or homes_root()
    found = []
    for path in sorted(folder.iterdir()) if folder.is_dir() else ():
        with contextlib.suppress(DrillError):
            found.append(open_home(path))
    return found


def clean(root: Path | None = None) -> list[Path]:
    """Remove every drill under `root`, after ending those that still run."""
    removed = []
    for home in homes(root):
        home.stop()
        shutil.rmtree(home.path)
        removed.append(home.path)
    return removed


def _free_folder(root: Path, plan: Plan) -> Path:
    """A new folder of its own; its name ends up in logs, so it says nothing about the scenario."""
    number = 1
    try:
        root.mkdir(parents=True, exist_ok=True, mode=0o700)
        while True:
            path = root.resolve() / f"{plan.service}-{plan.seed}-{number}"
            try:
                path.mkdir(mode=0o700)
            except FileExistsError:
                number += 1
            else:
                return path
    except OSError as error:
        raise DrillError(f"cannot make a drill in {root}: {error.strerror}") from None


def free_ports(rng: Random) -> Ports:
    """Loopback ports nobody listens on, for service, edge and dependency."""
    found: list[int] = []
    for port in rng.sample(PORTS, 300):
        with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            found.append(port)
        if len(found) == len(Ports.__slots__):
            return Ports(*found)
    raise DrillError("no three free loopback ports between 20000 and 32767")
