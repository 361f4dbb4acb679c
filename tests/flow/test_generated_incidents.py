"""60 generated incidents: severities, themes, answers, people missing, commands in any order.

None ends in a dead end or an exception: each is CLOSED, or waits for a human input it can name.
"""

from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from orchestrator.flow.security import SIGN_OFF
from orchestrator.intake.guidance import EFFECTS
from orchestrator.model.commands import STEPS, Command
from orchestrator.model.events import RUNNER
from orchestrator.model.fold import fold_all, state_hash
from orchestrator.model.messages import MANAGEMENT, NOTICE, STATUS_PAGE, update_path
from orchestrator.model.sending import in_doubt
from orchestrator.model.state import State
from tests.flow.both_gates import assert_agree
from tests.flow.simulate import FAILED, PASSED, PEOPLE, SHA, T0, War, indicators

THEMES = list(EFFECTS)
WHY = {"why": "because"}
OWNED = {
    "immediate": [{"owner": "a.kim", "action": {"text": "alert on a full pool", "evidence": []}}],
    "long_term": [{"owner": "j.ortiz", "action": {"text": "limit each loan", "evidence": ["E1"]}}],
}
OWNERLESS = {"short_term": [{"owner": "UNKNOWN", "action": {"text": "test it", "evidence": []}}]}
REGISTERED = ".aiwg/regression/register/REG-2025-11-23-1.yaml"
MOSTLY = st.sampled_from([True, True, True, False])

CHANNELS = [
    {"name": "mail", "audiences": ["management", "update", "resolution"], "auto": False},
    {"name": "chat", "audiences": ["alert", "update", "management"], "auto": True},
    {"name": "status-page", "audiences": ["status-page"], "auto": True},
]
DELIVERED = [
    {"delivered": True},
    {"delivered": False, "detail": "answered 500"},
    {"__outcome__": "unknown"},
    {"__outcome__": "failed"},
]

