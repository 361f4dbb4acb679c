"""`warroom.toml`: who is there, what is watched, what may be done; and the policy file beside it.

Everything wrong with these files is a `SettingsError`: one line that names file, line and key.
"""

import dataclasses
import re
import tomllib
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator

from orchestrator.evidence.sources.prometheus import selector
from orchestrator.model.policy import SEVERITIES, Policy, Promises, Validation
from orchestrator.project import Project
from orchestrator.toml_lines import Place, line_of, syntax_error

_HTTP = re.compile(r"https?://[^\s/]+(/\S*)?")
_PLACEHOLDER = re.compile(r"\{([^{}]*)\}")
_LENGTHS = ("interval", "patience", "approval_expires")
"""What would end before it began if it were 0."""
_VERSION = r"[0-9A-Za-z][0-9A-Za-z._+-]{0,63}"

Name = Annotated[str, Field(min_length=1, max_length=64, pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]*$")]
Role = Literal["commander", "technical-lead", "communications-lead", "on-call", "tier2", "tier3"]


class SettingsError(Exception):
    """What is wrong in a settings file, where, and what would be right, in one line."""


class _Table(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, str_strip_whitespace=True)


class ProjectTable(_Table):
    """The project itself."""

    name: str = ""
    drill: bool = False
    """true only in a drill's project, which also carries the drill's mark file"""


class PolicyTable(_Table):
    """Where the team's own rules lie."""

    path: str = ""
    """relative to the project; empty: the built-in policy"""


class Person(_Table):
    """Somebody who may be asked, and as whom their keys count."""

    name: str = Field(min_length=1, max_length=64)
    uid: int | None = Field(default=None, ge=0)
    """the Unix user whose commands are this person's"""
    roles: tuple[Role, ...] = ()


class Signals(_Table):
    """How to read traffic, errors, latency and saturation from a metrics page."""

    requests: str = ""
    """counter of requests"""
    errors: str = ""
    """counter of failed requests, usually the same one with a code selected"""
    latency: str = ""
    """histogram, without `_bucket`"""
    in_use: str = ""
    """gauge of what is taken"""
    capacity: str = ""
    """gauge of what there is"""

    @field_validator("requests", "errors", "latency", "in_use", "capacity")
    @classmethod
    def _selects(cls, value: str) -> str:
        if value:
            selector(value)
        return value


class Service(_Table):
    """One service under watch, and where its traces lie. Paths are relative to the project."""

    name: Name
    repo: str = ""
    deploy_log: str = ""
    logs: tuple[str, ...] = ()
    """file names, or patterns with `*`"""
    metrics: str = ""
    """address of its Prometheus page"""
    health: str = ""
    """address that answers 200 while it is well; empty: `/healthz` beside the metrics page"""
    scrape_seconds: float = Field(default=15.0, ge=0.2, le=3600)
    dashboard: str = ""
    runbook: str = ""
    """file that says what to do when it is ill"""
    signals: Signals = Signals()

    @field_validator("metrics", "health", "dashboard")
    @classmethod
    def _address(cls, value: str) -> str:
        if value and not _HTTP.fullmatch(value):
            raise ValueError("must be an http address")
        return value


class Parameter(_Table):
    """What may be put into a command: only values that match the pattern as a whole."""

    pattern: str = _VERSION
    description: str = ""

    @field_validator("pattern")
    @classmethod
    def _compiles(cls, value: str) -> str:
        try:
            re.compile(value)
        except re.error as error:
            raise ValueError(f"is no regular expression: {error}") from error
        return value

    def fits(self, value: str) -> bool:
        return len(value) <= 256 and re.fullmatch(self.pattern, value) is not None


class Action(_Table):
    """One change the operator allows, as argument lists that run in the project without a shell."""

    id: Name
    kind: Literal["rollback", "configuration", "workaround", "scaling", "hotfix"]
    service: str = ""
    title: str = Field(min_length=1)
    argv: tuple[str, ...] = Field(min_length=1)
    dry_run: tuple[str, ...] = ()
    pre_state: tuple[str, ...] = ()
    """prints what is there now; its first line is `{current}`"""
    undo: tuple[str, ...] = ()
    timeout: float = Field(default=60.0, gt=0, le=86400)
    risk: Literal["low", "medium", "high", "destructive"] = "medium"
    blast: str = ""
    params: dict[str, Parameter] = {}

    @field_validator("params")
    @classmethod
    def _named(cls, value: dict[str, Parameter]) -> dict[str, Parameter]:
        for name in value:
            if not re.fullmatch(r"[a-z][a-z0-9_]*", name) or name in ("service", "current"):
                raise ValueError(f"{name!r} cannot be the name of a parameter")
        return value

    @model_validator(mode="before")
    @classmethod
    def _version_is_known(cls, data: Any) -> Any:
        """`{version}` needs no declaration: it has a pattern of its own."""
        if not isinstance(data, dict) or not isinstance(data.get("params", {}), dict):
            return data
        texts = [str(part) for key in ("argv", "undo", "dry_run") for part in _parts(data.get(key))]
        if any("{version}" in text for text in texts) and "version" not in data.get("params", {}):
            return {**data, "params": {**data.get("params", {}), "version": {}}}
        return data

    def unknown_placeholder(self) -> tuple[str, str] | None:
        """The first field with a placeholder nobody will fill, and that placeholder."""
        plain = {"service", *self.params}
        known = {"undo": plain | {"current"}, "title": plain | {"current"}, "blast": plain}
        known |= {"argv": plain, "dry_run": plain, "pre_state": {"service"}}
        for field, names in known.items():
            for part in _parts(getattr(self, field)):
                for name in _PLACEHOLDER.findall(part):
                    if name not in names or (name == "current" and not self.pre_state):
                        return field, "{" + name + "}"
        return None


class Settings(BaseModel):
    """Everything `warroom.toml` says."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    project: ProjectTable = ProjectTable()
    policy: PolicyTable = PolicyTable()
    people: tuple[Person, ...] = ()
    services: tuple[Service, ...] = ()
    actions: tuple[Action, ...] = ()

    @property
    def name(self) -> str:
        return self.project.name

    @property
    def drill(self) -> bool:
        return self.project.drill

    def service(self, name: str) -> Service | None:
        """The service of that name; None when the settings know no such service."""
        return next((service for service in self.services if service.name == name), None)

    def action(self, action: str) -> Action | None:
        """The action with that id."""
        return next((one for one in self.actions if one.id == action), None)

    def person_for_uid(self, uid: int) -> Person | None:
        """Whose commands those of a Unix user are."""
        return next((person for person in self.people if person.uid == uid), None)

    def rollback_for(self, service: str) -> Action | None:
        """The catalogue's way back for a service: its own, else one for any service."""
        ways = [action for action in self.actions if action.kind == "rollback"]
        own = [action for action in ways if action.service == service]
        return next(iter([*own, *(action for action in ways if not action.service)]), None)


def load(project: Project) -> Settings:
    """The project's settings. SettingsError when there are none or they are wrong."""
    text = _text(
        project.settings, "there is none here; write one, or start `warroom` in a project that has"
    )
    data = _parsed(project.settings.name, text)
    try:
        settings = Settings.model_validate(data)
    except ValidationError as error:
        raise SettingsError(_first(project.settings.name, text, error)) from None
    _cross_checked(project.settings.name, text, settings)
    return settings


def load_or_empty(project: Project) -> Settings:
    """The project's settings, or empty ones where there is no `warroom.toml` at all."""
    return load(project) if project.settings.exists() else Settings()


def policy(settings: Settings, root: Path) -> Policy:
    """The policy in force: the defaults with the single fields that the policy file overrides."""
    if not settings.policy.path:
        return Policy()
    name = settings.policy.path
    text = _text(root / name, "[policy] path in warroom.toml names it; write it or drop the key")
    data = _parsed(name, text)
    table = dict(Policy().table)
    overrides = data.pop("table", {})
    if not isinstance(overrides, dict):
        raise _error(name, text, ("table",), "must hold tables such as [table.P0]")
    for severity, fields in overrides.items():
        place: Place = ("table", severity)
        if severity not in SEVERITIES:
            raise _error(name, text, place, f"is no severity; use {', '.join(SEVERITIES)}")
        table[severity] = dataclasses.replace(
            table[severity], **_numbers(name, text, place, fields, Promises)
        )
    validation = dataclasses.replace(
        Validation(),
        **_numbers(name, text, ("validation",), data.pop("validation", {}), Validation),
    )
    fields = _numbers(name, text, (), data, Policy, ("table", "validation", "path"))
    return dataclasses.replace(Policy(), table=table, validation=validation, path=name, **fields)


def _numbers(
    name: str, text: str, at: Place, data: Any, cls: type[Any], not_here: tuple[str, ...] = ()
) -> dict[str, Any]:
    if not isinstance(data, dict):
        raise _error(name, text, at, "must be a table")
    known = {f.name: f.type for f in dataclasses.fields(cls) if f.name not in not_here}
    for key, value in data.items():
        if key not in known:
            raise _error(name, text, (*at, key), f"is unknown; known are {', '.join(known)}")
        if value == "none" and "None" in str(known[key]):
            continue
        if isinstance(value, bool) or not isinstance(value, int | float) or not value >= 0:
            raise _error(name, text, (*at, key), "must be a number that is not negative")
        if key in _LENGTHS and not 0 < value < float("inf"):
            raise _error(name, text, (*at, key), "must be more than 0 seconds")
        if known[key] is int and (value != value // 1 or value < 1):
            raise _error(name, text, (*at, key), "must be a whole number from 1 on")
    return {
        key: None if value == "none" else int(value) if known[key] is int else float(value)
        for key, value in data.items()
    }


def _cross_checked(name: str, text: str, settings: Settings) -> None:
    """What no table can see by itself: names used twice, names of what is not there."""
    for table, key, values in (
        ("services", "name", [service.name for service in settings.services]),
        ("actions", "id", [action.id for action in settings.actions]),
        ("people", "name", [person.name for person in settings.people]),
    ):
        for index, value in enumerate(values):
            if value in values[:index]:
                raise _error(name, text, (table, index, key), f"{value!r} is there twice")
    for index, action in enumerate(settings.actions):
        if action.service and settings.service(action.service) is None:
            why = f"there is no [[services]] named {action.service!r}"
            raise _error(name, text, ("actions", index, "service"), why)
        unknown = action.unknown_placeholder()
        if unknown is not None:
            field, placeholder = unknown
            why = f"{placeholder} is unknown; declare it under [actions.params] or drop it"
            raise _error(name, text, ("actions", index, field), why)


def _text(path: Path, missing: str) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except FileNotFoundError:
        raise SettingsError(f"{path.name}: {missing}") from None
    except UnicodeDecodeError:
        raise SettingsError(f"{path.name}: is no UTF-8 text") from None
    except OSError as error:
        raise SettingsError(f"{path.name}: cannot be read: {error.strerror}") from None


def _parsed(name: str, text: str) -> dict[str, Any]:
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        line, why = syntax_error(error, text)
        raise SettingsError(f"{name} line {line}: {why[0].lower()}{why[1:]}") from None


def _first(name: str, text: str, error: ValidationError) -> str:
    problem = error.errors(include_url=False)[0]
    place = tuple(part for part in problem["loc"] if part != "[key]")
    why = {"missing": "is missing", "extra_forbidden": "is unknown"}.get(
        problem["type"], problem["msg"].removeprefix("Value error, ")
    )
    return str(_error(name, text, place, why[0].lower() + why[1:]))


def _error(name: str, text: str, place: Place, why: str) -> SettingsError:
    """`warroom.toml line 14: [[services]] metrics: must be an http address`."""
    tables = [str(part) for part in place[:-1] if isinstance(part, str)]
    if len(place) > 1 and isinstance(place[1], int):
        rest = [str(part) for part in place[2:]]
        what = f"[[{place[0]}]]" + (f" {'.'.join(rest)}" if rest else "")
    else:
        what = (f"[{'.'.join(tables)}] " if tables else "") + (str(place[-1]) if place else "")
    return SettingsError(f"{name} line {line_of(text, place)}: {what}: {why}")


def _parts(value: Any) -> tuple[str, ...]:
    if isinstance(value, str):
        return (value,)
    return tuple(str(part) for part in value) if isinstance(value, list | tuple) else ()
