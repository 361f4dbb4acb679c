"""The runner's ear: commands over a 0600 Unix socket, answered `accepted` or `refused: why`.

The person is who the kernel says is at the other end, as the settings map that uid to a name, or
whoever's token comes with the command. pydantic guards the door.
"""

import asyncio
import hashlib
import json
import logging
import os
import pwd
import socket
import struct
from collections.abc import Awaitable, Callable
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, SecretStr, ValidationError

from orchestrator.client import LINE_LIMIT
from orchestrator.conductor.kin import Launchers, inside_change
from orchestrator.conductor.opening import why_not
from orchestrator.model.commands import Human
from orchestrator.model.events import Actor
from orchestrator.project import Project
from orchestrator.settings import Settings

log = logging.getLogger(__name__)

DRAINED = 16 * LINE_LIMIT
"""Bytes of a command that is too large which are read away, so that its sender hears the answer."""

AUTOPILOT = "drill-autopilot"

Answer = dict[str, Any]


class Asked(BaseModel):
    """One command as it comes over the socket."""

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)

    id: str = Field(min_length=1, max_length=200, pattern=r"^cmd/")
    cmd: Literal["open", "status", "here", "fork", "evidence", "edit", "understand", Human]
    incident: str = Field(default="", max_length=64, pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]*$|^$")
    at: float = 0.0
    as_: Literal["", "drill-autopilot"] = Field(default="", alias="as")
    token: SecretStr = Field(default=SecretStr(""), max_length=400)
    """whose command it is, where the account is not a person's own; never journalled"""
    text: str = Field(default="", max_length=400_000)
    why: str = Field(default="", max_length=4000)
    override: str = Field(default="", max_length=4000)
    """for `approve`: why, where one untrusted source is all that speaks for the change"""
    approval: str = Field(default="", max_length=200)
    sha256: str = Field(default="", max_length=64)
    key: str = Field(default="", max_length=200)
    severity: str = Field(default="", max_length=8)
    role: str = Field(default="", max_length=40)
    person: str = Field(default="", max_length=64)
    target: str = Field(default="", max_length=40)
    deadline: str = Field(default="", max_length=40)
    step: str = Field(default="", max_length=40)
    what: str = Field(default="", max_length=10)
    action: str = Field(default="", max_length=200)
    params: dict[Annotated[str, Field(max_length=64)], Annotated[str, Field(max_length=256)]] = (
        Field(default_factory=dict, max_length=20)
    )
    """for `choose`: the values the action asks for"""
    field: str = Field(default="", max_length=200)
    event: str = Field(default="", max_length=300)
    path: str = Field(default="", max_length=200)
    channel: str = Field(default="", max_length=100)
    status: str = Field(default="", max_length=10)
    """for `action`: OPEN, DONE or DROPPED"""
    due: float = Field(default=0.0, ge=0, le=2.5e11)
    url: str = Field(default="", max_length=500)
    channels: tuple[str, ...] = Field(default=(), max_length=50)
    """for `send`: to which of them; none: to all that the text is for"""
    source: str = Field(default="", max_length=300)
    seq: int = Field(default=0, ge=0)
    """for `fork`: the last event that is kept"""
    console: str = Field(default="", max_length=60)
    """for `here`: which of a person's consoles says it; `at` is then since when"""
    guidance: str = Field(default="", max_length=2000)
    """for `understand`: what was given beside the words"""
    report: dict[str, Any] = Field(default_factory=dict)
    """for `open`: what is reported"""


Serve = Callable[[Asked, Actor], Awaitable[Answer]]


def refused(why: str) -> Answer:
    return {"accepted": False, "why": why}


def accepted(**data: Any) -> Answer:
    return {"accepted": True, "why": "", "data": data}


class Desk:
    """Listens for one project; every line is one command."""

    def __init__(
        self,
        project: Project,
        settings: Settings,
        serve: Serve,
        launchers: Callable[[], Launchers] = dict,
    ) -> None:
        self._launchers = launchers
        self._project = project
        self._settings = settings
        self._serve = serve
        self._server: asyncio.Server | None = None

    async def open(self) -> None:
        path = self._project.socket
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._project.check_socket_folder()
        path.unlink(missing_ok=True)
        before = os.umask(0o177)
        try:
            self._server = await asyncio.start_unix_server(self._hear, path)
        finally:
            os.umask(before)

    async def close(self) -> None:
        if self._server is not None:
            self._server.close()
            self._project.socket.unlink(missing_ok=True)

    async def _hear(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            line = await _line(reader)
            if line is None or line:
                most = f"{LINE_LIMIT >> 20} MB"
                answer = (
                    refused(f"too large: a command may have {most} at most")
                    if line is None
                    else await self._heard(line, writer)
                )
                writer.write(json.dumps(answer).encode() + b"\n")
                await writer.drain()
        except (ConnectionError, ValueError) as error:
            log.info("a command could not be heard: %s", error)
        finally:
            writer.close()

    async def _heard(self, line: bytes, writer: asyncio.StreamWriter) -> Answer:
        """A change that could approve the next one would need no people at all."""
        pid, uid = _peer(writer)
        if change := inside_change(pid, self._launchers()):
            log.warning("a command from inside %s was refused", change)
            return refused(f"this comes from inside a change ({change}): only people command here")
        return await self._answer(line, self._person(uid))

    async def _answer(self, line: bytes, person: Actor) -> Answer:
        try:
            asked = Asked.model_validate_json(line)
        except ValidationError as error:
            return refused(f"the command does not fit: {why_not(error)}")
        actor = person
        if asked.token.get_secret_value():
            known = _holder(self._settings, asked.token)
            if known is None:
                return refused("the token is nobody's here; unset WARROOM_TOKEN to act as yourself")
            actor = known
        if asked.as_ == AUTOPILOT:
            if not (self._settings.drill and self._project.drill_mark.exists()):
                return refused("the autopilot works in drills only; this project is none")
            actor = Actor(AUTOPILOT, AUTOPILOT)
        return await self._serve(asked, actor)

    def _person(self, uid: int) -> Actor:
        """The person behind a uid: as the settings name them, else as the system does."""
        person = self._settings.person_for_uid(uid)
        proof = f"uid:{uid}"
        if person is not None:
            return Actor("human", person.name, proof)
        try:
            return Actor("human", pwd.getpwuid(uid).pw_name, proof)
        except KeyError:
            return Actor("human", f"uid {uid}", proof)


def _peer(writer: asyncio.StreamWriter) -> tuple[int, int]:
    """pid and uid of whoever is at the other end, as the kernel says."""
    peer: socket.socket = writer.get_extra_info("socket")
    packed = peer.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, struct.calcsize("3i"))
    pid, uid, _ = struct.unpack("3i", packed)
    return pid, uid


def _holder(settings: Settings, token: SecretStr) -> Actor | None:
    """The person whose token it is; a token that is nobody's never counts as its sender's."""
    digest = hashlib.sha256(token.get_secret_value().encode()).hexdigest()
    person = settings.person_for_token(digest)
    return Actor("human", person.name, f"token:{digest[:8]}") if person is not None else None


async def _line(reader: asyncio.StreamReader) -> bytes | None:
    """One command; empty when nobody said anything, None when it is too large."""
    line, size = bytearray(), 0
    while size < DRAINED and (piece := await reader.read(1 << 16)):
        size += len(piece)
        if size <= LINE_LIMIT:
            line += piece
        if b"\n" in piece:
            break
    return bytes(line).partition(b"\n")[0] if size <= LINE_LIMIT else None
