"""Who somebody is: the account, or a token over the same socket; and that two persons are two."""

import asyncio
import hashlib
import json
import os
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from orchestrator.client import TOKEN, Answer, send
from orchestrator.clock import FakeClock
from orchestrator.conductor.desk import Desk
from orchestrator.conductor.room import Room
from orchestrator.conductor.runner import Runner
from orchestrator.model import events as ev
from orchestrator.project import Project
from orchestrator.settings import Settings, load
from tests.unit.rooms import opened, shop

SHA = "5" * 64
KIM, ORTIZ = "kim-token-of-32-letters-or-more!", "ortiz-token-of-32-letters-or-more"


def digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


PEOPLE = f"""
[[people]]
name = "me"
uid = {os.getuid()}
token_sha256 = "{digest(KIM)}"
[[people]]
name = "j.ortiz"
token_sha256 = "{digest(ORTIZ)}"
"""


def room_with_change(project: Project, settings: Settings, clock: FakeClock) -> Room:
    """An incident in which a change waits that needs two persons."""
    room = asyncio.run(opened(project, settings, clock))
    card: dict[str, Any] = {"sha256": SHA, "approvers": 2}
    fact = ev.ApprovalRequested(
        "a1", "rollback", "the change", "high", SHA, clock.now() + 900, card, ()
    )
    room.writer.append(
        [ev.Event(room.writer.seq + 1, "approval/a1/requested", clock.now(), ev.FLOW, fact)]
    )
    room.close()
    (project.heads / "INC-1.json").unlink()
    return Room.open(project, "INC-1", clock)


class Serving:
    """A runner's desk on its real socket, and one room behind it."""

    def __init__(self, root: Path) -> None:
        self.project, _ = shop(root)
        self.project.settings.write_text(self.project.settings.read_text() + PEOPLE)
        settings, clock = load(self.project), FakeClock()
        self.runner = Runner(self.project, settings, clock)
        self.room = room_with_change(self.project, settings, clock)
        self.desk = Desk(self.project, settings, self.runner.serve)

        async def apply(incident: str, command: Any) -> None:
            await self.room.apply(command)

        rooms = SimpleNamespace(
            rooms={"INC-1": self.room}, broken={}, disk_full="", room=lambda _: self.room
        )
        rooms.apply = apply
        self.runner._conductor = rooms  # type: ignore[assignment]

    def tell(self, *commands: tuple[str, str, dict[str, Any]]) -> list[Answer]:
        """Each command with the token in the environment, as a shell would send it."""

        async def all_of_them() -> list[Answer]:
            await self.desk.open()
            answers = []
            for number, (token, name, args) in enumerate(commands):
                os.environ[TOKEN] = token
                body = {"id": f"cmd/{number}", "cmd": name, "incident": "INC-1", **args}
                answers.append(await asyncio.to_thread(send, self.project, body))
            await self.desk.close()
            return answers

        return asyncio.run(all_of_them())


@pytest.fixture
def serving(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Serving:
    monkeypatch.setenv(TOKEN, "")
    return Serving(tmp_path)


APPROVE = {"approval": "a1", "sha256": SHA}


def test_without_a_token_the_account_says_who_it_is_and_with_one_the_token_does(
    serving: Serving,
) -> None:
    both = serving.tell(("", "note", {"text": "one"}), (ORTIZ, "note", {"text": "two"}))
    assert [one.accepted for one in both] == [True, True]
    notes = [e for e in serving.room.events if isinstance(e.data, ev.NoteAdded)]
    assert [one.actor.name for one in notes] == ["me", "j.ortiz"]


def test_a_wrong_token_is_refused_and_never_counts_as_the_account(serving: Serving) -> None:
    (answer,) = serving.tell(("not-a-token", "note", {"text": "x"}))
    assert answer.why == "the token is nobody's here; unset WARROOM_TOKEN to act as yourself"


def test_two_persons_need_two_credentials_and_both_are_in_the_journal(serving: Serving) -> None:
    first, again, second = serving.tell(
        ("", "approve", APPROVE), (KIM, "approve", APPROVE), (ORTIZ, "approve", APPROVE)
    )
    assert first.accepted
    assert first.data["waits"] == "1 of 2, waits for another person"
    assert again.why == "the change needs another person: you approved it already"
    assert second.accepted
    assert "waits" not in second.data
    endorsed = [e.data for e in serving.room.events if isinstance(e.data, ev.ApprovalEndorsed)]
    granted = [e.data for e in serving.room.events if isinstance(e.data, ev.ApprovalGranted)]
    assert [(e.by, e.credential) for e in endorsed] == [("me", f"uid:{os.getuid()}")]
    proof = f"token:{digest(ORTIZ)[:8]}"
    assert [(g.by, g.credential) for g in granted] == [("j.ortiz", proof)]


def test_a_token_is_written_nowhere(serving: Serving, caplog: pytest.LogCaptureFixture) -> None:
    serving.tell((ORTIZ, "note", {"text": "x"}), ("a-wrong-secret", "note", {"text": "y"}))
    kept = [p.read_bytes() for p in serving.project.home.rglob("*") if p.is_file()]
    for secret in (ORTIZ, digest(ORTIZ), "a-wrong-secret"):
        assert not any(secret.encode() in body for body in kept)
        assert secret not in caplog.text


def test_a_handoff_by_token_is_accepted_by_the_one_it_is_offered_to(serving: Serving) -> None:
    offer = ("", "handoff", {"person": "j.ortiz", "role": "commander"})
    mine, theirs = serving.tell(offer, ("", "accept", {}), (ORTIZ, "accept", {}))[1:]
    assert mine.why.startswith("nothing is offered to me; offered: commander to j.ortiz")
    assert theirs.accepted
    assert serving.room.state.roles["commander"] == "j.ortiz"


def test_a_token_that_is_no_text_is_refused_without_repeating_it(serving: Serving) -> None:
    line = json.dumps({"id": "cmd/1", "cmd": "note", "text": "x", "token": ["s3cret"]})
    actor = ev.Actor("human", "me")
    answer = asyncio.run(serving.desk._answer(line.encode(), actor))
    assert not answer["accepted"]
    assert "s3cret" not in answer["why"]
