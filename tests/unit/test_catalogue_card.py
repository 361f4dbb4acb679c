"""What an entry of the catalogue may touch and see, who may approve it, and what is asked after."""

import asyncio
import sys
from pathlib import Path
from typing import Any

import pytest

from orchestrator.actions.after import probes
from orchestrator.actions.card import Impossible, build, digest
from orchestrator.actions.executor import Execution, execute
from orchestrator.checkup.actions import check
from orchestrator.checkup.found import Found
from orchestrator.clock import FakeClock, WallClock
from orchestrator.flow.refuse import decision
from orchestrator.model.change_kinds import WORDS, words
from orchestrator.model.commands import Command
from orchestrator.model.events import Actor
from orchestrator.model.records import Approval
from orchestrator.model.state import State
from orchestrator.settings import Settings
from tests.unit.http_server import serving

PRINTS = "import os, sys; print(sorted(os.environ), *sys.argv[1:])"


def settings(**fields: Any) -> Settings:
    """orders, which needs rates and stands behind the edge; and a till apart from them."""
    look = {"name": "locks", "argv": [sys.executable, "-c", "print('nobody waits')"]}
    services: list[dict[str, Any]] = [
        {"name": "orders", "dependencies": ["rates"], "commands": [look]},
        {"name": "rates"},
        {"name": "edge", "dependencies": ["orders"]},
        {"name": "till"},
    ]
    table: dict[str, Any] = {"id": "a", "kind": "restart", "title": "restart {service}"}
    table |= {"argv": [sys.executable, "-c", PRINTS], **fields}
    people = [{"name": "a.kim", "roles": ["commander"]}, {"name": "j.ortiz", "roles": []}]
    made = {"services": services, "actions": [table], "people": people}
    return Settings.model_validate(made)


def card(root: Path, known: Settings, **params: str) -> dict[str, Any]:
    action = known.actions[0]
    wanted = {"kind": action.kind, "action": action.id, "params": params}
    state = State(incident="INC-1", service="orders")
    return asyncio.run(build(known, root, state, wanted))


@pytest.mark.parametrize(
    ("target", "beside"),
    [
        ("orders", ""),
        ("rates", "not orders itself: orders depends on it"),
        ("edge", "not orders itself: it stands in front of it"),
    ],
)
def test_a_change_may_touch_what_the_service_needs_and_what_stands_in_front_of_it(
    tmp_path: Path, target: str, beside: str
) -> None:
    made = card(tmp_path, settings(service=target))
    assert (made["target"], made["beside"]) == (target, beside)
    assert made["title"] == f"restart {target}"


def test_a_service_that_has_nothing_to_do_with_it_is_not_touched(tmp_path: Path) -> None:
    with pytest.raises(Impossible, match="has no restart 'a' for orders"):
        card(tmp_path, settings(service="till"))


def test_what_runs_now_may_go_into_the_command_and_must_be_known_then(tmp_path: Path) -> None:
    tells = [sys.executable, "-c", "print(3)"]
    moves = {"pre_state": tells, "argv": ["scale", "--from={current}"]}
    assert card(tmp_path, settings(**moves))["argv"] == ["scale", "--from=3"]
    silent = {**moves, "pre_state": [sys.executable, "-c", ""]}
    with pytest.raises(Impossible, match="the state of orders is empty, and a needs it"):
        card(tmp_path, settings(**silent))


@pytest.mark.parametrize("kind", [kind for kind in WORDS if kind != "undo"])
def test_every_kind_has_its_words_and_the_role_that_carries_it_out(
    tmp_path: Path, kind: str
) -> None:
    assert card(tmp_path, settings(kind=kind))["run_by"] == words(kind).run_by


def test_the_flow_says_who_carries_out_which_kind() -> None:
    assert {words(kind).run_by for kind in ("rollback", "hotfix", "scaling")} == {"devops-engineer"}
    assert words("configuration").run_by == "reliability-engineer"
    assert words("workaround").run_by == "incident-responder"
    assert words("of an earlier release").noun == "change"


