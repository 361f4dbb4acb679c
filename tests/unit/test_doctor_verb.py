"""`warroom doctor` tries what an incident will need, and says how to mend what is wrong."""

import asyncio
import json
import os
import sys
from pathlib import Path

import pytest

from orchestrator.checkup import ground, people, services
from orchestrator.checkup.found import Found
from orchestrator.cli import BROKEN_INPUT, DONE, NOT_RESOLVED, WRONG_USE, main
from orchestrator.clock import FakeClock
from orchestrator.model.policy import Policy, Validation
from orchestrator.project import Project
from orchestrator.settings import Person, PrometheusQueries, Service, Settings, Signals
from tests.unit.http_server import Reply, failure, serving, success
from tests.unit.small_shop import commit, git

PEOPLE = """\
[[people]]
name = "a.kim"
uid = {uid}
roles = ["on-call", "commander", "tier2", "tier3"]
contact = "pager 1"
"""
PROGRAM = """\
#!{python}
import sys
if "--current" in sys.argv:
    print(open("current").read())
elif "--dry-run" in sys.argv and "{refused}" in sys.argv:
    sys.exit("no such release")
else:
    open("ran", "a").write(" ".join(sys.argv[1:]) + "\\n")
"""
ACTION = """\
[[actions]]
id = "back"
kind = "rollback"
title = "roll back to {version}"
argv = ["bin/deploy", "{service}", "{version}"]
dry_run = ["bin/deploy", "{service}", "{version}", "--dry-run"]
pre_state = ["bin/deploy", "--current"]
undo = ["bin/deploy", "{service}", "{current}"]
blast = "requests in flight drop"
"""


class Shop:
    """A project that is fit, until a test breaks it."""

    def __init__(self, root: Path) -> None:
        self.root = root
        git(root, "init", "-q", "repo")
        self.good = commit(root / "repo", "first", {"a.py": "a = 1\n"})
        self.bad = commit(root / "repo", "second", {"a.py": "a = 2\n"})
        log = [
            {"at": "2026-11-23T08:00:00Z", "service": "shop", "version": self.good},
            {"at": "2026-11-23T09:00:00Z", "service": "shop", "version": self.bad},
        ]
        (root / "deploys.jsonl").write_text("".join(json.dumps(one) + "\n" for one in log))
        (root / "app.log").write_text("2026-11-23T09:00:00Z INFO up\n")
        (root / "current").write_text(self.bad)
        (root / "bin").mkdir()
        (root / "runbooks").mkdir()
        (root / "runbooks/pool.md").write_text("---\nservices: [shop]\n---\n")
        self.program()
        self.text = PEOPLE.format(uid=os.getuid()) + ACTION

    def program(self, refused: str = "nothing") -> None:
        path = self.root / "bin/deploy"
        path.write_text(PROGRAM.format(python=sys.executable, refused=refused))
        path.chmod(0o755)

    def write(self, address: str) -> None:
        service = f"""
[runbooks]
path = "runbooks"
[communications]
channel = "#incidents"
status_page = "status.example"
[[services]]
name = "shop"
repo = "repo"
deploy_log = "deploys.jsonl"
logs = ["app.log"]
metrics = "{address}/metrics"
dashboard = "{address}/board"
owner = "a.kim"
users = 100
[services.signals]
requests = "hits"
"""
        (self.root / "warroom.toml").write_text(self.text + service)


@pytest.fixture
def shop(tmp_path: Path) -> Shop:
    return Shop(tmp_path)


def reply(path: str, given: dict[str, str]) -> Reply:
    return 200, "hits 4\n" if path == "/metrics" else "ok"


def examined(shop: Shop, capsys: pytest.CaptureFixture[str]) -> tuple[int, dict[str, str]]:
    """The exit code, and what is not well, by what it is about."""
    with serving(reply) as web:
        shop.write(web.address())
        code = main(["doctor", "--project", str(shop.root), "--json"])
    assert isinstance(code, int)
    found = json.loads(capsys.readouterr().out)
    assert found["ok"] == (code == DONE)
    checks = found["checks"]
    assert all(bool(one["mend"]) == (one["state"] != "ok") for one in checks)
    return code, {
        f"{one['about']}: {one['name']}": f"{one['state']} {one['said']}"
        for one in checks
        if one["state"] != "ok" and one["about"] != "disk"
    }


def test_a_fit_project_has_nothing_wrong_and_nothing_is_changed(
    shop: Shop, capsys: pytest.CaptureFixture[str]
) -> None:
    code, wrong = examined(shop, capsys)
    assert code == DONE
    assert list(wrong) == ["people: roles"]
    # the dry run goes to the version before, and nothing but the dry run was run
    assert (shop.root / "ran").read_text() == f"shop {shop.good} --dry-run\n"
    assert not Project(shop.root).home.exists()


