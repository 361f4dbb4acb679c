"""The tables of `warroom.toml`, each with what its fields mean and what they may hold."""

import re

from pydantic import Field, SecretStr, field_validator, model_validator

from orchestrator.evidence.sources.prometheus import selector
from orchestrator.settings_fields import Name, Table, Text, http
from orchestrator.settings_journeys import Journey
from orchestrator.settings_sources import (
    Bisect,
    Certificate,
    Kubernetes,
    ReadCommand,
    postgres_address,
)


class ProjectTable(Table):
    """The project itself."""

    name: str = ""
    drill: bool = False
    """true only in a drill's project, which also carries the drill's mark file"""


class PolicyTable(Table):
    """Where the team's own rules lie."""

    path: str = ""
    """relative to the project; empty: the built-in policy"""


class Communications(Table):
    """Where words go: names people know, shown and written into drafts. `[[channels]]` sends."""

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


_LOOPBACK = re.compile(r"http://(127\.0\.0\.1|localhost|\[::1\])(:\d+)?(/.*)?")


class Tickets(Table):
    """Where `warroom tickets` opens an issue for each preventive action: a repository on GitHub."""

    repo: str = Field(default="", max_length=140, pattern=r"^([A-Za-z0-9_.-]+/[A-Za-z0-9_.-]+)?$")
    """owner/name; empty: the text to copy is printed instead"""
    token_env: str = Field(default="GITHUB_TOKEN", pattern=r"^[A-Z_][A-Z0-9_]{0,127}$")
    """name of the environment variable that holds the token; a token itself is in no file"""
    base_url: str = "https://api.github.com"
    """of a GitHub Enterprise server: https://HOST/api/v3"""

    @field_validator("base_url")
    @classmethod
    def _address(cls, value: str) -> str:
        if not value.startswith("https://") and not _LOOPBACK.fullmatch(value):
            raise ValueError("must be an https address: a token goes there")
        return http(value).rstrip("/")


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


class Vendor(Table):
    """Whom to ask outside, and how to reach them, in the team's own words."""

    name: Text = Field(min_length=1)
    contact: Text = Field(min_length=1)


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
    vendors: tuple[Vendor, ...] = ()
    """who is asked when it lies with them"""
    journeys: tuple[Journey, ...] = ()
    """what users do: walked at each look after a change"""
    bisect: Bisect = Bisect()
    flags: str = ""
    """change log of its feature flags, one JSON object a line"""

    @model_validator(mode="after")
    def _can_search(self) -> "Service":
        if self.bisect.test and not self.repo:
            raise ValueError("bisect needs the repo whose versions it tries")
        return self

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
