"""From a shell: look at the words, send exactly them, see what came of it; and what goes alone."""

import json
import os
import signal
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import pytest

from orchestrator.cli.runner_up import ensure_runner
from orchestrator.journal.read import read_journal
from orchestrator.model import events as ev
from orchestrator.model.messages import MANAGEMENT
from orchestrator.model.state import State
from orchestrator.project import Project
from tests.e2e.runners import CLOCK, POLICY, Done, end, tell, until, warroom
from tests.unit.rooms import shop
from tests.unit.sinks import Taken, http, smtp, webhook

REPORT = {
    "title": "orders fail",
    "service": "orders",
    "reporter": "user",
    "method": "user-report",
    "severity": "P0",
}
SETTINGS = """
[policy]
path = "policy.toml"
[[channels]]
name = "mail"
url = "MAIL_OF_THE_TEAM"
audiences = ["management", "update"]
retry_seconds = 0.1
[[channels]]
name = "hook"
url = "http://127.0.0.1:{hook}/in"
audiences = ["executive"]
auto = true
idempotent = true
[status_page]
url = "http://127.0.0.1:{page}/status"
"""


@dataclass
class World:
    project: Project
    mail: Taken
    hook: Taken
    page: Taken

    def said(self, *words: str) -> Done:
        return warroom(*words, "--project", os.fspath(self.project.root))


@pytest.fixture
def world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[World]:
    mail, hook, page = Taken(), Taken(), Taken()
    with ExitStack() as stack:
        port = stack.enter_context(smtp(mail))
        ports = {
            "hook": stack.enter_context(http(webhook, hook)),
            "page": stack.enter_context(http(webhook, page)),
        }
        to = "from=war@room.example&to=team@shop.example&mode=insecure"
        monkeypatch.setenv("MAIL_OF_THE_TEAM", f"mailto://127.0.0.1:{port}?{to}")
        project, _ = shop(tmp_path)
        with project.settings.open("a") as file:
            file.write(SETTINGS.format(**ports))
        (tmp_path / "policy.toml").write_text(f"auto_send_after = 1.5\n{POLICY}")
        try:
            ensure_runner(project)
            yield World(project, mail, hook, page)
        finally:
            end(project, signal.SIGKILL)


def drafted(path: str) -> object:
    return lambda state: path in state.messages and path in state.documents


@pytest.mark.slow
def test_a_text_is_looked_at_sent_and_followed_from_a_shell(world: World) -> None:
    assert tell(world.project, "open", incident="INC-1", report=REPORT).accepted
    until(world.project, "INC-1", drafted(MANAGEMENT))
    assert (
        "draft        communications/management-notification.md"
        in world.said("drafts", "INC-1").out
    )
    looked = world.said("send", "INC-1", "management-notification")
    assert (looked.code, "to send exactly this: --sha256 " in looked.line) == (2, True)
    assert "to       mail" in looked.out
    assert "Incident ID: INC-1" in looked.out

    def send() -> Done:
        shown = json.loads(world.said("drafts", "INC-1", "management-notification", "--json").out)
        return world.said("send", "INC-1", "management-notification", "--sha256", shown["sha256"])

    wrong = world.said("send", "INC-1", "management-notification", "--sha256", "0" * 64)
    assert wrong.code == 2
    done = send()
    while "is not the text you saw" in done.err or "to send exactly this" in done.err:
        done = send()  # it was drafted anew in between
    assert (done.code, done.err) == (0, "")
    until(world.project, "INC-1", lambda s: s.messages[MANAGEMENT].state == "sent")
    (mail,) = world.mail.messages
    assert mail["key"] == "INC-1/deliver/management-notification/1/mail"
    told = json.loads(world.said("drafts", "INC-1", "--json").out)["texts"]
    (text,) = (one for one in told if one["path"] == MANAGEMENT)
    assert text["deliveries"]["mail"]["state"] == "delivered"
    nothing = world.said("arrived", "INC-1", "management-notification")
    assert (nothing.code, "there is no text in doubt" in nothing.line) == (2, True)

    for place in world.project.home.rglob("*"):  # the address is in the environment alone
        if place.is_file() and place.name != "engine.sqlite":
            assert b"mailto://" not in place.read_bytes(), place


@pytest.mark.slow
def test_what_is_due_goes_out_by_itself_where_the_policy_says_so_and_not_when_held_back(
    world: World,
) -> None:
    executive = "communications/executive-notification.md"
    assert tell(world.project, "open", incident="INC-1", report=REPORT).accepted
    until(world.project, "INC-1", drafted(executive))
    assert tell(world.project, "escalate", incident="INC-1", target="executive", why="a").accepted
    state = until(world.project, "INC-1", lambda s: s.messages[executive].state == "sent")
    (said,) = world.hook.messages
    assert said["document"] == executive
    assert said["key"] == "INC-1/deliver/executive-notification/1/hook"
    assert state.messages[executive].by == "the policy"
    events = read_journal(world.project.incident("INC-1").journal).events
    (due,) = (e for e in events if isinstance(e.data, ev.MessageDue) and e.data.path == executive)
    (asked,) = (e for e in events if isinstance(e.data, ev.SendRequested))
    assert asked.at - due.at >= 1.5

    assert tell(world.project, "open", incident="INC-2", report=_other()).accepted
    until(world.project, "INC-2", drafted(executive))
    assert tell(world.project, "escalate", incident="INC-2", target="executive", why="a").accepted
    name = "send executive-notification"
    until(world.project, "INC-2", lambda s: name in s.deadlines)
    assert world.said("hold", "INC-2", name, "--why", "not this text").code == 0
    state = until(world.project, "INC-2", _over(name))
    assert state.messages[executive].state == "due"
    assert not [one for one in world.hook.messages if one["incident"] == "INC-2"]
    assert not world.page.messages


def _other() -> dict[str, str]:
    return {**REPORT, "title": "payments fail", "service": "payments"}


def _over(name: str) -> object:
    """Two seconds after the time at which it would have gone out."""
    return lambda s: _dropped(s, name) and CLOCK.now() > s.deadlines[name].due + 2


def _dropped(state: State, name: str) -> bool:
    return state.deadlines[name].outcome == "dropped"
