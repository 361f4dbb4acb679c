"""The only module that knows DBOS: it runs effects, and finds them again after a crash.

The two bodies below never change, so `application_version` stays pinned and flow code may change
freely. Progress lives in the journal; losing this database loses no incident.
"""

import logging
import sqlite3
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

from dbos import DBOS, DBOSConfig, DBOSPortableJSONSerializer, SetWorkflowID

log = logging.getLogger(__name__)

VERSION = "wf-1"
"""Raised by hand, and only when a workflow body below changes."""

Perform = Callable[[str, str, int], Awaitable[dict[str, Any]]]
"""incident, key, attempt → the report that ends the attempt."""

Report = Callable[[str, dict[str, Any]], Awaitable[None]]
"""incident and report, into the journal."""

_perform: Perform
_report: Report


@DBOS.step(name="perform_v1")
async def perform_step(incident: str, key: str, attempt: int) -> dict[str, Any]:
    return await _perform(incident, key, attempt)


@DBOS.step(name="report_v1")
async def report_step(incident: str, report: dict[str, Any]) -> None:
    await _report(incident, report)


@DBOS.workflow(name="effect_v1", max_recovery_attempts=1000)
async def effect(incident: str, key: str, attempt: int) -> dict[str, Any]:
    report = await perform_step(incident, key, attempt)
    await report_step(incident, report)
    return report


class Engine:
    """Starts effects once an id, and knows those that ended without the journal knowing."""

    def __init__(self, database: Path, perform: Perform, report: Report) -> None:
        global _perform, _report
        self._database = database
        _perform, _report = perform, report

    async def launch(self) -> None:
        """Open the database (a broken one is put aside) and recover what was running."""
        try:
            self._prepare()
            self._launch()
        except Exception as error:  # whatever is wrong with it, the journal alone goes on
            aside = self._put_aside()
            log.warning("engine database unusable (%s); put aside as %s", error, aside.name)
            DBOS.destroy(destroy_registry=False)
            self._prepare()
            self._launch()

    async def start(
        self, workflow: str, incident: str, key: str, attempt: int
    ) -> dict[str, Any] | None:
        """Start an effect, or attach to it. The recorded report when it had ended already.

        None while it runs, and where the engine gave it up: who asked starts it under a new id.
        """
        with SetWorkflowID(workflow):
            handle = await DBOS.start_workflow_async(effect, incident, key, attempt)
        status = await handle.get_status()
        if status.status != "SUCCESS":
            return None
        found: dict[str, Any] = await handle.get_result(polling_interval_sec=0.05)
        return found

    def _prepare(self) -> None:
        """WAL before the engine opens the file: a busy disk costs six times as much without."""
        self._database.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._database.touch(mode=0o600)
        connection = sqlite3.connect(self._database)
        try:
            connection.execute("pragma journal_mode=wal")
            connection.execute("select count(*) from sqlite_master")
        finally:
            connection.close()

    def _launch(self) -> None:
        config: DBOSConfig = {
            "name": "warroom",
            "system_database_url": f"sqlite:///{self._database}",
            "application_version": VERSION,
            "executor_id": "runner",
            "notification_listener_polling_interval_sec": 0.05,
            "max_executor_threads": 16,
            "console_log_level": "ERROR",
            "serializer": DBOSPortableJSONSerializer(),
        }
        DBOS(config=config)
        DBOS.launch()

    def _put_aside(self) -> Path:
        number = 1
        while (aside := self._database.with_suffix(f".broken-{number}")).exists():
            number += 1
        for suffix in ("", "-wal", "-shm"):
            part = self._database.with_name(self._database.name + suffix)
            if part.exists():
                part.rename(aside.with_name(aside.name + suffix))
        return aside
