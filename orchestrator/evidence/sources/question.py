"""One read-only question to something outside: what exactly is asked, how long it may take, and
what was answered. Whoever asks shows the command, files the answer, and cites its lines.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from orchestrator.evidence.sources.source import BYTES, TIMEOUT


@dataclass(frozen=True, slots=True)
class Remark:
    """What an answer shows, in a sentence without its full stop, and the line that says it."""

    text: str
    line: int = 1
    """of the answer's content, from 1"""
    ill: bool = False
    """whether this is no state to be left in"""


@dataclass(frozen=True, slots=True)
class Reading:
    """An answer as it is filed."""

    content: str
    remarks: tuple[Remark, ...]
    """what matters most first; never empty"""
    truncated: bool = False
    from_at: float = 0.0
    to_at: float = 0.0

    @property
    def ill(self) -> bool:
        return any(remark.ill for remark in self.remarks)


@dataclass(frozen=True, slots=True)
class Checked:
    """What a check of the source says outside of incidents; `warning` is worth mending."""

    said: str
    warning: str = ""
    mend: str = ""


@dataclass(frozen=True, slots=True)
class Question:
    """A source that may be asked. `read` and `check` raise SourceError when nothing is told."""

    about: str
    """what it asks: `kubernetes`, `database`, `certificate`, `prometheus`, `command`"""
    name: str
    """what it asks for: `events`, `blocking chains`"""
    kind: str
    """kind of the evidence"""
    source: str
    """whom it asks, fit to be shown"""
    command: str
    """the exact command or query, fit to be shown: without a password"""
    reader: Callable[[], Awaitable[Reading]]
    mend: str
    """what to do when it cannot be answered"""
    checker: Callable[[], Awaitable[Checked]] | None = None
    timeout: float = TIMEOUT
    limit: int = BYTES
    optional: bool = False
    """whether a place that cannot answer it is still a sound one"""

    def named(self, text: str) -> str:
        """`text` with what was asked for before it, unless it begins with that itself."""
        return text if text.startswith(self.name) else f"{self.name}: {text}"

    async def read(self) -> Reading:
        """Ask once."""
        return await self.reader()

    async def check(self) -> Checked:
        """Ask once as a trial, and say in one line what came of it."""
        if self.checker is not None:
            return await self.checker()
        reading = await self.read()
        first = reading.remarks[0]
        said = self.named(first.text)
        return Checked(said, said if first.ill else "", "look at it" if first.ill else "")


def whole_lines(text: str, limit: int, truncated: bool) -> list[str]:
    """The lines of what was read; of what was cut the whole ones, and a last one that says so."""
    if not truncated:
        return text.splitlines()
    kept = text[: text.rfind("\n") + 1] or text
    return [*kept.splitlines(), f"[... cut here: more than {limit} bytes ...]"]
