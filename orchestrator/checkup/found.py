"""What a check found: well, worth a word, or wrong; and how to mend it."""

from dataclasses import dataclass
from typing import Literal

State = Literal["ok", "warn", "bad"]


@dataclass(frozen=True, slots=True)
class Found:
    """One check's answer."""

    about: str
    """`service orders`, `action rollback`, `people`"""
    name: str
    state: State
    said: str
    mend: str = ""


def ok(about: str, name: str, said: str) -> Found:
    """All is well."""
    return Found(about, name, "ok", said)


def warn(about: str, name: str, said: str, mend: str) -> Found:
    """It works, but less than it could."""
    return Found(about, name, "warn", said, mend)


def bad(about: str, name: str, said: str, mend: str) -> Found:
    """It will fail when it is needed."""
    return Found(about, name, "bad", said, mend)
