"""Claude's Messages API as far as the product uses it, in front of a llama.cpp server.

It refuses what the real API refuses, so that a mistake is found here and not on a bad night.
"""

import asyncio
import json
import secrets
from collections.abc import AsyncIterator
from typing import Any

import httpx2
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import Route

from benchmarks.live_model.refusals import refusal
from benchmarks.live_model.translate import streamed, upstream, whole

PATIENCE = httpx2.Timeout(900.0, connect=5.0)
"""A prompt of many tokens is read for minutes before the first one is written."""

AT_ONCE, PING = 1.0, 5.0
"""Seconds in which an engine that refuses says so, and between two signs of life."""


def gateway(engine: httpx2.AsyncClient) -> Starlette:
    """The application; `engine` is a client of the llama.cpp server's address."""

    async def messages(request: Request) -> Response:
        body, refused = await _read(request)
        if refused is not None:
            return refused
        asked, forced = upstream(body)
        call = engine.build_request("POST", "/v1/messages", json=asked, timeout=PATIENCE)
        if body.get("stream"):
            return await relayed(asyncio.create_task(engine.send(call, stream=True)), forced)
        try:
            answer = await engine.send(call)
        except httpx2.HTTPError as error:
            return _error(529, *_gone(error))
        if answer.status_code != 200:
            return _error(answer.status_code, *_failed(answer))
        return JSONResponse(whole(answer.json(), forced), headers=_headers())

    async def count_tokens(request: Request) -> Response:
        body, refused = await _read(request, counting=True)
        if refused is not None:
            return refused
        asked, _ = upstream(body)
        answer = await engine.post("/v1/messages/count_tokens", json=asked, timeout=PATIENCE)
        return Response(answer.content, answer.status_code, _headers(), "application/json")

    return Starlette(
        routes=[
            Route("/v1/messages", messages, methods=["POST"]),
            Route("/v1/messages/count_tokens", count_tokens, methods=["POST"]),
        ]
    )


async def _read(request: Request, counting: bool = False) -> tuple[dict[str, Any], Response | None]:
    """The request's body, and the API's answer to it where that is an error."""
    if not (request.headers.get("authorization") or request.headers.get("x-api-key")):
        return {}, _error(401, "authentication_error", "x-api-key header is required")
    if "anthropic-version" not in request.headers:
        return {}, _error(400, "invalid_request_error", "anthropic-version: header is required")
    try:
        body: dict[str, Any] = await request.json()
    except ValueError:
        return {}, _error(400, "invalid_request_error", "the request body is not valid JSON")
    if body.get("thread"):
        details = {"error_code": "thread_unsupported_request", "unsupported": ["platform"]}
        return {}, _error(400, "invalid_request_error", "thread: not supported here", details)
    why = refusal({"max_tokens": 1, **body} if counting else body)
    return body, (_error(400, "invalid_request_error", why) if why else None)


async def relayed(sending: "asyncio.Task[httpx2.Response]", forced: bool) -> Response:
    """The engine's stream. What fails at once has a status, what fails later is an event."""
    await asyncio.wait({sending}, timeout=AT_ONCE)
    if sending.done():
        try:
            answer = sending.result()
        except httpx2.HTTPError as error:
            return _error(529, *_gone(error))
        if answer.status_code != 200:
            await answer.aread()
            return _error(answer.status_code, *_failed(answer))
    return StreamingResponse(
        _events(sending, forced), media_type="text/event-stream", headers=_headers()
    )


async def _events(sending: "asyncio.Task[httpx2.Response]", forced: bool) -> AsyncIterator[str]:
    """The engine's events, each translated; pings while it still reads the prompt."""
    try:
        while not sending.done():
            yield _event({"type": "ping"})
            await asyncio.wait({sending}, timeout=PING)
        answer = sending.result()
        if answer.status_code != 200:
            await answer.aread()
            yield _event(_body(*_failed(answer)))
            return
        async for line in answer.aiter_lines():
            if line.startswith("data: {"):
                line = "data: " + json.dumps(streamed(json.loads(line[6:]), forced))
            yield line + "\n"
    except httpx2.HTTPError as error:
        yield _event(_body(*_gone(error)))
    finally:
        sending.cancel()
        if sending.done() and not sending.cancelled() and sending.exception() is None:
            await sending.result().aclose()


def _event(body: dict[str, Any]) -> str:
    return f"event: {body['type']}\ndata: {json.dumps(body)}\n\n"


def _gone(error: httpx2.HTTPError) -> tuple[str, str]:
    return "overloaded_error", f"the engine does not answer ({type(error).__name__})"


def _failed(answer: httpx2.Response) -> tuple[str, str]:
    kind = "invalid_request_error" if answer.status_code == 400 else "api_error"
    return kind, answer.text[:500]


def _error(
    status: int, kind: str, message: str, details: dict[str, Any] | None = None
) -> JSONResponse:
    body = _body(kind, message, details)
    return JSONResponse(body, status, {"request-id": body["request_id"]})


def _body(kind: str, message: str, details: dict[str, Any] | None = None) -> dict[str, Any]:
    error = {"type": kind, "message": message} | ({"details": details} if details else {})
    return {"type": "error", "error": error, "request_id": _headers()["request-id"]}


def _headers() -> dict[str, str]:
    return {"request-id": f"req_{secrets.token_hex(12)}"}
