"""What goes wrong with a model's API, each as an answer that a script can give."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import TypeAlias

from tests.model_server.reply import Event, Reply
from tests.model_server.wire import Answer, Body, Script, Wire

By: TypeAlias = Callable[[Wire], Awaitable[None]]

HALF_SAID = Reply.says("The pool of connections ran dry at 10:02, and the orders that")
"""What a stream had said when something happened to it, unless a fault is given another"""


@dataclass(frozen=True, slots=True)
class Status:
    """An answer that is an error before anything was streamed."""

    status: int
    kind: str
    message: str
    headers: Mapping[str, str] = field(default_factory=dict)

    async def send(self, wire: Wire) -> None:
        """Write the error's body and nothing else."""
        await wire.error(self.status, self.kind, self.message, self.headers)


def bad_request(message: str = "messages: at least one message is required") -> Status:
    return Status(400, "invalid_request_error", message)


def unauthenticated() -> Status:
    return Status(401, "authentication_error", "invalid bearer token")


def forbidden() -> Status:
    return Status(403, "permission_error", "Your API key may not use this resource.")


def not_found(model: str = "claude-none") -> Status:
    return Status(404, "not_found_error", f"model: {model}")


def too_large() -> Status:
    return Status(413, "request_too_large", "Request exceeds the maximum size")


def rate_limited(retry_after: float | None = 1) -> Status:
    """Told to wait; with 300 the SDK would do so for five minutes."""
    headers = {} if retry_after is None else {"retry-after": f"{retry_after:g}"}
    return Status(429, "rate_limit_error", "This request would exceed your rate limit.", headers)


def broken() -> Status:
    return Status(500, "api_error", "Internal server error")


def overloaded(should_retry: bool | None = None) -> Status:
    """Busy; the API may add whether another try is welcome."""
    headers = {} if should_retry is None else {"x-should-retry": str(should_retry).lower()}
    return Status(529, "overloaded_error", "Overloaded", headers)


@dataclass(frozen=True, slots=True)
class Silence:
    """Nothing, not even headers, until the client leaves."""

    async def send(self, wire: Wire) -> None:
        """Keep the connection and say nothing."""
        await wire.until_client_leaves()


@dataclass(frozen=True, slots=True)
class Midway:
    """A good stream to the middle of its deltas, and then something else."""

    reply: Reply
    by: By

    async def send(self, wire: Wire) -> None:
        """Stream the first half and hand the rest over."""
        await wire.open()
        events = list(self.reply.events(wire.body, wire.usage, wire.number))
        await self.reply.write(wire, first_half(events))
        await self.by(wire)


def first_half(events: list[Event]) -> list[Event]:
    """Up to the delta in the middle, so that a block is open and something was said."""
    deltas = [at for at, event in enumerate(events) if event[0] == "content_block_delta"]
    return events[: deltas[len(deltas) // 2] + 1]


def error_midway(kind: str = "overloaded_error", reply: Reply = HALF_SAID) -> Midway:
    """An `event: error` in a stream that began well; the status was 200 long ago."""

    async def fail(wire: Wire) -> None:
        said = {"type": kind, "message": kind.removesuffix("_error").replace("_", " ").capitalize()}
        await wire.event("error", {"type": "error", "error": said, "request_id": wire.request_id})
        await wire.close()

    return Midway(reply, fail)


def cut_short(reply: Reply = HALF_SAID) -> Midway:
    """A stream that ends as if it were whole: the SDK raises nothing."""
    return Midway(reply, Wire.close)


def dropped(reply: Reply = HALF_SAID) -> Midway:
    """A connection that is closed in the middle of a sentence."""
    return Midway(reply, Wire.drop)


def stalled(reply: Reply = HALF_SAID) -> Midway:
    """A stream that says nothing more until the client leaves."""
    return Midway(reply, Wire.until_client_leaves)


def pinging(every: float = 0.02, reply: Reply = HALF_SAID) -> Midway:
    """A stream that only pings from its middle on, so that no read ever times out."""

    async def ping(wire: Wire) -> None:
        while True:
            await wire.event("ping", {"type": "ping"})
            await wire.sleep(every)

    return Midway(reply, ping)


def garbled(reply: Reply = HALF_SAID) -> Midway:
    """An event whose data is no JSON."""

    async def garble(wire: Wire) -> None:
        await wire.event("content_block_delta", '{"type":"content_block_delta","index":0,"del')
        await wire.close()

    return Midway(reply, garble)


def with_unknown_event(reply: Reply = HALF_SAID) -> Midway:
    """A good stream with an event in its middle that no client knows yet."""

    async def go_on(wire: Wire) -> None:
        await wire.event("weather_report", {"type": "weather_report", "sky": "clear"})
        events = list(reply.events(wire.body, wire.usage, wire.number))
        await reply.write(wire, events[len(first_half(events)) :])
        await wire.close()

    return Midway(reply, go_on)


def refusal(category: str | None = "cyber", reply: Reply = HALF_SAID) -> Reply:
    """The model declines, as it may over logs of an attack."""
    details = {"type": "refusal", "category": category, "explanation": None}
    return reply.stopping("refusal", details)


def paused(reply: Reply = HALF_SAID) -> Reply:
    """A long turn that wants to be sent back so that it can go on."""
    return reply.stopping("pause_turn")


def context_exceeded(reply: Reply = HALF_SAID) -> Reply:
    return reply.stopping("model_context_window_exceeded")


def out_of_tokens(reply: Reply = HALF_SAID) -> Reply:
    return reply.stopping("max_tokens")


def arguments_cut(name: str, arguments: str) -> Reply:
    """`max_tokens` came in the middle of a tool's arguments; give them as far as they went."""
    return Reply.calls(name, arguments).stopping("max_tokens")


def arguments_no_json(name: str) -> Reply:
    """A call whose arguments are prose."""
    return Reply.calls(name, "the first one, please")


def times(count: int, fault: Answer, then: Answer | Script) -> Script:
    """Fail the first `count` requests and then go on; `then` counts its own from 1."""

    def script(body: Body, number: int) -> Answer | Awaitable[Answer]:
        if number <= count:
            return fault
        return then(body, number - count) if callable(then) else then

    return script


def in_order(*answers: Answer) -> Script:
    """The first answer to the first request and so on; one request too many is an error."""

    def script(body: Body, number: int) -> Answer:
        if number > len(answers):
            raise AssertionError(f"request {number}, but only {len(answers)} were expected")
        return answers[number - 1]

    return script


def always(answer: Answer) -> Script:
    """The same answer to every request."""
    return lambda body, number: answer
