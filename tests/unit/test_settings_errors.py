"""Every mistake in a settings file is one line that names file, line and key."""

from pathlib import Path

import pytest

from orchestrator.model.policy import Policy
from orchestrator.project import Project
from orchestrator.settings import Settings, SettingsError, load, load_or_empty, policy

GOOD = """\
[project]
name = "shop"

[[people]]
name = "a.kim"
uid = 1000
roles = ["on-call", "commander"]

[[services]]
name = "shop"
logs = [
  "var/log/*.log",
]
metrics = "http://127.0.0.1:9100/metrics"
[services.signals]
requests = "http_requests_total"
errors = 'http_requests_total{code=~"5.."}'

[[services]]
name = "search"

[[actions]]
id = "rollback"
kind = "rollback"
service = "shop"
title = "roll {service} back to {version}"
argv = ["bin/deploy", "{service}", "{version}"]
pre_state = ["bin/deploy", "{service}", "--current"]
undo = ["bin/deploy", "{service}", "{current}"]
[actions.params.version]
pattern = "[0-9a-f]{7,40}"
"""


def project(root: Path, text: str) -> Project:
    (root / "warroom.toml").write_text(text)
    return Project(root)


def complaint(root: Path, text: str) -> str:
    with pytest.raises(SettingsError) as caught:
        load(project(root, text))
    assert "\n" not in str(caught.value)
    return str(caught.value)


def test_good_settings_are_read_whole(tmp_path: Path) -> None:
    settings = load(project(tmp_path, GOOD))
    kim = settings.person_for_uid(1000)
    assert kim is not None
    assert kim.roles == ("on-call", "commander")
    assert settings.person_for_uid(4) is None
    shop = settings.service("shop")
    assert shop is not None
    assert shop.logs == ("var/log/*.log",)
    assert settings.service("nowhere") is None
    way_back = settings.rollback_for("shop")
    assert way_back is not None
    assert way_back.params["version"].fits("0123abc")
    assert not way_back.params["version"].fits("0123abc; rm")
    assert settings.rollback_for("search") is None


def test_a_project_without_settings_is_empty_or_an_error_that_says_what_to_do(
    tmp_path: Path,
) -> None:
    assert load_or_empty(Project(tmp_path)) == Settings()
    with pytest.raises(SettingsError, match=r"^warroom\.toml: there is none here; write one"):
        load(Project(tmp_path))


