"""The socket over which the project's scripts ask for the parts: one question a connection."""

import asyncio
import json
from contextlib import suppress
from typing import Any

from orchestrator.drills import audit
from orchestrator.drills.child import Child
from orchestrator.drills.edge_plan import NAME as EDGE
from orchestrator.drills.lab import REPORT, Lab


class Control:
    """Answers `status`, `restart`, `end` and `stop`."""

    def __init__(self, lab: Lab, stopping: asyncio.Event) -> None:
        self._lab = lab
        self._stopping = stopping

    async def answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Take one question, do what it says, and answer."""
        with suppress(ConnectionError, ValueError, asyncio.CancelledError):
            try:
                question = json.loads(await reader.readline() or b"{}")
                if question.get("op") == "stop":
                    self._stopping.set()
                    await asyncio.Event().wait()  # the caller sees the end as the end of file
                writer.write(json.dumps(await self._do(question)).encode() + b"\n")
                await writer.drain()
            finally:
                writer.close()

    async def _do(self, question: dict[str, Any]) -> dict[str, Any]:
        name = str(question.get("service") or self._lab.plan.service)
        if question.get("op") == "restart":
            if name == EDGE:
                self._lab.edge.reload()
            elif name in self._children():
                await self._children()[name].restart()
            else:
                return {"why": f"{name} cannot be restarted"}
        if question.get("op") == "end":
            return await self._end(int(question.get("pid", 0)))
        return self._status(name)

    def _children(self) -> dict[str, Child]:
        """What can be restarted, by name."""
        plan = self._lab.plan
        return {plan.service: self._lab.service, plan.dependency: self._lab.dependency}

    def _status(self, name: str) -> dict[str, Any]:
        children = self._children()
        parts: dict[str, Any] = {
            part: {"pid": child.pid, "since": child.since, "restarts": True}
            for part, child in children.items()
        }
        reports = (self._lab.report, self._lab.final_report)
        report = next((one for one in reports if one.pid), self._lab.report)
        parts[REPORT] = {"pid": report.pid, "since": report.since, "restarts": False}
        health = self._lab.edge.health if name == EDGE else ""
        asked = children.get(name)
        return {
            "health": asked.health if asked is not None else health,
            "pid": asked.pid if asked is not None else 0,
            "limit": audit.LIMIT,
            "clients": self._lab.edge.counts.clients(),
            "parts": parts,
        }

    async def _end(self, pid: int) -> dict[str, Any]:
        """End a report; the other parts are restarted instead."""
        for report in (self._lab.report, self._lab.final_report):
            if pid and report.pid == pid:
                await report.stop()
                return {"ended": pid}
        return {"why": f"{pid} is no report: it is left alone"}
