"""How a person wants the console: theme, density, frames a second, glyphs, bell and own keys.

Read from `[console]` of the project's `warroom.toml` and from the person's own `console.toml`,
whose word is the last. It is read before the first frame: nothing here knows Textual or pydantic.
"""

import os
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from orchestrator.project import Project
from orchestrator.toml_lines import Place, line_of, syntax_error
from tui.rebinding import key_name, trouble

THEMES = ("dark", "light", "contrast", "ansi")
DENSITIES = ("auto", "compact", "standard")
FPS = range(1, 61)


class ConsoleSettingsError(ValueError):
    """What is wrong in a settings file, where, and what would be right, in one line."""


@dataclass(frozen=True, slots=True)
class ConsoleSettings:
    """What the files say; each field has the value that is used where they say nothing."""

    theme: str = "dark"
    density: str = "auto"
    """auto: compact below 36 rows"""
    fps: int = 20
    """frames a second: fewer for a slow line, which it also notices by itself"""
    ascii: bool = False
    """no glyphs beyond ASCII"""
    bell: bool = True
    """rings at a new approval and at a broken promise"""
    keys: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """id of a key → the keys that a person wants for it"""


def own_file() -> Path:
    """The person's own file, whatever project is looked at."""
    given = os.environ.get("XDG_CONFIG_HOME", "")
    base = Path(given) if given.startswith("/") else Path.home() / ".config"
    return base / "warroom" / "console.toml"


def load(project: Project) -> ConsoleSettings:
    """What holds in this project for this person. ConsoleSettingsError names file and line."""
    settings = ConsoleSettings()
    for path in (project.settings, own_file()):
        settings = _over(settings, path)
    return settings


def _over(before: ConsoleSettings, path: Path) -> ConsoleSettings:
    """The settings with what one file says; what it says not stays as it was before."""
    text = _text(path)
    try:
        table = tomllib.loads(text).get("console", {})
    except tomllib.TOMLDecodeError as error:
        line, why = syntax_error(error, text)
        raise ConsoleSettingsError(f"{path} line {line}: {why[0].lower()}{why[1:]}") from None
    if not isinstance(table, dict):
        raise _error(path, text, ("console",), "must be a table: [console]")
    values = {name: _value(path, text, name, value) for name, value in table.items()}
    keys = {**before.keys, **values.pop("keys", {})}
    wrong = trouble(keys)
    if wrong is not None:
        raise _error(path, text, ("console", "keys", wrong[0]), wrong[1])
    return replace(before, **values, keys=keys)


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except FileNotFoundError:
        return ""
    except UnicodeDecodeError:
        raise ConsoleSettingsError(f"{path}: is no UTF-8 text") from None
    except OSError as error:
        raise ConsoleSettingsError(f"{path}: cannot be read: {error.strerror}") from None


def _value(path: Path, text: str, name: str, value: Any) -> Any:
    place: Place = ("console", name)
    if name == "keys":
        return _keys(path, text, value)
    if name in ("theme", "density"):
        known = THEMES if name == "theme" else DENSITIES
        if value not in known:
            raise _error(path, text, place, f"{value!r} is unknown; use {', '.join(known)}")
    elif name == "fps":
        if isinstance(value, bool) or not isinstance(value, int) or value not in FPS:
            raise _error(path, text, place, f"must be a whole number, {FPS[0]} to {FPS[-1]}")
    elif name in ("ascii", "bell"):
        if not isinstance(value, bool):
            raise _error(path, text, place, "must be true or false")
    else:
        raise _error(path, text, place, "is unknown; there are theme, density, fps, ascii, bell")
    return value


def _keys(path: Path, text: str, table: Any) -> dict[str, tuple[str, ...]]:
    if not isinstance(table, dict):
        raise _error(path, text, ("console", "keys"), "must be a table: [console.keys]")
    found: dict[str, tuple[str, ...]] = {}
    for identity, given in table.items():
        place: Place = ("console", "keys", identity)
        written = given if isinstance(given, list) else [given]
        names = [key_name(one) if isinstance(one, str) else "" for one in written]
        if "" in names:
            wrong = written[names.index("")]
            raise _error(path, text, place, f"{wrong!r} is no key; write it like x, f5, ctrl+g")
        found[identity] = tuple(names)
    return found


def _error(path: Path, text: str, place: Place, why: str) -> ConsoleSettingsError:
    table, name = ".".join(map(str, place[:-1])), place[-1]
    what = f"[{table}] {name}" if table else f"[{name}]"
    return ConsoleSettingsError(f"{path} line {line_of(text, place)}: {what}: {why}")