@pytest.mark.parametrize(
    ("wrong", "right", "expected"),
    [
        (
            'metrics = "ftp://x"',
            'metrics = "http://127.0.0.1:9100/metrics"',
            "warroom.toml line 14: [[services]] metrics: must be an http address",
        ),
        (
            "uid = -4",
            "uid = 1000",
            "warroom.toml line 6: [[people]] uid: input should be greater than or equal to 0",
        ),
        (
            'roles = ["boss"]',
            'roles = ["on-call", "commander"]',
            "warroom.toml line 7: [[people]] roles.0: input should be",
        ),
        (
            "errors = 'total{code=5}'",
            "errors = 'http_requests_total{code=~\"5..\"}'",
            "warroom.toml line 17: [[services]] signals.errors: 'total{code=5}': cannot read",
        ),
        (
            'pattern = "[0-9"',
            'pattern = "[0-9a-f]{7,40}"',
            "warroom.toml line 31: [[actions]] params.version.pattern: is no regular expression",
        ),
        (
            'argv = ["bin/deploy", "{servce}"]',
            'argv = ["bin/deploy", "{service}", "{version}"]',
            "warroom.toml line 27: [[actions]] argv: {servce} is unknown; declare it",
        ),
        (
            'service = "shoop"',
            'service = "shop"',
            "warroom.toml line 25: [[actions]] service: there is no [[services]] named 'shoop'",
        ),
        (
            'name = "shop"\n\n[[actions]]',
            'name = "search"\n\n[[actions]]',
            "warroom.toml line 20: [[services]] name: 'shop' is there twice",
        ),
        ('nam = "a.kim"', 'name = "a.kim"', "warroom.toml line 4: [[people]] name: is missing"),
        (
            'name = "shop"\ncolour = 1',
            'name = "shop"',
            "warroom.toml line 3: [project] colour: is unknown",
        ),
        (
            'name = "a.kim"\nbackup = "b.lee"',
            'name = "a.kim"',
            "warroom.toml line 6: [[people]] backup: there is no [[people]] named 'b.lee'",
        ),
        (
            'name = "a.kim"\nbackup = "a.kim"',
            'name = "a.kim"',
            "warroom.toml line 6: [[people]] backup: nobody can stand in for themselves",
        ),
        (
            'name = "a.kim"\ncontact = "line\\nbreak"',
            'name = "a.kim"',
            "warroom.toml line 6: [[people]] contact: string should match pattern",
        ),
        (
            'name = "search"\nowner = "b.lee"',
            'name = "search"',
            "warroom.toml line 21: [[services]] owner: there is no [[people]] named 'b.lee'",
        ),
        (
            'name = "search"\ndependencies = ["shop", "search"]',
            'name = "search"',
            "warroom.toml line 21: [[services]] dependencies: a service does not depend on itself",
        ),
        (
            'name = "search"\nusers = -1',
            'name = "search"',
            "warroom.toml line 21: [[services]] users: input should be greater than or equal to 0",
        ),
        (
            'name = "search"\n[services.prometheus]\nurl = "prometheus:9090"\nerrors = "x"',
            'name = "search"',
            "warroom.toml line 22: [[services]] prometheus.url: must be an http address",
        ),
        (
            'name = "search"\n[services.prometheus]\nurl = "http://prometheus:9090"',
            'name = "search"',
            "warroom.toml line 21: [[services]] prometheus: needs a query for at least one of",
        ),
        (
            'name = "search"\n[services.prometheus]\nerrors = "x"',
            'name = "search"',
            "warroom.toml line 21: [[services]] prometheus: needs the url of the server",
        ),
        (
            'name = "search"\n[services.prometheus]\nurl = "http://p"\nalerts = "job=x"',
            'name = "search"',
            "warroom.toml line 23: [[services]] prometheus.alerts: must be labels in braces",
        ),
        (
            'name = "search"\n[services.kubernetes]\nnamespace = "a"\nworkload = "pod/x"',
            'name = "search"',
            "warroom.toml line 23: [[services]] kubernetes.workload: must be deployment/NAME",
        ),
        (
            'name = "search"\n[services.kubernetes]\nnamespace = "-n"\nworkload = "deployment/x"',
            'name = "search"',
            "warroom.toml line 22: [[services]] kubernetes.namespace: is no name of a namespace",
        ),
        (
            'name = "search"\n[services.kubernetes]\nnamespace = "a"',
            'name = "search"',
            "warroom.toml line 21: [[services]] kubernetes: needs both namespace and workload",
        ),
        (
            'name = "search"\npostgres = "mysql://u:p@db"',
            'name = "search"',
            "warroom.toml line 21: [[services]] postgres: must be postgresql://USER@HOST:PORT/",
        ),
        (
            'name = "search"\n[[services.certificates]]\naddress = "https://shop.example"',
            'name = "search"',
            "warroom.toml line 22: [[services]] certificates.0.address: must be host:port",
        ),
        (
            'name = "search"\n[[services.commands]]\nname = "queue"\nargv = []',
            'name = "search"',
            "warroom.toml line 23: [[services]] commands.0.argv: tuple should have at least 1 item",
        ),
        (
            'name = "search"\n[[services.commands]]\nname = "q"\nargv = ["a"]\ntimeout = 0',
            'name = "search"',
            "warroom.toml line 24: [[services]] commands.0.timeout: input should be greater than 0",
        ),
        (
            'name = "search"\n[[services.commands]]\nname = "q"\nargv = ["a"]\n'
            '[[services.commands]]\nname = "q"\nargv = ["b"]',
            'name = "search"',
            "warroom.toml line 25: [[services]] commands.1.name: 'q' is there twice",
        ),
        ("[project", "[project]", "warroom.toml line 1: expected ']'"),
        ("uid 1000", "uid = 1000", "warroom.toml line 6: expected '=' after a key"),
    ],
)
def test_a_mistake_is_named_with_its_line_and_key(
    tmp_path: Path, wrong: str, right: str, expected: str
) -> None:
    assert right in GOOD
    assert complaint(tmp_path, GOOD.replace(right, wrong, 1)).startswith(expected)


def test_a_password_in_an_address_that_is_wrong_is_not_repeated(tmp_path: Path) -> None:
    wrong = 'name = "search"\npostgres = "postgresql://u:opensesame@db:port/shop"'
    assert "opensesame" not in complaint(tmp_path, GOOD.replace('name = "search"', wrong))


