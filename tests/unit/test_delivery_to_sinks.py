"""Real messages to real sinks: each arrives once, says what it should, and waits for no other."""

import asyncio
import time
from collections.abc import Iterator
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from orchestrator.clock import Clock, WallClock
from orchestrator.comms.carriers import carrier, known, table
from orchestrator.comms.deliver import InDoubt, deliver
from orchestrator.comms.order import Order
from orchestrator.comms.outbox import Outbox, Step
from orchestrator.project import IncidentFolder
from orchestrator.settings import Settings
from tests.unit.sinks import Taken, free_port, hanging, http, mattermost, ntfy, smtp, webhook

BODY = "Conditions: as before.\nActions: the pool was enlarged.\nNeeds: nothing."
TOKEN = "a" * 26


@dataclass
class World:
    """Four channels and what each of them took."""

    settings: Settings
    folder: IncidentFolder
    sinks: dict[str, Taken]

    def order(self, number: int = 1, channel: str = "mail") -> Order:
        key = f"INC-1/deliver/update-1/{number}/{channel}"
        return Order(key, "INC-1", "communications/update-1.md", f"subject {number}", BODY, "Up")

    async def at_work(
        self, channel: str, number: int = 1, clock: Clock | None = None
    ) -> dict[str, Any]:
        order, found = self.order(number, channel), table(self.settings, channel)
        assert found is not None
        return await deliver(
            order,
            lambda: carrier(self.settings, channel),
            self.trail(order),
            clock or WallClock(),
            sha256="f" * 64,
            retries=found.retries,
            pause=found.retry_seconds,
            timeout=found.timeout,
            say=lambda _: None,
        )

    def deliver(self, channel: str, number: int = 1) -> dict[str, Any]:
        return asyncio.run(self.at_work(channel, number))

    def trail(self, order: Order) -> Any:
        return Outbox(self.folder).trail(order.key.removeprefix("INC-1/"))


def channel(name: str, url: str, **more: Any) -> dict[str, Any]:
    quick = {"retry_seconds": 0.05, "timeout": 0.5, "retries": 2}
    return {"name": name, "url": url, "audiences": ("update",), **quick, **more}


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    sinks = {name: Taken() for name in ("mail", "hook", "push", "chat")}
    with ExitStack() as stack:
        mail = stack.enter_context(smtp(sinks["mail"]))
        hook = stack.enter_context(http(webhook, sinks["hook"]))
        push = stack.enter_context(http(ntfy, sinks["push"]))
        chat = stack.enter_context(http(mattermost, sinks["chat"]))
        dead, mute = free_port(), stack.enter_context(hanging())
        to = "from=war@room.example&to=team@shop.example&mode=insecure"
        settings = Settings.model_validate(
            {
                "channels": [
                    channel("mail", f"mailto://127.0.0.1:{mail}?{to}"),
                    channel("hook", f"http://127.0.0.1:{hook}/in", idempotent=True),
                    channel("push", f"ntfy://127.0.0.1:{push}/incidents"),
                    channel("chat", f"mmost://127.0.0.1:{chat}/{TOKEN}"),
                    channel("dead-mail", f"mailto://127.0.0.1:{dead}?{to}"),
                    channel("dead-hook", f"http://127.0.0.1:{dead}/in"),
                    channel("dead-push", f"ntfy://127.0.0.1:{dead}/x"),
                    channel("dead-chat", f"mmost://127.0.0.1:{dead}/{TOKEN}"),
                    channel("mute-mail", f"mailto://127.0.0.1:{mute}?{to}"),
                    channel("mute-hook", f"http://127.0.0.1:{mute}/in"),
                    channel("mute-chat", f"mmost://127.0.0.1:{mute}/{TOKEN}"),
                    channel("no-variable", "NO_SUCH_CHANNEL_URL"),
                    channel(
                        "two",
                        f"mailto://127.0.0.1:{mail}?{to.replace('&mode', ',b@shop.example&mode')}",
                    ),
                ],
                "status_page": {"url": f"http://127.0.0.1:{hook}/status", "token_env": "PAGE_KEY"},
            }
        )
        folder = IncidentFolder(tmp_path / "INC-1")
        folder.create()
        yield World(settings, folder, sinks)


def test_every_kind_of_channel_takes_the_message(world: World) -> None:
    for name in ("mail", "hook", "push", "chat"):
        report = world.deliver(name)
        assert (report["delivered"], report["attempts"]) == (True, 1), report
    (mail,) = world.sinks["mail"].messages
    assert (mail["subject"], mail["to"]) == ("subject 1", ["team@shop.example"])
    assert mail["text"].decode().replace("\r\n", "\n").strip() == BODY
    (hook,) = world.sinks["hook"].messages
    assert (hook["text"], hook["status"], hook["incident"]) == (BODY, "Up", "INC-1")
    (push,) = world.sinks["push"].messages
    assert (push["title"], push["message"], push["topic"]) == ("subject 1", BODY, "incidents")
    (chat,) = world.sinks["chat"].messages
    assert "subject 1" in chat["text"]
    assert "the pool was enlarged" in chat["text"]