def test_the_lines_carry_marks_and_what_to_do(
    shop: Shop, capsys: pytest.CaptureFixture[str]
) -> None:
    (shop.root / "app.log").unlink()
    shop.write("http://127.0.0.1:9")
    assert main(["doctor", "--project", str(shop.root)]) == NOT_RESOLVED
    said = capsys.readouterr().out
    assert "service shop\n  ✓ repo: newest commit" in said
    assert "  × logs: app.log: no such file or directory; name text files that" in said
    assert "  ▲ roles: nobody is technical-lead" in said
    assert said.splitlines()[-1].endswith("3 wrong")


def test_broken_settings_are_one_line_and_code_3(
    shop: Shop, capsys: pytest.CaptureFixture[str]
) -> None:
    path = ["doctor", "--project", str(shop.root)]
    assert main(path) == BROKEN_INPUT
    assert "write one with `warroom init`" in capsys.readouterr().err
    (shop.root / "warroom.toml").write_text("[[people]]\nuid = 3\n")
    assert main(path) == BROKEN_INPUT
    assert capsys.readouterr().err == "warroom: warroom.toml line 1: [[people]] name: is missing\n"
    (shop.root / "warroom.toml").write_text('[policy]\npath = "policy.toml"\n')
    (shop.root / "policy.toml").write_text("slow = 1\n")
    assert main(path) == BROKEN_INPUT
    assert main(["doctor", "--project", str(shop.root / "gone")]) == WRONG_USE


@pytest.mark.parametrize(
    ("broken", "where", "says"),
    [
        (lambda shop: (shop.root / "bin/deploy").unlink(), "argv", "there is no bin/deploy"),
        (lambda shop: (shop.root / "bin/deploy").chmod(0o644), "argv", "is not executable"),
        (lambda shop: (shop.root / "current").unlink(), "pre_state", "ended with 1"),
        (lambda shop: shop.program(shop.good), "dry_run", "ended with 1: no such release"),
    ],
)
def test_an_action_that_would_fail_is_found_before_it_is_needed(
    shop: Shop, capsys: pytest.CaptureFixture[str], broken: object, where: str, says: str
) -> None:
    assert callable(broken)
    broken(shop)
    code, wrong = examined(shop, capsys)
    assert code == NOT_RESOLVED
    assert says in wrong[f"action back: {where}"]


def test_a_deploy_log_that_names_no_commits_is_found(
    shop: Shop, capsys: pytest.CaptureFixture[str]
) -> None:
    line = {"at": "2026-11-23T10:00:00Z", "service": "shop", "version": "v9"}
    with (shop.root / "deploys.jsonl").open("a") as file:
        file.write(json.dumps(line) + "\nnonsense\n")
    _, wrong = examined(shop, capsys)
    assert wrong["service shop: deploy_log"] == "bad version 'v9' is no commit of repo"


def test_broken_runbooks_are_named(shop: Shop, capsys: pytest.CaptureFixture[str]) -> None:
    (shop.root / "runbooks/bad.md").write_text("---\n")
    (shop.root / "runbooks/never.md").write_text("# Never\n")
    (shop.root / "runbooks/other.md").write_text("---\nservices: [cart]\n---\n")
    code, wrong = examined(shop, capsys)
    assert code == NOT_RESOLVED
    assert wrong["runbooks: runbooks"].startswith("bad bad.md line 1")
    assert wrong["runbooks: never.md"].startswith("warn is never chosen")
    assert wrong["runbooks: other.md"] == "warn names services nobody knows: cart"


def states(found: list[Found]) -> dict[str, str]:
    return {f"{one.about}: {one.name}": one.state for one in found}


def test_people_who_cannot_act_and_roles_nobody_fills_are_found() -> None:
    settings = Settings(
        people=(
            Person(name="a", uid=os.getuid(), roles=("commander", "on-call")),
            Person(name="b", uid=os.getuid(), roles=("tier2",)),
            Person(name="c", uid=4_000_000_000, roles=("tier2",)),
            Person(name="d", roles=("tier3",), unavailable=True, backup="e"),
            Person(name="e", unavailable=True),
        )
    )
    found = people.check(settings, 123_456)
    assert states(found) == {
        "person a: uid": "ok",
        "person b: uid": "bad",
        "person c: uid": "bad",
        "person d: uid": "warn",
        "person d: backup": "warn",
        "person e: uid": "warn",
        "person e: backup": "warn",
        "people: commander": "ok",
        "people: on-call": "ok",
        "people: tier2": "ok",
        "people: tier3": "bad",
        "people: roles": "warn",
        "people: you": "warn",
        "people: contact": "warn",
    }


