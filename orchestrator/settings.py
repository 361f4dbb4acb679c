"""`warroom.toml`: who is there, what is watched, what may be done; and the policy file beside it.

Everything wrong with these files is a `SettingsError`: one line that names file, line and key.
"""

import dataclasses
import hmac
import tomllib
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, ValidationError

from orchestrator.model.policy import SEVERITIES, Policy, Promises, Validation
from orchestrator.project import Project
from orchestrator.settings_actions import Action
from orchestrator.settings_channels import ChannelTable, StatusPageTable
from orchestrator.settings_model import ModelTable
from orchestrator.settings_parameters import Parameter
from orchestrator.settings_people import Override, Person, Role, Rotation
from orchestrator.settings_policy import PolicyError, business_hours, regulations
from orchestrator.settings_sources import Certificate, Kubernetes, ReadCommand
from orchestrator.settings_tables import (
    Communications,
    PolicyTable,
    Process,
    ProjectTable,
    PrometheusQueries,
    Runbooks,
    Service,
    Signals,
    Tickets,
)
from orchestrator.toml_lines import Place, line_of, syntax_error

__all__ = [
    "Action",
    "Certificate",
    "ChannelTable",
    "Communications",
    "Kubernetes",
    "ModelTable",
    "Override",
    "Parameter",
    "Person",
    "Process",
    "PrometheusQueries",
    "ReadCommand",
    "Role",
    "Rotation",
    "Runbooks",
    "Service",
    "Settings",
    "SettingsError",
    "Signals",
    "StatusPageTable",
    "Tickets",
    "load",
    "load_or_empty",
    "policy",
]


_LENGTHS = ("interval", "patience", "approval_expires")
"""What would end before it began if it were 0."""


_KINDS: dict[Any, type[Any]] = {int: int, bool: bool}
"""How a value of the policy file is kept; any other is a float."""


class SettingsError(Exception):
    """What is wrong in a settings file, where, and what would be right, in one line."""


class Settings(BaseModel):
    """Everything `warroom.toml` says."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    project: ProjectTable = ProjectTable()
    policy: PolicyTable = PolicyTable()
    runbooks: Runbooks = Runbooks()
    tickets: Tickets = Tickets()
    communications: Communications = Communications()
    channels: tuple[ChannelTable, ...] = ()
    status_page: StatusPageTable = StatusPageTable()
    model: ModelTable = ModelTable()
    people: tuple[Person, ...] = ()
    rotations: tuple[Rotation, ...] = ()
    services: tuple[Service, ...] = ()
    actions: tuple[Action, ...] = ()
    console: dict[str, Any] = {}
    """how the console looks: read by the console itself, and of no matter to the runner"""

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

    def commands(self, service: str, name: str) -> tuple[ReadCommand, ...]:
        """The read-only commands of that name, of one service or (without one) of any."""
        of = [one for one in self.services if service in ("", one.name)]
        return tuple(command for one in of for command in one.commands if command.name == name)

    def person(self, name: str) -> Person | None:
        """The person of that name."""
        return next((person for person in self.people if person.name == name), None)

    def holders(self, role: str) -> tuple[Person, ...]:
        """Who may take a role, in the order of the settings; those who are away come last."""
        able = [person for person in self.people if role in person.roles]
        return tuple(sorted(able, key=lambda person: person.unavailable))

    def person_for_uid(self, uid: int) -> Person | None:
        """Whose commands those of a Unix user are."""
        return next((person for person in self.people if person.uid == uid), None)

    def person_for_token(self, digest: str) -> Person | None:
        """Whose token has this SHA-256; every one is compared, in the same time."""
        same = [hmac.compare_digest(person.token_sha256, digest) for person in self.people]
        return next((one for one, it in zip(self.people, same, strict=True) if it), None)

    def around(self, service: str) -> tuple[str, ...]:
        """A service, what it needs, and who needs it: the parts in which its trouble may lie."""
        own = self.service(service)
        needed = own.dependencies if own is not None else ()
        callers = (one.name for one in self.services if service and service in one.dependencies)
        return tuple(dict.fromkeys((service, *needed, *callers)))

    def rollback_for(self, service: str, configures: bool = False) -> Action | None:
        """The catalogue's way back for a service, or for a release that was its configuration.

        Where nothing rolls a service back, its releases may all be configuration (an edge): what
        puts a version of that live, and asks for nothing else, then also puts the earlier one back.
        """
        code, configuration = self.way("rollback", service), self.way("configuration", service)
        if configuration is not None and set(configuration.params) != {"version"}:
            configuration = None
        return configuration or code if configures else code or configuration

    def way(self, kind: str, service: str) -> Action | None:
        """The catalogue's action of a kind for a service: its own, else one for any service."""
        ways = [action for action in self.actions if action.kind == kind]
        own = [action for action in ways if action.service == service]
        return next(iter([*own, *(action for action in ways if not action.service)]), None)


