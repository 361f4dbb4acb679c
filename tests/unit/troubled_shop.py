"""The small shop with harmless commits, under a trouble that comes from outside its changes."""

import json
import sys
from collections.abc import Callable, Iterable
from dataclasses import replace
from pathlib import Path
from typing import Any

from orchestrator.clock import FakeClock, iso
from orchestrator.evidence.sources.ring import Sample
from orchestrator.project import Project
from orchestrator.settings import Action, Parameter, ReadCommand, Service
from tests.unit.fake_bench import FakeBench
from tests.unit.small_shop import DETECTED, T0, TROUBLE, Shop, open_shop

POOL = ("DepotTimeout", "nothing to rent within 0.5 s")
REFUSED = ("DependencyError", "rates at 127.0.0.1:9: Connection refused")
LOCKED = ("OperationalError", "database is locked")
FULL = ("OSError", "[Errno 27] File too large")


class PassingClock(FakeClock):
    """Whoever sleeps has slept at once; `meanwhile` is told what time it has become."""

    def __init__(self, start: float, meanwhile: Callable[[float], None] = lambda at: None) -> None:
        super().__init__(start)
        self._meanwhile = meanwhile

    async def sleep(self, seconds: float) -> None:
        self.advance(seconds)
        self._meanwhile(self.now())


def ring(root: Path, name: str, samples: Iterable[Sample]) -> None:
    """What the runner saw of a part."""
    path = Project(root).metrics / f"{name}.ndjson"
    path.write_text("".join(sample.line() for sample in samples))


def service_ring(root: Path, *, full: bool = False, errors: float = 0.6) -> None:
    """The shop's own signals: well until the trouble, the same traffic all the time."""
    ring(root, "shop", [_sample(T0 + n, full, errors) for n in range(81)])


def _sample(at: float, full: bool, errors: float) -> Sample:
    ill = at >= TROUBLE
    values = {
        "requests": 20.0 + at % 3,
        "errors": errors if ill else 0.0,
        "p95": 0.02,
        "saturation": 1.0 if full and ill else 0.1,
    }
    return Sample(at, ok=True, values=values)


def part_ring(root: Path, name: str, *down: tuple[float, float], until: float = DETECTED) -> None:
    """A part that answers but between these moments."""
    ring(
        root,
        name,
        [
            Sample(at, ok=not any(a <= at <= b for a, b in down), why="refused")
            for at in (T0 + n for n in range(int(until - T0) + 1))
        ],
    )


def log(root: Path, errors: Iterable[tuple[float, tuple[str, str]]]) -> None:
    """The shop's log: a request a second, and tracebacks at these moments."""
    lines = [(T0 + n, _request(T0 + n)) for n in range(81)]
    lines += [(at, _failure(at, *what)) for at, what in errors]
    (root / "var/log/shop.log").write_text("".join(text for _, text in sorted(lines)))


def _request(at: float) -> str:
    return (
        json.dumps({"ts": iso(at), "level": "info", "msg": "GET /total ok", "status": 200}) + "\n"
    )


def _failure(at: float, error: str, text: str) -> str:
    said = json.dumps({"ts": iso(at), "level": "error", "msg": "unhandled error"}) + "\n"
    return (
        f"{said}Traceback (most recent call last):\n"
        f'  File "/srv/baskets.py", line 6, in total\n    run()\nshop.{error}: {text}\n'
    )


def since(moment: float, what: tuple[str, str], count: int = 16) -> list[tuple[float, Any]]:
    """The same failure twice a second."""
    return [(moment + n / 2, what) for n in range(count)]


def action(name: str, kind: str, service: str, **more: Any) -> Action:
    """A way of the catalogue that runs nothing."""
    given = {"id": name, "kind": kind, "service": service, "title": name, "argv": ("true",)}
    return Action.model_validate({**given, **more})


CATALOGUE = (
    action("back", "rollback", "shop", argv=("bin/deploy", "{version}")),
    action("restart-rates", "restart", "rates"),
    action("restart", "restart", "shop"),
    action(
        "end-blocker", "database-repair", "shop", params={"holder": Parameter(pattern="[0-9]+")}
    ),
    action("rotate", "workaround", "shop"),
    action("block", "block-address", "edge", params={"address": Parameter(pattern=r"[0-9.]+")}),
    action("silence", "silence", "shop"),
)


def printing(name: str, text: str) -> ReadCommand:
    """A read-only command that prints this."""
    return ReadCommand(name=name, argv=(sys.executable, "-c", f"print({text!r})"))


def troubled(
    root: Path,
    *,
    leak: bool = False,
    commands: tuple[ReadCommand, ...] = (),
    health: str = "",
    **state: Any,
) -> Shop:
    """The shop with what it needs, an edge before it, and a whole catalogue."""
    shop = open_shop(root, leak=leak)
    (service,) = shop.settings.services
    own = {"dependencies": ("rates",), "commands": commands, "logs": ("var/log/shop.log",)}
    page = "http://127.0.0.1:9/metrics"
    rates = Service(name="rates", metrics=page, health=health, scrape_seconds=1.0)
    edge = Service(name="edge", dependencies=("shop",), logs=("var/log/edge.log",))
    services = (service.model_copy(update=own), rates, edge)
    settings = shop.settings.model_copy(update={"services": services, "actions": CATALOGUE})
    for name, value in state.items():
        setattr(shop.state, name, value)
    if not leak:
        service_ring(root)
    return replace(shop, settings=settings)


def bench_of(shop: Shop, meanwhile: Callable[[float], None] = lambda at: None) -> FakeBench:
    return FakeBench(shop.root, shop.settings, shop.state, PassingClock(DETECTED + 1, meanwhile))
