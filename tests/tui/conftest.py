"""Tests of the screens are coroutines, each in an event loop of its own, with all colours."""

import asyncio
import inspect
import os
from collections.abc import Iterator

import pytest

from tui.failures import FailureLog

os.environ["COLORTERM"] = "truecolor"


@pytest.fixture(autouse=True)
def nothing_fails(
    request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> Iterator[None]:
    """What a console survives is a failed test, unless it is what the test is about."""
    stories: list[str] = []
    if request.node.get_closest_marker("failing") is None:
        monkeypatch.setattr(FailureLog, "survived", lambda _, story: stories.append(story))
    yield
    assert stories == []


@pytest.hookimpl(tryfirst=True)
def pytest_pyfunc_call(pyfuncitem: pytest.Function) -> bool | None:
    """Run a coroutine test to its end; leave any other to pytest."""
    if not inspect.iscoroutinefunction(pyfuncitem.obj):
        return None
    wanted = inspect.signature(pyfuncitem.obj).parameters
    asyncio.run(pyfuncitem.obj(**{name: pyfuncitem.funcargs[name] for name in wanted}))
    return True
