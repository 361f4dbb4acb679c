"""`warroom tickets`: one issue an action, once, against a server of GitHub's documented form."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from orchestrator.checkup.tickets import check
from orchestrator.cli import main
from orchestrator.comms.tickets import TicketError, Tracker, ticket
from orchestrator.model.action_item import ActionItem
from orchestrator.project import Project
from orchestrator.settings import Settings, SettingsError, load
from tests.unit.incident_evidence import T0
from tests.unit.incident_story import INCIDENT, WAITING, leak_story, story, write_incident
from tests.unit.issue_server import ISSUES, TOKEN, Issues, Refusal, keeping_issues
from tests.unit.socket_runner import Listening, listening

Said = pytest.CaptureFixture[str]
ACTIONS = 5
"""of the told incident"""


@pytest.fixture
def web() -> Iterator[Issues]:
    with keeping_issues() as server:
        yield server


@pytest.fixture
def project(tmp_path: Path, web: Issues, monkeypatch: pytest.MonkeyPatch) -> Project:
    project = Project(tmp_path / "shop")
    project.create()
    write_incident(project.incidents, story(), transcripts=False)
    project.settings.write_text(
        f'[tickets]\nrepo = "acme/shop"\ntoken_env = "SHOP_TOKEN"\nbase_url = "{web.address()}"\n'
    )
    monkeypatch.setenv("SHOP_TOKEN", TOKEN)
    return project


@pytest.fixture
def runner(project: Project) -> Iterator[Listening]:
    with listening(project) as heard:
        yield heard


def tickets(project: Project, *words: str) -> Any:
    return main(["tickets", INCIDENT, *words, "--project", str(project.root)])


def test_each_action_becomes_an_issue_that_the_journal_is_told_of(
    project: Project, web: Issues, runner: Listening
) -> None:
    assert tickets(project) == 0
    assert len(web.issues) == ACTIONS
    told = [(one["cmd"], one["action"], one["url"]) for one in runner.heard]
    assert told == [
        ("ticket", f"A{n}", f"https://github.example/acme/shop/issues/{n}")
        for n in range(1, ACTIONS + 1)
    ]
    first = web.issues[0]
    assert first["title"].startswith(f"[{INCIDENT} A1] ")
    assert f"<!-- warroom action shop {INCIDENT}/A1 -->" in first["body"]
    assert web.headers[0]["x-github-api-version"] == "2022-11-28"


def test_a_second_run_finds_what_is_there_and_opens_nothing(
    project: Project, web: Issues, runner: Listening, capsys: Said
) -> None:
    assert tickets(project) == 0
    assert tickets(project) == 0, "the listening runner journals nothing, so all are asked again"
    assert len(web.issues) == ACTIONS
    assert capsys.readouterr().out.count("was there already") == ACTIONS


def test_an_issue_whose_answer_was_lost_is_not_opened_twice(
    project: Project, web: Issues, runner: Listening
) -> None:
    web.dies_after_opening = True
    assert tickets(project) == 1
    assert (len(web.issues), runner.heard) == (1, [])
    web.dies_after_opening = False
    assert tickets(project) == 0
    assert len(web.issues) == ACTIONS


def test_a_closed_issue_behind_many_newer_ones_is_found(
    project: Project, web: Issues, runner: Listening
) -> None:
    assert tickets(project) == 0
    for issue in web.issues:
        issue["state"] = "closed"
    noise = {"state": "open", "updated_at": "2026-11-26T00:00:00Z", "body": None, "html_url": "x"}
    web.issues += [dict(noise) for _ in range(230)]
    assert tickets(project) == 0
    assert len(web.issues) == ACTIONS + 230


def test_without_a_repository_the_text_to_copy_is_printed(
    project: Project, web: Issues, capsys: Said
) -> None:
    project.settings.unlink()
    assert tickets(project) == 0
    out = capsys.readouterr().out
    assert out.count("<!-- warroom action") == ACTIONS
    assert "5 issue(s) to copy: no [tickets] in warroom.toml" in out
    assert web.asked == []


def test_a_dry_run_asks_nobody(project: Project, web: Issues, capsys: Said) -> None:
    assert tickets(project, "--dry-run") == 0
    assert "5 issue(s) would be opened in acme/shop" in capsys.readouterr().out
    assert web.asked == []


@pytest.mark.parametrize(("refusal", "said"), [
    ((401, {"message": "Bad credentials"}, {}), "the token is not accepted (Bad credentials)"),
    ((404, {"message": "Not Found"}, {}), "there is no such repository"),
    ((410, {"message": "Issues are disabled"}, {}), "issues are switched off there"),
    ((403, {"message": "secondary rate limit"}, {"retry-after": "60"}), "try again in 60 s"),
    ((403, {}, {"x-ratelimit-remaining": "0"}), "too many requests"),
    ((301, {}, {"location": "https://elsewhere.example/"}), "has moved"),
    ((500, {"message": f"oh {TOKEN}"}, {}), "answered 500 (oh …)"),
    ((200, {"message": "no list"}, {}), "the list of issues is no list"),
])  # fmt: skip
def test_what_the_service_refuses_is_one_line_without_the_token(
    project: Project, web: Issues, runner: Listening, capsys: Said, refusal: Refusal, said: str
) -> None:
    web.refuse = lambda method: refusal
    assert tickets(project) == 1
    err = capsys.readouterr().err
    assert said in err
    assert err.count("\n") == 1
    assert TOKEN not in err
    assert web.asked == [("GET", ISSUES)]
    assert runner.heard == []


def test_nothing_is_opened_without_a_token_or_a_runner(
    project: Project, web: Issues, capsys: Said, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert tickets(project) == 1
    assert "no runner keeps" in capsys.readouterr().err
    monkeypatch.delenv("SHOP_TOKEN")
    assert tickets(project) == 2
    assert "the environment variable SHOP_TOKEN holds no token" in capsys.readouterr().err
    assert web.asked == []


def test_an_incident_that_is_not_resolved_has_no_tickets(tmp_path: Path, capsys: Said) -> None:
    project = Project(tmp_path)
    project.create()
    write_incident(project.incidents, leak_story(WAITING), transcripts=False)
    assert tickets(project) == 2
    assert "is not resolved" in capsys.readouterr().err


def test_what_agents_wrote_names_nobody_holds_no_secret_and_ends_no_comment() -> None:
    secret = "postgres://shop:hunter22x@db/shop"
    text = f"ask @octocat --> <script>x</script> use {secret}"
    item = ActionItem("INC-1/A1", text, "immediate", "a.kim", T0)
    made = ticket("shop --> <!-- x", "fails @team", item)
    assert "hunter22x" not in made.text
    assert "@octocat" not in made.text
    assert "@team" not in made.text
    assert "<script>" not in made.body
    assert made.body.splitlines()[-1] == made.marker
    assert made.marker.count("-->") == 1
    assert made.marker.startswith("<!-- ")


def test_doctor_says_whether_a_token_is_at_hand(project: Project) -> None:
    settings = load(project)
    (there,), (missing,) = check(settings, {"SHOP_TOKEN": TOKEN}), check(settings, {})
    assert (there.state, there.said) == ("ok", "a token is in SHOP_TOKEN")
    assert (missing.state, missing.said) == ("warn", "SHOP_TOKEN holds no token")
    assert check(Settings(), {}) == []


def test_a_service_that_is_not_there_is_one_line() -> None:
    tracker = Tracker("http://127.0.0.1:9", "acme/shop", TOKEN, seconds=2.0)
    item = ActionItem("INC-1/A1", "x", "immediate", "a.kim", T0)
    with pytest.raises(TicketError, match="acme/shop: cannot be reached") as error:
        tracker.open(ticket("shop", "t", item), T0)
    assert TOKEN not in str(error.value)
    tracker.close()


@pytest.mark.parametrize(("line", "said"), [
    ('base_url = "http://github.example"', "must be an https address"),
    ('repo = "acme"', "repo"),
    ('token_env = "ghp_abc"', "token_env"),
])  # fmt: skip
def test_settings_that_would_send_the_token_astray_are_refused(
    tmp_path: Path, line: str, said: str
) -> None:
    project = Project(tmp_path)
    project.settings.write_text(f"[tickets]\n{line}\n")
    with pytest.raises(SettingsError, match=said):
        load(project)
