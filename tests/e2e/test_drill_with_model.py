"""A whole drill with a model behind the real SDK: scripted for every role, and killed midway."""

import json
import os
import subprocess
import sys
from collections.abc import Awaitable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from orchestrator.agents.rules import TASKS
from orchestrator.journal.read import read_journal
from orchestrator.journal.transcript import read_transcript
from orchestrator.model import events as ev
from orchestrator.model.fold import fold_all
from orchestrator.model.records import Spent
from orchestrator.model.state import State
from tests.model_server.beside import Beside, serving
from tests.model_server.reply import Reply
from tests.model_server.scripted import drill as scripted
from tests.model_server.server import Received
from tests.model_server.wire import Answer, Body

KEY = "sk-ant-api03-planted-for-this-test-0123456789abcdef"
SEED = 3
PREFIX = 0.8


@dataclass(frozen=True)
class Drilled:
    """A drill that ended: what it says of itself, its events, and what the server was asked."""

    ended: Mapping[str, Any]
    events: list[ev.Event]
    requests: list[Received]
    root: Path

    @property
    def folder(self) -> Path:
        return Path(self.ended["dir"])

    @property
    def state(self) -> State:
        return fold_all(State(), self.events)

    def of(self, kind: type[ev.P]) -> list[ev.P]:
        return [event.data for event in self.events if isinstance(event.data, kind)]


def drilled(root: Path, server: Beside) -> Drilled:
    command = [sys.executable, "-m", "tui", "demo", "--headless", "--autopilot", "--json"]
    done = subprocess.run(
        [*command, "--seed", str(SEED), "--root", str(root)],
        env={**os.environ, "ANTHROPIC_API_KEY": KEY, "ANTHROPIC_BASE_URL": server.url},
        capture_output=True,
        text=True,
        timeout=200,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-4000:]
    assert "Traceback" not in done.stderr
    ended = json.loads(done.stdout)
    journal = read_journal(Path(ended["dir"]) / "journal.jsonl")
    return Drilled(ended, journal.events, server.requests, root)


@pytest.fixture(scope="module")
def answered(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Drilled]:
    with serving(scripted()) as server:
        yield drilled(tmp_path_factory.mktemp("answered"), server)


@pytest.mark.slow
@pytest.mark.timeout(240)
def test_a_drill_answered_by_a_model_is_resolved_and_names_the_commit(answered: Drilled) -> None:
    ended = answered.ended
    assert (ended["resolution"], ended["status"]) == ("RESOLVED", "CLOSED")
    assert ended["root_cause"]["verdict"] == "CONFIRMED"
    assert "FAIL" not in ended["gates"].values()
    done = [task for task in answered.of(ev.TaskFinished) if task.key.partition("@")[0] in TASKS]
    assert [(task.key, task.why) for task in answered.of(ev.TaskEngaged) if task.why] == []
    assert {task.backend for task in done} == {"claude"}


@pytest.mark.slow
def test_what_each_turn_cost_adds_up_to_what_the_state_says(answered: Drilled) -> None:
    turns = answered.of(ev.TurnSpent)
    assert len(turns) == len([one for one in answered.requests if not one.aborted])
    assert answered.state.bill().usd == pytest.approx(sum(turn.usd for turn in turns))
    assert answered.state.bill().turns == len(turns)
    assert answered.state.bill().usd > 0
    of_roles = {task.role for task in answered.state.tasks.values()}
    by_role = sum((answered.state.bill(role) for role in of_roles), Spent())
    assert by_role.usd == pytest.approx(answered.state.bill().usd)


@pytest.mark.slow
def test_what_a_model_thinks_is_streamed_into_the_transcript(answered: Drilled) -> None:
    task = answered.state.tasks["tier2/analysis"]
    lines = read_transcript(answered.folder / task.transcript)
    said = "".join(line.text for line in lines if line.kind in ("say", "note"))
    assert "I look at what it rests on." in said
    assert any(line.text == "search_evidence words=error" for line in lines if line.kind == "call")


def units(body: Body) -> list[str]:
    """The input in the order a model reads it, as bytes would be compared."""
    parts = [body["tools"], *body["system"], *body["messages"]]
    return [json.dumps(part, sort_keys=True) for part in parts]


@pytest.mark.slow
def test_from_the_second_turn_on_most_of_the_input_is_a_prefix_sent_before(
    answered: Drilled,
) -> None:
    shares: list[float] = []
    talks: dict[str, list[str]] = {}
    for request in answered.requests:
        sent = units(request.body)
        opening = sent[1 + len(request.body["system"])]
        before = talks.get(opening)
        if before is not None:
            same = 0
            for one, other in zip(before, sent, strict=False):
                if one != other:
                    break
                same += len(one.encode())
            shares.append(same / sum(len(one.encode()) for one in sent))
        talks[opening] = sent
    assert len(shares) >= 25
    assert min(shares) >= PREFIX


@pytest.mark.slow
def test_no_key_and_no_header_is_in_any_file_of_the_drill(answered: Drilled) -> None:
    for path in answered.root.rglob("*"):
        if path.is_file() and not path.is_symlink():
            body = path.read_bytes()
            assert KEY.encode() not in body, path
            assert b"authorization: bearer" not in body.lower(), path
    assert all(KEY not in json.dumps(request.body) for request in answered.requests)


class Dying:
    """The scripted model, whose server is killed in the middle of its nth answer."""

    def __init__(self, number: int) -> None:
        self._number = number
        self._script = scripted()
        self.server: Beside | None = None

    def __call__(self, body: Body, number: int) -> Answer | Awaitable[Answer]:
        reply = self._script(body, number)
        if number == self._number and self.server is not None and isinstance(reply, Reply):
            self.server.kill_within(0.05)
            return reply.paced(4, 0.02)
        return reply


@pytest.fixture(scope="module")
def killed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Drilled]:
    script = Dying(9)
    with serving(script) as server:
        script.server = server
        yield drilled(tmp_path_factory.mktemp("killed"), server)


@pytest.mark.slow
@pytest.mark.timeout(240)
def test_a_drill_whose_model_dies_is_resolved_all_the_same_and_says_who_took_over(
    killed: Drilled,
) -> None:
    ended = killed.ended
    assert (ended["resolution"], ended["status"]) == ("RESOLVED", "CLOSED")
    taken = [task for task in killed.of(ev.TaskEngaged) if task.why]
    assert taken
    assert {task.backend for task in taken} == {"rules"}
    assert all("model" in task.why for task in taken)
    done = {
        task.key: task.backend
        for task in killed.of(ev.TaskFinished)
        if task.key.partition("@")[0] in TASKS
    }
    assert set(done.values()) == {"claude", "rules"}
    assert {task.key for task in taken} == {key for key, who in done.items() if who == "rules"}


@pytest.mark.slow
def test_the_incident_does_not_wait_for_the_model_that_died(killed: Drilled) -> None:
    """Its first task tries again for some seconds; the others are taken over at once."""
    waited = []
    engaged = {e.data.key: e.at for e in killed.events if isinstance(e.data, ev.TaskEngaged)}
    for event in killed.events:
        if isinstance(event.data, ev.TaskFinished) and event.data.key in engaged:
            waited.append(event.at - engaged[event.data.key])
    assert max(waited) < 2.0, "after a takeover the report is there at once"