def test_people_channels_and_services_carry_what_a_notice_needs(tmp_path: Path) -> None:
    text = GOOD.replace('name = "a.kim"', 'name = "a.kim"\ncontact = "pager 4"\nbackup = "b.lee"')
    text = text.replace('name = "search"', 'name = "search"\nusers = 1200\nowner = "b.lee"')
    text += """
[[people]]
name = "b.lee"
roles = ["deputy", "scribe", "engineering-manager", "architect", "deployment-manager", "executive",
  "management", "security", "legal", "component-owner", "support-lead", "commander"]
unavailable = true
[communications]
channel = "#incidents"
status_page = "the page users know"
[runbooks]
path = "runbooks"
"""
    settings = load(project(tmp_path, text))
    kim, lee = settings.people
    assert (kim.contact, kim.backup, kim.unavailable) == ("pager 4", "b.lee", False)
    assert settings.person("b.lee") is lee
    search = settings.service("search")
    assert search is not None
    assert (search.users, search.owner) == (1200, "b.lee")
    assert settings.communications.status_page == "the page users know"
    assert settings.runbooks.path == "runbooks"
    # who is away is asked last
    assert [one.name for one in settings.holders("commander")] == ["a.kim", "b.lee"]
    assert settings.holders("tier3") == ()


def test_current_needs_a_command_that_tells_what_is_there(tmp_path: Path) -> None:
    without = GOOD.replace('pre_state = ["bin/deploy", "{service}", "--current"]\n', "")
    assert "[[actions]] undo: {current} is unknown" in complaint(tmp_path, without)


def test_version_needs_no_declaration_and_still_takes_no_option_or_path(tmp_path: Path) -> None:
    text = GOOD[: GOOD.index("[actions.params.version]")]
    way_back = load(project(tmp_path, text)).rollback_for("shop")
    assert way_back is not None
    assert way_back.params["version"].fits("v1.2.3-rc1")
    assert not way_back.params["version"].fits("--force")
    assert not way_back.params["version"].fits("../x")


def with_policy(root: Path, text: str) -> Policy:
    (root / "policy.toml").write_text(text)
    return policy(Settings.model_validate({"policy": {"path": "policy.toml"}}), root)


def test_a_policy_file_overrides_single_fields(tmp_path: Path) -> None:
    text = "likely_validation = 3\n[validation]\ninterval = 1.0\n[table.P1]\nengage = 60\n"
    changed = with_policy(tmp_path, text + 'review = "none"\n')
    assert changed.validation.interval == 1.0
    assert changed.validation.passes == Policy().validation.passes
    assert changed.likely_validation == 3.0
    assert changed.table["P1"].engage == 60.0
    assert changed.table["P1"].review is None
    assert changed.table["P1"].resolve == Policy().table["P1"].resolve
    assert changed.path == "policy.toml"
    assert policy(Settings(), tmp_path) == Policy()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("[validation]\nintervall = 1", "policy.toml line 2: [validation] intervall: is unknown"),
        ("\nslow = 1", "policy.toml line 2: slow: is unknown"),
        ("[table.P7]\nengage = 1", "policy.toml line 1: [table] P7: is no severity"),
        ("[table.P0]\nengage = -1", "policy.toml line 2: [table.P0] engage: must be a number"),
        ("[validation]\npasses = 1.5", "policy.toml line 2: [validation] passes: must be a whole"),
        ("table = 3", "policy.toml line 1: table: must hold tables"),
        ("grace = ", "policy.toml line 1: invalid value"),
    ],
)
def test_a_mistake_in_the_policy_is_named(tmp_path: Path, text: str, expected: str) -> None:
    with pytest.raises(SettingsError) as caught:
        with_policy(tmp_path, text)
    assert str(caught.value).startswith(expected)


def test_a_policy_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=r"policy\.toml: \[policy\] path"):
        policy(Settings.model_validate({"policy": {"path": "policy.toml"}}), tmp_path)


def test_the_example_of_the_documentation_loads(tmp_path: Path) -> None:
    page = Path(__file__).parents[2] / "docs/settings.md"
    text = page.read_text().partition("```toml\n")[2].partition("```")[0]
    settings = load(project(tmp_path, text))
    assert settings.services[0].prometheus.queries().keys() == {
        "requests",
        "errors",
        "p95",
        "saturation",
    }


def test_an_address_of_a_model_holds_no_password(tmp_path: Path) -> None:
    text = '[model]\nbase_url = "https://me:word@gateway.example/v1"\n'
    said = complaint(tmp_path, text)
    assert said.startswith("warroom.toml line 2: [model] base_url: must hold no name")
    assert "word" not in said.replace("password", "")
