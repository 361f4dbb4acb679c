"""Texts go out while their runner is killed again and again: one message for each key, everywhere.

The runner is a real process with its engine; mailbox, webhook, ntfy and mattermost are real servers
on loopback that think a while before and after they take a message, so that kills fall everywhere.
"""

import random
import signal
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import pytest

from orchestrator.cli.runner_up import ensure_runner
from orchestrator.client import Answer
from orchestrator.comms.letter import letter
from orchestrator.journal.read import load_state
from orchestrator.journal.verify import verify
from orchestrator.model.delivery import Delivery
from orchestrator.model.sending import current_update, in_doubt
from orchestrator.model.state import State
from orchestrator.project import Project
from tests.e2e.runners import POLICY, end, tell, until
from tests.unit.rooms import shop
from tests.unit.sinks import Taken, free_port, http, mattermost, ntfy, smtp, webhook

KILLS = 9
SLOW = 0.5
REPORT = {
    "title": "orders fail",
    "service": "orders",
    "reporter": "user",
    "method": "user-report",
    "severity": "P0",
}
CHANNEL = """
[[channels]]
name = "{name}"
url = "{url}"
audiences = ["update", "management", "executive"]
retry_seconds = 0.2
retries = {retries}
idempotent = {idempotent}
timeout = 5
"""
TO = "from=war@room.example&to=team@shop.example&mode=insecure"


@dataclass
class World:
    project: Project
    sinks: dict[str, Taken]

    def has(self, one: Delivery, state: State) -> bool:
        """Whether it lies in the sink: what a person sees who looks there."""
        taken = self.sinks[one.channel]
        with taken.lock:
            if one.channel == "mail":
                return any(m["key"] == f"{state.incident}/{one.key}" for m in taken.messages)
            number = one.path.removesuffix(".md").rpartition("-")[2]
            return any(f"UPDATE {number}]" in m["key"] for m in taken.messages)


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    sinks = {name: Taken(slow=SLOW) for name in ("mail", "hook", "push", "chat")}
    with ExitStack() as stack:
        ports = {
            "mail": stack.enter_context(smtp(sinks["mail"])),
            "hook": stack.enter_context(http(webhook, sinks["hook"])),
            "push": stack.enter_context(http(ntfy, sinks["push"])),
            "chat": stack.enter_context(http(mattermost, sinks["chat"])),
        }
        urls = {
            "mail": f"mailto://127.0.0.1:{ports['mail']}?{TO}",
            "hook": f"http://127.0.0.1:{ports['hook']}/in",
            "push": f"ntfy://127.0.0.1:{ports['push']}/incidents",
            "chat": f"mmost://127.0.0.1:{ports['chat']}/{'a' * 26}",
            "dead": f"http://127.0.0.1:{free_port()}/nobody",
        }
        project, _ = shop(tmp_path)
        body = project.settings.read_text() + '\n[policy]\npath = "policy.toml"\n'
        for name, url in urls.items():
            retries = 1 if name == "dead" else 4
            idempotent = "true" if name == "hook" else "false"
            body += CHANNEL.format(name=name, url=url, retries=retries, idempotent=idempotent)
        project.settings.write_text(body)
        (tmp_path / "policy.toml").write_text(POLICY + "[table.P0]\nupdate = 3\n")
        try:
            ensure_runner(project)
            yield World(project, sinks)
        finally:
            end(project, signal.SIGKILL)


def send(project: Project, path: str, *channels: str) -> Answer:
    """As a person does: look at the words, send exactly them, look again when they changed."""
    place = project.incident("INC-1").document(path)
    while True:
        words = letter(place.read_text())
        answer = tell(
            project,
            "send",
            incident="INC-1",
            path=path,
            sha256=words.sha256,
            channels=channels,
            why="it changes quickly",
        )
        if not any(words in answer.why for words in ("is not the text you saw", "not written yet")):
            return answer


def update_waits(state: State) -> bool:
    path = current_update(state)
    return bool(path) and state.messages[path].state != "sending" and path in state.documents


def settle(world: World) -> State:
    """Every doubt is settled by a person who looks whether it is there."""
    known = until(
        world.project,
        "INC-1",
        lambda s: all(one.state != "asked" for one in s.deliveries.values()),
    )
    for one in in_doubt(known):
        if world.has(one, known):
            done = tell(
                world.project, "arrived", incident="INC-1", path=one.path, channel=one.channel
            )
        else:
            done = send(world.project, one.path, one.channel)
        assert done.accepted, done.why
    return load_state(world.project.incident("INC-1").journal)[0]


@pytest.mark.slow
@pytest.mark.timeout(300)
def test_one_message_for_each_key_whenever_the_runner_is_killed(world: World) -> None:
    project, chance = world.project, random.Random()
    names = tuple(world.sinks)
    assert tell(project, "open", incident="INC-1", report=REPORT).accepted
    sent: list[str] = []
    for _ in range(KILLS):
        state = until(project, "INC-1", update_waits)
        path = current_update(state)
        done = send(project, path, *names)
        assert done.accepted, done.why
        sent.append(path)
        signal.sigtimedwait([], chance.uniform(0, 2.2 * SLOW))
        end(project, signal.SIGKILL)
        ensure_runner(project)
        state = settle(world)
        while in_doubt(state) or any(o.state == "asked" for o in state.deliveries.values()):
            state = settle(world)
    state = until(project, "INC-1", lambda s: s.messages[sent[-1]].state == "sent")

    assert len(set(sent)) == KILLS
    assert {state.messages[path].state for path in sent} == {"sent"}
    for name, taken in world.sinks.items():
        counted = taken.keys()
        assert set(counted.values()) == {1}, (name, counted)
        assert len(counted) == KILLS, (name, counted)
    end(project, signal.SIGTERM)
    report = verify(project.incident("INC-1"), project.heads / "INC-1.json")
    assert report.ok, report.findings


@pytest.mark.slow
def test_a_dead_channel_is_told_and_the_others_have_it_long_before(world: World) -> None:
    project = world.project
    assert tell(project, "open", incident="INC-1", report=REPORT).accepted
    path = current_update(until(project, "INC-1", update_waits))
    assert send(project, path).accepted
    state = until(
        project,
        "INC-1",
        lambda s: bool(s.deliveries) and all(o.state != "asked" for o in s.deliveries.values()),
    )
    ended = {one.channel: one for one in state.deliveries.values() if one.path == path}
    assert ended["dead"].state == "failed"
    assert "no connection" in ended["dead"].detail
    assert all(ended[name].state == "delivered" for name in world.sinks)
    state = until(project, "INC-1", lambda s: s.messages[path].state == "due")
    assert "dead did not take it" in state.messages[path].why