def test_a_message_id_names_the_message_and_stays_the_same(world: World) -> None:
    world.sinks["mail"].answers = [451]
    report = world.deliver("mail")
    assert (report["delivered"], report["attempts"]) == (True, 2)
    world.deliver("mail", 2)
    first, second = (one["id"] for one in world.sinks["mail"].messages)
    assert first != second
    assert first.endswith("@room.example>")


def test_a_delivery_that_is_asked_for_again_goes_out_no_second_time(world: World) -> None:
    for name in ("mail", "hook", "push", "chat"):
        assert (world.deliver(name)) == (world.deliver(name))
        assert len(world.sinks[name].messages) == 1


def test_a_no_is_tried_again_and_then_told(world: World) -> None:
    world.sinks["hook"].answers = [503, 503]
    assert (world.deliver("hook"))["attempts"] == 3
    world.sinks["chat"].answers = [500, 500, 500]
    report = world.deliver("chat")
    assert (report["delivered"], report["detail"], report["attempts"]) == (False, "answered 500", 3)


def test_a_no_for_good_is_not_tried_again(world: World) -> None:
    world.sinks["hook"].answers = [403]
    report = world.deliver("hook")
    assert (report["delivered"], report["attempts"]) == (False, 1)
    world.sinks["mail"].answers = [550]
    assert (world.deliver("mail"))["attempts"] == 1


@pytest.mark.parametrize("name", ["dead-mail", "dead-hook", "dead-push", "dead-chat"])
def test_a_closed_port_is_a_failure_and_no_doubt(world: World, name: str) -> None:
    report = world.deliver(name)
    assert (report["delivered"], report["attempts"]) == (False, 3)


@pytest.mark.parametrize("name", ["mute-hook", "mute-chat"])
def test_a_silent_one_leaves_doubt_and_is_not_tried_again(world: World, name: str) -> None:
    with pytest.raises(InDoubt):
        world.deliver(name)
    with pytest.raises(InDoubt):  # nor by the next runner
        world.deliver(name)
    assert world.trail(world.order(1, name)).read().state == "unknown"


def test_a_mail_server_that_never_greets_got_nothing(world: World) -> None:
    assert (world.deliver("mute-mail"))["delivered"] is False


def test_dead_channels_delay_no_other(world: World) -> None:
    """Ten that hang or refuse beside three that work: each takes its own time alone."""
    took: dict[str, float] = {}

    async def timed(name: str, number: int) -> None:
        began = time.monotonic()
        with suppress(InDoubt):
            await world.at_work(name, number)
        took[f"{name}/{number}"] = time.monotonic() - began

    bad = ["mute-mail", "mute-hook", "mute-chat", "dead-mail", "dead-chat"]

    async def all_at_once() -> None:
        work = [timed(name, number) for name in bad for number in range(1, 9)]
        await asyncio.gather(*work, *(timed(name, 1) for name in ("mail", "hook", "push")))

    asyncio.run(all_at_once())
    alive = max(took[f"{name}/1"] for name in ("mail", "hook", "push"))
    slowest = max(took.values())
    assert slowest > 1.0  # the silent ones took their timeouts
    assert alive < slowest / 2, took


def test_what_an_earlier_runner_was_at_is_looked_up_or_left_to_a_person(world: World) -> None:
    for name in ("mail", "hook", "push", "chat"):
        world.trail(world.order(1, name)).write(Step("handing", 1))
    assert (world.deliver("hook"))["delivered"]
    report = world.deliver("push")  # asked, not found, sent
    assert (report["detail"], report["attempts"]) == ("taken", 2)
    world.trail(world.order(1, "push")).write(Step("handing", 2))
    assert (world.deliver("push"))["detail"] == "found there"
    assert len(world.sinks["push"].messages) == 1
    for name in ("mail", "chat"):
        with pytest.raises(InDoubt, match="cut short"):
            world.deliver(name)
        assert not world.sinks[name].messages


class Broken:
    """A carrier with a bug in it, after it has done its work."""

    repeatable = False

    def place(self) -> tuple[str, int] | None:
        return None

    def look(self, order: Order) -> bool:
        return False

    def hand(self, order: Order) -> str:
        raise ZeroDivisionError


def test_a_carrier_that_breaks_leaves_doubt_and_no_failure(world: World) -> None:
    order = world.order()
    work = deliver(
        order,
        Broken,
        world.trail(order),
        WallClock(),
        sha256="f" * 64,
        retries=3,
        pause=0.01,
        timeout=1.0,
        say=lambda _: None,
    )
    with pytest.raises(InDoubt, match="ZeroDivisionError"):
        asyncio.run(work)


def test_settings_that_lead_nowhere_are_told_without_the_address(world: World) -> None:
    assert "NO_SUCH_CHANNEL_URL is not set" in (world.deliver("no-variable"))["detail"]
    assert "2 recipients" in (world.deliver("two"))["detail"]


def test_the_status_page_gets_its_token(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    assert [one.name for one in known(world.settings)][-1] == "status-page"
    assert "PAGE_KEY is not set" in (world.deliver("status-page"))["detail"]
    monkeypatch.setenv("PAGE_KEY", "of-the-page")
    assert (world.deliver("status-page", 2))["delivered"]
    (said,) = world.sinks["hook"].messages
    assert said["authorization"] == "Bearer of-the-page"
