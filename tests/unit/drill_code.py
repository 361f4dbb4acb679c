"""Runs the generated service in the test's own process: its routes, its pool, no HTTP."""

import importlib
import json
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from random import Random
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from orchestrator.drills.plan import Plan
from orchestrator.drills.traffic import KINDS
from orchestrator.drills.vocabulary import Resource


class Code:
    """One version of a service, imported, with a pool over a database of its own."""

    def __init__(self, plan: Plan, folder: Path) -> None:
        package = plan.words.package

        def module(name: str) -> Any:
            return importlib.import_module(f"{package}.{name}")

        database = str(folder / "service.sqlite")
        module("schema").prepare(database)
        pool_module = module(plan.words.pool["pool_module"])
        self.timeout: type[Exception] = pool_module.PoolTimeout
        make: Callable[..., Any] = getattr(pool_module, plan.words.pool["Pool"])
        self.pool = make(database, plan.pool_size, 0.01)
        self._refusals = (module("web").Rejected, module("web").Conflict)
        self._routes = [
            route for kept in plan.words.resources for route in module(kept.items).routes(self.pool)
        ]
        self._call = module("web").Call
        self._states = plan.words.states

    def send(self, kind: str, kept: Resource, rng: Random) -> int:
        """Serve one request of the load's mix; its status, and errors but refusals go through."""
        request = KINDS[kind](kept, self._states, rng)
        url = urlsplit(request.path)
        for route in self._routes:
            params = route.match(request.method, url.path)
            if params is not None:
                body = json.loads(request.body or "{}")
                try:
                    reply = route.run(self._call(params, dict(parse_qsl(url.query)), body))
                except self._refusals:
                    return 400
                return int(reply.status)
        raise AssertionError(f"no route for {request}")


@contextmanager
def running(plan: Plan, tree: Mapping[str, str], folder: Path) -> Iterator[Code]:
    """The version in `tree`, importable for the length of the block."""
    for path, text in tree.items():
        target = folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text, "utf-8")
    package = plan.words.package
    outside = {name: sys.modules.pop(name) for name in list(sys.modules) if _of(name, package)}
    sys.path.insert(0, str(folder))
    importlib.invalidate_caches()
    code = None
    try:
        code = Code(plan, folder)
        yield code
    finally:
        if code is not None:
            code.pool.close()
        sys.path.remove(str(folder))
        for name in [name for name in sys.modules if _of(name, package)]:
            del sys.modules[name]
        sys.modules.update(outside)


def _of(name: str, package: str) -> bool:
    return name == package or name.startswith(f"{package}.")
