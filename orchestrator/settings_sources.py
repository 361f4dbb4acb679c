"""The tables of further sources of a service: where it runs, its database, its certificates,
commands that only look, the test of a bisect. Each is optional.
"""

import re
from urllib.parse import urlsplit

from pydantic import Field, SecretStr, field_validator, model_validator

from orchestrator.settings_fields import Name, Table

_WORKLOAD = re.compile(r"(deployment|statefulset|daemonset)/[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?")
_LABEL = re.compile(r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?")
_CONTEXT = re.compile(r"[^\s\x00-\x1f\x7f-][^\x00-\x1f\x7f]{0,199}")
_VARIABLE = re.compile(r"[A-Z_][A-Z0-9_]{0,127}")
_ADDRESS = re.compile(r"(\[[0-9A-Fa-f:.]{2,45}\]|[A-Za-z0-9][A-Za-z0-9._-]{0,252}):(\d{1,5})")


class Kubernetes(Table):
    """Where the service runs in a cluster, as `kubectl` of this user reaches it."""

    namespace: str = ""
    workload: str = ""
    """`deployment/NAME`, `statefulset/NAME` or `daemonset/NAME`"""
    context: str = ""
    """of the kubeconfig; empty: the current one"""

    @field_validator("namespace")
    @classmethod
    def _is_a_namespace(cls, value: str) -> str:
        if value and not _LABEL.fullmatch(value):
            raise ValueError("is no name of a namespace")
        return value

    @field_validator("workload")
    @classmethod
    def _is_a_workload(cls, value: str) -> str:
        if value and not _WORKLOAD.fullmatch(value):
            raise ValueError("must be deployment/NAME, statefulset/NAME or daemonset/NAME")
        return value

    @field_validator("context")
    @classmethod
    def _is_a_context(cls, value: str) -> str:
        if value and not _CONTEXT.fullmatch(value):
            raise ValueError("is no name of a context")
        return value

    @model_validator(mode="after")
    def _names_both(self) -> "Kubernetes":
        if bool(self.namespace) != bool(self.workload) or (self.context and not self.workload):
            raise ValueError("needs both namespace and workload")
        return self


class Certificate(Table):
    """An address whose certificate is looked at."""

    address: str
    """`host:port`"""
    name: str = Field(default="", max_length=253)
    """the name clients ask for; empty: the host of the address"""
    ca: str = ""
    """file of the authority that signs it, where this machine does not know it"""

    @field_validator("address")
    @classmethod
    def _has_a_port(cls, value: str) -> str:
        found = _ADDRESS.fullmatch(value)
        if found is None or not 0 < int(found.group(2)) < 65536:
            raise ValueError("must be host:port")
        return value

    @property
    def host(self) -> str:
        return self.address.rpartition(":")[0].strip("[]")

    @property
    def port(self) -> int:
        return int(self.address.rpartition(":")[2])


class ReadCommand(Table):
    """A command that only looks. It runs in the project without a shell; its output is evidence."""

    name: Name
    argv: tuple[str, ...] = Field(min_length=1)
    timeout: float = Field(default=10.0, gt=0, le=120)
    limit: int = Field(default=262144, ge=1, le=4194304)
    """bytes of its output that are read"""

    @field_validator("argv")
    @classmethod
    def _can_be_run(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        if not value[0] or any("\0" in part for part in value):
            raise ValueError("must begin with a program, and hold no NUL")
        return value


class Bisect(Table):
    """The test that tells a good version from a bad one, for the search of the commit between."""

    test: tuple[str, ...] = ()
    """argument list, run in a clone at each version: exit 0 good, 125 cannot tell, else bad;
    `{project}` is the project's folder"""
    timeout: float = Field(default=600.0, gt=0, le=7200)
    """seconds for the whole search"""
    each: float = Field(default=60.0, gt=0, le=3600)
    """seconds for one run"""

    @field_validator("test")
    @classmethod
    def _can_be_run(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        if value and (not value[0] or any("\0" in part for part in value)):
            raise ValueError("must begin with a program, and hold no NUL")
        return value

    @model_validator(mode="after")
    def _says_what(self) -> "Bisect":
        if self.model_fields_set and not self.test:
            raise ValueError("needs a test to run at each version")
        return self

    def argv(self, project: str) -> tuple[str, ...]:
        """The test as it is run."""
        return tuple(part.replace("{project}", project) for part in self.test)


def postgres_address(value: SecretStr) -> SecretStr:
    """A database's address or a variable's name. ValueError, without the value, for others."""
    given = value.get_secret_value().strip()
    if not given or _VARIABLE.fullmatch(given):
        return SecretStr(given)
    why = "must be postgresql://USER@HOST:PORT/DATABASE, or the name of an environment variable"
    try:
        url = urlsplit(given)
        _ = url.port
    except ValueError:
        raise ValueError(why) from None
    if url.scheme not in ("postgresql", "postgres") or not url.netloc + url.path.strip("/"):
        raise ValueError(why)
    return SecretStr(given)