def test_somebody_standing_in_fills_the_role() -> None:
    settings = Settings(
        people=(
            Person(name="a", roles=people.NEEDED, unavailable=True, backup="b"),  # type: ignore[arg-type]
            Person(name="b"),
        )
    )
    assert states(people.check(settings, 0))["people: commander"] == "ok"
    assert states(people.check(Settings(), 0)) == {"people: everybody": "bad"}


def test_rules_that_cannot_be_kept_are_found() -> None:
    assert [one.state for one in ground.rules(Policy())] == ["ok"]
    hasty = Policy(validation=Validation(window=900.0, patience=60.0))
    assert [one.state for one in ground.rules(hasty)] == ["bad"]


def checked(service: Service, root: Path) -> dict[str, str]:
    found = asyncio.run(services.check(service, root, FakeClock()))
    return {f"{one.name} {one.state}": one.said for one in found}


def test_a_selection_that_matches_nothing_on_the_page_is_found(tmp_path: Path) -> None:
    signals = Signals(requests="hits", errors='hits{code="500"}', latency="took", capacity="size")
    with serving(lambda path, given: (200, 'hits{code="200"} 3\ntook_count 3\n')) as web:
        service = Service(name="a", metrics=web.address("/metrics"), signals=signals)
        found = checked(service, tmp_path)
    assert found["metrics ok"] == "2 samples"
    assert "signals.errors" in found["metrics warn"]
    assert "signals.capacity" in found["metrics bad"]


def test_a_prometheus_query_is_tried_and_its_value_weighed(tmp_path: Path) -> None:
    def answer(path: str, given: dict[str, str]) -> Reply:
        values = {"r": "20", "e": "38"}
        if given["query"] == "p":
            return 400, failure("bad_data", "parse error")
        value = values.get(given["query"])
        return 200, success("vector", [{"metric": {}, "value": [0, value]}] if value else [])

    with serving(answer) as web:
        queries = PrometheusQueries(
            url=web.address(), requests="r", errors="e", p95="p", saturation="s"
        )
        found = asyncio.run(services._server("a", Service(name="a", prometheus=queries)))
    assert [(one.state, one.said.partition(":")[0]) for one in found] == [
        ("bad", "p95"),
        ("ok", "requests is 20"),
        ("ok", "errors is 38"),
        ("warn", "saturation"),
        ("bad", "errors is 38, which is no share"),
    ]


@pytest.mark.parametrize(
    ("status", "health", "state"),
    [(200, "", "ok"), (503, "", "warn"), (404, "", "warn"), (404, "/up", "bad")],
)
def test_a_health_address_is_asked(tmp_path: Path, status: int, health: str, state: str) -> None:
    with serving(lambda path, given: (status, "")) as web:
        own = web.address(health) if health else ""
        service = Service(name="a", metrics=web.address("/metrics"), health=own)
        assert f"health {state}" in checked(service, tmp_path)


def test_a_service_of_which_nothing_is_known_gets_a_word_on_each_source(tmp_path: Path) -> None:
    found = checked(Service(name="a"), tmp_path)
    assert set(found) == {
        f"{name} warn" for name in ("repo", "deploy_log", "logs", "metrics", "health", "facts")
    }


def test_a_log_whose_lines_tell_no_time_is_found(tmp_path: Path) -> None:
    (tmp_path / "a.log").write_text("something\nhappened\n")
    found = checked(Service(name="a", logs=("*.log",)), tmp_path)
    assert found["logs warn"] == "a.log: no line tells its time"
    assert (
        "no file matches *.txt" in checked(Service(name="a", logs=("*.txt",)), tmp_path)["logs bad"]
    )


def test_the_flag_log_is_read_and_the_test_of_a_bisect_is_looked_for(tmp_path: Path) -> None:
    (tmp_path / "flags.jsonl").write_text('{"at": "2025-11-23T14:00:00Z"}\n')
    (tmp_path / "check.py").write_text("")
    given = {"name": "shop", "repo": "repo", "flags": "flags.jsonl"}

    def found(*test: str) -> set[str]:
        return set(checked(Service.model_validate({**given, "bisect": {"test": test}}), tmp_path))

    assert {"bisect ok", "flags warn"} <= found("sh", "{project}/check.py")
    assert "bisect bad" in found("sh", "{project}/gone.py")
    assert "bisect bad" in found("no-such-program")