def approval(made: dict[str, Any]) -> Approval:
    return Approval(
        approval="a@1",
        action="a",
        title=made["title"],
        risk="medium",
        sha256=made["sha256"],
        expires=WallClock().now() + 600,
        card=made,
        evidence=(),
        requested_at=0.0,
        decision="granted",
        by="a.kim",
    )


def test_a_command_sees_the_variables_its_entry_names_and_no_other(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("RELEASE_REGION", "SECRET_TOKEN", "WARROOM_TOKEN"):
        monkeypatch.setenv(name, "here")
    known = settings(env=["RELEASE_REGION", "NOT_SET"])
    made = card(tmp_path, known)
    state = State(incident="INC-1", service="orders", approvals={"a@1": approval(made)})

    async def started(pid: int, ticks: int, adopted: bool) -> None:
        pass

    run = Execution(tmp_path / "trace", tmp_path, made, "a@1", "INC-1/execute@1")
    done = asyncio.run(execute(run, known, lambda: state, WallClock(), started))
    assert "RELEASE_REGION" in done["output"]
    assert "TOKEN" not in done["output"]
    assert "WARROOM" not in done["output"]
    assert digest({**made, "env": ["SECRET_TOKEN"]}) != made["sha256"]


def test_a_change_kept_for_a_role_is_approved_by_whoever_holds_it(tmp_path: Path) -> None:
    made = card(tmp_path, settings(may_approve=["commander", "deployment-manager"]))
    made["rests"]["single_tainted"] = False
    waits = {"a@1": Approval(**{**approval_fields(made), "decision": "", "by": ""})}
    people = ({"name": "a.kim", "roles": ["commander"]}, {"name": "j.ortiz", "roles": []})
    state = State(incident="INC-1", service="orders", approvals=waits, people=people)

    def asked(name: str, kind: str = "human") -> str:
        args = {"approval": "a@1", "sha256": made["sha256"]}
        return decision(state, Command("c", "approve", 1.0, Actor(kind, name, name), args))

    assert asked("a.kim") == ""
    assert asked("j.ortiz") == (
        "restart orders is approved by the commander or deployment manager;"
        " j.ortiz is neither in this incident"
    )
    assert asked("drill-autopilot", "drill-autopilot").endswith("only people can approve it")
    state.roles["deployment-manager"] = "j.ortiz"
    assert asked("j.ortiz") == ""


def approval_fields(made: dict[str, Any]) -> dict[str, Any]:
    granted = approval(made)
    return {name: getattr(granted, name) for name in granted.__slots__}


def test_probes_are_looked_at_after_the_change_and_say_what_they_saw(tmp_path: Path) -> None:
    with serving(lambda path, given: (200 if path == "/well" else 503, "{}")) as web:
        known = settings(probes=["locks", web.address("/well"), web.address("/ill")])
        made = card(tmp_path, known)
        seen = asyncio.run(probes(known, tmp_path, made, FakeClock()))
    assert [(one["state"], one["said"]) for one in seen] == [
        ("pass", "nobody waits"),
        ("pass", "answers 200"),
        ("fail", "answers 503"),
    ]
    gone = asyncio.run(probes(settings(), tmp_path, {**made, "probes": ["other"]}, FakeClock()))
    assert gone[0]["state"] == "no data"


def found(root: Path, **fields: Any) -> dict[str, Found]:
    known = settings(**fields)
    return {one.name: one for one in asyncio.run(check(known.actions[0], known, root))}


def test_doctor_says_which_variables_are_unset_and_which_roles_nobody_holds(
    tmp_path: Path,
) -> None:
    told = found(tmp_path, env=["NOT_SET_ANYWHERE"], may_approve=["legal"], approvers=2)
    assert "NOT_SET_ANYWHERE not set here" in told["env"].said
    assert told["may_approve"].said == "nobody is legal"
    assert "undo" in told
    two = found(tmp_path, may_approve=["commander"], approvers=2)
    assert two["approvers"].said == "needs 2 persons, and 1 may approve it"
    assert "may_approve" not in two