def load(project: Project) -> Settings:
    """The project's settings. SettingsError when there are none or they are wrong."""
    text = _text(
        project.settings,
        "there is none here; write one with `warroom init`, or start in a project that has one",
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
    more: dict[str, Any] = {}
    try:
        if "business" in data:
            more["business"] = business_hours(data.pop("business"))
        if "regulatory" in data:
            more["regulatory"] = regulations(data.pop("regulatory"))
    except PolicyError as error:
        raise _error(name, text, error.place, str(error)) from None
    own = ("table", "validation", "path", "business", "regulatory")
    fields = _numbers(name, text, (), data, Policy, own)
    more |= {"table": table, "validation": validation, "path": name}
    return dataclasses.replace(Policy(), **more, **fields)


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
        if known[key] is bool and isinstance(value, bool):
            continue
        if known[key] is bool:
            raise _error(name, text, (*at, key), "must be true or false")
        if isinstance(value, bool) or not isinstance(value, int | float) or not value >= 0:
            raise _error(name, text, (*at, key), "must be a number that is not negative")
        if key in _LENGTHS and not 0 < value < float("inf"):
            raise _error(name, text, (*at, key), "must be more than 0 seconds")
        if known[key] is int and (value != value // 1 or value < 1):
            raise _error(name, text, (*at, key), "must be a whole number from 1 on")
    return {
        key: None if value == "none" else _KINDS.get(known[key], float)(value)
        for key, value in data.items()
    }


def _cross_checked(name: str, text: str, settings: Settings) -> None:
    """What no table can see by itself: names used twice, names of what is not there."""
    for table, key, values in (
        ("services", "name", [service.name for service in settings.services]),
        ("actions", "id", [action.id for action in settings.actions]),
        ("people", "name", [person.name for person in settings.people]),
        ("rotations", "name", [rotation.name for rotation in settings.rotations]),
        ("channels", "name", [channel.name for channel in settings.channels]),
    ):
        for index, value in enumerate(values):
            if value in values[:index]:
                raise _error(name, text, (table, index, key), f"{value!r} is there twice")
    for index, channel in enumerate(settings.channels):
        if channel.name == "status-page":
            why = "is the name of [status_page]'s own channel"
            raise _error(name, text, ("channels", index, "name"), why)
    for index, person in enumerate(settings.people):
        if person.backup == person.name:
            why = "nobody can stand in for themselves"
            raise _error(name, text, ("people", index, "backup"), why)
        if person.backup and settings.person(person.backup) is None:
            why = f"there is no [[people]] named {person.backup!r}"
            raise _error(name, text, ("people", index, "backup"), why)
    for number, rotation in enumerate(settings.rotations):
        for key, names in (
            ("people", rotation.people),
            ("overrides", tuple(one.person for one in rotation.overrides)),
        ):
            for named in names:
                if settings.person(named) is None:
                    why = f"there is no [[people]] named {named!r}"
                    raise _error(name, text, ("rotations", number, key), why)
    for index, service in enumerate(settings.services):
        if service.owner and settings.person(service.owner) is None:
            why = f"there is no [[people]] named {service.owner!r}"
            raise _error(name, text, ("services", index, "owner"), why)
        if service.name in service.dependencies:
            why = "a service does not depend on itself"
            raise _error(name, text, ("services", index, "dependencies"), why)
        for key, called in (
            ("commands", [command.name for command in service.commands]),
            ("journeys", [journey.name for journey in service.journeys]),
        ):
            for number, own in enumerate(called):
                if own in called[:number]:
                    place: Place = ("services", index, key, number, "name")
                    raise _error(name, text, place, f"{own!r} is there twice")
    for index, action in enumerate(settings.actions):
        if action.service and settings.service(action.service) is None:
            why = f"there is no [[services]] named {action.service!r}"
            raise _error(name, text, ("actions", index, "service"), why)
        for probe in action.probes:
            if ":" not in probe and not any(settings.commands(action.service, probe)):
                why = f"there is no [[services.commands]] named {probe!r}, and it is no address"
                raise _error(name, text, ("actions", index, "probes"), why)
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
