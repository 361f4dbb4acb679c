"""The tables of `warroom.toml`, each with what its fields mean and what they may hold."""

import re
from typing import Any, Literal

from pydantic import Field, SecretStr, field_validator, model_validator

from orchestrator.evidence.sources.prometheus import selector
from orchestrator.settings_fields import Name, Table, Text, http
from orchestrator.settings_sources import Certificate, Kubernetes, ReadCommand, postgres_address

_PLACEHOLDER = re.compile(r"\{([^{}]*)\}")
_VERSION = r"[0-9A-Za-z][0-9A-Za-z._+-]{0,63}"

Role = Literal[
    "commander",
    "technical-lead",
    "communications-lead",
    "on-call",
    "tier2",
    "tier3",
    "deputy",
    "scribe",
    "engineering-manager",
    "architect",
    "deployment-manager",
    "executive",
    "management",
    "security",
    "legal",
    "component-owner",
    "support-lead",
]


class ProjectTable(Table):
    """The project itself."""

    name: str = ""
    drill: bool = False
    """true only in a drill's project, which also carries the drill's mark file"""


class PolicyTable(Table):
    """Where the team's own rules lie."""

    path: str = ""
    """relative to the project; empty: the built-in policy"""


class Person(Table):
    """Somebody who may be asked, and as whom their keys count."""

    name: str = Field(min_length=1, max_length=64)
    uid: int | None = Field(default=None, ge=0)
    """the Unix user whose commands are this person's"""
    roles: tuple[Role, ...] = ()
    contact: Text = ""
    """how to reach them, in the team's own words"""
    backup: str = ""
    """who is asked when they cannot be reached: another person's name"""
    unavailable: bool = False
    """true while they are away: nobody waits for them, their backup is asked at once"""


class Communications(Table):
    """Where words go: names people know, shown and written into drafts. Nothing is sent by them."""

    channel: Text = ""
    """the team's usual channel"""
    bridge: Text = ""
    """where the people in charge meet or call in"""
    status_page: Text = ""
    """where users look"""
    users: Text = ""
    """how users are told, besides the status page"""
    management: Text = ""
    executive: Text = ""


class Runbooks(Table):
    """Where the team's runbooks lie."""

    path: str = ""
    """folder of markdown files, relative to the project; empty: none but the services' own"""


class Signals(Table):
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


class PrometheusQueries(Table):
    """The four signals as a Prometheus server answers them, in PromQL; each gives one number."""

    url: str = ""
    """address of the server, with its path prefix if it has one"""
    requests: str = ""
    """requests a second"""
    errors: str = ""
    """share of requests that failed, 0 to 1"""
    p95: str = ""
    """seconds within which 95 of 100 requests are answered"""
    saturation: str = ""
    """share of the scarcest resource that is taken, 0 to 1"""
    alerts: str = ""
    """labels of the alerts that are the service's, as `{job="orders"}`; empty: those with a label
    whose value is the service's name"""

    @field_validator("alerts")
    @classmethod
    def _labels(cls, value: str) -> str:
        if value:
            if not value.startswith("{"):
                raise ValueError('must be labels in braces, as {job="orders"}')
            selector(f"ALERTS{value}")
        return value

    @field_validator("url")
    @classmethod
    def _address(cls, value: str) -> str:
        return http(value)

    @model_validator(mode="after")
    def _asks_something(self) -> "PrometheusQueries":
        if self.url and not self.queries() and not self.alerts:
            raise ValueError(
                "needs a query for at least one of requests, errors, p95, saturation, or alerts"
            )
        if (self.queries() or self.alerts) and not self.url:
            raise ValueError("needs the url of the server its queries go to")
        return self

    def queries(self) -> dict[str, str]:
        """Signal → its query, for the signals that have one."""
        asked = {name: getattr(self, name) for name in ("requests", "errors", "p95", "saturation")}
        return {name: query for name, query in asked.items() if query}


class Process(Table):
    """How to find the service's own process on this host. Only looked at, never touched."""

    name: Text = ""
    """name of the program, or a word of its command line"""
    pid_file: str = ""


class Service(Table):
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
    prometheus: PrometheusQueries = PrometheusQueries()
    """asked where there is no `metrics` page"""
    process: Process = Process()
    users: int = Field(default=0, ge=0)
    """how many users it has; 0: not known"""
    owner: str = ""
    """the person who owns the component"""
    dependencies: tuple[Text, ...] = ()
    """what it needs to work: other services here, or systems outside"""
    kubernetes: Kubernetes = Kubernetes()
    postgres: SecretStr = SecretStr("")
    """address of its database, or the name of the environment variable that holds it"""
    certificates: tuple[Certificate, ...] = ()
    commands: tuple[ReadCommand, ...] = ()

    @field_validator("postgres")
    @classmethod
    def _database(cls, value: SecretStr) -> SecretStr:
        return postgres_address(value)

    @field_validator("metrics", "health", "dashboard")
    @classmethod
    def _address(cls, value: str) -> str:
        return http(value)

    @property
    def measured(self) -> bool:
        """Whether anything tells its signals."""
        return bool(self.metrics or self.prometheus.queries())


class Parameter(Table):
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


class Action(Table):
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
    params: dict[str, Parameter] = Field(default_factory=dict)

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


def _parts(value: Any) -> tuple[str, ...]:
    if isinstance(value, str):
        return (value,)
    return tuple(str(part) for part in value) if isinstance(value, list | tuple) else ()
