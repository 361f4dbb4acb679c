"""`[[actions]]`: the catalogue of changes that the operator allows, and nothing else."""

import re
from typing import Any, Literal

from pydantic import Field, field_validator, model_validator

from orchestrator.model.change_kinds import Kind
from orchestrator.settings_adapters import expanded
from orchestrator.settings_fields import Name, Table, Text, http
from orchestrator.settings_parameters import Parameter
from orchestrator.settings_people import Role

_PLACEHOLDER = re.compile(r"\{([^{}]*)\}")
_COMMANDS = ("argv", "dry_run", "undo")


class Action(Table):
    """One change the operator allows, as argument lists that run in the project without a shell."""

    id: Name
    kind: Kind
    service: str = ""
    title: str = Field(min_length=1)
    adapter: Literal["script", "kubectl", "git"] = "script"
    """where the argument lists come from; script: they are written here"""
    do: str = ""
    """what the adapter does: undo, image, scale, restart (kubectl) or revert (git)"""
    argv: tuple[str, ...] = Field(min_length=1)
    dry_run: tuple[str, ...] = ()
    pre_state: tuple[str, ...] = ()
    """prints what is there now; its first line is `{current}`"""
    undo: tuple[str, ...] = ()
    timeout: float = Field(default=60.0, gt=0, le=86400)
    risk: Literal["low", "medium", "high", "destructive"] = "medium"
    approvers: Literal[1, 2] = 1
    """persons who have to approve it, each with a credential of their own"""
    may_approve: tuple[Role, ...] = ()
    """roles of which an approver holds one; empty: anybody"""
    env: tuple[str, ...] = ()
    """names of variables that it gets besides the few that every command gets"""
    probes: tuple[Text, ...] = ()
    """looked at after it: names of `[[services.commands]]`, or addresses that answer 200"""
    blast: str = ""
    params: dict[str, Parameter] = Field(default_factory=dict)

    @field_validator("params")
    @classmethod
    def _named(cls, value: dict[str, Parameter]) -> dict[str, Parameter]:
        for name in value:
            if not re.fullmatch(r"[a-z][a-z0-9_]*", name) or name in ("service", "current"):
                raise ValueError(f"{name!r} cannot be the name of a parameter")
        return value

    @field_validator("env")
    @classmethod
    def _variables(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        for name in value:
            if not re.fullmatch(r"[A-Za-z_][A-Za-z0-9_]{0,127}", name):
                raise ValueError(f"{name!r} is no name of a variable; values stand in no file")
            if name.upper().startswith("WARROOM_"):
                raise ValueError(f"{name} is the war room's own; no command gets it")
        return value

    @field_validator("probes")
    @classmethod
    def _probes(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        for probe in value:
            if "/" in probe or ":" in probe:
                http(probe)
        return value

    @model_validator(mode="before")
    @classmethod
    def _whole(cls, data: Any) -> Any:
        """The adapter's lists are put in; `{version}` needs no declaration."""
        if not isinstance(data, dict) or not isinstance(data.get("params", {}), dict):
            return data
        data = expanded(data)
        texts = [str(part) for key in _COMMANDS for part in _parts(data.get(key))]
        if any("{version}" in text for text in texts) and "version" not in data.get("params", {}):
            return {**data, "params": {**data.get("params", {}), "version": {}}}
        return data

    @property
    def needs_current(self) -> bool:
        """Whether what is there now goes into one of its commands."""
        return any("{current}" in part for name in _COMMANDS for part in getattr(self, name))

    def unknown_placeholder(self) -> tuple[str, str] | None:
        """The first field with a placeholder nobody will fill, and that placeholder."""
        plain = {"service", *self.params}
        known = {name: plain | {"current"} for name in (*_COMMANDS, "title")}
        known |= {"blast": plain, "pre_state": {"service"}}
        for field, names in known.items():
            for part in _parts(getattr(self, field)):
                for name in _PLACEHOLDER.findall(part):
                    if name not in names or (name == "current" and not self.pre_state):
                        return field, "{" + name + "}"
        return None


def _parts(value: Any) -> tuple[str, ...]:
    if isinstance(value, str):
        return (value,)
    return tuple(str(part) for part in value) if isinstance(value, list | tuple) else ()
