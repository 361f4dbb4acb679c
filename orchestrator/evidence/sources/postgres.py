"""A PostgreSQL server, only read: every session of ours is read-only and cut by a time-out.

The address may hold a password: it is used, and never shown, not even in the driver's own errors.
"""

import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar
from urllib.parse import unquote, urlsplit

from orchestrator.evidence.sources.source import SourceError, within

TIMEOUT = 8.0
ROWS = 500
"""Rows read of one query."""

_FULL = ("too many clients", "remaining connection slots", "too many connections")

Row = tuple[Any, ...]
T = TypeVar("T")


class Full(SourceError):
    """The server takes no further connection: itself worth knowing."""


@dataclass(frozen=True, slots=True)
class Session:
    """What one connection gives to those who ask."""

    rows: Callable[[str], list[Row]]
    version: int
    """as 150018"""
    user: str


class Postgres:
    """One database by its address; every question is cut at `timeout` seconds."""

    def __init__(self, address: str, timeout: float = TIMEOUT) -> None:
        self.timeout = timeout
        self._address = address

    @property
    def shown(self) -> str:
        """The address without its password and options."""
        return shown(self._address)

    async def ask(self, what: Callable[[Session], T]) -> T:
        """What `what` makes of a session of its own. SourceError is one line without a password."""
        return await within(self.timeout, self.shown, lambda: self._asked(what))

    def _asked(self, what: Callable[[Session], T]) -> T:
        import psycopg  # it takes longer to load than the whole command line

        patience = max(1, int(self.timeout / 2))
        limits = f"-c default_transaction_read_only=on -c statement_timeout={patience * 1000}"
        try:
            with psycopg.connect(
                self._address,
                autocommit=True,
                connect_timeout=max(2, patience),
                application_name="warroom",
                options=f"{limits} -c lock_timeout=1000",
            ) as connection:

                def rows(query: str) -> list[Row]:
                    # a server-side limit would change the query that is shown
                    return connection.execute(query).fetchmany(ROWS)

                info = connection.info
                return what(Session(rows, info.server_version, info.user))
        except psycopg.Error as error:
            why = self._reason(error)
            kind = Full if any(part in why for part in _FULL) else SourceError
            raise kind(f"{self.shown}: {why}") from None

    def _reason(self, error: Exception) -> str:
        """The driver's words in one line, without what only the address knows."""
        lines = [line.strip() for line in str(error).splitlines() if line.strip()]
        why = next((line for line in lines if "FATAL" in line or "ERROR" in line), "")
        why = why or (lines[0] if lines else type(error).__name__)
        for secret in _secrets(self._address):
            why = why.replace(secret, "[redacted]")
        return " ".join(why.split())


def address_of(given: str) -> str:
    """The address itself, or what the variable of that name holds. SourceError when it is unset."""
    if not given or "://" in given:
        return given
    held = os.environ.get(given, "").strip()
    if not held:
        raise SourceError(f"the environment variable {given} is not set where the runner runs")
    if urlsplit(held).scheme not in ("postgresql", "postgres"):
        raise SourceError(f"the environment variable {given} holds no postgresql:// address")
    return held


def shown(address: str) -> str:
    """`postgresql://user@host:port/database`, whatever else the address holds."""
    try:
        url = urlsplit(address)
        at = f"{url.username}@" if url.username else ""
        port = f":{url.port}" if url.port else ""
    except ValueError:
        return "postgresql://"
    host = f"[{url.hostname}]" if ":" in (url.hostname or "") else url.hostname or ""
    return f"postgresql://{at}{host}{port}{url.path}"


def _secrets(address: str) -> Sequence[str]:
    """What of an address may not be told: it, its password and its options, in both spellings."""
    try:
        url = urlsplit(address)
        password = url.password or ""
    except ValueError:
        return (address,)
    found = {address, password, unquote(password), url.query}
    found |= {unquote(pair.partition("=")[2]) for pair in url.query.split("&") if "pass" in pair}
    return sorted((one for one in found if one), key=len, reverse=True)