COMMANDS = st.one_of(
    st.builds(lambda s: ("severity", {"severity": s, **WHY}), st.sampled_from(["P0", "P1", "P2"])),
    st.builds(
        lambda s, w: ("step", {"step": s, "what": w, **WHY}),
        st.sampled_from(list(STEPS.values())),
        st.sampled_from(["skip", "skip", "start", "repeat"]),
    ),
    st.builds(
        lambda t: ("escalate", {"target": t, **WHY}),
        st.sampled_from(["tier2", "tier3", "management", "executive"]),
    ),
    st.builds(
        lambda d: ("hold", {"deadline": d, **WHY}), st.sampled_from(["tier2", "tier3", "executive"])
    ),
    st.sampled_from(
        [
            ("halt", WHY),
            ("assess", {"text": "looked at"}),
            ("undo", {"action": ""}),
            ("resolve", WHY),
            ("reopen", WHY),
            ("close", WHY),
            ("assign", {"role": "commander", "person": "j.ortiz"}),
            ("answer", {"field": "forensic sign-off", "text": "yes"}),
            ("deny", {"approval": "rollback@1", **WHY}),
            ("note", {"text": "hello"}),
            ("action", {"action": "A1", "status": "DONE"}),
            ("action", {"action": "A1", "person": "m.sato"}),
            ("action", {"action": "A2", "status": "DROPPED", **WHY}),
            *[
                ("send", {"path": path, "sha256": SHA, "channels": names, **WHY})
                for path in (MANAGEMENT, STATUS_PAGE, NOTICE, update_path(1), update_path(2))
                for names in ((), ("mail",))
            ],
            ("arrived", {"path": MANAGEMENT, "channel": "mail"}),
        ]
    ),
)


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    severity=st.sampled_from(["", "P0", "P1", "P2", "P3"]),
    themes=st.lists(st.sampled_from(THEMES), max_size=2, unique=True),
    share=st.sampled_from([0.9, 0.3, 0.01, None]),
    urgency=st.sampled_from(["HIGH", "MEDIUM", "LOW"]),
    regression=MOSTLY,
    works=MOSTLY,
    helps=MOSTLY,
    recovers=st.booleans(),
    missing=st.sets(st.sampled_from([str(p["name"]) for p in PEOPLE]), max_size=2),
    commands=st.lists(st.tuples(st.floats(1, 9000) | st.floats(0, 4), COMMANDS), max_size=8),
    approves=MOSTLY,
    answered=st.sampled_from([False, False, False, True]),
    impact=st.sampled_from([T0 - 40, T0 - 400, None]),
    actions=st.sampled_from([OWNED, OWNERLESS, {}]),
    registers=st.booleans(),
    channels=st.lists(st.sampled_from(CHANNELS), max_size=3, unique_by=lambda one: one["name"]),
    delivered=st.sampled_from(DELIVERED),
)
def test_every_incident_closes_or_waits_for_a_named_human(
    severity: str,
    themes: list[str],
    share: float | None,
    urgency: str,
    regression: bool,
    works: bool,
    helps: bool,
    recovers: bool,
    missing: set[str],
    commands: list[tuple[float, tuple[str, dict[str, Any]]]],
    approves: bool,
    answered: bool,
    impact: float | None,
    actions: dict[str, Any],
    registers: bool,
    channels: list[dict[str, Any]],
    delivered: dict[str, Any],
) -> None:
    war = War(severity=severity, approves=approves)
    war.themes = tuple({"name": name, "effect": "as the flow says"} for name in themes)
    war.people = tuple({**p, "unavailable": p["name"] in missing} for p in PEOPLE)
    war.intake = {"q5": "yes"} if answered else {}
    war.answers["triage/impact"] = {"affected_share": share, "data_loss": "no"}
    war.answers["detect/record"] = {
        "impact_started_at": impact,
        "impact_started_how": "first failed share above the baseline",
        "impact_evidence": ["E1"],
    }
    war.answers["review/actions"] = actions
    war.answers["triage/urgency"] = {"level": urgency}
    if not regression:
        war.answers["regression/verdict"] = {"indicators": indicators(worked_before="no")}
        war.answers["mitigation/strategy"] = {"selected": "none", "params": {}, "action": ""}
    if not works:
        war.answers["mitigation/execute"] = {"exit": 1, "why": "broke"}
    if not helps:
        war.answers["mitigation/validate"] = FAILED
    if recovers:
        war.answers["mitigation/watch"] = PASSED
    war.answers["deliver/mail"] = delivered
    war.open()
    war.give(Command("channels/1", "channels", war.now, RUNNER, {"channels": channels}))
    for at, (name, args) in commands:
        war.later(at, war.human(name, **args))
    _run(war, registers)
    assert not [kind for kind in war.types() if kind == "flow.failed"]
    assert war.state.status == "CLOSED" or waits_for(war.state), war.state.status
    assert state_hash(fold_all(State(), war.journal)) == state_hash(war.state)


def _run(war: War, registers: bool) -> None:
    """Half a day, with the runner writing documents; the gates are compared twice."""
    for hour in range(1, 13):
        war.run(until=hour * 3600.0)
        if hour == 1:
            assert_agree(war.state, war.journal)
        state = war.state
        if registers and REGISTERED not in state.documents:
            _write(war, REGISTERED)
        if state.status == "RESOLVED" and state.report("review/knowledge") is not None:
            war.now = max(war.now, state.resolved_at + 1)
            _write(war, "post-incident-review.md")
    assert_agree(war.state, war.journal)


def _write(war: War, path: str) -> None:
    args = {"path": path, "sha256": SHA, "bytes": 10}
    war.give(Command(f"document/{path}/{war.now}", "document", war.now, RUNNER, args))


def waits_for(state: State) -> str:
    """The human input an open incident waits for, by name; empty would be a dead end."""
    if state.stopped:
        return "assess"
    for approval in state.approvals.values():
        if approval.open:
            return f"approve {approval.approval}"
    if "security" in state.exceptions and SIGN_OFF not in state.answers:
        return f"answer {SIGN_OFF}"
    if "mitigation" in state.questions:
        return "a decision on the mitigation"
    if any(a.decision == "denied" for a in state.approvals.values()):
        return "another way than the denied change"
    for message in state.messages.values():
        if message.state == "due":
            return f"send {message.path}"
    for one in in_doubt(state):
        return f"say whether {one.path} arrived by {one.channel}"
    if "mitigation" in state.skipped:
        return "the skipped mitigation"
    return ""
